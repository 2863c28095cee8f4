//! A node, and peers that a test plays itself, word by word.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use dogeller_core::candidate::Network;
use dogeller_core::link::Dialler;
use dogeller_core::node::{Action, Event, Node, Setup};
use dogeller_core::wire::VERSION;
use dogeller_core::wire::peer::{Frame, Hello, NumberedSignal, Signal, Status};
use dogeller_core::wire::talk::Retention;
use dogeller_core::wire::ui::{Command, PageCaps};
use dogeller_core::{BootId, LinkId, Name, OutboxId, PageId, PeerId, Time};

/// The node's own boot.
pub(crate) const BOOT: BootId = BootId { count: 7, random: 7 };

/// A node under test.
pub(crate) struct Scripted {
    pub(crate) node: Node,
    pub(crate) now: Time,
    said: BTreeMap<(PeerId, BootId), u64>,
}

pub(crate) fn peer(n: u8) -> PeerId {
    PeerId::from_bytes([n; 32])
}

pub(crate) fn boot(count: u64) -> BootId {
    BootId { count, random: 1 }
}

pub(crate) fn address(n: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, n], 4000))
}

pub(crate) fn hello(boot: BootId) -> Hello {
    let name = Name::new("Peer").unwrap();
    Hello { version: VERSION, boot, name, status: Status::Available, port: 4000, wanted: false, peers: Vec::new() }
}

impl Scripted {
    /// A node whose PeerId lies between those of the peers 1 and 200, on 10.0.0.100/24.
    pub(crate) fn new() -> Self {
        let node = Node::new(Setup {
            me: peer(100),
            boot: BOOT,
            seed: [5; 32],
            name: Name::new("Me").unwrap(),
            first_start: false,
            hidden_on: BTreeSet::new(),
            contacts: Vec::new(),
            port: 4000,
            outbox: OutboxId::from_bytes([100; 16]),
            mail: Vec::new(),
            receipts: true,
            retention: Retention::default(),
            takes_files: false,
            transfers: Vec::new(),
        });
        let mut this = Self { node, now: Time::from_millis(1000), said: BTreeMap::new() };
        let network = Network { address: [10, 0, 0, 100].into(), prefix: 24, card: None };
        this.give(Event::Networks { networks: vec![network] });
        this
    }

    pub(crate) fn give(&mut self, event: Event) -> Vec<Action> {
        self.node.handle(event, self.now)
    }

    pub(crate) fn page(&mut self, page: u64, engine: bool) -> Vec<Action> {
        self.give(Event::PageAttached { page: PageId(page), caps: PageCaps::seen(engine) })
    }

    pub(crate) fn click(&mut self, page: u64, command: Command) -> Vec<Action> {
        self.give(Event::Command { page: PageId(page), command })
    }

    pub(crate) fn link_up(&mut self, link: u64, who: u8, dialler: Dialler) -> Vec<Action> {
        let (link, peer) = (LinkId(link), peer(who));
        self.give(Event::LinkUp { link, peer, dialler, local: address(100), remote: address(who) })
    }

    pub(crate) fn frame(&mut self, link: u64, frame: Frame) -> Vec<Action> {
        self.give(Event::Frame { link: LinkId(link), frame })
    }

    /// A link with a peer that has said hello.
    pub(crate) fn linked(&mut self, link: u64, who: u8) {
        self.link_up(link, who, Dialler::Them);
        self.frame(link, Frame::Hello(Box::new(hello(boot(1)))));
    }

    /// One of more somebodies than a byte can count is linked, and has said hello; the link has the same number.
    pub(crate) fn link_somebody(&mut self, n: u64) {
        let peer = PeerId::from_bytes([&n.to_be_bytes()[..]; 4].concat().try_into().unwrap());
        let (link, local, remote) = (LinkId(n), address(100), address(5));
        self.give(Event::LinkUp { link, peer, dialler: Dialler::Them, local, remote });
        self.frame(n, Frame::Hello(Box::new(hello(boot(1)))));
    }

    /// A signal as that peer would number it.
    pub(crate) fn numbered(&mut self, who: u8, from: BootId, signal: Signal, age_ms: u64) -> Frame {
        let n = self.said.entry((peer(who), from)).or_default();
        *n += 1;
        Frame::Signal(Box::new(NumberedSignal { n: *n, to: BOOT, from, age_ms, signal }))
    }

    /// A linked peer says a signal.
    pub(crate) fn says(&mut self, link: u64, who: u8, signal: Signal) -> Vec<Action> {
        let frame = self.numbered(who, boot(1), signal, 0);
        self.frame(link, frame)
    }

    /// Lets time pass, deadline by deadline. Panics if the node would spin.
    pub(crate) fn pass(&mut self, span: Duration) -> Vec<Action> {
        let until = self.now + span;
        let mut actions = Vec::new();
        while let Some(due) = self.node.deadline().filter(|due| *due <= until) {
            self.now = due.max(self.now);
            actions.extend(self.give(Event::Tick));
            let next = self.node.deadline();
            assert!(next.is_none_or(|next| next > self.now), "the node spins at {:?}", self.now);
        }
        self.now = until;
        actions
    }
}

/// The frames among actions.
pub(crate) fn sent(actions: &[Action]) -> impl Iterator<Item = &Frame> {
    actions.iter().filter_map(|action| if let Action::Send { frame, .. } = action { Some(frame) } else { None })
}

/// The signals among actions.
pub(crate) fn signals(actions: &[Action]) -> Vec<Signal> {
    sent(actions).filter_map(|f| if let Frame::Signal(n) = f { Some(n.signal.clone()) } else { None }).collect()
}
