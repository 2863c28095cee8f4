//! mDNS: announces this node and finds others (DNS-SD, RFC 6763, over RFC 6762). It is a hint and is never believed.
//!
//! Rules that were measured on crate `mdns-sd` 0.21: no loopback interfaces (a resent goodbye leaks their records onto
//! the network), events are upserts (the first often has one address of several), instance and host name are random for
//! each start (two that merge with the same name hide each other), browsing anew after the networks changed finds in
//! 0.05 s what would take up to an hour, and `verify` removes somebody whose link broke.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use dogeller_core::node::Appearance;
use dogeller_core::wire::VERSION;
use dogeller_core::wire::peer::Status;
use dogeller_core::{Event, Name, PeerId};
use mdns_sd::{IfKind, ResolvedService, ScopedIp, ServiceDaemon, ServiceEvent, ServiceInfo};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::run::Input;

const SERVICE: &str = "_dogeller._tcp.local.";
/// A TXT value, its key included, may have 255 bytes (RFC 6763, section 6.1); the whole record stays under 400.
const NAME_BYTES: usize = 200;
/// Instances remembered; a network has fewer people.
const INSTANCES: usize = 2048;
/// How long somebody whose link broke has to answer for mDNS to keep them.
const VERIFY: Duration = Duration::from_secs(3);
/// How long goodbyes may take to leave.
const GOODBYE: Duration = Duration::from_millis(800);

/// Why there is no discovery.
#[derive(Debug, thiserror::Error)]
#[error("mDNS cannot be used: {0}")]
pub(crate) struct DiscoveryError(#[from] mdns_sd::Error);

/// The running discovery.
pub(crate) struct Discovery {
    daemon: ServiceDaemon,
    me: PeerId,
    port: u16,
    /// Random for this start.
    label: String,
    registered: Option<String>,
    browsing: Option<JoinHandle<()>>,
    instances: mpsc::Sender<Said>,
    inputs_task: JoinHandle<()>,
}

/// What the daemon said, on its way to the node.
enum Said {
    Event(ServiceEvent),
    Verify(PeerId),
}

impl Discovery {
    /// Starts the daemon; nothing is announced or asked yet.
    pub(crate) fn start(
        me: PeerId,
        port: u16,
        random: u64,
        inputs: mpsc::Sender<Input>,
    ) -> Result<Self, DiscoveryError> {
        let daemon = ServiceDaemon::new()?;
        daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6])?;
        daemon.set_ip_check_interval(1)?;
        let (instances, said) = mpsc::channel(256);
        let inputs_task = tokio::spawn(translate(said, inputs, me, daemon.clone()));
        let label = format!("{random:016x}");
        Ok(Self { daemon, me, port, label, registered: None, browsing: None, instances, inputs_task })
    }

    /// Announces this node, again if it changed; or withdraws it.
    pub(crate) fn appear(&mut self, appearance: Option<&Appearance>) {
        let result = match appearance {
            Some(appearance) => self.register(appearance),
            None => self.withdraw(),
        };
        if let Err(error) = result {
            tracing::warn!(%error, "mDNS does not announce this node");
        }
    }

    fn register(&mut self, appearance: &Appearance) -> Result<(), mdns_sd::Error> {
        let id = self.me.to_string();
        let version = VERSION.to_string();
        let status = match appearance.status {
            Status::Available => "available",
            Status::InCall => "in_call",
            Status::Away => "away",
        };
        let txt = [("id", id.as_str()), ("v", &version), ("n", appearance.name.cut(NAME_BYTES)), ("s", status)];
        let host = format!("{}.local.", self.label);
        let mut info = ServiceInfo::new(SERVICE, &self.label, &host, "", self.port, &txt[..])?.enable_addr_auto();
        // Probing (RFC 6762, section 8.1) asks for 750 ms whether a name is taken; 64 random bits are not.
        info.set_requires_probe(false);
        self.registered = Some(info.get_fullname().to_owned());
        self.daemon.register(info)
    }

    fn withdraw(&mut self) -> Result<(), mdns_sd::Error> {
        if let Some(fullname) = self.registered.take() {
            self.daemon.unregister(&fullname)?;
        }
        Ok(())
    }

    /// Browses anew.
    pub(crate) fn browse(&mut self) {
        if let Some(browsing) = self.browsing.take() {
            browsing.abort();
            if let Err(error) = self.daemon.stop_browse(SERVICE) {
                tracing::debug!(%error, "browsing was not stopped");
            }
        }
        match self.daemon.browse(SERVICE) {
            Ok(events) => {
                let instances = self.instances.clone();
                self.browsing = Some(tokio::spawn(async move {
                    while let Ok(event) = events.recv_async().await {
                        if instances.send(Said::Event(event)).await.is_err() {
                            return;
                        }
                    }
                }));
            }
            Err(error) => tracing::warn!(%error, "mDNS does not look for others"),
        }
    }

    /// Checks whether mDNS still finds somebody.
    pub(crate) fn verify(&self, peer: PeerId) {
        // A full queue means much is said anyway; the record then lives until its time is over.
        let _full = self.instances.try_send(Said::Verify(peer));
    }

    /// Says goodbye and ends the daemon's thread.
    pub(crate) async fn shutdown(mut self) {
        if let Some(browsing) = self.browsing.take() {
            browsing.abort();
        }
        self.inputs_task.abort();
        if let Ok(ended) = self.daemon.shutdown() {
            // It sends goodbyes first; one that takes longer has no network to say them to.
            let _late = timeout(GOODBYE, ended.recv_async()).await;
        }
    }
}

/// Turns the daemon's events about instances into the node's about people: somebody has vanished when their last
/// instance has (after a crash an old one lingers beside the new).
async fn translate(mut said: mpsc::Receiver<Said>, inputs: mpsc::Sender<Input>, me: PeerId, daemon: ServiceDaemon) {
    let mut instances: HashMap<String, PeerId> = HashMap::new();
    while let Some(said) = said.recv().await {
        let event = match said {
            Said::Event(ServiceEvent::ServiceResolved(service)) => {
                let Some(Found { peer, name, status, addresses }) = read(&service) else {
                    continue;
                };
                if peer == me || (instances.len() >= INSTANCES && !instances.contains_key(&service.fullname)) {
                    continue;
                }
                instances.insert(service.fullname.clone(), peer);
                Event::Found { peer, name, status, addresses }
            }
            Said::Event(ServiceEvent::ServiceRemoved(_, fullname)) => {
                let Some(peer) = instances.remove(&fullname) else {
                    continue;
                };
                if instances.values().any(|other| *other == peer) {
                    continue;
                }
                Event::Vanished { peer }
            }
            Said::Verify(peer) => {
                for fullname in instances.iter().filter(|(_, p)| **p == peer).map(|(fullname, _)| fullname) {
                    if let Err(error) = daemon.verify(fullname.clone(), VERIFY) {
                        tracing::debug!(%error, "a record was not verified");
                    }
                }
                continue;
            }
            Said::Event(_) => continue,
        };
        if inputs.send(Input::Event(event)).await.is_err() {
            return;
        }
    }
}

/// Somebody as an announcement claims them.
struct Found {
    peer: PeerId,
    name: Name,
    status: Status,
    addresses: Vec<SocketAddr>,
}

/// A service as a person; `None` for what is not one of ours.
fn read(service: &ResolvedService) -> Option<Found> {
    let txt = &service.txt_properties;
    if txt.get_property_val_str("v")?.parse::<u32>().ok()? != VERSION {
        return None;
    }
    let peer: PeerId = txt.get_property_val_str("id")?.parse().ok()?;
    let name = Name::new(txt.get_property_val_str("n")?).ok()?;
    let mut addresses: Vec<SocketAddr> = service.addresses.iter().map(|ip| address(ip, service.port)).collect();
    // IPv4 first: a link-local IPv6 address is of no use to others who are told of it.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let status = match txt.get_property_val_str("s")? {
        "available" => Status::Available,
        "in_call" => Status::InCall,
        "away" => Status::Away,
        _ => return None,
    };
    (!addresses.is_empty()).then_some(Found { peer, name, status, addresses })
}

fn address(ip: &ScopedIp, port: u16) -> SocketAddr {
    if let (ScopedIp::V6(scoped), IpAddr::V6(v6)) = (ip, ip.to_ip_addr())
        && v6.is_unicast_link_local()
    {
        return SocketAddr::V6(SocketAddrV6::new(v6, port, 0, scoped.scope_id().index));
    }
    SocketAddr::new(ip.to_ip_addr(), port)
}
