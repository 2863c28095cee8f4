//! From RTP packets to frames.

use super::buffer::{Buffer, Head, Part, Slot};
use super::request::KeyRequest;
use super::{Codec, Frame, GIVE_UP, Malformed, Packet, h264, vp8};
use crate::unwrap::Sequence;
use bytes::Bytes;
use std::time::Instant;

/// At most so many packets wait. More than any frame that fits below.
const MAX_PACKETS: usize = 2048;

/// At most so many bytes wait, and no frame is larger: a second of 16 Mbit/s.
const MAX_BYTES: usize = 2 << 20;

/// A packet further away than this is from a sender that began anew: five seconds of 4 Mbit/s.
const MAX_JUMP: u64 = 2000;

/// What an RTP payload can be at most, by the length of a UDP datagram.
const MAX_PAYLOAD: usize = u16::MAX as usize;

/// What happened so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames handed out.
    pub frames: u64,
    /// Key frames among them.
    pub key_frames: u64,
    /// Frames of which something came and that were not handed out: incomplete, broken, or not decodable because one
    /// before them was or did not come at all.
    pub given_up: u64,
    /// Packets that came when their place was passed, also copies of packets already used.
    pub late: u64,
    /// Packets that were here already.
    pub duplicates: u64,
    /// Packets taken for lost because their payload made no sense.
    pub malformed: u64,
    /// Bytes of all payloads that came.
    pub bytes: u64,
}

/// Whether the decoder can go on with any frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decoder {
    /// The next frame in order will do.
    Follows,
    /// Only a key frame will do.
    Lost,
}

/// Makes whole frames, in order, of one stream's packets. After each [`Self::push`], and at [`Self::deadline`], call
/// [`Self::pop`] until it returns `None`, and then [`Self::wants_key`].
#[derive(Debug)]
pub struct Assembler {
    codec: Codec,
    sequence: Sequence,
    /// `None` before the first packet.
    buffer: Option<Buffer>,
    decoder: Decoder,
    request: KeyRequest,
    parameters: h264::ParameterSets,
    counts: Counts,
    /// The last time that is known.
    seen: Option<Instant>,
    /// The frame that was counted as given up last.
    given_up: Option<u32>,
}

impl Assembler {
    /// For a stream of this codec, of which nothing came yet.
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            sequence: Sequence::default(),
            buffer: None,
            decoder: Decoder::Lost,
            request: KeyRequest::default(),
            parameters: h264::ParameterSets::default(),
            counts: Counts::default(),
            seen: None,
            given_up: None,
        }
    }

    /// Takes a packet as it came, in any order, also twice.
    pub fn push(&mut self, packet: Packet, now: Instant) {
        self.seen = Some(now);
        let Packet { sequence, timestamp, marker, payload } = packet;
        let bytes = payload.len();
        self.counts.bytes += bytes as u64;
        let part = match self.part(&payload) {
            Ok(part) => part,
            Err(_) => {
                self.counts.malformed += 1;
                return;
            }
        };
        let mut at = self.sequence.of(sequence);
        if self.buffer.as_ref().is_some_and(|buffer| buffer.highest().abs_diff(at) > MAX_JUMP) {
            self.drop_everything();
            self.buffer = None;
            self.sequence = Sequence::default();
            at = self.sequence.of(sequence);
        }
        let buffer = self.buffer.get_or_insert_with(|| Buffer::new(at, now));
        if at >= buffer.next() && buffer.holds(at) {
            self.counts.duplicates += 1;
            return;
        }
        if buffer.packets() >= MAX_PACKETS || buffer.bytes() + bytes > MAX_BYTES {
            self.drop_everything();
        }
        let Some(buffer) = self.buffer.as_mut().filter(|buffer| at >= buffer.next()) else {
            self.counts.late += 1;
            return;
        };
        if part.as_ref().is_some_and(|part| part.key) {
            self.request.begins(at, now);
        }
        buffer.insert(at, Slot::new(timestamp, marker, part), now);
        // It will be dropped when its turn comes; ask already now.
        if self.decoder == Decoder::Lost && buffer.has_whole() && buffer.first_key().is_none() {
            self.request.need();
        }
    }

    /// What a payload is; `None` for padding.
    fn part(&self, payload: &Bytes) -> Result<Option<Part>, Malformed> {
        match self.codec {
            _ if payload.is_empty() => Ok(None),
            _ if payload.len() > MAX_PAYLOAD => Err(Malformed::Unsupported),
            Codec::Vp8 => vp8::parse(payload).map(Some),
            Codec::H264 => h264::parse(payload).map(Some),
        }
    }

    /// The next frame, as soon as all of it is here. Frames that cannot be decoded are passed over.
    pub fn pop(&mut self, now: Instant) -> Option<Frame> {
        self.seen = Some(now);
        loop {
            let buffer = self.buffer.as_mut()?;
            let next = buffer.next();
            match buffer.head() {
                Head::Padding => {
                    buffer.take(next + 1);
                }
                Head::Whole { end, key } if key || self.decoder == Decoder::Follows => {
                    let slots = buffer.take(end + 1);
                    self.request.passed(end + 1);
                    if let Some(frame) = self.frame(&slots, key) {
                        return Some(frame);
                    }
                }
                Head::Whole { end, .. } => self.give_up(end + 1),
                Head::Orphan => self.give_up(next + 1),
                Head::Awaited => {
                    let patient = buffer.gap().is_none_or(|since| now.saturating_duration_since(since) < GIVE_UP);
                    if let Some(key) = buffer.first_key() {
                        self.pass_over(key);
                    } else if patient {
                        return None;
                    } else {
                        let behind = buffer.behind_gap()?;
                        self.give_up(behind);
                    }
                }
            }
        }
    }

    /// The frame of these packets. `None`: there is no picture in them, or they are broken, which counts as a loss.
    fn frame(&mut self, slots: &[Slot], key: bool) -> Option<Frame> {
        let timestamp = slots.iter().find(|slot| slot.part.is_some())?.timestamp;
        let parts: Vec<&Part> = slots.iter().filter_map(|slot| slot.part.as_ref()).collect();
        let data = match self.codec {
            Codec::Vp8 if parts.first().is_some_and(|first| first.starts) => Some(vp8::join(&parts)),
            Codec::Vp8 => None,
            Codec::H264 => match self.parameters.join(&parts, key) {
                h264::Joined::Picture(data) => Some(data),
                h264::Joined::NoPicture => return None,
                h264::Joined::Broken => None,
            },
        };
        let Some(data) = data else {
            self.count_given_up(slots);
            self.lost();
            return None;
        };
        self.counts.frames += 1;
        if key {
            self.counts.key_frames += 1;
            self.decoder = Decoder::Follows;
            self.request.answered();
        }
        Some(Frame { codec: self.codec, key, timestamp, data })
    }

    fn lost(&mut self) {
        self.decoder = Decoder::Lost;
        self.request.need();
    }

    /// Drops what is before `until`, because what comes then can do without.
    fn pass_over(&mut self, until: u64) {
        if let Some(buffer) = self.buffer.as_mut() {
            let slots = buffer.take(until);
            self.request.passed(until);
            self.count_given_up(&slots);
        }
    }

    /// Drops what is before `until`: only a key frame helps now.
    fn give_up(&mut self, until: u64) {
        self.pass_over(until);
        self.lost();
    }

    fn drop_everything(&mut self) {
        if let Some(highest) = self.buffer.as_ref().map(Buffer::highest) {
            self.give_up(highest + 1);
        }
    }

    fn count_given_up(&mut self, slots: &[Slot]) {
        for slot in slots {
            let Some(part) = &slot.part else { continue };
            if self.given_up.replace(slot.timestamp) != Some(slot.timestamp) {
                self.counts.given_up += 1;
            }
            if self.codec == Codec::H264 {
                self.parameters.remember(part);
            }
        }
    }

    /// Whether to send a picture loss indication now; then it counts as sent. At most every 300 ms, and every second
    /// after some in vain; not while a key frame is coming in.
    pub fn wants_key(&mut self, now: Instant) -> bool {
        self.seen = Some(now);
        self.request.ask(now)
    }

    /// To be called when a frame handed out got lost further on, say in a full queue: nothing but a key frame will be
    /// handed out, and one is asked for.
    pub fn ask_key(&mut self) {
        self.lost();
    }

    /// When to call [`Self::pop`] and [`Self::wants_key`] although no packet came. `None`: not before the next packet.
    pub fn deadline(&self) -> Option<Instant> {
        let give_up = self.buffer.as_ref().and_then(Buffer::gap).map(|since| since + GIVE_UP);
        let ask = self.request.due(self.seen);
        give_up.into_iter().chain(ask).min()
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many packets were looked at since the stream began (anew).
    #[cfg(test)]
    pub(crate) fn steps(&self) -> usize {
        self.buffer.as_ref().map_or(0, |buffer| buffer.steps)
    }

    /// Packets and bytes that wait.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        self.buffer.as_ref().map_or((0, 0), |buffer| (buffer.held(), buffer.bytes()))
    }
}
