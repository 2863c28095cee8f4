//! The size of an H.264 stream, by its sequence parameter set (ITU-T H.264, section 7.3.2.1.1).

/// Bits of a NAL unit's payload, most significant first, without the octets that keep start codes out of it.
struct Bits {
    payload: Vec<u8>,
    at: usize,
}

impl Bits {
    fn new(unit: &[u8]) -> Self {
        let mut payload = Vec::with_capacity(unit.len());
        let mut zeros = 0;
        for byte in unit {
            if zeros >= 2 && *byte == 3 {
                zeros = 0;
                continue;
            }
            zeros = if *byte == 0 { zeros + 1 } else { 0 };
            payload.push(*byte);
        }
        Self { payload, at: 0 }
    }

    fn bit(&mut self) -> Option<bool> {
        let byte = self.payload.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    fn bits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some(value << 1 | u32::from(self.bit()?)))
    }

    /// ue(v), an Exp-Golomb code (section 9.1).
    fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.bits(zeros)?)
    }

    /// se(v) (section 9.1.1).
    fn signed(&mut self) -> Option<i64> {
        let code = i64::from(self.unsigned()?);
        Some(if code % 2 == 0 { -code / 2 } else { (code + 1) / 2 })
    }
}

/// Profiles with the fields for chroma, bit depth and scaling (section 7.3.2.1.1).
const HIGH: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/// Width and height in pixels after cropping, of a unit with its header.
pub(super) fn size(unit: &[u8]) -> Option<(u16, u16)> {
    let mut bits = Bits::new(unit.get(1..)?);
    let profile = bits.bits(8)?;
    bits.bits(16)?; // constraints, level
    bits.unsigned()?; // its number
    let mut chroma = 1;
    let mut planes = false;
    if HIGH.contains(&profile) {
        chroma = bits.unsigned()?;
        if chroma == 3 {
            planes = bits.bit()?;
        }
        bits.unsigned()?; // bit depth of luma
        bits.unsigned()?; // and chroma
        bits.bit()?; // lossless
        if bits.bit()? {
            for list in 0..if chroma == 3 { 12 } else { 8 } {
                if bits.bit()? {
                    skip_scaling_list(&mut bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.unsigned()?; // length of frame numbers
    match bits.unsigned()? {
        0 => {
            bits.unsigned()?; // length of order counts
        }
        1 => {
            bits.bit()?;
            bits.signed()?;
            bits.signed()?;
            let cycle = bits.unsigned()?;
            if cycle > 255 {
                return None;
            }
            for _ in 0..cycle {
                bits.signed()?;
            }
        }
        _ => {}
    }
    bits.unsigned()?; // reference frames
    bits.bit()?; // gaps in frame numbers
    let width = bits.unsigned()?.checked_add(1)?.checked_mul(16)?;
    let units = bits.unsigned()?.checked_add(1)?.checked_mul(16)?;
    let fields = if bits.bit()? { 1 } else { 2 };
    let height = units.checked_mul(fields)?;
    if fields == 2 {
        bits.bit()?;
    }
    bits.bit()?; // direct inference
    let (mut across, mut down) = (0, 0);
    if bits.bit()? {
        // Chroma is half as wide in 4:2:0 and 4:2:2, half as high in 4:2:0.
        let (x, y) = match chroma {
            _ if planes => (1, 1),
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        across = bits.unsigned()?.checked_add(bits.unsigned()?)?.checked_mul(x)?;
        down = bits.unsigned()?.checked_add(bits.unsigned()?)?.checked_mul(y)?.checked_mul(fields)?;
    }
    let width = u16::try_from(width.checked_sub(across)?).ok()?;
    let height = u16::try_from(height.checked_sub(down)?).ok()?;
    (width > 0 && height > 0).then_some((width, height))
}

fn skip_scaling_list(bits: &mut Bits, entries: u32) -> Option<()> {
    let (mut last, mut next) = (8, 8);
    for _ in 0..entries {
        if next != 0 {
            next = (last + bits.signed()?).rem_euclid(256);
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Made by x264: baseline, high with cropping, interlaced, 4:4:4, and 4:2:2 with ten bits.
    const BY_X264: [(&[u8], (u16, u16)); 5] = [
        (&[0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x3d, 0xb0, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01], (640, 480)),
        (&[0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00], (1920, 1080)),
        (&[0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x04, 0x4f, 0xde, 0x02, 0x20, 0x00], (1920, 1080)),
        (&[0x67, 0xf4, 0x00, 0x0d, 0x91, 0x9b, 0x28, 0x2a, 0x33, 0xc7, 0xc7, 0xe0, 0x22, 0x00], (322, 178)),
        (&[0x67, 0x7a, 0x00, 0x0d, 0xb6, 0xcd, 0x94, 0x15, 0x19, 0xe2, 0x23, 0xf0, 0x11, 0x00], (322, 178)),
    ];

    #[test]
    fn sizes_of_streams_of_an_encoder() {
        for (unit, expected) in BY_X264 {
            assert_eq!(size(unit), Some(expected));
            for cut in 0..9 {
                assert_eq!(size(&unit[..cut]), None);
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(
            unit in prop::collection::vec(any::<u8>(), 0..64),
            profile in prop::sample::select(&HIGH[..]),
        ) {
            size(&unit);
            let mut high = vec![0x67, profile as u8];
            high.extend(unit);
            size(&high);
        }
    }
}
