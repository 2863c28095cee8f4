//! What happens to a node.

use std::net::SocketAddr;

use super::keeping::{Changed, Unkept, Write};
use crate::candidate::Network;
use crate::id::{CarrierId, LinkId, PageId, PeerId};
use crate::link::Dialler;
use crate::mail::{Load, Outside};
use crate::text::Name;
use crate::transfer::{Carried, Key, Moved};
use crate::wire::files::{NotOffered, Parcel, Thumbnail};
use crate::wire::peer::{Frame, Status};
use crate::wire::post::NumberedPost;
use crate::wire::talk::News;
use crate::wire::ui::{Command, PageCaps};

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A TLS handshake ended: the peer proved its key.
    LinkUp {
        /// Its number.
        link: LinkId,
        /// Whose key was proven.
        peer: PeerId,
        /// Who opened it.
        dialler: Dialler,
        /// Our end.
        local: SocketAddr,
        /// Their end.
        remote: SocketAddr,
    },
    /// A message came over a link.
    Frame {
        /// The link.
        link: LinkId,
        /// The message.
        frame: Frame,
    },
    /// A link ended.
    LinkClosed {
        /// The link.
        link: LinkId,
    },
    /// A dial ended without a link.
    DialFailed {
        /// What had been asked.
        dial: Dial,
        /// The other end refuses connections: nothing listens there.
        refused: bool,
    },
    /// mDNS tells of somebody.
    Found {
        /// Whom it claims.
        peer: PeerId,
        /// The name it claims.
        name: Name,
        /// The state it claims.
        status: Status,
        /// Where.
        addresses: Vec<SocketAddr>,
    },
    /// mDNS says they went.
    Vanished {
        /// Who.
        peer: PeerId,
    },
    /// Somebody is to be found at this address (from the command line); it is tried until a link came about.
    Seek {
        /// Where.
        address: SocketAddr,
    },
    /// A second node in this process is this one's echo contact. Only this node may know of it.
    Echo {
        /// Who.
        peer: PeerId,
        /// Where it listens, on loopback.
        address: SocketAddr,
    },
    /// This node is the echo contact of another in this process, which dials it.
    Owner {
        /// Whose.
        peer: PeerId,
    },
    /// The networks this machine is on, at the start and on each change.
    Networks {
        /// All of them, without loopback.
        networks: Vec<Network>,
    },
    /// A person opened a link that names somebody.
    ShowPerson {
        /// Whom.
        peer: PeerId,
    },
    /// A page attached.
    PageAttached {
        /// Its number.
        page: PageId,
        /// What it can do.
        caps: PageCaps,
    },
    /// A page went.
    PageDetached {
        /// Its number.
        page: PageId,
    },
    /// A page asks.
    Command {
        /// Which page.
        page: PageId,
        /// What.
        command: Command,
    },
    /// Something could not be kept on the disk.
    NotKept,
    /// What was to be written to the disk was, or was not.
    Written {
        /// What.
        write: Box<Write>,
        /// What it changed.
        result: Result<Box<Changed>, Unkept>,
    },
    /// Posts were loaded from the disk.
    Loaded {
        /// For whom.
        peer: PeerId,
        /// What had been asked.
        load: Load,
        /// They; `None` when the disk did not give them.
        posts: Option<Vec<NumberedPost>>,
    },
    /// Something was looked up on the disk for a page.
    Looked {
        /// The page.
        page: PageId,
        /// What to tell it.
        news: Box<News>,
    },
    /// The disk let go of what was kept long enough.
    Expired {
        /// Of which conversation.
        peer: PeerId,
        /// Up to which entry.
        through: u64,
        /// How it looks from outside now.
        outside: Box<Outside>,
    },
    /// What a person wants to send was looked through.
    Prepared {
        /// The page that asked.
        page: PageId,
        /// The offer.
        key: Key,
        /// What it is.
        result: Result<Parcel, NotOffered>,
    },
    /// Pictures that were offered, or have come, were looked at.
    Pictured {
        /// The offer.
        key: Key,
        /// They, in short.
        thumbnail: Thumbnail,
    },
    /// Somebody dialled for a transfer; answered by [`Action::Admit`].
    Knocked {
        /// The edge's number for it.
        knock: u64,
        /// Which transfer.
        key: Key,
    },
    /// A transfer moves. At most four times a second each.
    Moved {
        /// Its connection.
        carrier: CarrierId,
        /// How far.
        moved: Moved,
    },
    /// A transfer's connection ended.
    Carried {
        /// Which.
        carrier: CarrierId,
        /// How.
        how: Carried,
    },
    /// Time passed; see [`Node::deadline`].
    Tick,
    /// The node is to end: everybody is told.
    Shutdown,
}

/// Whom to dial, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dial {
    /// Somebody, whose key is checked inside the handshake.
    Peer(PeerId),
    /// Whoever answers at an address typed in this page, which is told if nobody does.
    Address(PageId),
    /// Whoever answers at an address from the command line.
    Sought(SocketAddr),
}
