//! How much of one kind leaves.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Bits per second over the last second.
#[derive(Debug)]
pub(super) struct Meter {
    /// Bytes in tenths of a second.
    slices: VecDeque<(Instant, usize)>,
}

impl Meter {
    const SLICE: Duration = Duration::from_millis(100);
    const SLICES: usize = 10;

    pub(super) const fn new() -> Self {
        Self { slices: VecDeque::new() }
    }

    pub(super) fn add(&mut self, now: Instant, bytes: usize) {
        match self.slices.back_mut() {
            Some((begun, sum)) if now.saturating_duration_since(*begun) < Self::SLICE => {
                *sum = sum.saturating_add(bytes)
            }
            Some(_) | None => {
                if self.slices.len() > Self::SLICES {
                    self.slices.pop_front();
                }
                self.slices.push_back((now, bytes));
            }
        }
    }

    pub(super) fn rate(&self, now: Instant) -> f64 {
        let recent =
            self.slices.iter().filter(|(begun, _)| now.saturating_duration_since(*begun) <= Duration::from_secs(1));
        recent.map(|&(_, bytes)| bytes).fold(0, usize::saturating_add) as f64 * 8.0
    }
}
