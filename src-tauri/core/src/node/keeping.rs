//! What is to be kept on the disk, and what the disk says to it.

use crate::call::Past;
use crate::id::{MessageId, PageId, PeerId};
use crate::mail::{Heard, Outside};
use crate::roster::Contact;
use crate::text::Name;
use crate::transfer::Key;
use crate::wire::files::Thumbnail;
use crate::wire::post::Post;
use crate::wire::talk::{Entry, ExportFormat, Retention};

/// Settings and people that outlive the run. Losing one to a crash does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The name others see, chosen by a person.
    Name(Name),
    /// Whether this node is invisible on a network.
    Hidden {
        /// The network.
        network: String,
        /// Invisible.
        hidden: bool,
    },
    /// Somebody to remember.
    Contact(Contact),
    /// Whether others are told what was read.
    Receipts(bool),
    /// How long conversations are kept.
    Retention(Retention),
    /// Whether files of people whose code was compared come without being asked for.
    TakesFiles(bool),
}

/// What is written to the disk for good before anybody hears of it. Each is written as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// What this node's person says to somebody: it waits from then on, and the conversation shows it.
    ///
    /// An edit or a withdrawal of what is no message of this person's is refused. A withdrawal takes what still waits of
    /// the message out; a word about what was read takes out the earlier ones. It is numbered, and refused where
    /// [`WAITING`](crate::mail::WAITING) posts wait already.
    Mine {
        /// Where it was asked.
        page: Option<PageId>,
        /// To whom.
        peer: PeerId,
        /// What.
        post: Post,
    },
    /// What somebody says. It is refused where what is stored does not end with `after`, and where a stranger has
    /// written more than is kept of one.
    Theirs {
        /// Who.
        peer: PeerId,
        /// Its place in their counting.
        place: Heard,
        /// The one stored before it.
        after: Option<Heard>,
        /// How old it was when it came, in milliseconds.
        age_ms: u64,
        /// What.
        post: Post,
    },
    /// Somebody has stored what was said to them, up to a number: it waits no longer.
    Delivered {
        /// Who.
        peer: PeerId,
        /// Up to which; all later ones have larger numbers.
        through: u64,
    },
    /// This folder was put back from a backup, and somebody has stored more posts than were known here. All that wait, and
    /// their entries, are given numbers above `through`, in their order: what was delivered before the backup was put back
    /// leaves again, and is known there by its message.
    PutBack {
        /// Who.
        peer: PeerId,
        /// Up to which they have stored.
        through: u64,
    },
    /// A conversation was seen up to an entry.
    Seen {
        /// With whom.
        peer: PeerId,
        /// The entry.
        position: u64,
    },
    /// A transfer is halted by this node's person, or goes on. Refused where it is not under way.
    Pause {
        /// Which.
        key: Key,
        /// Halted.
        paused: bool,
    },
    /// What came has its place.
    Placed {
        /// Which.
        key: Key,
        /// The file or folder.
        place: String,
    },
    /// What the pictures of an offer look like.
    Thumbnail {
        /// Which offer.
        key: Key,
        /// They, in short.
        thumbnail: Thumbnail,
    },
    /// A call is over, or ended otherwise than was known.
    Call(Past),
    /// A conversation is to be forgotten, with the texts of it that wait; what else waits is still to be said.
    Clear {
        /// With whom.
        peer: PeerId,
    },
}

impl Write {
    /// Whose conversation it is about.
    pub const fn peer(&self) -> PeerId {
        match self {
            Self::Mine { peer, .. }
            | Self::Theirs { peer, .. }
            | Self::Delivered { peer, .. }
            | Self::PutBack { peer, .. }
            | Self::Seen { peer, .. }
            | Self::Clear { peer } => *peer,
            Self::Pause { key, .. } | Self::Placed { key, .. } | Self::Thumbnail { key, .. } => key.peer,
            Self::Call(past) => past.with,
        }
    }
}

/// What a write changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changed {
    /// The number that was given to what this node's person says, or the last of those given to what waits.
    pub number: Option<u64>,
    /// Entries that are new or say something else now.
    pub entries: Vec<Entry>,
    /// Entries that are gone: up to this one.
    pub gone: Option<u64>,
    /// What was seen goes up to this post of the other's.
    pub seen: Option<Heard>,
    /// How the conversation looks from outside now.
    pub outside: Outside,
}

/// Why something was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unkept {
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The disk did not take it.
    #[error("the disk did not take it")]
    Failed,
    /// It does not fit what is there.
    #[error("it does not fit what is there")]
    Refused,
    /// As much as may wait for this person waits.
    #[error("too much waits for this person")]
    TooMany,
    /// The disk has too much to do to take something that comes again by itself.
    #[error("the disk is busy")]
    Busy,
}

/// What a page wants to know from the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Entries.
    Entries {
        /// With whom.
        peer: PeerId,
        /// Before this one.
        before: Option<u64>,
    },
    /// Messages that contain a text.
    Search {
        /// The text.
        text: String,
        /// With whom, or with everybody.
        peer: Option<PeerId>,
    },
    /// What the pictures of an offer look like.
    Thumbnail(Key),
    /// A conversation, into a file.
    Export {
        /// With whom.
        peer: PeerId,
        /// Their name.
        name: Name,
        /// How.
        format: ExportFormat,
    },
}

/// The message a page asked to write, to be told whether it was.
pub(super) fn asked_for(write: &Write) -> Option<(PageId, PeerId, MessageId)> {
    match write {
        Write::Mine { page: Some(page), peer, post, .. } => Some((*page, *peer, post.message()?)),
        Write::Mine { page: None, .. }
        | Write::Theirs { .. }
        | Write::Delivered { .. }
        | Write::PutBack { .. }
        | Write::Seen { .. }
        | Write::Pause { .. }
        | Write::Placed { .. }
        | Write::Thumbnail { .. }
        | Write::Call(_)
        | Write::Clear { .. } => None,
    }
}
