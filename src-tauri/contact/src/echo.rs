//! The booth that sends back what it gets, half a second later: so people hear and see themselves as others do.

use std::collections::VecDeque;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dogeller_media::booth::{Booth, PATIENCE_IN_PASSING, Terms};
use dogeller_media::sound::{BLOCK, Block};
use dogeller_media::stack::TrackNumber;
use dogeller_media::video::Frame;

/// Long enough to finish a word, short enough to see that it is oneself.
pub const DELAY: Duration = Duration::from_millis(500);
/// Blocks of 10 ms that sound waits.
const BLOCKS: usize = (DELAY.as_millis() / 10) as usize;
/// Bounds of the pictures that wait: half a second at 60 a second, and a still 4 Mbit/s of them, with room.
const FRAMES: usize = 60;
const BYTES: usize = 4 << 20;

/// See the module.
#[derive(Default)]
pub struct Echo {
    sound: VecDeque<Block>,
    frames: VecDeque<(Instant, Frame)>,
    bytes: usize,
    track: Option<TrackNumber>,
    /// A frame was left out: what follows cannot be shown without a key frame.
    broken: bool,
    key_wanted: bool,
    /// When the camera's own machine was last asked for a key frame.
    asked: Option<Instant>,
    carried: Option<u64>,
    ready: Option<Frame>,
}

impl Echo {
    fn drop_all(&mut self) {
        self.frames.clear();
        self.bytes = 0;
        self.broken = true;
        self.key_wanted = true;
    }
}

impl Booth for Echo {
    fn see(&mut self, track: TrackNumber, frame: &Frame, now: Instant) {
        // A second track is a screen shared beside the camera; one picture goes back.
        if *self.track.get_or_insert(track) != track {
            return;
        }
        if self.frames.len() >= FRAMES || self.bytes + frame.data.len() > BYTES {
            self.drop_all();
        }
        self.bytes += frame.data.len();
        self.frames.push_back((now + DELAY, frame.clone()));
    }

    fn hear(&mut self, heard: &Block, _now: Instant) {
        self.sound.push_back(*heard);
    }

    fn say(&mut self, said: &mut Block, _now: Instant) -> bool {
        if self.sound.len() <= BLOCKS {
            return false;
        }
        *said = self.sound.pop_front().unwrap_or([0.0; BLOCK]);
        true
    }

    fn picture_due(&self) -> Option<Instant> {
        self.frames.front().map(|(at, _)| *at)
    }

    fn want_picture(&mut self, terms: Terms, _now: Instant) {
        let Some((_, frame)) = self.frames.pop_front() else {
            return;
        };
        self.bytes -= frame.data.len();
        if terms.key && !frame.key {
            // Only the camera's own machine can make one.
            self.key_wanted = true;
        }
        self.broken &= !frame.key;
        if !self.broken && frame.codec == terms.codec {
            self.ready = Some(Frame { timestamp: terms.timestamp, ..frame });
        }
    }

    /// Nothing is made here: what is wanted is there at once, so nobody need be woken.
    fn poll_picture(&mut self, _context: &mut Context<'_>) -> Poll<Frame> {
        self.ready.take().map_or(Poll::Pending, Poll::Ready)
    }

    fn skip(&mut self, _now: Instant) {
        if let Some((_, frame)) = self.frames.pop_front() {
            self.bytes -= frame.data.len();
            self.broken = true;
            self.key_wanted = true;
        }
    }

    fn wants_key(&mut self) -> bool {
        let now = Instant::now();
        // One that was asked for is on its way for at least as long as all waits here.
        let asked = self.asked.is_some_and(|at| now.saturating_duration_since(at) < DELAY);
        if asked || !std::mem::take(&mut self.key_wanted) {
            return false;
        }
        self.asked = Some(now);
        true
    }

    fn patience(&self) -> Duration {
        PATIENCE_IN_PASSING
    }

    /// What comes must fit through the way back.
    fn limit(&self) -> Option<u64> {
        self.carried
    }

    fn carried(&mut self, bits: u64) {
        self.carried = Some(bits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    use dogeller_media::video::Codec;

    fn frame(key: bool) -> Frame {
        Frame { codec: Codec::Vp8, key, timestamp: 7, data: vec![0; 100].into() }
    }

    fn picture(echo: &mut Echo, key: bool) -> Option<Frame> {
        echo.want_picture(terms(key), Instant::now());
        match echo.poll_picture(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => Some(frame),
            Poll::Pending => None,
        }
    }

    fn terms(key: bool) -> Terms {
        Terms { codec: Codec::Vp8, bits: 1_000_000, key, timestamp: 99 }
    }

    #[test]
    fn sound_comes_back_half_a_second_later() {
        let mut echo = Echo::default();
        let mut said = [0.0; BLOCK];
        let mut first = None;
        for n in 0..100 {
            echo.hear(&[n as f32; BLOCK], Instant::now());
            if echo.say(&mut said, Instant::now()) {
                first.get_or_insert((n, said[0]));
            }
        }
        assert_eq!(first, Some((50, 0.0)));
        assert_eq!(said[0], 49.0);
    }

    #[test]
    fn a_picture_comes_back_half_a_second_later_with_a_time_of_its_own() {
        let now = Instant::now();
        let mut echo = Echo::default();
        echo.see(TrackNumber(0), &frame(true), now);
        assert_eq!(echo.picture_due(), Some(now + DELAY));
        assert_eq!(picture(&mut echo, true).map(|frame| (frame.key, frame.timestamp)), Some((true, 99)));
        assert_eq!(echo.picture_due(), None);
    }

    #[test]
    fn after_a_picture_left_out_nothing_is_shown_before_a_key_frame() {
        let now = Instant::now();
        let mut echo = Echo::default();
        for key in [true, false, false, true] {
            echo.see(TrackNumber(0), &frame(key), now);
        }
        assert!(picture(&mut echo, true).is_some());
        echo.skip(now);
        assert!(echo.wants_key() && !echo.wants_key());
        assert!(picture(&mut echo, false).is_none());
        assert!(picture(&mut echo, false).is_some_and(|frame| frame.key));
    }

    #[test]
    fn what_waits_is_bounded() {
        let now = Instant::now();
        let mut echo = Echo::default();
        for _ in 0..10_000 {
            echo.see(TrackNumber(0), &frame(false), now);
        }
        assert!(echo.frames.len() <= FRAMES && echo.wants_key());
        let big = Frame { data: vec![0; BYTES].into(), ..frame(true) };
        echo.see(TrackNumber(0), &big, now);
        echo.see(TrackNumber(0), &big, now);
        assert!(echo.bytes <= BYTES);
    }
}
