//! Everything a contributor types: `cargo xtask run`, `cargo xtask test` and the rest.
//!
//! [`setup`] makes a machine ready, [`steps`] are what `test` runs, [`rules`] are the boundaries between the rooms of this
//! repository. The other modules are one command each.
#![allow(clippy::print_stdout, reason = "a terminal program: its output is what it is for")]

mod bench;
mod bundle;
mod changelog;
mod child;
mod desktop;
mod icons;
mod lab;
mod place;
mod platforms;
mod release;
mod rules;
mod setup;
mod soak;
mod steps;
mod test;
mod types;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use place::Place;
use steps::Step;

/// Set-up included: on Debian and Ubuntu a machine with Rust and Node is all that any of these needs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts Dogeller: the desktop window or, where there is no display, the headless node.
    Run(Extra),
    /// Runs every test there is.
    Test(TestChoice),
    /// Runs clippy and checks the boundaries between the crates; no tests.
    Check,
    /// Writes ui/src/wire.gen.ts from core/src/wire.
    Types,
    /// Measures what users feel, and prints medians and spread.
    Bench,
    /// Runs the random schedules, the fuzz targets and the LAN tests much longer than `test` does.
    Soak {
        /// How many random schedules of a call are tried.
        #[arg(long, default_value_t = 100_000)]
        schedules: u32,
        /// For how many minutes each fuzz target runs (Linux).
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1440))]
        minutes: u32,
        /// How often the LAN tests are run.
        #[arg(long, default_value_t = 20)]
        rounds: u32,
    },
    /// Starts a demonstration network of several nodes on this machine (Linux).
    Lab(Extra),
    /// Installs what `run` and `test` need, and nothing else.
    Setup,
    /// Makes what people install on this system (Linux: .deb and .rpm).
    Bundle {
        /// Then tries it: in fresh systems, in a call, and removed again (Debian and Ubuntu, as root).
        #[arg(long)]
        prove: bool,
    },
    /// Checks the Rust of both programs for Windows, macOS, Android and iOS, without any of their tools.
    Platforms,
    /// Says whether this version can go out: versions, changelog, what packages say.
    ReleaseCheck,
    /// Draws icons/*.png, .ico and .icns from icons/logo.svg.
    Icons,
}

#[derive(Args)]
struct Extra {
    /// Passed on as they are.
    #[arg(last = true)]
    args: Vec<String>,
}

#[derive(Args)]
struct TestChoice {
    /// Goes on after a step that failed.
    #[arg(long)]
    keep_going: bool,
    /// Runs this step alone (may be given several times).
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
    /// Lists the steps and runs none.
    #[arg(long)]
    list: bool,
}

/// Whatever stopped a command, as one sentence or more.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Place(#[from] place::PlaceError),
    #[error(transparent)]
    Setup(#[from] setup::SetupError),
    #[error(transparent)]
    Step(#[from] steps::StepError),
    #[error(transparent)]
    Child(#[from] child::ChildError),
    #[error(transparent)]
    Types(#[from] types::TypesError),
    #[error(transparent)]
    Release(#[from] release::ReleaseError),
    #[error(transparent)]
    Bundle(#[from] bundle::BundleError),
    #[error(transparent)]
    Platforms(#[from] platforms::PlatformsError),
    #[error(transparent)]
    Icons(#[from] icons::IconError),
    /// Said already by the summary.
    #[error("")]
    TestsFailed,
}

fn main() -> ExitCode {
    match carry_out(Line::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(CommandError::TestsFailed) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: Command) -> Result<(), CommandError> {
    let place = Place::find()?;
    match command {
        Command::Run(Extra { args }) => desktop::run(&place, &args),
        Command::Test(choice) => test::run(&place, &choice),
        Command::Check => {
            setup::make_ready(&place, setup::Need::Window)?;
            Ok(Step::Rules.run(&place, None)?)
        }
        Command::Types => Ok(types::write(&place)?),
        Command::Bench => bench::run(&place),
        Command::Soak { schedules, minutes, rounds } => soak::run(&place, schedules, minutes, rounds),
        Command::Lab(Extra { args }) => lab::run(&place, &args),
        Command::Setup => {
            setup::make_ready(&place, setup::Need::Tests)?;
            println!("\nEverything `cargo xtask run` and `cargo xtask test` need is here.");
            Ok(())
        }
        Command::Bundle { prove } => Ok(bundle::run(&place, prove)?),
        Command::Platforms => platforms::run(&place),
        Command::ReleaseCheck => Ok(release::check(&place)?),
        Command::Icons => Ok(icons::draw(&place)?),
    }
}
