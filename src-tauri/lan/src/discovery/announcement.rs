//! What a node says of itself in DNS-SD, and what it makes of what others say.

use std::net::SocketAddr;

use dogeller_core::node::Appearance;
use dogeller_core::wire::VERSION;
use dogeller_core::wire::peer::Status;
use dogeller_core::{Name, PeerId};

/// A TXT value, its key included, may have 255 bytes (RFC 6763, section 6.1); the whole record stays under 400.
const NAME_BYTES: usize = 200;
/// Addresses of one instance; a machine with more cards is found by these.
const ADDRESSES: usize = 32;

/// What this node says of itself: its port, and the entries of its TXT record (`docs/protocol.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Where links come in.
    pub port: u16,
    /// The peer's id.
    pub id: String,
    /// The protocol's version.
    pub v: String,
    /// The name, cut to 200 bytes.
    pub n: String,
    /// `available`, `in_call` or `away`.
    pub s: String,
}

/// What is heard of an instance, wherever from; nothing of it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// As in [`Announcement`].
    pub id: String,
    /// As in [`Announcement`].
    pub v: String,
    /// As in [`Announcement`].
    pub n: String,
    /// As in [`Announcement`].
    pub s: String,
    /// Where it can be reached, with the scope of each link-local address.
    pub addresses: Vec<SocketAddr>,
}

/// Somebody as a sighting claims them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) peer: PeerId,
    pub(super) name: Name,
    pub(super) status: Status,
    pub(super) addresses: Vec<SocketAddr>,
}

impl Announcement {
    pub(super) fn new(me: PeerId, port: u16, appearance: &Appearance) -> Self {
        let status = match appearance.status {
            Status::Available => "available",
            Status::InCall => "in_call",
            Status::Away => "away",
        };
        Self {
            port,
            id: me.to_string(),
            v: VERSION.to_string(),
            n: appearance.name.cut(NAME_BYTES).to_owned(),
            s: status.to_owned(),
        }
    }

    /// The entries of its TXT record.
    pub(super) fn entries(&self) -> [(&'static str, &str); 4] {
        [("id", &self.id), ("v", &self.v), ("n", &self.n), ("s", &self.s)]
    }
}

impl Sighting {
    /// From a TXT record; `None` where an entry is missing.
    pub(super) fn read<'a>(entry: impl Fn(&str) -> Option<&'a str>, addresses: Vec<SocketAddr>) -> Option<Self> {
        let entry = |key| entry(key).map(str::to_owned);
        Some(Self { id: entry("id")?, v: entry("v")?, n: entry("n")?, s: entry("s")?, addresses })
    }

    /// `None` for what is not one of ours, or cannot be reached.
    pub(super) fn found(self) -> Option<Found> {
        if self.v.parse::<u32>().ok()? != VERSION {
            return None;
        }
        let status = match self.s.as_str() {
            "available" => Status::Available,
            "in_call" => Status::InCall,
            "away" => Status::Away,
            _ => return None,
        };
        let (peer, name) = (self.id.parse().ok()?, Name::new(&self.n).ok()?);
        let mut addresses = self.addresses;
        // IPv4 first: a link-local IPv6 address is of no use to others who are told of it.
        addresses.sort_by_key(SocketAddr::is_ipv6);
        addresses.truncate(ADDRESSES);
        (!addresses.is_empty()).then_some(Found { peer, name, status, addresses })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting() -> Sighting {
        Sighting {
            id: "7a".repeat(32),
            v: VERSION.to_string(),
            n: "Ada".into(),
            s: "in_call".into(),
            addresses: vec!["[fe80::1%3]:7337".parse().unwrap(), "192.0.2.7:7337".parse().unwrap()],
        }
    }

    #[test]
    fn what_is_announced_is_found() {
        let me: PeerId = "7a".repeat(32).parse().unwrap();
        let appearance = Appearance { name: Name::new(&"Ä".repeat(60)).unwrap(), status: Status::Away };
        let said = Announcement::new(me, 7337, &appearance);
        let entry = |key: &str| said.entries().into_iter().find(|(name, _)| *name == key).map(|(_, value)| value);
        let found = Sighting::read(entry, vec!["192.0.2.7:7337".parse().unwrap()]).unwrap().found().unwrap();
        assert_eq!((found.peer, found.status), (me, Status::Away));
        assert!(appearance.name.to_string().starts_with(&found.name.to_string()));
        assert!(said.n.len() <= NAME_BYTES);
    }

    #[test]
    fn addresses_that_others_can_use_come_first_and_are_few() {
        assert!(sighting().found().unwrap().addresses[0].is_ipv4());
        let many = (0..200).map(|port| ([192, 0, 2, 7], port).into()).collect();
        let found = Sighting { addresses: many, ..sighting() }.found().unwrap();
        assert_eq!(found.addresses.len(), ADDRESSES);
    }

    #[test]
    fn what_is_not_ours_is_nobody() {
        for wrong in [
            Sighting { v: "0".into(), ..sighting() },
            Sighting { v: String::new(), ..sighting() },
            Sighting { id: "7a".into(), ..sighting() },
            Sighting { n: String::new(), ..sighting() },
            Sighting { n: "\u{202e}".into(), ..sighting() },
            Sighting { s: "elsewhere".into(), ..sighting() },
            Sighting { addresses: Vec::new(), ..sighting() },
        ] {
            assert_eq!(wrong.clone().found(), None, "{wrong:?}");
        }
        assert_eq!(Sighting::read(|key| (key != "n").then_some("1"), Vec::new()), None);
    }
}
