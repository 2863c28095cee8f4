//! What happens to frames between a host's card and the switch: delay, jitter, loss, a slow line and its queue.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How long a frame may wait for a slow line before it is dropped instead (a usual home router's buffer).
pub const LONGEST_QUEUE: Duration = Duration::from_millis(200);

/// How a host's line treats what the host sends. The default is a perfect line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Uplink {
    /// Added to every frame.
    pub delay: Duration,
    /// A random part of this is added too. Frames never overtake each other, as on a real LAN.
    pub jitter: Duration,
    /// The share of frames lost, 0 to 1.
    pub loss: f64,
    /// Kilobits a second, headers included; `None` for no limit. What would wait longer than [`LONGEST_QUEUE`] is lost.
    pub rate_kbit: Option<u32>,
    /// The most frames that wait for a slow line, beside that; `None` for no limit.
    pub queue_packets: Option<usize>,
}

/// An [`Uplink`] at work.
#[derive(Debug)]
pub(super) struct Shaper {
    uplink: Uplink,
    random: StdRng,
    /// When the slow line has sent all it was given.
    line_free: Instant,
    /// When each frame that waits for the slow line will have left it.
    waiting: VecDeque<Instant>,
    last_arrival: Instant,
}

impl Shaper {
    pub(super) fn new(seed: u64, now: Instant) -> Self {
        Self {
            uplink: Uplink::default(),
            random: StdRng::seed_from_u64(seed),
            line_free: now,
            waiting: VecDeque::new(),
            last_arrival: now,
        }
    }

    pub(super) fn set(&mut self, uplink: Uplink) {
        self.uplink = uplink;
    }

    /// When a frame of `bytes` that is sent `now` arrives at the switch; `None` when it is lost on the way.
    pub(super) fn pass(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        if self.uplink.loss > 0.0 && self.random.random::<f64>() < self.uplink.loss {
            return None;
        }
        let sent = self.through_line(bytes, now)?;
        let jitter = if self.uplink.jitter.is_zero() {
            Duration::ZERO
        } else {
            self.uplink.jitter.mul_f64(self.random.random::<f64>())
        };
        self.last_arrival = self.last_arrival.max(sent + self.uplink.delay + jitter);
        Some(self.last_arrival)
    }

    fn through_line(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        let Some(rate) = self.uplink.rate_kbit.filter(|rate| *rate > 0) else {
            return Some(now);
        };
        while self.waiting.front().is_some_and(|left| *left <= now) {
            self.waiting.pop_front();
        }
        let start = self.line_free.max(now);
        let full = self.uplink.queue_packets.is_some_and(|most| self.waiting.len() >= most);
        if full || start - now > LONGEST_QUEUE {
            return None;
        }
        self.line_free = start + Duration::from_secs_f64(bytes as f64 * 8.0 / (f64::from(rate) * 1000.0));
        self.waiting.push_back(self.line_free);
        Some(self.line_free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaper(seed: u64, uplink: Uplink) -> (Shaper, Instant) {
        let now = Instant::now();
        let mut shaper = Shaper::new(seed, now);
        shaper.set(uplink);
        (shaper, now)
    }

    fn lost(seed: u64) -> Vec<bool> {
        let (mut shaper, now) = shaper(seed, Uplink { loss: 0.3, ..Uplink::default() });
        (0..1000).map(|_| shaper.pass(100, now).is_none()).collect()
    }

    #[test]
    fn a_perfect_line_adds_nothing() {
        let (mut shaper, now) = shaper(1, Uplink::default());
        assert_eq!(shaper.pass(1500, now), Some(now));
    }

    #[test]
    fn loss_is_the_same_for_the_same_seed() {
        assert_eq!(lost(7), lost(7));
        assert_ne!(lost(7), lost(8));
        let share = lost(7).iter().filter(|lost| **lost).count();
        assert!((250..350).contains(&share), "{share} of 1000 lost at 30 %");
    }

    #[test]
    fn jitter_stays_in_its_bounds_and_keeps_the_order() {
        let delay = Duration::from_millis(50);
        let jitter = Duration::from_millis(20);
        let (mut shaper, start) = shaper(3, Uplink { delay, jitter, ..Uplink::default() });
        let mut last = start;
        for at in 0..500 {
            let now = start + Duration::from_millis(at);
            let arrival = shaper.pass(100, now).unwrap();
            assert!(arrival >= now + delay && arrival <= now + delay + jitter);
            assert!(arrival >= last);
            last = arrival;
        }
    }

    #[test]
    fn a_slow_line_takes_its_time_and_drops_the_tail() {
        // 1000 bytes at 80 kbit/s take 100 ms.
        let (mut shaper, now) = shaper(1, Uplink { rate_kbit: Some(80), ..Uplink::default() });
        let arrivals: Vec<_> = (0..6).map(|_| shaper.pass(1000, now).map(|at| (at - now).as_millis())).collect();
        assert_eq!(arrivals, [Some(100), Some(200), Some(300), None, None, None]);
        let later = now + Duration::from_millis(250);
        assert_eq!(shaper.pass(1000, later), Some(now + Duration::from_millis(400)));
    }

    #[test]
    fn a_short_queue_drops_by_count() {
        let uplink = Uplink { rate_kbit: Some(8000), queue_packets: Some(2), ..Uplink::default() };
        let (mut shaper, now) = shaper(1, uplink);
        let passed = (0..10).filter(|_| shaper.pass(1000, now).is_some()).count();
        assert_eq!(passed, 2);
    }
}
