//! Hears what the other side reports (RTCP), and tells the engine what it has to act on.

use std::time::Instant;

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp;
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use tokio::sync::mpsc;

use super::passing::Passing;
use super::shared::Shared;

/// The most packets of one compound, and questions of one packet, that are looked at; an honest one has a handful.
const LOOKED_AT: usize = 64;

/// What the other side said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// It needs a key frame (PLI, FIR).
    KeyWanted,
    /// It can take this much in all, in bits per second (REMB).
    Ceiling(u64),
    /// Of the stream with this SSRC such a fraction was lost lately (receiver report).
    Loss(u32, f32),
    /// Its stream's clock: RTP time and its wall clock (sender report).
    Clock {
        /// Of which stream.
        ssrc: u32,
        /// The wall clock, NTP 32.32.
        ntp: u64,
        /// The stream's time then.
        rtp: u32,
    },
}

/// See the module.
pub(super) struct Listening {
    shared: Shared,
    passing: Passing,
    said: mpsc::Sender<Said>,
}

impl Listening {
    pub(super) fn new(shared: Shared, said: mpsc::Sender<Said>) -> Self {
        Self { shared, passing: Passing::default(), said }
    }

    fn hear(&self, packet: &dyn rtcp::Packet) {
        let any = packet.as_any();
        if any.is::<PictureLossIndication>() || any.is::<FullIntraRequest>() {
            self.tell(Said::KeyWanted);
        } else if let Some(remb) = any.downcast_ref::<ReceiverEstimatedMaximumBitrate>() {
            if remb.bitrate.is_finite() && remb.bitrate > 0.0 {
                self.tell(Said::Ceiling(remb.bitrate as u64));
            }
        } else if let Some(report) = any.downcast_ref::<SenderReport>() {
            self.tell(Said::Clock { ssrc: report.ssrc, ntp: report.ntp_time, rtp: report.rtp_time });
            self.losses(&report.reports);
        } else if let Some(report) = any.downcast_ref::<ReceiverReport>() {
            self.losses(&report.reports);
        } else if let Some(nack) = any.downcast_ref::<TransportLayerNack>() {
            let lost: usize = nack.nacks.iter().take(LOOKED_AT).map(|pair| pair.packet_list().len()).sum();
            self.shared.asked_of_us(lost as u64);
        }
    }

    fn losses(&self, reports: &[ReceptionReport]) {
        for report in reports.iter().take(LOOKED_AT) {
            self.tell(Said::Loss(report.ssrc, f32::from(report.fraction_lost) / 256.0));
        }
    }

    fn tell(&self, said: Said) {
        // All of it is said again soon.
        let _full = self.said.try_send(said);
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Listening {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &msg.message.packet {
            for packet in packets.iter().take(LOOKED_AT) {
                self.hear(packet.as_ref());
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
}

impl Interceptor for Listening {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}
