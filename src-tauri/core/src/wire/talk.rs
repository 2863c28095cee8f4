//! Conversations between a page and its node: what the page asks, what it is told.

use serde::{Deserialize, Serialize};

use super::files::{GoingView, NotOffered, Parcel, PictureSize, Stage, Wish};
use super::peer::{EndReason, Media};
use crate::id::{CallId, MessageId, PeerId};
use crate::text::MessageText;

/// Entries of a conversation told at once.
pub const ENTRIES_TOLD: usize = 50;
/// The most hits of a search.
pub const HITS_TOLD: usize = 100;
/// The most bytes of what is searched for.
pub const SEARCH_BYTES: usize = 256;
/// The most characters told of a message that another answers.
pub const QUOTE_CHARS: usize = 160;

/// What a page asks about conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// Write to somebody.
    Write {
        /// Whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// The message's id, chosen at random by the page: asked twice, it is written once.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// As typed; checked by the node.
        text: String,
        /// The message it answers.
        #[cfg_attr(feature = "ts", ts(type = "string | null"))]
        reply: Option<MessageId>,
    },
    /// Let a message of one's own say something else.
    Edit {
        /// To whom it was written.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// As typed; checked by the node.
        text: String,
    },
    /// Take a message of one's own back, at both ends.
    Withdraw {
        /// To whom it was written.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
    },
    /// A person has seen a conversation up to an entry.
    Seen {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// The last entry seen.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        position: u64,
    },
    /// A person is writing to somebody.
    Typing {
        /// To whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
    },
    /// Entries of a conversation, the newest [`ENTRIES_TOLD`] before a position.
    Entries {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Before this one; the newest of all with `null`.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        before: Option<u64>,
    },
    /// Messages that contain a text, whatever its case, in one conversation or in all.
    Search {
        /// What to look for.
        text: String,
        /// With whom; everybody with `null`.
        #[cfg_attr(feature = "ts", ts(type = "string | null"))]
        peer: Option<PeerId>,
    },
    /// Forget a whole conversation, here.
    Clear {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
    },
    /// Write a whole conversation to a file in this person's folder for downloads.
    Export {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// How.
        format: ExportFormat,
    },
    /// Offer files and folders to somebody.
    Offer {
        /// To whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// The message's id, chosen at random by the page.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// Where they lie on this machine; what the page has handed over under this id with `null`.
        paths: Option<Vec<String>>,
    },
    /// Do something about a transfer.
    Files {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// The offer.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// This node's person offered it.
        mine: bool,
        /// What.
        wish: Wish,
    },
    /// What the pictures of an offer look like, in short.
    Thumbnail {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// The offer.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// This node's person offered it.
        mine: bool,
    },
    /// Whether files of people whose code was compared come without being asked for.
    SetTakesFiles {
        /// They do.
        on: bool,
    },
    /// Whether others are told what was read.
    SetReceipts {
        /// They are.
        on: bool,
    },
    /// How long conversations are kept.
    SetRetention {
        /// So long.
        retention: Retention,
    },
}

/// How a conversation is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// To be read by people.
    Text,
    /// To be read by programs.
    Json,
}

/// How long conversations are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Retention {
    /// Until they are cleared.
    #[default]
    Forever,
    /// 365 days.
    Year,
    /// 30 days.
    Month,
    /// 7 days.
    Week,
    /// 24 hours.
    Day,
}

impl Retention {
    /// How many days; `None` for ever.
    pub const fn days(self) -> Option<u64> {
        match self {
            Self::Forever => None,
            Self::Year => Some(365),
            Self::Month => Some(30),
            Self::Week => Some(7),
            Self::Day => Some(1),
        }
    }
}

/// What a page is told about conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "news", rename_all = "snake_case", deny_unknown_fields)]
pub enum News {
    /// What is shown of a conversation from outside changed.
    Conversation {
        /// As it is now.
        conversation: ConversationView,
    },
    /// An entry is new, or says something else now.
    Entry {
        /// In the conversation with whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// As it is now.
        entry: Entry,
    },
    /// The answer to [`Ask::Entries`], the oldest first.
    Entries {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// As it was asked.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        before: Option<u64>,
        /// At most [`ENTRIES_TOLD`].
        entries: Vec<Entry>,
        /// There are older ones.
        more: bool,
    },
    /// A conversation was cleared, or its oldest part was kept long enough: entries up to this one are gone.
    Gone {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Up to which.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        through: u64,
    },
    /// Somebody is writing, or no longer.
    Typing {
        /// Who.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// They are.
        typing: bool,
    },
    /// A message was not written: it is still the page's.
    NotWritten {
        /// To whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// Why.
        why: NotWritten,
    },
    /// Files were not offered.
    NotOffered {
        /// To whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// Why.
        why: NotOffered,
    },
    /// What goes on with a transfer that is not over.
    Going {
        /// As it is now.
        going: GoingView,
    },
    /// The answer to [`Ask::Thumbnail`].
    Thumbnail {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// The offer.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// This node's person offered it.
        mine: bool,
        /// A JPEG in base64; `null` where there is none (any more).
        jpeg: Option<String>,
    },
    /// The answer to [`Ask::Search`], the newest first.
    Hits {
        /// As it was asked.
        text: String,
        /// At most [`HITS_TOLD`].
        hits: Vec<Hit>,
    },
    /// A conversation was written to a file.
    Exported {
        /// With whom.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        peer: PeerId,
        /// Where it lies; `null` when it could not be written.
        path: Option<String>,
    },
}

/// Why a message was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum NotWritten {
    /// It says nothing.
    Empty,
    /// It is longer than 16 KiB.
    TooLong,
    /// It holds characters that cannot be shown.
    Unshowable,
    /// Nobody of this kind is known, or it is nobody to write to.
    Nobody,
    /// Too many messages wait for this person already.
    TooManyWait,
    /// There is no such message of one's own (any more).
    NoSuchMessage,
    /// The disk is full.
    DiskFull,
    /// The disk does not take it.
    NotKept,
}

/// A conversation, as it is shown from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct ConversationView {
    /// With whom.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub peer: PeerId,
    /// What the other wrote, and calls that were missed, since the conversation was last seen.
    pub unread: u32,
    /// Its last entry, in short.
    pub last: Option<Entry>,
    /// How far one's own posts have come.
    pub marks: Marks,
}

/// How far one's own posts have come, by number. Each is at least the next; what is above the first waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// Left on the link in use.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub sent: u64,
    /// On the other's disk.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub delivered: u64,
    /// Read, as far as the other tells.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub read: u64,
}

/// One thing in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its place: entries come in the order in which this node kept them.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub position: u64,
    /// When it was written or happened, in milliseconds since 1970 by this machine's clock.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at_ms: u64,
    /// What it is.
    pub what: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum EntryKind {
    /// A message.
    Text {
        /// Its id.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// Who wrote it.
        author: Author,
        /// What it says.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        text: MessageText,
        /// It said something else before.
        edited: bool,
        /// What it answers.
        reply: Option<Quote>,
    },
    /// A message that was taken back.
    Withdrawn {
        /// Its id.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// Who wrote it.
        author: Author,
    },
    /// Files and folders.
    Files {
        /// The offer's id.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        message: MessageId,
        /// Who offered them.
        author: Author,
        /// What they are.
        parcel: Parcel,
        /// What has become of them.
        stage: Stage,
        /// Where they lie on this machine, once they have come.
        place: Option<String>,
        /// There is a picture of them in short, this large.
        thumbnail: Option<PictureSize>,
    },
    /// A call.
    Call {
        /// Its id.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// This node placed it.
        caller: bool,
        /// What the caller asked to send.
        media: Media,
        /// How it ended.
        reason: EndReason,
        /// It was for this node's person, and nobody answered.
        missed: bool,
        /// How long they talked, in milliseconds; `null` if they did not.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        talked_ms: Option<u64>,
    },
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "who", rename_all = "snake_case", deny_unknown_fields)]
pub enum Author {
    /// This node's person; the post's number tells by [`Marks`] how far it has come.
    Me {
        /// The number.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        n: u64,
    },
    /// The other.
    Them,
}

/// What is shown of a message that another answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// Which message.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub message: MessageId,
    /// Its place and its beginning, at most [`QUOTE_CHARS`]; `null` when it is not here (any more).
    pub of: Option<Quoted>,
}

/// The beginning of a quoted message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Quoted {
    /// Its place in the conversation.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub position: u64,
    /// One's own.
    pub mine: bool,
    /// How it begins.
    pub begins: String,
}

/// A message that contains what was searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(deny_unknown_fields)]
pub struct Hit {
    /// In the conversation with whom.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub peer: PeerId,
    /// The message.
    pub entry: Entry,
}
