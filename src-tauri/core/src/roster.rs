//! Who is there. A person is a key; a name is a label and an address a cache.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use unicode_security::confusable_detection::skeleton;

use crate::id::{BootId, LinkId, PeerId};
use crate::signals::Session;
use crate::text::Name;
use crate::time::Time;
use crate::wire::peer::{ADDRESSES_NAMED, PEERS_NAMED, Signal, Status, dialable};
use crate::wire::ui::{PeerKind, PeerView, Presence};

/// People kept in memory who were only heard of, never linked with: a flood of false announcements stops here.
pub const HEARD_OF: usize = 1024;
/// Of these, people named by one linked peer.
pub const NAMED_BY_ONE: usize = PEERS_NAMED;
/// Strangers remembered after they left: keys are cheap, so somebody could come and go with a new one for ever.
pub const STRANGERS: usize = 256;
/// People nobody has proven yet that one address may stand for, since somebody could announce a thousand at a victim's.
pub const UNPROVEN_PER_ADDRESS: usize = 8;
/// After a link broke, a person stays on the list this long while they are dialled again.
pub const RELINK_GRACE: Duration = Duration::from_millis(800);
/// The echo contact's name.
pub const ECHO_NAME: &str = "Echo test";
/// Somebody linked within this time is dialled more eagerly.
const LATELY: Duration = Duration::from_secs(120);

/// Somebody who is remembered over restarts: called, or verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub peer: PeerId,
    /// Their last name.
    pub name: Name,
    /// The short code was compared.
    pub verified: bool,
}

/// What somebody is to this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody on the network.
    Person,
    /// This node's own echo contact: a second node in this process.
    Echo,
    /// The node in this process whose echo contact this one is.
    Owner,
}

impl Kind {
    /// In this process and linked on loopback: what is decided about the network and the people on it is not for these.
    pub fn is_inside(self) -> bool {
        match self {
            Self::Person => false,
            Self::Echo | Self::Owner => true,
        }
    }
}

/// Where we heard of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Multicast DNS: anybody on the network may say anything.
    Mdns,
    /// A linked peer named them.
    Peer(PeerId),
    /// A person typed the address, or a link came from it.
    Proven,
}

/// What is being done to reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialling {
    /// Nothing.
    Idle,
    /// A dial is under way.
    Trying {
        /// Dials that failed before it.
        failures: u32,
    },
    /// It failed; not before then again.
    Resting {
        /// When.
        until: Time,
        /// How many failed in a row.
        failures: u32,
    },
}

/// One person.
#[derive(Debug, Clone)]
pub struct Person {
    /// What they are to this node.
    pub kind: Kind,
    /// Their name: what their hello said, else what mDNS said.
    pub name: Name,
    /// Their state by their last word.
    pub status: Status,
    /// Remembered over restarts.
    pub known: bool,
    /// The short code was compared.
    pub verified: bool,
    /// The link in use.
    pub link: Option<LinkId>,
    /// The port their own listener has.
    pub port: Option<u16>,
    /// Signals with the boot last met.
    pub session: Option<Session>,
    /// mDNS says they are here.
    pub announced: bool,
    /// Their link broke just now; until then they are still shown.
    pub grace: Option<Time>,
    /// The boot that said it ends: what its other links still bring is no news.
    pub left: Option<BootId>,
    /// Announced, and shown on that word alone, because there are links with as many others as a node keeps. Their key
    /// is checked when a call wants a link.
    pub listed: bool,
    /// Signals said before the first link, for a call to somebody who is only listed.
    pub held: Vec<(Time, Signal)>,
    /// What is being done to reach them.
    pub dialling: Dialling,
    /// Links in a row that came to nothing.
    pub flaps: u32,
    /// When they were last linked.
    pub last_linked: Option<Time>,
    /// Who spoke of them first.
    pub source: Source,
    addresses: Vec<SocketAddr>,
}

impl Person {
    fn new(name: Name, source: Source) -> Self {
        Self {
            kind: Kind::Person,
            name,
            status: Status::Away,
            known: false,
            verified: false,
            link: None,
            port: None,
            session: None,
            announced: false,
            grace: None,
            left: None,
            listed: false,
            held: Vec::new(),
            dialling: Dialling::Idle,
            flaps: 0,
            last_linked: None,
            source,
            addresses: Vec::new(),
        }
    }

    /// Linked, or just lost and being dialled, or listed.
    pub fn is_here(&self) -> bool {
        self.link.is_some() || self.grace.is_some() || self.listed
    }

    /// Addresses to dial, the best first.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Puts an address first, forgetting the oldest beyond eight.
    pub fn add_address(&mut self, address: SocketAddr) {
        if !dialable(&address) {
            return;
        }
        self.addresses.retain(|a| *a != address);
        self.addresses.insert(0, address);
        self.addresses.truncate(ADDRESSES_NAMED);
    }

    /// Linked within the last two minutes.
    pub fn was_here_lately(&self, now: Time) -> bool {
        self.last_linked.is_some_and(|at| now.since(at) < LATELY)
    }

    /// How long to rest after `failures` failed dials in a row: 0.5 s doubling, up to 4 s for somebody who was here
    /// lately (a cable may come back any moment) or is inside this process, 60 s for others.
    pub fn rest(&self, failures: u32, now: Time) -> Duration {
        let most = if self.was_here_lately(now) || self.kind.is_inside() { 4_000 } else { 60_000 };
        Duration::from_millis((500u64 << failures.min(8)).min(most))
    }

    /// Nothing is lost by forgetting them, once they are gone.
    pub fn is_stranger(&self) -> bool {
        !self.known && !self.kind.is_inside()
    }

    /// As a page shows them.
    pub fn presence(&self) -> Presence {
        if self.is_here() { self.status.into() } else { Presence::Offline }
    }
}

/// Everybody.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    people: BTreeMap<PeerId, Person>,
}

impl Roster {
    /// With the people remembered from earlier.
    pub fn new(contacts: Vec<Contact>) -> Self {
        let people = contacts.into_iter().map(|contact| {
            let mut person = Person::new(contact.name, Source::Proven);
            person.known = true;
            person.verified = contact.verified;
            (contact.peer, person)
        });
        Self { people: people.collect() }
    }

    /// One of them.
    pub fn get(&self, peer: PeerId) -> Option<&Person> {
        self.people.get(&peer)
    }

    /// One of them, to change.
    pub fn get_mut(&mut self, peer: PeerId) -> Option<&mut Person> {
        self.people.get_mut(&peer)
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (PeerId, &Person)> {
        self.people.iter().map(|(&peer, person)| (peer, person))
    }

    /// All of them, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (PeerId, &mut Person)> {
        self.people.iter_mut().map(|(&peer, person)| (peer, person))
    }

    /// Those with a link.
    pub fn linked(&self) -> impl Iterator<Item = (PeerId, &Person, LinkId)> {
        self.people.iter().filter_map(|(&peer, person)| Some((peer, person, person.link?)))
    }

    /// Somebody proved their key: they are always taken.
    pub fn meet(&mut self, peer: PeerId, name: Name) -> &mut Person {
        let person = self.people.entry(peer).or_insert_with(|| Person::new(name, Source::Proven));
        person.source = Source::Proven;
        person
    }

    /// Somebody is inside this process, to be dialled at `address`, if at all. What was said of this id on the network
    /// is forgotten: there it is nobody.
    pub fn adopt(&mut self, peer: PeerId, kind: Kind, name: Name, address: Option<SocketAddr>) {
        let person = self.people.entry(peer).or_insert_with(|| Person::new(name.clone(), Source::Proven));
        if person.kind != kind {
            *person = Person { kind, ..Person::new(name, Source::Proven) };
        }
        person.addresses = address.into_iter().collect();
        if let Dialling::Resting { .. } = person.dialling {
            person.dialling = Dialling::Idle;
        }
    }

    /// Whether somebody is inside this process.
    pub fn is_inside(&self, peer: PeerId) -> bool {
        self.people.get(&peer).is_some_and(|person| person.kind.is_inside())
    }

    /// Whether this node is somebody's echo contact.
    pub fn has_owner(&self) -> bool {
        self.people.values().any(|person| person.kind == Kind::Owner)
    }

    /// Somebody was spoken of. `None` when the speaker's budget is used up.
    pub fn hear_of(
        &mut self,
        peer: PeerId,
        name: Name,
        source: Source,
        addresses: &[SocketAddr],
    ) -> Option<&mut Person> {
        if !self.people.contains_key(&peer) {
            let unproven = self.people.values().filter(|p| p.source != Source::Proven);
            let mut same_source = 0;
            let mut same_address = 0;
            for person in unproven {
                same_source += usize::from(person.source == source);
                let shared = person.addresses.iter().any(|a| addresses.iter().any(|b| a.ip() == b.ip()));
                same_address += usize::from(shared);
            }
            let budget = match source {
                Source::Mdns | Source::Proven => HEARD_OF,
                Source::Peer(_) => NAMED_BY_ONE,
            };
            if same_source >= budget || same_address >= UNPROVEN_PER_ADDRESS {
                return None;
            }
        }
        let person = self.people.entry(peer).or_insert_with(|| Person::new(name, source));
        for address in addresses.iter().rev() {
            // An address that led to them before stays first.
            if !person.addresses.contains(address) {
                person.addresses.truncate(ADDRESSES_NAMED - 1);
                person.addresses.push(*address);
            }
        }
        Some(person)
    }

    /// The stranger who left longest ago, if too many are remembered.
    pub fn stranger_too_many(&self) -> Option<PeerId> {
        let gone = |p: &Person| p.is_stranger() && !p.is_here() && p.last_linked.is_some();
        let strangers = self.people.iter().filter(|(_, p)| gone(p));
        let (count, oldest) = strangers.fold((0, None), |(count, oldest), (&peer, p)| {
            let this = (p.last_linked, peer);
            (count + 1, Some(oldest.map_or(this, |oldest: (Option<Time>, PeerId)| oldest.min(this))))
        });
        oldest.filter(|_| count > STRANGERS).map(|(_, peer)| peer)
    }

    /// Forgets somebody, whatever is known of them.
    pub fn forget(&mut self, peer: PeerId) {
        self.people.remove(&peer);
    }

    /// Forgets somebody who is neither here nor known nor announced.
    pub fn forget_if_nobody(&mut self, peer: PeerId) {
        let nobody = self.people.get(&peer).is_some_and(|p| {
            let busy = matches!(p.dialling, Dialling::Trying { .. }) || p.is_here() || p.session.is_some();
            p.is_stranger() && !(p.announced || busy)
        });
        if nobody {
            self.people.remove(&peer);
        }
    }

    /// Somebody as a page shows them; `None` if pages do not show them.
    pub fn view(&self, peer: PeerId) -> Option<PeerView> {
        let person = self.people.get(&peer)?;
        let shown = match (person.kind, person.presence()) {
            (Kind::Person | Kind::Owner, _) => person.is_here() || person.known,
            // Where it cannot answer there is nothing to try.
            (Kind::Echo, presence) => matches!(presence, Presence::Available | Presence::InCall),
        };
        shown.then(|| self.view_of(peer, person))
    }

    /// Somebody as a call shows them, shown in the list or not.
    pub fn view_of(&self, peer: PeerId, person: &Person) -> PeerView {
        let kind = match person.kind {
            Kind::Person | Kind::Owner => PeerKind::Person,
            Kind::Echo => PeerKind::Echo,
        };
        PeerView {
            peer,
            kind,
            name: person.name.clone(),
            presence: person.presence(),
            verified: person.verified,
            not_the_verified: self.not_the_verified(peer, person),
        }
    }

    /// The verified contact whose name this one uses with another key. Names are compared by how they look
    /// (Unicode TS 39, section 4), whatever their letters, case and spaces.
    fn not_the_verified(&self, peer: PeerId, person: &Person) -> Option<Name> {
        if person.verified || person.kind.is_inside() {
            return None;
        }
        let mut verified = self.people.iter().filter(|(id, p)| p.verified && **id != peer).peekable();
        verified.peek()?;
        let looks = look(&person.name);
        verified.find(|(_, p)| look(&p.name) == looks).map(|(_, p)| p.name.clone())
    }
}

fn look(name: &Name) -> String {
    let plain: String = name.as_str().to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    skeleton(&plain).collect()
}

/// Whether an address could be the other end of a link on one of these networks.
pub fn on_link(ip: IpAddr, networks: &[crate::candidate::Network]) -> bool {
    networks.iter().any(|network| network.holds(ip) && network.address != ip)
        || networks.iter().any(|n| n.address == ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> PeerId {
        PeerId::from_bytes([n; 32])
    }

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn a_squatter_of_a_verified_name_is_marked() {
        let mut roster = Roster::new(vec![Contact { peer: id(1), name: name("Anna Paul"), verified: true }]);
        roster.meet(id(2), name("anna  раul"));
        roster.meet(id(3), name("Bob"));
        let view = |n| roster.view_of(id(n), roster.get(id(n)).unwrap());
        assert_eq!(view(2).not_the_verified, Some(name("Anna Paul")), "Cyrillic letters look the same");
        assert_eq!(view(3).not_the_verified, None);
        assert_eq!(view(1).not_the_verified, None);
    }

    #[test]
    fn one_address_stands_for_few_unproven_people() {
        let mut roster = Roster::default();
        let address = [SocketAddr::from(([10, 0, 0, 9], 80))];
        let taken = (0..20).filter(|&n| roster.hear_of(id(n), name("x"), Source::Mdns, &address).is_some()).count();
        assert_eq!(taken, UNPROVEN_PER_ADDRESS);
    }

    #[test]
    fn strangers_who_left_are_not_shown_and_known_people_are() {
        let mut roster = Roster::new(vec![Contact { peer: id(1), name: name("Anna"), verified: false }]);
        roster.meet(id(2), name("Bob"));
        assert_eq!(roster.view(id(1)).unwrap().presence, Presence::Offline);
        assert!(roster.view(id(2)).is_none());
    }
}
