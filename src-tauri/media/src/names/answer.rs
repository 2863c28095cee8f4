//! What is believed of what comes back: the addresses a response gives to one name (RFC 6762 section 18, in the format
//! of RFC 1035 section 4). The bytes come from anybody on the network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ADDRESSES;

/// What a record says of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// An IPv4 address.
    V4,
    /// An IPv6 address.
    V6,
}

impl Family {
    /// Both, in the order they are asked for.
    pub(super) const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The type of its records: A (RFC 1035 section 3.2.2) or AAAA (RFC 3596 section 2.1).
    pub(super) const fn kind(self) -> u16 {
        match self {
            Self::V4 => 1,
            Self::V6 => 28,
        }
    }
}

/// The class of the Internet, and the bit above it with which a responder says that it knows all records of the name
/// (RFC 6762 section 10.2).
const INTERNET: u16 = 1;
const CACHE_FLUSH: u16 = 0x8000;

/// The bits of the flags that say: a response, to a standard query, without error. Anything else is no answer (RFC 6762
/// sections 18.2, 18.3 and 18.11).
const KIND_OF_MESSAGE: u16 = 0xf80f;
const RESPONSE: u16 = 0x8000;

/// The addresses this message gives to this name, at most 4, each once; none when it is broken before the first. They
/// may stand in any section: to a question of the wrong family Chromium answers "no" and adds the address.
pub(super) fn addresses(message: &[u8], name: &str) -> Vec<IpAddr> {
    let mut found = Vec::new();
    // What a broken message said before it broke is as good as that of a whole one.
    let _broken = read(message, name, &mut found);
    found
}

fn read(message: &[u8], name: &str, found: &mut Vec<IpAddr>) -> Option<()> {
    let mut reader = Reader { message, at: 2 };
    if reader.number()? & KIND_OF_MESSAGE != RESPONSE {
        return None;
    }
    let questions = reader.number()?;
    // Each is at most 65535 and each record takes 11 bytes at least, so the end of the message ends the loops.
    let records = u32::from(reader.number()?) + u32::from(reader.number()?) + u32::from(reader.number()?);
    for _ in 0..questions {
        reader.is_name("")?;
        reader.take(4)?;
    }
    for _ in 0..records {
        let ours = reader.is_name(name)?;
        let kind = reader.number()?;
        let class = reader.number()?;
        let lives = reader.take(4)? != [0; 4];
        let length = reader.number()?;
        let data = reader.take(usize::from(length))?;
        // A record that lives for 0 seconds is a goodbye (RFC 6762 section 10.1).
        if !ours || class & !CACHE_FLUSH != INTERNET || !lives {
            continue;
        }
        if let Some(address) = address(kind, data)
            && usable(address)
            && !found.contains(&address)
        {
            found.push(address);
            if found.len() == ADDRESSES {
                break;
            }
        }
    }
    Some(())
}

fn address(kind: u16, data: &[u8]) -> Option<IpAddr> {
    match Family::ALL.into_iter().find(|family| family.kind() == kind)? {
        Family::V4 => <[u8; 4]>::try_from(data).ok().map(|bytes| Ipv4Addr::from(bytes).into()),
        Family::V6 => <[u8; 16]>::try_from(data).ok().map(|bytes| Ipv6Addr::from(bytes).into()),
    }
}

/// Whether packets can be sent there and reach one other machine. IPv6 link-local addresses cannot be used, as a
/// candidate has no place for their zone.
fn usable(address: IpAddr) -> bool {
    match address {
        // 0.0.0.0/8 is "this network", and 240.0.0.0/4 is reserved and holds broadcast (RFC 6890).
        IpAddr::V4(ip) => {
            let first = ip.octets()[0];
            first != 0 && first < 224 && !ip.is_loopback()
        }
        IpAddr::V6(ip) => {
            let special = ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || ip.is_unicast_link_local();
            !special && ip.to_ipv4_mapped().is_none()
        }
    }
}

/// The most labels and pointers of one name: 127 labels are the most in 255 bytes, and a pointer is before one of them.
const PIECES: usize = 256;

/// Reads a message from front to back; every read past its end is `None`.
struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.message.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// Reads over a name, and says whether it is this one, in any case of its letters. A pointer (RFC 1035 section
    /// 4.1.4) must lead to before all of this name that was read so far.
    fn is_name(&mut self, name: &str) -> Option<bool> {
        let mut expected = name.split('.');
        let mut same = true;
        let mut first = self.at;
        let mut after = None;
        for _ in 0..PIECES {
            let length = self.byte()?;
            match length {
                0 => {
                    self.at = after.unwrap_or(self.at);
                    return Some(same && expected.next().is_none());
                }
                1..=0x3f => {
                    let label = self.take(usize::from(length))?;
                    same &= expected.next().is_some_and(|wanted| wanted.as_bytes().eq_ignore_ascii_case(label));
                }
                0xc0..=0xff => {
                    let target = usize::from(length & 0x3f) << 8 | usize::from(self.byte()?);
                    after.get_or_insert(self.at);
                    if target >= first {
                        return None;
                    }
                    first = target;
                    self.at = target;
                }
                // Kinds of labels that are not in use.
                0x40..=0xbf => return None,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
