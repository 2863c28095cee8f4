//! How much is on its way at once. While nobody talks, enough to fill any local network, and no more, so that a sender sees
//! what has arrived and not what its own system holds: blocks grow while they come back at once. While somebody does, so little
//! that no packet of the call waits behind it: a window that grows while blocks come back as fast as they ever did, and
//! shrinks as soon as they queue (LEDBAT, RFC 6817, measured over whole blocks).

use std::time::{Duration, Instant};

/// The largest block, in bytes.
pub const BLOCK: usize = 1024 * 1024;
/// The block while somebody talks: on a line of 10 Mbit/s it takes 13 ms.
pub const SMALL_BLOCK: usize = 16 * 1024;
/// The block that a transfer begins with.
const FIRST_BLOCK: usize = 64 * 1024;
/// Blocks on their way while nobody talks.
const AHEAD: u64 = 4;
/// Blocks that come back within this grow; those that take longer than the other shrink. On a line of 16 Mbit/s that is
/// 64 KiB, and something to see four times a second.
const SOON: Duration = Duration::from_millis(60);
const LATE: Duration = Duration::from_millis(400);
/// The most on its way while somebody talks.
const SHARED: u64 = BLOCK as u64;
/// The time that blocks may queue while somebody talks. RFC 6817 allows 100 ms, which a call would hear; one frame at 30 a
/// second is 33 ms.
const TARGET: Duration = Duration::from_millis(15);
/// How long the shortest way is believed: routes and radios change. It is measured anew with a single block on its way, or
/// one's own queue would pass for the way.
const BASE_FOR: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Debug)]
pub struct Pace {
    /// While nobody talks.
    block: usize,
    /// While somebody does.
    window: u64,
    base: Option<(Duration, Instant)>,
    talks: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { block: FIRST_BLOCK, window: SMALL_BLOCK as u64, base: None, talks: false }
    }
}

impl Pace {
    /// Whether somebody talks now, at either end.
    pub fn talks(&mut self, talks: bool) {
        if talks && !self.talks {
            (self.window, self.base) = (SMALL_BLOCK as u64, None);
        }
        self.talks = talks;
    }

    /// How large the next block may be.
    pub const fn block(&self) -> usize {
        if self.talks { SMALL_BLOCK } else { self.block }
    }

    /// Whether another block may leave while so many bytes are on their way. One always may.
    pub const fn may_leave(&self, on_the_way: u64) -> bool {
        let window = if self.talks { self.window } else { AHEAD * self.block as u64 };
        on_the_way == 0 || on_the_way + self.block() as u64 <= window
    }

    /// A block of so many bytes was acknowledged after so long.
    pub fn came_back(&mut self, bytes: u64, after: Duration, now: Instant) {
        if !self.talks {
            if after < SOON {
                self.block = (self.block * 2).min(BLOCK);
            } else if after > LATE {
                self.block = (self.block / 2).max(SMALL_BLOCK);
            }
            return;
        }
        let base = match self.base {
            Some((_, since)) if now.duration_since(since) >= BASE_FOR => {
                (self.window, self.base) = (SMALL_BLOCK as u64, None);
                return;
            }
            Some((base, _)) if base <= after => base,
            Some((_, since)) => {
                self.base = Some((after, since));
                after
            }
            None => {
                self.base = Some((after, now));
                after
            }
        };
        let queued = after.saturating_sub(base);
        // In thousandths of the target: 1000 where nothing queues, below 0 beyond it.
        let target = i64::try_from(TARGET.as_micros()).unwrap_or(i64::MAX);
        let off = (target - i64::try_from(queued.as_micros()).unwrap_or(i64::MAX)) * 1000 / target;
        let window = i64::try_from(self.window).unwrap_or(i64::MAX);
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        // A block more for each window that comes back in time.
        let gain = off.max(-1000).saturating_mul(bytes).saturating_mul(SMALL_BLOCK as i64) / window.max(1) / 1000;
        self.window = window.saturating_add(gain).clamp(SMALL_BLOCK as i64, SHARED as i64).unsigned_abs();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that lets through so many bytes a millisecond: what its window becomes.
    fn run(bytes_per_ms: u64) -> (u64, Duration) {
        let mut pace = Pace::default();
        pace.talks(true);
        let start = Instant::now();
        let mut free = start;
        let mut now = start;
        let mut on_the_way: std::collections::VecDeque<(u64, Instant, Instant)> = Default::default();
        let mut queued = Duration::ZERO;
        for _ in 0..4000 {
            let total: u64 = on_the_way.iter().map(|(bytes, ..)| bytes).sum();
            if pace.may_leave(total) {
                let bytes = pace.block() as u64;
                free = free.max(now) + Duration::from_micros(bytes * 1000 / bytes_per_ms);
                queued = free - now;
                on_the_way.push_back((bytes, now, free + Duration::from_millis(1)));
            } else if let Some((bytes, left, back)) = on_the_way.pop_front() {
                now = now.max(back);
                pace.came_back(bytes, now - left, now);
            }
        }
        (pace.window, queued)
    }

    #[test]
    fn a_narrow_line_is_left_to_the_call() {
        // 10 Mbit/s.
        let (window, queued) = run(1250);
        assert!(window < 4 * SMALL_BLOCK as u64, "{window}");
        assert!(queued < Duration::from_millis(40), "{queued:?}");
    }

    #[test]
    fn a_wide_line_is_used() {
        // 1 Gbit/s.
        let (window, queued) = run(125_000);
        assert!(window > 20 * SMALL_BLOCK as u64, "{window}");
        assert!(queued < Duration::from_millis(20), "{queued:?}");
    }

    #[test]
    fn blocks_grow_while_they_come_back_at_once_and_all_is_open_again_when_nobody_talks() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        assert_eq!(pace.block(), FIRST_BLOCK);
        (0..10).for_each(|_| pace.came_back(1, Duration::from_millis(5), now));
        assert_eq!(pace.block(), BLOCK);
        pace.talks(true);
        assert!(pace.block() == SMALL_BLOCK && !pace.may_leave(SMALL_BLOCK as u64));
        pace.talks(false);
        assert!(pace.block() == BLOCK && pace.may_leave(3 * BLOCK as u64) && !pace.may_leave(4 * BLOCK as u64));
        (0..9).for_each(|_| pace.came_back(1, Duration::from_millis(500), now));
        assert_eq!(pace.block(), SMALL_BLOCK);
    }
}
