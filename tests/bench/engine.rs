//! What a call costs the engine in Rust: 1280x720 at 30 pictures a second and 2.5 Mbit/s come and go on, with sound, in a
//! process of its own.

use std::collections::VecDeque;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dogeller_core::wire::peer::{Candidate, Description};
use dogeller_media::booth::{Booth, PATIENCE_IN_PASSING, Terms};
use dogeller_media::engine::{Engine, Live, Order, Report, Start};
use dogeller_media::sound::Block;
use dogeller_media::stack::{Reach, TrackNumber};
use dogeller_media::video::Frame;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::idle::{megabytes, seconds};

/// A frame of 2.5 Mbit/s at 30 a second, and a key frame.
const FRAME_BYTES: usize = 2_500_000 / 8 / 30;
const KEY_BYTES: usize = 60_000;
const WARM: Duration = Duration::from_secs(8);
const MEASURED: Duration = Duration::from_secs(15);

/// One line between the two processes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Description(Description),
    Candidate(Candidate),
}

/// Frames with the time they left in them; those that come back are timed.
struct Source {
    begun: Instant,
    next: Instant,
    ready: Option<Frame>,
    times: Arc<Mutex<Vec<f64>>>,
    sample: u32,
}

impl Booth for Source {
    fn see(&mut self, _track: TrackNumber, frame: &Frame, now: Instant) {
        let Some(stamp) = frame.data.get(16..24).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes) else {
            return;
        };
        let passed = now.saturating_duration_since(self.begun).as_micros() as u64;
        let took = passed.saturating_sub(stamp) as f64 / 1000.0;
        self.times.lock().unwrap_or_else(PoisonError::into_inner).push(took);
    }

    fn hear(&mut self, _heard: &Block, _now: Instant) {}

    fn say(&mut self, said: &mut Block, _now: Instant) -> bool {
        for sample in said {
            *sample = 0.3 * (std::f32::consts::TAU * 440.0 * (self.sample % 48_000) as f32 / 48_000.0).sin();
            self.sample += 1;
        }
        true
    }

    fn picture_due(&self) -> Option<Instant> {
        Some(self.next)
    }

    fn want_picture(&mut self, terms: Terms, now: Instant) {
        self.next = (self.next + Duration::from_micros(33_333)).max(now);
        let mut data = vec![0x5a; if terms.key { KEY_BYTES } else { FRAME_BYTES }];
        // The tag of a VP8 frame (RFC 6386, 9.1): its first bit tells a key frame, whose size follows.
        data[0] = if terms.key { 0x10 } else { 0x11 };
        data[3..10].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02]);
        let stamp = self.begun.elapsed().as_micros() as u64;
        data[16..24].copy_from_slice(&stamp.to_le_bytes());
        self.ready = Some(Frame { codec: terms.codec, key: terms.key, timestamp: terms.timestamp, data: data.into() });
    }

    fn poll_picture(&mut self, _context: &mut Context<'_>) -> Poll<Frame> {
        self.ready.take().map_or(Poll::Pending, Poll::Ready)
    }

    fn skip(&mut self, now: Instant) {
        self.next = (self.next + Duration::from_micros(33_333)).max(now);
    }

    fn wants_key(&mut self) -> bool {
        false
    }
}

/// What comes goes on at once.
#[derive(Default)]
struct Relay {
    frames: VecDeque<(Instant, Frame)>,
    ready: Option<Frame>,
    block: Option<Block>,
    key: bool,
}

impl Booth for Relay {
    fn see(&mut self, _track: TrackNumber, frame: &Frame, now: Instant) {
        self.frames.push_back((now, frame.clone()));
        if self.frames.len() > 30 {
            self.frames.clear();
            self.key = true;
        }
    }

    fn hear(&mut self, heard: &Block, _now: Instant) {
        self.block = Some(*heard);
    }

    fn say(&mut self, said: &mut Block, _now: Instant) -> bool {
        self.block.take().map(|block| *said = block).is_some()
    }

    fn picture_due(&self) -> Option<Instant> {
        self.frames.front().map(|(came, _)| *came)
    }

    fn want_picture(&mut self, terms: Terms, _now: Instant) {
        if let Some((_, frame)) = self.frames.pop_front() {
            self.key |= terms.key && !frame.key;
            self.ready = Some(Frame { timestamp: terms.timestamp, ..frame });
        }
    }

    fn poll_picture(&mut self, _context: &mut Context<'_>) -> Poll<Frame> {
        self.ready.take().map_or(Poll::Pending, Poll::Ready)
    }

    fn patience(&self) -> Duration {
        PATIENCE_IN_PASSING
    }

    fn skip(&mut self, _now: Instant) {
        self.key |= self.frames.pop_front().is_some();
    }

    fn wants_key(&mut self) -> bool {
        std::mem::take(&mut self.key)
    }
}

/// Relays in this process, told by lines; it ends with them.
pub(crate) fn relay() -> Result<(), Box<dyn Error>> {
    runtime()?.block_on(async {
        let mut lines = told(BufReader::new(std::io::stdin()));
        let (engine, mut reports) = Engine::start(start(false), Box::new(Relay::default())).await?;
        loop {
            tokio::select! {
                line = lines.recv() => match line {
                    Some(line) => engine.order(order(line))?,
                    None => break,
                },
                Some(report) = reports.recv() => {
                    if let Some(line) = line(report) {
                        println!("{}", serde_json::to_string(&line)?);
                    }
                }
            }
        }
        engine.stop().await;
        Ok(())
    })
}

/// One call, relayed.
pub(crate) fn call() -> Result<(), Box<dyn Error>> {
    println!("  goal: under 15 % of a core, 5 ms a picture and 20 MB");
    let relay =
        Command::new(std::env::current_exe()?).arg("--relay").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut relay = Ended(relay);
    let (pid, idle) = (relay.0.id(), {
        std::thread::sleep(Duration::from_millis(500));
        megabytes(relay.0.id())?
    });
    let mut into = relay.0.stdin.take().ok_or("no stdin")?;
    let out = BufReader::new(relay.0.stdout.take().ok_or("no stdout")?);
    let times = Arc::new(Mutex::new(Vec::new()));
    let begun = Instant::now();
    let source = Source { begun, next: begun, ready: None, times: times.clone(), sample: 0 };
    runtime()?.block_on(async {
        let mut lines = told(out);
        let (engine, mut reports) = Engine::start(start(true), Box::new(source)).await?;
        let (mut used, mut stats) = (0.0, None);
        let mut phases = [begun + WARM, begun + WARM + MEASURED].into_iter();
        let mut until = phases.next().unwrap_or(begun);
        loop {
            tokio::select! {
                Some(told) = lines.recv() => engine.order(order(told))?,
                Some(report) = reports.recv() => {
                    if let Report::Stats(numbers) = report {
                        stats = Some(numbers);
                    } else if let Some(line) = line(report) {
                        writeln!(into, "{}", serde_json::to_string(&line)?)?;
                    }
                }
                () = tokio::time::sleep_until(until.into()) => {
                    let Some(next) = phases.next() else { break };
                    until = next;
                    used = seconds(pid)?;
                    times.lock().unwrap_or_else(PoisonError::into_inner).clear();
                }
            }
        }
        let share = (seconds(pid)? - used) / MEASURED.as_secs_f64() * 100.0;
        let memory = megabytes(pid)? - idle;
        let mut times = times.lock().unwrap_or_else(PoisonError::into_inner).clone();
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times.get(((times.len() as f64 - 1.0) * part) as usize).copied().unwrap_or(f64::NAN);
        println!(
            "  {:.1} pictures a second there and back, {:.1} % of a core, {memory:.1} MB more than before the call",
            times.len() as f64 / MEASURED.as_secs_f64(),
            share
        );
        println!(
            "  there and back through both engines: {:.1} ms median, {:.1} ms p95; half of it is what one adds",
            at(0.5),
            at(0.95)
        );
        if let Some(stats) = stats {
            println!("  sound is played {} ms after it came", stats.heard.delay_ms);
            println!("  left out at the source {}, asked for again {}", stats.shown.skipped, stats.repair.asked_of_us);
        }
        engine.stop().await;
        Ok(())
    })
}

/// A child that does not outlive this.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Gone already.
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

/// What the other process says.
fn told(from: impl BufRead + Send + 'static) -> mpsc::Receiver<Line> {
    let (sent, lines) = mpsc::channel(64);
    std::thread::spawn(move || {
        for line in from.lines().map_while(Result::ok) {
            let Ok(line) = serde_json::from_str(&line) else { break };
            if sent.blocking_send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

fn start(offerer: bool) -> Start {
    Start { offerer, reach: Reach::ThisMachine, live: Some(Live::Video) }
}

fn order(line: Line) -> Order {
    match line {
        Line::Description(description) => Order::Description(description),
        Line::Candidate(candidate) => Order::Candidate(candidate),
    }
}

fn line(report: Report) -> Option<Line> {
    match report {
        Report::Description(description) => Some(Line::Description(description)),
        Report::Candidate(candidate) => Some(Line::Candidate(candidate)),
        Report::Path(_) | Report::Relayed(_) | Report::Useless | Report::Stats(_) => None,
    }
}
