//! Which ICE candidates (RFC 8839, section 5.1) leave this node and which it believes.
//!
//! A page without camera permission hides its addresses behind `uuid.local` names (draft-ietf-mmusic-mdns-ice-candidates)
//! that some systems never resolve. The node knows its own LAN addresses, so it adds them as plain candidates beside
//! the hidden ones. Before both said yes, only the network that the link runs on is told.

use std::net::IpAddr;

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
}

impl Network {
    /// Whether `other` lies on this network.
    pub fn holds(&self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same_prefix(
                u128::from(u32::from(a)),
                u128::from(u32::from(b)),
                32,
                self.prefix,
            ),
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                same_prefix(u128::from(a), u128::from(b), 128, self.prefix)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, width: u32, prefix: u8) -> bool {
    let shift = width.saturating_sub(u32::from(prefix));
    (a ^ b).checked_shr(shift).unwrap_or(0) == 0
}

/// How much the other side may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Still ringing: the network of the link alone.
    LinkOnly,
    /// Both said yes: all networks.
    All,
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
        let plain = !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-');
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
pub fn outgoing(
    line: &CandidateLine,
    link: Option<IpAddr>,
    networks: &[Network],
    reach: Reach,
) -> Vec<CandidateLine> {
    if line.as_str().is_empty() {
        return vec![line.clone()];
    }
    let Some(parsed) = Parsed::read(line.as_str()) else {
        return Vec::new();
    };
    let may_tell = |ip: IpAddr| match reach {
        Reach::All => true,
        Reach::LinkOnly => link.is_some_and(|link| {
            ip == link
                || networks
                    .iter()
                    .any(|network| network.holds(link) && network.holds(ip))
        }),
    };
    match parsed.address() {
        None => Vec::new(),
        Some(Address::Ip(ip)) if ip.is_loopback() || !may_tell(ip) => Vec::new(),
        Some(Address::Ip(_)) => vec![line.clone()],
        Some(Address::Hidden) => {
            let mut lines = vec![line.clone()];
            if parsed.is_udp() {
                let own = networks
                    .iter()
                    .map(|network| network.address)
                    .filter(|&ip| may_tell(ip) && !is_link_local_v6(ip));
                lines.extend(own.filter_map(|ip| parsed.with_address(ip)));
            }
            lines
        }
    }
}

/// Whether a candidate of the other side is believed: a hidden name, or an address on one of our networks, or the
/// address the link itself goes to. Anything else could make this machine knock on a stranger's door.
pub fn believable(line: &CandidateLine, link: Option<IpAddr>, networks: &[Network]) -> bool {
    if line.as_str().is_empty() {
        return true;
    }
    match Parsed::read(line.as_str()).and_then(|parsed| parsed.address()) {
        None => false,
        Some(Address::Hidden) => true,
        Some(Address::Ip(ip)) => {
            let unicast = !(ip.is_unspecified() || ip.is_multicast() || ip.is_loopback());
            unicast && (link == Some(ip) || networks.iter().any(|network| network.holds(ip)))
        }
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
        CandidateLine::new(format!(
            "candidate:1 1 udp 2122 {address} 50000 typ host generation 0"
        ))
        .unwrap()
    }

    fn networks() -> Vec<Network> {
        vec![
            Network {
                address: "10.0.0.2".parse().unwrap(),
                prefix: 24,
            },
            Network {
                address: "192.168.7.2".parse().unwrap(),
                prefix: 24,
            },
        ]
    }

    #[test]
    fn while_it_rings_only_the_links_network_is_told() {
        let link = "10.0.0.2".parse().ok();
        assert_eq!(
            outgoing(&line("10.0.0.2"), link, &networks(), Reach::LinkOnly).len(),
            1
        );
        assert!(outgoing(&line("192.168.7.2"), link, &networks(), Reach::LinkOnly).is_empty());
        assert_eq!(
            outgoing(&line("192.168.7.2"), link, &networks(), Reach::All).len(),
            1
        );
        assert!(outgoing(&line("127.0.0.1"), link, &networks(), Reach::All).is_empty());
    }

    #[test]
    fn a_hidden_name_goes_with_plain_copies() {
        let link = "10.0.0.2".parse().ok();
        let told = outgoing(&line("0a-b.local"), link, &networks(), Reach::LinkOnly);
        let told: Vec<&str> = told.iter().map(CandidateLine::as_str).collect();
        assert_eq!(told.len(), 2);
        assert!(told[1].contains(" 10.0.0.2 50000 typ host"));
        assert_eq!(
            outgoing(&line("0a-b.local"), link, &networks(), Reach::All).len(),
            3
        );
    }

    #[test]
    fn strangers_addresses_are_not_believed() {
        let link = "172.16.0.9".parse().ok();
        assert!(believable(&line("10.0.0.77"), link, &networks()));
        assert!(believable(&line("172.16.0.9"), link, &networks()));
        assert!(believable(&line("x.local"), link, &networks()));
        for bad in [
            "8.8.8.8",
            "127.0.0.1",
            "224.0.0.251",
            "evil.example",
            "..local",
            "0.0.0.0",
        ] {
            assert!(!believable(&line(bad), link, &networks()), "{bad}");
        }
        let relayed =
            CandidateLine::new("candidate:1 1 udp 1 10.0.0.9 5 typ srflx".into()).unwrap();
        assert!(!believable(&relayed, link, &networks()));
    }
}
