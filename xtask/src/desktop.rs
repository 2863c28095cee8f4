//! `cargo xtask run`: the desktop window or, where nothing can show one, the headless node.

use std::env;

use crate::place::Place;
use crate::setup::{self, Need};
use crate::{CommandError, child, steps};

pub(crate) fn run(place: &Place, args: &[String]) -> Result<(), CommandError> {
    let shown = has_display(env::consts::OS, |name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    setup::make_ready(place, if shown { Need::Window } else { Need::Node })?;
    steps::ui::build(place)?;

    let package = if shown {
        println!("\nStarting Dogeller's window. The first build takes some minutes.\n");
        "dogeller"
    } else {
        println!(
            "\nNo display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so this starts Dogeller without a window.\n\
             Open the address it prints below in a browser on this machine. Ctrl-C ends it.\n"
        );
        "dogeller-headless"
    };
    let mut cargo = place.cargo("run");
    cargo.args(["--package", package, "--bin", package, "--"]).args(args);
    Ok(child::run(cargo)?)
}

/// Only on Linux and its like can a machine that runs programs for a person have nowhere to show them.
fn has_display(system: &str, is_set: impl Fn(&str) -> bool) -> bool {
    matches!(system, "macos" | "windows") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::has_display;

    #[test]
    fn a_linux_machine_has_one_when_it_says_so() {
        assert!(has_display("linux", |name| name == "DISPLAY"));
        assert!(has_display("linux", |name| name == "WAYLAND_DISPLAY"));
        assert!(!has_display("linux", |_| false));
        assert!(has_display("macos", |_| false));
        assert!(has_display("windows", |_| false));
    }
}
