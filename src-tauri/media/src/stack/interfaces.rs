//! The addresses a connection opens sockets on: those of every network card, asked anew whenever the sockets are opened.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};

use tokio::sync::oneshot;

/// The most sockets one connection opens: machines with many virtual cards would otherwise send hundreds of checks.
const SOCKETS: usize = 16;

/// Which addresses of this machine a connection may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those other machines can reach.
    Network,
    /// Loopback too: the other end may be in this very process, on a machine without any network.
    ThisMachine,
}

impl From<dogeller_core::wire::ui::Reach> for Reach {
    fn from(reach: dogeller_core::wire::ui::Reach) -> Self {
        match reach {
            dogeller_core::wire::ui::Reach::Network => Self::Network,
            dogeller_core::wire::ui::Reach::ThisMachine => Self::ThisMachine,
        }
    }
}

/// Says the addresses of today to the stack, which asks at the start and at each ICE restart: so a call follows this
/// machine to another network.
///
/// The stack's task keeps it and nobody else does: when that ends, by itself or by a panic of the crate's, this is dropped,
/// and whoever holds the other end of `alive` knows.
pub(super) struct Interfaces {
    pub(super) reach: Reach,
    pub(super) _alive: oneshot::Sender<()>,
}

impl ToSocketAddrs for Interfaces {
    type Iter = std::vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        // A machine that cannot list its cards has at least itself.
        let found = if_addrs::get_if_addrs().unwrap_or_default().into_iter().map(|card| card.ip());
        // An IPv6 address that is still being checked for doubles cannot be used yet.
        let found = found.filter(|ip| UdpSocket::bind(SocketAddr::new(*ip, 0)).is_ok());
        Ok(choose(found, self.reach).into_iter().map(|ip| SocketAddr::new(ip, 0)).collect::<Vec<_>>().into_iter())
    }
}

/// IPv4 first, as candidates are tried in this order at equal priority. IPv6 link-local addresses are left out: their zone
/// means nothing to the other side and browsers use none. IPv4 link-local ones stay: a cable between two machines has
/// nothing else.
fn choose(found: impl Iterator<Item = IpAddr>, reach: Reach) -> Vec<IpAddr> {
    let mut chosen: Vec<IpAddr> = found.filter(usable).collect();
    chosen.sort();
    chosen.dedup();
    chosen.truncate(SOCKETS);
    // Without any socket the stack gives the connection up for good, and a cable may be plugged in any moment.
    if reach == Reach::ThisMachine || chosen.is_empty() {
        chosen.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    chosen
}

fn usable(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast()),
        IpAddr::V6(ip) => {
            let elsewhere = ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || mapped(ip);
            !(elsewhere || ip.is_unicast_link_local())
        }
    }
}

fn mapped(ip: &Ipv6Addr) -> bool {
    ip.to_ipv4_mapped().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(found: &[&str], reach: Reach) -> Vec<String> {
        choose(found.iter().map(|text| text.parse().unwrap()), reach).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_address_another_machine_can_reach_is_used_once() {
        let found = ["127.0.0.1", "::1", "fe80::1", "fd00::2", "10.0.0.7", "10.0.0.7", "169.254.3.4"];
        assert_eq!(chosen(&found, Reach::Network), ["10.0.0.7", "169.254.3.4", "fd00::2"]);
    }

    #[test]
    fn loopback_is_for_an_end_on_this_machine_and_for_a_machine_without_network() {
        assert_eq!(chosen(&["10.0.0.7"], Reach::ThisMachine), ["10.0.0.7", "127.0.0.1"]);
        assert_eq!(chosen(&["127.0.0.1", "fe80::1"], Reach::Network), ["127.0.0.1"]);
    }

    #[test]
    fn a_machine_with_hundreds_of_cards_opens_a_handful_of_sockets() {
        let many: Vec<String> = (0..255).map(|n| format!("10.1.{n}.1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(chosen(&many, Reach::Network).len(), SOCKETS);
    }
}
