//! The layout of a frame: its header, the modes of its macroblocks, and its tokens (RFC 6386, sections 9 and 19).

use super::boolean::Writer;
use super::macroblock::{Macroblock, Mode};
use super::predict::Prediction;
use super::tables::{PROBABILITIES, TOKEN_UPDATES, VECTOR_UPDATES, ZERO_VECTOR};
use super::tokens::Tokens;

/// What a frame says about itself.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) key: bool,
    /// Width and height in pixels.
    pub(super) size: (usize, usize),
    /// The index of the quantizer.
    pub(super) index: u8,
    /// The level of the loop filter.
    pub(super) filter: u8,
}

/// The macroblocks of a frame, row by row.
#[derive(Debug)]
pub(super) struct Modes<'a> {
    macroblocks: &'a [Macroblock],
    columns: usize,
    /// In how many of 256 cases a macroblock has coefficients.
    full: u8,
    /// In how many of 256 cases a macroblock is predicted from its neighbours.
    fresh: u8,
}

/// The frame as the decoder takes it. `before` are the probabilities that the decoder has, `tokens` is written with
/// `probabilities`.
pub(super) fn write(
    header: &Header,
    before: &[u8; PROBABILITIES],
    probabilities: &[u8; PROBABILITIES],
    modes: &Modes<'_>,
    tokens: &Tokens,
) -> Vec<u8> {
    let mut writer = Writer::new();
    if header.key {
        writer.literal(0, 2); // The colours are those of BT.601, and pixels have to be clamped.
    }
    writer.literal(0, 1); // No segments.
    writer.literal(1, 1); // The simple loop filter,
    writer.literal(u32::from(header.filter), 6);
    writer.literal(0, 3); // not sharpened,
    writer.literal(0, 1); // the same for all macroblocks.
    writer.literal(0, 2); // One partition of tokens.
    writer.literal(u32::from(header.index), 7);
    writer.literal(0, 5); // All quantizers have this index.
    if !header.key {
        writer.literal(0, 2); // Golden and alternate frame stay the key frame,
        writer.literal(0, 4); // nothing is copied to them,
        writer.literal(0, 2); // and their vectors have no other sign.
    }
    writer.literal(1, 1); // The probabilities hold on.
    if !header.key {
        writer.literal(1, 1); // The next frame refers to this one.
    }
    for ((old, new), update) in before.iter().zip(probabilities).zip(TOKEN_UPDATES) {
        writer.bit(old != new, update);
        if old != new {
            writer.literal(u32::from(*new), 8);
        }
    }
    writer.literal(1, 1); // Empty macroblocks say so.
    writer.literal(u32::from(modes.full), 8);
    if !header.key {
        writer.literal(u32::from(modes.fresh), 8);
        writer.literal(255, 8); // The frame referred to is always the last one,
        writer.literal(128, 8); // never golden or alternate.
        writer.literal(0, 2); // The probabilities of the predictions stay.
        for update in VECTOR_UPDATES {
            writer.bit(false, update);
        }
    }
    modes.write(&mut writer, header.key);
    let first = writer.finish();

    // The tag: 1 bit that is false for a key frame, 3 of the version, 1 to show it, 19 of the first partition's size.
    let tag = u32::from(!header.key) | 1 << 4 | (first.len() as u32) << 5;
    let mut frame = tag.to_le_bytes()[..3].to_vec();
    if header.key {
        frame.extend([0x9D, 0x01, 0x2A]);
        frame.extend((header.size.0 as u16).to_le_bytes());
        frame.extend((header.size.1 as u16).to_le_bytes());
    }
    frame.extend(first);
    frame.extend(tokens.write(probabilities));
    frame
}

impl<'a> Modes<'a> {
    pub(super) fn new(macroblocks: &'a [Macroblock], columns: usize) -> Self {
        let share = |is: fn(&&Macroblock) -> bool| {
            let count = macroblocks.iter().filter(is).count();
            (count * 256 / macroblocks.len().max(1)).clamp(1, 255) as u8
        };
        let full = share(|macroblock| !macroblock.empty);
        Self { macroblocks, columns, full, fresh: share(|macroblock| macroblock.mode != Mode::Before) }
    }

    fn write(&self, writer: &mut Writer, key: bool) {
        for (at, macroblock) in self.macroblocks.iter().enumerate() {
            writer.bit(macroblock.empty, self.full);
            if !key {
                writer.bit(macroblock.mode == Mode::Before, self.fresh);
            }
            match macroblock.mode {
                Mode::Before => {
                    writer.bit(false, 255);
                    writer.bit(false, ZERO_VECTOR[self.weight(at)]);
                }
                Mode::Neighbours(luma, chroma) => {
                    write_luma(writer, luma, key);
                    write_chroma(writer, chroma, key);
                }
            }
        }
    }

    /// How much the neighbours speak for the vector zero: those above and left count 2, the one between them 1.
    fn weight(&self, at: usize) -> usize {
        let (column, row) = (at % self.columns, at / self.columns);
        let neighbours = [(row > 0, self.columns, 2), (column > 0, 1, 2), (row > 0 && column > 0, self.columns + 1, 1)];
        let of = |(real, back, weight): (bool, usize, usize)| {
            let counts = real && self.macroblocks[at - back].mode == Mode::Before;
            if counts { weight } else { 0 }
        };
        neighbours.into_iter().map(of).sum()
    }
}

/// The tree of 8.1 for luma; that of a key frame begins with the prediction by small blocks, the other ends with it.
fn write_luma(writer: &mut Writer, prediction: Prediction, key: bool) {
    if key {
        writer.bit(true, 145);
        let (turn, second, probability) = match prediction {
            Prediction::Mean => (false, false, 163),
            Prediction::Down => (false, true, 163),
            Prediction::Across => (true, false, 128),
            Prediction::Slope => (true, true, 128),
        };
        writer.bit(turn, 156);
        writer.bit(second, probability);
        return;
    }
    writer.bit(prediction != Prediction::Mean, 112);
    let (turn, second, probability) = match prediction {
        Prediction::Mean => return,
        Prediction::Down => (false, false, 140),
        Prediction::Across => (false, true, 140),
        Prediction::Slope => (true, false, 37),
    };
    writer.bit(turn, 86);
    writer.bit(second, probability);
}

fn write_chroma(writer: &mut Writer, prediction: Prediction, key: bool) {
    let probabilities: [u8; 3] = if key { [142, 114, 183] } else { [162, 101, 204] };
    let bits: &[bool] = match prediction {
        Prediction::Mean => &[false],
        Prediction::Down => &[true, false],
        Prediction::Across => &[true, true, false],
        Prediction::Slope => &[true, true, true],
    };
    for (bit, probability) in bits.iter().zip(probabilities) {
        writer.bit(*bit, probability);
    }
}
