//! The core's one door: [`Node::handle`] takes what happened and gives back what is to be done.
//!
//! | file | what it decides |
//! | --- | --- |
//! | `node.rs` | the state |
//! | `node/event.rs`, `node/action.rs` | what happens, and what is to be done |
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

mod action;
mod asked;
mod carrying;
mod event;
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

use rand::SeedableRng;
use rand::rngs::StdRng;

pub use self::action::{Action, Appearance};
pub use self::carrying::Chosen;
pub use self::event::{Dial, Event};
use self::finding::Sought;
pub use self::keeping::{Changed, Kept, Look, Unkept, Write};
#[cfg(any(test, feature = "sim"))]
pub use self::record::Traced;
use crate::call::{Act, Context, Line};
use crate::candidate::Network;
use crate::id::{BootId, LinkId, OutboxId, PageId, PeerId};
use crate::link::Link;
use crate::mail::{KeptMail, Mail};
use crate::pages::Pages;
use crate::roster::{Contact, Roster};
use crate::text::Name;
use crate::time::Time;
use crate::transfer::{Key, Transfer};
use crate::wire::files::{Parcel, Stage};
use crate::wire::peer::{Farewell, Status};
use crate::wire::talk::{ConversationView, Retention};
use crate::wire::ui::{CallView, Notice, PeerView};

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
    /// Whom a link named before there was a page to show them.
    to_show: Option<PeerId>,
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
            to_show: None,
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
            Event::ShowPerson { peer } => self.show_person(peer, &mut out),
            Event::PageAttached { page, caps } => self.page_attached(page, caps, now, &mut out),
            Event::PageDetached { page } => self.page_detached(page, now, &mut out),
            Event::Command { page, command } => self.asked(page, command, now, &mut out),
            Event::NotKept => self.not_kept(&mut out),
            Event::Written { write, result } => self.written(*write, result, now, &mut out),
            Event::Loaded { peer, load, posts } => self.posts_loaded(peer, load, posts, now, &mut out),
            Event::Looked { page, news } => self.looked(page, *news, &mut out),
            Event::Expired { peer, through, outside } => self.expired(peer, through, *outside, &mut out),
            Event::Prepared { page, key, result } => self.prepared(page, key, result, &mut out),
            Event::Pictured { key, thumbnail } => posting::put(Write::Thumbnail { key, thumbnail }, &mut out),
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
