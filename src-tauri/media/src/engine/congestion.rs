//! How much may be sent: what the other side's reports say goes in, and every 200 ms a decision comes out.

use std::time::{Duration, Instant};

use crate::pace::{Decision, Feedback, Kind, OneWay, Rate};
use crate::stack::{Arrived, Digest, Traffic};

/// How often it is decided.
const EVERY: Duration = Duration::from_millis(200);
/// A report is about so many packets, sent over so much time, at least: sound alone is five in its 100 ms.
const REPORT_PACKETS: usize = 4;
const REPORT_SPAN: Duration = Duration::from_millis(60);
/// What a call starts with, in bits per second: a picture that can be recognised, on nearly every network.
pub const START_BITS: u64 = 600_000;

/// See the module.
pub(super) struct Congestion {
    rate: Rate,
    one_way: OneWay,
    next: Instant,
    before: Traffic,
    /// How long the other side's reports say that packets wait on their way.
    pub(super) queueing: Option<Duration>,
}

impl Congestion {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            rate: Rate::new(START_BITS, now),
            one_way: OneWay::new(now),
            next: now + EVERY,
            before: Traffic::default(),
            queueing: None,
        }
    }

    /// What arrived, as the other side reports it.
    pub(super) fn digest(&mut self, digest: &Digest, round_trip: Duration, now: Instant) {
        self.rate.estimate(digest.estimate);
        let packets = known(&digest.packets);
        let arrived = || packets.iter().filter_map(|packet| Some((packet.departure, packet.arrival?)));
        self.queueing = self.one_way.report(now, arrived()).or(self.queueing);
        if self.one_way.moved() {
            self.rate.another_path(now);
        }
        let acked = packets.iter().filter(|packet| packet.arrival.is_some());
        let count = arrived().count() as u32;
        tracing::trace!(packets = packets.len(), arrived = count, digest.estimate, ?round_trip, "arrived");
        self.rate.feedback(
            now,
            Feedback {
                sent_bytes: packets.iter().map(|packet| packet.bytes as u64).sum(),
                acked_bytes: acked.map(|packet| packet.bytes as u64).sum(),
                lost: packets.len() as u32 - count,
                arrived: count,
                queueing: self.queueing,
                newest: arrived().map(|(departure, _)| departure).max(),
                round_trip: Some(round_trip),
            },
        );
        // News are acted on at once: a queue that is noticed 200 ms late has lost its packets.
        self.next = now;
    }

    /// The most the other side takes, in bits per second: an echo says what its way back carries.
    pub(super) fn ceiling(&mut self, bits: u64) {
        self.rate.set_ceiling(bits);
    }

    /// A decision, if it is time for one.
    pub(super) fn decide(&mut self, traffic: Traffic, now: Instant) -> Option<Decision> {
        if now < self.next {
            return None;
        }
        self.next = now + EVERY;
        let before = std::mem::replace(&mut self.before, traffic);
        let left = [
            (Kind::Sound, traffic.sound_bytes - before.sound_bytes),
            (Kind::Picture, traffic.picture_bytes - before.picture_bytes),
            (Kind::Repair { ssrc: 0, sequence: 0 }, traffic.repair_bytes - before.repair_bytes),
        ];
        for (kind, bytes) in left.into_iter().filter(|(_, bytes)| *bytes > 0) {
            self.rate.sent(kind, bytes as usize, now);
        }
        let decision = self.rate.decide(now);
        tracing::trace!(?decision, ?self.queueing, "rate");
        Some(decision)
    }

    /// When the next decision is due.
    pub(super) fn deadline(&self) -> Instant {
        self.next
    }
}

/// The packets of whose fate something is known. When a report of the other side is lost, the next one says of all that the
/// lost one was about that they did not arrive; half of a second's packets would seem lost on a line that loses a few.
fn known(packets: &[Arrived]) -> &[Arrived] {
    let unknown = packets.iter().take_while(|packet| packet.arrival.is_none()).count();
    let (first, rest) = packets.split_at(unknown);
    let span = first.first().zip(first.last()).map(|(a, b)| b.departure.saturating_duration_since(a.departure));
    if unknown >= REPORT_PACKETS && span.is_some_and(|span| span >= REPORT_SPAN) { rest } else { packets }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(start: Instant, fates: &[bool]) -> Vec<Arrived> {
        let packet = |(n, arrived): (usize, &bool)| {
            let after = Duration::from_millis(20 * n as u64);
            Arrived { departure: start + after, arrival: arrived.then_some(after), bytes: 100 }
        };
        fates.iter().enumerate().map(packet).collect()
    }

    #[test]
    fn a_lost_report_is_no_loss_of_packets() {
        let start = Instant::now();
        let lost_report = packets(start, &[false, false, false, false, false, true, false, true]);
        assert_eq!(known(&lost_report).len(), 3);
        let lossy = packets(start, &[false, false, true, false, true, true]);
        assert_eq!(known(&lossy).len(), 6);
        assert_eq!(known(&[]).len(), 0);
    }
}
