//! The packets' chain alone, as it is in every connection, with packets of a peer that has the keys: what is not about
//! encryption is tried here, hundreds of times as often as through a whole connection.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use rtc::interceptor::{Interceptor, Packet, RTCPFeedback, RTPHeaderExtension, StreamInfo, TaggedPacket};
use rtc::shared::TransportContext;
use rtc::shared::marshal::{Marshal, Unmarshal};
use rtc::{rtcp, rtp};
use tokio::sync::mpsc;

use super::super::build::SetUp;
use super::super::listening::Said;
use super::super::shared::{Digest, Shared};
use super::super::{Options, Reach};
use super::script::Script;
use super::senses::Senses;
use super::side::{PICTURE, SOUND};

const NUMBERS: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
/// The streams of the other side, as `offer.sdp` has them.
const THEIR_SOUND: u32 = 1001;
const THEIR_PICTURE: u32 = 1002;
const THEIR_REPAIRS: u32 = 1003;
/// The most deadlines handled in one stretch of time.
const TICKS: usize = 100;

/// Packets of media: each step is one, or some of this side's, or time.
pub fn rtp(input: &[u8]) {
    run(input, |mut bytes| rtp::Packet::unmarshal(&mut bytes).ok().map(Packet::Rtp));
}

/// Reports: each step is a compound, or some packets of this side's, or time.
pub fn rtcp(input: &[u8]) {
    run(input, |mut bytes| rtcp::packet::unmarshal(&mut bytes).ok().map(Packet::Rtcp));
}

fn run(input: &[u8], read: impl Fn(BytesMut) -> Option<Packet>) {
    let mut tried = Tried::new();
    for step in Script::new(input) {
        match step.code % 4 {
            0 | 1 => {
                if let Some(packet) = read(BytesMut::from(step.bytes)) {
                    tried.arrives(packet);
                }
            }
            2 => tried.send(usize::from(step.code >> 2), step.bytes),
            _ => tried.pass(step.time()),
        }
    }
    tried.pass(Duration::from_secs(8));
}

struct Tried<C> {
    chain: C,
    shared: Shared,
    now: Instant,
    sequence: u16,
    senses: Senses,
    said: mpsc::Receiver<Said>,
    digests: mpsc::Receiver<Digest>,
}

impl Tried<()> {
    fn new() -> Tried<impl Interceptor> {
        let shared = Shared::new(500_000);
        let (said, heard) = mpsc::channel(64);
        let (digests, digested) = mpsc::channel(64);
        let options = Options { reach: Reach::Network, start_bits: 500_000 };
        let set_up = SetUp::new(options, &shared, PICTURE, said, digests);
        let mut chain = set_up.unwrap_or_else(|error| unreachable!("the set-up: {error}")).chain.build();
        chain.bind_local_stream(&stream(SOUND, None));
        chain.bind_local_stream(&stream(PICTURE, Some(PICTURE + 1)));
        chain.bind_remote_stream(&stream(THEIR_SOUND, None));
        chain.bind_remote_stream(&stream(THEIR_PICTURE, Some(THEIR_REPAIRS)));
        let senses = Senses::default();
        Tried { chain, shared, now: Instant::now(), sequence: 0, senses, said: heard, digests: digested }
    }
}

impl<C: Interceptor> Tried<C> {
    fn arrives(&mut self, packet: Packet) {
        let tagged = TaggedPacket { now: self.now, transport: TransportContext::default(), message: packet.into() };
        let _refused = self.chain.handle_read(tagged);
        self.drain();
    }

    /// Packets of this side's, for there to be something to report on.
    fn send(&mut self, packets: usize, payload: &[u8]) {
        for _ in 0..=packets {
            let header = rtp::Header {
                version: 2,
                payload_type: 96,
                sequence_number: self.sequence,
                timestamp: u32::from(self.sequence) * 3000,
                ssrc: PICTURE,
                ..rtp::Header::default()
            };
            self.sequence = self.sequence.wrapping_add(1);
            let payload = Bytes::copy_from_slice(payload.get(..1000).unwrap_or(payload));
            let message = Packet::Rtp(rtp::Packet { header, payload }).into();
            let transport = TransportContext::default();
            let _refused = self.chain.handle_write(TaggedPacket { now: self.now, transport, message });
        }
        self.drain();
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        for _ in 0..TICKS {
            let Some(deadline) = self.chain.poll_timeout().filter(|deadline| *deadline <= end) else {
                break;
            };
            self.now = deadline.max(self.now + Duration::from_millis(1));
            let done = self.chain.handle_timeout(self.now);
            assert!(done.is_ok(), "time cannot pass any more: {done:?}");
            self.drain();
        }
        self.now = self.now.max(end);
        self.senses.pass(self.now);
    }

    fn drain(&mut self) {
        while let Some(out) = self.chain.poll_write() {
            match out.message.packet {
                Packet::Rtp(packet) => drop(packet.marshal()),
                Packet::Rtcp(packets) => drop(rtcp::packet::marshal(&packets)),
                _ => {}
            }
        }
        while let Some(read) = self.chain.poll_read() {
            if let Packet::Rtp(packet) = read.message.packet {
                self.senses.packet(packet, self.now);
            }
        }
        while self.said.try_recv().is_ok() {}
        while let Ok(digest) = self.digests.try_recv() {
            assert!(digest.estimate > 0, "a path that carries nothing would never be tried again");
        }
        let _counted = self.shared.traffic();
    }
}

fn stream(ssrc: u32, repairs: Option<u32>) -> StreamInfo {
    let sound = repairs.is_none();
    let nack = RTCPFeedback { typ: "nack".to_owned(), parameter: String::new() };
    StreamInfo {
        ssrc,
        ssrc_rtx: repairs,
        payload_type: if sound { 111 } else { 96 },
        payload_type_rtx: repairs.map(|_| 97),
        rtp_header_extensions: vec![RTPHeaderExtension { uri: NUMBERS.to_owned(), id: 3 }],
        mime_type: if sound { "audio/opus" } else { "video/VP8" }.to_owned(),
        clock_rate: if sound { 48_000 } else { 90_000 },
        rtcp_feedback: if sound { Vec::new() } else { vec![nack] },
        ..StreamInfo::default()
    }
}
