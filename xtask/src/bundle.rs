//! `cargo xtask bundle`: what people install. Each system's bundles can be made on that system alone.

mod linux;
mod prove;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::{self, ChildError};
use crate::place::Place;
use crate::setup::{self, Need, SetupError};
use crate::steps::{self, StepError};

/// The most bytes of a Debian package: what a slow line brings in a few minutes.
const DEB_BYTES: u64 = 15_000_000;

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BundleError {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Step(#[from] StepError),
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("CHANGELOG.md says nothing of this version, and packages tell what changed")]
    NoChanges,
    #[error("no bundle came of it: {0} holds none")]
    Nothing(PathBuf),
    #[error("{path} has {bytes} bytes, more than {DEB_BYTES}")]
    TooLarge { path: PathBuf, bytes: u64 },
    #[error("the .rpm lacks these, or brings a script: {0}")]
    Rpm(String),
    #[error("lintian found the lines above")]
    Lint,
    #[error("bundles are tried on Debian and Ubuntu alone: their tools make the fresh systems")]
    NotTriedHere,
    #[error("bundles are made on Linux, Windows and macOS")]
    NotHere,
}

/// Makes all bundles of this system and says where they lie; with `prove` tries them.
pub(crate) fn run(place: &Place, prove: bool) -> Result<(), BundleError> {
    setup::make_ready(place, Need::Window)?;
    steps::ui::build(place)?;
    let bundles = if cfg!(target_os = "linux") {
        linux::make(place)?;
        ["deb", "rpm"].map(|kind| place.target.join("release/bundle").join(kind))
    } else if cfg!(windows) {
        child::run_unattended(tauri(place, &["build", "--ci", "--bundles", "nsis,msi"]))?;
        ["nsis", "msi"].map(|kind| place.target.join("release/bundle").join(kind))
    } else if cfg!(target_os = "macos") {
        let target = "universal-apple-darwin";
        child::run_unattended(tauri(place, &["build", "--ci", "--bundles", "app,dmg", "--target", target]))?;
        ["macos", "dmg"].map(|kind| place.target.join(target).join("release/bundle").join(kind))
    } else {
        return Err(BundleError::NotHere);
    };
    let mut made = Vec::new();
    for folder in &bundles {
        made.extend(files(folder)?.into_iter().filter(|path| is_bundle(path)));
    }
    if made.is_empty() {
        return Err(BundleError::Nothing(place.target.join("release/bundle")));
    }
    println!();
    for path in &made {
        let bytes = fs::metadata(path).map_err(file(path))?.len();
        println!("{} ({:.1} MB)", path.display(), bytes as f64 / 1e6);
        if path.extension().is_some_and(|kind| kind == "deb") && bytes > DEB_BYTES {
            return Err(BundleError::TooLarge { path: path.clone(), bytes });
        }
    }
    if prove { prove::run(place, &made) } else { Ok(()) }
}

/// Tauri's own command line, from npm.
fn tauri(place: &Place, args: &[&str]) -> Command {
    let mut tauri = place.node();
    tauri.arg("node_modules/@tauri-apps/cli/tauri.js").args(args);
    tauri
}

fn is_bundle(path: &Path) -> bool {
    path.extension()
        .and_then(|kind| kind.to_str())
        .is_some_and(|kind| matches!(kind, "deb" | "rpm" | "exe" | "msi" | "dmg"))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, BundleError> {
    let listed = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = listed.map_err(file(folder))?;
    paths.sort();
    Ok(paths)
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> BundleError {
    let path = path.to_path_buf();
    |source| BundleError::File { path, source }
}
