//! This side of a connection, as [`super::super::Stack`] makes it, with time and network of the caller's.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use bytes::BytesMut;
use dogeller_core::text::{CandidateLine, Sdp};
use rtc::crypto;
use rtc::dtls::crypto::Certificate;
use rtc::peer_connection::certificate::RTCCertificate;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::event::RTCPeerConnectionEvent;
use rtc::peer_connection::message::RTCMessage;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::RTCIceCandidateInit;
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use tokio::sync::mpsc;

use super::super::build::{self, SetUp};
use super::super::listening::Said;
use super::super::shared::{Digest, Shared};
use super::super::{Options, Reach, lines};
use super::senses::Senses;

/// Where this side is.
pub(super) const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 40_000);

/// The SSRCs of the two tracks.
pub(super) const SOUND: u32 = 0x5001;
pub(super) const PICTURE: u32 = 0x5002;

/// The driver handles a deadline that has passed at most once a millisecond.
const TICK: Duration = Duration::from_millis(1);
/// The most deadlines handled in one stretch of time.
const TICKS: usize = 400;

/// Who makes the first offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Offers,
    Answers,
}

/// See the module.
pub(super) struct Side {
    connection: RTCPeerConnection,
    pub(super) now: Instant,
    pub(super) out: Vec<TaggedBytesMut>,
    /// It would be made anew now.
    ended: bool,
    pub(super) up: bool,
    senses: Senses,
    said: mpsc::Receiver<Said>,
    digests: mpsc::Receiver<Digest>,
}

/// Made once: a new one for each input would be most of the work.
pub(super) fn certificate() -> Certificate {
    static ONE: OnceLock<Certificate> = OnceLock::new();
    let make = || {
        let provider = crypto::default_provider().unwrap_or_else(|_| unreachable!("ring is built in"));
        Certificate::generate_self_signed(vec!["fuzz".to_owned()], provider.crypto())
            .unwrap_or_else(|_| unreachable!("a certificate can be made"))
    };
    ONE.get_or_init(make).clone()
}

impl Side {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let shared = Shared::new(500_000);
        let (said, heard) = mpsc::channel(64);
        let (digests, digested) = mpsc::channel(64);
        let options = Options { reach: Reach::Network, start_bits: 500_000 };
        let set_up = SetUp::new(options, &shared, PICTURE, said, digests);
        let SetUp { media, settings, chain } = set_up.unwrap_or_else(|error| unreachable!("the set-up: {error}"));
        let later = SystemTime::now() + Duration::from_secs(86_400 * 300);
        let own = RTCCertificate::from_existing(certificate(), later);
        let made = RTCPeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().with_certificates(vec![own]).build())
            .with_media_engine(media)
            .with_setting_engine(settings)
            .with_interceptor_registry(chain)
            .build(now);
        let mut connection = made.unwrap_or_else(|error| unreachable!("a connection: {error}"));
        let tracks = [(RtpCodecKind::Audio, SOUND), (RtpCodecKind::Video, PICTURE)];
        for (kind, ssrc) in tracks {
            let _added = connection.add_track(lines::described(kind, ssrc));
        }
        let (label, init) = build::channel_init();
        let _opened = connection.create_data_channel(label, Some(init)).map(|_| ());
        let senses = Senses::default();
        Self { connection, now, out: Vec::new(), ended: false, up: false, senses, said: heard, digests: digested }
    }

    /// As [`super::super::Stack::offer`].
    pub(super) fn offer(&mut self, restart: bool) {
        if restart {
            self.connection.restart_ice();
        }
        if let Ok(offer) = self.connection.create_offer(None) {
            let _refused = self.connection.set_local_description(self.now, offer);
            self.gather();
        }
        self.drain();
    }

    /// As [`super::super::Stack::answer`].
    pub(super) fn answer(&mut self, offer: &Sdp) {
        let Ok(offer) = super::super::offered(offer) else {
            return;
        };
        if self.connection.set_remote_description(self.now, offer).is_ok()
            && let Ok(answer) = self.connection.create_answer(None)
        {
            let _refused = self.connection.set_local_description(self.now, answer);
            self.gather();
        }
        self.drain();
    }

    /// As [`super::super::Stack::take_answer`].
    pub(super) fn take_answer(&mut self, answer: &Sdp) {
        if let Ok(answer) = super::super::answered(answer) {
            let _refused = self.connection.set_remote_description(self.now, answer);
        }
        self.drain();
    }

    /// As [`super::super::Stack::roll_back`].
    pub(super) fn roll_back(&mut self) {
        if let Ok(back) = RTCSessionDescription::rollback(None) {
            let _refused = self.connection.set_local_description(self.now, back);
        }
    }

    /// As [`super::super::Stack::add_candidate`].
    pub(super) fn add_candidate(&mut self, line: &CandidateLine) {
        let init = RTCIceCandidateInit {
            candidate: line.as_str().to_owned(),
            sdp_mline_index: Some(0),
            ..RTCIceCandidateInit::default()
        };
        let _refused = self.connection.add_remote_candidate(init);
        self.drain();
    }

    /// The text of this side's description.
    pub(super) fn description(&self) -> Option<String> {
        self.connection.local_description().map(|description| description.sdp)
    }

    fn gather(&mut self) {
        let candidate = format!("candidate:1 1 udp 2130706431 {} {} typ host", HERE.ip(), HERE.port());
        let init = RTCIceCandidateInit { candidate, ..RTCIceCandidateInit::default() };
        let _again = self.connection.add_local_candidate(init);
    }

    /// A datagram comes.
    pub(super) fn arrives(&mut self, from: SocketAddr, datagram: &[u8]) {
        let transport = TransportContext {
            local_addr: HERE,
            peer_addr: from,
            ecn: None,
            transport_protocol: TransportProtocol::UDP,
        };
        if self.ended {
            return;
        }
        let message = BytesMut::from(datagram);
        // The driver logs what is refused and goes on.
        let _refused = self.connection.handle_read(TaggedBytesMut { now: self.now, transport, message });
        self.drain();
    }

    /// Time passes, and every deadline in it is met.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        for _ in 0..TICKS {
            let due = self.connection.poll_timeout().filter(|deadline| *deadline <= end && !self.ended);
            let Some(deadline) = due else {
                break;
            };
            self.now = deadline.max(self.now + TICK).min(end.max(self.now + TICK));
            // The driver ends at an error here: the handshake took too long, say.
            self.ended |= self.connection.handle_timeout(self.now).is_err();
            self.drain();
        }
        self.now = self.now.max(end);
        self.senses.pass(self.now);
    }

    /// Takes whatever there is to take, as the driver does.
    fn drain(&mut self) {
        while let Some(datagram) = self.connection.poll_write() {
            self.out.push(datagram);
        }
        while let Some(event) = self.connection.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event {
                self.up |= state == RTCPeerConnectionState::Connected;
                self.ended |= state == RTCPeerConnectionState::Closed;
            }
        }
        while let Some(message) = self.connection.poll_read() {
            if let RTCMessage::RtpPacket(_, packet) = message.message {
                self.senses.packet(packet, self.now);
            }
        }
        while self.said.try_recv().is_ok() {}
        while self.digests.try_recv().is_ok() {}
    }
}
