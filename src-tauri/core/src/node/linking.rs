//! Links: hello, liveness, which of two stays, and the signals that travel over them.

use std::time::Duration;

use super::{Action, LINKS_TAKEN, Node};
use crate::id::{LinkId, PageId, PeerId};
use crate::link::{Dialler, Greeting, Health, LINKS_PER_PEER, LOOK_EVERY, Link};
use crate::roster::{Dialling, RELINK_GRACE};
use crate::signals::{Heard, Session};
use crate::time::Time;
use crate::wire::peer::{Farewell, Frame, Hello, NumberedSignal, PEERS_NAMED, PeerHint, Signal};
use crate::wire::ui::{EngineOrder, Notice};
use crate::wire::{VERSION, encode};

/// Links beyond [`LINKS_TAKEN`] until their hello tells whether they are wanted for a call.
const LINKS_SPARE: usize = 8;
/// How long somebody who has links enough is left alone.
const FULL_REST: Duration = Duration::from_secs(60);
/// Signals held for somebody who is not linked yet: an invite, a hang-up, a first offer and its candidates.
const SIGNALS_HELD: usize = 64;

impl Node {
    pub(super) fn link_up(&mut self, id: LinkId, mut link: Link, now: Time, out: &mut Vec<Action>) {
        let peer = link.peer;
        if link.dialler == Dialler::Me {
            self.sought_found(link.remote);
        }
        if link.dialler == Dialler::Me
            && let Some(person) = self.roster.get_mut(peer)
        {
            person.dialling = Dialling::Idle;
        }
        let to_peer = self.links.values().filter(|l| l.peer == peer).count();
        let refusal = if self.appearance.is_none() {
            Some(Farewell::Hidden)
        } else if peer == self.me || to_peer >= LINKS_PER_PEER {
            Some(Farewell::Protocol)
        } else if to_peer == 0 && self.people_linked() >= LINKS_TAKEN + LINKS_SPARE {
            Some(Farewell::Full)
        } else {
            None
        };
        if refusal.is_some() {
            out.push(Action::Close { link: id, farewell: refusal });
            return;
        }
        let hello = Hello {
            version: VERSION,
            boot: self.boot,
            name: self.name.clone(),
            status: self.status(),
            port: self.port,
            wanted: self.is_wanted(peer),
            peers: self.hints_for(&link),
        };
        link.met_before = self.met + 1;
        self.links.insert(id, link);
        out.push(Action::Send { link: id, frame: Frame::Hello(Box::new(hello)) });
        // The dial that ended makes room for another.
        self.dial_all(now, out);
    }

    /// How many people there are links with; two that dial each other at once have two for a moment.
    pub(super) fn people_linked(&self) -> usize {
        self.links.values().map(|link| link.peer).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// Peers linked now that are on the network of this link, for the other end to find.
    fn hints_for(&self, link: &Link) -> Vec<PeerHint> {
        let near = |ip| self.networks.iter().any(|n| n.holds(link.local.ip()) && n.holds(ip));
        self.roster
            .linked()
            .filter(|(peer, _, _)| *peer != link.peer)
            .filter_map(|(peer, person, id)| {
                let remote = self.links.get(&id)?.remote;
                let address = std::net::SocketAddr::new(remote.ip(), person.port?);
                near(remote.ip()).then(|| PeerHint { peer, addresses: vec![address] })
            })
            .take(PEERS_NAMED)
            .collect()
    }

    pub(super) fn frame(&mut self, id: LinkId, frame: Frame, now: Time, out: &mut Vec<Action>) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        link.heard(now);
        let peer = link.peer;
        let greeted = link.boot().is_some();
        match (frame, greeted) {
            (Frame::Hello(hello), false) => self.hello(id, *hello, now, out),
            (Frame::Goodbye { reason }, _) => self.link_closed(id, Some(reason), now, out),
            (Frame::Hello(_), true)
            | (
                Frame::Ping { .. }
                | Frame::Pong { .. }
                | Frame::Presence { .. }
                | Frame::Peers { .. }
                | Frame::Signal(_)
                | Frame::Ack { .. },
                false,
            ) => self.drop_link(id, Farewell::Protocol, now, out),
            (Frame::Ping { n }, true) => out.push(Action::Send { link: id, frame: Frame::Pong { n } }),
            (Frame::Pong { n }, true) => {
                if link.is_answer(n) {
                    self.proven(id, peer, now, out);
                }
            }
            (Frame::Presence { name, status }, true) => {
                if let Some(person) = self.roster.get_mut(peer) {
                    person.name = name;
                    person.status = status;
                    self.touched.insert(peer);
                }
            }
            (Frame::Peers { peers }, true) => self.hinted(peer, peers, now, out),
            (Frame::Signal(numbered), true) => self.signal(id, peer, *numbered, now, out),
            (Frame::Ack { n }, true) => {
                let session = self.roster.get_mut(peer).and_then(|person| person.session.as_mut());
                if session.is_some_and(|session| session.acknowledged(n).is_err()) {
                    self.drop_link(id, Farewell::Protocol, now, out);
                }
            }
        }
    }

    fn hello(&mut self, id: LinkId, hello: Hello, now: Time, out: &mut Vec<Action>) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        if hello.version != VERSION {
            return self.drop_link(id, Farewell::Version, now, out);
        }
        let (peer, remote) = (link.peer, link.remote);
        link.greeting = Greeting::Done { boot: hello.boot };
        if !hello.wanted && self.people_linked() > LINKS_TAKEN && !self.is_wanted(peer) {
            return self.drop_link(id, Farewell::Full, now, out);
        }
        let person = self.roster.meet(peer, hello.name.clone());
        if person.left == Some(hello.boot) {
            // It said so on another link, and this one was under way.
            return self.drop_link(id, Farewell::Replaced, now, out);
        }
        let met = person.session.as_ref().map(Session::peer_boot);
        if person.link.is_some() && met.is_some_and(|met| met > hello.boot) {
            // Left over from before a crash, while its successor is linked already.
            return self.drop_link(id, Farewell::Replaced, now, out);
        }
        person.name = hello.name;
        person.status = hello.status;
        person.port = Some(hello.port);
        let mut listens = remote;
        // Set in place: the zone of a link-local address must stay.
        listens.set_port(hello.port);
        person.add_address(listens);
        let restarted = met.is_some_and(|met| met != hello.boot);
        if met != Some(hello.boot) {
            let mut session = Session::new(self.boot, hello.boot);
            for signal in person.held.drain(..) {
                // Fewer are held than a session keeps.
                let _few = session.say(signal, now);
            }
            person.session = Some(session);
        }
        let has_link = person.link.is_some();
        if restarted {
            self.on_line(now, out, |line, cx| line.peer_restarted(peer, cx));
            self.close_others(id, peer, out);
        }
        if restarted || !has_link {
            self.use_link(id, peer, now, out);
        } else {
            self.contest(peer, now, out);
        }
        self.hinted(peer, hello.peers, now, out);
    }

    /// From now on this link carries what is said to the peer.
    fn use_link(&mut self, id: LinkId, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        let newcomer = !person.is_here();
        self.met += u64::from(newcomer);
        person.link = Some(id);
        person.grace = None;
        person.listed = false;
        person.last_linked = Some(now);
        if let Some(session) = &person.session {
            for numbered in session.unacknowledged(now) {
                out.push(Action::Send { link: id, frame: Frame::Signal(Box::new(numbered)) });
            }
        }
        self.touched.insert(peer);
        self.line.peer_back(peer);
        if newcomer {
            self.pass_on(peer, out);
            self.make_up(id, peer, out);
        }
    }

    /// Tells somebody whom multicast does not reach of those who came while the two were still saying hello.
    fn make_up(&self, id: LinkId, peer: PeerId, out: &mut Vec<Action>) {
        let deaf = self.roster.get(peer).is_some_and(|person| !person.announced);
        let Some(link) = self.links.get(&id).filter(|link| deaf && link.met_before != self.met) else {
            return;
        };
        let peers = self.hints_for(link);
        out.push(Action::Send { link: id, frame: Frame::Peers { peers } });
    }

    /// Tells those whom multicast does not seem to reach about somebody new.
    fn pass_on(&self, newcomer: PeerId, out: &mut Vec<Action>) {
        for (peer, person, id) in self.roster.linked() {
            if peer == newcomer || person.announced {
                continue;
            }
            let Some(link) = self.links.get(&id) else {
                continue;
            };
            let peers: Vec<_> = self.hints_for(link).into_iter().filter(|hint| hint.peer == newcomer).collect();
            if !peers.is_empty() {
                out.push(Action::Send { link: id, frame: Frame::Peers { peers } });
            }
        }
    }

    fn best_link(&self, peer: PeerId) -> Option<LinkId> {
        let greeted = self.links.iter().filter(|(_, link)| link.peer == peer && link.boot().is_some());
        greeted.max_by_key(|(id, link)| link.rank(**id, self.me)).map(|(id, _)| *id)
    }

    /// Several links: the best is asked to prove that it lives.
    fn contest(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        if let Some(best) = self.best_link(peer)
            && let Some(link) = self.links.get_mut(&best)
        {
            let n = link.ping(now);
            out.push(Action::Send { link: best, frame: Frame::Ping { n } });
        }
    }

    fn proven(&mut self, id: LinkId, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        if self.best_link(peer) != Some(id) {
            return;
        }
        if self.roster.get(peer).is_some_and(|person| person.link != Some(id)) {
            self.use_link(id, peer, now, out);
        }
        self.close_others(id, peer, out);
    }

    fn close_others(&mut self, keep: LinkId, peer: PeerId, out: &mut Vec<Action>) {
        let others: Vec<LinkId> = self
            .links
            .iter()
            .filter(|(id, link)| **id != keep && link.peer == peer && link.boot().is_some())
            .map(|(id, _)| *id)
            .collect();
        for id in others {
            self.links.remove(&id);
            out.push(Action::Close { link: id, farewell: Some(Farewell::Replaced) });
        }
    }

    fn drop_link(&mut self, id: LinkId, farewell: Farewell, now: Time, out: &mut Vec<Action>) {
        out.push(Action::Close { link: id, farewell: Some(farewell) });
        self.link_closed(id, None, now, out);
    }

    /// A link ended; `farewell` is what the other side said about it, if anything.
    pub(super) fn link_closed(&mut self, id: LinkId, farewell: Option<Farewell>, now: Time, out: &mut Vec<Action>) {
        let Some(link) = self.links.remove(&id) else {
            return;
        };
        if farewell.is_some() {
            out.push(Action::Close { link: id, farewell: None });
        }
        let peer = link.peer;
        if farewell == Some(Farewell::Leaving) {
            if let Some(person) = self.roster.get_mut(peer) {
                person.left = link.boot();
            }
            self.close_others(id, peer, out);
        }
        let remaining = self.best_link(peer);
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        if person.link != Some(id) {
            if farewell == Some(Farewell::Full) {
                person.dialling = Dialling::Resting { until: now + FULL_REST, failures: 1 };
                self.list_without_link(peer);
            }
            return;
        }
        if let Some(next) = remaining {
            return self.use_link(next, peer, now, out);
        }
        person.link = None;
        person.last_linked = Some(now);
        self.touched.insert(peer);
        let left = match farewell {
            Some(Farewell::Leaving | Farewell::Hidden | Farewell::Version | Farewell::Protocol | Farewell::Full) => {
                true
            }
            Some(Farewell::Replaced) | None => false,
        };
        if left {
            person.dialling = Dialling::Resting { until: now + person.rest(3, now), failures: 3 };
            self.on_line(now, out, |line, cx| line.peer_absent(peer, true, cx));
        } else {
            person.grace = Some(now + RELINK_GRACE);
            person.dialling = Dialling::Idle;
            out.push(Action::Verify(peer));
            self.try_dial(peer, now, out);
        }
    }

    /// Looks at all links, if it is time.
    pub(super) fn look_at_links(&mut self, now: Time, out: &mut Vec<Action>) {
        if now < self.looked + LOOK_EVERY {
            return;
        }
        self.looked = now;
        let count = self.links.len();
        let mut dead = Vec::new();
        for (&id, link) in &mut self.links {
            match link.health(now, count) {
                Health::Well => {}
                Health::Quiet => {
                    let n = link.ping(now);
                    out.push(Action::Send { link: id, frame: Frame::Ping { n } });
                }
                Health::Dead => dead.push(id),
            }
        }
        for id in dead {
            out.push(Action::Close { link: id, farewell: None });
            self.link_closed(id, None, now, out);
        }
    }

    pub(super) fn look_due(&self) -> Option<Time> {
        (!self.links.is_empty()).then(|| self.looked + LOOK_EVERY)
    }

    /// Says a signal: over the link, and over a page's data channel if one is named.
    pub(super) fn say(
        &mut self,
        peer: PeerId,
        signal: Signal,
        relay: Option<PageId>,
        now: Time,
        out: &mut Vec<Action>,
    ) {
        let call = signal.call();
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        let (Some(session), link) = (person.session.as_mut(), person.link) else {
            if person.held.len() < SIGNALS_HELD {
                person.held.push(signal);
            }
            return;
        };
        let numbered = match session.say(signal, now) {
            Ok(numbered) => numbered,
            Err(_) => {
                // It has not acknowledged hundreds: start again from nothing.
                person.session = None;
                if let Some(id) = link {
                    self.drop_link(id, Farewell::Protocol, now, out);
                }
                return;
            }
        };
        #[cfg(any(test, feature = "sim"))]
        self.record_said(&numbered);
        if let Some(page) = relay {
            let order = EngineOrder::Relay { call, frame: encode(&numbered) };
            out.push(Action::Notify(page, Notice::Engine { order }));
        }
        if let Some(link) = link {
            out.push(Action::Send { link, frame: Frame::Signal(Box::new(numbered)) });
        }
    }

    fn signal(&mut self, id: LinkId, peer: PeerId, numbered: NumberedSignal, now: Time, out: &mut Vec<Action>) {
        let Some(session) = self.roster.get_mut(peer).and_then(|person| person.session.as_mut()) else {
            return;
        };
        let Ok(heard) = session.hear(numbered) else {
            return self.drop_link(id, Farewell::Protocol, now, out);
        };
        let n = session.last_heard();
        out.push(Action::Send { link: id, frame: Frame::Ack { n } });
        self.apply(peer, heard, now, out);
    }

    /// Applies signals that are next in their order.
    pub(super) fn apply(&mut self, peer: PeerId, heard: Vec<Heard>, now: Time, out: &mut Vec<Action>) {
        #[cfg(any(test, feature = "sim"))]
        self.record_heard(peer, &heard);
        for Heard { signal, age_ms } in heard {
            if self.is_believable(peer, &signal) {
                self.on_line(now, out, |line, cx| line.said(peer, signal, age_ms, cx));
            }
        }
    }

    fn is_believable(&self, peer: PeerId, signal: &Signal) -> bool {
        match signal {
            Signal::Candidate { candidate, .. } => {
                let remote = self.link_of(peer).map(|link| link.remote.ip());
                crate::candidate::believable(&candidate.line, remote, &self.networks)
            }
            Signal::Invite { .. }
            | Signal::Ringing { .. }
            | Signal::Accept { .. }
            | Signal::Nonce { .. }
            | Signal::Reveal { .. }
            | Signal::Bye { .. }
            | Signal::Description { .. }
            | Signal::Renew { .. }
            | Signal::Devices { .. } => true,
        }
    }

    pub(super) fn link_of(&self, peer: PeerId) -> Option<&Link> {
        self.links.get(&self.roster.get(peer)?.link?)
    }
}
