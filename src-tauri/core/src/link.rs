//! One link: a TLS connection between two nodes; and which of several to the same person stays.
//!
//! Both ends may dial at the same moment, and a crashed node comes back while its old links look alive. So links to one
//! peer are ranked by what both ends know alike: the newer boot first, then the one dialled by the smaller PeerId, then
//! the newer. The best must answer a ping before the others are closed, so that a dead one never wins.

use std::net::SocketAddr;
use std::time::Duration;

use crate::id::{BootId, LinkId, PeerId};
use crate::text::Name;
use crate::time::Time;
use crate::wire::peer::Status;

/// How long a new link may take to say hello.
pub const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// The most links to one peer while it is found out which stays.
pub const LINKS_PER_PEER: usize = 4;
/// A link that ended earlier came to nothing.
const LIVED: Duration = Duration::from_secs(2);
/// How often links are looked at; links are few and their times coarse, so one timer serves all.
pub const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long a ping may wait for its pong: TCP gets a lost packet through in well under a second on a LAN.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Who opened a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialler {
    /// This node.
    Me,
    /// The other.
    Them,
}

/// How far the two have introduced themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Greeting {
    /// Our hello is sent, theirs is awaited until then.
    Awaited {
        /// The deadline.
        until: Time,
    },
    /// Theirs came.
    Done {
        /// Which start of theirs it was.
        boot: BootId,
        /// Their name, by their last word on this link.
        name: Name,
        /// Their state, by the same.
        status: Status,
    },
}

/// One link.
#[derive(Debug, Clone)]
pub struct Link {
    /// Whose key the other end proved.
    pub peer: PeerId,
    /// Who opened it.
    pub dialler: Dialler,
    /// Our end.
    pub local: SocketAddr,
    /// Their end.
    pub remote: SocketAddr,
    /// Which boot our hello tells.
    pub told: BootId,
    /// Whether they said hello.
    pub greeting: Greeting,
    /// How many times somebody had come when our hello was said, this peer counted.
    pub met_before: u64,
    since: Time,
    heard: Time,
    pinged: Option<(u32, Time)>,
}

/// What a look at a link found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Nothing to do.
    Well,
    /// Quiet: ask.
    Quiet,
    /// No word for too long, or no hello in time.
    Dead,
}

impl Link {
    /// A link whose TLS handshake just ended.
    pub fn new(
        peer: PeerId,
        dialler: Dialler,
        (local, remote): (SocketAddr, SocketAddr),
        told: BootId,
        now: Time,
    ) -> Self {
        let greeting = Greeting::Awaited { until: now + HELLO_WITHIN };
        Self { peer, dialler, local, remote, told, greeting, met_before: 0, since: now, heard: now, pinged: None }
    }

    /// Whether it said hello and lasted: somebody to whom no link does is dialled ever more seldom.
    pub fn has_lived(&self, now: Time) -> bool {
        self.boot().is_some() && now.since(self.since) >= LIVED
    }

    /// Something came from the other end.
    pub fn heard(&mut self, now: Time) {
        self.heard = now;
    }

    /// Notes a ping to be sent and gives its number.
    pub fn ping(&mut self, now: Time) -> u32 {
        let n = self.pinged.map_or(1, |(n, _)| n.wrapping_add(1));
        self.pinged = Some((n, now));
        n
    }

    /// Whether this pong answers the last ping.
    pub fn is_answer(&self, n: u32) -> bool {
        self.pinged.is_some_and(|(last, _)| last == n)
    }

    /// How the link fares, given how many links this node keeps: many links are asked less often, so that a big network
    /// does not drown in pings. With up to 16 links a pulled cable is noticed after 3 to 3.5 s.
    pub fn health(&self, now: Time, links: usize) -> Health {
        if let Greeting::Awaited { until } = self.greeting {
            return if now >= until { Health::Dead } else { Health::Well };
        }
        let quiet_after = Duration::from_millis(1000.max(links as u64 * 60));
        if now.since(self.heard) < quiet_after {
            return Health::Well;
        }
        // Only an unanswered question counts: after a machine slept, or could not keep up, silence means nothing yet.
        // On a quick network the answer comes within the millisecond of the question.
        match self.pinged.filter(|(_, at)| *at > self.heard) {
            None => Health::Quiet,
            Some((_, at)) if now.since(at) >= ANSWER_WITHIN => Health::Dead,
            Some(_) => Health::Well,
        }
    }

    /// The boot its hello told.
    pub fn boot(&self) -> Option<BootId> {
        match self.greeting {
            Greeting::Awaited { .. } => None,
            Greeting::Done { boot, .. } => Some(boot),
        }
    }

    /// Its place among the links to the same peer: the larger is the better; equal at both ends.
    pub fn rank(&self, id: LinkId, me: PeerId) -> (Option<BootId>, bool, LinkId) {
        let by_smaller = match self.dialler {
            Dialler::Me => me < self.peer,
            Dialler::Them => self.peer < me,
        };
        (self.boot(), by_smaller, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(me: u8, peer: u8, dialler: Dialler, boot: u64) -> (Link, PeerId) {
        let address = SocketAddr::from(([10, 0, 0, 1], 1));
        let mut link = Link::new(
            PeerId::from_bytes([peer; 32]),
            dialler,
            (address, address),
            BootId { count: 1, random: 0 },
            Time::default(),
        );
        link.greeting = Greeting::Done {
            boot: BootId { count: boot, random: 0 },
            name: Name::default(),
            status: Status::Available,
        };
        (link, PeerId::from_bytes([me; 32]))
    }

    #[test]
    fn both_ends_rank_two_crossing_links_alike() {
        let (mine, me) = link(1, 2, Dialler::Me, 1);
        let (theirs, _) = link(1, 2, Dialler::Them, 1);
        assert!(mine.rank(LinkId(1), me) > theirs.rank(LinkId(2), me));
        let (at_them, they) = link(2, 1, Dialler::Them, 1);
        let (their_own, _) = link(2, 1, Dialler::Me, 1);
        assert!(at_them.rank(LinkId(1), they) > their_own.rank(LinkId(2), they));
    }

    #[test]
    fn a_newer_start_beats_everything() {
        let (old, me) = link(1, 2, Dialler::Me, 1);
        let (new, _) = link(1, 2, Dialler::Them, 2);
        assert!(new.rank(LinkId(1), me) > old.rank(LinkId(9), me));
    }

    #[test]
    fn silence_is_asked_about_and_then_believed() {
        let (mut link, _) = link(1, 2, Dialler::Me, 1);
        assert_eq!(link.health(Time::from_millis(900), 10), Health::Well);
        assert_eq!(link.health(Time::from_millis(9000), 10), Health::Quiet, "a machine that slept asks first");
        link.ping(Time::from_millis(9000));
        assert_eq!(link.health(Time::from_millis(10_900), 10), Health::Well);
        assert_eq!(link.health(Time::from_millis(11_000), 10), Health::Dead);
        link.heard(Time::from_millis(11_000));
        link.ping(Time::from_millis(12_000));
        link.heard(Time::from_millis(12_000));
        assert_eq!(link.health(Time::from_millis(14_500), 10), Health::Quiet, "answered within a millisecond");
        assert_eq!(link.health(Time::from_millis(13_000), 64), Health::Well, "many links are asked less often");
    }
}
