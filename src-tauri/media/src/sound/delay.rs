//! How long packets should wait, so that the slow ones are there when it is their turn.
//!
//! Everything is measured against the fastest packet of the last seconds: only differences count, so the sender's clock
//! may show any time, and may drift.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

/// Microseconds.
pub(crate) type Micros = i64;

/// One millisecond.
pub(crate) const MS: Micros = 1000;
/// The target until anything is known.
const START: Micros = 40 * MS;
/// A packet may come in the middle of the block that needs it, and one packet of 20 ms must always be there.
const LEAST: Micros = 20 * MS;
/// Beyond this a conversation is none, and gaps are the smaller evil.
pub(crate) const MOST: Micros = 400 * MS;
/// On top of what the packets need: a block, since a whole block is taken at once.
const MARGIN: Micros = 10 * MS;
/// 8 s of packets of 20 ms.
const PACKETS: usize = 400;
/// What is older says nothing; a clock that is 200 ppm off has gone 6 ms by then.
const AGE: Micros = 30_000 * MS;
/// Packets of 100 that may come too late.
const LATE_PERCENT: usize = 3;
/// How fast the target falls, for each second: 2 ms ...
const FALL: Micros = 2 * MS;
/// ... and this part of what it is too high, or else one stall at the start of a call would be heard for minutes.
const FALL_PART: Micros = 10;
/// How long room is kept for repairs after the last loss.
const REPAIR: Micros = 10_000 * MS;
/// The most room for repairs: five packets.
const MOST_REPAIR: Micros = 100 * MS;

/// Estimates the delay that a stream needs.
#[derive(Debug)]
pub(crate) struct Delay {
    origin: Instant,
    origin_timestamp: u64,
    /// When the last packets came and how long they took, by [`Delay::transit`].
    recent: VecDeque<(Micros, Micros)>,
    /// The same transits in whole milliseconds, in order, and how many there are of each.
    sorted: BTreeMap<i64, u16>,
    /// The transit for which everything is held back. It is absolute: when the fastest packet changes, sound that plays
    /// goes on as it is.
    due: Micros,
    repair: Micros,
    repair_until: Micros,
}

impl Delay {
    /// With its first packet.
    pub(crate) fn new(timestamp: u64, now: Instant) -> Self {
        let mut delay = Self {
            origin: now,
            origin_timestamp: timestamp,
            recent: VecDeque::new(),
            sorted: BTreeMap::new(),
            due: START,
            repair: 0,
            repair_until: 0,
        };
        delay.note(0, 0);
        delay
    }

    /// A packet with this timestamp came. Not for repeated packets and copies, which say nothing about the way.
    pub(crate) fn arrive(&mut self, timestamp: u64, now: Instant) {
        let at = self.since(now);
        let before = self.recent.back().map_or(at, |(before, _)| *before);
        self.note(at, self.transit(timestamp, now));
        let wanted = self.fastest().saturating_add(self.wanted(at));
        if wanted >= self.due {
            self.due = wanted;
        } else {
            let fall = FALL.saturating_add((self.due - wanted) / FALL_PART);
            let fallen = fall.saturating_mul((at - before).clamp(0, 1000 * MS)) / (1000 * MS);
            self.due = self.due.saturating_sub(fallen).max(wanted);
        }
    }

    /// Something is missing that the packet of just now, sent `later` than it, can repair: such packets are waited for
    /// during the next seconds.
    pub(crate) fn repairable(&mut self, later: Micros) {
        let at = self.recent.back().map_or(0, |(at, _)| *at);
        let later = later.min(MOST_REPAIR);
        if later >= self.repair || at > self.repair_until {
            self.repair = later;
            self.repair_until = at.saturating_add(REPAIR);
        }
    }

    /// How long sound with this timestamp has been on its way, in microseconds more than the first packet was.
    pub(crate) fn transit(&self, timestamp: u64, now: Instant) -> Micros {
        let ticks = timestamp.wrapping_sub(self.origin_timestamp).cast_signed();
        // 48 ticks are 1000 us.
        self.since(now).saturating_sub(ticks.saturating_mul(125) / 6)
    }

    /// How long the fastest packet with this timestamp would have waited by now.
    pub(crate) fn waited(&self, timestamp: u64, now: Instant) -> Micros {
        self.transit(timestamp, now).saturating_sub(self.fastest())
    }

    /// The transit of the fastest packet of the last seconds.
    pub(crate) fn fastest(&self) -> Micros {
        self.sorted.first_key_value().map_or(0, |(transit, _)| transit.saturating_mul(MS))
    }

    /// How long the fastest packet should wait.
    pub(crate) fn target(&self) -> Micros {
        self.due.saturating_sub(self.fastest()).clamp(LEAST, MOST)
    }

    fn since(&self, now: Instant) -> Micros {
        Micros::try_from(now.saturating_duration_since(self.origin).as_micros()).unwrap_or(Micros::MAX)
    }

    fn note(&mut self, at: Micros, transit: Micros) {
        self.recent.push_back((at, transit));
        *self.sorted.entry(transit.div_euclid(MS)).or_default() += 1;
        while let Some((then, transit)) = self.recent.front().copied()
            && (self.recent.len() > PACKETS || at.saturating_sub(then) > AGE)
        {
            self.recent.pop_front();
            let key = transit.div_euclid(MS);
            if let Some(count) = self.sorted.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    self.sorted.remove(&key);
                }
            }
        }
    }

    /// What the packets of the last seconds need.
    fn wanted(&self, at: Micros) -> Micros {
        let may_be_late = self.recent.len() * LATE_PERCENT / 100;
        let mut later = 0;
        let slow = self.sorted.iter().rev().find(|(_, count)| {
            later += usize::from(**count);
            later > may_be_late
        });
        let slow = slow.map_or(0, |(transit, _)| transit.saturating_mul(MS));
        let repair = if at <= self.repair_until { LEAST + self.repair } else { LEAST };
        slow.saturating_sub(self.fastest()).saturating_add(MARGIN).clamp(repair, MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Packets of 20 ms, each so many milliseconds late.
    fn after(late: impl IntoIterator<Item = u64>) -> (Delay, Instant) {
        let start = Instant::now();
        let mut delay = Delay::new(0, start);
        let mut now = start;
        for (n, late) in (1..).zip(late) {
            now = start + Duration::from_millis(n * 20 + late);
            delay.arrive(n * 960, now);
        }
        (delay, now)
    }

    #[test]
    fn it_starts_at_40_ms_and_falls_to_20() {
        assert_eq!(after([]).0.target(), START);
        assert_eq!(after([0; 50 * 15]).0.target(), LEAST);
    }

    #[test]
    fn jitter_raises_it_at_once() {
        let (delay, _) = after([0, 0, 0, 60]);
        assert_eq!(delay.target(), 70 * MS);
    }

    #[test]
    fn three_of_a_hundred_may_be_late() {
        let late = (0..400).map(|n| if n % 40 == 0 { 100 } else { 10 * (n % 2) });
        let target = after(late.cycle().take(50 * 120)).0.target();
        assert!((20 * MS..=25 * MS).contains(&target), "{target}");
    }

    #[test]
    fn a_stall_is_forgotten_within_half_a_minute_of_leaving_the_window() {
        let stall = (0..15).rev().map(|n| n * 20);
        let (delay, _) = after(stall.clone());
        assert!(delay.target() > 250 * MS, "{}", delay.target());
        let (delay, _) = after(stall.chain([0; 50 * 38]));
        assert!(delay.target() < 50 * MS, "{}", delay.target());
    }

    #[test]
    fn a_longer_way_is_no_jitter_once_it_is_usual() {
        let (delay, now) = after([0; 500].into_iter().chain([200; 1000]));
        assert!(delay.target() < 40 * MS, "{}", delay.target());
        assert!(delay.waited(1500 * 960, now).abs() <= 2 * MS, "the slower way is the fastest now");
    }

    #[test]
    fn repairs_get_room_for_ten_seconds() {
        let (mut delay, mut now) = after([0; 50 * 15]);
        delay.repairable(20 * MS);
        let mut play = |delay: &mut Delay, packets: u64| {
            for _ in 0..packets {
                now += Duration::from_millis(20);
                let ticks = u64::try_from(now.duration_since(delay.origin).as_millis()).unwrap() * 48;
                delay.arrive(ticks, now);
            }
            delay.target()
        };
        assert_eq!(play(&mut delay, 400), 40 * MS);
        assert_eq!(play(&mut delay, 50 * 10), LEAST);
    }
}
