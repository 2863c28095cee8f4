//! What users feel of presence, what a call costs, and how fast files are, on release builds in the lab: medians of several
//! rounds and their spread. Nothing here is asserted; `cargo xtask bench` prints it.
#![allow(clippy::print_stdout, reason = "it is a report")]

mod engine;
mod figures;
mod files;
mod giving_way;
mod idle;
mod neighbours;
mod presence;

use std::error::Error;

use clap::Parser;
use dogeller_tests::lab;

/// Measures presence in a simulated local network.
#[derive(Debug, Parser)]
struct Arguments {
    /// Rounds of each figure.
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Only figures whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
    /// Be the other end of the figure of the engine.
    #[arg(long, hide = true)]
    relay: bool,
}

/// A figure: its name, and what prints it.
type Figure = (&'static str, fn(usize) -> Result<(), Box<dyn Error>>);

const FIGURES: [Figure; 14] = [
    ("files: a call meanwhile", |_| giving_way::call()),
    ("files: a gigabyte", |_| files::gigabyte()),
    ("files: 10000 of 10 KB", |_| files::many()),
    ("a call relayed by the engine", |_| engine::call()),
    ("newcomer, 2 running", |rounds| presence::newcomer(2, rounds)),
    ("newcomer, 10 running", |rounds| presence::newcomer(10, rounds)),
    ("newcomer, 50 running", |rounds| presence::newcomer(50, rounds)),
    ("together, 2", |rounds| presence::together(2, rounds)),
    ("together, 10", |rounds| presence::together(10, rounds)),
    ("together, 50", |rounds| presence::together(50, rounds.min(5))),
    ("kill -9", presence::killed),
    ("cable", presence::unplugged),
    ("idle with 10 peers", |_| idle::ten_peers()),
    ("200 nodes", |_| presence::crowd(200)),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    if arguments.relay {
        return engine::relay();
    }
    lab::enter()?;
    let _bounds = neighbours::Bounds::raise();
    for (name, measure) in FIGURES.iter().filter(|(name, _)| name.contains(&arguments.only)) {
        println!("{name}");
        measure(arguments.rounds)?;
    }
    Ok(())
}
