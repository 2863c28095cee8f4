//! How the webview draws. Without a graphics card, drawing in layers is done by the processor, and a moving picture of
//! 640x480 then costs 85 to 95 % of a core instead of 11 to 16 % (WebKitGTK 2.50, measured): there, layers are left off.
//! Not on Wayland, where its web process crashes without them (2.50.6 on weston 10, both as a client of X11 and without a
//! screen; with layers calls work there).

use std::fs::{self, OpenOptions};
use std::path::Path;

use webkit2gtk::glib::Object;
use webkit2gtk::glib::prelude::{Cast, ObjectExt};
use webkit2gtk::{HardwareAccelerationPolicy, Settings, SettingsExt, WebView};

/// Where the kernel shows graphics cards that draw.
const CARDS: &str = "/dev/dri";

pub(super) fn choose(view: &WebView, settings: &Settings) {
    if has_card(Path::new(CARDS)) || !on_x11(view) {
        return;
    }
    tracing::info!("no graphics card that this program may use: the window is drawn without layers");
    settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
}

/// Whether the window is on an X11 display: its screen is of a type of its own for each kind.
fn on_x11(view: &WebView) -> bool {
    let mut top: Object = view.clone().upcast();
    while let Some(parent) = property(&top, "parent") {
        top = parent;
    }
    property(&top, "screen").is_some_and(|screen| screen.type_().name().starts_with("GdkX11"))
}

fn property(of: &Object, name: &str) -> Option<Object> {
    of.find_property(name)?;
    of.property_value(name).get::<Option<Object>>().ok().flatten()
}

/// Whether there is a node to draw with, and this person may open it.
fn has_card(folder: &Path) -> bool {
    let Ok(nodes) = fs::read_dir(folder) else {
        return false;
    };
    nodes.flatten().any(|node| {
        let draws = node.file_name().to_string_lossy().starts_with("renderD");
        draws && OpenOptions::new().read(true).write(true).open(node.path()).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_that_draws() {
        let folder = std::env::temp_dir().join(format!("dogeller-cards-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        assert!(!has_card(&folder.join("none")) && !has_card(&folder));
        fs::write(folder.join("card0"), "").unwrap();
        assert!(!has_card(&folder), "a screen without a card that draws");
        fs::write(folder.join("renderD128"), "").unwrap();
        assert!(has_card(&folder));
        fs::remove_dir_all(folder).unwrap();
    }
}
