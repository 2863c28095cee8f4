//! From packets as the network delivers them to an even stream of blocks: an adaptive jitter buffer.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::unwrap::{Sequence, Timestamp};

use super::counts::Counts;
use super::decoder::Decoder;
use super::delay::{Delay, MOST, MS, Micros};
use super::playout::Playout;
use super::queue::Held;
use super::red::{RedError, unpack};
use super::seen::Seen;
use super::{Block, SoundError};

/// Packets that wait at most: 2 s of packets of 20 ms.
pub const MOST_HELD: usize = 100;
/// The longest payload, in bytes: more does not fit into a datagram. Opus itself stops at 1275 for a frame.
pub const LONGEST_PAYLOAD: usize = 1500;
/// Numbers that may be missing before it is another stream: 2 s of packets of 20 ms.
const LEAP: u64 = 100;
/// A packet that takes so much longer or shorter than the fastest belongs to another stream: its clock was set anew.
const SHIFT: Micros = 2000 * MS;
/// Between two beginnings anew, lest somebody makes us do nothing else.
const PEACE: Duration = Duration::from_secs(1);
/// The most that sound is held back for its picture.
const MOST_BACK: Duration = Duration::from_millis(200);
/// A copy belongs to a frame near the newest one: within 2 s.
const COPY_REACH: u64 = 96_000;

/// A packet as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// An Opus packet of up to 120 ms and [`LONGEST_PAYLOAD`] bytes.
    pub payload: Bytes,
}

/// What a block is made of, for the most part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// Sound that came.
    Normal,
    /// Sound rebuilt from the next packet.
    Fec,
    /// Sound from a redundant copy.
    Red,
    /// Nothing has begun, or the sender makes a pause: the noise of its room.
    Silence,
    /// Made up: something is missing.
    Concealed,
}

/// What is known about the stream that is followed.
#[derive(Debug)]
struct Stream {
    delay: Delay,
    seen: Seen,
    newest: u64,
}

/// Hears one peer.
///
/// It waits as long as 97 of 100 packets of the last 8 s need, plus a block: from 20 to 400 ms. To keep to that it
/// plays a little faster or slower, which absorbs the drift of the two clocks too.
pub struct Ear {
    playout: Playout,
    stream: Option<Stream>,
    sequences: Sequence,
    timestamps: Timestamp,
    back: Micros,
    restarted: Option<Instant>,
    counts: Counts,
}

impl Ear {
    /// Nothing heard yet.
    ///
    /// # Errors
    /// [`SoundError::SetUp`] when there is no decoder.
    pub fn new() -> Result<Self, SoundError> {
        Ok(Self {
            playout: Playout::new()?,
            stream: None,
            sequences: Sequence::default(),
            timestamps: Timestamp::default(),
            back: 0,
            restarted: None,
            counts: Counts::default(),
        })
    }

    /// Takes a packet that came `now`.
    pub fn insert(&mut self, packet: &SoundPacket, now: Instant) {
        self.counts.packets += 1;
        let samples = Decoder::samples(&packet.payload).filter(|_| packet.payload.len() <= LONGEST_PAYLOAD);
        let Some(samples) = samples else {
            self.counts.refused += 1;
            return;
        };
        let sequence = self.sequences.of(packet.sequence);
        let timestamp = self.timestamps.of(packet.timestamp);
        if !self.follow(sequence, timestamp, now) {
            return;
        }
        self.hold(timestamp, Held { sequence: Some(sequence), payload: packet.payload.clone(), samples });
    }

    /// Takes a packet with copies of earlier ones in it (RFC 2198) that came `now`.
    ///
    /// # Errors
    /// [`RedError`] when it is malformed; nothing of it is taken then.
    pub fn insert_redundant(&mut self, packet: &SoundPacket, now: Instant) -> Result<(), RedError> {
        let SoundPacket { sequence, timestamp, ref payload } = *packet;
        let mut parts = unpack(payload)?.into_iter().rev();
        if let Some(newest) = parts.next() {
            self.insert(&SoundPacket { sequence, timestamp, payload: newest.data }, now);
        }
        for copy in parts {
            self.insert_copy(timestamp.wrapping_sub(u32::from(copy.timestamp_offset)), copy.data);
        }
        Ok(())
    }

    /// Takes a redundant copy of an older frame. To be called after [`insert`](Self::insert) of the packet that it came
    /// with, since it is placed by its distance from that. It says nothing about the way packets take, and so never
    /// changes the delay that they need.
    fn insert_copy(&mut self, timestamp: u32, payload: Bytes) {
        let Some(stream) = &mut self.stream else { return };
        let samples = Decoder::samples(&payload).filter(|_| payload.len() <= LONGEST_PAYLOAD);
        let Some(samples) = samples else { return };
        let back = (stream.newest as u32).wrapping_sub(timestamp).cast_signed();
        let Some(place) = stream.newest.checked_add_signed(-i64::from(back)) else { return };
        if stream.newest.abs_diff(place) > COPY_REACH || !self.playout.lacks(place) {
            return;
        }
        // 6 ticks are 125 us.
        stream.delay.repairable(Micros::from(back.max(0)).saturating_mul(125) / 6);
        self.hold(place, Held { sequence: None, payload, samples });
    }

    /// The next 10 ms, at the pace at which they are heard.
    pub fn pull(&mut self, out: &mut Block, now: Instant) -> Pulled {
        let target = self.target_micros();
        let Some(stream) = &self.stream else {
            out.fill(0.0);
            return Pulled::Silence;
        };
        self.playout.pull(out, &stream.delay, target, now, &mut self.counts)
    }

    /// The unwrapped RTP timestamp of the sample that the next block begins with; `None` while nothing plays.
    pub fn playing(&self) -> Option<u64> {
        self.playout.playing()
    }

    /// How long the fastest packets wait now, from their arrival until they are played.
    pub fn delay(&self) -> Duration {
        duration(self.playout.level())
    }

    /// How long they should wait, with what they are held back for.
    pub fn target(&self) -> Duration {
        duration(self.target_micros())
    }

    /// Lets packets wait this much longer than they need, up to 200 ms, so that the picture keeps up.
    pub fn hold_back(&mut self, extra: Duration) {
        self.back = Micros::try_from(extra.min(MOST_BACK).as_micros()).unwrap_or(0);
    }

    /// What became of the packets.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    fn target_micros(&self) -> Micros {
        self.stream.as_ref().map_or(0, |stream| (stream.delay.target() + self.back).min(MOST))
    }

    /// Notes a packet's arrival; false when it is not to be played.
    fn follow(&mut self, sequence: u64, timestamp: u64, now: Instant) -> bool {
        let Some(stream) = &mut self.stream else {
            self.begin(sequence, timestamp, now);
            return true;
        };
        let shift = stream.delay.transit(timestamp, now).saturating_sub(stream.delay.fastest());
        if stream.seen.newest().abs_diff(sequence) > LEAP || shift.saturating_abs() > SHIFT {
            if self.restarted.is_some_and(|last| now.saturating_duration_since(last) < PEACE) {
                self.counts.refused += 1;
                return false;
            }
            self.restarted = Some(now);
            self.counts.resets += 1;
            self.playout.restart();
            self.begin(sequence, timestamp, now);
            return true;
        }
        let skipped = sequence > stream.seen.newest() + 1;
        if !stream.seen.note(sequence) {
            self.counts.duplicates += 1;
            return false;
        }
        stream.delay.arrive(timestamp, now);
        stream.newest = stream.newest.max(timestamp);
        if skipped {
            stream.delay.repairable(20 * MS);
        }
        true
    }

    fn begin(&mut self, sequence: u64, timestamp: u64, now: Instant) {
        self.stream = Some(Stream { delay: Delay::new(timestamp, now), seen: Seen::only(sequence), newest: timestamp });
    }

    fn hold(&mut self, timestamp: u64, held: Held) {
        let copy = held.sequence.is_none();
        if !self.playout.offer(timestamp, held) {
            self.counts.late += u64::from(!copy);
        } else if self.playout.held() > MOST_HELD {
            self.playout.drop_oldest();
            self.counts.overflowed += 1;
        }
    }
}

fn duration(micros: Micros) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

#[cfg(test)]
mod tests;
