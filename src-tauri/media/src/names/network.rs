//! Where is asked, and who is believed: the networks this machine is on, one for each card.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use dogeller_core::candidate;
use if_addrs::{IfAddr, Interface};

/// The most cards that are asked on: machines with many virtual ones would otherwise open hundreds of sockets.
const NETWORKS: usize = 16;

/// The most subnets of one card that are remembered: IPv6 gives out several as networks change.
const SUBNETS: usize = 16;

/// The network of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Network {
    /// The number the system has given to the card; IPv6 asks by it. 0 when it has none.
    pub(super) card: u32,
    /// Our address there, by which IPv4 asks.
    pub(super) v4: Option<Ipv4Addr>,
    /// Whether IPv6 is on.
    pub(super) v6: bool,
    /// Our addresses there, each with the length of its network's part in bits.
    pub(super) subnets: Vec<(IpAddr, u8)>,
}

impl Network {
    /// Whether a sender is on this network (RFC 6762 section 11): multicast DNS says nothing about the world beyond it.
    pub(super) fn holds(&self, sender: SocketAddr) -> bool {
        match sender {
            SocketAddr::V4(v4) => {
                v4.ip().is_link_local() && self.v4.is_some()
                    || self.subnets.iter().any(|subnet| within(sender.ip(), *subnet))
            }
            SocketAddr::V6(v6) if v6.ip().is_unicast_link_local() => self.v6 && v6.scope_id() == self.card,
            SocketAddr::V6(_) => self.subnets.iter().any(|subnet| within(sender.ip(), *subnet)),
        }
    }

    fn add(&mut self, (ours, bits): (IpAddr, u8)) {
        match ours {
            IpAddr::V4(ip) => self.v4 = self.v4.or(Some(ip)),
            // Without a number of the card there is no way to say where to ask.
            IpAddr::V6(_) => self.v6 = self.card != 0,
        }
        if self.subnets.len() < SUBNETS {
            self.subnets.push((ours, bits));
        }
    }
}

/// The networks other machines can be on, from what the system says of its cards.
pub(super) fn networks(found: impl IntoIterator<Item = Interface>) -> Vec<Network> {
    let mut networks: Vec<(String, Network)> = Vec::new();
    for card in found {
        if card.is_loopback() || !card.is_oper_up() || card.ip().is_unspecified() {
            continue;
        }
        let subnet = match card.addr {
            IfAddr::V4(v4) => (IpAddr::V4(v4.ip), v4.prefixlen),
            IfAddr::V6(v6) => (IpAddr::V6(v6.ip), v6.prefixlen),
        };
        if let Some((_, network)) = networks.iter_mut().find(|(name, _)| *name == card.name) {
            network.add(subnet);
        } else if networks.len() < NETWORKS {
            let number = card.index.unwrap_or(0);
            let mut network = Network { card: number, v4: None, v6: false, subnets: Vec::new() };
            network.add(subnet);
            networks.push((card.name, network));
        }
    }
    networks.into_iter().map(|(_, network)| network).collect()
}

fn within(sender: IpAddr, (ours, bits): (IpAddr, u8)) -> bool {
    // A subnet without a length is not known to be one.
    bits != 0 && candidate::Network { address: ours, prefix: bits, card: None }.holds(sender)
}

#[cfg(test)]
mod tests {
    use if_addrs::{IfOperStatus, Ifv4Addr, Ifv6Addr};

    use super::*;

    fn card(name: &str, index: u32, address: &str, prefixlen: u8) -> Interface {
        let addr = match address.parse().unwrap() {
            IpAddr::V4(ip) => IfAddr::V4(Ifv4Addr { ip, netmask: [0; 4].into(), prefixlen, broadcast: None }),
            IpAddr::V6(ip) => IfAddr::V6(Ifv6Addr { ip, netmask: [0; 16].into(), prefixlen, broadcast: None }),
        };
        Interface { name: name.into(), addr, index: Some(index), oper_status: IfOperStatus::Up, is_p2p: false }
    }

    fn home() -> Network {
        let cards =
            [card("eth0", 2, "192.168.1.7", 24), card("eth0", 2, "fd00::7", 64), card("eth0", 2, "fe80::7", 64)];
        networks(cards).remove(0)
    }

    fn holds(network: &Network, sender: &str) -> bool {
        network.holds(sender.parse().unwrap())
    }

    #[test]
    fn addresses_of_one_card_are_one_network() {
        let cards = [
            card("lo", 1, "127.0.0.1", 8),
            card("eth0", 2, "192.168.1.7", 24),
            card("wlan0", 3, "10.0.0.7", 8),
            card("eth0", 2, "192.168.2.7", 24),
            card("eth0", 2, "fe80::7", 64),
        ];
        let found = networks(cards);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].card, found[0].v4, found[0].v6), (2, Some([192, 168, 1, 7].into()), true));
        assert_eq!((found[1].card, found[1].v4, found[1].v6), (3, Some([10, 0, 0, 7].into()), false));
        assert_eq!(found[0].subnets.len(), 3);
    }

    #[test]
    fn an_unplugged_card_is_not_asked_on() {
        let unplugged = Interface { oper_status: IfOperStatus::Down, ..card("eth0", 2, "192.168.1.7", 24) };
        assert!(networks([unplugged]).is_empty());
    }

    #[test]
    fn a_machine_with_hundreds_of_cards_is_asked_on_a_handful() {
        let many = (1..=300).map(|n| card(&format!("veth{n}"), n, "10.0.0.7", 24));
        assert_eq!(networks(many).len(), NETWORKS);
        let many = (1..=300).map(|n| card("eth0", 2, &format!("fd00:{n}::7"), 64));
        assert_eq!(networks(many)[0].subnets.len(), SUBNETS);
    }

    #[test]
    fn who_is_on_the_network_is_believed() {
        for sender in ["192.168.1.9:5353", "192.168.1.7:5353", "169.254.3.4:5353", "[fd00::9]:5353", "[fe80::9%2]:5353"]
        {
            assert!(holds(&home(), sender), "{sender}");
        }
    }

    #[test]
    fn who_is_elsewhere_is_not_believed() {
        for sender in ["192.168.2.9:5353", "8.8.8.8:5353", "127.0.0.1:5353", "[fd00:0:0:1::9]:5353", "[fe80::9%3]:5353"]
        {
            assert!(!holds(&home(), sender), "{sender}");
        }
        let without_length = networks([card("tun0", 4, "10.0.0.7", 0)]).remove(0);
        assert!(!holds(&without_length, "8.8.8.8:5353"));
    }
}
