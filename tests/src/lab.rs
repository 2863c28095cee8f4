//! A local network inside one process: hosts in network namespaces, joined by a switch of our own.
//!
//! Nothing is left behind: the namespaces have no names, and they, the switch and every process started on a host go when
//! the [`Lab`] is dropped or this process dies. Any number of labs can run beside each other.

mod counters;
mod fabric;
mod frame;
mod host;
pub(crate) mod kernel;
mod switch;
mod uplink;
mod world;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

pub use counters::{Counters, Traffic};
pub use host::{CARD, Host, MASK};
pub use switch::Multicast;
pub use uplink::{LONGEST_QUEUE, Uplink};
pub use world::{World, WorldError, enter};

use host::Keeper;
use switch::Switch;

/// The most hosts of one lab: two file descriptors each stay below the usual limit of 1024.
pub const MOST_HOSTS: usize = 250;

/// Why there is no lab.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// This process may not make networks.
    #[error(transparent)]
    World(#[from] WorldError),
    /// More than [`MOST_HOSTS`] were asked for.
    #[error("a lab has at most {MOST_HOSTS} hosts")]
    TooMany,
    /// A host could not be made.
    #[error("host {index} cannot be made: {source}")]
    Host {
        /// Which.
        index: usize,
        /// Why.
        source: io::Error,
    },
    /// The switch could not be started.
    #[error("the switch cannot be started: {0}")]
    Switch(io::Error),
}

/// A local network.
#[derive(Debug)]
pub struct Lab {
    hosts: Vec<Host>,
    world: World,
}

impl Lab {
    /// A network of `hosts` machines with perfect lines, without a default route and so without an Internet.
    ///
    /// A process that may not make networks is started again as one that may; see [`enter`].
    pub fn new(hosts: usize) -> Result<Self, LabError> {
        Self::with_seed(hosts, 0)
    }

    /// The same, with chances (loss, jitter) drawn from `seed`.
    pub fn with_seed(hosts: usize, seed: u64) -> Result<Self, LabError> {
        if hosts > MOST_HOSTS {
            return Err(LabError::TooMany);
        }
        let world = enter()?;
        let mut keepers = Vec::with_capacity(hosts);
        let mut taps = Vec::with_capacity(hosts);
        for index in 0..hosts {
            let number = index as u8 + 1;
            let address = Ipv4Addr::new(10, 77, 0, number);
            // Locally administered, "dog", then the host's number.
            let mac = [0x02, b'd', b'o', b'g', 0, number];
            let (keeper, tap) =
                Keeper::start(index, mac, address).map_err(|source| LabError::Host { index, source })?;
            keepers.push((address, keeper));
            taps.push(tap);
        }
        let switch = Arc::new(Switch::start(taps, seed).map_err(LabError::Switch)?);
        let hosts = keepers
            .into_iter()
            .enumerate()
            .map(|(index, (address, keeper))| Host::new(index, address, keeper, Arc::clone(&switch)))
            .collect();
        Ok(Self { hosts, world })
    }

    /// Every host, in order.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// A handle to one host.
    ///
    /// # Panics
    /// When there is no such host.
    pub fn host(&self, index: usize) -> Host {
        self.hosts[index].clone()
    }

    /// What to put before a command line to run it on a host, from the process that started this one.
    pub fn enter_command(&self, host: &Host) -> Vec<String> {
        let mut command = vec!["nsenter".to_owned()];
        match self.world {
            World::Root => {}
            World::UserNamespace => {
                command.push(format!("--user=/proc/{}/ns/user", std::process::id()));
                command.push("--preserve-credentials".to_owned());
            }
        }
        command.push(format!("--net={}", host.network_path().display()));
        command
    }
}
