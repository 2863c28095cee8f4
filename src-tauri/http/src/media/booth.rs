//! The page's end of a connection. What it shows and plays goes to the page as packets, what it takes comes from there.

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use dogeller_core::wire::media::EngineWord;
use dogeller_media::booth::{Booth, Terms};
use dogeller_media::engine::START_BITS;
use dogeller_media::sound::{Block, Clean, Ears, RATE, cleaner};
use dogeller_media::stack::TrackNumber;
use dogeller_media::unwrap::Timestamp;
use dogeller_media::video::{Codec, Frame};
use tokio::sync::mpsc;

use super::camera::Camera;
use super::microphone::Microphone;
use super::packet;

/// Pictures and words of the page that may wait for the engine, and blocks of its sound: 320 ms.
const PICTURES_WAITING: usize = 16;
const WORDS_WAITING: usize = 16;
const SOUND_WAITING: usize = 32;
/// What may wait for the page to read it: more than a second of sound and pictures.
const PAGE_WAITING: usize = 160;
/// A page that asks for key frames is listened to so often.
const KEYS_EVERY: Duration = Duration::from_millis(300);
/// A picture from before both said yes that is older is no picture of the present.
const FRESH: Duration = Duration::from_secs(1);
/// The longest that pictures wait for sound that lies at the page.
const MOST_FILL: Duration = Duration::from_millis(200);

/// What goes to the page.
#[derive(Debug)]
pub(super) enum Down {
    /// A picture or sound.
    Packet(Bytes),
    /// A word.
    Word(EngineWord),
}

/// A picture of the page, and when it was taken by the page's clock, in microseconds.
#[derive(Debug)]
pub(super) struct Shot {
    pub(super) taken: f64,
    pub(super) came: Instant,
    pub(super) data: Bytes,
}

impl Shot {
    /// It can be shown without another (RFC 6386, 9.1: the first bit of a key frame is 0).
    pub(super) fn key(&self) -> bool {
        self.data.first().is_some_and(|first| first & 1 == 0)
    }
}

/// What the page says of its pictures and of what it shows and plays.
#[derive(Debug)]
pub(super) enum Seen {
    /// There is one to send, or none any more.
    On(bool),
    /// The page can show nothing without a key frame.
    Key,
    /// Where the far end is heard.
    Ears(Ears),
    /// Samples that wait at the page to be played.
    Fill(u32),
}

/// What the page's microphone took, and what was played meanwhile.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) block: Box<Block>,
    pub(super) played: Box<Block>,
}

/// The page's side of a booth. What the engine is too slow for is left out.
pub(super) struct Ends {
    pub(super) shots: mpsc::Sender<Shot>,
    pub(super) seen: mpsc::Sender<Seen>,
    pub(super) taken: mpsc::Sender<Taken>,
    pub(super) down: mpsc::Receiver<Down>,
}

/// See the module.
pub(super) struct PageBooth {
    shots: mpsc::Receiver<Shot>,
    seen: mpsc::Receiver<Seen>,
    taken: mpsc::Receiver<Taken>,
    down: mpsc::Sender<Down>,
    camera: Camera,
    microphone: Microphone,
    cleaner: Box<dyn Clean>,
    ears: Ears,
    fill: Duration,
    track: Option<TrackNumber>,
    /// A picture of the page came.
    took: bool,
    /// The newest from before the first was wanted.
    rehearsed: Option<Shot>,
    shown: Timestamp,
    /// The place of the first picture on that line.
    first_shown: Option<f64>,
    /// A picture did not reach the page: the next it can show is a key frame.
    broken: bool,
    key_wanted: bool,
    key_asked: Option<Instant>,
}

impl PageBooth {
    pub(super) fn new(ears: Ears, now: Instant) -> (Self, Ends) {
        let (shoots, shots) = mpsc::channel(PICTURES_WAITING);
        let (to_booth, seen) = mpsc::channel(WORDS_WAITING);
        let (says, taken) = mpsc::channel(SOUND_WAITING);
        let (down, from_booth) = mpsc::channel(PAGE_WAITING);
        let booth = Self {
            shots,
            seen,
            taken,
            down,
            camera: Camera::new(now),
            microphone: Microphone::default(),
            cleaner: cleaner(ears),
            ears,
            fill: Duration::ZERO,
            track: None,
            took: false,
            rehearsed: None,
            shown: Timestamp::default(),
            first_shown: None,
            broken: false,
            key_wanted: false,
            key_asked: None,
        };
        (booth, Ends { shots: shoots, seen: to_booth, taken: says, down: from_booth })
    }

    /// Nobody said yes yet: the page gets ready.
    pub(super) fn rehearse(&mut self) {
        self.word(Some(EngineWord::Rehearse { bits: START_BITS }));
    }

    fn word(&mut self, word: Option<EngineWord>) {
        if let Some(word) = word
            && self.down.try_send(Down::Word(word)).is_err()
        {
            self.camera.unsaid();
        }
    }

    fn wear(&mut self, ears: Ears) {
        if self.ears != ears {
            self.ears = ears;
            self.cleaner = cleaner(ears);
        }
    }

    /// A picture of the page, ready to leave.
    fn shot(&mut self, shot: Shot) -> Option<Frame> {
        if !self.camera.is_wanted() {
            self.rehearsed = Some(shot).filter(Shot::key);
            return None;
        }
        let Shot { taken, came, data } = shot;
        let mut frame = Frame::vp8(0, data);
        frame.timestamp = self.camera.taken(taken, frame.key, came)?;
        if !std::mem::replace(&mut self.took, true) {
            tracing::debug!(bytes = frame.data.len(), "the first picture of the page");
        }
        Some(frame)
    }

    fn take(&mut self, seen: Seen, now: Instant) {
        match seen {
            Seen::On(on) => {
                self.rehearsed = None;
                // What came before the camera was switched off.
                while !on && self.shots.try_recv().is_ok() {}
                self.camera.switch(on, now);
            }
            Seen::Key => self.key_wanted = true,
            Seen::Ears(ears) => self.wear(ears),
            Seen::Fill(samples) => {
                let fill = Duration::from_micros(u64::from(samples) * 1_000_000 / u64::from(RATE));
                self.fill = fill.min(MOST_FILL);
            }
        }
    }

    /// The time of a picture for the page, in microseconds since the first.
    fn time(&mut self, timestamp: u32) -> f64 {
        let place = self.shown.of(timestamp) as f64;
        (place - *self.first_shown.get_or_insert(place)) / 0.09
    }
}

impl Booth for PageBooth {
    fn see(&mut self, track: TrackNumber, frame: &Frame, _now: Instant) {
        // A second track is a screen shared beside the camera; one picture is shown. The page decodes VP8, which every
        // side can send.
        if *self.track.get_or_insert(track) != track || frame.codec != Codec::Vp8 {
            return;
        }
        if self.broken && !frame.key {
            return;
        }
        if self.first_shown.is_none() {
            tracing::debug!(bytes = frame.data.len(), "the first picture for the page");
        }
        let time = self.time(frame.timestamp);
        let sent = self.down.try_send(Down::Packet(packet::picture(frame.key, time, &frame.data)));
        self.broken = sent.is_err();
        self.key_wanted |= self.broken;
    }

    fn hear(&mut self, heard: &Block, _now: Instant) {
        // A page that does not read hears nothing.
        let _full = self.down.try_send(Down::Packet(packet::sound(heard)));
    }

    fn say(&mut self, said: &mut Block, _now: Instant) -> bool {
        while let Ok(Taken { mut block, played }) = self.taken.try_recv() {
            self.cleaner.played(&played);
            self.cleaner.clean(&mut block);
            self.microphone.took(block);
        }
        self.microphone.say(said)
    }

    fn picture_due(&self) -> Option<Instant> {
        self.camera.due()
    }

    fn want_picture(&mut self, terms: Terms, now: Instant) {
        // What came before anything was wanted is the key frame of the beginning.
        while !self.camera.is_wanted()
            && let Ok(shot) = self.shots.try_recv()
        {
            self.rehearsed = Some(shot).filter(Shot::key);
        }
        self.rehearsed = self.rehearsed.take().filter(|shot| now.saturating_duration_since(shot.came) <= FRESH);
        let key = terms.key && self.rehearsed.is_none();
        let terms = Terms { key, ..terms };
        let word = self.camera.want(terms, now);
        self.word(word);
    }

    fn poll_picture(&mut self, context: &mut Context<'_>) -> Poll<Frame> {
        while let Poll::Ready(Some(seen)) = self.seen.poll_recv(context) {
            self.take(seen, Instant::now());
        }
        if self.camera.is_wanted()
            && let Some(shot) = self.rehearsed.take()
            && let Some(frame) = self.shot(shot)
        {
            return Poll::Ready(frame);
        }
        // A page that has gone takes no pictures.
        while let Poll::Ready(Some(shot)) = self.shots.poll_recv(context) {
            if let Some(frame) = self.shot(shot) {
                return Poll::Ready(frame);
            }
        }
        Poll::Pending
    }

    fn skip(&mut self, now: Instant) {
        let word = self.camera.skip(now);
        self.word(word);
    }

    fn wants_key(&mut self) -> bool {
        let now = Instant::now();
        let asked = self.key_asked.is_some_and(|at| now.saturating_duration_since(at) < KEYS_EVERY);
        if asked || !std::mem::take(&mut self.key_wanted) {
            return false;
        }
        self.key_asked = Some(now);
        true
    }

    fn heard_after(&self) -> Duration {
        self.fill
    }
}

impl Drop for PageBooth {
    fn drop(&mut self) {
        let Microphone { inserted, dropped, .. } = self.microphone;
        tracing::debug!(inserted, dropped, "blocks of the page's microphone");
    }
}

#[cfg(test)]
mod tests;
