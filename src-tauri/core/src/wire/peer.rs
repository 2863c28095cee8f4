//! What two nodes say to each other over a link, one JSON object a WebSocket text message.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::files::Stands;
use super::post::NumberedPost;
use crate::id::{Attempt, BootId, CallId, Commitment, MessageId, Nonce, OutboxId, PeerId};
use crate::text::{CandidateLine, Name, Sdp};

/// The most peers one [`Frame::Hello`] or [`Frame::Peers`] names.
pub const PEERS_NAMED: usize = 64;
/// The most addresses told of one peer.
pub const ADDRESSES_NAMED: usize = 8;
/// How long somebody who said so is taken to be writing; whoever writes on says so again in time.
pub const TYPING: Duration = Duration::from_secs(6);

/// One message on a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Frame {
    /// The first message each way.
    Hello(Box<Hello>),
    /// "Are you there?" Also asked of a new link before it replaces another.
    Ping {
        /// Comes back in the pong.
        n: u32,
    },
    /// "I am."
    Pong {
        /// The ping's number.
        n: u32,
    },
    /// The sender's name or state changed.
    Presence {
        /// Its name now.
        name: Name,
        /// Its state now.
        status: Status,
    },
    /// Others that the sender is linked with, for a node that multicast does not reach.
    Peers {
        /// At most [`PEERS_NAMED`].
        #[serde(deserialize_with = "bounded_peers")]
        peers: Vec<PeerHint>,
    },
    /// A numbered signal, acknowledged by [`Frame::Ack`] and applied once.
    Signal(Box<NumberedSignal>),
    /// All signals up to `n` have arrived.
    Ack {
        /// The last signal that arrived with none missing before it.
        n: u64,
    },
    /// What the sender's person wrote; acknowledged by [`Frame::Stored`] and kept once.
    Post(Box<NumberedPost>),
    /// All posts up to `n` are on the sender's disk. Also said first on each link, of what came before.
    Stored {
        /// In whose counting: the receiver's of this frame.
        outbox: OutboxId,
        /// The last post.
        n: u64,
    },
    /// How a transfer stands at the sender of this: whoever does not dial for it would not hear of it otherwise.
    Transfer {
        /// The offer.
        message: MessageId,
        /// The sender of this offered it.
        mine: bool,
        /// How it stands.
        stands: Stands,
    },
    /// The sender's person is writing to the receiver's: true for [`TYPING`].
    Typing,
    /// The sender closes this link on purpose.
    Goodbye {
        /// Why.
        reason: Farewell,
    },
}

/// Who the sender is (its key is proven by TLS already) and whom else it knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// [`super::VERSION`] of the sender.
    pub version: u32,
    /// Which start of the sender this is.
    pub boot: BootId,
    /// Its display name.
    pub name: Name,
    /// Its state.
    pub status: Status,
    /// The port its own links come in at.
    pub port: u16,
    /// The link is for a call: it is taken even by a node that has as many links as it keeps.
    #[serde(default)]
    pub wanted: bool,
    /// Peers linked with the sender now, on the network of this link.
    #[serde(default, deserialize_with = "bounded_peers")]
    pub peers: Vec<PeerHint>,
}

/// Where another peer may be found. Who answers there is checked by key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerHint {
    /// Whose key to expect.
    pub peer: PeerId,
    /// Where to dial, at most [`ADDRESSES_NAMED`].
    #[serde(deserialize_with = "bounded_addresses")]
    pub addresses: Vec<SocketAddr>,
}

/// A person's state, as their node tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// At the screen and free.
    Available,
    /// In a call, or ringing.
    InCall,
    /// The node runs, but no page shows it: nobody would see it ring.
    Away,
}

/// Why a link is closed on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Farewell {
    /// The node is ending.
    Leaving,
    /// Another link to the same peer is used instead.
    Replaced,
    /// The node has as many links as it keeps; call again when a link is wanted for a call.
    Full,
    /// The node was made invisible on this network.
    Hidden,
    /// The other side speaks another version of the protocol.
    Version,
    /// The other side broke the protocol.
    Protocol,
}

/// A signal with its number and age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberedSignal {
    /// Counted from 1 for each pair of boots, in each direction.
    pub n: u64,
    /// The boot it was meant for: a restarted node must not apply what was said to its past self.
    pub to: BootId,
    /// The boot that said it, for copies that come by a data channel.
    pub from: BootId,
    /// How long ago it was said, in milliseconds on the sender's clock: an invite that waited too long never rings.
    pub age_ms: u64,
    /// What is said.
    pub signal: Signal,
}

/// What is said about a call. Signals of one sender arrive in order, each once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "signal", rename_all = "snake_case", deny_unknown_fields)]
pub enum Signal {
    /// "Will you talk?" Travels before any session description.
    Invite {
        /// The call's id.
        call: CallId,
        /// What the caller's click asked to send.
        media: Media,
        /// The promise of the caller's nonce; see [`crate::code`].
        commitment: Commitment,
        /// Everybody in the call beside the two; empty in this version, but groups must not need another machine.
        #[serde(default, deserialize_with = "bounded_members")]
        members: Vec<PeerId>,
    },
    /// It rings there.
    Ringing {
        /// The call's id.
        call: CallId,
    },
    /// "Yes."
    Accept {
        /// The call's id.
        call: CallId,
        /// What the callee sends.
        media: Media,
    },
    /// The callee's half of the short code, said once both certificates of a connection are known to it.
    Nonce {
        /// The call's id.
        call: CallId,
        /// The connection whose certificates it stands for.
        attempt: Attempt,
        /// The nonce.
        nonce: Nonce,
    },
    /// The caller keeps its promise.
    Reveal {
        /// The call's id.
        call: CallId,
        /// The connection whose certificates it stands for.
        attempt: Attempt,
        /// The nonce whose hash came with the invite.
        nonce: Nonce,
    },
    /// The call is over for the sender.
    Bye {
        /// The call's id.
        call: CallId,
        /// How it ended.
        reason: EndReason,
    },
    /// A session description for the other side's engine.
    Description {
        /// The call's id.
        call: CallId,
        /// Which connection it belongs to.
        attempt: Attempt,
        /// Offer or answer, and its text.
        description: Description,
    },
    /// An ICE candidate for the other side's engine.
    Candidate {
        /// The call's id.
        call: CallId,
        /// Which connection it belongs to.
        attempt: Attempt,
        /// The candidate.
        candidate: Candidate,
    },
    /// The sender has to make a new connection (a reload, another page): so must the receiver.
    Renew {
        /// The call's id.
        call: CallId,
        /// The number of the new connection; the larger of both sides' counts.
        attempt: Attempt,
    },
    /// Which of the sender's devices are on, for the other screen to say so.
    Devices {
        /// The call's id.
        call: CallId,
        /// What is on.
        devices: Devices,
    },
}

impl Signal {
    /// The call it is about.
    pub const fn call(&self) -> CallId {
        match self {
            Self::Invite { call, .. }
            | Self::Ringing { call }
            | Self::Accept { call, .. }
            | Self::Nonce { call, .. }
            | Self::Reveal { call, .. }
            | Self::Bye { call, .. }
            | Self::Description { call, .. }
            | Self::Candidate { call, .. }
            | Self::Renew { call, .. }
            | Self::Devices { call, .. } => *call,
        }
    }
}

/// What somebody sends into a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Microphone and camera.
    Video,
    /// Microphone alone.
    Voice,
}

/// Which devices somebody has on at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// The microphone is heard.
    pub microphone: bool,
    /// What the picture shows.
    pub picture: Picture,
}

/// What somebody's picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// Nothing is sent.
    Off,
    /// The camera.
    Camera,
    /// The screen.
    Screen,
}

/// Offer or answer (JSEP, RFC 9429). Rollback is local and never travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Which of the two.
    pub kind: DescriptionKind,
    /// The text.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub sdp: Sdp,
}

/// Offer or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum DescriptionKind {
    /// "This is what I propose."
    Offer,
    /// "Agreed, and this is mine."
    Answer,
}

/// One ICE candidate and the media line it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// The line; empty when no more will come.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub line: CandidateLine,
    /// Index of the media line (`sdpMLineIndex`).
    pub index: u16,
}

/// How a call ended, in words that are true at both ends. Where the two ends saw it differently, the earlier in this
/// list holds for both: each hears the other's reason and takes the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The revealed nonce was not the promised one: somebody may be in between.
    CodeMismatch,
    /// The caller gave up before an answer.
    Cancelled,
    /// The callee said no.
    Declined,
    /// The callee was in another call.
    Busy,
    /// The callee's node runs, but nobody has a page open.
    NotAtScreen,
    /// It rang until the time was over.
    Unanswered,
    /// One of the two hung up a call that had been accepted.
    HungUp,
    /// Accepted, but no path for sound and picture was found.
    NoPath,
    /// The engine at one end could not go on.
    EngineFailed,
    /// The other side could not be reached any more.
    Lost,
    /// Both called each other; the other call of the two goes on. Last, since whose call goes on notes it unasked: whatever
    /// the other side made of its own call holds.
    Superseded,
}

fn bounded_peers<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<PeerHint>, D::Error> {
    bounded(d, PEERS_NAMED)
}

fn bounded_addresses<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<SocketAddr>, D::Error> {
    bounded(d, ADDRESSES_NAMED)
}

fn bounded_members<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<PeerId>, D::Error> {
    bounded(d, PEERS_NAMED)
}

fn bounded<'de, D, T>(d: D, most: usize) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::<T>::deserialize(d)?;
    if list.len() > most {
        return Err(serde::de::Error::custom("too many entries"));
    }
    Ok(list)
}

/// Whether an address may be dialled at all: a unicast address of a network card, with a port, and with its zone where
/// it has no meaning without one.
pub fn dialable(address: &SocketAddr) -> bool {
    let unicast = match address {
        SocketAddr::V4(v4) => !(v4.ip().is_unspecified() || v4.ip().is_multicast() || v4.ip().is_broadcast()),
        SocketAddr::V6(v6) => {
            let ip = v6.ip();
            let placed = !ip.is_unicast_link_local() || v6.scope_id() != 0;
            placed && !(ip.is_unspecified() || ip.is_multicast())
        }
    };
    unicast && address.port() != 0
}
