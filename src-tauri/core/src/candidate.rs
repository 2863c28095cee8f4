//! Which ICE candidates (RFC 8839, section 5.1) leave this node and which it believes.
//!
//! A page without camera permission hides its addresses behind `uuid.local` names (draft-ietf-mmusic-mdns-ice-candidates)
//! that some systems never resolve. The node knows its own LAN addresses, so it adds them as plain candidates beside
//! the hidden ones. Before both said yes, only the network that the link runs on is told; the others follow then.
//!
//! In a call that stays on this machine (the echo contact's) its own addresses and loopback are both told and believed,
//! and nothing else is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::text::CandidateLine;

/// The most candidates taken from the other side for one connection.
pub const CANDIDATES_TAKEN: u32 = 20;

/// One network this machine is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    /// This machine's address there.
    pub address: IpAddr,
    /// How many leading bits are the network's.
    pub prefix: u8,
    /// The system's number of the card it is on; `None` where the system doesn't say.
    pub card: Option<u32>,
}

impl Network {
    /// Whether `other` lies on this network.
    pub fn holds(&self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                same_prefix(u128::from(u32::from(a)), u128::from(u32::from(b)), 32, self.prefix)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => same_prefix(u128::from(a), u128::from(b), 128, self.prefix),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Whether a link, `link` being our end of it, runs over the card of this address.
    fn carries(&self, link: SocketAddr) -> bool {
        let zone = match link {
            SocketAddr::V6(v6) if v6.scope_id() != 0 => Some(v6.scope_id()),
            SocketAddr::V6(_) | SocketAddr::V4(_) => self.card,
        };
        self.address == link.ip() && self.card == zone
    }
}

/// Where the other side of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FarEnd {
    /// On a network.
    Network {
        /// Our end and theirs of the link to it, while there is one.
        link: Option<(SocketAddr, SocketAddr)>,
    },
    /// In this very process: there is nobody to hide an address from, and it leads nowhere else.
    Inside,
}

/// Whether an address lies on the network that a link runs on, `link` being our end of it. A link between link-local
/// IPv6 addresses runs on the same network as the IPv4 addresses of that card.
fn is_beside(ip: IpAddr, link: SocketAddr, networks: &[Network]) -> bool {
    let cards: Vec<u32> = networks.iter().filter(|n| n.carries(link)).filter_map(|n| n.card).collect();
    ip == link.ip()
        || networks
            .iter()
            .filter(|network| network.holds(ip))
            .any(|network| network.holds(link.ip()) || network.card.is_some_and(|card| cards.contains(&card)))
}

fn same_prefix(a: u128, b: u128, width: u32, prefix: u8) -> bool {
    let shift = width.saturating_sub(u32::from(prefix));
    (a ^ b).checked_shr(shift).unwrap_or(0) == 0
}

/// What the other side may know of one candidate of this side's engine, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing<T> {
    /// At once, even while it rings: what lies on the link's own network.
    pub now: Vec<T>,
    /// Once both said yes.
    pub later: Vec<T>,
}

impl<T> Outgoing<T> {
    fn nothing() -> Self {
        Self { now: Vec::new(), later: Vec::new() }
    }

    /// The same in another form.
    pub fn map<U>(self, form: impl Fn(T) -> U) -> Outgoing<U> {
        let (now, later) = (self.now.into_iter().map(&form), self.later.into_iter().map(&form));
        Outgoing { now: now.collect(), later: later.collect() }
    }
}

/// The parts of a candidate line that matter here.
struct Parsed<'a> {
    fields: Vec<&'a str>,
}

enum Address {
    Ip(IpAddr),
    Hidden,
}

impl<'a> Parsed<'a> {
    /// `candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE …`, host candidates only: there are no
    /// ICE servers, so an honest engine has no other kind to tell.
    fn read(line: &'a str) -> Option<Self> {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let valid = fields.len() >= 8
            && fields[0].starts_with("candidate:")
            && (fields[2].eq_ignore_ascii_case("udp") || fields[2].eq_ignore_ascii_case("tcp"))
            && fields[5].parse::<u16>().is_ok()
            && fields[6] == "typ"
            && fields[7] == "host";
        valid.then_some(Self { fields })
    }

    fn is_udp(&self) -> bool {
        self.fields[2].eq_ignore_ascii_case("udp")
    }

    fn address(&self) -> Option<Address> {
        let text = self.fields[4];
        if let Ok(ip) = text.parse() {
            return Some(Address::Ip(ip));
        }
        let label = text.strip_suffix(".local")?;
        let plain =
            !label.is_empty() && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        plain.then_some(Address::Hidden)
    }

    fn with_address(&self, ip: IpAddr) -> Option<CandidateLine> {
        let ip = ip.to_string();
        let mut fields = self.fields.clone();
        fields[4] = &ip;
        CandidateLine::new(fields.join(" ")).ok()
    }
}

/// What goes to the other side for one candidate of this side's engine: nothing, itself, or itself and plain copies.
pub fn outgoing(line: &CandidateLine, far: FarEnd, networks: &[Network]) -> Outgoing<CandidateLine> {
    if line.as_str().is_empty() {
        return Outgoing { now: vec![line.clone()], later: Vec::new() };
    }
    let Some(parsed) = Parsed::read(line.as_str()) else {
        return Outgoing::nothing();
    };
    let mut told = Outgoing::nothing();
    let mut tell = |ip: IpAddr, line: CandidateLine| {
        let at_once = match far {
            FarEnd::Network { link } => link.is_some_and(|(ours, _)| is_beside(ip, ours, networks)),
            FarEnd::Inside => true,
        };
        if at_once { told.now.push(line) } else { told.later.push(line) }
    };
    match parsed.address() {
        None => {}
        Some(Address::Ip(ip)) if ip.is_loopback() && far != FarEnd::Inside => {}
        Some(Address::Ip(ip)) => tell(ip, line.clone()),
        Some(Address::Hidden) => {
            let own = networks.iter().map(|network| network.address).filter(|&ip| !is_link_local_v6(ip));
            // Last, since it is of use only to a machine without a network.
            let loopback = (far == FarEnd::Inside).then_some(IpAddr::V4(Ipv4Addr::LOCALHOST));
            for ip in own.chain(loopback).filter(|_| parsed.is_udp()) {
                if let Some(copy) = parsed.with_address(ip) {
                    tell(ip, copy);
                }
            }
            told.now.insert(0, line.clone());
        }
    }
    told
}

/// Whether a candidate of the other side is believed: a hidden name, or an address on one of our networks, or the
/// address the link itself goes to; from inside this process, one of this machine's own addresses. Anything else could
/// make this machine knock on a stranger's door.
pub fn believable(line: &CandidateLine, far: FarEnd, networks: &[Network]) -> bool {
    if line.as_str().is_empty() {
        return true;
    }
    match Parsed::read(line.as_str()).and_then(|parsed| parsed.address()) {
        None => false,
        Some(Address::Hidden) => true,
        Some(Address::Ip(ip)) => match far {
            FarEnd::Network { link } => {
                let unicast = !(ip.is_unspecified() || ip.is_multicast() || ip.is_loopback());
                let linked = link.is_some_and(|(_, theirs)| theirs.ip() == ip);
                unicast && (linked || networks.iter().any(|network| network.holds(ip)))
            }
            FarEnd::Inside => ip.is_loopback() || networks.iter().any(|network| network.address == ip),
        },
    }
}

/// A link-local IPv6 address means nothing without a zone, which a candidate line cannot carry.
fn is_link_local_v6(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(address: &str) -> CandidateLine {
        CandidateLine::new(format!("candidate:1 1 udp 2122 {address} 50000 typ host generation 0")).unwrap()
    }

    fn network(address: &str, prefix: u8, card: u32) -> Network {
        Network { address: address.parse().unwrap(), prefix, card: Some(card) }
    }

    fn networks() -> Vec<Network> {
        vec![
            network("10.0.0.2", 24, 2),
            network("192.168.7.2", 24, 3),
            network("fe80::2", 64, 2),
            network("fe80::2", 64, 3),
        ]
    }

    /// What is told at once, and what later, for a link whose end here is this.
    fn told(address: &str, link: &str) -> (Vec<CandidateLine>, Vec<CandidateLine>) {
        let ours = link.parse().unwrap();
        let far = FarEnd::Network { link: Some((ours, ours)) };
        let Outgoing { now, later } = outgoing(&line(address), far, &networks());
        (now, later)
    }

    #[test]
    fn while_it_rings_only_the_links_network_is_told() {
        let link = "10.0.0.2:4433";
        assert_eq!(told("10.0.0.2", link), (vec![line("10.0.0.2")], vec![]));
        assert_eq!(told("192.168.7.2", link), (vec![], vec![line("192.168.7.2")]));
        assert_eq!(told("127.0.0.1", link), (vec![], vec![]));
    }

    #[test]
    fn a_link_between_link_local_addresses_runs_on_the_network_of_its_card() {
        for (link, own, other) in
            [("[fe80::2%2]:4433", "10.0.0.2", "192.168.7.2"), ("[fe80::2%3]:4433", "192.168.7.2", "10.0.0.2")]
        {
            assert_eq!(told(own, link), (vec![line(own)], vec![]));
            assert_eq!(told(other, link), (vec![], vec![line(other)]));
        }
    }

    #[test]
    fn a_hidden_name_goes_with_plain_copies() {
        let copies = told("0a-b.local", "10.0.0.2:4433");
        assert_eq!(copies, (vec![line("0a-b.local"), line("10.0.0.2")], vec![line("192.168.7.2")]));
    }

    #[test]
    fn strangers_addresses_are_not_believed() {
        let link = Some(("172.16.0.2:1".parse().unwrap(), "172.16.0.9:1".parse().unwrap()));
        let link = FarEnd::Network { link };
        assert!(believable(&line("10.0.0.77"), link, &networks()));
        assert!(believable(&line("172.16.0.9"), link, &networks()));
        assert!(believable(&line("x.local"), link, &networks()));
        for bad in ["8.8.8.8", "127.0.0.1", "224.0.0.251", "evil.example", "..local", "0.0.0.0"] {
            assert!(!believable(&line(bad), link, &networks()), "{bad}");
        }
        let relayed = CandidateLine::new("candidate:1 1 udp 1 10.0.0.9 5 typ srflx".into()).unwrap();
        assert!(!believable(&relayed, link, &networks()));
    }

    #[test]
    fn a_link_on_loopback_makes_no_loopback_candidate_believable() {
        let ends = Some(("127.0.0.1:1".parse().unwrap(), "127.0.0.1:2".parse().unwrap()));
        let link = FarEnd::Network { link: ends };
        assert!(!believable(&line("127.0.0.1"), link, &networks()));
        assert_eq!(outgoing(&line("127.0.0.1"), link, &networks()), Outgoing::nothing());
    }

    #[test]
    fn inside_this_process_its_own_addresses_and_loopback_are_told_at_once_and_believed() {
        for own in ["10.0.0.2", "192.168.7.2", "127.0.0.1", "::1"] {
            let told = outgoing(&line(own), FarEnd::Inside, &networks());
            assert_eq!(told, Outgoing { now: vec![line(own)], later: vec![] });
            assert!(believable(&line(own), FarEnd::Inside, &networks()), "{own}");
        }
        let copies = ["0a-b.local", "10.0.0.2", "192.168.7.2", "127.0.0.1"].map(line);
        assert_eq!(outgoing(&line("0a-b.local"), FarEnd::Inside, &networks()).now, copies);
        assert!(believable(&line("0a-b.local"), FarEnd::Inside, &networks()));
        for other in ["10.0.0.77", "192.168.7.1", "8.8.8.8", "224.0.0.251", "0.0.0.0"] {
            assert!(!believable(&line(other), FarEnd::Inside, &networks()), "{other}");
        }
    }

    #[test]
    fn inside_this_process_no_network_is_needed() {
        let told = outgoing(&line("0a-b.local"), FarEnd::Inside, &[]);
        assert_eq!(told.now, ["0a-b.local", "127.0.0.1"].map(line));
        assert!(told.now.iter().all(|line| believable(line, FarEnd::Inside, &[])));
    }
}
