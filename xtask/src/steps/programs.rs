//! The programs that the tests start: the headless node, the window with its mock cameras, the simulated network.

use std::path::PathBuf;
use std::process::Command;

use super::{StepError, ui};
use crate::child;
use crate::place::Place;

/// How the programs were compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
    /// As a release, but for the mock cameras in the window.
    Measure,
}

/// The variable that tells a test where each program is, and the program's name.
const PROGRAMS: [(&str, &str); 3] =
    [("DOGELLER_HEADLESS", "dogeller-headless"), ("DOGELLER_LAB", "dogeller-lab"), ("DOGELLER_WINDOW", "dogeller")];

/// Builds all of them at once, so that they share every dependency.
pub(crate) fn build(place: &Place) -> Result<(), StepError> {
    ui::build_if_missing(place)?;
    compile(place, &[])
}

/// The same, as fast as a release.
pub(crate) fn build_to_measure(place: &Place) -> Result<(), StepError> {
    compile(place, &["--profile", "measure"])
}

fn compile(place: &Place, profile: &[&str]) -> Result<(), StepError> {
    let mut cargo = place.cargo("build");
    cargo.args(profile);
    cargo.args(["--package", "dogeller-headless"]);
    if cfg!(target_os = "linux") {
        // e2e: mock cameras in the webview, for the step `window`.
        cargo.args(["--package", "dogeller-tests", "--package", "dogeller", "--features", "dogeller/e2e", "--bins"]);
    }
    Ok(child::run_unattended(cargo)?)
}

/// Tells a test where the programs are: their folder, and each by itself.
pub(crate) fn tell(place: &Place, profile: Profile, command: &mut Command) {
    command.env("DOGELLER_BIN_DIR", folder(place, profile));
    for (variable, program) in PROGRAMS {
        command.env(variable, path(place, profile, program));
    }
}

/// Where a program lies once it is built.
pub(crate) fn path(place: &Place, profile: Profile, name: &str) -> PathBuf {
    folder(place, profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn folder(place: &Place, profile: Profile) -> PathBuf {
    place.target.join(match profile {
        Profile::Debug => "debug",
        Profile::Release => "release",
        Profile::Measure => "measure",
    })
}
