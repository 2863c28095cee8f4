//! What the feedback of the last second says about the path.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What one feedback report of the receiver (TWCC, every 50 to 100 ms) says about the packets it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Feedback {
    /// Bytes of the packets it covers.
    pub sent_bytes: u64,
    /// Bytes of those that arrived.
    pub acked_bytes: u64,
    /// Packets that did not arrive.
    pub lost: u32,
    /// Packets that arrived.
    pub arrived: u32,
    /// How long they waited in the network, of [`OneWay`](super::OneWay); `None` when the report has no times.
    pub queueing: Option<Duration>,
    /// When the newest packet that arrived had left: what left later waits in the network, or is lost. With it a link
    /// that becomes narrow shows at the next report, and not only when what fills its queue comes out of it.
    pub newest: Option<Instant>,
    /// The round trip, when known.
    pub round_trip: Option<Duration>,
}

/// How far back: a second holds 100 packets of a slow call, enough to tell 10 % loss from 5 %.
const SPAN: Duration = Duration::from_secs(1);
/// Reports kept: ten times what a receiver sends.
const REPORTS: usize = 200;
/// For a link that just became narrow: two or three reports.
pub(super) const SHORT: Duration = Duration::from_millis(200);
/// Evens out frames and reports.
pub(super) const LONG: Duration = Duration::from_millis(500);
/// Less of what leaves arrives than this: the link is too narrow, and not only noisy.
const OUTRUN: f64 = 0.75;
/// Less implied backlog than this may be a report that was lost.
const BACKLOG: Duration = Duration::from_millis(100);
/// And when the newest packet reported is less old than this, none is missing but those that are lost.
const LATE: Duration = Duration::from_millis(60);
/// Bookkeeping of what left: two seconds.
const SLICE: Duration = Duration::from_millis(5);
const LEFT: usize = 400;
/// Fewer packets than this say nothing about loss.
const PACKETS: u32 = 20;
/// The smallest loss is sought this far back, in slices of a second: what remains after we slowed down is not ours.
const SLICES: usize = 10;

/// The last reports.
#[derive(Debug)]
pub(super) struct Window {
    reports: VecDeque<(Instant, Feedback)>,
    round_trip: Duration,
    /// What left lately, in slices of 5 ms.
    left: VecDeque<(Instant, usize)>,
    /// The shortest time of each second from a packet's leaving to the report of it.
    answers: VecDeque<(Instant, f64)>,
    /// What waits at the narrowest place, as the last report implies.
    backlog: Duration,
    /// The smallest loss of each second.
    losses: VecDeque<(Instant, f64)>,
    /// The highest acknowledged rate of each second, in bits per second.
    peaks: VecDeque<(Instant, f64)>,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self {
            reports: VecDeque::new(),
            // Of a Wi-Fi network, until it is known.
            round_trip: Duration::from_millis(20),
            left: VecDeque::new(),
            answers: VecDeque::new(),
            backlog: Duration::ZERO,
            losses: VecDeque::new(),
            peaks: VecDeque::new(),
        }
    }

    pub(super) fn left(&mut self, now: Instant, bytes: usize) {
        match self.left.back_mut() {
            Some((begun, sum)) if now.saturating_duration_since(*begun) < SLICE => *sum = sum.saturating_add(bytes),
            Some(_) | None => {
                if self.left.len() >= LEFT {
                    self.left.pop_front();
                }
                self.left.push_back((now, bytes));
            }
        }
    }

    pub(super) fn push(&mut self, now: Instant, report: Feedback) {
        if let Some(round_trip) = report.round_trip {
            self.round_trip = round_trip.min(Duration::from_secs(1));
        }
        if self.reports.len() >= REPORTS {
            self.reports.pop_front();
        }
        self.reports.push_back((now, report));
        while self.reports.pop_front_if(|&mut (at, _)| now.saturating_duration_since(at) > SPAN).is_some() {}
        if let Some(newest) = report.newest {
            let answer = now.saturating_duration_since(newest);
            slide(&mut self.answers, now, SLICES, answer.as_secs_f64(), f64::min);
            self.backlog = self.backlog_at(now, newest).unwrap_or_default();
        }
        if let Some(loss) = self.loss() {
            slide(&mut self.losses, now, SLICES, loss, f64::min);
        }
        if let Some(rate) = self.acked(LONG) {
            slide(&mut self.peaks, now, 3, rate, f64::max);
        }
    }

    /// What was learned of the time that answers take is another path's.
    pub(super) fn another_path(&mut self) {
        self.answers.clear();
        self.backlog = Duration::ZERO;
    }

    /// Bits per second that arrived, over about this time before the last report.
    pub(super) fn acked(&self, over: Duration) -> Option<f64> {
        let (last, _) = *self.reports.back()?;
        // The first report ends where the span begins: what it covers was sent before.
        let mut recent = self.reports.iter().filter(|(at, _)| last.saturating_duration_since(*at) <= over);
        let (first, _) = *recent.next()?;
        let bytes: u64 = recent.map(|(_, report)| report.acked_bytes).fold(0, u64::saturating_add);
        let span = last.saturating_duration_since(first).as_secs_f64();
        // Two reports at once are no rate.
        (span >= over.as_secs_f64() / 3.0).then(|| bytes as f64 * 8.0 / span)
    }

    /// The highest rate that arrived in half a second, of the last three seconds: a hold does not lower it at once.
    pub(super) fn peak(&self) -> Option<f64> {
        self.peaks.iter().map(|&(_, rate)| rate).reduce(f64::max)
    }

    /// The share of packets lost within a second, 0 to 1; `None` when there were too few.
    pub(super) fn loss(&self) -> Option<f64> {
        self.loss_over(SPAN)
    }

    /// The same over half a second: noisy, for loss that leaves no doubt.
    pub(super) fn loss_now(&self) -> Option<f64> {
        self.loss_over(LONG)
    }

    fn loss_over(&self, over: Duration) -> Option<f64> {
        let (last, _) = *self.reports.back()?;
        let recent = self.reports.iter().filter(|(at, _)| last.saturating_duration_since(*at) <= over);
        let (lost, arrived) = recent.fold((0u32, 0u32), |(lost, arrived), (_, report)| {
            (lost.saturating_add(report.lost), arrived.saturating_add(report.arrived))
        });
        let sent = lost.saturating_add(arrived);
        (sent >= PACKETS).then(|| f64::from(lost) / f64::from(sent))
    }

    /// The smallest loss of the last ten seconds.
    pub(super) fn least_loss(&self) -> f64 {
        self.losses.iter().map(|&(_, loss)| loss).reduce(f64::min).unwrap_or(0.0)
    }

    /// How long packets wait in the network: what the last report says, or what must be waiting there by now.
    pub(super) fn queueing(&self) -> Duration {
        let reported = self.reports.iter().rev().find_map(|(_, report)| report.queueing);
        reported.unwrap_or_default().max(self.backlog)
    }

    /// How long the link needs for what should have been reported by now and was not. Only while clearly less arrives
    /// than leaves: else the reports are late, and not the packets.
    fn backlog_at(&self, now: Instant, newest: Instant) -> Option<Duration> {
        let shortest = self.answers.iter().map(|&(_, answer)| answer).reduce(f64::min)?;
        let due = now.checked_sub(Duration::from_secs_f64(shortest))?;
        let arrives = self.acked(SHORT)?.max(1.0);
        let leaves = self.left_between(due.checked_sub(SHORT)?, due) / SHORT.as_secs_f64();
        let backlog = Duration::from_secs_f64((self.left_between(newest, due) / arrives).min(2.0));
        let late = due.saturating_duration_since(newest) > LATE;
        (late && arrives < leaves * OUTRUN && backlog > BACKLOG).then_some(backlog)
    }

    /// Bits that left in this time.
    fn left_between(&self, from: Instant, to: Instant) -> f64 {
        let slices = self.left.iter().filter(|&&(at, _)| at > from && at <= to);
        slices.map(|&(_, bytes)| bytes).fold(0, usize::saturating_add) as f64 * 8.0
    }

    /// Bits per second that arrive when nothing waits on the way: what leaves, without the share that is lost. Unlike
    /// [`acked`](Self::acked) it does not suffer when reports are lost.
    pub(super) fn passing(&self, now: Instant) -> Option<f64> {
        let from = now.checked_sub(LONG)?;
        Some(self.left_between(from, now) / LONG.as_secs_f64() * (1.0 - self.loss()?))
    }

    pub(super) const fn round_trip(&self) -> Duration {
        self.round_trip
    }
}

/// Keeps the best value of each of the last `slices` seconds.
fn slide(
    values: &mut VecDeque<(Instant, f64)>,
    now: Instant,
    slices: usize,
    value: f64,
    better: impl Fn(f64, f64) -> f64,
) {
    values.retain(|&(begun, _)| now.saturating_duration_since(begun) < SPAN * slices as u32);
    match values.back_mut() {
        Some((begun, best)) if now.saturating_duration_since(*begun) < SPAN => *best = better(*best, value),
        Some(_) | None => values.push_back((now, value)),
    }
}
