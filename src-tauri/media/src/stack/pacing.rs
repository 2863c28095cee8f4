//! Where packets leave at the pace the engine set: our pacer in the crate's place.
//!
//! The crate's own has no age limit and lets sound wait behind picture and repairs: on a narrow link a call gets no frame
//! through for 9 s (measured). It stands in the same slot, so what is numbered and remembered after it has really left.

use std::collections::HashMap;
use std::time::Instant;

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::Media;
use super::asking::is_repair;
use super::passing::Passing;
use super::shared::Shared;
use crate::pace::{Kind, Pacer};

/// See the module.
pub(super) struct Pacing {
    shared: Shared,
    pacer: Pacer<TaggedPacket>,
    streams: HashMap<u32, Media>,
    passing: Passing,
}

impl Pacing {
    pub(super) fn new(shared: Shared, now: Instant) -> Self {
        Self { shared, pacer: Pacer::new(now), streams: HashMap::new(), passing: Passing::default() }
    }

    fn kind(&self, msg: &TaggedPacket, header: &rtc::rtp::Header, payload: &[u8]) -> Kind {
        if is_repair(msg) {
            // By RTX the number of what was lost leads the payload (RFC 4588).
            let known = self.streams.contains_key(&header.ssrc);
            let sequence = match payload {
                [high, low, ..] if !known => u16::from_be_bytes([*high, *low]),
                _ => header.sequence_number,
            };
            return Kind::Repair { ssrc: header.ssrc, sequence };
        }
        match self.streams.get(&header.ssrc) {
            Some(Media::Sound) => Kind::Sound,
            Some(Media::Picture) | None => Kind::Picture,
        }
    }

    /// Lets go what may leave now.
    fn release(&mut self, now: Instant) {
        self.pacer.set_rate(self.shared.pacing_bits());
        while let Some(mut packet) = self.pacer.pop(now) {
            // It departs now: what comes after must not take our own queue for the network's.
            packet.now = now;
            if is_repair(&packet) {
                self.shared.sent_again();
            }
            self.passing.outbound.push_back(packet);
        }
        if self.pacer.lost_frame() {
            self.shared.lost_a_frame();
        }
        self.shared.waiting(self.pacer.queued(), self.pacer.picture_queued());
        self.shared.left(self.pacer.counts());
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Pacing {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        self.passing.inbound.push_back(msg);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.passing.inbound.pop_front()
    }

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        let Packet::Rtp(packet) = &msg.message.packet else {
            // Reports are of use only while they are fresh, and small.
            self.passing.outbound.push_back(msg);
            return Ok(());
        };
        let kind = self.kind(&msg, &packet.header, &packet.payload);
        let (bytes, frame, now) = (packet.marshal_size(), packet.header.timestamp, msg.now);
        self.pacer.set_rate(self.shared.pacing_bits());
        self.pacer.push(kind, bytes, frame, msg, now);
        self.release(now);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.passing.outbound.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.release(now);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.pacer.deadline()
    }
}

impl Interceptor for Pacing {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        let sound = info.mime_type.to_ascii_lowercase().starts_with("audio/");
        self.streams.insert(info.ssrc, if sound { Media::Sound } else { Media::Picture });
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
    }

    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}
