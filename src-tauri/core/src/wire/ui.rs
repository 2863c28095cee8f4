//! What a page and its node say to each other. The page draws what it is told and sends what was clicked; it holds no
//! rule of calls. `ui/src/wire.gen.ts` is made from this file.

use serde::{Deserialize, Serialize};

use super::files::GoingView;
pub use super::order::{EngineOrder, Reach};
use super::peer::{Candidate, Description, Devices, EndReason, Media, Status};
use super::talk::{Ask, ConversationView, News, Retention};
use crate::id::{Attempt, CallId, PeerId};
use crate::text::Name;

/// The most bytes of an address typed by hand.
pub const ADDRESS_BYTES: usize = 256;

/// What a page can do, told once when it attaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct PageCaps {
    /// It has an engine for calls (`RTCPeerConnection`). Without one (WebKitGTK) a call opens in the browser.
    pub engine: bool,
    /// Who looks at it.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub viewer: Viewer,
}

impl PageCaps {
    /// A page that a person sees.
    pub const fn seen(engine: bool) -> Self {
        Self { engine, viewer: Viewer::Person }
    }

    /// A command in a terminal.
    pub const COMMAND: Self = Self { engine: false, viewer: Viewer::Nobody };
}

/// Who looks at what is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Viewer {
    /// A person: calls ring there, and others see that somebody is at the screen.
    #[default]
    Person,
    /// A command in a terminal, which asks and goes: nobody would see it ring.
    Nobody,
}

/// What a page asks of its node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Change the name others see.
    SetName {
        /// As typed; checked by the node.
        name: String,
    },
    /// Be visible on this network, or not.
    SetVisible {
        /// Whether others see this node.
        visible: bool,
    },
    /// Look for somebody at an address typed by hand (`10.0.0.7` or `10.0.0.7:4433`).
    AddPeer {
        /// As typed; checked by the node.
        address: String,
    },
    /// Two people compared the short code: it matched (or the mark is taken back).
    Verify {
        /// Whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Matched.
        verified: bool,
    },
    /// Call somebody.
    Call {
        /// Whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// What to send.
        media: Media,
    },
    /// Say yes to the call that rings.
    Accept {
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// What to send.
        media: Media,
    },
    /// Say no to the call that rings.
    Decline {
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
    },
    /// End the call, or stop ringing there.
    HangUp {
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
    },
    /// Go on with the call in this page (it runs in another one, or in none).
    TakeOver {
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
    },
    /// Put away the words about how the last call ended.
    Dismiss,
    /// From the engine: a description for the other side.
    Description {
        /// Which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// Which connection of it.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        attempt: Attempt,
        /// The description.
        description: Description,
    },
    /// From the engine: a candidate for the other side.
    Candidate {
        /// Which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// Which connection of it.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        attempt: Attempt,
        /// The candidate.
        candidate: Candidate,
    },
    /// From the engine: how its connection fares.
    Path {
        /// Which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// Which connection of it.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        attempt: Attempt,
        /// How it is now.
        path: Path,
    },
    /// From the engine: this connection is of no use (it was made before the camera was allowed, or it failed for
    /// good); both sides shall make a new one.
    Renew {
        /// Which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// The connection that is of no use.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        attempt: Attempt,
    },
    /// From the engine: it cannot go on at all.
    EngineFailed {
        /// Which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
    },
    /// Which devices are on now, to be shown at the other side.
    Devices {
        /// Which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// What is on.
        devices: Devices,
    },
    /// What came over the call's data channel: a signal of the other node, sent there because the link is gone.
    Relayed {
        /// Which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// The other node's frame, as it came.
        frame: String,
    },
    /// Something about conversations.
    Talk {
        /// What.
        ask: Ask,
    },
}

/// How the engine's path to the other side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// ICE and DTLS are up.
    Up,
    /// It was up and is interrupted.
    Down,
}

/// What a node tells its pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Notice {
    /// Everything, first; so that a reloaded page is right at once.
    Snapshot {
        /// Everything.
        snapshot: Box<Snapshot>,
    },
    /// This node changed.
    Me {
        /// As it is now.
        me: Me,
    },
    /// Somebody came or changed.
    Peer {
        /// As they are now.
        peer: PeerView,
    },
    /// Somebody is no longer to be shown at all.
    PeerGone {
        /// Whom to remove.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
    },
    /// The call changed; `null` when there is none to show.
    Call {
        /// As it is now.
        call: Option<CallView>,
    },
    /// An order to this page's engine.
    Engine {
        /// The order.
        order: EngineOrder,
    },
    /// Something about conversations.
    Talk {
        /// What.
        news: Box<News>,
    },
    /// A link named somebody: their conversation is to be shown.
    Open {
        /// Whose.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
    },
    /// What was asked could not be done.
    Refused {
        /// Why, as a stable code that the page has words for.
        code: FailureCode,
    },
}

/// Everything a page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// This node.
    pub me: Me,
    /// Everybody known.
    pub peers: Vec<PeerView>,
    /// The call, if there is one.
    pub call: Option<CallView>,
    /// Every conversation that has entries, or had.
    pub conversations: Vec<ConversationView>,
    /// Every transfer that is not over.
    pub going: Vec<GoingView>,
}

/// This node, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Me {
    /// Its id.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub peer: PeerId,
    /// The name others see.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub name: Name,
    /// Others see it on this network.
    pub visible: bool,
    /// Addresses on the networks it is on, `10.0.0.7:4433`, for somebody to type by hand; empty without a network.
    pub addresses: Vec<String>,
    /// The first start: the page asks whether the name is right.
    pub first_start: bool,
    /// Others are told what was read.
    pub receipts: bool,
    /// How long conversations are kept.
    pub retention: Retention,
    /// Files of people whose code was compared come without being asked for.
    pub takes_files: bool,
}

/// Somebody else, as the page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct PeerView {
    /// Who.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub peer: PeerId,
    /// What they are.
    pub kind: PeerKind,
    /// Their name, as they say it.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub name: Name,
    /// Whether and how they are here.
    pub presence: Presence,
    /// The short code was compared with them once.
    pub verified: bool,
    /// The name of a verified contact that this one, with another key, goes by too (or one that looks like it).
    #[cfg_attr(feature = "ts", ts(type = "string | null"))]
    pub not_the_verified: Option<Name>,
}

/// What somebody in the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum PeerKind {
    /// Another person's node.
    Person,
    /// This node's own echo contact, which sends sound and picture back. It counts as nobody, there is nothing to
    /// verify, and it is shown only while it can be called.
    Echo,
}

/// Whether somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Linked, at the screen and free.
    Available,
    /// Linked, in a call.
    InCall,
    /// Linked, but no page is open there.
    Away,
    /// Known from before, not here now.
    Offline,
}

impl From<Status> for Presence {
    fn from(status: Status) -> Self {
        match status {
            Status::Available => Self::Available,
            Status::InCall => Self::InCall,
            Status::Away => Self::Away,
        }
    }
}

/// The call, as one page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct CallView {
    /// Its id.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub call: CallId,
    /// With whom.
    pub with: PeerView,
    /// Whether this node placed it.
    pub caller: bool,
    /// How far it is.
    pub phase: Phase,
    /// What this side's click asked to send; until Accept, what the caller asked.
    pub mine: Media,
    /// What the other side sends.
    pub theirs: Media,
    /// Which of the other side's devices are on.
    pub their_devices: Devices,
    /// Where the call is.
    pub place: Place,
    /// Milliseconds since sound and picture first came up; `null` before.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub connected_ms: Option<u64>,
    /// Six emoji, equal on both screens if nobody is in between; empty until known.
    pub code: Vec<String>,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Phase {
    /// Placed here, not answered yet.
    Outgoing {
        /// The other side said that it rings there.
        ringing: bool,
    },
    /// Rings here.
    Incoming,
    /// Both said yes; the path is being made.
    Connecting,
    /// Sound and picture flow.
    Connected,
    /// They did, and the path is being made again.
    Reconnecting,
    /// Over.
    Ended {
        /// How.
        reason: EndReason,
    },
}

/// Where a call is, from the view of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In this page.
    Here,
    /// Rings in this page and maybe in others.
    Anywhere,
    /// In another page of this node.
    ElsewherePage,
    /// This page has no engine: the call is being opened in the browser.
    OpeningBrowser,
}

/// Why something asked could not be done: stable codes, the words are the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The message was not understood.
    BadMessage,
    /// A name must be 1 to 64 visible characters.
    BadName,
    /// Not an address on this network.
    BadAddress,
    /// Nobody answered at that address.
    NobodyThere,
    /// A call is going on already.
    AlreadyInCall,
    /// That person is not here now.
    NotHere,
    /// That call is over, or is somewhere else.
    NoSuchCall,
    /// This page has no engine for calls and no browser could be opened.
    NoEngine,
    /// There is no such transfer (any more).
    NoSuchTransfer,
    /// Could not be kept on the disk; it holds until the end of this run.
    NotSaved,
    /// Something that came could not be kept, since the disk is full; it comes again.
    DiskFull,
}
