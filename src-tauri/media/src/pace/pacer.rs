//! Which packet leaves when: sound at once, repairs within their share, and the picture at a pace that neither fills
//! the queues of the network nor waits for long here.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Kind;
use super::picture::Frames;
use super::repair::Repairs;

/// Picture and repairs leave this much faster than the rate, so that a frame of average size is gone in two thirds of
/// its interval and the next never finds it waiting.
const PACE: f64 = 1.5;
/// What leaves at once after a pause: this much time's worth, so that on a good network a frame of average size waits
/// for nothing. But two full packets, since one alone would make the timer's resolution the limit, and at most the ten
/// that any path is expected to take (RFC 9002, 7.2 and 7.7).
const BURST: Duration = Duration::from_millis(15);
const BURST_LEAST: f64 = 2.0 * PACKET;
const BURST_MOST: f64 = 10.0 * PACKET;
/// What leaves at once at the very beginning, whatever the rate: the initial window of RFC 9002, 7.2. A first key frame fits,
/// and would else take a tenth of a second at the rate that is begun with.
const OPENING: f64 = BURST_MOST;
/// Bytes of a full packet.
const PACKET: f64 = 1200.0;
/// Sound never waits; what it takes beyond the budget the picture pays back, up to this many bytes. More would let
/// a burst of sound after a stall stop the picture for long.
const DEBT: f64 = 2400.0;
/// Sound that may wait between a push and a pop: one second. Older sound makes room.
const SOUND: usize = 50;
/// Rates outside are taken as these.
const SLOWEST: u64 = 10_000;
const FASTEST: u64 = 1_000_000_000;
/// No deadline is nearer, so that no driver turns in circles.
const NAP: Duration = Duration::from_micros(100);
/// Before the first `set_rate`, in bits per second.
const START: f64 = 600_000.0;

/// What left and what did not, since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Bytes of sound that left.
    pub sound_bytes: u64,
    /// Bytes of picture that left.
    pub picture_bytes: u64,
    /// Bytes of repairs that left.
    pub repair_bytes: u64,
    /// Packets dropped because they, or a frame they depend on, waited too long.
    pub dropped_by_age: u64,
    /// Packets dropped for want of room.
    pub dropped_by_size: u64,
    /// Repairs refused: just sent, or beyond their share.
    pub repair_refused: u64,
}

/// Lets packets go at the pace of the rate: sound first and at once, then repairs within their share, then picture.
///
/// Whoever drives it pops until `None` after each push and at each [`deadline`](Self::deadline).
#[derive(Debug)]
pub struct Pacer<T> {
    /// Bits per second.
    rate: f64,
    /// Bytes that may leave now; in debt below zero.
    credit: f64,
    /// What is left of the opening; it is never given again.
    opening: f64,
    now: Instant,
    sound: VecDeque<(usize, T)>,
    sound_waiting: usize,
    repairs: Repairs<T>,
    frames: Frames<T>,
    counts: Counts,
}

impl<T> Pacer<T> {
    /// Nothing waits; the rate is 600 kbit/s until it is set.
    pub fn new(now: Instant) -> Self {
        Self {
            rate: START,
            credit: OPENING,
            opening: OPENING,
            now,
            sound: VecDeque::new(),
            sound_waiting: 0,
            repairs: Repairs::new(now),
            frames: Frames::new(),
            counts: Counts::default(),
        }
    }

    /// The rate of everything together: [`Decision::pacing_bits`](super::Decision::pacing_bits).
    pub fn set_rate(&mut self, bits_per_second: u64) {
        self.rate = bits_per_second.clamp(SLOWEST, FASTEST) as f64;
        self.credit = self.credit.min(self.most());
    }

    /// Takes a packet of this many bytes. `frame` is its RTP timestamp and only counts for the picture: packets of one
    /// frame are dropped together.
    pub fn push(&mut self, kind: Kind, bytes: usize, frame: u32, packet: T, now: Instant) {
        self.pass(now);
        match kind {
            Kind::Sound => {
                if self.sound.len() >= SOUND
                    && let Some((old, _)) = self.sound.pop_front()
                {
                    self.sound_waiting -= old;
                    self.counts.dropped_by_size += 1;
                }
                self.sound_waiting += bytes;
                self.sound.push_back((bytes, packet));
            }
            Kind::Picture => self.counts.dropped_by_size += self.frames.push(frame, bytes, packet, self.now),
            Kind::Repair { ssrc, sequence } => {
                if !self.repairs.push((ssrc, sequence), bytes, packet, self.now) {
                    self.counts.repair_refused += 1;
                }
            }
        }
    }

    /// The next packet that may leave now.
    pub fn pop(&mut self, now: Instant) -> Option<T> {
        self.pass(now);
        self.counts.dropped_by_age += self.repairs.expire(self.now) + self.frames.expire(self.now);
        if let Some((bytes, packet)) = self.sound.pop_front() {
            self.sound_waiting -= bytes;
            self.spend(bytes);
            self.counts.sound_bytes += bytes as u64;
            return Some(packet);
        }
        let next = self.next_paced()?;
        if self.credit < self.needed(next) {
            return None;
        }
        let (bytes, packet) = if let Some((bytes, packet)) = self.repairs.pop(self.now) {
            self.counts.repair_bytes += bytes as u64;
            (bytes, packet)
        } else {
            let (bytes, packet) = self.frames.pop(self.now)?;
            self.counts.picture_bytes += bytes as u64;
            (bytes, packet)
        };
        self.spend(bytes);
        Some(packet)
    }

    /// When a pop can next give something: `None` when nothing waits, and always later than the last time given.
    pub fn deadline(&self) -> Option<Instant> {
        if !self.sound.is_empty() {
            return Some(self.now + NAP);
        }
        let lacking = (self.needed(self.next_paced()?) - self.credit).max(0.0);
        // A microsecond more than the fraction, which rounding could lose.
        let wait = Duration::from_secs_f64(lacking / self.bytes_per_second()) + Duration::from_micros(1);
        Some(self.now + wait.max(NAP))
    }

    /// How long what waits now takes at the present pace.
    pub fn queued(&self) -> Duration {
        let waiting = self.sound_waiting + self.repairs.bytes() + self.frames.bytes();
        Duration::from_secs_f64(waiting as f64 / self.bytes_per_second())
    }

    /// How long the pictures that wait now take at the present pace. With more than a little of it the source should skip
    /// frames, before it encodes them: one that is encoded and then dropped would cost a key frame.
    pub fn picture_queued(&self) -> Duration {
        Duration::from_secs_f64(self.frames.bytes() as f64 / self.bytes_per_second())
    }

    /// True once after frames were dropped here: the source must make a key frame.
    pub const fn lost_frame(&mut self) -> bool {
        self.frames.take_lost()
    }

    /// What left and what did not.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    fn next_paced(&self) -> Option<usize> {
        self.repairs.next_bytes().or_else(|| self.frames.next_bytes())
    }

    /// The credit a packet of this size needs: its bytes, but a packet beyond any burst may leave as well.
    fn needed(&self, bytes: usize) -> f64 {
        (bytes as f64).min(self.burst())
    }

    fn bytes_per_second(&self) -> f64 {
        self.rate * PACE / 8.0
    }

    fn burst(&self) -> f64 {
        (self.bytes_per_second() * BURST.as_secs_f64()).clamp(BURST_LEAST, BURST_MOST)
    }

    /// The most that can be saved up.
    fn most(&self) -> f64 {
        self.burst().max(self.opening)
    }

    /// Never deeper in debt than a full packet may leave it.
    fn spend(&mut self, bytes: usize) {
        self.credit = (self.credit - bytes as f64).max(-DEBT);
        self.opening = self.opening.min(self.credit);
    }

    fn pass(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.now);
        self.credit = (self.credit + passed.as_secs_f64() * self.bytes_per_second()).min(self.most());
        self.now = self.now.max(now);
        self.repairs.refill(self.rate, self.now);
    }
}

#[cfg(test)]
mod tests;
