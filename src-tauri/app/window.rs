//! The window, and what its page is allowed: camera, microphone and screen, and to stay where it is.

use tauri::webview::{NewWindowResponse, PermissionKind, PermissionResponse};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder};

#[cfg(desktop)]
use crate::shell::Shell;
use crate::shell::StartError;

pub(crate) const LABEL: &str = "main";

/// Opens the window.
pub(crate) fn open(app: &AppHandle) -> Result<(), StartError> {
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .initialization_script(include_str!("freeze.js"))
        // Files that are dropped are the page's: Tauri would take them, and the page could not say where they may go.
        .disable_drag_drop_handler()
        .on_permission_request(|_, kind| permission(kind))
        .on_navigation(is_own)
        .on_new_window(|url, _| {
            open_outside(url);
            NewWindowResponse::Deny
        });
    #[cfg(feature = "e2e")]
    let builder = builder.initialization_script(script_of_the_tests());
    #[cfg(desktop)]
    let builder = builder
        .title("Dogeller")
        .inner_size(1200.0, 800.0)
        .min_inner_size(360.0, 480.0)
        .visible(!app.state::<Shell>().background);
    let _window = builder.build()?;
    #[cfg(target_os = "linux")]
    {
        let app = app.clone();
        _window.with_webview(move |webview| crate::linux::prepare(&app, &webview.inner()))?;
    }
    Ok(())
}

/// A link that somebody wrote, which the person chose to open: it opens in the browser, never in a window of ours.
#[cfg(desktop)]
fn open_outside(url: Url) {
    if !matches!(url.scheme(), "http" | "https") {
        return;
    }
    // A browser's start can block for seconds.
    std::thread::spawn(move || {
        if let Err(error) = webbrowser::open(url.as_str()) {
            tracing::warn!(%error, "a link could not be opened in the browser");
        }
    });
}

#[cfg(mobile)]
fn open_outside(_url: Url) {}

/// What the tests put into every page before its own scripts run, also when it is loaded anew.
#[cfg(feature = "e2e")]
fn script_of_the_tests() -> String {
    let Some(path) = std::env::var_os("DOGELLER_PAGE_SCRIPT") else {
        return String::new();
    };
    std::fs::read_to_string(path).unwrap_or_else(|error| {
        tracing::error!(%error, "the script of the tests cannot be read");
        String::new()
    })
}

/// Somebody calls: a window that was not shown yet is. One that is there rings, and stays where its person has put it.
pub(crate) fn wake(app: &AppHandle) {
    #[cfg(desktop)]
    if app.get_webview_window(LABEL).is_some_and(|window| !window.is_visible().unwrap_or(true)) {
        bring_to_front(app);
    }
    #[cfg(mobile)]
    let _ = app;
}

/// Shows the window above the others.
pub(crate) fn bring_to_front(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    #[cfg(desktop)]
    let shown = window.show().and_then(|()| window.unminimize());
    #[cfg(mobile)]
    let shown = Ok(());
    if let Err(error) = shown.and_then(|()| window.set_focus()) {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// The request does not say which page it comes from; ours is the only one there can be, see [`is_own`].
fn permission(kind: PermissionKind) -> PermissionResponse {
    use PermissionKind::{Camera, DisplayCapture, Microphone};
    if matches!(kind, Camera | Microphone | DisplayCapture) {
        return PermissionResponse::Allow;
    }
    tracing::info!(%kind, "denied the page a permission");
    PermissionResponse::Deny
}

/// Whether an address is one of our own page, by the names it has on the different systems.
fn is_own(url: &Url) -> bool {
    let place = (url.scheme(), url.host_str(), url.port());
    let own = place == ("tauri", Some("localhost"), None)
        || matches!(place, ("http" | "https", Some("tauri.localhost"), None));
    if !own {
        tracing::warn!("kept the window from leaving its page");
    }
    own
}

/// GTK answers a missing display with a panic.
#[cfg(target_os = "linux")]
pub(crate) fn display() -> Result<(), StartError> {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if named("DISPLAY") || named("WAYLAND_DISPLAY") { Ok(()) } else { Err(StartError::NoDisplay) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page() {
        let own = |url: &str| is_own(&url.parse().unwrap());
        assert!(own("tauri://localhost/index.html#x"));
        assert!(own("http://tauri.localhost/") && own("https://tauri.localhost/"));
        assert!(!own("https://example.com/") && !own("http://tauri.localhost.example.com/"));
        assert!(!own("http://localhost/") && !own("http://tauri.localhost:8080/"));
        assert!(!own("tauri://example.com/") && !own("file:///etc/passwd"));
        assert!(!own("about:blank") && !own("data:text/html,x") && !own("javascript:0"));
    }

    #[test]
    fn camera_microphone_and_screen_and_nothing_else() {
        use PermissionKind::{Camera, DisplayCapture, Geolocation, Microphone, Other};
        for kind in [Camera, Microphone, DisplayCapture] {
            assert_eq!(permission(kind), PermissionResponse::Allow);
        }
        assert_eq!(permission(Geolocation), PermissionResponse::Deny);
        assert_eq!(permission(Other), PermissionResponse::Deny);
    }
}
