//! This side's pictures: when the next is asked for, on which terms, and when it is left out.

use std::time::{Duration, Instant};

use crate::booth::{Booth, Terms};
use crate::stack::{Stack, StackError};
use crate::video::{Codec, Frame, Splitter};

/// Key frames are large: however often they are asked for, the next follows the last after this.
const BETWEEN_KEYS: Duration = Duration::from_millis(300);
/// Ticks of the picture's RTP clock in a millisecond (RFC 7741, RFC 6184).
const TICKS: u64 = 90;

/// See the module.
pub(super) struct Showing {
    begun: Instant,
    offset: u32,
    splitter: Option<(Codec, Splitter)>,
    key_wanted: bool,
    last_key: Option<Instant>,
    /// What the next picture may use, in bits per second.
    pub(super) bits: u64,
    /// No picture at all for now.
    pub(super) hold: bool,
    pub(super) frames: u64,
    pub(super) key_frames: u64,
    pub(super) skipped: u64,
    pub(super) bytes: u64,
}

impl Showing {
    pub(super) fn new(bits: u64, now: Instant) -> Self {
        Self {
            begun: now,
            offset: rand::random(),
            splitter: None,
            key_wanted: true,
            last_key: None,
            bits,
            hold: false,
            frames: 0,
            key_frames: 0,
            skipped: 0,
            bytes: 0,
        }
    }

    /// The other side can show nothing without a key frame.
    pub(super) fn want_key(&mut self) {
        self.key_wanted = true;
    }

    /// Wants the picture that is due, if the path takes it.
    pub(super) fn want(&mut self, booth: &mut dyn Booth, stack: &Stack, now: Instant) {
        let full = stack.picture_waiting() > booth.patience();
        let Some(codec) = stack.codec().filter(|_| !self.hold && !full) else {
            self.skipped += 1;
            return booth.skip(now);
        };
        let early = self.last_key.is_some_and(|last| now.saturating_duration_since(last) < BETWEEN_KEYS);
        let key = self.key_wanted && !early;
        if key {
            // Its encoding takes time; the pictures wanted meanwhile need not be key frames too.
            self.last_key = Some(now);
        }
        booth.want_picture(Terms { codec, bits: self.bits, key, timestamp: self.time(now) }, now);
    }

    /// Sends a picture that is ready.
    pub(super) async fn send(&mut self, frame: &Frame, stack: &mut Stack, now: Instant) -> Result<(), StackError> {
        if frame.key {
            self.key_wanted = false;
            self.last_key = Some(now);
            self.key_frames += 1;
        }
        self.frames += 1;
        self.bytes += frame.data.len() as u64;
        let splitter = match &mut self.splitter {
            Some((codec, splitter)) if *codec == frame.codec => splitter,
            splitter => &mut splitter.insert((frame.codec, Splitter::new(frame.codec))).1,
        };
        let payloads = splitter.split(frame);
        stack.send_picture(frame.timestamp, payloads).await
    }

    fn time(&self, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(self.begun).as_micros() as u64 * TICKS / 1000;
        self.offset.wrapping_add(passed as u32)
    }
}
