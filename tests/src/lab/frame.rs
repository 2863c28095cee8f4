//! What the switch looks at in an Ethernet frame.

/// The longest frame a card with the usual MTU of 1500 sends, with room for a VLAN tag.
pub(super) const LONGEST: usize = 1522;

/// A hardware address.
pub(super) type Mac = [u8; 6];

const BROADCAST: Mac = [0xff; 6];
const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];
const UDP: u8 = 17;
const MDNS_PORT: [u8; 2] = 5353_u16.to_be_bytes();

/// One Ethernet frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a>(pub(super) &'a [u8]);

/// Whom a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// One card.
    One(Mac),
    /// A multicast group.
    Group,
    /// Everybody.
    Everybody,
}

/// What a frame carries, as far as a test asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Sound or picture: UDP with an RTP header (RFC 3550, told from its companions by RFC 7983 and RFC 5761).
    Rtp,
    /// Multicast DNS.
    Mdns,
    /// Anything else.
    Other,
}

impl<'a> Frame<'a> {
    pub(super) fn destination(self) -> Option<Destination> {
        let mac: Mac = *self.0.first_chunk()?;
        Some(match mac {
            BROADCAST => Destination::Everybody,
            [first, ..] if first & 1 == 1 => Destination::Group,
            one => Destination::One(one),
        })
    }

    pub(super) fn source(self) -> Option<Mac> {
        self.0.get(6..)?.first_chunk().copied()
    }

    pub(super) fn content(self) -> Content {
        let Some(udp) = self.udp() else {
            return Content::Other;
        };
        let (Some(ports), Some(payload)) = (udp.get(..4), udp.get(8..)) else {
            return Content::Other;
        };
        if ports[2..] == MDNS_PORT {
            return Content::Mdns;
        }
        match payload {
            // 192 to 223 in the second byte is RTCP.
            [128..=191, second, ..] if payload.len() >= 12 && !(192..=223).contains(second) => Content::Rtp,
            _ => Content::Other,
        }
    }

    fn udp(self) -> Option<&'a [u8]> {
        let kind = self.0.get(12..14)?;
        let packet = self.0.get(14..)?;
        if kind == IPV4 {
            let header = usize::from(packet.first()? & 0x0f) * 4;
            let later_fragment = u16::from_be_bytes([packet.get(6)? & 0x1f, *packet.get(7)?]) != 0;
            (*packet.get(9)? == UDP && !later_fragment).then(|| packet.get(header..))?
        } else if kind == IPV6 {
            (*packet.get(6)? == UDP).then(|| packet.get(40..))?
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn udp_frame(port: u16, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45];
        frame.extend([0; 8]);
        frame.extend([UDP, 0, 0, 10, 77, 0, 1, 10, 77, 0, 2]);
        frame.extend([0x10, 0x00]);
        frame.extend(port.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(payload);
        frame
    }

    #[test]
    fn rtp_is_told_from_what_shares_its_port() {
        let rtp = [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 42];
        let rtcp = [0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 1];
        let stun = [0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let dtls = [22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        assert_eq!(Frame(&udp_frame(40_000, &rtp)).content(), Content::Rtp);
        for other in [&rtcp[..], &stun, &dtls, &[], &rtp[..11]] {
            assert_eq!(Frame(&udp_frame(40_000, other)).content(), Content::Other);
        }
        assert_eq!(Frame(&udp_frame(5353, &rtp)).content(), Content::Mdns);
    }

    #[test]
    fn addresses_are_read_and_short_frames_are_nothing() {
        let frame = udp_frame(1, &[]);
        assert_eq!(Frame(&frame).source(), Some([2, 0, 0, 0, 0, 1]));
        assert_eq!(Frame(&frame).destination(), Some(Destination::One([2, 0, 0, 0, 0, 2])));
        assert_eq!(Frame(&[0xff; 14]).destination(), Some(Destination::Everybody));
        assert_eq!(Frame(&[0x01, 0, 0x5e, 0, 0, 0xfb]).destination(), Some(Destination::Group));
        assert_eq!(Frame(&[1, 2, 3]).destination(), None);
        for length in 0..frame.len() {
            assert_eq!(Frame(&frame[..length]).content(), Content::Other);
        }
    }
}
