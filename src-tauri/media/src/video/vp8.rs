//! VP8 in RTP: the payload descriptor of RFC 7741, section 4.2, and the frame header of RFC 6386, section 9.1.

use super::buffer::Part;
use super::{Malformed, PAYLOAD_BYTES};
use bytes::{BufMut, Bytes, BytesMut};

/// X, I and a picture ID of 15 bits (M): what Chromium sends too.
const DESCRIPTOR_BYTES: usize = 4;

/// In the first octet.
const EXTENDED: u8 = 0x80;
const START: u8 = 0x10;
const PARTITION: u8 = 0x07;

/// In the extension octet.
const PICTURE_ID: u8 = 0x80;
const TL0PICIDX: u8 = 0x40;
const TID_OR_KEYIDX: u8 = 0x30;

/// Picture IDs count modulo 2^15.
const PICTURE_IDS: u16 = 1 << 15;

/// The payloads of one frame, as equal in size as can be, so that a pacer has no runt at the end of each.
pub(super) fn split(frame: &Bytes, picture: u16) -> Vec<Bytes> {
    let room = PAYLOAD_BYTES - DESCRIPTOR_BYTES;
    let share = frame.len().div_ceil(frame.len().div_ceil(room).max(1)).max(1);
    let mut payloads = Vec::with_capacity(frame.len().div_ceil(share));
    for chunk in frame.chunks(share) {
        let start = if payloads.is_empty() { START } else { 0 };
        let mut payload = BytesMut::with_capacity(DESCRIPTOR_BYTES + chunk.len());
        payload.put_u8(EXTENDED | start);
        payload.put_u8(PICTURE_ID);
        payload.put_u16(PICTURE_IDS | (picture % PICTURE_IDS));
        payload.put_slice(chunk);
        payloads.push(payload.freeze());
    }
    payloads
}

/// Reads the descriptor off a payload. Every extension is understood and skipped: a frame needs only its bytes, and the
/// order of frames is told by sequence numbers.
pub(super) fn parse(payload: &Bytes) -> Result<Part, Malformed> {
    let octet = |at: usize| payload.get(at).copied().ok_or(Malformed::Truncated);
    let first = octet(0)?;
    let mut at = 1;
    if first & EXTENDED != 0 {
        let extensions = octet(at)?;
        at += 1;
        if extensions & PICTURE_ID != 0 {
            at += if octet(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        at += usize::from(extensions & TL0PICIDX != 0);
        at += usize::from(extensions & TID_OR_KEYIDX != 0);
    }
    let tag = octet(at)?;
    let starts = first & START != 0 && first & PARTITION == 0;
    Ok(Part { payload: payload.slice(at..), starts, key: starts && is_key(tag) })
}

/// The frame tag's lowest bit is 0 in a key frame.
pub(super) fn is_key(tag: u8) -> bool {
    tag & 1 == 0
}

/// The frame of these parts, descriptors removed.
pub(super) fn join(parts: &[&Part]) -> Bytes {
    if let [only] = parts {
        return only.payload.clone();
    }
    let mut frame = BytesMut::with_capacity(parts.iter().map(|part| part.payload.len()).sum());
    for part in parts {
        frame.extend_from_slice(&part.payload);
    }
    frame.freeze()
}

/// Width and height of a key frame: 14 bits each, after a tag of three octets and a start code of three. The upper two
/// bits are a wish to scale, which nobody follows.
pub(crate) fn size(frame: &[u8]) -> Option<(u16, u16)> {
    match frame {
        [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] if is_key(*tag) => {
            Some((u16::from_le_bytes([*w0, *w1]) & 0x3fff, u16::from_le_bytes([*h0, *h1]) & 0x3fff))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(payload: &[u8]) -> Result<(Vec<u8>, bool, bool), Malformed> {
        parse(&Bytes::copy_from_slice(payload)).map(|part| (part.payload.to_vec(), part.starts, part.key))
    }

    #[test]
    fn every_extension_is_skipped() {
        // No extension.
        assert_eq!(parsed(&[0x10, 0x00, 7]), Ok((vec![0x00, 7], true, true)));
        // I with 7 bits, with 15 bits.
        assert_eq!(parsed(&[0x90, 0x80, 0x11, 0x01]), Ok((vec![0x01], true, false)));
        assert_eq!(parsed(&[0x90, 0x80, 0x91, 0x22, 0x00]), Ok((vec![0x00], true, true)));
        // L, T, K, T and K share their octet.
        assert_eq!(parsed(&[0x90, 0x40, 0x05, 0x00]), Ok((vec![0x00], true, true)));
        assert_eq!(parsed(&[0x90, 0x20, 0x05, 0x00]), Ok((vec![0x00], true, true)));
        assert_eq!(parsed(&[0x90, 0x10, 0x05, 0x00]), Ok((vec![0x00], true, true)));
        assert_eq!(parsed(&[0x90, 0xf0, 0x91, 0x22, 0x05, 0x60, 0x00]), Ok((vec![0x00], true, true)));
        // Not the first partition, not the start of it, not referenced (N).
        assert_eq!(parsed(&[0x11, 0x00]), Ok((vec![0x00], false, false)));
        assert_eq!(parsed(&[0x00, 0x00]), Ok((vec![0x00], false, false)));
        assert_eq!(parsed(&[0x30, 0x00]), Ok((vec![0x00], true, true)));
    }

    #[test]
    fn nothing_behind_the_descriptor_is_malformed() {
        for cut in [
            &[0x10][..],
            &[0x90],
            &[0x90, 0x80],
            &[0x90, 0x80, 0x80],
            &[0x90, 0x80, 0x80, 0x01],
            &[0x90, 0xf0, 1, 2, 3],
        ] {
            assert_eq!(parsed(cut), Err(Malformed::Truncated), "{cut:?}");
        }
    }

    #[test]
    fn the_descriptor_sent_has_a_picture_id_of_15_bits() {
        let frame = Bytes::from(vec![0; 3000]);
        let payloads = split(&frame, 0x9234);
        assert_eq!(payloads.iter().map(Bytes::len).collect::<Vec<_>>(), [1004, 1004, 1004]);
        assert_eq!(payloads[0][..4], [0x90, 0x80, 0x92, 0x34]);
        assert_eq!(payloads[1][..4], [0x80, 0x80, 0x92, 0x34]);
        assert!(split(&Bytes::new(), 0).is_empty());
        assert_eq!(split(&Bytes::from(vec![0; 1176]), 0).len(), 1);
        assert_eq!(split(&Bytes::from(vec![0; 1177]), 0).len(), 2);
    }

    #[test]
    fn size_of_a_key_frame() {
        let header = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x41, 0];
        assert_eq!(size(&header), Some((640, 480)));
        assert_eq!(size(&header[..9]), None);
        assert_eq!(size(&[0x11, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x41]), None);
    }
}
