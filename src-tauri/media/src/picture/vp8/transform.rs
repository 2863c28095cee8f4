//! Between pixels and coefficients: the transforms (RFC 6386, section 14) and the quantizer.

use super::tables::{AC_STEPS, DC_STEPS, ZIGZAG};

/// 16 values of a block of 4 times 4, row by row.
pub(super) type Block = [i32; 16];

/// The quantizer steps of a frame.
#[derive(Debug)]
pub(super) struct Quantizer {
    index: u8,
    pub(super) luma: Steps,
    pub(super) luma_means: Steps,
    pub(super) chroma: Steps,
}

/// The steps of one kind of block: its first coefficient, and the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps([i32; 2]);

impl Quantizer {
    /// The quantizer with an index of 0, the finest, to 127.
    pub(super) fn new(index: u8) -> Self {
        let at = usize::from(index.min(127));
        let (dc, ac) = (DC_STEPS[at], AC_STEPS[at]);
        Self {
            index: index.min(127),
            luma: Steps([dc, ac]),
            luma_means: Steps([dc * 2, (ac * 155 / 100).max(8)]),
            chroma: Steps([dc.min(132), ac]),
        }
    }

    pub(super) fn index(&self) -> u8 {
        self.index
    }

    /// How strongly the loop filter smooths what this quantizer leaves, 0 to 63.
    ///
    /// A key frame shows the quantizer most. Later frames are smoothed again and again, so they get half of it, and a
    /// frozen frame is as it was.
    pub(super) fn filter_level(&self, key: bool, frozen: bool) -> u8 {
        match (key, frozen) {
            (true, false | true) => self.index / 3,
            (false, false) => self.index / 6,
            (false, true) => 0,
        }
    }
}

impl Steps {
    /// Quantizes coefficients from the place `first` on, into the order in which they are sent. `keep` is how much of a
    /// step, in 1/16, is enough for the next value: 8 rounds, less drops what costs more than it shows.
    pub(super) fn quantize(&self, block: &Block, first: usize, keep: i32) -> [i16; 16] {
        let mut levels = [0; 16];
        for (place, level) in levels.iter_mut().enumerate().skip(first) {
            let step = self.0[place.min(1)];
            let value = block[ZIGZAG[place]];
            let magnitude = value.abs() + step * keep / 16;
            if magnitude >= step {
                *level = (magnitude / step).min(2047) as i16 * value.signum() as i16;
            }
        }
        levels
    }

    /// What the decoder makes of levels.
    pub(super) fn restore(&self, levels: &[i16; 16]) -> Block {
        let mut block = [0; 16];
        for (place, level) in levels.iter().enumerate() {
            block[ZIGZAG[place]] = i32::from(*level) * self.0[place.min(1)];
        }
        block
    }
}

/// The forward transform of differences of pixels; rounded as libvpx does it.
pub(super) fn forward(block: &Block) -> Block {
    let mut rows = [0; 16];
    for (from, to) in block.chunks_exact(4).zip(rows.chunks_exact_mut(4)) {
        let (a, b) = ((from[0] + from[3]) * 8, (from[1] + from[2]) * 8);
        let (c, d) = ((from[1] - from[2]) * 8, (from[0] - from[3]) * 8);
        to[0] = a + b;
        to[1] = (c * 2217 + d * 5352 + 14500) >> 12;
        to[2] = a - b;
        to[3] = (d * 2217 - c * 5352 + 7500) >> 12;
    }
    let mut all = [0; 16];
    for x in 0..4 {
        let (a, b) = (rows[x] + rows[x + 12], rows[x + 4] + rows[x + 8]);
        let (c, d) = (rows[x + 4] - rows[x + 8], rows[x] - rows[x + 12]);
        all[x] = (a + b + 7) >> 4;
        all[x + 4] = ((c * 2217 + d * 5352 + 12000) >> 16) + i32::from(d != 0);
        all[x + 8] = (a - b + 7) >> 4;
        all[x + 12] = (d * 2217 - c * 5352 + 51000) >> 16;
    }
    all
}

/// The inverse transform, exactly as every decoder does it (14.3).
pub(super) fn inverse(block: &Block) -> Block {
    const SINE: i32 = 35468;
    const COSINE: i32 = 20091;
    let turn = |one: i32, two: i32| {
        let c = ((one * SINE) >> 16) - (two + ((two * COSINE) >> 16));
        let d = (one + ((one * COSINE) >> 16)) + ((two * SINE) >> 16);
        (c, d)
    };
    let mut columns = [0; 16];
    for x in 0..4 {
        let (a, b) = (block[x] + block[x + 8], block[x] - block[x + 8]);
        let (c, d) = turn(block[x + 4], block[x + 12]);
        columns[x] = a + d;
        columns[x + 4] = b + c;
        columns[x + 8] = b - c;
        columns[x + 12] = a - d;
    }
    let mut all = [0; 16];
    for (from, to) in columns.chunks_exact(4).zip(all.chunks_exact_mut(4)) {
        let (a, b) = (from[0] + from[2], from[0] - from[2]);
        let (c, d) = turn(from[1], from[3]);
        to[0] = (a + d + 4) >> 3;
        to[1] = (b + c + 4) >> 3;
        to[2] = (b - c + 4) >> 3;
        to[3] = (a - d + 4) >> 3;
    }
    all
}

/// The forward Walsh-Hadamard transform of the first coefficients of 16 blocks; rounded as libvpx does it.
pub(super) fn forward_means(block: &Block) -> Block {
    let mut rows = [0; 16];
    for (from, to) in block.chunks_exact(4).zip(rows.chunks_exact_mut(4)) {
        let (a, b) = ((from[0] + from[2]) * 4, (from[0] - from[2]) * 4);
        let (c, d) = ((from[1] - from[3]) * 4, (from[1] + from[3]) * 4);
        to[0] = a + d + i32::from(a != 0);
        to[1] = b + c;
        to[2] = b - c;
        to[3] = a - d;
    }
    let mut all = [0; 16];
    for x in 0..4 {
        let (a, b) = (rows[x] + rows[x + 8], rows[x] - rows[x + 8]);
        let (c, d) = (rows[x + 4] - rows[x + 12], rows[x + 4] + rows[x + 12]);
        for (line, sum) in [a + d, b + c, b - c, a - d].into_iter().enumerate() {
            all[x + line * 4] = (sum + i32::from(sum < 0) + 3) >> 3;
        }
    }
    all
}

/// The inverse Walsh-Hadamard transform, exactly as every decoder does it (14.3).
pub(super) fn inverse_means(block: &Block) -> Block {
    let mut columns = [0; 16];
    for x in 0..4 {
        let (a, b) = (block[x] + block[x + 12], block[x + 4] + block[x + 8]);
        let (c, d) = (block[x + 4] - block[x + 8], block[x] - block[x + 12]);
        columns[x] = a + b;
        columns[x + 4] = c + d;
        columns[x + 8] = a - b;
        columns[x + 12] = d - c;
    }
    let mut all = [0; 16];
    for (from, to) in columns.chunks_exact(4).zip(all.chunks_exact_mut(4)) {
        let (a, b) = (from[0] + from[3], from[1] + from[2]);
        let (c, d) = (from[1] - from[2], from[0] - from[3]);
        for (value, sum) in to.iter_mut().zip([a + b, c + d, a - b, d - c]) {
            *value = (sum + 3) >> 3;
        }
    }
    all
}
