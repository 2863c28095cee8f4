//! Links: hello, liveness, which of two stays, and the signals that travel over them.

use std::time::Duration;

use super::finding::Sought;
use super::{Action, LINKS_TAKEN, Node};
use crate::id::{LinkId, PeerId};
use crate::link::{Dialler, Greeting, Health, LINKS_PER_PEER, LOOK_EVERY, Link};
use crate::roster::{Dialling, RELINK_GRACE};
use crate::signals::Session;
use crate::time::Time;
use crate::transfer::Key;
use crate::wire::VERSION;
use crate::wire::peer::{Farewell, Frame, Hello};

/// Links beyond [`LINKS_TAKEN`] until their hello tells whether they are wanted for a call.
const LINKS_SPARE: usize = 8;
/// How long somebody who has links enough is left alone.
const FULL_REST: Duration = Duration::from_secs(60);

impl Node {
    pub(super) fn link_up(&mut self, id: LinkId, mut link: Link, now: Time, out: &mut Vec<Action>) {
        let peer = link.peer;
        if link.dialler == Dialler::Me {
            self.sought_answered(link.remote, now);
        }
        if link.dialler == Dialler::Me
            && let Some(person) = self.roster.get_mut(peer)
        {
            person.dialling = Dialling::Idle;
        }
        let refusal = self.refusal(&link);
        if refusal.is_some() {
            out.push(Action::Close { link: id, farewell: refusal });
            return;
        }
        let hello = Hello {
            version: VERSION,
            boot: link.told,
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

    /// Why a new link is not taken; `None` when it is.
    fn refusal(&self, link: &Link) -> Option<Farewell> {
        let to_peer = self.links.values().filter(|other| other.peer == link.peer).count();
        let inside = self.roster.is_inside(link.peer);
        // Who shows the echo contact's key from elsewhere has stolen it; and an echo contact is for its owner alone.
        let astray = if inside { !link.remote.ip().is_loopback() } else { self.roster.has_owner() };
        if self.appearance.is_none() && !inside {
            Some(Farewell::Hidden)
        } else if link.peer == self.me || to_peer >= LINKS_PER_PEER || astray {
            Some(Farewell::Protocol)
        } else if to_peer == 0 && !inside && self.people_linked() >= LINKS_TAKEN + LINKS_SPARE {
            Some(Farewell::Full)
        } else {
            None
        }
    }

    /// How many people there are links with; two that dial each other at once have two for a moment.
    pub(super) fn people_linked(&self) -> usize {
        let people = self.links.values().map(|link| link.peer).filter(|peer| !self.roster.is_inside(*peer));
        people.collect::<std::collections::BTreeSet<_>>().len()
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
                | Frame::Ack { .. }
                | Frame::Post(_)
                | Frame::Stored { .. }
                | Frame::Transfer { .. }
                | Frame::Typing,
                false,
            ) => self.drop_link(id, Farewell::Protocol, now, out),
            (Frame::Ping { n }, true) => out.push(Action::Send { link: id, frame: Frame::Pong { n } }),
            (Frame::Pong { n }, true) => {
                if link.is_answer(n) {
                    self.proven(id, peer, now, out);
                }
            }
            (Frame::Presence { name, status }, true) => {
                if let Some(boot) = link.boot() {
                    link.greeting = Greeting::Done { boot, name, status };
                }
                self.heed(id, peer);
            }
            (Frame::Peers { peers }, true) => self.hinted(peer, peers, now, out),
            (Frame::Signal(numbered), true) => self.signal(id, peer, *numbered, now, out),
            (Frame::Post(numbered), true) => self.post_came(id, peer, *numbered, now, out),
            (Frame::Stored { outbox, n }, true) => self.posts_stored(id, peer, outbox, n, now, out),
            // What is theirs is not ours.
            (Frame::Transfer { message, mine, stands }, true) => {
                self.stands_there(Key { peer, message, mine: !mine }, stands, now, out);
            }
            (Frame::Typing, true) => self.typing(peer, now, out),
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
        let (peer, remote, told, dialler) = (link.peer, link.remote, link.told, link.dialler);
        link.greeting = Greeting::Done { boot: hello.boot, name: hello.name.clone(), status: hello.status };
        let inside = self.roster.is_inside(peer);
        if !(hello.wanted || inside) && self.people_linked() > LINKS_TAKEN && !self.is_wanted(peer) {
            return self.drop_link(id, Farewell::Full, now, out);
        }
        if let Some(stranger) = self.roster.stranger_too_many().filter(|stranger| self.may_forget(*stranger)) {
            self.forget_session(stranger);
            self.roster.forget(stranger);
            self.forget_mail(stranger);
            self.touched.insert(stranger);
        }
        let person = self.roster.meet(peer, hello.name);
        if person.left == Some(hello.boot) {
            // It said so on another link, and this one was under way.
            return self.drop_link(id, Farewell::Replaced, now, out);
        }
        let met = person.session.as_ref().map(Session::peer_boot);
        if met.is_some_and(|met| met > hello.boot) && (person.link.is_some() || person.was_here_lately(now)) {
            // Left over from before a crash. (A data folder put back from a backup counts lower too, but not at once.)
            return self.drop_link(id, Farewell::Replaced, now, out);
        }
        person.port = Some(hello.port);
        if dialler == Dialler::Me {
            Sought::found(&mut self.sought, remote, peer);
        }
        let mut listens = remote;
        // Set in place: the zone of a link-local address must stay.
        listens.set_port(hello.port);
        if !inside {
            person.add_address(listens);
        }
        let restarted = met.is_some_and(|met| met != hello.boot);
        let has_link = person.link.is_some();
        if met != Some(hello.boot) {
            person.session = Some(Session::new(told, hello.boot));
            let held = std::mem::take(&mut person.held);
            for (at, signal) in held {
                // Each with its true age; `use_link` sends them.
                self.number(peer, signal, at);
            }
        }
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

    /// Shows somebody as they say on the link in use: another may be late, or end before its last word.
    fn heed(&mut self, id: LinkId, peer: PeerId) {
        if let Some(Link { greeting: Greeting::Done { name, status, .. }, .. }) = self.links.get(&id)
            && let Some(person) = self.roster.get_mut(peer).filter(|person| person.link == Some(id))
        {
            (person.name, person.status) = (name.clone(), *status);
            self.touched.insert(peer);
        }
    }

    /// From now on this link carries what is said to the peer.
    fn use_link(&mut self, id: LinkId, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        let newcomer = !person.is_here() && !person.kind.is_inside();
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
        self.heed(id, peer);
        self.posts_on(peer, Some(id), out);
        self.files_on(peer, now, out);
        self.line.peer_back(peer);
        if newcomer {
            self.pass_on(peer, out);
            self.make_up(id, peer, out);
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

    /// The node at the other end ends: so do its other links.
    fn has_left(&mut self, id: LinkId, link: &Link, out: &mut Vec<Action>) {
        let peer = link.peer;
        let same = |other: &Link| other.peer == peer && other.boot() == link.boot();
        let others: Vec<LinkId> = self.links.iter().filter(|(_, other)| same(other)).map(|(id, _)| *id).collect();
        for other in &others {
            self.links.remove(other);
            out.push(Action::Close { link: *other, farewell: Some(Farewell::Replaced) });
        }
        if let Some(person) = self.roster.get_mut(peer) {
            person.left = link.boot();
            // As if the link in use had said so.
            if person.link.is_some_and(|used| others.contains(&used)) {
                person.link = Some(id);
            }
        }
    }

    pub(super) fn drop_link(&mut self, id: LinkId, farewell: Farewell, now: Time, out: &mut Vec<Action>) {
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
            self.has_left(id, &link, out);
        }
        let remaining = self.best_link(peer);
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        person.flaps = if link.has_lived(now) { 0 } else { person.flaps + 1 };
        if person.link != Some(id) {
            if farewell == Some(Farewell::Full) {
                person.dialling = Dialling::Resting { until: now + FULL_REST, failures: 1 };
                self.list_without_link(peer);
            } else if link.dialler == Dialler::Me && link.boot().is_none() && person.dialling == Dialling::Idle {
                // A dial that led to a link without a hello has failed.
                let failures = person.flaps;
                person.dialling = Dialling::Resting { until: now + person.rest(failures, now), failures };
            }
            return;
        }
        if let Some(next) = remaining {
            return self.use_link(next, peer, now, out);
        }
        person.link = None;
        person.last_linked = Some(now);
        self.touched.insert(peer);
        Sought::lost(&mut self.sought, peer, now);
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
            // At once the first time, but not again and again.
            person.dialling = match person.flaps {
                0 | 1 => Dialling::Idle,
                failures => Dialling::Resting { until: now + person.rest(failures, now), failures },
            };
            if !person.kind.is_inside() {
                out.push(Action::Verify(peer));
            }
            self.try_dial(peer, now, out);
        }
        self.posts_on(peer, None, out);
        self.stop_typing(peer, out);
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

    pub(super) fn link_of(&self, peer: PeerId) -> Option<&Link> {
        self.links.get(&self.roster.get(peer)?.link?)
    }
}
