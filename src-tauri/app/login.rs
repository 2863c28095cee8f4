//! Whether Dogeller starts when its person logs in. The system keeps that, so that what is changed in its own settings is true here too.

use serde::Serialize;
use tauri::AppHandle;
#[cfg(desktop)]
use tauri_plugin_autostart::ManagerExt;

/// Without a window: it comes when somebody calls.
#[cfg(desktop)]
pub(crate) const IN_THE_BACKGROUND: &str = "--background";

/// Why the system does not keep it: stable codes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LoginError {
    /// The system does not let this be said, or refused it.
    NotKept,
}

/// Whether it does; `None` where apps have no say in that.
#[tauri::command]
pub(crate) fn starts_at_login(app: AppHandle) -> Option<bool> {
    #[cfg(desktop)]
    {
        let enabled = app.autolaunch().is_enabled();
        enabled.inspect_err(|error| tracing::warn!(%error, "the system does not say what starts at login")).ok()
    }
    #[cfg(mobile)]
    {
        let _ = app;
        None
    }
}

/// From now on it does, or does not.
#[tauri::command]
pub(crate) fn start_at_login(app: AppHandle, on: bool) -> Result<(), LoginError> {
    #[cfg(desktop)]
    {
        let login = app.autolaunch();
        let kept = if on { login.enable() } else { login.disable() };
        kept.map_err(|error| {
            tracing::warn!(%error, on, "the system does not keep what starts at login");
            LoginError::NotKept
        })
    }
    #[cfg(mobile)]
    {
        let _ = (app, on);
        Err(LoginError::NotKept)
    }
}
