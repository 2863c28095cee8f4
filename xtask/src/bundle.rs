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
/// What people install, by the endings of its files.
const BUNDLES: [&str; 5] = ["deb", "rpm", "exe", "msi", "dmg"];

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
    let (folder, kinds) = if cfg!(target_os = "linux") {
        ("release/bundle", ["deb", "rpm"])
    } else if cfg!(windows) {
        ("release/bundle", ["nsis", "msi"])
    } else if cfg!(target_os = "macos") {
        ("universal-apple-darwin/release/bundle", ["macos", "dmg"])
    } else {
        return Err(BundleError::NotHere);
    };
    let folder = place.target.join(folder);
    // Those of an earlier version would be taken for this one's.
    let _not_there = fs::remove_dir_all(&folder);
    if cfg!(target_os = "linux") {
        linux::make(place)?;
    } else if cfg!(windows) {
        child::run_unattended(tauri(place, &["build", "--ci", "--bundles", "nsis,msi"]))?;
    } else {
        let target = "universal-apple-darwin";
        child::run_unattended(tauri(place, &["build", "--ci", "--bundles", "app,dmg", "--target", target]))?;
    }
    let mut made = Vec::new();
    for kind in kinds {
        made.extend(
            files(&folder.join(kind))?.into_iter().filter(|path| BUNDLES.iter().any(|kind| is_of_kind(path, kind))),
        );
    }
    if made.is_empty() {
        return Err(BundleError::Nothing(folder));
    }
    println!();
    for path in &made {
        let bytes = fs::metadata(path).map_err(file(path))?.len();
        println!("{} ({:.1} MB)", path.display(), bytes as f64 / 1e6);
        if is_of_kind(path, "deb") && bytes > DEB_BYTES {
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

fn is_of_kind(path: &Path, kind: &str) -> bool {
    path.extension().is_some_and(|extension| extension == kind)
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
