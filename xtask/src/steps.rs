//! The steps of `cargo xtask test`, in the order they run: what fails fastest comes first.

mod e2e;
mod format;
pub(crate) mod fuzz;
pub(crate) mod lan;
pub(crate) mod programs;
pub(crate) mod ui;
pub(crate) mod unit;
mod window;

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::ChildError;
use crate::place::Place;
use crate::rules::{self, RuleError};
use programs::Profile;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Step {
    Format,
    Rules,
    Unit,
    Ui,
    Build,
    Lan,
    E2e,
    Window,
    Fuzz,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error(transparent)]
    Rule(#[from] RuleError),
    #[error("{0} is missing: this step has nothing to run")]
    NoScript(PathBuf),
    #[error("hostile bytes broke the engine: {0} (see above)")]
    Broken(String),
    #[error("a fuzz target cannot be run: {0}")]
    Fuzz(io::Error),
    #[error("`{0}` holds no test: this step has nothing to run")]
    NoTests(&'static str),
    #[error(
        "this system lets nobody but root make network namespaces, and the tests build their networks out of those. \
         Run the command as root or, on Ubuntu, first: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
    )]
    NoNamespaces,
}

/// Whether a step can run on this system.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Here {
    Runs,
    /// It cannot, and the person is told why. Never counted as passed.
    CannotRun(&'static str),
}

impl Step {
    pub(crate) const ALL: [Self; 9] =
        [Self::Format, Self::Rules, Self::Unit, Self::Ui, Self::Build, Self::Lan, Self::E2e, Self::Window, Self::Fuzz];

    /// The word for `--only`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Rules => "rules",
            Self::Unit => "unit",
            Self::Ui => "ui",
            Self::Build => "build",
            Self::Lan => "lan",
            Self::E2e => "e2e",
            Self::Window => "window",
            Self::Fuzz => "fuzz",
        }
    }

    /// What it proves.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Format => "every file is formatted",
            Self::Rules => "lints, boundaries between crates, generated types",
            Self::Unit => "unit, property and documentation tests",
            Self::Ui => "the page: types, lints, tests, build",
            Self::Build => "the programs the next steps run",
            Self::Lan => "real nodes on simulated networks",
            Self::E2e => "real calls between two browsers",
            Self::Window => "the desktop window under Xvfb",
            Self::Fuzz => "hostile bytes at the media engine",
        }
    }

    pub(crate) fn here(self) -> Here {
        self.on(env::consts::OS)
    }

    fn on(self, system: &str) -> Here {
        match self {
            Self::Format | Self::Rules | Self::Unit | Self::Ui | Self::Build => Here::Runs,
            Self::Lan | Self::E2e if system == "linux" => Here::Runs,
            Self::Window | Self::Fuzz if system == "linux" => Here::Runs,
            Self::Lan | Self::E2e => Here::CannotRun("it builds its networks out of Linux network namespaces"),
            Self::Window => Here::CannotRun("it drives the window through Xvfb and WebKitWebDriver, which are Linux's"),
            Self::Fuzz => Here::CannotRun("libFuzzer and its limits of memory are tried on Linux alone"),
        }
    }

    /// Whether it runs programs that the steps `ui` and `build` make.
    pub(crate) fn runs_programs(self) -> bool {
        match self {
            Self::Lan | Self::E2e | Self::Window => true,
            Self::Format | Self::Rules | Self::Unit | Self::Ui | Self::Build | Self::Fuzz => false,
        }
    }

    pub(crate) fn run(self, place: &Place, chromium: Option<&Path>) -> Result<(), StepError> {
        match self {
            Self::Format => format::run(place),
            Self::Rules => rules::run(place),
            Self::Unit => unit::run(place),
            Self::Ui => ui::run(place),
            Self::Build => programs::build(place),
            Self::Lan => lan::run(place),
            Self::E2e => e2e::run(place, chromium),
            Self::Window => window::run(place, chromium),
            Self::Fuzz => fuzz::run(place, fuzz::BRIEFLY),
        }
    }
}

/// A script of ours run by node, told where the programs and the browser are.
pub(crate) fn script(
    place: &Place,
    profile: Profile,
    file: &str,
    chromium: Option<&Path>,
) -> Result<Command, StepError> {
    if !place.root.join(file).is_file() {
        return Err(StepError::NoScript(file.into()));
    }
    let mut node = place.node();
    node.arg(file);
    programs::tell(place, profile, &mut node);
    if let Some(chromium) = chromium {
        node.env("DOGELLER_CHROMIUM", chromium);
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_runs_on_linux_and_the_others_say_why_not() {
        for step in Step::ALL {
            assert_eq!(step.on("linux"), Here::Runs, "{step:?}");
            let everywhere = !step.runs_programs() && step != Step::Fuzz;
            assert_eq!(step.on("macos") == Here::Runs, everywhere, "{step:?}");
        }
    }

    #[test]
    fn a_script_that_is_not_there_is_a_failure() {
        let place = Place { root: env::temp_dir(), target: env::temp_dir() };
        let error = script(&place, Profile::Debug, "no-such-script.mjs", None).unwrap_err();
        assert_eq!(error.to_string(), "no-such-script.mjs is missing: this step has nothing to run");
    }
}
