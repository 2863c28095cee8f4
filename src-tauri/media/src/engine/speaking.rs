//! This side's sound: 10 ms blocks in, packets out, with copies of earlier ones where the network loses some.

use std::time::Instant;

use bytes::Bytes;

use crate::sound::{self, BLOCK, Block, Pushed, Redundancy, SoundError, Voice};

/// A packet to send.
pub(super) struct Spoken {
    pub(super) payload_type: u8,
    pub(super) timestamp: u32,
    pub(super) payload: Bytes,
}

/// See the module.
pub(super) struct Speaking {
    voice: Voice,
    redundancy: Redundancy,
    /// RTP time of the next block.
    clock: u32,
    pub(super) packets: u64,
    pub(super) copies: u64,
    /// The loss last reported, from 0 to 1.
    pub(super) loss: f32,
}

impl Speaking {
    pub(super) fn new() -> Result<Self, SoundError> {
        let (voice, redundancy) = (Voice::new()?, Redundancy::default());
        Ok(Self { voice, redundancy, clock: rand::random(), packets: 0, copies: 0, loss: 0.0 })
    }

    /// The next 10 ms; every second block makes a packet of the types agreed on: plain, and redundant where there is one.
    pub(super) fn block(&mut self, block: &Block, types: (u8, Option<u8>)) -> Result<Option<Spoken>, SoundError> {
        self.clock = self.clock.wrapping_add(BLOCK as u32);
        let payload = match self.voice.push(block)? {
            Pushed::Half | Pushed::Quiet => return Ok(None),
            Pushed::Packet(payload) => payload,
        };
        let timestamp = self.clock.wrapping_sub(2 * BLOCK as u32);
        let previous = self.redundancy.accompany(timestamp, &payload);
        self.packets += 1;
        let (plain, redundant) = types;
        Ok(Some(match redundant {
            Some(payload_type) if !previous.is_empty() => {
                self.copies += previous.len() as u64;
                let payload = sound::pack(plain, timestamp, &payload, &previous);
                Spoken { payload_type, timestamp, payload }
            }
            Some(_) | None => Spoken { payload_type: plain, timestamp, payload },
        }))
    }

    /// Blocks were left out, because this machine was too busy: the clock runs on, as the other side's does.
    pub(super) fn left_out(&mut self, blocks: u32) {
        self.clock = self.clock.wrapping_add(blocks.wrapping_mul(BLOCK as u32));
    }

    /// What the other side says is lost, from 0 to 1.
    pub(super) fn lost(&mut self, fraction: f32, now: Instant) {
        self.loss = fraction;
        self.redundancy.report(fraction, now);
        self.voice.expect_loss(fraction);
    }
}
