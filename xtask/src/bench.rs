//! `cargo xtask bench`: what users feel, measured on release builds against a floor measured in the same run.

use std::path::Path;

use crate::place::Place;
use crate::setup::{self, Need};
use crate::steps::programs::Profile;
use crate::steps::{Here, Step};
use crate::{CommandError, bundle, child, steps};

pub(crate) fn run(place: &Place) -> Result<(), CommandError> {
    let ready = setup::make_ready(place, Need::Tests)?;
    steps::ui::build(place)?;

    let mut build = place.cargo("build");
    build.args(["--release", "--package", "dogeller-headless", "--package", "dogeller-tests", "--bins"]);
    child::run_unattended(build)?;

    println!("\n-- sizes --\n");
    if let Err(error) = bundle::run(place, false) {
        println!("no packages: {error}\n");
    }
    sizes(place);

    println!("\n-- the network --\n");
    let mut network = place.cargo("run");
    network.args(["--release", "--package", "dogeller-tests", "--bin", "bench"]);
    steps::programs::tell(place, Profile::Release, &mut network);
    child::run_unattended(network)?;

    println!("\n-- calls --\n");
    let calls = steps::script(place, Profile::Release, "tests/e2e/bench.mjs", ready.chromium.as_deref())?;
    child::run_unattended(calls)?;

    match Step::Window.here() {
        Here::Runs => window(place, ready.chromium.as_deref()),
        Here::CannotRun(why) => {
            println!("\n-- calls in the window: not measured here: {why} --\n");
            Ok(())
        }
    }
}

/// What people download and start.
fn sizes(place: &Place) {
    let release = place.target.join("release");
    let packages = ["deb", "rpm"].map(|kind| release.join("bundle").join(kind));
    let packages =
        packages.iter().flat_map(|folder| folder.read_dir().into_iter().flatten().flatten()).map(|file| file.path());
    let programs = ["dogeller", "dogeller-headless"].map(|name| release.join(name)).into_iter();
    for path in programs.chain(packages.filter(|path| path.is_file())) {
        if let Ok(file) = path.metadata() {
            println!("{:>8.1} MB  {}", file.len() as f64 / 1e6, path.file_name().unwrap_or_default().to_string_lossy());
        }
    }
}

fn window(place: &Place, chromium: Option<&Path>) -> Result<(), CommandError> {
    println!("\n-- calls in the window --\n");
    steps::programs::build_to_measure(place)?;
    let calls = steps::script(place, Profile::Measure, "tests/window/bench.mjs", chromium)?;
    Ok(child::run_unattended(calls)?)
}
