//! The packets that wait for their frame, and where frames begin and end among them.
//!
//! Each packet knows what it leaves open behind itself ([`After`]), which follows from the packet before it. One that
//! fills a gap is therefore followed by a walk over its successors, but only as far as they learn something new; each
//! learns at most three times. So a packet costs O(log n), however many there are.

use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// How far before the first packet of a stream another may still come: reordering on the way.
const REORDERED: u64 = 64;

/// What a payload is to its frame.
#[derive(Debug)]
pub(super) struct Part {
    /// VP8: a piece of the frame. H.264: the whole payload.
    pub(super) payload: Bytes,
    /// By itself it shows that a frame begins here.
    pub(super) starts: bool,
    /// It shows that the frame is a key frame.
    pub(super) key: bool,
}

/// One packet that waits.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    /// `None`: padding, which belongs to no frame.
    pub(super) part: Option<Part>,
    after: After,
}

impl Slot {
    pub(super) fn new(timestamp: u32, marker: bool, part: Option<Part>) -> Self {
        Self { timestamp, marker, part, after: After::Unknown(None) }
    }

    fn bytes(&self) -> usize {
        self.part.as_ref().map_or(0, |part| part.payload.len())
    }
}

/// What a packet leaves open behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// A frame whose beginning is not here; its timestamp, where a packet of it is.
    Unknown(Option<u32>),
    /// This frame.
    Open(Opened),
    /// Nothing: the next packet begins a frame.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Opened {
    start: u64,
    timestamp: u32,
    key: bool,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A packet that belongs to no frame.
    Padding,
    /// All of a frame, up to the packet `end`.
    Whole { end: u64, key: bool },
    /// A packet of a frame whose beginning will never be here.
    Orphan,
    /// Something that is not here yet.
    Awaited,
}

/// The packets of one stream, by their place on the line.
#[derive(Debug)]
pub(super) struct Buffer {
    slots: BTreeMap<u64, Slot>,
    bytes: usize,
    /// Whole frames: first packet, last packet.
    whole: BTreeMap<u64, u64>,
    /// First packets of whole key frames.
    keys: BTreeSet<u64>,
    /// Everything before it was taken out or given up.
    next: u64,
    /// What the packet before `next` left open.
    before: After,
    /// The first packet that is not here.
    missing: u64,
    highest: u64,
    /// When packets from this one on were first known to be missing, until the next entry.
    signs: BTreeMap<u64, Instant>,
    /// How many packets were looked at to find where frames begin and end.
    #[cfg(test)]
    pub(super) steps: usize,
}

impl Buffer {
    /// For a stream whose first packet is `first`.
    pub(super) fn new(first: u64, now: Instant) -> Self {
        let next = first.saturating_sub(REORDERED);
        Self {
            slots: BTreeMap::new(),
            bytes: 0,
            whole: BTreeMap::new(),
            keys: BTreeSet::new(),
            next,
            before: After::Unknown(None),
            missing: next,
            highest: first,
            signs: BTreeMap::from([(next, now)]),
            #[cfg(test)]
            steps: 0,
        }
    }

    pub(super) fn packets(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn next(&self) -> u64 {
        self.next
    }

    pub(super) fn highest(&self) -> u64 {
        self.highest
    }

    pub(super) fn holds(&self, at: u64) -> bool {
        self.slots.contains_key(&at)
    }

    /// Puts a packet that is not held, and not before [`Self::next`], in its place.
    pub(super) fn insert(&mut self, at: u64, slot: Slot, now: Instant) {
        self.bytes += slot.bytes();
        self.slots.insert(at, slot);
        if at > self.highest {
            if at > self.highest + 1 {
                self.signs.insert(self.highest + 1, now);
            }
            self.highest = at;
        }
        self.follow(at);
        self.find_missing();
    }

    /// Tells the packet `first` and its successors what they follow, for as long as that is news.
    fn follow(&mut self, first: u64) {
        let mut before = match first.checked_sub(1).and_then(|at| self.slots.get(&at)) {
            Some(slot) => slot.after,
            None if first == self.next => self.before,
            None => After::Unknown(None),
        };
        let mut at = first;
        while let Some(slot) = self.slots.get_mut(&at) {
            #[cfg(test)]
            {
                self.steps += 1;
            }
            let after = match &slot.part {
                None => before,
                Some(part) => {
                    let joins = !part.starts
                        && match before {
                            After::Unknown(timestamp) => timestamp.is_none_or(|timestamp| timestamp == slot.timestamp),
                            After::Open(frame) => frame.timestamp == slot.timestamp,
                            After::Closed => false,
                        };
                    let frame = match before {
                        After::Open(frame) if joins => Some(Opened { key: frame.key || part.key, ..frame }),
                        After::Open(frame) => {
                            // It ended without a marker.
                            self.whole.insert(frame.start, at - 1);
                            frame.key.then(|| self.keys.insert(frame.start));
                            None
                        }
                        After::Unknown(_) | After::Closed => None,
                    };
                    let frame =
                        frame.or((!joins).then_some(Opened { start: at, timestamp: slot.timestamp, key: part.key }));
                    match frame {
                        Some(frame) if slot.marker => {
                            self.whole.insert(frame.start, at);
                            frame.key.then(|| self.keys.insert(frame.start));
                            After::Closed
                        }
                        Some(frame) => After::Open(frame),
                        None if slot.marker => After::Closed,
                        None => After::Unknown(Some(slot.timestamp)),
                    }
                }
            };
            if at != first && after == slot.after {
                break;
            }
            slot.after = after;
            before = after;
            at += 1;
        }
    }

    fn find_missing(&mut self) {
        self.missing = self.missing.max(self.next);
        while self.slots.contains_key(&self.missing) {
            self.missing += 1;
        }
        // The last entry at or before `next` still speaks for what is missing there.
        while self.signs.keys().nth(1).is_some_and(|second| *second <= self.next) {
            self.signs.pop_first();
        }
    }

    pub(super) fn head(&self) -> Head {
        let Some(slot) = self.slots.get(&self.next) else { return Head::Awaited };
        if let Some(end) = self.whole.get(&self.next) {
            return Head::Whole { end: *end, key: self.keys.contains(&self.next) };
        }
        match slot.after {
            _ if slot.part.is_none() => Head::Padding,
            After::Open(frame) if frame.start == self.next => Head::Awaited,
            After::Open(_) | After::Unknown(_) | After::Closed => Head::Orphan,
        }
    }

    /// Where the first whole key frame begins.
    pub(super) fn first_key(&self) -> Option<u64> {
        self.keys.first().copied()
    }

    /// Whether there is a whole frame, of any kind.
    pub(super) fn has_whole(&self) -> bool {
        !self.whole.is_empty()
    }

    /// Since when the first missing packet is known to be missing. `None`: nothing is.
    pub(super) fn gap(&self) -> Option<Instant> {
        if self.missing >= self.highest {
            return None;
        }
        self.signs.range(..=self.missing).next_back().map(|(_, since)| *since)
    }

    /// The first packet that is here behind the first missing one.
    pub(super) fn behind_gap(&self) -> Option<u64> {
        self.slots.range(self.missing..).next().map(|(at, _)| *at)
    }

    /// Takes out everything before `until`, in order; what would belong there is too late from now on.
    pub(super) fn take(&mut self, until: u64) -> Vec<Slot> {
        let mut taken = Vec::new();
        self.before = After::Unknown(None);
        while let Some(entry) = self.slots.first_entry().filter(|entry| *entry.key() < until) {
            let (at, slot) = entry.remove_entry();
            self.bytes -= slot.bytes();
            if at + 1 == until {
                self.before = match slot.after {
                    After::Open(frame) => After::Unknown(Some(frame.timestamp)),
                    after @ (After::Unknown(_) | After::Closed) => after,
                };
            }
            taken.push(slot);
        }
        while let Some(entry) = self.whole.first_entry().filter(|entry| *entry.key() < until) {
            self.keys.remove(entry.key());
            entry.remove();
        }
        self.next = until;
        self.find_missing();
        taken
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.slots.len().max(self.whole.len()).max(self.signs.len() - 1)
    }
}
