//! H.264 in RTP: RFC 6184 with packetization mode 1, that is single NAL units, STAP-A and FU-A, and Annex B of ITU-T
//! H.264 on the other side.

use super::buffer::Part;
use super::{Malformed, PAYLOAD_BYTES, sps};
use bytes::{BufMut, Bytes, BytesMut};

/// Types of NAL units (ITU-T H.264, table 7-1); below 6 they are pieces of a picture, up to 23 they may travel alone.
const IDR: u8 = 5;
const SEI: u8 = 6;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;
const LAST_SINGLE: u8 = 23;

/// Types of payloads beyond these (RFC 6184, table 1).
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// In the header of a fragment.
const FU_START: u8 = 0x80;
const FU_END: u8 = 0x40;

const START_CODE: &[u8] = &[0, 0, 0, 1];

/// The lower bits of a NAL unit's first octet.
fn kind(header: u8) -> u8 {
    header & 0x1f
}

/// The upper bits: whether it is damaged, and how much it matters (NRI).
fn importance(header: u8) -> u8 {
    header & 0xe0
}

fn travels_alone(kind: u8) -> bool {
    (1..=LAST_SINGLE).contains(&kind)
}

/// The NAL units of an Annex B stream, start codes and the zeros around them removed.
fn units(annex_b: &[u8]) -> Vec<&[u8]> {
    let mut units = Vec::new();
    let mut begin = None;
    let mut zeros = 0;
    for (at, byte) in annex_b.iter().enumerate() {
        match byte {
            0 => zeros += 1,
            1 if zeros >= 2 => {
                units.extend(begin.and_then(|begin| annex_b.get(begin..at - zeros)));
                begin = Some(at + 1);
                zeros = 0;
            }
            _ => zeros = 0,
        }
    }
    units.extend(begin.and_then(|begin| annex_b.get(begin..annex_b.len() - zeros)));
    units.retain(|unit| !unit.is_empty());
    units
}

/// Width and height, by the first sequence parameter set.
pub(super) fn size(annex_b: &[u8]) -> Option<(u16, u16)> {
    units(annex_b).into_iter().find(|unit| unit.first().is_some_and(|header| kind(*header) == SPS)).and_then(sps::size)
}

/// The payloads of one frame: what precedes the picture goes together in STAP-A, pieces of the picture that are too
/// large as FU-A, the others alone.
pub(super) fn split(annex_b: &[u8]) -> Vec<Bytes> {
    let mut payloads = Vec::new();
    let mut together: Vec<&[u8]> = Vec::new();
    let mut together_bytes = 1;
    for unit in units(annex_b) {
        let Some((&header, rest)) = unit.split_first() else { continue };
        let kind = kind(header);
        if !travels_alone(kind) {
            continue;
        }
        let aggregated = 2 + unit.len();
        let small = (SEI..=DELIMITER).contains(&kind) && aggregated < PAYLOAD_BYTES;
        if !small || together_bytes + aggregated > PAYLOAD_BYTES {
            payloads.extend(aggregate(&together));
            together.clear();
            together_bytes = 1;
        }
        if small {
            together.push(unit);
            together_bytes += aggregated;
        } else if unit.len() <= PAYLOAD_BYTES {
            payloads.push(Bytes::copy_from_slice(unit));
        } else {
            fragment(header, rest, &mut payloads);
        }
    }
    payloads.extend(aggregate(&together));
    payloads
}

/// STAP-A (RFC 6184, section 5.7.1), as important as the most important unit in it.
fn aggregate(units: &[&[u8]]) -> Option<Bytes> {
    if let [unit] = units {
        return Some(Bytes::copy_from_slice(unit));
    }
    let importance = units.iter().filter_map(|unit| unit.first()).map(|header| importance(*header)).max()?;
    let mut payload = BytesMut::with_capacity(PAYLOAD_BYTES);
    payload.put_u8(importance | STAP_A);
    for unit in units {
        payload.put_u16(u16::try_from(unit.len()).ok()?);
        payload.put_slice(unit);
    }
    Some(payload.freeze())
}

/// FU-A (RFC 6184, section 5.8), in pieces as equal as can be.
fn fragment(header: u8, rest: &[u8], payloads: &mut Vec<Bytes>) {
    let pieces = rest.len().div_ceil(PAYLOAD_BYTES - 2).max(2);
    let chunks = rest.chunks(rest.len().div_ceil(pieces).max(1));
    let last = chunks.len() - 1;
    for (at, chunk) in chunks.enumerate() {
        let start = if at == 0 { FU_START } else { 0 };
        let end = if at == last { FU_END } else { 0 };
        let mut payload = BytesMut::with_capacity(2 + chunk.len());
        payload.put_u8(importance(header) | FU_A);
        payload.put_u8(start | end | kind(header));
        payload.put_slice(chunk);
        payloads.push(payload.freeze());
    }
}

/// What a payload carries.
enum Unit<'a> {
    Whole(&'a [u8]),
    /// A piece of a unit with this header.
    Fragment {
        header: u8,
        start: bool,
        end: bool,
        piece: &'a [u8],
    },
}

impl Unit<'_> {
    /// The type of the unit that begins here.
    fn begins(&self) -> Option<u8> {
        match self {
            Unit::Whole(unit) => unit.first().map(|header| kind(*header)),
            Unit::Fragment { header, start, .. } => start.then_some(kind(*header)),
        }
    }
}

/// Takes a payload apart.
fn carried(payload: &[u8]) -> Result<Vec<Unit<'_>>, Malformed> {
    let (&header, mut rest) = payload.split_first().ok_or(Malformed::Truncated)?;
    match kind(header) {
        alone if travels_alone(alone) => Ok(vec![Unit::Whole(payload)]),
        STAP_A => {
            let mut units = Vec::new();
            while let [high, low, behind @ ..] = rest {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let (unit, behind) = behind.split_at_checked(length).ok_or(Malformed::Truncated)?;
                if !travels_alone(kind(*unit.first().ok_or(Malformed::Truncated)?)) {
                    return Err(Malformed::Unsupported);
                }
                units.push(Unit::Whole(unit));
                rest = behind;
            }
            if units.is_empty() || !rest.is_empty() { Err(Malformed::Truncated) } else { Ok(units) }
        }
        FU_A => {
            let (&fragment, piece) = rest.split_first().ok_or(Malformed::Truncated)?;
            let (start, end) = (fragment & FU_START != 0, fragment & FU_END != 0);
            if piece.is_empty() {
                Err(Malformed::Truncated)
            } else if start && end || !travels_alone(kind(fragment)) {
                Err(Malformed::Unsupported)
            } else {
                let header = importance(header) | kind(fragment);
                Ok(vec![Unit::Fragment { header, start, end, piece }])
            }
        }
        // STAP-B, MTAP and FU-B are of packetization mode 2; the rest is of none.
        _ => Err(Malformed::Unsupported),
    }
}

/// What a payload is to its frame. One with a delimiter in front or with a sequence parameter set begins a frame (ITU-T
/// H.264, section 7.4.1.2.3), whether or not the packet before it is here.
pub(super) fn parse(payload: &Bytes) -> Result<Part, Malformed> {
    let units = carried(payload)?;
    let starts = units.iter().any(|unit| unit.begins() == Some(SPS))
        || units.first().is_some_and(|unit| unit.begins() == Some(DELIMITER));
    let key = units.iter().any(|unit| unit.begins() == Some(IDR));
    Ok(Part { payload: payload.clone(), starts, key })
}

/// What the payloads of one frame make.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// Annex B with start codes of four bytes.
    Picture(Bytes),
    /// Only parameter sets and the like.
    NoPicture,
    /// Fragments do not fit together, or an IDR picture has no parameter sets.
    Broken,
}

/// The parameter sets of a stream that came last, without which its key frames cannot be decoded.
#[derive(Debug, Default)]
pub(super) struct ParameterSets {
    sequence: Option<Bytes>,
    picture: Option<Bytes>,
}

impl ParameterSets {
    /// Keeps the parameter sets of a payload.
    pub(super) fn remember(&mut self, part: &Part) {
        for unit in carried(&part.payload).unwrap_or_default() {
            if let Unit::Whole(unit) = unit {
                self.keep(unit);
            }
        }
    }

    fn keep(&mut self, unit: &[u8]) {
        // A copy: the whole packet would stay in memory with it.
        match unit.first().map(|header| kind(*header)) {
            Some(SPS) => self.sequence = Some(Bytes::copy_from_slice(unit)),
            Some(PPS) => self.picture = Some(Bytes::copy_from_slice(unit)),
            Some(_) | None => {}
        }
    }

    /// The frame of these payloads. A `key` frame gets parameter sets in front where it has none.
    pub(super) fn join(&mut self, parts: &[&Part], key: bool) -> Joined {
        let mut frame = BytesMut::with_capacity(parts.iter().map(|part| part.payload.len() + START_CODE.len()).sum());
        let mut kinds = [false; 32];
        let mut open = None;
        for part in parts {
            for unit in carried(&part.payload).unwrap_or_default() {
                if let Some(known) = unit.begins().and_then(|kind| kinds.get_mut(usize::from(kind))) {
                    *known = true;
                }
                match unit {
                    Unit::Whole(unit) if open.is_none() => {
                        self.keep(unit);
                        frame.put_slice(START_CODE);
                        frame.put_slice(unit);
                    }
                    Unit::Fragment { header, start: true, piece, .. } if open.is_none() => {
                        open = Some(kind(header));
                        frame.put_slice(START_CODE);
                        frame.put_u8(header);
                        frame.put_slice(piece);
                    }
                    Unit::Fragment { header, start: false, end, piece } if open == Some(kind(header)) => {
                        open = open.filter(|_| !end);
                        frame.put_slice(piece);
                    }
                    Unit::Whole(_) | Unit::Fragment { .. } => return Joined::Broken,
                }
            }
        }
        let has = |kind: u8| kinds.get(usize::from(kind)).copied().unwrap_or(false);
        match (&self.sequence, &self.picture) {
            _ if open.is_some() => Joined::Broken,
            _ if !(1..=IDR).any(has) => Joined::NoPicture,
            _ if !key || (has(SPS) && has(PPS)) => Joined::Picture(frame.freeze()),
            (Some(sequence), Some(picture)) => {
                let mut whole = BytesMut::with_capacity(frame.len() + sequence.len() + picture.len() + 8);
                for piece in [START_CODE, sequence, START_CODE, picture, &frame] {
                    whole.put_slice(piece);
                }
                Joined::Picture(whole.freeze())
            }
            (None, _) | (_, None) => Joined::Broken,
        }
    }
}

#[cfg(test)]
mod tests;
