//! Which packets of a stream are missing, and when to ask for them again.
//!
//! The crate's generator cannot be used: it never sees a repair that comes by RTX (RFC 4588), so it asks eight times for
//! each loss (measured), and it knows nothing of the round trip.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::unwrap::Sequence;

/// A packet older than this is of no use: the picture has been given up by then ([`crate::video`] waits 250 ms).
const USELESS: Duration = Duration::from_millis(300);
/// Packets overtake each other on some Wi-Fi: only what is still missing after this is asked for.
const REORDERED: Duration = Duration::from_millis(10);
/// How often one packet is asked for at most: at 10 % loss each way one in a thousand needs a fourth.
const TIMES: u8 = 4;
/// Shorter than this no answer can be expected, whatever the round trip: the sender's own queue takes some time, and each
/// further time twice as long, so that a sender who is slow to answer is not asked for everything again and again.
const SHORTEST_WAIT: Duration = Duration::from_millis(40);
/// A jump of more than this is a sender that started anew.
const JUMP: u64 = 1000;
/// The most packets kept as missing; more than half a second of a 4 Mbit/s stream is not worth mending.
const KEPT: usize = 250;

#[derive(Debug, Clone, Copy)]
struct Hole {
    since: Instant,
    asked: Option<Instant>,
    times: u8,
}

impl Hole {
    fn due(&self, round_trip: Duration) -> Instant {
        let wait = (round_trip * 3 / 2).max(SHORTEST_WAIT);
        match self.asked {
            None => self.since + REORDERED,
            Some(asked) => asked + wait * (1 << self.times.saturating_sub(1)),
        }
    }
}

/// What is missing of one stream.
#[derive(Debug, Default)]
pub struct Missing {
    sequence: Sequence,
    newest: Option<u64>,
    holes: BTreeMap<u64, Hole>,
}

/// What a packet turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The next, or one after a gap of so many packets.
    New {
        /// Packets now known to be missing.
        gap: u64,
    },
    /// It had been missing.
    Filled,
    /// Here already, or given up.
    Old,
}

impl Missing {
    /// A packet came.
    pub fn arrived(&mut self, raw: u16, now: Instant) -> Arrival {
        let at = self.sequence.of(raw);
        let Some(newest) = self.newest else {
            self.newest = Some(at);
            return Arrival::New { gap: 0 };
        };
        if at <= newest {
            return if self.holes.remove(&at).is_some() { Arrival::Filled } else { Arrival::Old };
        }
        self.newest = Some(at);
        let gap = at - newest - 1;
        if gap > JUMP {
            self.holes.clear();
            return Arrival::New { gap: 0 };
        }
        for missing in (newest + 1).max(at.saturating_sub(KEPT as u64))..at {
            self.holes.insert(missing, Hole { since: now, asked: None, times: 0 });
        }
        while self.holes.len() > KEPT {
            self.holes.pop_first();
        }
        Arrival::New { gap }
    }

    /// What to ask for now. A packet is asked for again when an answer to the last time would be here.
    pub fn due(&mut self, round_trip: Duration, now: Instant) -> Vec<u16> {
        self.holes.retain(|_, hole| now.saturating_duration_since(hole.since) < USELESS && hole.times < TIMES);
        let mut due = Vec::new();
        for (at, hole) in &mut self.holes {
            if hole.due(round_trip) <= now {
                hole.asked = Some(now);
                hole.times += 1;
                due.push((*at & 0xffff) as u16);
            }
        }
        due
    }

    /// When [`Missing::due`] may next have something; `None` with nothing missing.
    pub fn deadline(&self, round_trip: Duration) -> Option<Instant> {
        self.holes.values().map(|hole| hole.due(round_trip)).min()
    }

    /// How many are missing now.
    pub fn holes(&self) -> usize {
        self.holes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(100);

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn what_is_missing_is_asked_for_once_a_round_trip() {
        let start = Instant::now();
        let mut missing = Missing::default();
        assert_eq!(missing.arrived(65_534, start), Arrival::New { gap: 0 });
        assert_eq!(missing.arrived(1, start), Arrival::New { gap: 2 });
        assert_eq!(missing.due(RTT, at(start, 5)), Vec::<u16>::new(), "it may only have been overtaken");
        assert_eq!(missing.due(RTT, at(start, 10)), [65_535, 0]);
        assert_eq!(missing.due(RTT, at(start, 130)), Vec::<u16>::new());
        assert_eq!(missing.arrived(65_535, at(start, 132)), Arrival::Filled);
        assert_eq!(missing.due(RTT, at(start, 160)), [0]);
        assert_eq!(missing.arrived(0, at(start, 240)), Arrival::Filled);
        assert_eq!(missing.deadline(RTT), None);
        assert_eq!(missing.arrived(0, at(start, 241)), Arrival::Old);
    }

    #[test]
    fn what_is_of_no_use_any_more_is_not_asked_for() {
        let start = Instant::now();
        let mut missing = Missing::default();
        missing.arrived(1, start);
        missing.arrived(3, start);
        assert_eq!(missing.due(RTT, at(start, 301)), Vec::<u16>::new());
        assert_eq!(missing.holes(), 0);
    }

    #[test]
    fn a_flood_of_gaps_is_bounded() {
        let start = Instant::now();
        let mut missing = Missing::default();
        for n in 0..60_000_u32 {
            missing.arrived((n * 7 % 65_536) as u16, start);
        }
        assert!(missing.holes() <= KEPT);
        let mut jumped = Missing::default();
        jumped.arrived(1, start);
        assert_eq!(jumped.arrived(5_000, start), Arrival::New { gap: 0 });
    }
}
