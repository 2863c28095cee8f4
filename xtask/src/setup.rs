//! Makes a machine ready: packages of the system, packages of npm, a browser for the tests.
//!
//! On Debian and Ubuntu, what is missing is installed. Elsewhere it is named, with the way to get it there.

mod apt;
mod chromium;
mod elsewhere;
mod node;
mod system;
mod things;

use std::path::PathBuf;

use crate::child::{self, ChildError};
use crate::place::Place;
use system::System;

/// What the machine is to be ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The headless node.
    Node,
    /// The desktop window too.
    Window,
    /// Every test too.
    Tests,
    /// Trying bundles, and nothing else.
    Bundles,
    /// Drawing the icons, and nothing else.
    Icons,
}

/// What the set-up found out on its way.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The browser that the tests drive. None where no test needs one.
    pub(crate) chromium: Option<PathBuf>,
}

/// Why the machine is not ready.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error(transparent)]
    Node(#[from] node::NodeError),
    #[error(transparent)]
    Apt(#[from] apt::AptError),
    #[error(transparent)]
    Elsewhere(#[from] elsewhere::ElsewhereError),
    #[error(transparent)]
    Chromium(#[from] chromium::ChromiumError),
}

/// Installs what is missing for `need`, saying what and why first.
pub(crate) fn make_ready(place: &Place, need: Need) -> Result<Ready, SetupError> {
    let system = System::of_this_machine();
    // First, because it is quick and nothing here can mend it.
    node::check(place)?;
    packages_on(place, &system, need)?;
    node::install_packages(place)?;
    let drives_a_browser = need == Need::Tests && system.is_linux();
    let chromium = if drives_a_browser { Some(chromium::find_or_get(place, &system)?) } else { None };
    Ok(Ready { chromium })
}

/// The packages of the system alone.
pub(crate) fn packages(place: &Place, need: Need) -> Result<(), SetupError> {
    packages_on(place, &System::of_this_machine(), need)
}

fn packages_on(place: &Place, system: &System, need: Need) -> Result<(), SetupError> {
    match system {
        System::Debian | System::Ubuntu => Ok(apt::install_missing(place, system, need)?),
        System::OtherLinux(family) => Ok(elsewhere::check_linux(place, *family, need)?),
        System::MacOs => Ok(elsewhere::check_macos(place)?),
        // Rust itself cannot link there without what Dogeller needs; the webview is part of the system.
        System::Windows | System::Unknown => Ok(()),
    }
}

/// Whether a program is in PATH.
fn has_program(name: &str) -> bool {
    find_program(name).is_some()
}

fn find_program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Whether pkg-config knows a library.
fn has_library(place: &Place, name: &str) -> bool {
    let mut pkg_config = place.command("pkg-config");
    pkg_config.args(["--exists", name]);
    child::succeeds(pkg_config)
}
