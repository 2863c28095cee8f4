//! Where things lie: the repository, and the folder that compiled code is kept in between runs.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::child;

/// Why the folders could not be found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("{0} is not the folder of a crate inside the repository")]
    NoRepository(PathBuf),
    #[error("CARGO_TARGET_DIR cannot be used: {0}")]
    TargetDir(std::io::Error),
}

/// The two folders every command needs.
#[derive(Debug)]
pub(crate) struct Place {
    /// The repository.
    pub(crate) root: PathBuf,
    /// What the commands compile into. Not xtask itself: cargo built that before it ran.
    pub(crate) target: PathBuf,
}

impl Place {
    pub(crate) fn find() -> Result<Self, PlaceError> {
        // Cargo says at run time where the crate lies now; the value compiled in is where it lay then.
        let own = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = own.parent().ok_or_else(|| PlaceError::NoRepository(own.clone()))?.to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
            Some(chosen) => std::path::absolute(chosen).map_err(PlaceError::TargetDir)?,
            None => kept_target(env::consts::OS, |name| env::var_os(name)).unwrap_or_else(|| root.join("target")),
        };
        Ok(Self { root, target })
    }

    /// A cargo command that keeps to Cargo.lock.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([subcommand, "--locked"]);
        cargo
    }

    /// `cargo fmt`, the one subcommand used here that knows no `--locked`.
    pub(crate) fn cargo_fmt(&self) -> Command {
        let mut cargo = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg("fmt");
        cargo
    }

    pub(crate) fn npm(&self) -> Command {
        // On Windows npm is a script, and those are found only by their full name.
        self.command(if cfg!(windows) { "npm.cmd" } else { "npm" })
    }

    pub(crate) fn node(&self) -> Command {
        self.command("node")
    }

    /// A program run at the top of the repository, free of what `cargo run` set for xtask itself.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = child::clean(program.into());
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

/// `dogeller/target` in the user's cache, so that a fresh clone does not compile every dependency again. None when the
/// system says no such folder.
fn kept_target(system: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // A relative path in these is invalid by the XDG specification, and would depend on the current folder.
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = match system {
        "windows" => folder("LOCALAPPDATA"),
        "macos" => folder("HOME").map(|home| home.join("Library").join("Caches")),
        _ => folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache"))),
    };
    Some(cache?.join("dogeller").join("target"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(system: &str, set: &[(&str, &str)]) -> Option<PathBuf> {
        kept_target(system, |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn each_system_keeps_it_in_its_own_cache() {
        assert_eq!(target("linux", &[("HOME", "/home/mo")]), Some("/home/mo/.cache/dogeller/target".into()));
        assert_eq!(
            target("linux", &[("HOME", "/home/mo"), ("XDG_CACHE_HOME", "/big")]),
            Some("/big/dogeller/target".into())
        );
        assert_eq!(target("macos", &[("HOME", "/Users/mo")]), Some("/Users/mo/Library/Caches/dogeller/target".into()));
    }

    #[test]
    fn without_a_home_there_is_no_kept_folder() {
        assert_eq!(target("linux", &[]), None);
        assert_eq!(target("linux", &[("XDG_CACHE_HOME", "relative")]), None);
        assert_eq!(target("linux", &[("HOME", "")]), None);
    }
}
