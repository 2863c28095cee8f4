//! What the engine does with packets: its sound, its pictures, and a contact's look at them.

use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::rtp;

use super::script::Script;
use crate::picture::eye::Eye;
use crate::sound::{BLOCK, Ear, SoundPacket};
use crate::video::{Assembler, Codec, Packet};

/// No frame is larger: what an [`Assembler`] promises.
const FRAME_BYTES: usize = 3 << 20;

/// Packets of sound: each step is a packet, plain or redundant, some time after the one before.
pub fn sound(input: &[u8]) {
    let Some(mut ear) = Hearing::new() else {
        return;
    };
    let (mut now, mut sequence, mut timestamp) = (Instant::now(), 0_u16, 0_u32);
    for step in Script::new(input) {
        sequence = sequence.wrapping_add(leap(step.code));
        timestamp = timestamp.wrapping_add([960, 0, 480, 1 << 20][usize::from(step.code >> 3 & 3)]);
        now += Duration::from_millis([20, 0, 60, 3000][usize::from(step.code >> 5 & 3)]);
        ear.packet(sequence, timestamp, Bytes::copy_from_slice(step.bytes), step.code & 0x80 != 0, now);
        ear.pull(now);
    }
    for _ in 0..20 {
        now += Duration::from_millis(10);
        ear.pull(now);
    }
}

/// Packets of pictures, by the first byte VP8 or H.264: each step is a packet, some time after the one before.
pub fn picture(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else {
        return;
    };
    let codec = if first & 1 == 0 { Codec::Vp8 } else { Codec::H264 };
    let mut seeing = Seeing::new(codec);
    let (mut now, mut sequence, mut timestamp) = (Instant::now(), 0_u16, 0_u32);
    for step in Script::new(rest) {
        sequence = sequence.wrapping_add(leap(step.code));
        timestamp = timestamp.wrapping_add([0, 3000, 0, 1 << 24][usize::from(step.code >> 4 & 3)]);
        now += Duration::from_millis([1, 33, 260, 1200][usize::from(step.code >> 6)]);
        let marker = step.code & 8 != 0;
        let payload = Bytes::copy_from_slice(step.bytes);
        seeing.packet(Packet { sequence, timestamp, marker, payload }, now);
    }
    seeing.pop(now + Duration::from_secs(2));
}

fn leap(code: u8) -> u16 {
    [1, 1, 1, 0, 2, u16::MAX, 300, 1 << 15][usize::from(code & 7)]
}

struct Hearing(Ear);

impl Hearing {
    fn new() -> Option<Self> {
        Ear::new().ok().map(Self)
    }

    fn packet(&mut self, sequence: u16, timestamp: u32, payload: Bytes, redundant: bool, now: Instant) {
        let packet = SoundPacket { sequence, timestamp, payload };
        if redundant {
            // Hostile bytes: most of them are no packet.
            let _malformed = self.0.insert_redundant(&packet, now);
        } else {
            self.0.insert(&packet, now);
        }
    }

    fn pull(&mut self, now: Instant) {
        let mut block = [0.0; BLOCK];
        self.0.pull(&mut block, now);
        assert!(block.iter().all(|sample| sample.is_finite()), "silence at worst, and never noise without end");
    }
}

struct Seeing {
    assembler: Assembler,
    eye: Eye,
    codec: Codec,
}

impl Seeing {
    fn new(codec: Codec) -> Self {
        Self { assembler: Assembler::new(codec), eye: Eye::new(codec), codec }
    }

    fn packet(&mut self, packet: Packet, now: Instant) {
        self.assembler.push(packet, now);
        self.pop(now);
    }

    fn pop(&mut self, now: Instant) {
        while let Some(frame) = self.assembler.pop(now) {
            assert!(frame.codec == self.codec && frame.data.len() <= FRAME_BYTES, "{frame:?}");
            let _size = frame.size();
            // That of H.264 may panic, in a thread of its own; here a panic anywhere ends the run.
            if frame.key && self.codec == Codec::Vp8 {
                let _seen = self.eye.see(&frame.data);
            }
        }
        let _asked = self.assembler.wants_key(now);
    }
}

/// All of them, for packets of any kind.
#[derive(Default)]
pub(super) struct Senses {
    hearing: Option<Hearing>,
    pictures: Vec<(u8, Seeing)>,
}

impl Senses {
    /// By the payload types of this side's own descriptions.
    pub(super) fn packet(&mut self, packet: rtp::Packet, now: Instant) {
        let rtp::Header { payload_type, sequence_number: sequence, timestamp, marker, .. } = packet.header;
        match payload_type {
            111 | 63 => {
                if self.hearing.is_none() {
                    self.hearing = Hearing::new();
                }
                if let Some(hearing) = &mut self.hearing {
                    hearing.packet(sequence, timestamp, packet.payload, payload_type == 63, now);
                    hearing.pull(now);
                }
            }
            96 | 102 => {
                let codec = if payload_type == 96 { Codec::Vp8 } else { Codec::H264 };
                let place = self.pictures.iter().position(|(known, _)| *known == payload_type);
                let place = place.unwrap_or_else(|| {
                    self.pictures.push((payload_type, Seeing::new(codec)));
                    self.pictures.len() - 1
                });
                if let Some((_, seeing)) = self.pictures.get_mut(place) {
                    seeing.packet(Packet { sequence, timestamp, marker, payload: packet.payload }, now);
                }
            }
            _ => {}
        }
    }

    pub(super) fn pass(&mut self, now: Instant) {
        if let Some(hearing) = &mut self.hearing {
            hearing.pull(now);
        }
        for (_, seeing) in &mut self.pictures {
            seeing.pop(now);
        }
    }
}
