//! The other side: it reports what arrived, asks for what is missing, and shows whole frames.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Dice, Load, Packet, ms};

/// A frame is given up when it is not whole this long after the next one began.
const PATIENCE: Duration = Duration::from_millis(250);

/// What it says.
pub(super) enum Back {
    /// Of these transport numbers, these arrived, and when.
    Report {
        from: u64,
        to: u64,
        arrivals: BTreeMap<u64, Duration>,
    },
    Nack(Vec<u16>),
    Key,
}

struct Frame {
    captured: Duration,
    of: usize,
    key: bool,
    got: BTreeSet<u16>,
}

pub(super) struct Receiver {
    arrivals: BTreeMap<u64, Duration>,
    next_report: Duration,
    reported: u64,
    highest: Option<u16>,
    /// Asked how often, and when next.
    missing: BTreeMap<u16, (u8, Duration)>,
    frames: BTreeMap<u32, Frame>,
    next: u32,
    stuck: Option<Duration>,
    /// When a key frame was asked for, while one is needed.
    begging: Option<Duration>,
    /// Arrival of each packet of sound, and how long it took.
    pub(super) heard: Vec<(Duration, Duration)>,
    /// When each frame was shown, and how long after the camera saw it.
    pub(super) shown: Vec<(Duration, Duration)>,
    /// Bytes of sound and picture that arrived, no repairs.
    pub(super) received: Vec<(Duration, usize)>,
}

impl Receiver {
    pub(super) const fn new() -> Self {
        Self {
            arrivals: BTreeMap::new(),
            next_report: Duration::ZERO,
            reported: 0,
            highest: None,
            missing: BTreeMap::new(),
            frames: BTreeMap::new(),
            next: 1,
            stuck: None,
            begging: None,
            heard: Vec::new(),
            shown: Vec::new(),
            received: Vec::new(),
        }
    }

    pub(super) fn arrive(&mut self, at: Duration, packet: Packet) {
        self.arrivals.insert(packet.transport, at);
        if !packet.repair {
            self.received.push((at, packet.bytes));
        }
        match packet.load {
            Load::Sound => self.heard.push((at, at - packet.captured)),
            Load::Picture { sequence, frame, of, key } => {
                self.count(at, sequence);
                if frame >= self.next {
                    let captured = packet.captured;
                    let new = || Frame { captured, of, key, got: BTreeSet::new() };
                    self.frames.entry(frame).or_insert_with(new).got.insert(sequence);
                    self.show(at);
                }
            }
        }
    }

    fn count(&mut self, at: Duration, sequence: u16) {
        self.missing.remove(&sequence);
        let ahead = self.highest.map_or(1, |highest| sequence.wrapping_sub(highest));
        if ahead == 0 || ahead >= 1 << 15 {
            return;
        }
        for back in 1..ahead {
            self.missing.insert(sequence.wrapping_sub(back), (0, at));
        }
        self.highest = Some(sequence);
    }

    /// Shows what can be shown.
    fn show(&mut self, at: Duration) {
        let whole = |frame: &Frame| frame.got.len() == frame.of;
        if self.begging.is_some()
            && let Some((&key, _)) = self.frames.iter().find(|(_, frame)| frame.key && whole(frame))
        {
            self.next = key;
            self.begging = None;
        }
        self.frames = self.frames.split_off(&self.next);
        while self.begging.is_none() && self.frames.get(&self.next).is_some_and(whole) {
            let frame = self.frames.remove(&self.next).unwrap();
            self.shown.push((at, at - frame.captured));
            self.next += 1;
            self.stuck = None;
        }
        if self.begging.is_none() && self.frames.range(self.next + 1..).next().is_some() {
            self.stuck.get_or_insert(at);
        }
    }

    /// What it says now.
    pub(super) fn step(&mut self, at: Duration, dice: &mut Dice) -> Vec<Back> {
        let mut said = Vec::new();
        if at >= self.next_report {
            self.next_report = at + ms(dice.between(50.0, 100.0) as u64);
            let arrivals = std::mem::take(&mut self.arrivals);
            if let Some(&to) = arrivals.keys().next_back() {
                said.push(Back::Report { from: self.reported + 1, to, arrivals });
                self.reported = to;
            }
        }
        let due: Vec<u16> = self.missing.iter().filter(|(_, (_, next))| *next <= at).map(|(&s, _)| s).collect();
        if !due.is_empty() {
            for sequence in &due {
                let (asked, next) = self.missing.get_mut(sequence).unwrap();
                *asked += 1;
                *next = at + ms(40);
                if *asked == 2 {
                    self.missing.remove(sequence);
                }
            }
            said.push(Back::Nack(due));
        }
        if self.stuck.is_some_and(|since| at > since + PATIENCE) {
            self.stuck = None;
            self.begging = Some(Duration::ZERO);
            self.show(at);
        }
        if let Some(asked) = &mut self.begging
            && (*asked == Duration::ZERO || at > *asked + ms(500))
        {
            *asked = at;
            said.push(Back::Key);
        }
        said
    }
}
