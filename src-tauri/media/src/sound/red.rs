//! Redundant audio (RFC 2198): a packet that also carries copies of the ones before it.
//!
//! ```text
//!  0                   1                    2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3  4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! |1|  payload type |  timestamp offset       |   block length     |   for each copy
//! |0|  payload type |                                                  for the newest, without a length
//! ```

use bytes::{BufMut, Bytes, BytesMut};

/// The most parts of a packet: what is older would come too late to be played.
pub const MOST_PARTS: usize = 8;
/// An offset has 14 bits: 341 ms.
const MOST_OFFSET: u32 = (1 << 14) - 1;
/// A length has 10 bits.
const MOST_LENGTH: usize = (1 << 10) - 1;
/// More follow.
const MORE: u8 = 0x80;

/// One part of a redundant packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What its bytes are, below 128.
    pub payload_type: u8,
    /// How many ticks earlier than the packet it belongs; 0 for the newest.
    pub timestamp_offset: u16,
    /// May be empty.
    pub data: Bytes,
}

/// No redundant packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedError {
    /// It ends before what its headers promise.
    #[error("the redundant packet is cut off")]
    CutOff,
    /// It has more than [`MOST_PARTS`] parts.
    #[error("the redundant packet has too many parts")]
    TooManyParts,
}

/// Packs a payload with copies of previous ones, given with their timestamps, oldest first.
///
/// A copy that the format has no room for (341 ms old or older, not older at all, 1 KiB or longer) is left out, and so
/// are the oldest of more than [`MOST_PARTS`] parts. The payload type's highest bit is ignored.
pub fn pack(payload_type: u8, timestamp: u32, primary: &Bytes, previous: &[(u32, Bytes)]) -> Bytes {
    let fits = |(then, data): &&(u32, Bytes)| {
        (1..=MOST_OFFSET).contains(&timestamp.wrapping_sub(*then)) && data.len() <= MOST_LENGTH
    };
    let newest_first: Vec<_> = previous.iter().rev().filter(fits).take(MOST_PARTS - 1).collect();
    let length: usize = newest_first.iter().map(|(_, data)| 4 + data.len()).sum();
    let mut packet = BytesMut::with_capacity(length + 1 + primary.len());
    for (then, data) in newest_first.iter().rev() {
        packet.put_u8(MORE | payload_type);
        // 24 bits: 14 of the offset, 10 of the length.
        let fields = timestamp.wrapping_sub(*then) << 10 | u32::try_from(data.len()).unwrap_or_default();
        packet.put_uint(u64::from(fields), 3);
    }
    packet.put_u8(payload_type & !MORE);
    for (_, data) in newest_first.iter().rev() {
        packet.put_slice(data);
    }
    packet.put_slice(primary);
    packet.freeze()
}

/// The parts of a packet, oldest first, the newest last.
///
/// # Errors
/// [`RedError`] when it is malformed; nothing of it should be used then.
pub fn unpack(packet: &[u8]) -> Result<Vec<Part>, RedError> {
    let mut headers = Vec::new();
    let mut rest = packet;
    let newest = loop {
        let (first, after) = rest.split_first().ok_or(RedError::CutOff)?;
        if first & MORE == 0 {
            rest = after;
            break *first;
        }
        if headers.len() + 1 == MOST_PARTS {
            return Err(RedError::TooManyParts);
        }
        let (fields, after) = after.split_first_chunk::<3>().ok_or(RedError::CutOff)?;
        let [high, middle, low] = *fields;
        let offset = u16::from(high) << 6 | u16::from(middle) >> 2;
        let length = usize::from(middle & 3) << 8 | usize::from(low);
        headers.push((first & !MORE, offset, length));
        rest = after;
    };
    let mut parts = Vec::with_capacity(headers.len() + 1);
    for (payload_type, timestamp_offset, length) in headers {
        let (data, after) = rest.split_at_checked(length).ok_or(RedError::CutOff)?;
        parts.push(Part { payload_type, timestamp_offset, data: Bytes::copy_from_slice(data) });
        rest = after;
    }
    parts.push(Part { payload_type: newest, timestamp_offset: 0, data: Bytes::copy_from_slice(rest) });
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bytes_are_those_of_the_rfc() {
        let packet = pack(111, 2000, &Bytes::from_static(b"new"), &[(1040, Bytes::from_static(b"old"))]);
        // 960 << 10 | 3
        assert_eq!(&packet[..], b"\xef\x0f\x00\x03\x6foldnew");
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let long = Bytes::from(vec![0; 1024]);
        let short = Bytes::from_static(b"s");
        let previous = [(0, short.clone()), (100_000 - 960, long), (100_000, short.clone()), (100_960, short.clone())];
        assert_eq!(pack(1, 100_000, &short, &previous), Bytes::from_static(b"\x01s"));
        let many: Vec<_> = (0..20).map(|n| (20_000 + n * 100, short.clone())).collect();
        let parts = unpack(&pack(1, 22_000, &short, &many)).unwrap();
        assert_eq!(parts.len(), MOST_PARTS);
        assert_eq!(parts[6].timestamp_offset, 100, "the newest stay");
    }

    #[test]
    fn malformed_packets_are_refused() {
        assert_eq!(unpack(&[]), Err(RedError::CutOff));
        assert_eq!(unpack(&[MORE | 1, 0, 0]), Err(RedError::CutOff));
        assert_eq!(unpack(&[MORE | 1, 0, 0, 2, 1, b'x']), Err(RedError::CutOff));
        assert_eq!(unpack(&[MORE; 100]), Err(RedError::TooManyParts));
    }

    proptest! {
        #[test]
        fn any_bytes_are_bounded(packet in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(parts) = unpack(&packet) {
                prop_assert!((1..=MOST_PARTS).contains(&parts.len()));
                let data: usize = parts.iter().map(|part| part.data.len()).sum();
                prop_assert_eq!(data + parts.len() * 4 - 3, packet.len());
            }
        }

        #[test]
        fn what_is_packed_comes_out(
            payload_type in 0_u8..128,
            timestamp: u32,
            primary in prop::collection::vec(any::<u8>(), 0..1500),
            copies in prop::collection::vec(
                (1_u32..=MOST_OFFSET, prop::collection::vec(any::<u8>(), 0..=MOST_LENGTH)),
                0..8,
            ),
        ) {
            let at = |offset: u32| timestamp.wrapping_sub(offset);
            let previous = copies.iter().map(|(offset, data)| (at(*offset), Bytes::from(data.clone())));
            let previous: Vec<_> = previous.collect();
            let parts = unpack(&pack(payload_type, timestamp, &Bytes::from(primary.clone()), &previous)).unwrap();
            let (newest, older) = parts.split_last().unwrap();
            prop_assert_eq!(&newest.data[..], &primary[..]);
            prop_assert_eq!(newest.timestamp_offset, 0);
            prop_assert!(parts.iter().all(|part| part.payload_type == payload_type));
            let came = older.iter().map(|part| (u32::from(part.timestamp_offset), part.data.to_vec()));
            let came: Vec<_> = came.collect();
            let kept = copies.len().saturating_sub(MOST_PARTS - 1);
            prop_assert_eq!(&came[..], &copies[kept..]);
        }
    }
}
