//! `cargo xtask soak`: the tests that gain from running long.

use crate::place::Place;
use crate::setup::{self, Need};
use crate::{CommandError, child, steps};

pub(crate) fn run(place: &Place, schedules: u32, rounds: u32) -> Result<(), CommandError> {
    setup::make_ready(place, Need::Tests)?;
    steps::ui::build(place)?;

    println!("\n-- {schedules} random schedules --\n");
    let mut properties = place.cargo("test");
    properties.args(["--release", "--package", "dogeller-core"]).env("DOGELLER_SCHEDULES", schedules.to_string());
    child::run_unattended(properties)?;

    steps::programs::build(place)?;
    for round in 1..=rounds {
        println!("\n-- LAN tests, round {round} of {rounds} --\n");
        steps::lan::run(place)?;
    }
    println!("\nSoaked: {schedules} schedules, {rounds} rounds of the LAN tests, no failure.");
    Ok(())
}
