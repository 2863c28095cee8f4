//! Tests beside the code: units, properties, the seeded simulator, documentation examples.

use super::{StepError, ui};
use crate::child;
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<(), StepError> {
    ui::build_if_missing(place)?;
    let mut cargo = place.cargo("test");
    // Those are the steps `lan` and `fuzz`.
    cargo.args(["--workspace", "--exclude", "dogeller-tests", "--exclude", "dogeller-fuzz"]);
    Ok(child::run_unattended(cargo)?)
}
