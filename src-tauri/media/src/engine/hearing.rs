//! The other side's sound: packets in, 10 ms blocks out.

use std::time::Instant;

use crate::sound::{self, Block, Ear, SoundError, SoundPacket};
use crate::stack::{Incoming, Meaning, TrackNumber};

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

    /// A packet of the track, which stands for `meaning`.
    pub(super) fn packet(&mut self, packet: Incoming, meaning: Meaning, now: Instant) {
        let Incoming { sequence, timestamp, payload, .. } = packet;
        match meaning {
            Meaning::Sound => self.ear.insert(&SoundPacket { sequence, timestamp, payload }, now),
            Meaning::RedundantSound => match sound::unpack(&payload) {
                Ok(parts) => {
                    let mut parts = parts.into_iter().rev();
                    if let Some(newest) = parts.next() {
                        self.ear.insert(&SoundPacket { sequence, timestamp, payload: newest.data }, now);
                    }
                    for copy in parts {
                        let before = timestamp.wrapping_sub(u32::from(copy.timestamp_offset));
                        self.ear.insert_copy(before, copy.data);
                    }
                }
                Err(_) => self.malformed += 1,
            },
            Meaning::Picture(_) | Meaning::Unknown => self.malformed += 1,
        }
    }

    /// The next 10 ms.
    pub(super) fn pull(&mut self, block: &mut Block, now: Instant) {
        self.ear.pull(block, now);
    }
}
