//! Whether the desktop lets windows show their screen: WebKitGTK asks the desktop portal for it, and where there is none
//! a button would do nothing.

use webkit2gtk::gio::{self, BusType, DBusCallFlags, prelude::DBusProxyExt};
use webkit2gtk::glib::prelude::ToVariant;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SCREENS: &str = "org.freedesktop.portal.ScreenCast";
/// How long a desktop may take to start its portal.
const PATIENCE_MS: i32 = 1000;

/// Asks the desktop; may take as long as its portal takes to start, so not to be called where somebody waits.
pub(crate) fn shares_screens() -> bool {
    // The mock screen of the tests needs no desktop.
    if cfg!(feature = "e2e") {
        return true;
    }
    let none = gio::Cancellable::NONE;
    let flags = gio::DBusProxyFlags::DO_NOT_CONNECT_SIGNALS
        | gio::DBusProxyFlags::DO_NOT_LOAD_PROPERTIES
        | gio::DBusProxyFlags::DO_NOT_AUTO_START_AT_CONSTRUCTION;
    let proxy = match gio::DBusProxy::for_bus_sync(BusType::Session, flags, None, PORTAL, PATH, SCREENS, none) {
        Ok(proxy) => proxy,
        Err(error) => {
            tracing::info!(%error, "no desktop portal: the window cannot share its screen");
            return false;
        }
    };
    let asked = (SCREENS, "AvailableSourceTypes").to_variant();
    let get = "org.freedesktop.DBus.Properties.Get";
    let answer = proxy.call_sync(get, Some(&asked), DBusCallFlags::NONE, PATIENCE_MS, none);
    // A set of bits: monitors, windows, virtual ones.
    let sources = answer.ok().and_then(|answer| answer.child_value(0).as_variant()?.get::<u32>());
    sources.is_some_and(|sources| sources != 0)
}
