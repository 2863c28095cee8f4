//! Advertises whatever a liar on the network would.

use std::collections::HashMap;
use std::net::IpAddr;

use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};

use crate::lab::Host;

/// The service every node announces.
pub const SERVICE: &str = "_dogeller._tcp.local.";

/// One announcement.
#[derive(Debug, Clone)]
pub struct Advert {
    /// The label of the instance, and of its host name: any text of at most 63 bytes that nobody else uses.
    pub label: String,
    /// Where to dial.
    pub port: u16,
    /// The TXT record; see [`Advert::of`] for the usual one.
    pub text: Vec<(String, String)>,
    /// The address announced; the host's own if `None`.
    pub address: Option<IpAddr>,
}

impl Advert {
    /// What an honest node of this id and name announces.
    pub fn of(peer_id: &str, name: &str, port: u16) -> Self {
        let version = dogeller_core::wire::VERSION.to_string();
        let text = [("id", peer_id), ("n", name), ("v", &version), ("s", "available")];
        let text = text.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        let label = format!("{}-{port}", peer_id.get(..16).unwrap_or("liar"));
        Self { label, port, text, address: None }
    }
}

/// Announces until dropped.
pub struct Announcer {
    daemon: ServiceDaemon,
}

impl Announcer {
    /// Announces these on a host's network.
    pub fn start(host: &Host, adverts: &[Advert]) -> Result<Self, mdns_sd::Error> {
        let failed = |error: std::io::Error| mdns_sd::Error::Msg(error.to_string());
        // Its thread is born on the host, and its sockets with it.
        let daemon = host.run(ServiceDaemon::new).map_err(failed)??;
        daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6])?;
        for advert in adverts {
            let address = advert.address.unwrap_or(IpAddr::V4(host.address()));
            let text: HashMap<String, String> = advert.text.iter().cloned().collect();
            let name = format!("{}.local.", advert.label);
            daemon.register(ServiceInfo::new(SERVICE, &advert.label, &name, address, advert.port, text)?)?;
        }
        Ok(Self { daemon })
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing left to end then.
        let _ = self.daemon.shutdown();
    }
}
