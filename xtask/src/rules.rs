//! What no test of behaviour would notice: lints, who may name what, how long a file may be, types that drifted.

mod boundaries;
mod dependencies;
mod length;
mod sources;

use std::io;
use std::path::PathBuf;

use crate::child::{self, ChildError};
use crate::place::Place;
use crate::steps::{StepError, ui};
use crate::types::{self, TypesError};

/// A rule that is broken, or could not be checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RuleError {
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error(transparent)]
    Types(#[from] TypesError),
    #[error("{path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "dogeller-core decides and does no I/O, but its dependencies now hold {0} (see `cargo tree -p dogeller-core`)"
    )]
    CoreDependsOn(String),
    #[error("{} rule(s) broken:\n  {}", .0.len(), .0.join("\n  "))]
    Broken(Vec<String>),
}

/// Checks all of them.
pub(crate) fn run(place: &Place) -> Result<(), StepError> {
    what_can_be_read(place)?;
    println!("boundaries, file lengths, reasons for dependencies: good");
    core_stays_pure(place)?;
    println!("dogeller-core: neither tokio nor tauri nor any other I/O");
    types::compare(place).map_err(RuleError::from)?;
    println!("ui/src/wire.gen.ts: as the Rust types say");

    // The window and the headless node embed the page when they are compiled, for clippy too.
    ui::build_if_missing(place)?;
    let mut clippy = place.cargo("clippy");
    clippy.args(["--workspace", "--all-targets"]);
    if !cfg!(target_os = "linux") {
        // Made of Linux's namespaces from end to end, and tried on Linux alone.
        clippy.args(["--exclude", "dogeller-tests", "--exclude", "dogeller-fuzz"]);
    }
    clippy.args(["--features", "dogeller/e2e,dogeller-core/ts,dogeller-core/sim", "--", "-D", "warnings"]);
    Ok(child::run_unattended(clippy)?)
}

fn what_can_be_read(place: &Place) -> Result<(), RuleError> {
    let files = sources::read_all(&place.root)?;
    let mut broken = boundaries::broken(&files);
    broken.extend(length::broken(&files));
    broken.extend(dependencies::broken(&place.root)?);
    if broken.is_empty() { Ok(()) } else { Err(RuleError::Broken(broken)) }
}

/// What would let the deciding half wait, draw or send.
const NOT_IN_CORE: [&str; 8] = ["tokio", "tauri", "axum", "hyper", "mdns-sd", "rustls", "rusqlite", "webrtc"];

fn core_stays_pure(place: &Place) -> Result<(), RuleError> {
    let mut tree = place.cargo("tree");
    tree.args([
        "--package",
        "dogeller-core",
        "--all-features",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    match intruder(&child::capture(tree)?) {
        Some(name) => Err(RuleError::CoreDependsOn(name)),
        None => Ok(()),
    }
}

/// The first crate in a `cargo tree --prefix none` that core must not have.
fn intruder(tree: &str) -> Option<String> {
    let mut names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.find(|name| NOT_IN_CORE.contains(name)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::intruder;

    #[test]
    fn a_runtime_in_core_is_found_and_a_name_that_only_looks_like_one_is_not() {
        let good = "dogeller-core v0.1.0 (/repo/core)\nserde v1.0.1\ntokio-like v1.0.0\n";
        assert_eq!(intruder(good), None);
        assert_eq!(intruder(&format!("{good}tokio v1.54.0 (*)\n")), Some("tokio".to_owned()));
    }
}
