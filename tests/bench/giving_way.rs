//! What a call is like while its two nodes also carry a file over the same line, beside the same call alone.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use dogeller_tests::lab::{Lab, Uplink};
use dogeller_tests::node::{NodeProcess, Options, program};
use serde::Deserialize;

/// A Wi-Fi of some age. What queues for it is heard: its buffer holds 200 ms.
const LINE: Uplink = Uplink {
    delay: Duration::from_millis(2),
    jitter: Duration::ZERO,
    loss: 0.0,
    rate_kbit: Some(30_000),
    queue_packets: None,
};
const SECONDS: u64 = 25;
/// So long a call finds its rate, and the file begins to move.
const SETTLED_MS: u64 = 8000;
/// Not over before the call is.
const BYTES: usize = 200_000_000;

#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line {
    Media {
        stats: Stats,
    },
    #[serde(other)]
    Else,
}

#[derive(Debug, Deserialize)]
struct Stats {
    live_ms: u64,
    round_trip_ms: f64,
    seen: Vec<Seen>,
}

#[derive(Debug, Deserialize)]
struct Seen {
    frames: u64,
    longest_gap_ms: u64,
}

/// Three calls: alone, with a file from the caller, and with a file to the caller.
pub(crate) fn call() -> Result<(), Box<dyn Error>> {
    println!("  a line of 30 Mbit/s each way with 2 ms and a buffer of 200 ms; goal: as good with a file as without");
    for (what, from) in
        [("alone", None), ("with a file to the other", Some(0)), ("with a file from the other", Some(1))]
    {
        one(what, from)?;
    }
    Ok(())
}

fn one(what: &str, from: Option<usize>) -> Result<(), Box<dyn Error>> {
    let lab = Lab::new(2)?;
    let ben = NodeProcess::launch(&lab.host(1), "Ben", |options| options.answers = true)?;
    ben.ready()?;
    for host in lab.hosts() {
        host.set_uplink(LINE)?;
    }
    let home = tempfile::tempdir()?;
    let data = home.path().join("data");
    let film = home.path().join("film");
    fs::write(&film, vec![7; BYTES])?;
    let mut caller = Command::new(program()?);
    caller.args(["--json", "--name", "Ada", "--port", "0", "--ui-port", "0", "call", "Ben"]);
    caller.args(["--seconds", &SECONDS.to_string()]).arg("--data-dir").arg(&data);
    caller.arg("--downloads").arg(home.path().join("downloads"));
    let mut caller = lab.host(0).spawn(with_output(caller))?;
    let lines = BufReader::new(caller.stdout.take().ok_or("no stdout")?).lines();
    let ada = |words: &[&str]| -> Result<(), Box<dyn Error>> {
        let mut command = Command::new(program()?);
        command.args(words).arg("--data-dir").arg(&data).stdout(Stdio::null()).stderr(Stdio::null());
        lab.host(0).spawn(command)?.wait()?;
        Ok(())
    };
    let (mut trips, mut frames, mut begun) = (Vec::new(), Vec::new(), false);
    let mut gap = 0;
    for line in lines {
        let Ok(Line::Media { stats }) = serde_json::from_str(&line?) else { continue };
        if let Some(from) = from.filter(|_| !std::mem::replace(&mut begun, true)) {
            let film = film.to_str().ok_or("a path")?;
            if from == 0 {
                ada(&["send", "Ben", film, "--wait", "0"])?;
                ben.ask(&["receive", "Ada", "--wait", "1"])?;
            } else {
                ben.ask(&["send", "Ada", film, "--wait", "0"])?;
                ada(&["receive", "Ben", "--wait", "1"])?;
            }
        }
        let Some(seen) = stats.seen.first() else { continue };
        if stats.live_ms > SETTLED_MS {
            trips.push(stats.round_trip_ms);
            frames.push((stats.live_ms, seen.frames));
            gap = seen.longest_gap_ms;
        }
    }
    let moved = Path::new(&home.path().join("downloads")).to_owned();
    let folder = if from == Some(0) { Options::downloads(ben.options()) } else { moved };
    caller.wait()?;
    trips.sort_by(f64::total_cmp);
    let (Some((from_ms, first)), Some((to_ms, last))) = (frames.first(), frames.last()) else {
        return Err("the call carried nothing".into());
    };
    let rate = (last - first) as f64 * 1000.0 / (to_ms - from_ms) as f64;
    let (median, worst) = (trips[trips.len() / 2], trips[trips.len() - 1]);
    println!(
        "  {what}: round trip {median:.1} ms in the median, {worst:.1} at most; {rate:.1} pictures a second, longest gap \
         {gap} ms; of the file {:.1} MB came",
        bytes_in(&folder) as f64 / 1e6
    );
    Ok(())
}

fn with_output(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The bytes of all files below a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => bytes_in(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}
