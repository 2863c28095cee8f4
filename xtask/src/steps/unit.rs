//! Tests beside the code: units, properties, the seeded simulator, documentation examples; and what packages say.

use super::{StepError, ui};
use crate::child;
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<(), StepError> {
    ui::build_if_missing(place)?;
    let mut cargo = place.cargo("test");
    // Those are the steps `lan` and `fuzz`.
    cargo.args(["--workspace", "--exclude", "dogeller-tests", "--exclude", "dogeller-fuzz"]);
    child::run_unattended(cargo)?;
    packaging(place)
}

/// What packages say is what the programs do.
pub(crate) fn packaging(place: &Place) -> Result<(), StepError> {
    let mut packaging = place.cargo("test");
    packaging.args(["--package", "dogeller-tests", "--test", "packaging"]);
    Ok(child::run_unattended(packaging)?)
}
