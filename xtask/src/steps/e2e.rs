//! The real page in real browsers, one browser and one node to a namespace.

use std::path::Path;

use super::programs::Profile;
use super::{StepError, lan, script};
use crate::child;
use crate::place::Place;

pub(super) fn run(place: &Place, chromium: Option<&Path>) -> Result<(), StepError> {
    lan::may_make_namespaces(place)?;
    Ok(child::run_unattended(script(place, Profile::Debug, "tests/e2e/run.mjs", chromium)?)?)
}
