//! Finds others, and lets them find this node: DNS-SD (RFC 6763). It is a hint and is never believed.
//!
//! | file | who asks the network | where |
//! | --- | --- | --- |
//! | `discovery/mdns.rs` | this node, by crate `mdns-sd` | everywhere but on iOS |
//! | `discovery/bonjour.rs` | the system, by `dns_sd` | iOS, which lets no app speak mDNS |
//! | `discovery/told.rs` | the system, asked by the app | Android, beside the first |
//!
//! `source.rs` is what they have in common, `announcement.rs` what is said. What they see ends in one map, so that it does
//! not matter which of them saw somebody, and somebody has vanished when the last of them says so.

mod announcement;
#[cfg(target_os = "ios")]
mod bonjour;
#[cfg(not(target_os = "ios"))]
mod mdns;
mod source;
mod told;

use std::collections::HashMap;

use dogeller_core::node::Appearance;
use dogeller_core::{Event, PeerId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub use announcement::{Announcement, Sighting};
pub use told::Announce;

use announcement::Found;
use source::{Instance, Said, Source, Verify, Way};
use told::Told;

use crate::run::Input;

/// Instances remembered; a network has fewer people.
const INSTANCES: usize = 2048;
/// What sources say and the node has not heard yet.
const WAITING: usize = 256;

/// The running discovery.
pub(crate) struct Discovery {
    sources: Vec<Box<dyn Source>>,
    me: PeerId,
    port: u16,
    said: mpsc::Sender<Said>,
    translator: JoinHandle<()>,
}

impl Discovery {
    /// Starts every source this system has; nothing is announced or asked yet. Without any, people are found by address.
    pub(crate) fn start(
        me: PeerId,
        port: u16,
        random: u64,
        announce: Option<Announce>,
        inputs: mpsc::Sender<Input>,
    ) -> Self {
        let (said, waiting) = mpsc::channel(WAITING);
        let mut sources: Vec<Box<dyn Source>> = Vec::new();
        #[cfg(not(target_os = "ios"))]
        match mdns::Mdns::start(random, said.clone()) {
            Ok(mdns) => sources.push(Box::new(mdns)),
            Err(error) => tracing::error!(%error, "mDNS cannot be used"),
        }
        #[cfg(target_os = "ios")]
        sources.push(Box::new(bonjour::Bonjour::new(random, said.clone())));
        if let Some(announce) = announce {
            sources.push(Box::new(Told(announce)));
        }
        let verifiers = sources.iter().map(|source| source.verifier()).collect();
        let translator = tokio::spawn(translate(waiting, inputs, Seen::new(me, verifiers)));
        Self { sources, me, port, said, translator }
    }

    /// Announces this node, again if it changed; or withdraws it.
    pub(crate) fn appear(&mut self, appearance: Option<&Appearance>) {
        let announcement = appearance.map(|appearance| Announcement::new(self.me, self.port, appearance));
        for source in &mut self.sources {
            source.appear(announcement.as_ref());
        }
    }

    /// Browses anew.
    pub(crate) fn browse(&mut self) {
        for source in &mut self.sources {
            source.browse();
        }
    }

    /// Checks whether somebody is still found.
    pub(crate) fn verify(&self, peer: PeerId) {
        // A full queue means much is said anyway; the record then lives until its time is over.
        let _full = self.said.try_send(Said::Verify(peer));
    }

    /// Where what a system that was told of this node sees is said.
    pub(crate) fn sightings(&self) -> Sightings {
        Sightings(self.said.clone())
    }

    /// Says goodbye, and ends what runs.
    pub(crate) async fn shutdown(self) {
        self.translator.abort();
        for source in self.sources {
            source.end().await;
        }
    }
}

/// The way in for what a system sees that is asked elsewhere. It says nothing twice, so whoever tells waits for room.
#[derive(Clone)]
pub(crate) struct Sightings(mpsc::Sender<Said>);

impl Sightings {
    /// It saw an instance, or lost it. Whether anybody hears of it.
    pub(crate) async fn tell(&self, name: String, sighting: Option<Sighting>) -> bool {
        let instance = Instance { way: Way::Told, name };
        let said = match sighting {
            Some(sighting) => Said::Seen(instance, sighting),
            None => Said::Gone(instance),
        };
        self.0.send(said).await.is_ok()
    }
}

/// Turns what is said of instances into the node's events about people.
async fn translate(mut said: mpsc::Receiver<Said>, inputs: mpsc::Sender<Input>, mut seen: Seen) {
    while let Some(said) = said.recv().await {
        for event in seen.hear(said) {
            if inputs.send(Input::Event(event)).await.is_err() {
                return;
            }
        }
    }
}

/// Which instances there are, and whose.
struct Seen {
    me: PeerId,
    instances: HashMap<Instance, PeerId>,
    verifiers: Vec<(Way, Verify)>,
}

impl Seen {
    fn new(me: PeerId, verifiers: Vec<(Way, Verify)>) -> Self {
        Self { me, instances: HashMap::new(), verifiers }
    }

    fn hear(&mut self, said: Said) -> Vec<Event> {
        match said {
            Said::Seen(instance, sighting) => self.seen(instance, sighting),
            Said::Gone(instance) => {
                self.instances.remove(&instance).and_then(|peer| self.vanished(peer)).into_iter().collect()
            }
            Said::Verify(peer) => {
                for (instance, _) in self.instances.iter().filter(|(_, other)| **other == peer) {
                    for (_, verify) in self.verifiers.iter().filter(|(way, _)| *way == instance.way) {
                        verify(&instance.name);
                    }
                }
                Vec::new()
            }
        }
    }

    fn seen(&mut self, instance: Instance, sighting: Sighting) -> Vec<Event> {
        let Some(Found { peer, name, status, addresses }) = sighting.found() else {
            return Vec::new();
        };
        if peer == self.me || (self.instances.len() >= INSTANCES && !self.instances.contains_key(&instance)) {
            return Vec::new();
        }
        let before = self.instances.insert(instance, peer).filter(|before| *before != peer);
        let found = Event::Found { peer, name, status, addresses };
        before.and_then(|before| self.vanished(before)).into_iter().chain([found]).collect()
    }

    /// After a crash an old instance lingers beside the new: somebody has vanished when their last one has.
    fn vanished(&self, peer: PeerId) -> Option<Event> {
        (!self.instances.values().any(|other| *other == peer)).then_some(Event::Vanished { peer })
    }
}

#[cfg(test)]
mod tests;
