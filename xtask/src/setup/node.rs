//! Node.js and the npm packages of the page.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::child::{self, ChildError};
use crate::place::Place;

/// Why the page cannot be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    #[error(
        "Node.js is missing. Dogeller's page is built with it: install version 22 or 20.19, from your system or from nodejs.org"
    )]
    NoNode,
    #[error("this is Node.js {found}, and Vite, which builds the page, needs 20.19 or newer (of 22: 22.12 or newer)")]
    OldNode { found: String },
    #[error("npm is missing. It comes with Node.js; on some systems it is a package of its own, named npm")]
    NoNpm,
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Child(ChildError),
}

/// Fails when Node.js is missing or too old.
pub(super) fn check(place: &Place) -> Result<(), NodeError> {
    let version = version(place)?;
    if will_do(&version) { Ok(()) } else { Err(NodeError::OldNode { found: version }) }
}

/// Installs node_modules from package-lock.json, unless that is what is there.
pub(super) fn install_packages(place: &Place) -> Result<(), NodeError> {
    let lock = place.root.join("package-lock.json");
    let locked = fs::read_to_string(&lock).map_err(|source| NodeError::File { path: lock, source })?;
    let stamp = stamp(&version(place)?, &locked);
    let path = place.root.join("node_modules").join(".installed-from");
    if is_current(&path, &stamp) {
        return Ok(());
    }
    println!("Installing the page's npm packages from package-lock.json.\n");
    let mut npm = place.npm();
    npm.args(["ci", "--no-audit", "--no-fund"]);
    child::run_unattended(npm).map_err(|error| match error {
        ChildError::Missing { .. } => NodeError::NoNpm,
        ChildError::Start { .. } | ChildError::Failed { .. } | ChildError::NotText { .. } => NodeError::Child(error),
    })?;
    // Last, so that an installation that was interrupted is done again.
    fs::write(&path, stamp).map_err(|source| NodeError::File { path, source })
}

fn version(place: &Place) -> Result<String, NodeError> {
    let mut node = place.node();
    node.arg("--version");
    match child::capture(node) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(ChildError::Missing { .. }) => Err(NodeError::NoNode),
        Err(error @ (ChildError::Start { .. } | ChildError::Failed { .. } | ChildError::NotText { .. })) => {
            Err(NodeError::Child(error))
        }
    }
}

/// Vite 8's `engines`: ^20.19.0 || >=22.12.0.
fn will_do(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), Some(_)) => major > 22,
        _ => false,
    }
}

/// What an installation depends on: the lock file and, for the programs among the packages, the machine. The file itself
/// and not a digest of it, since it is small and needs no explanation.
fn stamp(node: &str, lock: &str) -> String {
    format!("node {node} {} {}\n{lock}", std::env::consts::OS, std::env::consts::ARCH)
}

fn is_current(path: &Path, stamp: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|found| found == stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_that_vite_takes() {
        for good in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.0"] {
            assert!(will_do(good), "{good}");
        }
        for bad in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "", "v", "twenty"] {
            assert!(!will_do(bad), "{bad}");
        }
    }

    #[test]
    fn packages_are_installed_again_when_the_lock_or_the_node_changed() {
        let folder = std::env::temp_dir().join(format!("dogeller-xtask-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("stamp");
        assert!(!is_current(&path, &stamp("v20.20.2", "{}")), "nothing is installed yet");
        fs::write(&path, stamp("v20.20.2", "{}")).unwrap();
        assert!(is_current(&path, &stamp("v20.20.2", "{}")));
        assert!(!is_current(&path, &stamp("v20.20.2", "{ }")), "the lock changed");
        assert!(!is_current(&path, &stamp("v22.12.0", "{}")), "node changed");
        fs::remove_dir_all(&folder).unwrap();
    }
}
