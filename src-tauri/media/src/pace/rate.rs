//! What the encoder may use. GCC's estimate is one of its limits; the others are what really arrived, how long packets
//! wait in the network, and whether the other end still answers.

use std::time::{Duration, Instant};

use super::Kind;
use super::meter::Meter;
use super::window::{Feedback, LONG, SHORT, Window};

/// The pace of decisions: about two reports of the receiver. All steps below are per such time, however often it is
/// asked.
const STEP: Duration = Duration::from_millis(200);
/// A person in 720p is good at 2.5 Mbit/s and no better at more than this.
const CEILING: f64 = 4_000_000.0;
/// Below this a picture is not recognised: sound alone is better.
const PICTURE_LEAST: f64 = 60_000.0;
/// The total never falls below: sound (32 kbit/s of Opus with its headers) and a little.
const LEAST: f64 = 50_000.0;
/// Of what sound and repairs leave, the encoder gets this much: it overshoots by some per cent.
const ENCODER: f64 = 0.95;
/// Repairs the encoder makes room for, as a share of the total: the pacer allows no more.
const REPAIRS: f64 = 0.5;

/// No queue worth the name: Wi-Fi alone gives this much jitter.
const CALM: Duration = Duration::from_millis(30);
/// The smallest queue that moves GCC's delay half (its threshold starts at 12.5 ms): if it falls with less, it is for
/// loss.
const GCC_NOTICES: Duration = Duration::from_millis(10);
/// A queue that stays: go a little under what arrives, so that it empties.
const STANDING: Duration = Duration::from_millis(45);
/// A queue that grows: cut. Conversation suffers from 150 ms on (ITU-T G.114).
const CONGESTED: Duration = Duration::from_millis(120);
/// So much waits that only frames not sent empty it soon; and when to send again.
const HOLD: Duration = Duration::from_millis(250);
const RELEASE: Duration = Duration::from_millis(100);
/// A queue that is still there after this much holding is not made of our frames.
const FUTILE: Duration = Duration::from_secs(3);

/// GCC's bounds (draft-ietf-rmcat-gcc-02, 5.5): below, loss means nothing; above, something is wrong.
const LOSS_LOW: f64 = 0.02;
const LOSS_HIGH: f64 = 0.10;
/// Loss above this is never the air: cut whatever the queue says.
const LOSS_SEVERE: f64 = 0.35;
/// Loss without a queue under this share may be a bad radio: of 100 packets, 10 % now and then looks like 20 %. It does
/// not push the total below `LOSSY_LEAST`.
const LOSS_RADIO: f64 = 0.25;
const LOSSY_LEAST: f64 = 500_000.0;

/// Of what arrived when a queue shows: leaves 15 % of the link to empty it, as GCC does.
const CUT: f64 = 0.85;
/// The same for a short standing queue: a little less, for nothing was lost yet.
const DRAIN: f64 = 0.86;
/// With a queue, and less than this share of the target arriving, no cut waits for the answer to the last one.
const FAR_OFF: f64 = 0.6;
/// Growth for each step on a calm path: 600 kbit/s to 2.5 Mbit/s in 3 s.
const CLIMB: f64 = 1.10;
/// The same while some packets are lost without a queue, and just under a limit that was met: 10 % a second, so that a
/// queue shows before it is long.
const CLIMB_CAREFULLY: f64 = 1.02;
/// Careful ground begins at this share of a limit that was met. It is gone when this share of it arrives, or after this
/// long.
const NEAR: f64 = 0.8;
const GONE: f64 = 1.1;
const REMEMBERED: Duration = Duration::from_secs(10);
/// What really arrived may be exceeded by this factor: an encoder with nothing to say proves nothing.
const BEYOND_ACKED: f64 = 1.5;
/// But this much may always be tried, in bits per second.
const TRIED: f64 = 500_000.0;

/// Nothing heard for this long while sending: half. A receiver reports ten times in it.
const SILENT: Duration = Duration::from_millis(500);
/// Then only sound, and a moment of picture each second, for a receiver that only reports on the picture.
const DEAF: Duration = Duration::from_secs(1);

/// What the encoder and the pacer may do until the next decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// For the encoder, in bits per second; at least 60 000.
    pub picture_bits: u64,
    /// For [`Pacer::set_rate`](super::Pacer::set_rate): everything together, in bits per second.
    pub pacing_bits: u64,
    /// Skip frames, before they are encoded: sound alone.
    pub hold: bool,
}

/// Decides, every 200 ms, what the encoder may use.
#[derive(Debug)]
pub struct Rate {
    start: f64,
    ceiling: f64,
    /// Everything together, in bits per second.
    target: f64,
    gcc: Option<f64>,
    /// What GCC allows: its estimate when it falls; it may be slow to grow while the path is calm.
    gcc_limit: f64,
    window: Window,
    sound: Meter,
    repairs: Meter,
    decided: Instant,
    /// No other cut until the path had time to answer the last.
    settled: Instant,
    /// After a hold: until then what arrives is what was held back.
    filled: Instant,
    /// The rate that arrived when a limit was met, and when.
    limit: Option<(f64, Instant)>,
    /// Loss without a queue made us slower at this time: what is still lost is not ours.
    slowed_for_loss: Option<Instant>,
    unanswered: Option<Instant>,
    halved: bool,
    holding: Holding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holding {
    No,
    Since(Instant),
    /// It did not help: not again before the queue is gone.
    Futile,
}

impl Rate {
    /// Starts at this rate of everything together, in bits per second: 600 000 for a call.
    pub fn new(start_bits: u64, now: Instant) -> Self {
        let start = (start_bits as f64).clamp(LEAST, CEILING);
        Self {
            start,
            ceiling: CEILING,
            target: start,
            gcc: None,
            gcc_limit: f64::INFINITY,
            window: Window::new(),
            sound: Meter::new(),
            repairs: Meter::new(),
            decided: now,
            settled: now,
            filled: now,
            limit: None,
            slowed_for_loss: None,
            unanswered: None,
            halved: false,
            holding: Holding::No,
        }
    }

    /// Never more than this together, in bits per second: what the other end asks for (REMB), or what the size of the
    /// picture can use.
    pub const fn set_ceiling(&mut self, bits: u64) {
        self.ceiling = (bits as f64).max(LEAST);
    }

    /// GCC's estimate, in bits per second.
    pub fn estimate(&mut self, bits: u64) {
        let bits = bits as f64;
        let fell = self.gcc.is_some_and(|before| bits < before * 0.97);
        self.gcc = Some(bits);
        // Its loss half does not know a bad radio from a full link; the window does.
        let for_loss = self.window.queueing() < GCC_NOTICES;
        if fell && !for_loss {
            // It falls to 0.85 of what arrives, but of so short a time that noise may halve it.
            let arrives = self.window.acked(LONG).unwrap_or(0.0);
            self.gcc_limit = bits.max(arrives * CUT);
        } else {
            self.gcc_limit = self.gcc_limit.max(bits);
        }
    }

    /// Packets take another path: a limit that was met, or a queue that was seen, was the other's, or none at all.
    pub fn another_path(&mut self, now: Instant) {
        self.limit = None;
        self.holding = Holding::No;
        self.settled = now;
        self.window.another_path();
        // What is lost here is this path's own until it is known better.
        self.slowed_for_loss = Some(now);
    }

    /// A report of the receiver.
    pub fn feedback(&mut self, now: Instant, report: Feedback) {
        self.window.push(now, report);
        self.unanswered = None;
        self.halved = false;
    }

    /// What really left.
    pub fn sent(&mut self, kind: Kind, bytes: usize, now: Instant) {
        self.unanswered.get_or_insert(now);
        self.window.left(now, bytes);
        match kind {
            Kind::Sound => self.sound.add(now, bytes),
            Kind::Repair { .. } => self.repairs.add(now, bytes),
            Kind::Picture => {}
        }
    }

    /// What holds until the next decision. To be asked each 200 ms and right after each report: what the report says to
    /// cut is cut then, and nothing grows faster for being asked more often.
    pub fn decide(&mut self, now: Instant) -> Decision {
        let passed = now.saturating_duration_since(self.decided);
        // After a longer pause nothing is known about it.
        let steps = (passed.as_secs_f64() / STEP.as_secs_f64()).min(2.0);
        self.decided = self.decided.max(now);
        let silence = self.unanswered.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        if silence >= SILENT {
            if !self.halved {
                self.halved = true;
                self.target *= 0.5;
            }
            if silence >= DEAF {
                // A hold that waits for a report would wait for ever, where only the picture is reported on.
                self.holding = Holding::No;
            }
        } else {
            self.weigh(now, steps);
        }
        self.target = self.target.max(self.least(now)).min(self.ceiling).max(LEAST);
        self.decision(now, silence)
    }

    fn weigh(&mut self, now: Instant, steps: f64) {
        let queue = self.window.queueing();
        let loss = self.window.loss().unwrap_or(0.0);
        self.hold(now, queue);
        if let Some(least) = self.must_cut(now, queue, loss) {
            self.cut(now, CUT, least);
        } else if queue >= STANDING && self.may_cut(now) {
            self.cut(now, DRAIN, LEAST);
        } else if queue < CALM && self.holding == Holding::No {
            self.climb(now, steps, loss);
        }
        self.target = self.target.min(self.most());
    }

    /// A queue that holding did not empty, on a path that loses little, is not ours: the smallest picture goes on.
    fn least(&self, now: Instant) -> f64 {
        let others = self.holding == Holding::Futile && self.window.loss().is_none_or(|loss| loss < LOSS_HIGH);
        if others { self.sound.rate(now) + PICTURE_LEAST * 1.2 } else { LEAST }
    }

    fn hold(&mut self, now: Instant, queue: Duration) {
        self.holding = match self.holding {
            Holding::No if queue > HOLD => Holding::Since(now),
            Holding::Since(since) if now.saturating_duration_since(since) > FUTILE => {
                self.settled = self.settled.max(now + self.answer());
                self.filled = self.settled;
                Holding::Futile
            }
            Holding::Since(_) | Holding::Futile if queue < RELEASE => {
                // What arrives says nothing about the link before frames are sent again.
                self.settled = self.settled.max(now + self.answer());
                self.filled = self.settled;
                Holding::No
            }
            same @ (Holding::No | Holding::Since(_) | Holding::Futile) => same,
        };
    }

    /// Whether to cut at once, and how far at most.
    fn must_cut(&self, now: Instant, queue: Duration, loss: f64) -> Option<f64> {
        if !self.may_cut(now) {
            return None;
        }
        if queue > CONGESTED || self.window.loss_now().is_some_and(|loss| loss > LOSS_SEVERE) {
            return Some(LEAST);
        }
        // Together they leave no doubt.
        if queue >= CALM && loss >= LOSS_LOW || loss - self.loss_of_the_path(now) > LOSS_HIGH {
            return Some(if loss < LOSS_RADIO && queue < CALM { LOSSY_LEAST } else { LEAST });
        }
        None
    }

    fn may_cut(&self, now: Instant) -> bool {
        // While holding, what arrives is sound alone; the first decision of a hold still cuts.
        let far_off = now >= self.filled
            && self.window.queueing() > CONGESTED
            && self.window.acked(SHORT).is_some_and(|arrives| arrives < self.target * FAR_OFF);
        (now >= self.settled || far_off) && !matches!(self.holding, Holding::Since(since) if since != now)
    }

    /// Loss that stays when we are slower is not ours; at most 10 %, for above that a call is bad enough to try again.
    fn loss_of_the_path(&self, now: Instant) -> f64 {
        let lately = |at| now.saturating_duration_since(at) < Duration::from_secs(30);
        if self.slowed_for_loss.is_some_and(lately) { self.window.least_loss().min(LOSS_HIGH) } else { 0.0 }
    }

    fn cut(&mut self, now: Instant, to: f64, least: f64) {
        let calm = self.window.queueing() < CALM;
        // The shorter time answers a link that just became narrow, the longer one evens out bursts.
        let acked = || self.window.acked(SHORT).into_iter().chain(self.window.acked(LONG)).reduce(f64::min);
        let Some(arrived) = (if calm { self.window.passing(now) } else { acked() }) else { return };
        let wanted = (arrived * to).max(least);
        if wanted < self.target {
            self.target = wanted;
        }
        if calm {
            self.slowed_for_loss = Some(now);
        } else {
            self.limit = Some((arrived, now));
        }
        self.settled = now + self.answer();
    }

    /// Until the path answers what we change: a round trip, one report, and the encoder's next frames.
    fn answer(&self) -> Duration {
        self.window.round_trip() + Duration::from_millis(300)
    }

    fn climb(&mut self, now: Instant, steps: f64, loss: f64) {
        let near = self.limit.is_some_and(|(limit, met)| {
            now.saturating_duration_since(met) < REMEMBERED
                && self.target > limit * NEAR
                && self.window.acked(LONG).is_none_or(|arrives| arrives < limit * GONE)
        });
        let growth = match loss {
            // Loss never takes us this low, so it does not keep us there.
            _ if self.target < LOSSY_LEAST && loss < LOSS_HIGH * 1.5 => {
                if near {
                    CLIMB_CAREFULLY
                } else {
                    CLIMB
                }
            }
            // A radio loses what it loses; a full link without a queue loses more and more.
            _ if loss >= (self.loss_of_the_path(now) + 0.05).max(LOSS_LOW) => return,
            _ if loss >= LOSS_LOW || near => CLIMB_CAREFULLY,
            _ => CLIMB,
        }
        .powf(steps);
        self.target *= growth;
        self.gcc_limit = self.gcc_limit.max(LEAST) * growth;
    }

    /// The most that GCC and what arrived allow.
    fn most(&self) -> f64 {
        let tried = TRIED.max(self.start);
        let acked = self.window.peak().map_or(tried, |rate| (rate * BEYOND_ACKED).max(tried));
        acked.min(self.gcc_limit)
    }

    /// The pacer is faster than the rate. Where the limit is known, a key frame at that pace would overflow the queue
    /// before it: 20 packets, measured. There it leaves at 1.2 times the limit, but faster than frames come.
    fn pacing(&self, now: Instant) -> f64 {
        match self.limit {
            Some((limit, met)) if now.saturating_duration_since(met) < REMEMBERED => {
                (limit * 0.8).clamp(self.target * 0.75, self.target)
            }
            Some(_) | None => self.target,
        }
    }

    fn decision(&self, now: Instant, silence: Duration) -> Decision {
        let repairs = self.repairs.rate(now).min(self.target * REPAIRS);
        let picture = (self.target - self.sound.rate(now) - repairs) * ENCODER;
        // Of each second without an answer, the first step.
        let deaf = silence >= DEAF && silence.subsec_millis() >= STEP.as_millis() as u32;
        let holding = matches!(self.holding, Holding::Since(_));
        // What waits in the pacer leaves slowly as well while the network's queue empties.
        let pacing = if holding { self.target / 2.0 } else { self.pacing(now) };
        Decision {
            picture_bits: if silence >= DEAF { PICTURE_LEAST } else { picture.max(PICTURE_LEAST) } as u64,
            pacing_bits: pacing.max(LEAST) as u64,
            hold: holding || deaf || (picture < PICTURE_LEAST && silence < DEAF),
        }
    }
}

#[cfg(test)]
mod tests;
