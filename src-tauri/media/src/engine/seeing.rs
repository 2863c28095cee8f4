//! The other side's pictures: packets in, whole frames out, each when its sound is played.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::lipsync::{Kind, LipSync};
use crate::stack::{Incoming, TrackNumber};
use crate::video::{Assembler, Codec, Counts, Frame, Packet};

/// The most frames that wait for their sound: a second of them. Then the oldest is shown early.
const WAITING: usize = 30;

/// One track of pictures.
struct Watched {
    track: TrackNumber,
    codec: Codec,
    assembler: Assembler,
    sync: LipSync,
    waiting: VecDeque<(Instant, Frame)>,
    last: Option<Instant>,
    longest_gap: Duration,
}

/// What is known of one track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seen {
    pub(super) track: TrackNumber,
    pub(super) codec: Codec,
    pub(super) counts: Counts,
    pub(super) skew: Option<f64>,
    pub(super) longest_gap: Duration,
}

/// See the module.
#[derive(Default)]
pub(super) struct Seeing {
    tracks: Vec<Watched>,
    /// The sound's clock, for a track that begins later.
    sound: Option<(u64, u32)>,
    /// Packets of no stream that was agreed on.
    pub(super) unknown: u64,
}

impl Seeing {
    /// A packet of a track.
    pub(super) fn packet(&mut self, track: TrackNumber, packet: Incoming, codec: Codec, now: Instant) {
        let Some(watched) = self.watched(track, codec) else {
            return;
        };
        let Incoming { sequence, timestamp, marker, payload, .. } = packet;
        watched.assembler.push(Packet { sequence, timestamp, marker, payload }, now);
        self.collect(now);
    }

    /// Moves what is whole to where it waits for its sound.
    fn collect(&mut self, now: Instant) {
        for watched in &mut self.tracks {
            while let Some(frame) = watched.assembler.pop(now) {
                let at = watched.sync.show_at(frame.timestamp.into(), now);
                watched.waiting.push_back((at, frame));
            }
        }
    }

    /// A frame to be shown now; to be asked until there is none.
    pub(super) fn ready(&mut self, now: Instant) -> Option<(TrackNumber, Frame)> {
        self.collect(now);
        for watched in &mut self.tracks {
            let due = watched.waiting.front().is_some_and(|(at, _)| *at <= now) || watched.waiting.len() > WAITING;
            if due && let Some((_, frame)) = watched.waiting.pop_front() {
                if let Some(last) = watched.last {
                    watched.longest_gap = watched.longest_gap.max(now.saturating_duration_since(last));
                }
                watched.last = Some(now);
                return Some((watched.track, frame));
            }
        }
        None
    }

    /// Tracks whose sender must make a key frame, each once in a while.
    pub(super) fn keys_wanted(&mut self, now: Instant) -> Vec<TrackNumber> {
        let wanting = |watched: &mut Watched| watched.assembler.wants_key(now).then_some(watched.track);
        self.tracks.iter_mut().filter_map(wanting).collect()
    }

    /// The other side's clock of a track; `Kind::Sound` is for all of them.
    pub(super) fn clock(&mut self, track: TrackNumber, kind: Kind, ntp: u64, rtp: u32) {
        if kind == Kind::Sound {
            self.sound = Some((ntp, rtp));
        }
        for watched in &mut self.tracks {
            if kind == Kind::Sound || watched.track == track {
                watched.sync.report(kind, ntp, rtp);
            }
        }
    }

    /// This sound is played now.
    pub(super) fn heard(&mut self, timestamp: u64, now: Instant) {
        for watched in &mut self.tracks {
            watched.sync.heard(timestamp, now);
        }
    }

    /// How much the sound must wait for the pictures, which come later.
    pub(super) fn sound_delay(&self) -> Duration {
        self.tracks.iter().map(|watched| watched.sync.sound_delay()).max().unwrap_or_default()
    }

    /// When [`Seeing::ready`] or [`Seeing::keys_wanted`] next has something.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let next = |watched: &Watched| {
            let shown = watched.waiting.front().map(|(at, _)| *at);
            shown.into_iter().chain(watched.assembler.deadline()).min()
        };
        self.tracks.iter().filter_map(next).min()
    }

    /// Packets that could not be read, or belong to nothing.
    pub(super) fn malformed(&self) -> u64 {
        self.unknown + self.tracks.iter().map(|watched| watched.assembler.counts().malformed).sum::<u64>()
    }

    /// What is known of each track.
    pub(super) fn seen(&self) -> Vec<Seen> {
        let seen = |watched: &Watched| Seen {
            track: watched.track,
            codec: watched.codec,
            counts: watched.assembler.counts(),
            skew: watched.sync.skew(),
            longest_gap: watched.longest_gap,
        };
        self.tracks.iter().map(seen).collect()
    }

    fn watched(&mut self, track: TrackNumber, codec: Codec) -> Option<&mut Watched> {
        match self.tracks.iter().position(|watched| watched.track == track) {
            // A codec that changes in the middle of a track would be a sender like none there is.
            Some(at) => self.tracks.get_mut(at).filter(|watched| watched.codec == codec),
            None => {
                let mut sync = LipSync::default();
                if let Some((ntp, rtp)) = self.sound {
                    sync.report(Kind::Sound, ntp, rtp);
                }
                self.tracks.push(Watched {
                    track,
                    codec,
                    assembler: Assembler::new(codec),
                    sync,
                    waiting: VecDeque::new(),
                    last: None,
                    longest_gap: Duration::ZERO,
                });
                self.tracks.last_mut()
            }
        }
    }
}
