//! Tries packages of Linux: read by each system's own tools, installed into fresh systems, in a call, and removed.

use std::path::{Path, PathBuf};

use super::{BundleError, is_of_kind};
use crate::child;
use crate::place::Place;
use crate::setup::{self, Need};
use crate::steps::programs::{self, Profile};

/// The oldest that is promised, and a newer one. Ubuntu's are not where Debian's packages come from.
const SUITES: [&str; 2] = ["bookworm", "trixie"];

pub(super) fn run(place: &Place, made: &[PathBuf]) -> Result<(), BundleError> {
    if !cfg!(target_os = "linux") {
        return Err(BundleError::NotTriedHere);
    }
    // The network, the display and the driver of the tests.
    setup::packages(place, Need::Tests)?;
    setup::packages(place, Need::Bundles)?;
    let of_kind = |kind: &str| made.iter().find(|path| is_of_kind(path, kind));
    let rpm = of_kind("rpm").ok_or_else(|| BundleError::Nothing(place.target.join("release/bundle/rpm")))?;
    read_rpm(place, rpm)?;
    let deb = of_kind("deb").ok_or_else(|| BundleError::Nothing(place.target.join("release/bundle/deb")))?;
    read_deb(place, deb)?;
    let mut lab = place.cargo("build");
    lab.args(["--package", "dogeller-tests", "--bin", "dogeller-lab"]);
    child::run_unattended(lab)?;
    for suite in SUITES {
        println!("\n-- {suite} --\n");
        // Mounts of its own: they go with it, however it ends.
        let mut tried = place.command("unshare");
        tried.args(["--mount", "node", "--test", "--test-reporter=spec", "tests/bundle/packages.test.mjs"]);
        programs::tell(place, Profile::Debug, &mut tried);
        tried.env("DOGELLER_DEB", deb).env("DOGELLER_RPM", rpm);
        tried.env("DOGELLER_SUITE", suite).env("DOGELLER_ROOTS", place.target.join("roots"));
        child::run_unattended(tried)?;
    }
    Ok(())
}

fn read_deb(place: &Place, deb: &Path) -> Result<(), BundleError> {
    let mut lintian = place.command("lintian");
    lintian.args(["--fail-on", "error,warning", "--pedantic", "--allow-root"]).arg(deb);
    child::run_unattended(lintian).map_err(|_| BundleError::Lint)?;
    let stage = place.target.join("bundle-linux/deb");
    let mut metainfo = place.command("appstreamcli");
    metainfo.args(["validate", "--no-net"]);
    metainfo.arg(stage.join("usr/share/metainfo/app.dogeller.dogeller.metainfo.xml"));
    child::run_unattended(metainfo)?;
    let mut entry = place.command("desktop-file-validate");
    entry.arg(stage.join("usr/share/applications/Dogeller.desktop"));
    Ok(child::run_unattended(entry)?)
}

/// What it says of itself, and that each of its files is what was packed.
fn read_rpm(place: &Place, rpm: &Path) -> Result<(), BundleError> {
    let ask = |args: &[&str]| {
        let mut query = place.command("rpm");
        query.args(args).arg(rpm);
        child::capture(query)
    };
    ask(&["--checksig", "--nosignature"])?;
    let scripts = ask(&["--query", "--package", "--scripts"])?;
    let told = ask(&["--query", "--package", "--requires", "--recommends", "--list"])?;
    let wanted = [
        "/usr/bin/dogeller",
        "/usr/bin/dogeller-headless",
        "/usr/share/licenses/dogeller/LICENSE-MIT",
        "gstreamer1-plugins-base",
        "gstreamer1-plugins-good",
        "gstreamer1-plugins-bad-free",
        "pipewire-gstreamer",
        "libgtk-3.so.0()(64bit)",
        "libwebkit2gtk-4.1.so.0()(64bit)",
    ];
    let missing: Vec<&str> = wanted.into_iter().filter(|wanted| !told.lines().any(|line| line == *wanted)).collect();
    if missing.is_empty() && scripts.trim().is_empty() { Ok(()) } else { Err(BundleError::Rpm(missing.join(", "))) }
}
