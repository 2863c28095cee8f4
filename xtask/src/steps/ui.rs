//! The page, and what releases are made with.

use std::process::Command;

use super::StepError;
use crate::child::{self, ChildError};
use crate::place::Place;

/// Types, lints, tests and build.
pub(super) fn run(place: &Place) -> Result<(), StepError> {
    child::run_unattended(script(place, "check"))?;
    let mut tests = place.npm();
    tests.arg("test");
    child::run_unattended(tests)?;
    let mut releases = place.node();
    releases.args(["--test", "packaging/release/latest.test.mjs"]);
    child::run_unattended(releases)?;
    Ok(build(place)?)
}

/// Builds ui/dist, which every program embeds when it is compiled.
pub(crate) fn build(place: &Place) -> Result<(), ChildError> {
    child::run_unattended(script(place, "build"))
}

/// For steps that only need some page to compile against.
pub(crate) fn build_if_missing(place: &Place) -> Result<(), ChildError> {
    if place.root.join("ui/dist/index.html").is_file() { Ok(()) } else { build(place) }
}

fn script(place: &Place, name: &str) -> Command {
    let mut npm = place.npm();
    npm.args(["run", name]);
    npm
}
