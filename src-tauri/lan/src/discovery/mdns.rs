//! mDNS of our own (RFC 6762), for every system that lets an app speak it.
//!
//! Rules that were measured on crate `mdns-sd` 0.21: no loopback interfaces (a resent goodbye leaks their records onto
//! the network), events are upserts (the first often has one address of several), instance and host name are random for
//! each start (two that merge with the same name hide each other), browsing anew after the networks changed finds in
//! 0.05 s what would take up to an hour, and `verify` removes somebody whose link broke.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use mdns_sd::{IfKind, ResolvedService, ScopedIp, ServiceDaemon, ServiceEvent, ServiceInfo};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::announcement::{Announcement, Sighting};
use super::source::{End, Instance, Said, Source, Verify, Way};

const SERVICE: &str = "_dogeller._tcp.local.";
/// How long somebody whose link broke has to answer for mDNS to keep them.
const VERIFY: Duration = Duration::from_secs(3);
/// How long goodbyes may take to leave.
const GOODBYE: Duration = Duration::from_millis(800);

/// The running daemon.
pub(super) struct Mdns {
    daemon: ServiceDaemon,
    /// Random for this start.
    label: String,
    registered: Option<String>,
    browsing: Option<JoinHandle<()>>,
    said: mpsc::Sender<Said>,
}

impl Mdns {
    /// Starts the daemon; nothing is announced or asked yet.
    pub(super) fn start(random: u64, said: mpsc::Sender<Said>) -> Result<Self, mdns_sd::Error> {
        let daemon = ServiceDaemon::new()?;
        daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6])?;
        daemon.set_ip_check_interval(1)?;
        Ok(Self { daemon, label: format!("{random:016x}"), registered: None, browsing: None, said })
    }

    fn register(&mut self, announcement: &Announcement) -> Result<(), mdns_sd::Error> {
        let host = format!("{}.local.", self.label);
        let entries = announcement.entries();
        let mut info =
            ServiceInfo::new(SERVICE, &self.label, &host, "", announcement.port, &entries[..])?.enable_addr_auto();
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
}

impl Source for Mdns {
    fn appear(&mut self, announcement: Option<&Announcement>) {
        let result = match announcement {
            Some(announcement) => self.register(announcement),
            None => self.withdraw(),
        };
        if let Err(error) = result {
            tracing::warn!(%error, "mDNS does not announce this node");
        }
    }

    fn browse(&mut self) {
        if let Some(browsing) = self.browsing.take() {
            browsing.abort();
            if let Err(error) = self.daemon.stop_browse(SERVICE) {
                tracing::debug!(%error, "browsing was not stopped");
            }
        }
        match self.daemon.browse(SERVICE) {
            Ok(events) => {
                let said = self.said.clone();
                self.browsing = Some(tokio::spawn(async move {
                    while let Ok(event) = events.recv_async().await {
                        if let Some(news) = read(event)
                            && said.send(news).await.is_err()
                        {
                            return;
                        }
                    }
                }));
            }
            Err(error) => tracing::warn!(%error, "mDNS does not look for others"),
        }
    }

    fn verifier(&self) -> (Way, Verify) {
        let daemon = self.daemon.clone();
        let verify = move |fullname: &str| {
            if let Err(error) = daemon.verify(fullname.to_owned(), VERIFY) {
                tracing::debug!(%error, "a record was not verified");
            }
        };
        (Way::Mdns, Box::new(verify))
    }

    fn end(self: Box<Self>) -> End {
        Box::pin(async move {
            if let Some(browsing) = self.browsing {
                browsing.abort();
            }
            if let Ok(ended) = self.daemon.shutdown() {
                // It sends goodbyes first; one that takes longer has no network to say them to.
                let _late = timeout(GOODBYE, ended.recv_async()).await;
            }
        })
    }
}

fn read(event: ServiceEvent) -> Option<Said> {
    let instance = |name: &str| Instance { way: Way::Mdns, name: name.to_owned() };
    if let ServiceEvent::ServiceResolved(service) = event {
        Some(Said::Seen(instance(&service.fullname), sighting(&service)?))
    } else if let ServiceEvent::ServiceRemoved(_, fullname) = event {
        Some(Said::Gone(instance(&fullname)))
    } else {
        None
    }
}

fn sighting(service: &ResolvedService) -> Option<Sighting> {
    let addresses = service.addresses.iter().map(|ip| address(ip, service.port)).collect();
    Sighting::read(|key| service.txt_properties.get_property_val_str(key), addresses)
}

fn address(ip: &ScopedIp, port: u16) -> SocketAddr {
    if let (ScopedIp::V6(scoped), IpAddr::V6(v6)) = (ip, ip.to_ip_addr())
        && v6.is_unicast_link_local()
    {
        return SocketAddr::V6(SocketAddrV6::new(v6, port, 0, scoped.scope_id().index));
    }
    SocketAddr::new(ip.to_ip_addr(), port)
}
