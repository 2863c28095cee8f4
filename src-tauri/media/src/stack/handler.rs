//! What a connection tells: from the stack's callbacks, which run on its own task and must never wait, to bounded queues.

use std::sync::{Arc, Mutex, PoisonError};

use dogeller_core::text::CandidateLine;
use dogeller_core::wire::peer::Candidate;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tokio::sync::{mpsc, oneshot};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState,
};

use super::listening::Said;
use super::shared::Digest;
use super::{Incoming, Media, PathState, StackEvent, TrackNumber};

/// The most tracks of the other side; an honest call has a microphone, a camera and a screen.
const TRACKS: usize = 8;
/// The most bytes of a text on the data channel: a frame between nodes ([`dogeller_core::wire::MESSAGE_BYTES`]).
const TEXT_BYTES: usize = dogeller_core::wire::MESSAGE_BYTES;

/// The other side's tracks, by number.
#[derive(Clone, Default)]
pub(super) struct Remote(Arc<Mutex<Vec<RemoteTrack>>>);

/// A track and its stream's number (SSRC).
type RemoteTrack = (Arc<dyn TrackRemote>, u32);

impl Remote {
    /// The track with this number.
    pub(super) fn track(&self, number: TrackNumber) -> Option<RemoteTrack> {
        let tracks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tracks.get(number.0 as usize).cloned()
    }

    fn number_of(&self, ssrc: u32) -> Option<TrackNumber> {
        let tracks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tracks.iter().position(|(_, own)| *own == ssrc).map(|at| TrackNumber(at as u32))
    }

    fn add(&self, track: Arc<dyn TrackRemote>, ssrc: u32) -> Option<TrackNumber> {
        let mut tracks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tracks.len() >= TRACKS {
            return None;
        }
        tracks.push((track, ssrc));
        Some(TrackNumber(tracks.len() as u32 - 1))
    }
}

/// See the module.
pub(super) struct Handler {
    pub(super) control: mpsc::Sender<StackEvent>,
    pub(super) packets: mpsc::Sender<(TrackNumber, Incoming)>,
    pub(super) remote: Remote,
}

impl Handler {
    fn tell(&self, event: StackEvent) {
        tell(&self.control, event);
    }
}

/// Room that only changes of the path and the like may use: a flood of texts must not hide that the path is gone.
const RESERVED: usize = 128;

/// What may be lost: the other side says it again, or has a second way for it.
fn mention(control: &mpsc::Sender<StackEvent>, event: StackEvent) {
    if control.capacity() > RESERVED {
        tell(control, event);
    }
}

/// The engine reads these at once; should it not, it is stuck, and a connection without it is of no use anyway.
fn tell(control: &mpsc::Sender<StackEvent>, event: StackEvent) {
    if control.try_send(event).is_err() {
        tracing::debug!("an engine does not listen any more");
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let Ok(init) = event.candidate.to_json() else {
            return;
        };
        if let Ok(line) = CandidateLine::new(init.candidate) {
            self.tell(StackEvent::Candidate(Candidate { line, index: init.sdp_mline_index.unwrap_or(0) }));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete
            && let Ok(line) = CandidateLine::new(String::new())
        {
            self.tell(StackEvent::Candidate(Candidate { line, index: 0 }));
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        if state == RTCIceConnectionState::Connected {
            self.tell(StackEvent::Path(PathState::Securing));
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        tracing::debug!(%state, "connection");
        let path = match state {
            RTCPeerConnectionState::Connected => PathState::Up,
            RTCPeerConnectionState::Disconnected => PathState::Interrupted,
            RTCPeerConnectionState::Failed => PathState::Failed,
            RTCPeerConnectionState::Closed => return self.tell(StackEvent::Closed),
            RTCPeerConnectionState::New
            | RTCPeerConnectionState::Connecting
            | RTCPeerConnectionState::Unspecified
            | _ => PathState::Seeking,
        };
        self.tell(StackEvent::Path(path));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let (control, packets, remote) = (self.control.clone(), self.packets.clone(), self.remote.clone());
        // It ends with the track's events, which end with the connection.
        tokio::spawn(read(track, control, packets, remote));
    }
}

/// Reads a track for as long as it lasts. It is always drained: what its queue does not take is lost without a word.
async fn read(
    track: Arc<dyn TrackRemote>,
    control: mpsc::Sender<StackEvent>,
    packets: mpsc::Sender<(TrackNumber, Incoming)>,
    remote: Remote,
) {
    let media = match track.kind().await {
        RtpCodecKind::Audio => Media::Sound,
        RtpCodecKind::Video => Media::Picture,
        RtpCodecKind::Unspecified | _ => return,
    };
    let mut number = None;
    while let Some(event) = track.poll().await {
        let TrackRemoteEvent::OnRtpPacket(packet) = event else {
            continue;
        };
        let number = match number {
            Some(number) => number,
            None => {
                let Some(new) = remote.add(track.clone(), packet.header.ssrc) else {
                    tracing::warn!("more tracks than a call has; one is not used");
                    // Its queue is emptied all the same: the crate logs each packet that does not fit.
                    while track.poll().await.is_some() {}
                    return;
                };
                tell(&control, StackEvent::Track { track: new, media });
                number = Some(new);
                new
            }
        };
        let incoming = Incoming {
            payload_type: packet.header.payload_type,
            sequence: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            payload: packet.payload,
        };
        if packets.send((number, incoming)).await.is_err() {
            return;
        }
    }
}

/// Reads the data channel.
pub(super) async fn texts(channel: Arc<dyn DataChannel>, control: mpsc::Sender<StackEvent>) {
    while let Some(event) = channel.poll().await {
        match event {
            DataChannelEvent::OnMessage(message) if message.is_string && message.data.len() <= TEXT_BYTES => {
                if let Ok(text) = String::from_utf8(message.data.to_vec()) {
                    mention(&control, StackEvent::Text(text));
                }
            }
            DataChannelEvent::OnClose => tell(&control, StackEvent::Closed),
            DataChannelEvent::OnOpen
            | DataChannelEvent::OnError
            | DataChannelEvent::OnClosing
            | DataChannelEvent::OnBufferedAmountLow
            | DataChannelEvent::OnBufferedAmountHigh
            | DataChannelEvent::OnMessage(_)
            | _ => {}
        }
    }
}

/// What the stack's task says on its way.
pub(super) struct Heard {
    pub(super) said: mpsc::Receiver<Said>,
    pub(super) digests: mpsc::Receiver<Digest>,
    /// Resolves when that task is gone.
    pub(super) ended: oneshot::Receiver<()>,
}

/// Passes on what the other side reports, by track instead of by stream; and that the stack ended.
pub(super) async fn reports(heard: Heard, own: [(u32, Media); 2], remote: Remote, control: mpsc::Sender<StackEvent>) {
    let Heard { mut said, mut digests, mut ended } = heard;
    loop {
        let event = tokio::select! {
            _gone = &mut ended => return tell(&control, StackEvent::Ended),
            said = said.recv() => match said {
                None => return,
                Some(Said::KeyWanted) => Some(StackEvent::KeyWanted),
                Some(Said::Ceiling(bits)) => Some(StackEvent::Ceiling(bits)),
                Some(Said::Loss(ssrc, fraction)) => {
                    own.iter().find(|(own, _)| *own == ssrc).map(|(_, media)| StackEvent::Loss(*media, fraction))
                }
                Some(Said::Clock { ssrc, ntp, rtp }) => {
                    remote.number_of(ssrc).map(|track| StackEvent::Clock { track, ntp, rtp })
                }
            },
            digest = digests.recv() => match digest {
                None => return,
                Some(digest) => Some(StackEvent::Digest(digest)),
            },
        };
        if let Some(event) = event {
            mention(&control, event);
        }
    }
}
