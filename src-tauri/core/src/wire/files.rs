//! Files and folders that one person sends another: how they are offered, and what becomes of them. Their bytes travel over
//! connections of their own.

use serde::{Deserialize, Deserializer, Serialize};

use crate::filename::FileName;
use crate::id::{MessageId, PeerId};

/// Names told of what is offered.
pub const NAMES_TOLD: usize = 5;
/// The most bytes of one transfer: what JavaScript counts exactly.
pub const PARCEL_BYTES: u64 = 1 << 53;
/// Paths sent at once.
pub const PATHS: usize = 1000;
/// The most bytes of a path.
pub const PATH_BYTES: usize = 4096;

/// What is offered, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// How many files.
    pub files: u32,
    /// How many folders.
    pub folders: u32,
    /// The bytes of all files, at most [`PARCEL_BYTES`].
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    #[serde(deserialize_with = "bounded_bytes")]
    pub bytes: u64,
    /// The outermost files and folders, at most [`NAMES_TOLD`] of them.
    #[cfg_attr(feature = "ts", ts(type = "string[]"))]
    #[serde(deserialize_with = "bounded_names")]
    pub names: Vec<FileName>,
    /// There are more of these.
    pub more: u32,
}

impl Parcel {
    /// What is offered, in short.
    pub fn new(files: u32, folders: u32, bytes: u64, outermost: impl Iterator<Item = FileName>) -> Self {
        let mut outermost = outermost;
        let names: Vec<FileName> = outermost.by_ref().take(NAMES_TOLD).collect();
        Self { files, folders, bytes, names, more: u32::try_from(outermost.count()).unwrap_or(u32::MAX) }
    }
}

fn bounded_bytes<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
    let bytes = u64::deserialize(d)?;
    if bytes > PARCEL_BYTES { Err(serde::de::Error::custom("more than a disk holds")) } else { Ok(bytes) }
}

fn bounded_names<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<FileName>, D::Error> {
    let names = Vec::<FileName>::deserialize(d)?;
    if names.is_empty() || names.len() > NAMES_TOLD {
        return Err(serde::de::Error::invalid_length(names.len(), &"1 to 5 names"));
    }
    Ok(names)
}

/// The longest side of a picture in short, in its own pixels: a bubble is some 240 wide, and screens have two for one.
pub const THUMBNAIL_SIDE: u32 = 480;
/// The most bytes of one.
pub const THUMBNAIL_BYTES: usize = 64 * 1024;

/// How large a picture is, in its own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct PictureSize {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// What pictures look like, in short. Each end makes its own from its own disk: nobody is sent one.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// No side is longer than [`THUMBNAIL_SIDE`].
    pub size: PictureSize,
    /// At most [`THUMBNAIL_BYTES`] of JPEG.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let PictureSize { width, height } = self.size;
        write!(f, "Thumbnail({width}x{height}, {} bytes)", self.jpeg.len())
    }
}

/// What somebody says to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It may come.
    Accepted,
    /// It may not.
    Declined,
    /// It is stopped for good; either side may say so.
    Cancelled,
    /// All of it has come.
    Received,
}

/// What has become of an offer, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Stage {
    /// Nobody has answered.
    Offered,
    /// It comes, or is to come.
    Accepted {
        /// Halted here by this node's person, until they go on.
        paused: bool,
    },
    /// All of it is there.
    Received,
    /// It was not wanted.
    Declined,
    /// It was stopped for good.
    Cancelled {
        /// By this node's person.
        by_me: bool,
    },
}

impl Stage {
    /// Nothing becomes of it any more.
    pub const fn is_over(self) -> bool {
        match self {
            Self::Offered | Self::Accepted { .. } => false,
            Self::Received | Self::Declined | Self::Cancelled { .. } => true,
        }
    }

    /// What an answer makes of it; `None` where it says nothing new. What was received was received, whoever stopped it
    /// meanwhile.
    #[must_use]
    pub const fn answered(self, answer: Answer, by_me: bool) -> Option<Self> {
        match (self, answer) {
            (Self::Offered, Answer::Accepted) => Some(Self::Accepted { paused: false }),
            (Self::Offered, Answer::Declined) => Some(Self::Declined),
            (Self::Offered | Self::Accepted { .. }, Answer::Cancelled) => Some(Self::Cancelled { by_me }),
            (Self::Offered | Self::Accepted { .. } | Self::Cancelled { .. }, Answer::Received) => Some(Self::Received),
            (Self::Accepted { .. }, Answer::Accepted | Answer::Declined)
            | (Self::Received | Self::Declined | Self::Cancelled { .. }, _) => None,
        }
    }
}

/// What is going on with an offer now. Nothing of it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Going {
    /// The two nodes have no connection for it now: the other is away, or other files go first.
    Waiting,
    /// What came in an earlier run is being compared.
    Checking,
    /// It moves.
    Moving {
        /// Bytes that have arrived.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        bytes: u64,
        /// Bytes a second.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        rate: u64,
        /// Milliseconds until all have; `null` where nobody can tell.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        left_ms: Option<u64>,
    },
    /// The other has halted it.
    HaltedThere,
    /// It cannot go on here until somebody does something about it.
    Stuck {
        /// What.
        trouble: Trouble,
    },
    /// It cannot go on at the other end.
    StuckThere,
}

/// What goes on with a transfer that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct GoingView {
    /// With whom.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub peer: PeerId,
    /// The offer.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub message: MessageId,
    /// This node's person offered it.
    pub mine: bool,
    /// What.
    pub going: Going,
}

/// Why a transfer cannot go on until somebody does something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "trouble", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trouble {
    /// The disk has no room.
    NoRoom {
        /// Bytes that are missing.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        missing: u64,
    },
    /// The disk does not take it.
    NotWritable,
    /// What is to be sent is not there any more, or cannot be read.
    Gone,
    /// What is to be sent was changed since it was offered.
    Changed,
    /// The other sends something else than it offered.
    NotAsOffered,
}

/// How a transfer stands at one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// It can go on, and the other is the one to dial.
    Ready,
    /// A person has halted it.
    Halted,
    /// It cannot go on until a person does something about it.
    Stuck,
}

/// What a person asks of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// It may come.
    Accept,
    /// It may not.
    Decline,
    /// Halt it for now.
    Pause,
    /// Go on.
    Resume,
    /// Stop it for good.
    Cancel,
}

/// Why files are not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum NotOffered {
    /// Nobody of this kind is known, or it is nobody to send to.
    Nobody,
    /// They are not there, or cannot be read.
    Unreadable,
    /// Something is neither a file nor a folder.
    NotAFile,
    /// There is nothing, or more than can be sent at once.
    TooMuch,
    /// The disk does not keep what was offered.
    NotKept,
}
