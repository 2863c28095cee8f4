//! Hostile bytes at the media engine, guided by coverage: each program of `tests/fuzz` for a while.
//!
//! LLVM's libFuzzer needs no tool of its own and no other toolchain: rustc instruments what it compiles when told to, and
//! the crate `libfuzzer-sys` brings the rest, in C++. What was found out about the engine is kept beside the compiled code,
//! so that the next run goes on from there; a crash is tried first from then on, until it is mended.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::StepError;
use crate::child;
use crate::place::Place;

/// The programs, each a kind of input.
const TARGETS: [&str; 9] = ["sdp", "names", "stun", "dtls", "peer", "rtp", "rtcp", "sound", "picture"];
/// How many run at once: a developer's machine has that many cores at least.
const AT_ONCE: usize = 2;
/// For how long each of them runs in `cargo xtask test`: what was found out is kept, and `soak` runs them for hours.
pub(crate) const BRIEFLY: Duration = Duration::from_secs(15);
/// What one program may take: what it tries is small, so more means that somebody can make the engine grow.
const LIMITS: [&str; 4] = ["-rss_limit_mb=512", "-malloc_limit_mb=64", "-timeout=10", "-max_len=65536"];
/// The most inputs kept from one run to the next: going through them first must leave time for new ones.
const KEPT: usize = 2000;
/// The most bytes of a crash that are printed.
const PRINTED: usize = 4096;

/// Counters at each branch and the values compared there, as libFuzzer reads them. One codegen unit each, or the tables
/// of a crate do not fit together.
const INSTRUMENTED: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// Runs every target for `time`, and fails with those that crashed, hung or grew.
pub(crate) fn run(place: &Place, time: Duration) -> Result<(), StepError> {
    let programs = build(place)?;
    let mut failed = Vec::new();
    for some in TARGETS.chunks(AT_ONCE) {
        let mut running = Vec::new();
        for target in some {
            let files = Files::of(place, target, time);
            files.begin().map_err(StepError::Fuzz)?;
            running.push((*target, start(place, &programs, target, &files, time)?, files));
        }
        for (target, mut child, files) in running {
            let passed = child.wait().map_err(StepError::Fuzz)?.success();
            let log = String::from_utf8_lossy(&fs::read(&files.log).map_err(StepError::Fuzz)?).into_owned();
            println!("{target:<8} {}", what_it_did(&log));
            if !passed {
                print!("{}", what_went_wrong(&log, &programs.join(program(target))));
                failed.push(target);
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(StepError::Broken(failed.join(", "))) }
}

fn program(target: &str) -> String {
    format!("fuzz-{target}")
}

/// Builds them apart from everything else, which is not instrumented, and says where they are.
fn build(place: &Place) -> Result<PathBuf, StepError> {
    let mut rustc = place.command("rustc");
    rustc.arg("-vV");
    let about = child::capture(rustc)?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
    let folder = place.target.join("fuzz");
    let mut cargo = place.cargo("build");
    // With a target named, build scripts and macros are compiled as always.
    cargo.args(["--package", "dogeller-fuzz", "--bins", "--target", &host]);
    cargo.env("CARGO_TARGET_DIR", &folder).env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\x1f"));
    // Quick, and with every check of overflows and assertions all the same.
    cargo.env("CARGO_PROFILE_DEV_OPT_LEVEL", "2").env("CARGO_INCREMENTAL", "0");
    child::run_unattended(cargo)?;
    Ok(folder.join(host).join("debug"))
}

/// Where a target's files lie.
struct Files {
    brief: bool,
    seeds: PathBuf,
    corpus: PathBuf,
    crashes: PathBuf,
    log: PathBuf,
}

impl Files {
    /// A short run begins with the seeds and the same chances each time, so that it fails for whoever broke something; a long
    /// one goes on from what earlier long ones found.
    fn of(place: &Place, target: &str, time: Duration) -> Self {
        let (kept, brief) = (place.target.join("fuzz"), time <= BRIEFLY);
        Self {
            brief,
            seeds: place.root.join("tests/fuzz/seeds").join(target),
            corpus: kept.join(if brief { "brief" } else { "corpus" }).join(target),
            crashes: kept.join("crashes").join(target),
            log: kept.join(format!("{target}.log")),
        }
    }

    fn begin(&self) -> std::io::Result<()> {
        if self.brief && self.corpus.exists() {
            fs::remove_dir_all(&self.corpus)?;
        }
        [&self.corpus, &self.crashes].into_iter().try_for_each(fs::create_dir_all)
    }
}

fn start(place: &Place, programs: &Path, target: &str, files: &Files, time: Duration) -> Result<Child, StepError> {
    if fs::read_dir(&files.corpus).map_err(StepError::Fuzz)?.count() > KEPT {
        thin_out(place.command(programs.join(program(target))), &files.corpus)?;
    }
    let log = File::create(&files.log).map_err(StepError::Fuzz)?;
    let mut command = place.command(programs.join(program(target)));
    arguments(&mut command, files, time);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.spawn().map_err(StepError::Fuzz)
}

/// Keeps the least that reaches all that was reached.
fn thin_out(mut command: Command, corpus: &Path) -> Result<(), StepError> {
    let thin = corpus.with_extension("thin");
    fs::create_dir_all(&thin).map_err(StepError::Fuzz)?;
    command.arg("-merge=1").args(LIMITS).args([thin.as_path(), corpus]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().map_err(StepError::Fuzz)?;
    fs::remove_dir_all(corpus).and_then(|()| fs::rename(&thin, corpus)).map_err(StepError::Fuzz)
}

fn arguments(command: &mut Command, files: &Files, time: Duration) {
    // What is found goes into the first folder.
    command.args([&files.corpus, &files.seeds, &files.crashes]);
    command.args(LIMITS).arg("-print_final_stats=1").arg(format!("-max_total_time={}", time.as_secs()));
    command.arg(format!("-artifact_prefix={}/", files.crashes.display()));
    if files.brief {
        command.arg("-seed=1");
    }
}

/// One line: how often it ran, and how much of the engine it reached.
fn what_it_did(log: &str) -> String {
    let number = |name: &str| {
        let line = log.lines().rev().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse::<u64>().ok()
    };
    let reached = |line: &str| Some(line.split_once(" cov: ")?.1.split(' ').next()?.to_owned());
    let (first, last) = (log.lines().find_map(reached), log.lines().rev().find_map(reached));
    let mut text = format!(
        "{} runs, {} in a second",
        number("stat::number_of_executed_units:").unwrap_or(0),
        number("stat::average_exec_per_sec:").unwrap_or(0)
    );
    if let (Some(first), Some(last)) = (first, last) {
        let _written = write!(text, ", {first} to {last} branches");
    }
    text
}

/// What the program said at its end, the input that did it, and how to do it again.
fn what_went_wrong(log: &str, program: &Path) -> String {
    // Above the panic is only the progress.
    let ends = |line: &&str| line.contains("panicked at ") || line.contains("ERROR: ");
    let said = log.lines().skip_while(|line| !ends(line)).filter(|line| !line.starts_with("stat::"));
    let mut text: String = said.take(60).flat_map(|line| ["  ", line, "\n"]).collect();
    let artifact = log.lines().rev().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| path);
    match artifact.map(|path| (path, fs::read(path))) {
        Some((path, Ok(input))) => {
            let shown = input.get(..PRINTED).unwrap_or(&input);
            let hex: String = shown.iter().map(|byte| format!("{byte:02x}")).collect();
            let _written = writeln!(text, "\nthe input, {} bytes: {hex}", input.len());
            let _written = writeln!(text, "again: {} {path}\n", program.display());
        }
        Some((path, Err(error))) => {
            let _written = writeln!(text, "\n{path}: {error}");
        }
        None => text.push_str("\nit left no input behind\n"),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "INFO: Running with entropic power schedule\nINFO: Seed: 1\nINFO: a\nINFO: b\n\
        #12\tINITED cov: 512 ft: 600 corp: 9/2Kb exec/s: 0 rss: 60Mb\n\
        #4096\tNEW    cov: 730 ft: 900 corp: 20/4Kb lim: 80 exec/s: 2048 rss: 61Mb\n";

    #[test]
    fn a_run_is_one_line() {
        let log = format!("{LOG}stat::number_of_executed_units: 5000\nstat::average_exec_per_sec:     2500\n");
        assert_eq!(what_it_did(&log), "5000 runs, 2500 in a second, 512 to 730 branches");
    }

    #[test]
    fn a_program_that_ended_before_it_began_did_nothing() {
        assert_eq!(what_it_did("Killed"), "0 runs, 0 in a second");
    }

    #[test]
    fn a_crash_is_shown_with_its_input_and_how_to_have_it_again() {
        let input = std::env::temp_dir().join(format!("dogeller-crash-{}", std::process::id()));
        fs::write(&input, [0, 0xab]).unwrap();
        let log = format!("{LOG}thread panicked at a.rs:1\nTest unit written to {}\nstat::x: 1\n", input.display());
        let text = what_went_wrong(&log, Path::new("/kept/fuzz-rtp"));
        fs::remove_file(&input).unwrap();
        assert!(text.starts_with("  thread panicked at a.rs:1\n"), "{text}");
        assert!(text.contains("the input, 2 bytes: 00ab\n"), "{text}");
        assert!(text.contains(&format!("again: /kept/fuzz-rtp {}\n", input.display())), "{text}");
    }

    #[test]
    fn every_target_has_a_program_and_seeds() {
        let own = Place::find().unwrap().root.join("tests/fuzz");
        let manifest = fs::read_to_string(own.join("Cargo.toml")).unwrap();
        for target in TARGETS {
            assert!(manifest.contains(&format!("name = \"{}\"", program(target))), "{target}");
            assert!(fs::read_dir(own.join("seeds").join(target)).unwrap().next().is_some(), "{target}");
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
    }
}
