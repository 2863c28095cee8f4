//! Asks for lost packets of the picture (NACK, RFC 4585), and takes repairs out of their RTX wrapping (RFC 4588) before
//! anybody counts what is missing.

use std::collections::HashMap;
use std::time::Instant;

use bytes::Buf;
use rtc::interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers};
use rtc::sansio::Protocol;
use rtc::shared::TransportContext;
use rtc::shared::TransportMessage;
use rtc::shared::error::Error;

use super::passing::Passing;
use super::shared::Shared;
use crate::repair::{Arrival, Missing};

/// The most remote streams followed: a call has two or three.
const STREAMS: usize = 16;
const NACK: &str = "nack";

struct Stream {
    payload_type: u8,
    repair: Option<(u32, u8)>,
    missing: Missing,
}

/// See the module. It stands where the crate's generator would.
pub(super) struct Asking {
    shared: Shared,
    passing: Passing,
    streams: HashMap<u32, Stream>,
    /// Where packets come from, and so where questions go.
    transport: Option<TransportContext>,
    sender: u32,
}

impl Asking {
    pub(super) fn new(shared: Shared, sender: u32) -> Self {
        Self { shared, passing: Passing::default(), streams: HashMap::new(), transport: None, sender }
    }

    /// A repair becomes the packet that was lost: its own stream, type and number, which lead its payload.
    fn unwrap_repair(&self, packet: &mut rtc::rtp::Packet) -> bool {
        let wrapped =
            |(_, stream): &(&u32, &Stream)| stream.repair == Some((packet.header.ssrc, packet.header.payload_type));
        let Some((ssrc, payload_type)) = self.streams.iter().find(wrapped).map(|(ssrc, s)| (*ssrc, s.payload_type))
        else {
            return false;
        };
        if packet.payload.len() < 2 {
            return false;
        }
        packet.header.sequence_number = packet.payload.get_u16();
        packet.header.ssrc = ssrc;
        packet.header.payload_type = payload_type;
        true
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Asking {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut msg: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &mut msg.message.packet {
            let repair = self.unwrap_repair(packet);
            if let Some(stream) = self.streams.get_mut(&packet.header.ssrc) {
                self.transport = Some(msg.transport);
                match stream.missing.arrived(packet.header.sequence_number, msg.now) {
                    Arrival::New { gap } => self.shared.missing(gap),
                    Arrival::Filled if repair => self.shared.repaired(),
                    Arrival::Filled | Arrival::Old => {}
                }
            }
        }
        self.passing.inbound.push_back(msg);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.passing.inbound.pop_front()
    }

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        self.passing.outbound.push_back(msg);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.passing.outbound.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        let Some(transport) = self.transport else {
            return Ok(());
        };
        let round_trip = self.shared.round_trip_now();
        for (ssrc, stream) in &mut self.streams {
            let due = stream.missing.due(round_trip, now);
            if due.is_empty() {
                continue;
            }
            self.shared.asked(due.len() as u64);
            let nack = TransportLayerNack {
                sender_ssrc: self.sender,
                media_ssrc: *ssrc,
                nacks: nack_pairs_from_sequence_numbers(&due),
            };
            let message = Packet::Rtcp(vec![Box::new(nack)]).into();
            self.passing.outbound.push_back(TransportMessage { now, transport, message });
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        let round_trip = self.shared.round_trip_now();
        self.streams.values().filter_map(|stream| stream.missing.deadline(round_trip)).min()
    }
}

impl Interceptor for Asking {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        let answers = info.rtcp_feedback.iter().any(|feedback| feedback.typ == NACK && feedback.parameter.is_empty());
        if answers && self.streams.len() < STREAMS {
            let repair = info.ssrc_rtx.zip(info.payload_type_rtx);
            let stream = Stream { payload_type: info.payload_type, repair, missing: Missing::default() };
            self.streams.entry(info.ssrc).or_insert(stream);
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
    }
}

/// Whether a packet is one sent again.
pub(super) fn is_repair(msg: &TaggedPacket) -> bool {
    msg.message.has(&Attribute::Retransmission)
}
