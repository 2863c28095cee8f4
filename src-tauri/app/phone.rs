//! What a phone's system must be asked or told for a call. Elsewhere nothing: a computer asks for devices when the page
//! opens them, and has one way to be heard.

#[cfg(mobile)]
mod events;
#[cfg(mobile)]
mod follow;
#[cfg(mobile)]
mod native;

use serde::{Deserialize, Serialize};
use tauri::AppHandle;

#[cfg(mobile)]
pub(crate) use follow::follow;
#[cfg(target_os = "android")]
pub(crate) use native::appear;
#[cfg(mobile)]
pub(crate) use native::{begin, plugin};

/// Where a call is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Route {
    Wired,
    Bluetooth,
    Earpiece,
    Speaker,
}

/// Where a call is heard, and where it could be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Routes {
    #[serde(default)]
    route: Option<Route>,
    available: Vec<Route>,
}

/// Asks for the devices that the page is about to open; whether it may. Android has one question at a time, and its webview
/// takes one that is dropped for a yes.
#[tauri::command]
pub(crate) async fn prepare_call(app: AppHandle, microphone: bool, camera: bool) -> bool {
    #[cfg(mobile)]
    {
        native::phone(&app).prepare_call(microphone, camera).await
    }
    #[cfg(desktop)]
    {
        let _ = (app, microphone, camera);
        true
    }
}

/// Where a call is heard; with `route`, is to be heard. `None` where there is no choice.
#[tauri::command]
pub(crate) async fn routes(app: AppHandle, route: Option<Route>) -> Option<Routes> {
    #[cfg(mobile)]
    {
        native::phone(&app).routes(route).await
    }
    #[cfg(desktop)]
    {
        let _ = (app, route);
        None
    }
}
