//! How long packets wait in the network: one-way delay over the smallest seen.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The smallest delay is sought this far back. Long enough that a queue is empty once in it; short enough that clocks
/// drifting 100 ppm apart, the worst quartz, add 1 ms.
const SLICES: usize = 10;
const SLICE: Duration = Duration::from_secs(1);
/// A queue grows, drains and stutters, all the more while we slow down for it. What is longer than before by the same
/// time, within this much, for this long is another path: a call that roamed to another Wi-Fi must not starve for ten
/// seconds. (A short queue that stands still all the same is taken for path then, and costs its own length once.)
const STEADY: Duration = Duration::from_millis(10);
const STEADY_FOR: Duration = Duration::from_millis(1200);
/// Less than this is worth no thought.
const LONGER_MICROS: i64 = 15_000;
/// Reports of that time: a receiver sends 10 to 20 a second.
const REPORTS: usize = 64;
/// No queue is this long, but a receiver's clock may jump: the smallest delay is then sought anew.
const ABSURD_MICROS: i64 = 3_000_000;
/// Pairs of one report that are looked at.
const PAIRS: usize = 512;

/// The queueing delay on the way to the other end, from when packets left on our clock and arrived on theirs. The two
/// clocks share neither origin nor pace.
#[derive(Debug, Clone)]
pub struct OneWay {
    origin: Instant,
    /// The smallest delay of each slice in microseconds, between clocks of different origin; the newest last.
    slices: VecDeque<(Instant, i64)>,
    /// The smallest and the median delay of each late report.
    late: VecDeque<(Instant, i64, i64)>,
    moved: bool,
}

impl OneWay {
    /// Nothing is known yet.
    pub const fn new(now: Instant) -> Self {
        Self { origin: now, slices: VecDeque::new(), late: VecDeque::new(), moved: false }
    }

    /// What the packets of one feedback report say, given as `(departure, arrival)`: the median of their waits, so that
    /// a single late packet on Wi-Fi is no queue. `None` for a report that acknowledges nothing.
    pub fn report(&mut self, now: Instant, pairs: impl IntoIterator<Item = (Instant, Duration)>) -> Option<Duration> {
        let mut delays: Vec<i64> =
            pairs.into_iter().take(PAIRS).map(|(departure, arrival)| self.between_clocks(departure, arrival)).collect();
        delays.sort_unstable();
        let smallest = *delays.first()?;
        let median = *delays.get(delays.len() / 2)?;
        self.slices.retain(|&(begun, _)| now.saturating_duration_since(begun) < SLICE * SLICES as u32);
        match self.slices.back_mut() {
            Some((begun, least)) if now.saturating_duration_since(*begun) < SLICE => *least = smallest.min(*least),
            Some(_) | None => self.slices.push_back((now, smallest)),
        }
        self.late.push_back((now, smallest, median));
        if let Some(longer) = self.another_path(now) {
            self.slices.clear();
            self.slices.push_back((now, longer));
            self.moved = true;
        }
        let base = self.slices.iter().map(|&(_, least)| least).min()?;
        let waited = median.saturating_sub(base);
        if waited > ABSURD_MICROS {
            self.slices.clear();
            self.slices.push_back((now, smallest));
            return Some(micros(median.saturating_sub(smallest)));
        }
        Some(micros(waited))
    }

    /// True once for each time that packets turned out to take another path: what was learned of the one before is void.
    pub const fn moved(&mut self) -> bool {
        std::mem::replace(&mut self.moved, false)
    }

    /// The delay of a path that is longer than the one before.
    fn another_path(&mut self, now: Instant) -> Option<i64> {
        let age = |at: Instant| now.saturating_duration_since(at);
        while self.late.len() > REPORTS || self.late.get(1).is_some_and(|&(at, ..)| age(at) >= STEADY_FOR) {
            self.late.pop_front();
        }
        let whole = self.late.front().is_some_and(|&(at, ..)| age(at) >= STEADY_FOR);
        let least = self.late.iter().map(|&(_, smallest, _)| smallest).min()?;
        let most = self.late.iter().map(|&(.., median)| median).max()?;
        let base = self.slices.iter().map(|&(_, least)| least).min()?;
        let steady = most.saturating_sub(least) <= signed(STEADY);
        (whole && steady && least.saturating_sub(base) >= LONGER_MICROS).then_some(least)
    }

    fn between_clocks(&self, departure: Instant, arrival: Duration) -> i64 {
        // Before the origin only when a packet left before this was made.
        let ours = match departure.checked_duration_since(self.origin) {
            Some(after) => signed(after),
            None => -signed(self.origin.saturating_duration_since(departure)),
        };
        signed(arrival).saturating_sub(ours)
    }
}

fn signed(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn micros(count: i64) -> Duration {
    Duration::from_micros(u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// A report each 100 ms for `seconds`, with the receiver's clock an hour ahead and `ppm` too fast.
    fn play(way: &mut OneWay, start: Instant, seconds: u64, ppm: u64, waits: impl Fn(u64) -> u64) -> Vec<u64> {
        (0..seconds * 10)
            .filter_map(|nth| {
                let left = ms(nth * 100);
                let arrived = Duration::from_secs(3600)
                    + left
                    + Duration::from_micros(nth * 100 * ppm / 1000)
                    + ms(5 + waits(nth * 100));
                way.report(start + left + ms(50), [(start + left, arrived)]).map(|wait| wait.as_millis() as u64)
            })
            .collect()
    }

    #[test]
    fn a_queue_shows_whatever_the_clocks_say() {
        let start = Instant::now();
        let queue = |at: u64| if at < 2000 { 0 } else { 130 + at / 10 % 40 };
        let waits = play(&mut OneWay::new(start), start, 9, 0, queue);
        assert!(waits[..20].iter().all(|&wait| wait == 0));
        assert!(waits[20..].iter().all(|&wait| wait >= 130));
    }

    #[test]
    fn a_fast_clock_is_no_queue() {
        let start = Instant::now();
        // 100 ppm over five minutes is 30 ms, which would stop the climb.
        let waits = play(&mut OneWay::new(start), start, 300, 100, |_| 0);
        assert!(waits.iter().all(|&wait| wait <= 2), "{:?}", waits.iter().max());
    }

    #[test]
    fn a_longer_path_is_no_queue_once_it_is_seen_to_stay() {
        let start = Instant::now();
        let waits = play(&mut OneWay::new(start), start, 30, 0, |at| if at < 10_000 { 0 } else { 60 + at / 100 % 5 });
        assert!(waits[100..110].iter().all(|&wait| wait >= 60));
        assert!(waits[115..].iter().all(|&wait| wait <= 5), "{waits:?}");
    }

    #[test]
    fn a_clock_that_jumps_is_forgotten_at_once() {
        let start = Instant::now();
        let ahead = play(&mut OneWay::new(start), start, 10, 0, |at| if at < 5000 { 0 } else { 7_200_000 });
        assert!(ahead.iter().all(|&wait| wait == 0));
    }

    #[test]
    fn one_late_packet_is_no_queue_and_no_packet_no_news() {
        let start = Instant::now();
        let mut way = OneWay::new(start);
        let pairs = [0, 0, 0, 90, 0].map(|late| (start, ms(1000 + late)));
        assert_eq!(way.report(start, pairs), Some(Duration::ZERO));
        assert_eq!(way.report(start, []), None);
    }

    proptest::proptest! {
        #[test]
        fn no_report_panics_or_grows(pairs in proptest::collection::vec((0u64..u64::MAX, 0u64..u64::MAX), 0..50)) {
            let start = Instant::now();
            let mut way = OneWay::new(start);
            for (departure, arrival) in pairs {
                let departure = start.checked_add(Duration::from_nanos(departure)).unwrap_or(start);
                way.report(departure, [(departure, Duration::from_micros(arrival))]);
                proptest::prop_assert!(way.slices.len() <= SLICES + 1);
            }
        }
    }
}
