//! What a node wants done.

use std::net::SocketAddr;

use super::carrying::Chosen;
use super::event::Dial;
use super::keeping::{Kept, Look, Write};
use crate::id::{CarrierId, LinkId, PageId, PeerId};
use crate::mail::Load;
use crate::text::Name;
use crate::transfer::{Key, NotNow};
use crate::wire::files::Parcel;
use crate::wire::peer::{Farewell, Frame, Status};
use crate::wire::ui::{Notice, PeerView};

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Send over a link.
    Send {
        /// The link.
        link: LinkId,
        /// What.
        frame: Frame,
    },
    /// Say goodbye, if there is a reason to tell, and close a link. No [`Event::LinkClosed`] is needed for it.
    Close {
        /// The link.
        link: LinkId,
        /// The reason.
        farewell: Option<Farewell>,
    },
    /// Open a link: try all addresses, the first in the list with a small head start.
    Dial {
        /// Whom.
        dial: Dial,
        /// Where.
        addresses: Vec<SocketAddr>,
    },
    /// Announce this node and take links; or, with `None`, do neither.
    Appear(Option<Appearance>),
    /// Browse anew: the networks changed.
    Browse,
    /// Check whether mDNS still finds somebody whose link broke.
    Verify(PeerId),
    /// Tell a page.
    Notify(PageId, Notice),
    /// Tell observers: somebody came, changed or went.
    Observed(PeerView),
    /// Open this node's page in the browser.
    OpenPage,
    /// Keep on the disk.
    Keep(Kept),
    /// Write to the disk, one after the other; each is answered by [`Event::Written`].
    Write(Box<Write>),
    /// Load posts from the disk, after all that is to be written; answered by [`Event::Loaded`].
    Load {
        /// For whom.
        peer: PeerId,
        /// Which.
        load: Load,
    },
    /// Look through what a person wants to send, and remember it; answered by [`Event::Prepared`].
    Prepare {
        /// The page that asked.
        page: PageId,
        /// The offer.
        key: Key,
        /// What.
        chosen: Chosen,
    },
    /// Dial for a transfer, and carry it; answered by [`Event::Carried`].
    Carry {
        /// The connection's number.
        carrier: CarrierId,
        /// Which.
        key: Key,
        /// What was offered.
        parcel: Parcel,
        /// Where.
        address: SocketAddr,
    },
    /// Let in whoever dialled for a transfer, which is carried from now on, or say why not.
    Admit {
        /// The edge's number for it.
        knock: u64,
        /// The connection's number, and what was offered.
        verdict: Result<(CarrierId, Parcel), NotNow>,
    },
    /// End a transfer's connection.
    Halt {
        /// Which.
        carrier: CarrierId,
    },
    /// A transfer is over: what there is of it but the whole is of no use.
    Discard {
        /// Which.
        key: Key,
    },
    /// Somebody talks from now on, or no longer: files make room.
    Talks(bool),
    /// Look something up on the disk for a page; answered by [`Event::Looked`].
    Look {
        /// The page.
        page: PageId,
        /// What.
        look: Look,
    },
}

/// What mDNS says of this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearance {
    /// Its name.
    pub name: Name,
    /// Its state.
    pub status: Status,
}
