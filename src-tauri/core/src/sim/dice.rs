//! The simulator's randomness. SplitMix64 (Steele, Lea, Flood 2014) rather than a crate's generator, whose stream may
//! change with its version: a seed that once found a race must find it for ever.

/// A stream of random numbers that a seed decides.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `from..=to`.
    pub const fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.bits() % (to.saturating_sub(from) + 1)
    }

    /// True in `percent` of 100 throws.
    pub const fn chance(&mut self, percent: u64) -> bool {
        self.bits() % 100 < percent
    }

    /// One of these; `None` when there are none.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let count = of.len() as u64;
        (count > 0).then(|| of[(self.bits() % count) as usize])
    }

    /// Bytes for a node's own generator, an id or a key.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let bits = self.bits().to_le_bytes();
            chunk.copy_from_slice(&bits[..chunk.len()]);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_stream_for_ever() {
        let mut dice = Dice::new(1);
        // The reference implementation's first numbers.
        assert_eq!(dice.bits(), 0x910a_2dec_8902_5cc1);
        assert_eq!(dice.bits(), 0xbeeb_8da1_658e_ec67);
        assert!((0..100).all(|_| (3..=5).contains(&dice.between(3, 5))));
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
