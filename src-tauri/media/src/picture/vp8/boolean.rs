//! The boolean entropy encoder (RFC 6386, section 7).

/// Writes booleans, each with the probability that it is false.
#[derive(Debug)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    range: u32,
    bottom: u32,
    /// Shifts left until the next byte is whole.
    missing: u32,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), range: 255, bottom: 0, missing: 24 }
    }

    /// Writes `bit`, which is false in `probability` of 256 cases.
    pub(super) fn bit(&mut self, bit: bool, probability: u8) {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        if bit {
            let (bottom, carry) = self.bottom.overflowing_add(split);
            self.bottom = bottom;
            self.range -= split;
            if carry {
                self.carry();
            }
        } else {
            self.range = split;
        }
        // The range is 1 to 255 here: bring it back to 128 or more.
        let mut shift = self.range.leading_zeros() - 24;
        self.range <<= shift;
        while shift > 0 {
            let step = shift.min(self.missing);
            let wide = u64::from(self.bottom) << step;
            if wide >> 32 != 0 {
                self.carry();
            }
            self.bottom = wide as u32;
            self.missing -= step;
            shift -= step;
            if self.missing == 0 {
                self.bytes.push((self.bottom >> 24) as u8);
                self.bottom &= 0x00FF_FFFF;
                self.missing = 8;
            }
        }
    }

    /// Writes the low `count` bits of `value`, the highest first, as likely true as false.
    pub(super) fn literal(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            self.bit(value >> place & 1 == 1, 128);
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.literal(0, 32);
        self.bytes
    }

    /// Adds one to what is written. The coded number is less than one, so a byte that is not 255 is always there.
    fn carry(&mut self) {
        for byte in self.bytes.iter_mut().rev() {
            let (sum, again) = byte.overflowing_add(1);
            *byte = sum;
            if !again {
                return;
            }
        }
    }
}

/// The bits that a false boolean takes whose probability is so many of 256.
pub(super) fn cost(probability: u8) -> f32 {
    (256.0 / f32::from(probability.max(1))).log2()
}
