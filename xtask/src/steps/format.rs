//! Formatting, which no review should have to mention.

use super::StepError;
use crate::child;
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<(), StepError> {
    let mut rust = place.cargo_fmt();
    rust.args(["--all", "--check"]);
    child::run_unattended(rust)?;
    let mut page = place.node();
    page.args(["node_modules/@biomejs/biome/bin/biome", "format"]);
    Ok(child::run_unattended(page)?)
}
