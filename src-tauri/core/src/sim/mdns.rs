//! Multicast DNS as `mdns-sd` was measured to behave: probing before the first announcement, queries that grow rarer,
//! records that live for 120 s unless they are checked, and packets that get lost.

use std::net::SocketAddr;

use super::World;
use super::queue::{At, Happening, Run};
use crate::id::PeerId;
use crate::node::{Appearance, Event};
use crate::text::Name;

/// How long a record is believed.
const TTL_MS: u64 = 120_000;
/// Three probes, 250 ms apart.
const PROBING_MS: u64 = 800;
/// How long a record that is checked may take to be confirmed.
const VERIFY_MS: u64 = 2000;

/// What a node's mDNS has heard of another machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sighting {
    peer: PeerId,
    name: Name,
    address: SocketAddr,
    expires: u64,
    told: bool,
}

impl World {
    /// A node wants to be announced, or not to be.
    pub(super) fn appear(&mut self, at: At, appearance: Option<Appearance>) {
        let hides = appearance.is_none();
        let run = self.run_of(at);
        let Some(life) = self.devices[at].life.as_mut() else {
            return;
        };
        let first = life.appearance.is_none();
        life.appearance = appearance;
        let Some(run) = run else { return };
        if hides {
            life.announced = false;
            self.goodbye(at);
        } else if first {
            self.queue.put(self.now + PROBING_MS, Happening::Announce(run, 0));
        } else {
            self.queue.put(self.now + 100, Happening::Announce(run, 1));
        }
    }

    /// Multicast: two machines hear each other.
    fn multicasts(&mut self, from: At, to: At) -> bool {
        let open = self.devices[from].multicast && self.devices[to].multicast;
        open && self.reach(from, to) && !self.dice.chance(self.profile.multicast_loss)
    }

    /// Everybody who hears it learns of this node.
    pub(super) fn announce(&mut self, run: Run, again: u64) {
        let Some(life) = self.alive(run) else { return };
        if life.appearance.is_none() {
            return;
        }
        life.announced = true;
        for to in 0..self.devices.len() {
            self.sight(to, run.at);
        }
        if again < 1 {
            self.queue.put(self.now + 1000, Happening::Announce(run, again + 1));
        }
    }

    /// A node looks around, at ever longer intervals.
    pub(super) fn browse(&mut self, at: At) {
        let Some(run) = self.run_of(at) else { return };
        let Some(life) = self.alive(run) else { return };
        life.queries += 1;
        let queries = life.queries;
        // Browsing anew tells again what is known already.
        for sighting in life.heard.values_mut() {
            sighting.told = false;
        }
        self.queue.put(self.now + 30, Happening::Query(run, 500, queries));
    }

    pub(super) fn query(&mut self, run: Run, wait: u64, queries: u64) {
        let now = self.now;
        let Some(life) = self.alive(run) else { return };
        if life.queries != queries {
            return;
        }
        let expired = |sighting: &Sighting| sighting.expires <= now;
        let gone: Vec<At> = life.heard.iter().filter(|(_, s)| expired(s)).map(|(&of, _)| of).collect();
        for of in gone {
            self.queue.put(now, Happening::Sighting(run, of, false));
        }
        for of in 0..self.devices.len() {
            self.sight(run.at, of);
        }
        // mdns-sd asks every hour at last; records are refreshed at 80 % of their time.
        let wait = (wait * 2).min(TTL_MS * 8 / 10);
        self.queue.put(now + wait, Happening::Query(run, wait, queries));
    }

    /// A node may hear of another.
    fn sight(&mut self, to: At, of: At) {
        let Some(run) = self.run_of(to) else { return };
        let announced = self.devices[of].life.as_ref().is_some_and(|l| l.announced);
        if to == of || !announced || !self.multicasts(of, to) {
            return;
        }
        let device = &self.devices[of];
        let fresh = Sighting {
            peer: device.peer,
            name: device.name.clone(),
            address: device.address(),
            expires: self.now + TTL_MS,
            told: true,
        };
        let after = self.now + self.delay();
        let Some(life) = self.alive(run) else { return };
        let news = life
            .heard
            .get(&of)
            .is_none_or(|known| !known.told || known.address != fresh.address || known.name != fresh.name);
        life.heard.insert(of, fresh);
        if news {
            self.queue.put(after, Happening::Sighting(run, of, true));
        }
    }

    /// A node is told that another is there, or went.
    pub(super) fn sighting(&mut self, run: Run, of: At, there: bool) {
        let Some(life) = self.alive(run) else { return };
        let event = if there {
            let Some(sighting) = life.heard.get(&of) else {
                return;
            };
            Event::Found {
                peer: sighting.peer,
                name: sighting.name.clone(),
                status: crate::wire::peer::Status::Available,
                addresses: vec![sighting.address],
            }
        } else {
            let Some(sighting) = life.heard.remove(&of) else {
                return;
            };
            Event::Vanished { peer: sighting.peer }
        };
        self.feed(run.at, event);
    }

    /// A node is no longer announced: those who hear it forget it a second later.
    pub(super) fn goodbye(&mut self, at: At) {
        for to in 0..self.devices.len() {
            if to != at
                && let Some(run) = self.run_of(to)
                && self.multicasts(at, to)
            {
                self.queue.put(self.now + 1000, Happening::Sighting(run, at, false));
            }
        }
    }

    /// A node doubts that another is still there.
    pub(super) fn verify(&mut self, at: At, peer: PeerId) {
        let of = self.devices.iter().position(|device| device.peer == peer);
        if let (Some(run), Some(of)) = (self.run_of(at), of) {
            self.queue.put(self.now + VERIFY_MS, Happening::Verified(run, of));
        }
    }

    pub(super) fn verified(&mut self, run: Run, of: At) {
        let announced = self.devices[of].life.as_ref().is_some_and(|l| l.announced);
        // It asks several times: single losses do not matter.
        let open = self.devices[of].multicast && self.devices[run.at].multicast;
        if !(announced && open && self.reach(run.at, of)) {
            self.sighting(run, of, false);
        }
    }

    /// The own cable is out: mDNS forgets everybody.
    pub(super) fn forget_sightings(&mut self, at: At) {
        let Some(run) = self.run_of(at) else { return };
        for of in 0..self.devices.len() {
            self.sighting(run, of, false);
        }
    }
}
