//! How a connection is set up. Each setting was found by measuring against Chromium; the reasons stand beside them.

use std::sync::Arc;
use std::time::Duration;

use rtc::data_channel::RTCDataChannelInit;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{NackResponderBuilder, Slot, TwccReceiverBuilder};
use rtc::peer_connection::configuration::interceptor_registry::{
    configure_rtcp_reports, configure_simulcast_extension_headers,
};
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_H264, MIME_TYPE_OPUS, MIME_TYPE_VP8, MediaEngine};
use rtc::peer_connection::configuration::setting_engine::{SctpMaxMessageSize, SettingEngine};
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use rtc::sdp::extmap::TRANSPORT_CC_URI;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, RTCConfigurationBuilder, Registry, SettingEngineBuilder,
};
use webrtc::runtime::default_runtime;

use super::asking::Asking;
use super::estimate::Listened;
use super::gate::Gated;
use super::handler::{self, Handler, Remote};
use super::interfaces::Interfaces;
use super::listening::{Listening, Said};
use super::numbered::Numbered;
use super::pacing::Pacing;
use super::shared::{Digest, Shared};
use super::{Incoming, Media, Options, StackError, StackEvent, TrackNumber};

/// Redundant sound (RFC 2198), which browsers know by this name.
pub(super) const MIME_TYPE_RED: &str = "audio/red";
const MIME_TYPE_RTX: &str = "video/rtx";

/// The other side counts as interrupted, and as lost, after so much silence; checks go out this often. (The defaults notice
/// a dead peer after 30 s.) Three checks may be lost in a row before anybody is worried.
const INTERRUPTED: Duration = Duration::from_millis(1500);
const LOST: Duration = Duration::from_secs(5);
const CHECKS: Duration = Duration::from_millis(300);

/// Reports waiting for the engine.
const REPORTS_WAITING: usize = 64;
/// The data channel's send buffer: relayed signals are small, and few.
const CHANNEL_BYTES: usize = 1 << 20;

/// Our own link in the chain that is nearest to the application.
const LISTENING: Slot = Slot::Custom(14_000);

pub(super) struct Queues {
    pub(super) control: mpsc::Sender<StackEvent>,
    pub(super) packets: mpsc::Sender<(TrackNumber, Incoming)>,
}

/// How every connection is set up, whoever drives it.
pub(super) struct SetUp {
    pub(super) media: MediaEngine,
    pub(super) settings: SettingEngine,
    pub(super) chain: Registry,
}

impl SetUp {
    /// With `reporter` the other side is asked for what is missing.
    pub(super) fn new(
        options: Options,
        shared: &Shared,
        reporter: u32,
        said: mpsc::Sender<Said>,
        digests: mpsc::Sender<Digest>,
    ) -> Result<Self, StackError> {
        let mut media = MediaEngine::default();
        codecs(&mut media)
            .and_then(|()| transport_wide(&mut media))
            .and_then(|()| configure_simulcast_extension_headers(&mut media))
            .map_err(StackError::new("a codec or a header of packets is refused"))?;
        let estimator = Listened::new(options.start_bits, shared.clone(), digests);
        let chain = configure_rtcp_reports(Registry::new())
            .with(Slot::CongestionControl, Numbered::history(estimator))
            .with(Slot::TwccSender, Numbered::numbers())
            .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
            .with(Slot::Pacer, Pacing::new(shared.clone(), super::now()))
            .with(Slot::NackResponder, NackResponderBuilder::new().build())
            .with(Slot::NackGenerator, Asking::new(shared.clone(), reporter))
            .with(LISTENING, Listening::new(shared.clone(), said));
        let settings = SettingEngineBuilder::new()
            .with_ice_timeouts(Some(INTERRUPTED), Some(LOST), Some(CHECKS))
            // Else a browser refuses the answer to a later offer of its own: the crate always answers "active".
            .with_answering_dtls_role(RTCDtlsRole::Server)
            // On a LAN nothing better will come: the first pair that works is taken.
            .with_host_acceptance_min_wait(Some(Duration::ZERO))
            .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
            // It joins a group on whatever the default route leads to, and fails for good on a network without one.
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            // A relayed frame may be larger than the 64 KiB of the default.
            .with_sctp_max_message_size(SctpMaxMessageSize::Unbounded)
            .with_include_loopback_candidate(options.reach == super::Reach::ThisMachine)
            // A restart opens the sockets anew, on the addresses of then: a call follows this machine to another network.
            .with_discard_local_candidates_during_ice_restart(true)
            .build();
        Ok(Self { media, settings, chain })
    }
}

pub(super) async fn connection(
    options: Options,
    shared: &Shared,
    remote: &Remote,
    own: [(u32, Media); 2],
    queues: Queues,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Result<Arc<dyn PeerConnection>, StackError> {
    let (said, said_received) = mpsc::channel(REPORTS_WAITING);
    let (digests, digests_received) = mpsc::channel(REPORTS_WAITING);
    let [_, (reporter, _)] = own;
    let SetUp { media, settings, chain } = SetUp::new(options, shared, reporter, said, digests)?;
    let handler = Handler { control: queues.control.clone(), packets: queues.packets, remote: remote.clone() };
    let (alive, ended) = oneshot::channel();
    let heard = handler::Heard { said: said_received, digests: digests_received, ended };
    tasks.push(tokio::spawn(handler::reports(heard, own, remote.clone(), queues.control)));
    let runtime = default_runtime().ok_or(StackError::because("no connection can be made", "there is no runtime"))?;
    let connection = PeerConnectionBuilder::new()
        .with_runtime(Arc::new(Gated::new(runtime)))
        .with_configuration(RTCConfigurationBuilder::new().build())
        .with_media_engine(media)
        .with_setting_engine(settings)
        .with_interceptor_registry(chain)
        .with_handler(Arc::new(handler))
        .with_udp_addrs(vec![Interfaces { reach: options.reach, _alive: alive }])
        .with_data_channel_send_buffer_limit(CHANNEL_BYTES)
        .build()
        .await
        .map_err(StackError::new("no connection can be made"))?;
    Ok(Arc::new(connection))
}

/// What the data channel is: agreed on beforehand, so that it needs no round trip.
pub(super) fn channel_init() -> (&'static str, RTCDataChannelInit) {
    ("dogeller", RTCDataChannelInit { ordered: true, negotiated: Some(0), ..RTCDataChannelInit::default() })
}

/// The channel every page of ours opens too.
pub(super) async fn channel(connection: &Arc<dyn PeerConnection>) -> Result<Arc<dyn DataChannel>, StackError> {
    let (label, init) = channel_init();
    connection.create_data_channel(label, Some(init)).await.map_err(StackError::new("no data channel can be made"))
}

/// What this side speaks: few codecs, and so short descriptions. VP8 leads, since every browser has it and needs no
/// hardware for it.
fn codecs(media: &mut MediaEngine) -> Result<(), webrtc::error::Error> {
    let audio = [(MIME_TYPE_OPUS, 111), (MIME_TYPE_RED, 63)];
    for (mime, payload_type) in audio {
        media.register_codec(RTCRtpCodecParameters { rtp_codec: codec(mime), payload_type }, RtpCodecKind::Audio)?;
    }
    for (mime, payload_type) in [(MIME_TYPE_VP8, 96), (MIME_TYPE_H264, 102)] {
        media.register_codec(RTCRtpCodecParameters { rtp_codec: codec(mime), payload_type }, RtpCodecKind::Video)?;
        let rtx = RTCRtpCodec {
            mime_type: MIME_TYPE_RTX.to_owned(),
            clock_rate: 90_000,
            sdp_fmtp_line: format!("apt={payload_type}"),
            ..RTCRtpCodec::default()
        };
        let rtx = RTCRtpCodecParameters { rtp_codec: rtx, payload_type: payload_type + 1 };
        media.register_codec(rtx, RtpCodecKind::Video)?;
    }
    for parameter in ["", "pli"] {
        let nack = RTCPFeedback { typ: "nack".to_owned(), parameter: parameter.to_owned() };
        media.register_feedback(nack, RtpCodecKind::Video);
    }
    for (typ, parameter) in [("goog-remb", ""), ("ccm", "fir")] {
        let feedback = RTCPFeedback { typ: typ.to_owned(), parameter: parameter.to_owned() };
        media.register_feedback(feedback, RtpCodecKind::Video);
    }
    Ok(())
}

/// Every packet has a number, and the other side reports on each.
fn transport_wide(media: &mut MediaEngine) -> Result<(), webrtc::error::Error> {
    for kind in [RtpCodecKind::Video, RtpCodecKind::Audio] {
        let feedback = RTCPFeedback { typ: "transport-cc".to_owned(), parameter: String::new() };
        media.register_feedback(feedback, kind);
        let number = RTCRtpHeaderExtensionCapability { uri: TRANSPORT_CC_URI.to_owned() };
        media.register_header_extension(number, kind, None)?;
    }
    Ok(())
}

pub(super) fn codec(mime: &str) -> RTCRtpCodec {
    let (clock_rate, channels, format) = match mime {
        MIME_TYPE_OPUS => (48_000, 2, "minptime=10;useinbandfec=1"),
        // Two blocks of Opus; more may come all the same.
        MIME_TYPE_RED => (48_000, 2, "111/111"),
        MIME_TYPE_H264 => (90_000, 0, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
        _ => (90_000, 0, ""),
    };
    RTCRtpCodec {
        mime_type: mime.to_owned(),
        clock_rate,
        channels,
        sdp_fmtp_line: format.to_owned(),
        ..RTCRtpCodec::default()
    }
}
