//! The JSON lines a node prints, read on a thread of their own.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

/// A node's first line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ready {
    /// Who it is, 64 lower-case hexadecimal digits.
    pub peer_id: String,
    /// The name others see.
    pub name: String,
    /// The port its links come in at.
    pub port: u16,
    /// Where its page is.
    pub ui_url: String,
}

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There.
    Online,
    /// Not there, or not any more.
    Offline,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It is up.
    Ready(Ready),
    /// Somebody on its list came or changed.
    Peer {
        /// Who.
        peer_id: String,
        /// The name shown.
        name: String,
        /// Whether they are there.
        state: State,
    },
}

/// A line and when it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// What.
    pub event: Event,
}

/// What came of waiting for lines.
pub(super) enum Waited<T> {
    Answer(T),
    TooLate,
    Ended,
    BadLine { line: String, why: String },
}

#[derive(Debug, Default)]
struct Seen {
    heard: Vec<Heard>,
    bad: Option<(String, String)>,
    ended: bool,
}

/// All lines of one run of a node.
#[derive(Debug, Default)]
pub(super) struct Lines {
    seen: Mutex<Seen>,
    more: Condvar,
}

impl Lines {
    pub(super) fn read(from: impl Read + Send + 'static) -> io::Result<Arc<Self>> {
        let lines = Arc::new(Self::default());
        let reader = Arc::clone(&lines);
        thread::Builder::new().name("node lines".into()).spawn(move || {
            for line in BufReader::new(from).lines() {
                // What is not text is a bad line as well.
                reader.add(line.unwrap_or_else(|error| error.to_string()));
            }
            reader.lock().ended = true;
            reader.more.notify_all();
        })?;
        Ok(lines)
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        // A test that panicked while it looked has changed nothing.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: String) {
        let at = Instant::now();
        let parsed = serde_json::from_str(&line);
        let mut read = self.lock();
        match parsed {
            Ok(event) => read.heard.push(Heard { at, event }),
            Err(error) => read.bad = Some((line, error.to_string())),
        }
        self.more.notify_all();
    }

    pub(super) fn all(&self) -> Vec<Heard> {
        self.lock().heard.clone()
    }

    pub(super) fn wait<T>(&self, time: Duration, answer: impl Fn(&[Heard]) -> Option<T>) -> Waited<T> {
        let end = Instant::now() + time;
        let mut read = self.lock();
        loop {
            if let Some((line, why)) = read.bad.clone() {
                return Waited::BadLine { line, why };
            }
            if let Some(answer) = answer(&read.heard) {
                return Waited::Answer(answer);
            }
            if read.ended {
                return Waited::Ended;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Waited::TooLate;
            }
            read = self.more.wait_timeout(read, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
