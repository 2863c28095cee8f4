//! Frames that wait to leave. Packets of one frame live and die together, and a frame that is dropped takes those
//! behind it along: they would be decoded on top of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A frame waits at most this long from when its first packet could have left: the receiver gives up on it by then.
pub(super) const AGE: Duration = Duration::from_millis(250);
/// A frame in transmission finishes, for a key frame in its place would take as long. Only when it takes longer than
/// this is it older than what anybody wants to see: at the lowest rate this is a frame of 28 kB.
pub(super) const TRANSMISSION: Duration = Duration::from_secs(2);
/// Packets that may wait, and their bytes: a key frame in full HD is about 200 packets.
const PACKETS: usize = 1500;
const BYTES: usize = 2_000_000;

#[derive(Debug)]
struct Waiting<T> {
    frame: u32,
    bytes: usize,
    /// When it could have left: when it came, or when the frame ended that was at the head at that time.
    since: Instant,
    /// That frame is still there.
    blocked: bool,
    packet: T,
}

/// The queue of frames.
#[derive(Debug)]
pub(super) struct Frames<T> {
    waiting: VecDeque<Waiting<T>>,
    bytes: usize,
    /// The frame whose packet left last, and when its first one did.
    begun: Option<(u32, Instant)>,
    /// The frame dropped last while it was still coming in.
    spoiled: Option<u32>,
    lost: bool,
}

impl<T> Frames<T> {
    pub(super) const fn new() -> Self {
        Self { waiting: VecDeque::new(), bytes: 0, begun: None, spoiled: None, lost: false }
    }

    /// Takes a packet; how many were dropped for want of room, which may be this one.
    pub(super) fn push(&mut self, frame: u32, bytes: usize, packet: T, now: Instant) -> u64 {
        if self.spoiled == Some(frame) {
            return 1;
        }
        self.spoiled = None;
        if self.waiting.len() >= PACKETS || self.bytes.saturating_add(bytes) > BYTES {
            self.spoiled = Some(frame);
            self.lost = true;
            return 1 + self.cut_from(frame);
        }
        let blocked = self.waiting.front().is_some_and(|head| head.frame != frame);
        self.bytes += bytes;
        self.waiting.push_back(Waiting { frame, bytes, since: now, blocked, packet });
        0
    }

    /// The frame at the head, when some of it left already.
    fn in_transmission(&self) -> Option<(u32, Instant)> {
        let head = self.waiting.front()?;
        self.begun.filter(|&(frame, _)| frame == head.frame)
    }

    /// Drops what is too old at the head, with all behind it; how many packets.
    pub(super) fn expire(&mut self, now: Instant) -> u64 {
        let Some(head) = self.waiting.front() else { return 0 };
        let (since, limit) = match self.in_transmission() {
            Some((_, begun)) => (begun, TRANSMISSION),
            None => (head.since, AGE),
        };
        if now.saturating_duration_since(since) <= limit {
            return 0;
        }
        // More of the newest frame may still come in.
        self.spoiled = self.waiting.back().map(|w| w.frame);
        self.lost = true;
        let dropped = self.waiting.len() as u64;
        self.waiting.clear();
        self.bytes = 0;
        dropped
    }

    /// Drops this frame's packets and all behind them; how many.
    fn cut_from(&mut self, frame: u32) -> u64 {
        let from = self.waiting.iter().position(|w| w.frame == frame).unwrap_or(self.waiting.len());
        let cut = self.waiting.drain(from..);
        let count = cut.len() as u64;
        self.bytes -= cut.map(|w| w.bytes).sum::<usize>();
        count
    }

    pub(super) fn next_bytes(&self) -> Option<usize> {
        self.waiting.front().map(|w| w.bytes)
    }

    pub(super) fn pop(&mut self, now: Instant) -> Option<(usize, T)> {
        let next = self.waiting.pop_front()?;
        self.bytes -= next.bytes;
        if self.begun.is_none_or(|(frame, _)| frame != next.frame) {
            self.begun = Some((next.frame, now));
        }
        if self.waiting.front().is_some_and(|w| w.frame != next.frame) {
            for waiting in self.waiting.iter_mut().filter(|w| w.blocked) {
                waiting.blocked = false;
                waiting.since = now;
            }
        }
        Some((next.bytes, next.packet))
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// A frame was dropped since this was asked last.
    pub(super) const fn take_lost(&mut self) -> bool {
        std::mem::replace(&mut self.lost, false)
    }
}
