//! A machine: what stays when its node ends, and the node while it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::World;
use super::disk::Disk;
use super::mdns::Sighting;
use super::page::Page;
use super::queue::{At, Happening, Run};
use super::watch::Watch;
use crate::candidate::Network;
use crate::id::{BootId, LinkId, PageId, PeerId};
use crate::node::{Appearance, Event, Kept, Node, Setup};
use crate::roster::Contact;
use crate::text::Name;
use crate::time::Time;
use crate::wire::talk::Retention;
use crate::wire::ui::PeerView;

/// A machine on the network.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) peer: PeerId,
    pub(super) name: Name,
    pub(super) ip: Ipv4Addr,
    pub(super) port: u16,
    /// Its cable is in.
    pub(super) plugged: bool,
    /// Multicast reaches it and leaves it.
    pub(super) multicast: bool,
    /// Its browser opens pages when asked.
    pub(super) browser: bool,
    boots: u64,
    hidden_on: BTreeSet<String>,
    contacts: BTreeMap<PeerId, Contact>,
    receipts: bool,
    retention: Retention,
    pub(super) disk: Disk,
    /// Its person cleared a conversation.
    pub(super) cleared: bool,
    pub(super) life: Option<Life>,
}

/// A node that runs.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) node: Node,
    pub(super) boot: u64,
    /// World time of its start: no two nodes have the same clock.
    pub(super) started: u64,
    pub(super) tick: Option<u64>,
    /// Which pipe, and which end of it.
    pub(super) links: BTreeMap<LinkId, (usize, usize)>,
    pub(super) appearance: Option<Appearance>,
    /// Probing is over: others hear of it.
    pub(super) announced: bool,
    pub(super) heard: BTreeMap<At, Sighting>,
    pub(super) queries: u64,
    pub(super) pages: BTreeMap<PageId, Page>,
    pub(super) observed: BTreeMap<PeerId, PeerView>,
    pub(super) watch: Watch,
    next: u64,
}

impl Life {
    /// The next number for a link or a page.
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl Device {
    pub(super) fn address(&self) -> SocketAddr {
        SocketAddr::from((self.ip, self.port))
    }

    pub(super) fn keep(&mut self, kept: Kept) {
        match kept {
            Kept::Name(name) => self.name = name,
            Kept::Hidden { network, hidden: true } => {
                self.hidden_on.insert(network);
            }
            Kept::Hidden { network, hidden: false } => {
                self.hidden_on.remove(&network);
            }
            Kept::Contact(contact) => {
                self.contacts.insert(contact.peer, contact);
            }
            Kept::Receipts(on) => self.receipts = on,
            Kept::Retention(retention) => self.retention = retention,
            // Nobody sends files in the simulated world.
            Kept::TakesFiles(_) => {}
        }
    }

    pub(super) fn is_visible(&self) -> bool {
        self.life.as_ref().is_some_and(|life| life.appearance.is_some())
    }
}

impl World {
    /// Puts another machine on the network; its node does not run yet.
    pub(super) fn add_device(&mut self) {
        let number = u8::try_from(self.devices.len()).unwrap_or(u8::MAX);
        let peer = PeerId::from_bytes(self.dice.bytes());
        self.devices.push(Device {
            peer,
            name: Name::nearest(&format!("P{number}")).unwrap_or_default(),
            ip: Ipv4Addr::new(10, 0, 0, 10 + number),
            port: 4000 + u16::from(number),
            plugged: true,
            multicast: true,
            browser: true,
            boots: 0,
            hidden_on: BTreeSet::new(),
            contacts: BTreeMap::new(),
            receipts: true,
            retention: Retention::default(),
            disk: Disk::new(peer),
            cleared: false,
            life: None,
        });
    }

    /// Starts a node, with what an earlier run of it kept.
    pub(super) fn start_node(&mut self, at: At) {
        if self.devices[at].life.is_some() {
            return;
        }
        let (seed, random) = (self.dice.bytes(), self.dice.bits());
        let device = &mut self.devices[at];
        device.boots += 1;
        let boot = device.boots;
        let mut node = Node::new(Setup {
            me: device.peer,
            boot: BootId { count: boot, random },
            seed,
            name: device.name.clone(),
            first_start: boot == 1,
            hidden_on: device.hidden_on.clone(),
            contacts: device.contacts.values().cloned().collect(),
            port: device.port,
            outbox: device.disk.outbox,
            mail: device.disk.mail(),
            receipts: device.receipts,
            retention: device.retention,
            takes_files: false,
            transfers: Vec::new(),
        });
        node.record();
        device.life = Some(Life {
            node,
            boot,
            started: self.now,
            tick: None,
            links: BTreeMap::new(),
            appearance: None,
            announced: false,
            heard: BTreeMap::new(),
            queries: 0,
            pages: BTreeMap::new(),
            observed: BTreeMap::new(),
            watch: Watch::default(),
            next: 0,
        });
        self.note(|| format!("device {at} starts, boot {boot}"));
        self.tell_networks(at);
    }

    /// The node ends as by `kill -9`: nobody is told but by the system, which closes its sockets.
    pub(super) fn kill_node(&mut self, at: At) {
        self.note(|| format!("device {at} is killed"));
        if let Some(life) = self.devices[at].life.take() {
            for &(pipe, end) in life.links.values() {
                self.drop_end(pipe, end);
            }
        }
        self.stir();
    }

    /// The node ends in good order.
    pub(super) fn stop_node(&mut self, at: At) {
        self.note(|| format!("device {at} shuts down"));
        self.feed(at, Event::Shutdown);
        self.goodbye(at);
        self.devices[at].life = None;
        self.stir();
    }

    /// The node learns of its networks.
    pub(super) fn tell_networks(&mut self, at: At) {
        let device = &self.devices[at];
        let network = Network { address: IpAddr::V4(device.ip), prefix: 24, card: None };
        let networks = device.plugged.then_some(network).into_iter().collect();
        self.feed(at, Event::Networks { networks });
    }

    /// The run of a device's node, if it runs.
    pub(super) fn run_of(&self, at: At) -> Option<Run> {
        let boot = self.devices[at].life.as_ref()?.boot;
        Some(Run { at, boot })
    }

    /// The node of this run, if it still runs.
    pub(super) fn alive(&mut self, run: Run) -> Option<&mut Life> {
        let life = self.devices[run.at].life.as_mut()?;
        (life.boot == run.boot).then_some(life)
    }

    /// What the clock of a device's node shows.
    pub(super) fn clock(&self, at: At) -> Time {
        let started = self.devices[at].life.as_ref().map_or(0, |life| life.started);
        Time::from_millis(self.now.saturating_sub(started))
    }

    /// Sees to it that the node's deadline is kept.
    pub(super) fn wind(&mut self, at: At) {
        let Some(life) = self.devices[at].life.as_mut() else {
            return;
        };
        let Some(deadline) = life.node.deadline() else {
            return;
        };
        // A deadline of "never" is no date.
        if deadline.as_millis() > 1 << 40 {
            return;
        }
        let due = (life.started + deadline.as_millis()).max(self.now);
        if life.tick.is_none_or(|tick| due < tick) {
            life.tick = Some(due);
            let boot = life.boot;
            self.queue.put(due, Happening::Tick(Run { at, boot }));
        }
    }
}
