//! The booth of a robot: it shows a picture with a clock, says a tone, and judges what it gets. So a call can be tested
//! without a camera, a microphone or a browser.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dogeller_media::booth::{Booth, Terms};
use dogeller_media::sound::Block;
use dogeller_media::stack::TrackNumber;
use dogeller_media::video::Frame;

use crate::judge::Judge;
use crate::perceive::{Listener, Perceived};
use crate::studio::{Studio, Wanted};
use crate::tone::Tone;

/// The pitch of a robot, in hertz.
pub const PITCH: f32 = 1000.0;
/// Pictures a second.
const FRAMES: u32 = 30;
/// Only key frames can be judged: one is asked for this often.
const JUDGED_EVERY: Duration = Duration::from_secs(2);
/// Sizes of the picture, and from how many bits per second on each is worth it.
const SIZES: [(u64, (usize, usize)); 2] = [(250_000, (640, 480)), (0, (320, 240))];
/// A size is left only when the other has been the better one for so long: each change costs a key frame.
const SETTLED: Duration = Duration::from_secs(2);

/// What a robot perceived, to be read while it goes on.
#[derive(Debug, Clone, Default)]
pub struct Impression(Arc<Mutex<Perceived>>);

impl Impression {
    /// What was perceived last.
    pub fn now(&self) -> Perceived {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Perceived)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// See the module.
pub struct Robot {
    impression: Impression,
    listener: Listener,
    tone: Tone,
    begun: Instant,
    next: Instant,
    size: (usize, usize),
    /// Since when another size would be better.
    unsettled: Option<Instant>,
    studio: Option<Studio>,
    judge: Option<Judge>,
    judged: Option<Instant>,
    asked: Option<Instant>,
}

impl Robot {
    /// A robot, and what it will perceive.
    pub fn new(now: Instant) -> (Self, Impression) {
        let impression = Impression::default();
        let [(_, size), _] = SIZES;
        let robot = Self {
            impression: impression.clone(),
            listener: Listener::default(),
            tone: Tone::new(PITCH),
            begun: now,
            next: now,
            size,
            unsettled: None,
            studio: Studio::open().inspect_err(|error| tracing::warn!(%error, "no pictures")).ok(),
            judge: Judge::open(impression.clone()).inspect_err(|error| tracing::warn!(%error, "sees no colours")).ok(),
            judged: None,
            asked: None,
        };
        (robot, impression)
    }

    /// The next picture's time. What was missed is not made up for.
    fn move_on(&mut self, now: Instant) {
        let interval = Duration::from_secs(1) / FRAMES;
        self.next += interval;
        if self.next + interval < now {
            self.next = now;
        }
    }

    /// Chooses the size for what the path carries.
    fn fit(&mut self, bits: u64, now: Instant) {
        let fitting = SIZES.iter().find(|(from, _)| bits >= *from).map_or(self.size, |(_, size)| *size);
        if fitting == self.size {
            self.unsettled = None;
            return;
        }
        let since = *self.unsettled.get_or_insert(now);
        if now.saturating_duration_since(since) >= SETTLED {
            self.unsettled = None;
            self.size = fitting;
        }
    }
}

impl Booth for Robot {
    fn see(&mut self, _track: TrackNumber, frame: &Frame, now: Instant) {
        if let Some((width, height)) = frame.size() {
            self.impression.change(|perceived| (perceived.width, perceived.height) = (width.into(), height.into()));
        }
        // A decoder takes time, and one picture of several tells as much.
        let judged = self.judged.is_some_and(|last| now.saturating_duration_since(last) < JUDGED_EVERY / 2);
        if !frame.key || judged {
            return;
        }
        self.judged = Some(now);
        if let Some(judge) = &self.judge {
            judge.show(frame);
        }
    }

    fn hear(&mut self, heard: &Block, now: Instant) {
        let listener = &mut self.listener;
        self.impression.change(|perceived| listener.hear(heard, now, perceived));
    }

    fn say(&mut self, said: &mut Block, _now: Instant) -> bool {
        self.tone.fill(said);
        true
    }

    fn picture_due(&self) -> Option<Instant> {
        Some(self.next)
    }

    fn want_picture(&mut self, terms: Terms, now: Instant) {
        self.move_on(now);
        self.fit(terms.bits, now);
        let bits = (terms.bits / u64::from(FRAMES)) as usize;
        let since_start = now.saturating_duration_since(self.begun);
        if let Some(studio) = &self.studio {
            studio.want(Wanted { size: self.size, since_start, terms, bits });
        }
    }

    fn poll_picture(&mut self, context: &mut Context<'_>) -> Poll<Frame> {
        self.studio.as_mut().map_or(Poll::Pending, |studio| studio.poll(context))
    }

    fn skip(&mut self, now: Instant) {
        self.move_on(now);
    }

    fn wants_key(&mut self) -> bool {
        let now = Instant::now();
        let old = |at: Option<Instant>| at.is_none_or(|at| now.saturating_duration_since(at) >= JUDGED_EVERY);
        let wanted = old(self.judged) && old(self.asked);
        if wanted {
            self.asked = Some(now);
        }
        wanted
    }
}
