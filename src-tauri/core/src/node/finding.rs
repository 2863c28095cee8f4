//! Finding people: whom to dial, when and where; the networks this machine is on; being visible.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Action, Appearance, DIALS_AT_ONCE, Dial, LINKS_KEPT, Node};
use crate::candidate::Network;
use crate::id::{LinkId, PeerId};
use crate::link::{HELLO_WITHIN, Link};
use crate::mail::Mail;
use crate::roster::{Dialling, Person, Source, on_link};
use crate::text::Name;
use crate::time::Time;
use crate::wire::peer::{Farewell, PeerHint, Status, dialable};

/// How long an address from the command line rests after nobody answered.
const SEEK_AGAIN: Duration = Duration::from_secs(2);
impl Sought {
    /// Somebody said hello there, by a link that this node dialled.
    pub(super) fn found(all: &mut [Self], address: SocketAddr, peer: PeerId) {
        for sought in all.iter_mut().filter(|sought| sought.address == address) {
            sought.peer = Some(peer);
            sought.due = None;
        }
    }

    /// Nobody is linked there any more.
    pub(super) fn lost(all: &mut [Self], peer: PeerId, now: Time) {
        for sought in all.iter_mut().filter(|sought| sought.peer == Some(peer)) {
            sought.due = Some(now + SEEK_AGAIN);
        }
    }
}

/// The shortest time between two looks at somebody who cannot be dialled.
const REST_LEAST: Duration = Duration::from_secs(1);
/// Addresses from the command line.
const SOUGHT: usize = 64;

/// An address from the command line: sought again whenever nobody is linked there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    pub(super) address: SocketAddr,
    /// Who answered there last.
    peer: Option<PeerId>,
    /// When it is tried again; `None` while a dial is under way or a link is there.
    due: Option<Time>,
}

/// After this many failed dials in a row somebody only heard of is forgotten.
const FAILURES_FORGET: u32 = 4;

impl Node {
    pub(super) fn found(
        &mut self,
        peer: PeerId,
        (name, status): (Name, Status),
        addresses: &[SocketAddr],
        now: Time,
        out: &mut Vec<Action>,
    ) {
        if peer == self.me || self.roster.is_inside(peer) {
            return;
        }
        let addresses = self.near(addresses);
        let Some(person) = self.roster.hear_of(peer, name.clone(), Source::Mdns, &addresses) else { return };
        let fresh = !person.announced;
        person.announced = true;
        // They came back: rest no longer.
        if fresh && let Dialling::Resting { .. } = person.dialling {
            person.dialling = Dialling::Idle;
        }
        if person.listed {
            (person.name, person.status) = (name, status);
            self.touched.insert(peer);
        }
        self.try_dial(peer, now, out);
    }

    pub(super) fn vanished(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        let Some(person) = self.roster.get_mut(peer) else { return };
        person.announced = false;
        if std::mem::take(&mut person.listed) {
            let here = person.is_here();
            self.touched.insert(peer);
            if !here {
                self.on_line(now, out, |line, cx| line.peer_absent(peer, true, cx));
            }
        }
        self.roster.forget_if_nobody(peer);
        self.forget_mail(peer);
    }

    /// A linked peer named others.
    pub(super) fn hinted(&mut self, from: PeerId, hints: Vec<PeerHint>, now: Time, out: &mut Vec<Action>) {
        for hint in hints {
            let met = |p: &Person| p.link.is_some() || p.kind.is_inside();
            if hint.peer == self.me || self.roster.get(hint.peer).is_some_and(met) {
                continue;
            }
            let addresses = self.near(&hint.addresses);
            // A name of its own comes with its hello; nobody is shown before.
            let Some(name) = Name::nearest(&hint.peer.to_string()[..8]) else {
                continue;
            };
            if !addresses.is_empty() && self.roster.hear_of(hint.peer, name, Source::Peer(from), &addresses).is_some() {
                self.try_dial(hint.peer, now, out);
            }
        }
    }

    fn near(&self, addresses: &[SocketAddr]) -> Vec<SocketAddr> {
        addresses.iter().filter(|a| dialable(a) && on_link(a.ip(), &self.networks)).copied().collect()
    }

    pub(super) fn dial_failed(&mut self, dial: &Dial, refused: bool, now: Time, out: &mut Vec<Action>) {
        let peer = match dial {
            Dial::Peer(peer) => *peer,
            Dial::Address(page) => return self.nobody_there(*page, out),
            Dial::Sought(address) => {
                let sought = self.sought.iter_mut().find(|sought| sought.address == *address);
                if let Some(sought) = sought {
                    sought.due = Some(now + SEEK_AGAIN);
                }
                return;
            }
        };
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        let failures = match person.dialling {
            Dialling::Trying { failures } => failures + 1,
            Dialling::Idle | Dialling::Resting { .. } => 1,
        };
        person.dialling = Dialling::Resting { until: now + person.rest(failures, now), failures };
        self.dial_all(now, out);
        let Some(person) = self.roster.get_mut(peer) else { return };
        if refused && person.grace.take().is_some() {
            self.touched.insert(peer);
            self.on_line(now, out, |line, cx| line.peer_absent(peer, true, cx));
        }
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        if failures >= FAILURES_FORGET && person.last_linked.is_none() {
            // One whom mDNS still finds stays, and rests ever longer.
            self.roster.forget_if_nobody(peer);
            self.forget_mail(peer);
        }
    }

    pub(super) fn seek(&mut self, address: SocketAddr, now: Time, out: &mut Vec<Action>) {
        if dialable(&address) && self.sought.len() < SOUGHT {
            self.sought.push(Sought { address, peer: None, due: Some(now) });
            self.seek_all(now, out);
        }
    }

    /// Somebody answered at an address that may be sought: it is not while they are linked, and else is tried again.
    pub(super) fn sought_answered(&mut self, address: SocketAddr, now: Time) {
        if let Some(sought) = self.sought.iter_mut().find(|sought| sought.address == address) {
            sought.due = Some(now + HELLO_WITHIN);
        }
    }

    pub(super) fn seek_all(&mut self, now: Time, out: &mut Vec<Action>) {
        if self.appearance.is_none() {
            return;
        }
        for sought in self.sought.iter_mut().filter(|sought| sought.due.is_some_and(|due| now >= due)) {
            sought.due = None;
            if sought.peer.is_some_and(|peer| self.roster.get(peer).is_some_and(|person| person.link.is_some())) {
                continue;
            }
            out.push(Action::Dial { dial: Dial::Sought(sought.address), addresses: vec![sought.address] });
        }
    }

    /// People whose link broke and who did not come back in time are no longer here.
    pub(super) fn graces(&mut self, now: Time, out: &mut Vec<Action>) {
        let gone: Vec<PeerId> = self
            .roster
            .iter()
            .filter(|(_, p)| p.grace.is_some_and(|until| now >= until))
            .map(|(peer, _)| peer)
            .collect();
        for peer in gone {
            if let Some(person) = self.roster.get_mut(peer) {
                person.grace = None;
            }
            self.touched.insert(peer);
            self.on_line(now, out, |line, cx| line.peer_absent(peer, false, cx));
        }
        let stale = |at: Time| now.since(at) > std::time::Duration::from_secs(120);
        let strangers: Vec<PeerId> = self
            .roster
            .iter()
            .filter(|(_, p)| p.is_stranger() && !p.is_here() && p.last_linked.is_some_and(stale))
            .map(|(peer, _)| peer)
            .filter(|peer| self.may_forget(*peer))
            .collect();
        for peer in strangers {
            self.forget_session(peer);
            self.roster.forget_if_nobody(peer);
            self.forget_mail(peer);
        }
    }

    /// Dials somebody if that is wanted and allowed now.
    pub(super) fn try_dial(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        if self.links.values().any(|link| link.peer == peer) || !(self.roster.is_inside(peer) || self.has_room(peer)) {
            return;
        }
        let Some(person) = self.roster.get_mut(peer) else { return };
        let failures = match person.dialling {
            Dialling::Idle => 0,
            Dialling::Trying { .. } => return,
            Dialling::Resting { until, .. } if now < until => return,
            Dialling::Resting { failures, .. } => failures,
        };
        let wanted = person.announced || person.session.is_some() || person.source != Source::Mdns;
        if person.link.is_some() || !wanted || person.addresses().is_empty() {
            return;
        }
        person.dialling = Dialling::Trying { failures };
        out.push(Action::Dial { dial: Dial::Peer(peer), addresses: person.addresses().to_vec() });
    }

    /// Whether the network rules let somebody be dialled now.
    fn has_room(&mut self, peer: PeerId) -> bool {
        if self.appearance.is_none() {
            return false;
        }
        if self.people_linked() >= LINKS_KEPT && !self.is_wanted(peer) {
            self.list_without_link(peer);
            return false;
        }
        let tries = |p: &Person| matches!(p.dialling, Dialling::Trying { .. }) && !p.kind.is_inside();
        self.roster.iter().filter(|(_, p)| tries(p)).count() < DIALS_AT_ONCE
    }

    /// Whether a link is needed now, however many there are.
    pub(super) fn is_wanted(&self, peer: PeerId) -> bool {
        self.line.call().is_some_and(|call| call.with == peer)
            || self.mail.get(&peer).is_some_and(Mail::waits)
            || self.has_files(peer)
    }

    /// Shows somebody on mDNS's word, since there are links enough.
    pub(super) fn list_without_link(&mut self, peer: PeerId) {
        if let Some(person) = self.roster.get_mut(peer)
            && person.announced
            && person.link.is_none()
            && !person.listed
        {
            person.listed = true;
            person.status = Status::Available;
            self.touched.insert(peer);
        }
    }

    pub(super) fn dial_all(&mut self, now: Time, out: &mut Vec<Action>) {
        // In the order of ids, each node beginning after its own: where all start at once, two seldom dial each other at
        // the same moment, and who comes late finds the other has called already.
        let mut everybody: Vec<PeerId> =
            self.roster.iter().filter(|(_, p)| p.link.is_none()).map(|(peer, _)| peer).collect();
        let before_me = everybody.partition_point(|peer| *peer < self.me);
        everybody.rotate_left(before_me);
        for peer in everybody {
            self.try_dial(peer, now, out);
            // Whoever may not be dialled now (too many are, or nothing is known of them any more) is looked at later.
            if let Some(person) = self.roster.get_mut(peer)
                && let Dialling::Resting { until, failures } = person.dialling
                && now >= until
            {
                person.dialling = Dialling::Resting { until: now + REST_LEAST, failures };
            }
        }
    }

    pub(super) fn dial_due(&self) -> Option<Time> {
        let graces = self.roster.iter().filter_map(|(_, person)| person.grace);
        let visible = self.appearance.is_some();
        let dialled = self.roster.iter().filter(|(_, person)| visible || person.kind.is_inside());
        let resting = dialled.filter_map(|(_, person)| match person.dialling {
            Dialling::Resting { until, .. } if person.link.is_none() && !person.addresses().is_empty() => Some(until),
            Dialling::Resting { .. } | Dialling::Idle | Dialling::Trying { .. } => None,
        });
        let sought = self.sought.iter().filter(|_| visible).filter_map(|sought| sought.due);
        resting.chain(graces).chain(sought).min()
    }

    pub(super) fn networks_changed(&mut self, mut networks: Vec<Network>, now: Time, out: &mut Vec<Action>) {
        networks.sort();
        networks.dedup();
        if networks == self.networks {
            return;
        }
        self.networks = networks;
        out.push(Action::Browse);
        self.appear(now, out);
        self.tell_me(out);
        for (_, person) in self.roster.iter_mut() {
            if let Dialling::Resting { .. } = person.dialling {
                person.dialling = Dialling::Idle;
            }
        }
        self.dial_all(now, out);
    }

    /// What this network is remembered by: its ranges. Two homes that both use 192.168.1.0/24 count as one, which errs
    /// towards what the person chose there.
    pub(super) fn network_key(&self) -> String {
        let mut ranges: Vec<String> = self.networks.iter().filter_map(range).collect();
        ranges.sort();
        ranges.dedup();
        ranges.join(" ")
    }

    pub(super) fn is_visible(&self) -> bool {
        !self.hidden_on.contains(&self.network_key())
    }

    /// Announces what is true now, or goes into hiding, if that changed.
    pub(super) fn appear(&mut self, now: Time, out: &mut Vec<Action>) {
        let appearance = self.is_visible().then(|| Appearance { name: self.name.clone(), status: self.status_at(now) });
        if appearance == self.appearance {
            return;
        }
        let hides = appearance.is_none();
        self.appearance = appearance.clone();
        out.push(Action::Appear(appearance));
        if hides {
            let outside = |(_, link): &(&LinkId, &Link)| !self.roster.is_inside(link.peer);
            let links: Vec<LinkId> = self.links.iter().filter(outside).map(|(id, _)| *id).collect();
            for link in links {
                out.push(Action::Close { link, farewell: Some(Farewell::Hidden) });
                self.link_closed(link, None, now, out);
            }
            for (peer, person) in self.roster.iter_mut().filter(|(_, person)| !person.kind.is_inside()) {
                if person.grace.take().is_some() | std::mem::take(&mut person.listed) {
                    self.touched.insert(peer);
                }
            }
            let outside = |peer: &PeerId| !self.roster.is_inside(*peer);
            if let Some(peer) = self.line.call().map(|call| call.with).filter(outside) {
                self.on_line(now, out, |line, cx| line.peer_absent(peer, true, cx));
            }
        } else {
            self.seek_all(now, out);
            self.dial_all(now, out);
        }
    }
}

/// The range of a network, `192.168.1.0/24`; link-local IPv6 is everywhere and tells nothing.
fn range(network: &Network) -> Option<String> {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    let prefix = network.prefix;
    match network.address {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            Some(format!("{}/{prefix}", Ipv4Addr::from(u32::from(ip) & mask)))
        }
        IpAddr::V6(ip) if ip.is_unicast_link_local() => None,
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
            Some(format!("{}/{prefix}", Ipv6Addr::from(u128::from(ip) & mask)))
        }
    }
}
