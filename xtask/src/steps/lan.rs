//! Real nodes on networks made of namespaces.

use std::process::Command;

use super::StepError;
use super::programs::{self, Profile};
use crate::child;
use crate::place::Place;

/// Runs the crate dogeller-tests: its own units, the simulated network, the nodes on it.
pub(crate) fn run(place: &Place) -> Result<(), StepError> {
    may_make_namespaces(place)?;
    let listed = child::capture(tests(place, &["--test", "lan"], "--list"))?;
    if !listed.lines().any(|line| line.ends_with(": test")) {
        return Err(StepError::NoTests("tests/lan"));
    }
    // Two at a time: each test is a whole network of processes.
    Ok(child::run_unattended(tests(place, &[], "--test-threads=2"))?)
}

fn tests(place: &Place, which: &[&str], how: &str) -> Command {
    let mut cargo = place.cargo("test");
    cargo.args(["--package", "dogeller-tests"]).args(which).args(["--", how]);
    programs::tell(place, Profile::Debug, &mut cargo);
    cargo
}

/// Says so before a hundred tests fail of the same cause.
pub(super) fn may_make_namespaces(place: &Place) -> Result<(), StepError> {
    let attempt = |args: &[&str]| {
        let mut unshare = place.command("unshare");
        unshare.args(args).arg("true");
        child::succeeds(unshare)
    };
    // As root, or as anybody who may be root inside a namespace of users.
    let may = attempt(&["--net", "--mount"]) || attempt(&["--user", "--map-root-user", "--net", "--mount"]);
    if may { Ok(()) } else { Err(StepError::NoNamespaces) }
}
