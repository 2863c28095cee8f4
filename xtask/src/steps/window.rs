//! The desktop window under Xvfb, driven by WebKitWebDriver. The browser is for the call that the window hands over to it.

use std::path::Path;

use super::programs::Profile;
use super::{StepError, script};
use crate::child;
use crate::place::Place;

pub(super) fn run(place: &Place, chromium: Option<&Path>) -> Result<(), StepError> {
    Ok(child::run_unattended(script(place, Profile::Debug, "tests/window/run.mjs", chromium)?)?)
}
