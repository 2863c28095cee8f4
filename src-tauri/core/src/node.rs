//! The core's one door: [`Node::handle`] takes what happened and gives back what is to be done.
//!
//! | file | what it decides |
//! | --- | --- |
//! | `node.rs` | events, actions, the state |
//! | `node/linking.rs` | links: hello, liveness, which of two stays |
//! | `node/signalling.rs` | signals over links and data channels |
//! | `node/inside.rs` | the echo contact and its owner, two nodes in one process |
//! | `node/hinting.rs` | telling linked peers whom else there is |
//! | `node/finding.rs` | discovery: whom to dial, when, at which addresses; networks and visibility |
//! | `node/asked.rs` | commands of pages |
//! | `node/talking.rs` | conversations: what a person writes, reads and looks up |
//! | `node/posting.rs` | posts: what leaves for whom, and what came |
//! | `node/carrying.rs` | files: what is offered, what becomes of it, which connection carries it |
//! | `node/keeping.rs` | what is to be kept on the disk, and what the disk says to it |
//! | `node/telling.rs` | what pages and observers are told |

mod asked;
mod carrying;
mod finding;
mod hinting;
mod inside;
mod keeping;
mod linking;
mod posting;
#[cfg(any(test, feature = "sim"))]
mod record;
mod signalling;
mod talking;
mod telling;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use rand::SeedableRng;
use rand::rngs::StdRng;

pub use self::carrying::Chosen;
use self::finding::Sought;
pub use self::keeping::{Changed, Kept, Look, Unkept, Write};
#[cfg(any(test, feature = "sim"))]
pub use self::record::Traced;
use crate::call::{Act, Context, Line};
use crate::candidate::Network;
use crate::id::{BootId, CarrierId, LinkId, OutboxId, PageId, PeerId};
use crate::link::{Dialler, Link};
use crate::mail::{KeptMail, Load, Mail, Outside};
use crate::pages::Pages;
use crate::roster::{Contact, Roster};
use crate::text::Name;
use crate::time::Time;
use crate::transfer::{Carried, Key, Moved, NotNow, Transfer};
use crate::wire::files::{NotOffered, Parcel, Stage};
use crate::wire::peer::{Farewell, Frame, Status};
use crate::wire::post::NumberedPost;
use crate::wire::talk::{ConversationView, News, Retention};
use crate::wire::ui::{CallView, Command, Notice, PageCaps, PeerView};

/// Links a node keeps of its own will.
pub const LINKS_KEPT: usize = 64;
/// Links it accepts in all; beyond this a newcomer is told [`Farewell::Full`].
pub const LINKS_TAKEN: usize = 96;
/// Dials under way at once.
pub const DIALS_AT_ONCE: usize = 8;

/// What a node starts with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Who it is.
    pub me: PeerId,
    /// Which start this is.
    pub boot: BootId,
    /// For ids and nonces: from the system's randomness, or a test's seed.
    pub seed: [u8; 32],
    /// The name others see.
    pub name: Name,
    /// Nobody chose the name yet.
    pub first_start: bool,
    /// Networks on which it is invisible.
    pub hidden_on: BTreeSet<String>,
    /// People remembered.
    pub contacts: Vec<Contact>,
    /// The port its links come in at.
    pub port: u16,
    /// How this data folder counts what is written.
    pub outbox: OutboxId,
    /// Every conversation on the disk.
    pub mail: Vec<(PeerId, KeptMail)>,
    /// Others are told what was read.
    pub receipts: bool,
    /// How long conversations are kept.
    pub retention: Retention,
    /// Files of people whose code was compared come without being asked for.
    pub takes_files: bool,
    /// Every transfer that is not over.
    pub transfers: Vec<(Key, Parcel, Stage)>,
}

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

/// The whole state of one node.
#[derive(Debug)]
pub struct Node {
    me: PeerId,
    boot: BootId,
    /// Sessions forgotten while the peer may still remember them.
    forgotten: u64,
    name: Name,
    first_start: bool,
    port: u16,
    hidden_on: BTreeSet<String>,
    networks: Vec<Network>,
    roster: Roster,
    links: BTreeMap<LinkId, Link>,
    line: Line,
    pages: Pages,
    rng: StdRng,
    looked: Time,
    /// How many times somebody came, so that a link can tell whether others came since its hello.
    met: u64,
    sought: Vec<Sought>,
    appearance: Option<Appearance>,
    told_status: Status,
    outbox: OutboxId,
    mail: BTreeMap<PeerId, Mail>,
    receipts: bool,
    retention: Retention,
    takes_files: bool,
    transfers: BTreeMap<Key, Transfer>,
    /// Connections for transfers so far.
    carriers: u64,
    /// Transfers with which something else may go on now.
    going: BTreeSet<Key>,
    told_talks: bool,
    touched: BTreeSet<PeerId>,
    /// With whom something about the conversation may look different from outside now.
    talked: BTreeSet<PeerId>,
    shown: BTreeMap<PeerId, PeerView>,
    shown_talks: BTreeMap<PeerId, ConversationView>,
    shown_calls: BTreeMap<PageId, CallView>,
    #[cfg(any(test, feature = "sim"))]
    recording: Option<Vec<Traced>>,
}

impl Node {
    /// A node before anything happened.
    pub fn new(setup: Setup) -> Self {
        Self {
            me: setup.me,
            boot: setup.boot,
            forgotten: 0,
            name: setup.name,
            first_start: setup.first_start,
            port: setup.port,
            hidden_on: setup.hidden_on,
            networks: Vec::new(),
            roster: Roster::new(setup.contacts),
            links: BTreeMap::new(),
            line: Line::default(),
            pages: Pages::default(),
            rng: StdRng::from_seed(setup.seed),
            looked: Time::default(),
            met: 0,
            sought: Vec::new(),
            appearance: None,
            told_status: Status::Away,
            outbox: setup.outbox,
            mail: setup.mail.into_iter().map(|(peer, kept)| (peer, Mail::new(kept))).collect(),
            receipts: setup.receipts,
            retention: setup.retention,
            takes_files: setup.takes_files,
            transfers: setup
                .transfers
                .into_iter()
                .map(|(key, parcel, stage)| (key, Transfer::new(parcel, stage)))
                .collect(),
            carriers: 0,
            going: BTreeSet::new(),
            told_talks: false,
            touched: BTreeSet::new(),
            talked: BTreeSet::new(),
            shown: BTreeMap::new(),
            shown_talks: BTreeMap::new(),
            shown_calls: BTreeMap::new(),
            #[cfg(any(test, feature = "sim"))]
            recording: None,
        }
    }

    /// Who this is.
    pub fn me(&self) -> PeerId {
        self.me
    }

    /// The telephone line.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// Everybody known.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The links that are up.
    pub fn links(&self) -> impl Iterator<Item = (LinkId, &Link)> {
        self.links.iter().map(|(&id, link)| (id, link))
    }

    /// Takes what happened; gives what is to be done, in order.
    pub fn handle(&mut self, event: Event, now: Time) -> Vec<Action> {
        let mut out = Vec::new();
        match event {
            Event::LinkUp { link, peer, dialler, local, remote } => {
                let link_to = Link::new(peer, dialler, (local, remote), self.boot_to(peer), now);
                self.link_up(link, link_to, now, &mut out);
            }
            Event::Frame { link, frame } => self.frame(link, frame, now, &mut out),
            Event::LinkClosed { link } => self.link_closed(link, None, now, &mut out),
            Event::DialFailed { dial, refused } => self.dial_failed(&dial, refused, now, &mut out),
            Event::Found { peer, name, status, addresses } => {
                self.found(peer, (name, status), &addresses, now, &mut out);
            }
            Event::Vanished { peer } => self.vanished(peer, now, &mut out),
            Event::Seek { address } => self.seek(address, now, &mut out),
            Event::Echo { peer, address } => self.adopt_echo(peer, address, now, &mut out),
            Event::Owner { peer } => self.serve_owner(peer),
            Event::Networks { networks } => self.networks_changed(networks, now, &mut out),
            Event::PageAttached { page, caps } => self.page_attached(page, caps, now, &mut out),
            Event::PageDetached { page } => self.page_detached(page, now, &mut out),
            Event::Command { page, command } => self.asked(page, command, now, &mut out),
            Event::NotKept => self.not_kept(&mut out),
            Event::Written { write, result } => self.written(*write, result, now, &mut out),
            Event::Loaded { peer, load, posts } => self.posts_loaded(peer, load, posts, now, &mut out),
            Event::Looked { page, news } => self.looked(page, *news, &mut out),
            Event::Expired { peer, through, outside } => self.expired(peer, through, *outside, &mut out),
            Event::Prepared { page, key, result } => self.prepared(page, key, result, &mut out),
            Event::Knocked { knock, key } => self.knocked(knock, key, now, &mut out),
            Event::Moved { carrier, moved } => self.carrier_moved(carrier, moved, now),
            Event::Carried { carrier, how } => self.carrier_ended(carrier, &how, now, &mut out),
            Event::Tick => self.tick(now, &mut out),
            Event::Shutdown => self.shut_down(now, &mut out),
        }
        self.tell(now, &mut out);
        out
    }

    /// When [`Event::Tick`] is due.
    pub fn deadline(&self) -> Option<Time> {
        let dues = [
            self.line.deadline(),
            self.look_due(),
            self.dial_due(),
            self.away_due(),
            self.mail_due(),
            self.files_due(),
        ];
        dues.into_iter().flatten().min()
    }

    fn tick(&mut self, now: Time, out: &mut Vec<Action>) {
        self.look_at_links(now, out);
        self.graces(now, out);
        self.seek_all(now, out);
        self.dial_all(now, out);
        self.look_at_mail(now, out);
        self.look_at_files(now, out);
        self.on_line(now, out, |line, cx| line.tick(cx));
    }

    fn shut_down(&mut self, now: Time, out: &mut Vec<Action>) {
        self.on_line(now, out, |line, cx| line.shut_down(cx));
        out.push(Action::Appear(None));
        for (_, person) in self.roster.iter_mut() {
            person.link = None;
        }
        for (link, _) in std::mem::take(&mut self.links) {
            out.push(Action::Close { link, farewell: Some(Farewell::Leaving) });
        }
    }

    /// Lets the call machine act, and carries out what it wants.
    fn on_line<R>(
        &mut self,
        now: Time,
        out: &mut Vec<Action>,
        with: impl FnOnce(&mut Line, &mut Context<'_>) -> R,
    ) -> R {
        let mut acts = Vec::new();
        let mut cx =
            Context { me: self.me, now, pages: &self.pages, roster: &self.roster, rng: &mut self.rng, acts: &mut acts };
        let result = with(&mut self.line, &mut cx);
        for act in acts {
            match act {
                Act::Say { peer, signal, relay } => self.say(peer, signal, relay, now, out),
                Act::Order(page, order) => out.push(Action::Notify(page, Notice::Engine { order })),
                Act::Changed => self.tell_call(now, out),
                Act::OpenPage => out.push(Action::OpenPage),
                Act::Talked(peer) => self.remember(peer, out),
                Act::Over(past) => self.call_over(past, out),
            }
        }
        result
    }

    fn remember(&mut self, peer: PeerId, out: &mut Vec<Action>) {
        if let Some(person) = self.roster.get_mut(peer).filter(|person| !person.kind.is_inside()) {
            person.known = true;
            let contact = Contact { peer, name: person.name.clone(), verified: person.verified };
            out.push(Action::Keep(Kept::Contact(contact)));
        }
    }
}
