//! The two tracks this side sends, and what was agreed on for them.
//!
//! Both are added before the first offer or answer, and nothing is written to them until both people said yes: so the path
//! is warm while it rings and no media leaves. (The crate's `replace_track` returns Ok and sends nothing.)

use std::sync::Arc;

use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_H264, MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::RtpSender;

use super::build::{MIME_TYPE_RED, codec};
use super::{Meaning, Media, StackError};
use crate::video::Codec;

/// One stream for both: browsers keep lips and words together only within one.
const STREAM: &str = "dogeller";

struct Line {
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<dyn RtpSender>,
    ssrc: u32,
    sequence: u16,
    agreed: Vec<(u8, Meaning)>,
}

/// See the module.
pub(super) struct Lines {
    sound: Line,
    picture: Line,
}

impl Lines {
    pub(super) async fn add(connection: &Arc<dyn PeerConnection>, own: [(u32, Media); 2]) -> Result<Self, StackError> {
        let [(sound, _), (picture, _)] = own;
        // Sound first, as the page's lines are.
        let sound = Line::add(connection, RtpCodecKind::Audio, sound).await?;
        let picture = Line::add(connection, RtpCodecKind::Video, picture).await?;
        Ok(Self { sound, picture })
    }

    pub(super) async fn refresh(&mut self) {
        self.sound.refresh().await;
        self.picture.refresh().await;
    }

    /// VP8 where both have it.
    pub(super) fn codec(&self) -> Option<Codec> {
        let has = |wanted| self.picture.agreed.iter().any(|(_, meaning)| *meaning == Meaning::Picture(wanted));
        [Codec::Vp8, Codec::H264].into_iter().find(|codec| has(*codec))
    }

    pub(super) fn picture_type(&self) -> Option<u8> {
        let codec = self.codec()?;
        self.picture.agreed.iter().find(|(_, meaning)| *meaning == Meaning::Picture(codec)).map(|(number, _)| *number)
    }

    pub(super) fn sound_types(&self) -> Option<(u8, Option<u8>)> {
        let find = |wanted| self.sound.agreed.iter().find(|(_, m)| *m == wanted).map(|(number, _)| *number);
        Some((find(Meaning::Sound)?, find(Meaning::RedundantSound)))
    }

    pub(super) fn meaning(&self, payload_type: u8) -> Meaning {
        let all = self.sound.agreed.iter().chain(&self.picture.agreed);
        all.into_iter().find(|(number, _)| *number == payload_type).map_or(Meaning::Unknown, |(_, meaning)| *meaning)
    }

    /// Who this side's reports are from.
    pub(super) fn sender(&self) -> u32 {
        self.picture.ssrc
    }

    pub(super) async fn send(
        &mut self,
        media: Media,
        payload_type: u8,
        timestamp: u32,
        marker: bool,
        payload: Bytes,
    ) -> Result<(), StackError> {
        let line = match media {
            Media::Sound => &mut self.sound,
            Media::Picture => &mut self.picture,
        };
        let header = rtp::Header {
            version: 2,
            marker,
            payload_type,
            sequence_number: line.sequence,
            timestamp,
            ssrc: line.ssrc,
            ..rtp::Header::default()
        };
        line.sequence = line.sequence.wrapping_add(1);
        let packet = rtp::Packet { header, payload };
        line.track.write_rtp(packet).await.map_err(StackError::new("a packet cannot be sent"))
    }
}

impl Line {
    async fn add(connection: &Arc<dyn PeerConnection>, kind: RtpCodecKind, ssrc: u32) -> Result<Self, StackError> {
        let track = described(kind, ssrc);
        let track = Arc::new(TrackLocalStaticRTP::new(track));
        let sender = connection
            .add_track(track.clone() as Arc<dyn TrackLocal>)
            .await
            .map_err(StackError::new("a track cannot be added"))?;
        Ok(Self { track, sender, ssrc, sequence: rand::random(), agreed: Vec::new() })
    }

    async fn refresh(&mut self) {
        let Ok(parameters) = self.sender.get_parameters().await else {
            return;
        };
        let codecs = &parameters.rtp_parameters.codecs;
        self.agreed = codecs.iter().map(|codec| (codec.payload_type, meaning(&codec.rtp_codec))).collect();
    }
}

/// A track as the other side is told of it. The crate offers the codecs of a track's encodings and no others, whatever its
/// media engine knows, and keeps the first encoding alone.
pub(super) fn described(kind: RtpCodecKind, ssrc: u32) -> MediaStreamTrack {
    let (id, mimes) = match kind {
        RtpCodecKind::Audio => ("sound", [MIME_TYPE_OPUS, MIME_TYPE_RED]),
        RtpCodecKind::Video | RtpCodecKind::Unspecified | _ => ("picture", [MIME_TYPE_VP8, MIME_TYPE_H264]),
    };
    let encoding = |mime| RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: codec(mime),
        ..RTCRtpEncodingParameters::default()
    };
    MediaStreamTrack::new(STREAM.to_owned(), id.to_owned(), id.to_owned(), kind, mimes.map(encoding).to_vec())
}

fn meaning(codec: &RTCRtpCodec) -> Meaning {
    let is = |mime: &str| codec.mime_type.eq_ignore_ascii_case(mime);
    if is(MIME_TYPE_OPUS) {
        Meaning::Sound
    } else if is(MIME_TYPE_RED) {
        Meaning::RedundantSound
    } else if is(MIME_TYPE_VP8) {
        Meaning::Picture(Codec::Vp8)
    } else if is(MIME_TYPE_H264) {
        Meaning::Picture(Codec::H264)
    } else {
        Meaning::Unknown
    }
}
