//! The side that is measured: an encoder that nearly obeys, a microphone, the pacer and the rate.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::estimator::Estimator;
use super::receiver::Back;
use super::{Dice, Load, Packet, ms};
use crate::booth::PATIENCE;
use crate::pace::{Decision, Feedback, Kind, OneWay, Pacer, Rate};

const SSRC: u32 = 7;
const FULL: usize = 1200;
const FRAME: Duration = Duration::from_millis(33);
const SOUND: Duration = Duration::from_millis(20);
/// From the camera to the encoded frame.
const ENCODING: Duration = Duration::from_millis(20);

pub(super) struct Sender {
    start: Instant,
    pub(super) pacer: Pacer<Packet>,
    rate: Rate,
    way: OneWay,
    estimator: Estimator,
    pub(super) decision: Decision,
    decided: Duration,
    next_frame: Duration,
    next_sound: Duration,
    encoding: VecDeque<(Duration, Vec<Packet>)>,
    frame: u32,
    sequence: u16,
    key_wanted: bool,
    keyed: Duration,
    transport: u64,
    /// What left, by transport number.
    left: BTreeMap<u64, (Duration, usize)>,
    /// For the NACK responder.
    kept: BTreeMap<u16, Packet>,
    heard: Duration,
    round_trip: Duration,
    pub(super) repaired: u64,
    /// Decisions and when.
    pub(super) decisions: Vec<(Duration, Decision)>,
}

impl Sender {
    pub(super) fn new(start: Instant, estimator: Estimator, round_trip: Duration) -> Self {
        let mut rate = Rate::new(600_000, start);
        let decision = rate.decide(start);
        Self {
            start,
            pacer: Pacer::new(start),
            rate,
            way: OneWay::new(start),
            estimator,
            decision,
            decided: Duration::ZERO,
            next_frame: Duration::ZERO,
            next_sound: ms(7),
            encoding: VecDeque::new(),
            frame: 0,
            sequence: 0,
            key_wanted: true,
            keyed: Duration::ZERO,
            transport: 0,
            left: BTreeMap::new(),
            kept: BTreeMap::new(),
            heard: Duration::ZERO,
            round_trip,
            repaired: 0,
            decisions: Vec::new(),
        }
    }

    pub(super) fn hear(&mut self, at: Duration, message: Back) {
        match message {
            Back::Key => self.key_wanted |= at > self.keyed + ms(300) || at < ms(300),
            Back::Nack(sequences) => {
                for sequence in sequences {
                    let Some(&packet) = self.kept.get(&sequence) else { continue };
                    let kind = Kind::Repair { ssrc: SSRC, sequence };
                    let again = Packet { repair: true, ..packet };
                    self.pacer.push(kind, packet.bytes, 0, again, self.start + at);
                }
            }
            Back::Report { from, to, arrivals } => self.report(at, from, to, &arrivals),
        }
    }

    fn report(&mut self, at: Duration, from: u64, to: u64, arrivals: &BTreeMap<u64, Duration>) {
        let later = self.left.split_off(&(to + 1));
        // What a report that was lost would have covered is not known.
        let covered = std::mem::replace(&mut self.left, later).split_off(&from);
        let mut report = Feedback::default();
        let mut pairs = Vec::new();
        for (transport, (left, bytes)) in covered {
            report.sent_bytes += bytes as u64;
            match arrivals.get(&transport) {
                Some(&arrival) => {
                    report.arrived += 1;
                    report.acked_bytes += bytes as u64;
                    report.newest = Some(self.start + left);
                    pairs.push((self.start + left, arrival + Duration::from_secs(1000)));
                }
                None => report.lost += 1,
            }
        }
        report.round_trip = Some(self.round_trip);
        report.queueing = self.way.report(self.start + at, pairs);
        let over = at - self.heard;
        self.heard = at;
        let acked = report.acked_bytes as f64 * 8.0 / over.as_secs_f64().max(0.02);
        self.rate.estimate(self.estimator.report(&report, acked, over));
        self.rate.feedback(self.start + at, report);
        self.decide(at);
    }

    fn decide(&mut self, at: Duration) {
        self.decided = at;
        self.decision = self.rate.decide(self.start + at);
        self.pacer.set_rate(self.decision.pacing_bits);
        self.decisions.push((at, self.decision));
    }

    /// What leaves now.
    pub(super) fn step(&mut self, at: Duration, dice: &mut Dice) -> Vec<Packet> {
        let now = self.start + at;
        if at >= self.decided + ms(200) {
            self.decide(at);
        }
        if at >= self.next_sound {
            self.next_sound += SOUND;
            let packet = Packet { load: Load::Sound, repair: false, bytes: 100, captured: at, transport: 0 };
            self.pacer.push(Kind::Sound, 100, 0, packet, now);
        }
        if at >= self.next_frame {
            self.next_frame += FRAME;
            self.key_wanted |= self.pacer.lost_frame();
            if !self.decision.hold && self.pacer.picture_queued() <= PATIENCE {
                self.encode(at, dice);
            }
        }
        while let Some((_, packets)) = self.encoding.pop_front_if(|(done, _)| *done <= at) {
            for packet in packets {
                let Load::Picture { frame, .. } = packet.load else { continue };
                self.pacer.push(Kind::Picture, packet.bytes, frame, packet, now);
            }
        }
        std::iter::from_fn(|| self.pacer.pop(now)).collect::<Vec<_>>().into_iter().map(|p| self.leave(at, p)).collect()
    }

    fn leave(&mut self, at: Duration, mut packet: Packet) -> Packet {
        self.transport += 1;
        packet.transport = self.transport;
        self.left.insert(packet.transport, (at, packet.bytes));
        let kind = match packet.load {
            Load::Picture { sequence, .. } if packet.repair => {
                self.repaired += 1;
                Kind::Repair { ssrc: SSRC, sequence }
            }
            Load::Picture { sequence, .. } => {
                self.kept.insert(sequence, packet);
                self.kept.remove(&sequence.wrapping_sub(1000));
                Kind::Picture
            }
            Load::Sound => Kind::Sound,
        };
        self.rate.sent(kind, packet.bytes, self.start + at);
        packet
    }

    fn encode(&mut self, at: Duration, dice: &mut Dice) {
        let key = std::mem::take(&mut self.key_wanted);
        if key {
            self.keyed = at;
        }
        let average = self.decision.picture_bits as f64 / 8.0 * FRAME.as_secs_f64();
        let size = average * dice.between(0.7, 1.3) * if key { 6.0 } else { 1.0 };
        let mut rest = (size as usize).max(50);
        let of = rest.div_ceil(FULL);
        self.frame += 1;
        let packets = (0..of)
            .map(|_| {
                let bytes = rest.min(FULL);
                rest -= bytes;
                self.sequence = self.sequence.wrapping_add(1);
                let load = Load::Picture { sequence: self.sequence, frame: self.frame, of, key };
                Packet { load, repair: false, bytes, captured: at, transport: 0 }
            })
            .collect();
        self.encoding.push_back((at + ENCODING, packets));
    }
}
