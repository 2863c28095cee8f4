//! Streams as an encoder and a network make them.

mod promises;
mod random;
mod streams;

use super::*;
use std::time::Instant;

/// Frames of one stream and their packets.
struct Stream {
    codec: Codec,
    splitter: Splitter,
    sequence: u16,
    timestamp: u32,
    frames: Vec<Frame>,
}

impl Stream {
    fn new(codec: Codec) -> Self {
        // Both wrap soon.
        Self {
            codec,
            splitter: Splitter::new(codec),
            sequence: 65_500,
            timestamp: u32::MAX - 10_000,
            frames: Vec::new(),
        }
    }

    /// The packets of the next frame, which has about `bytes` bytes that no other frame has.
    fn next(&mut self, key: bool, bytes: usize) -> Vec<Packet> {
        let number = self.frames.len();
        self.timestamp = self.timestamp.wrapping_add(3000);
        let filling = (0..bytes).map(|at| 1 + ((at * 7 + number * 13) % 255) as u8);
        let data = match self.codec {
            Codec::Vp8 => {
                let tag = [if key { 0x10 } else { 0x11 }, number as u8, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1];
                tag.into_iter().chain(filling).collect::<Vec<_>>()
            }
            Codec::H264 => {
                let sets = [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e, number as u8 | 1, 0, 0, 0, 1, 0x68, 0xce, 0x38, 0x80];
                let unit = [0, 0, 0, 1, if key { 0x65 } else { 0x41 }, number as u8];
                sets.into_iter().take(if key { 17 } else { 0 }).chain(unit).chain(filling).chain([0x80]).collect()
            }
        };
        let frame = Frame { codec: self.codec, key, timestamp: self.timestamp, data: data.into() };
        let payloads = self.splitter.split(&frame);
        self.frames.push(frame);
        let last = payloads.len() - 1;
        payloads.into_iter().enumerate().map(|(at, payload)| self.packet(payload, at == last)).collect()
    }

    fn packet(&mut self, payload: Bytes, marker: bool) -> Packet {
        let packet = Packet { sequence: self.sequence, timestamp: self.timestamp, marker, payload };
        self.sequence = self.sequence.wrapping_add(1);
        packet
    }

    fn padding(&mut self) -> Packet {
        self.packet(Bytes::new(), false)
    }
}

/// An assembler and its clock.
struct Receiver {
    assembler: Assembler,
    now: Instant,
}

impl Receiver {
    fn new(codec: Codec) -> Self {
        Self { assembler: Assembler::new(codec), now: Instant::now() }
    }

    /// A stream of which the first key frame was received.
    fn begun(codec: Codec) -> (Stream, Self) {
        let (mut stream, mut receiver) = (Stream::new(codec), Self::new(codec));
        let packets = stream.next(true, 3000);
        assert_eq!(receiver.take(packets).len(), 1);
        assert!(!receiver.wants_key());
        (stream, receiver)
    }

    fn pass(&mut self, millis: u64) -> Vec<Frame> {
        self.now += Duration::from_millis(millis);
        self.drain()
    }

    fn drain(&mut self) -> Vec<Frame> {
        std::iter::from_fn(|| self.assembler.pop(self.now)).collect()
    }

    fn take(&mut self, packets: impl IntoIterator<Item = Packet>) -> Vec<Frame> {
        let mut frames = Vec::new();
        for packet in packets {
            self.assembler.push(packet, self.now);
            frames.extend(self.drain());
        }
        frames
    }

    fn wants_key(&mut self) -> bool {
        self.assembler.wants_key(self.now)
    }
}

const BOTH: [Codec; 2] = [Codec::Vp8, Codec::H264];
