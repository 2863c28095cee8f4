//! WebKitGTK, as calls need it: what it leaves off is switched on, pictures are shown the cheapest way, and a web process
//! that dies comes back.

mod drawing;
mod features;
mod portal;

use tauri::{AppHandle, Manager};
use webkit2gtk::{SettingsExt, WebView, WebViewExt};

use crate::shell::Shell;

pub(crate) use portal::shares_screens;

/// Takes tracks apart into frames and makes them of frames: all a call's pictures go through it. WebKitGTK 2.50 has it
/// and leaves it off.
const BREAKOUT: &str = "MediaStreamTrackProcessing";
/// Where the window's page is: what its socket's `Origin` must be.
pub(crate) const ORIGIN: &str = "tauri://localhost";

/// Makes a webview fit for calls.
pub(crate) fn prepare(app: &AppHandle, view: &WebView) {
    let app = app.clone();
    view.connect_web_process_terminated(move |view, reason| {
        tracing::error!(?reason, "the window's web process ended; its page is loaded anew");
        // The node must not take the dead page for one that shows a call.
        app.state::<Shell>().bridge.forget(crate::window::LABEL);
        view.reload();
    });
    let Some(settings) = view.settings() else {
        return;
    };
    settings.set_enable_media_stream(true);
    // The ring must be heard although nobody has clicked yet.
    settings.set_media_playback_requires_user_gesture(false);
    // So the tests see what an older one does.
    let older = cfg!(feature = "e2e") && std::env::var_os("DOGELLER_OLDER_WEBKIT").is_some();
    if !older && features::enable(&settings, BREAKOUT) {
        tracing::debug!("tracks can be taken apart");
    } else {
        tracing::info!("this WebKitGTK cannot take tracks apart: calls go through the page's own elements");
    }
    drawing::choose(view, &settings);
    if cfg!(feature = "e2e") {
        settings.set_enable_mock_capture_devices(true);
        settings.set_enable_write_console_messages_to_stdout(true);
    }
}
