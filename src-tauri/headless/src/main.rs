//! Serves: the same node without a window, for a plain browser, a script, a test, a machine with no screen.

mod args;
mod attached;
mod call;
mod manual;
mod receive;
mod report;
mod run;
mod send;
mod shown;
mod talk;
mod whom;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let args = args::Args::parse();
    log(args.node.json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("Dogeller could not start: {error}");
            return ExitCode::from(run::COULD_NOT_START);
        }
    };
    let code = match runtime.block_on(run::run(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.code())
        }
    };
    // Not dropped: that would wait for a write to a standard output that nobody reads.
    runtime.shutdown_background();
    code
}

/// Logs to stderr, by `RUST_LOG` if it is set.
fn log(json: bool) {
    let default = if json { "warn" } else { "info" };
    let default = format!("{default},{}", dogeller_media::stack::QUIET);
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
