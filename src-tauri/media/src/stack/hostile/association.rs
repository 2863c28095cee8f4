//! As much of SCTP (RFC 9260) as it takes to have an association: its packets' frame, and the answers to its opening.

const PORT: [u8; 2] = 5000_u16.to_be_bytes();
const OUR_TAG: [u8; 4] = [0, 0, 0, 9];
const INIT: u8 = 1;
const INIT_ACK: u8 = 2;
const COOKIE_ECHO: u8 = 10;
const COOKIE_ACK: u8 = 11;
const COOKIE: [u8; 2] = [0, 7];
const DATA: u8 = 0;
/// What opens a data channel and answers that (RFC 8832).
const DCEP: [u8; 4] = 50_u32.to_be_bytes();
const ACK: u8 = 2;
const OPEN: u8 = 3;
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

/// Whether a packet has a message that data channels know inside the crate only. It takes them from the network too and reads
/// them without looking at their length (`rtc-datachannel` 0.21.1, `message_channel_threshold.rs`), and its task ends with
/// that: the connection of who sent it, which the call then makes anew.
pub(super) fn has_internal_message(packet: &[u8]) -> bool {
    let mut chunks = packet.get(12..).unwrap_or_default();
    while let Some(([kind, _, high, low], _)) = chunks.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let message = chunks.get(16..length.min(chunks.len())).and_then(<[u8]>::first);
        let dcep = *kind == DATA && chunks.get(12..16).is_some_and(|protocol| protocol == DCEP);
        if dcep && message.is_some_and(|first| ![ACK, OPEN].contains(first)) {
            return true;
        }
        match chunks.get(length.next_multiple_of(4)..) {
            Some(rest) if length >= 4 => chunks = rest,
            Some(_) | None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_the_crates_task_is_told_from_what_opens_a_channel() {
        let data = |first: u8| [&[DATA, 3, 0, 17, 0, 0, 0, 1, 0, 0, 0, 0], DCEP.as_slice(), &[first, 0, 0, 0]].concat();
        let packet = |chunks: &[Vec<u8>]| Association::default().packet(&chunks.concat());
        assert!(has_internal_message(&packet(&[data(0)])) && has_internal_message(&packet(&[data(OPEN), data(1)])));
        assert!(!has_internal_message(&packet(&[data(OPEN), data(ACK)])));
        assert!(!has_internal_message(&[]) && !has_internal_message(&packet(&[vec![DATA, 0, 0, 0]])));
    }
}
