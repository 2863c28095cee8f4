//! As much of SCTP (RFC 9260) as it takes to have an association: its packets' frame, and the answers to its opening.

const PORT: [u8; 2] = 5000_u16.to_be_bytes();
const OUR_TAG: [u8; 4] = [0, 0, 0, 9];
const INIT: u8 = 1;
const INIT_ACK: u8 = 2;
const COOKIE_ECHO: u8 = 10;
const COOKIE_ACK: u8 = 11;
const COOKIE: [u8; 2] = [0, 7];
/// Window, streams out and in, the first number.
const TERMS: [u8; 12] = [0, 1, 0, 0, 4, 0, 4, 0, 0, 0, 0, 1];

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Association {
    tag: [u8; 4],
    pub(super) open: bool,
}

impl Association {
    /// A packet of these chunks, with the right tag and sum.
    pub(super) fn packet(&self, chunks: &[u8]) -> Vec<u8> {
        let mut packet = [PORT.as_slice(), &PORT, &self.tag, &[0; 4], chunks].concat();
        // Padding belongs to the last chunk.
        packet.resize(packet.len().next_multiple_of(4), 0);
        let sum = sum(&packet).to_le_bytes();
        packet.splice(8..12, sum);
        packet
    }

    /// The chunk that asks for one.
    pub(super) fn opening() -> Vec<u8> {
        [&[INIT, 0, 0, 20], OUR_TAG.as_slice(), &TERMS].concat()
    }

    /// The chunks that answer a packet.
    pub(super) fn hears(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let (kind, rest) = packet.get(12..)?.split_first()?;
        match *kind {
            INIT => {
                self.tag = *rest.get(3..)?.first_chunk()?;
                let cookie = [0, 8, 1, 2, 3, 4];
                Some([&[INIT_ACK, 0, 0, 28], OUR_TAG.as_slice(), &TERMS, &COOKIE, &cookie].concat())
            }
            INIT_ACK => {
                self.tag = *rest.get(3..)?.first_chunk()?;
                let cookie = cookie(rest.get(19..)?)?;
                let length = u16::try_from(cookie.len() + 4).ok()?.to_be_bytes();
                Some([&[COOKIE_ECHO, 0], length.as_slice(), cookie].concat())
            }
            COOKIE_ECHO => {
                self.open = true;
                Some(vec![COOKIE_ACK, 0, 0, 4])
            }
            COOKIE_ACK => {
                self.open = true;
                None
            }
            _ => None,
        }
    }
}

/// The cookie among an opening's parameters.
fn cookie(mut parameters: &[u8]) -> Option<&[u8]> {
    loop {
        let ([kind @ .., high, low], rest) = parameters.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(4)?;
        if *kind == COOKIE {
            return rest.get(..length);
        }
        parameters = rest.get(length.next_multiple_of(4)..)?;
    }
}

/// CRC-32C, a bit at a time.
fn sum(bytes: &[u8]) -> u32 {
    let bit = |sum: u32| if sum & 1 == 1 { sum >> 1 ^ 0x82f6_3b78 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| bit(sum)))
}
