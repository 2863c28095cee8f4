//! One WebRTC connection. This module alone names the crates `webrtc` and `rtc`; the rest of the engine knows only what is
//! public here, so that another stack could take its place.
//!
//! | file | what it is |
//! | --- | --- |
//! | `stack.rs` | the connection: descriptions, candidates, sending, closing |
//! | `stack/build.rs` | how it is set up: codecs, timers, the chain that packets pass |
//! | `stack/interfaces.rs` | the addresses it uses |
//! | `stack/gate.rs` | who may send to them |
//! | `stack/handler.rs` | what it tells: candidates, states, tracks, packets |
//! | `stack/lines.rs` | the two tracks this side sends, and the payload types agreed on |
//! | `stack/pacing.rs`, `asking.rs`, `listening.rs`, `estimate.rs` | our links of the packets' chain |
//! | `stack/shared.rs` | the numbers that chain and engine tell each other |

mod asking;
mod build;
#[cfg(feature = "bench")]
pub mod channel;
mod estimate;
mod gate;
mod handler;
#[cfg(feature = "fuzz")]
pub mod hostile;
mod interfaces;
mod lines;
mod listening;
mod numbered;
mod pacing;
mod passing;
mod shared;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dogeller_core::text::Sdp;
use dogeller_core::wire::peer::{Candidate, Description, DescriptionKind};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::RTCIceCandidateInit;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::PeerConnection;

pub use interfaces::Reach;
use lines::Lines;
use shared::Shared;
pub use shared::{Arrived, Digest, Traffic};

use crate::video::Codec;

/// What keeps the crates' own words out of a log (directives of `tracing_subscriber::EnvFilter`): they name addresses, and at
/// errors whole packets.
pub const QUIET: &str = "webrtc=off,rtc=off";

/// Events waiting for the engine.
const EVENTS_WAITING: usize = 512;
/// Packets waiting for the engine: half a second of a 4 Mbit/s picture. Then the stack's own queue fills, and drops.
const PACKETS_WAITING: usize = 256;
/// How long the farewell on the data channel may take.
const FAREWELL: Duration = Duration::from_millis(200);

/// Why the stack could not do something. The text is for the log; it holds no address and no description.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {why}")]
pub struct StackError {
    doing: &'static str,
    why: String,
    harm: Harm,
}

/// What an error leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    /// Nothing changed.
    None,
    /// The connection is between two states, and will agree on nothing any more.
    HalfWay,
}

impl StackError {
    /// Keeps the kind of the crate's error alone: its text may hold lines of a description, or addresses.
    fn new(doing: &'static str) -> impl FnOnce(webrtc::error::Error) -> Self {
        move |error| {
            let kind = format!("{error:?}").chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            Self { doing, why: kind, harm: Harm::None }
        }
    }

    fn half_way(doing: &'static str) -> impl FnOnce(webrtc::error::Error) -> Self {
        move |error| Self { harm: Harm::HalfWay, ..Self::new(doing)(error) }
    }

    fn because(doing: &'static str, why: &str) -> Self {
        Self { doing, why: why.to_owned(), harm: Harm::None }
    }

    /// The connection can agree on nothing any more: another must be made.
    pub fn is_fatal(&self) -> bool {
        self.harm == Harm::HalfWay
    }
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// Opus.
    Sound,
    /// VP8, or H.264 where the other side insists.
    Picture,
}

/// How the path to the other side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathState {
    /// Being found.
    Seeking,
    /// ICE found one; DTLS is making it secure.
    Securing,
    /// ICE and DTLS are up.
    Up,
    /// Nothing came for a moment.
    Interrupted,
    /// Nothing came for so long that only an ICE restart helps.
    Failed,
}

/// A track of the other side, by number in order of appearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrackNumber(pub u32);

/// An RTP packet of the other side, without its header's rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// What is in it.
    pub payload_type: u8,
    /// Its number.
    pub sequence: u16,
    /// Its time, on the stream's clock.
    pub timestamp: u32,
    /// Last of a frame.
    pub marker: bool,
    /// What it carries; empty in packets that only probe.
    pub payload: Bytes,
}

/// What a connection tells its engine.
#[derive(Debug)]
pub enum StackEvent {
    /// An address of this side; an empty line when there are no more.
    Candidate(Candidate),
    /// The path changed.
    Path(PathState),
    /// The other side sends a track.
    Track {
        /// Its number.
        track: TrackNumber,
        /// What it is.
        media: Media,
    },
    /// A track's clock: its RTP time at the sender's wall clock (NTP 32.32).
    Clock {
        /// Of which track.
        track: TrackNumber,
        /// The wall clock.
        ntp: u64,
        /// The stream's time then.
        rtp: u32,
    },
    /// The other side needs a key frame.
    KeyWanted,
    /// The other side takes so many bits a second in all.
    Ceiling(u64),
    /// This fraction of our packets was lost lately.
    Loss(Media, f32),
    /// What arrived of ours.
    Digest(Digest),
    /// A text on the data channel.
    Text(String),
    /// The data channel is closed: the other side ended the connection.
    Closed,
    /// The stack's own task is gone, after an error or a panic: nothing will come any more, and nothing leaves.
    Ended,
}

/// What a connection tells, in two queues: packets must not hold up the rest.
pub struct Events {
    /// Everything but packets.
    pub control: mpsc::Receiver<StackEvent>,
    /// The packets of the other side's tracks.
    pub packets: mpsc::Receiver<(TrackNumber, Incoming)>,
}

/// What a connection is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whom it may reach.
    pub reach: Reach,
    /// The first estimate of what the path carries, in bits per second.
    pub start_bits: u64,
}

/// One connection. [`Stack::close`] ends it; so does dropping it, without a farewell.
pub struct Stack {
    connection: Arc<dyn PeerConnection>,
    channel: Arc<dyn DataChannel>,
    lines: Lines,
    shared: Shared,
    remote: handler::Remote,
    tasks: Vec<JoinHandle<()>>,
}

impl Stack {
    /// Makes a connection: the sockets are open when this returns, and nothing is sent yet.
    ///
    /// # Errors
    /// [`StackError`] when no socket can be opened or a codec is refused.
    pub async fn open(options: Options) -> Result<(Self, Events), StackError> {
        let (control, events) = mpsc::channel(EVENTS_WAITING);
        let (packets, incoming) = mpsc::channel(PACKETS_WAITING);
        let shared = Shared::new(options.start_bits);
        let remote = handler::Remote::default();
        let own = [(rand::random(), Media::Sound), (rand::random(), Media::Picture)];
        let mut tasks = Vec::new();
        let queues = build::Queues { control: control.clone(), packets };
        let connection = build::connection(options, &shared, &remote, own, queues, &mut tasks).await?;
        let made = async { Ok((Lines::add(&connection, own).await?, build::channel(&connection).await?)) };
        let (lines, channel) = match made.await {
            Ok(made) => made,
            Err(error) => {
                // The crate's own drop leaves its task and its sockets to run for good.
                let _closed = connection.close().await;
                return Err(error);
            }
        };
        tasks.push(tokio::spawn(handler::texts(channel.clone(), control)));
        Ok((Self { connection, channel, lines, shared, remote, tasks }, Events { control: events, packets: incoming }))
    }

    /// An offer, applied here; with `restart` it looks for a new path.
    ///
    /// # Errors
    /// [`StackError`] in a state that allows no offer.
    pub async fn offer(&self, restart: bool) -> Result<Description, StackError> {
        if restart {
            self.connection.restart_ice().await.map_err(StackError::new("a new path cannot be sought"))?;
        }
        let offer = self.connection.create_offer(None).await.map_err(StackError::new("no offer can be made"))?;
        self.apply(offer, DescriptionKind::Offer).await
    }

    /// Applies the other side's offer and answers it.
    ///
    /// # Errors
    /// [`StackError`] when the offer cannot be used.
    pub async fn answer(&self, offer: &Sdp) -> Result<Description, StackError> {
        let offer = offered(offer)?;
        self.connection.set_remote_description(offer).await.map_err(StackError::half_way("an offer cannot be used"))?;
        let answer =
            self.connection.create_answer(None).await.map_err(StackError::half_way("no answer can be made"))?;
        self.apply(answer, DescriptionKind::Answer).await
    }

    /// Applies the other side's answer.
    ///
    /// # Errors
    /// [`StackError`] when it cannot be used.
    pub async fn take_answer(&self, answer: &Sdp) -> Result<(), StackError> {
        self.connection
            .set_remote_description(answered(answer)?)
            .await
            .map_err(StackError::half_way("an answer cannot be used"))
    }

    /// Takes this side's own offer back.
    ///
    /// # Errors
    /// [`StackError`] without an offer.
    pub async fn roll_back(&self) -> Result<(), StackError> {
        let back = RTCSessionDescription::rollback(None).map_err(StackError::new("an offer cannot be taken back"))?;
        self.connection.set_local_description(back).await.map_err(StackError::half_way("an offer cannot be taken back"))
    }

    async fn apply(&self, made: RTCSessionDescription, kind: DescriptionKind) -> Result<Description, StackError> {
        let text = made.sdp.clone();
        self.connection
            .set_local_description(made)
            .await
            .map_err(StackError::half_way("a description of our own cannot be used"))?;
        let sdp = Sdp::new(text).map_err(|_| StackError::because("a description of our own", "too long"))?;
        Ok(Description { kind, sdp })
    }

    /// Takes an address of the other side.
    ///
    /// # Errors
    /// [`StackError`] for one that cannot be read or comes before a description.
    pub async fn add_candidate(&self, candidate: &Candidate) -> Result<(), StackError> {
        let line = candidate.line.as_str();
        if line.is_empty() {
            return Ok(());
        }
        let init = RTCIceCandidateInit {
            candidate: line.to_owned(),
            sdp_mline_index: Some(candidate.index),
            ..RTCIceCandidateInit::default()
        };
        self.connection.add_ice_candidate(init).await.map_err(StackError::new("a candidate cannot be used"))
    }

    /// Learns what was agreed on; to be asked after each answer and once the path is up.
    pub async fn refresh(&mut self) {
        self.lines.refresh().await;
    }

    /// The picture's codec, once agreed on.
    pub fn codec(&self) -> Option<Codec> {
        self.lines.codec()
    }

    /// What a payload type of the other side stands for.
    pub fn meaning(&self, payload_type: u8) -> Meaning {
        self.lines.meaning(payload_type)
    }

    /// The payload type of plain sound, and that of redundant sound where the other side takes it.
    pub fn sound_types(&self) -> Option<(u8, Option<u8>)> {
        self.lines.sound_types()
    }

    /// Sends one packet of sound.
    ///
    /// # Errors
    /// [`StackError`] before the path is up, and after the end.
    pub async fn send_sound(&mut self, payload_type: u8, timestamp: u32, payload: Bytes) -> Result<(), StackError> {
        self.lines.send(Media::Sound, payload_type, timestamp, false, payload).await
    }

    /// Sends one frame's packets.
    ///
    /// # Errors
    /// [`StackError`] before a codec is agreed on, and after the end.
    pub async fn send_picture(&mut self, timestamp: u32, payloads: Vec<Bytes>) -> Result<(), StackError> {
        let payload_type = self.lines.picture_type().ok_or(StackError::because("a frame", "no codec agreed on"))?;
        let last = payloads.len().saturating_sub(1);
        for (at, payload) in payloads.into_iter().enumerate() {
            self.lines.send(Media::Picture, payload_type, timestamp, at == last, payload).await?;
        }
        Ok(())
    }

    /// Asks for a key frame of a track.
    pub async fn ask_key(&self, track: TrackNumber) {
        if let Some((remote, ssrc)) = self.remote.track(track) {
            let pli = PictureLossIndication { sender_ssrc: self.lines.sender(), media_ssrc: ssrc };
            // The connection has ended: nobody needs a key frame.
            let _ended = remote.write_rtcp(vec![Box::new(pli)]).await;
        }
    }

    /// Tells the sender of a track how much to send at most.
    pub async fn limit(&self, track: TrackNumber, bits: u64) {
        if let Some((remote, ssrc)) = self.remote.track(track) {
            let remb = ReceiverEstimatedMaximumBitrate {
                sender_ssrc: self.lines.sender(),
                bitrate: bits as f32,
                ssrcs: vec![ssrc],
            };
            let _ended = remote.write_rtcp(vec![Box::new(remb)]).await;
        }
    }

    /// From now on packets leave at this pace, in bits per second.
    pub fn pace(&self, bits: u64) {
        self.shared.pace(bits);
    }

    /// How long what waits to leave takes now.
    pub fn waiting(&self) -> Duration {
        self.shared.waiting_now()
    }

    /// How long the pictures that wait to leave take now.
    pub fn picture_waiting(&self) -> Duration {
        self.shared.picture_waiting_now()
    }

    /// True once for each time a frame was given up on the way out: only a key frame helps then.
    pub fn lost_frame(&self) -> bool {
        self.shared.take_lost_frame()
    }

    /// The round trip, as the other side's reports show it.
    pub fn round_trip(&self) -> Duration {
        self.shared.round_trip_now()
    }

    /// The packets so far.
    pub fn traffic(&self) -> Traffic {
        self.shared.traffic()
    }

    /// Sends a text on the data channel, if it is open.
    pub async fn relay(&self, text: &str) {
        // It is one of two ways, for when the other is gone.
        if let Err(error) = self.channel.try_send_text(text).await {
            tracing::debug!(%error, "not relayed");
        }
    }

    /// Ends the connection, after what is to be relayed is out. The other side sees it at once.
    pub async fn close(self) {
        let drained = async {
            while self.channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let _late = tokio::time::timeout(FAREWELL, drained).await;
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "a connection did not close well");
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        // The crate's own drop leaves its task and its sockets to run for good, and the other side with a path that is up.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let connection = self.connection.clone();
            runtime.spawn(async move { connection.close().await });
        }
    }
}

fn offered(offer: &Sdp) -> Result<RTCSessionDescription, StackError> {
    RTCSessionDescription::offer(offer.as_str().to_owned()).map_err(StackError::new("an offer cannot be read"))
}

fn answered(answer: &Sdp) -> Result<RTCSessionDescription, StackError> {
    RTCSessionDescription::answer(without_rejected(answer.as_str()))
        .map_err(StackError::new("an answer cannot be read"))
}

/// An answer without the credentials of lines it rejects (port 0, RFC 3264): the crate reads them all, and takes their
/// difference from the bundle's for a contradiction.
fn without_rejected(answer: &str) -> String {
    let mut rejected = false;
    let kept = answer.split_inclusive('\n').filter(|line| {
        if line.starts_with("m=") {
            rejected = line.split(' ').nth(1) == Some("0");
        }
        let credential = ["a=ice-", "a=fingerprint:", "a=candidate:"].iter().any(|name| line.starts_with(name));
        !(rejected && credential)
    });
    kept.collect()
}

/// What a payload type stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Opus.
    Sound,
    /// Opus with redundant copies (RED, RFC 2198).
    RedundantSound,
    /// A picture.
    Picture(Codec),
    /// Nothing agreed on.
    Unknown,
}

/// The time now, for the stack's own clock.
fn now() -> Instant {
    Instant::now()
}
