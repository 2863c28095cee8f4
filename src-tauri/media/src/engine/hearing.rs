//! The other side's sound: packets in, 10 ms blocks out.

use std::time::Instant;

use crate::sound::{Block, Ear, SoundError, SoundPacket};
use crate::stack::{Incoming, TrackNumber};

/// See the module. One track is heard: the first.
pub(super) struct Hearing {
    pub(super) ear: Ear,
    pub(super) track: Option<TrackNumber>,
    pub(super) malformed: u64,
}

impl Hearing {
    pub(super) fn new() -> Result<Self, SoundError> {
        Ok(Self { ear: Ear::new()?, track: None, malformed: 0 })
    }

    /// A packet of a track.
    pub(super) fn packet(&mut self, track: TrackNumber, packet: Incoming, now: Instant) {
        if self.is_heard(track) {
            self.ear.insert(&sound(packet), now);
        }
    }

    /// A packet with copies of earlier ones in it.
    pub(super) fn redundant_packet(&mut self, track: TrackNumber, packet: Incoming, now: Instant) {
        if self.is_heard(track) && self.ear.insert_redundant(&sound(packet), now).is_err() {
            self.malformed += 1;
        }
    }

    fn is_heard(&mut self, track: TrackNumber) -> bool {
        *self.track.get_or_insert(track) == track
    }

    /// The next 10 ms.
    pub(super) fn pull(&mut self, block: &mut Block, now: Instant) {
        self.ear.pull(block, now);
    }
}

fn sound(Incoming { sequence, timestamp, payload, .. }: Incoming) -> SoundPacket {
    SoundPacket { sequence, timestamp, payload }
}
