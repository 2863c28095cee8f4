//! `cargo xtask soak`: the tests that gain from running long.

use std::time::Duration;

use crate::place::Place;
use crate::setup::{self, Need};
use crate::steps::programs::Profile;
use crate::steps::{Here, Step};
use crate::{CommandError, child, steps};

/// Conversations and transfers of real nodes that are cut: some five and twenty minutes.
const TALKS: u32 = 50;
const TRANSFERS: u32 = 100;

pub(crate) fn run(place: &Place, schedules: u32, minutes: u32, rounds: u32) -> Result<(), CommandError> {
    let ready = setup::make_ready(place, Need::Tests)?;
    steps::ui::build(place)?;

    println!("\n-- {schedules} random schedules --\n");
    let mut properties = place.cargo("test");
    properties.args(["--release", "--package", "dogeller-core"]).env("DOGELLER_SCHEDULES", schedules.to_string());
    child::run_unattended(properties)?;

    match Step::Fuzz.here() {
        Here::Runs => {
            println!("\n-- hostile bytes, {minutes} minutes of each kind --\n");
            steps::fuzz::run(place, Duration::from_secs(60 * u64::from(minutes)))?;
        }
        Here::CannotRun(why) => println!("\n-- hostile bytes: not run here: {why} --\n"),
    }

    steps::programs::build(place)?;
    for round in 1..=rounds {
        println!("\n-- LAN tests, round {round} of {rounds} --\n");
        steps::lan::run(place)?;
    }
    println!("\n-- {TALKS} conversations and {TRANSFERS} transfers, cut at random points --\n");
    let mut cut = place.cargo("test");
    cut.args(["--package", "dogeller-tests", "--test", "lan", "whatever_ends_meanwhile", "--", "--nocapture"]);
    cut.env("DOGELLER_TALKS", TALKS.to_string()).env("DOGELLER_TRANSFERS", TRANSFERS.to_string());
    steps::programs::tell(place, Profile::Debug, &mut cut);
    child::run_unattended(cut)?;

    match Step::Window.here() {
        Here::Runs => {
            println!("\n-- a call between two windows, ten minutes --\n");
            let mut windows = steps::script(place, Profile::Debug, "tests/window/run.mjs", ready.chromium.as_deref())?;
            windows.arg("windows").env("DOGELLER_SOAK", "yes");
            child::run_unattended(windows)?;
        }
        Here::CannotRun(why) => println!("\n-- calls between windows: not run here: {why} --\n"),
    }
    println!("\nSoaked: {schedules} schedules, {rounds} rounds of the LAN tests, no failure.");
    Ok(())
}
