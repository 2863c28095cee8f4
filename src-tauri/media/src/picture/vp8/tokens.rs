//! Coefficients as tokens (RFC 6386, section 13): which booleans say them, and with which probabilities.

use super::boolean::{Writer, cost};
use super::macroblock::{Levels, Macroblock};
use super::tables::{BANDS, CATEGORIES, PROBABILITIES, TOKEN_UPDATES};

/// What a block holds; the numbers are those of the RFC.
#[derive(Clone, Copy, Debug)]
enum Kind {
    LumaWithoutMean = 0,
    Means = 1,
    Chroma = 2,
}

/// Which blocks beside or above have coefficients: luma 4, blue 2, red 2, means 1.
type Context = [bool; 9];

/// The booleans of a frame's coefficients, before their probabilities are chosen.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Each twice the number of its probability, plus one for true. From [`PROBABILITIES`] on, the number is a fixed
    /// probability.
    booleans: Vec<u16>,
    /// How often each probability met false and true.
    counts: Vec<[u32; 2]>,
    above: Vec<Context>,
    left: Context,
}

impl Tokens {
    /// Begins a frame of so many columns of macroblocks.
    pub(super) fn start(&mut self, columns: usize) {
        self.booleans.clear();
        self.counts.clear();
        self.counts.resize(PROBABILITIES, [0; 2]);
        self.above.clear();
        self.above.resize(columns, Context::default());
    }

    pub(super) fn start_row(&mut self) {
        self.left = Context::default();
    }

    pub(super) fn macroblock(&mut self, column: usize, macroblock: &Macroblock, levels: &Levels) {
        let (mut above, mut left) = (self.above[column], self.left);
        if macroblock.empty {
            (above, left) = (Context::default(), Context::default());
        } else {
            let mut one = |kind: Kind, levels: &[i16; 16], x: usize, y: usize| {
                let some = self.block(kind, levels, usize::from(above[x]) + usize::from(left[y]));
                (above[x], left[y]) = (some, some);
            };
            one(Kind::Means, &levels.means, 8, 8);
            for (at, levels) in levels.luma.iter().enumerate() {
                one(Kind::LumaWithoutMean, levels, at % 4, at / 4);
            }
            for (at, levels) in levels.chroma.as_flattened().iter().enumerate() {
                let plane = 4 + at / 4 * 2;
                one(Kind::Chroma, levels, plane + at % 2, plane + at % 4 / 2);
            }
        }
        self.left = left;
        self.above[column] = above;
    }

    /// Says one block; whether it has coefficients is the context of the next.
    fn block(&mut self, kind: Kind, levels: &[i16; 16], context: usize) -> bool {
        let first = match kind {
            Kind::LumaWithoutMean => 1,
            Kind::Means | Kind::Chroma => 0,
        };
        let end = levels.iter().rposition(|level| *level != 0).map_or(first, |last| last + 1);
        let mut context = context;
        let mut after_zero = false;
        for (place, level) in levels.iter().enumerate().take(end).skip(first) {
            let slot = slot(kind, place, context);
            // After a zero the end cannot follow, so nothing is said about it.
            if !after_zero {
                self.boolean(slot, true);
            }
            let magnitude = i32::from(level.unsigned_abs());
            self.boolean(slot + 1, magnitude > 0);
            if magnitude > 0 {
                self.magnitude(slot, magnitude);
                self.fixed(128, *level < 0);
            }
            after_zero = magnitude == 0;
            context = magnitude.min(2) as usize;
        }
        if end < 16 {
            self.boolean(slot(kind, end, context), false);
        }
        end > first
    }

    /// The tree of tokens from one on (13.2).
    fn magnitude(&mut self, slot: usize, magnitude: i32) {
        self.boolean(slot + 2, magnitude > 1);
        if magnitude == 1 {
            return;
        }
        self.boolean(slot + 3, magnitude > 4);
        if magnitude <= 4 {
            self.boolean(slot + 4, magnitude > 2);
            if magnitude > 2 {
                self.boolean(slot + 5, magnitude > 3);
            }
            return;
        }
        let category = CATEGORIES.iter().rposition(|(base, _)| magnitude >= *base).unwrap_or_default();
        self.boolean(slot + 6, category > 1);
        if category > 1 {
            self.boolean(slot + 8, category > 3);
            self.boolean(slot + 9 + usize::from(category > 3), category % 2 == 1);
        } else {
            self.boolean(slot + 7, category == 1);
        }
        let (base, extra) = CATEGORIES[category];
        for (place, probability) in extra.iter().rev().enumerate().rev() {
            self.fixed(*probability, (magnitude - base) >> place & 1 == 1);
        }
    }

    fn boolean(&mut self, slot: usize, bit: bool) {
        self.counts[slot][usize::from(bit)] += 1;
        self.booleans.push((slot * 2) as u16 | u16::from(bit));
    }

    fn fixed(&mut self, probability: u8, bit: bool) {
        self.booleans.push(((PROBABILITIES + usize::from(probability)) * 2) as u16 | u16::from(bit));
    }

    /// The probabilities to send this frame with: those of `before`, and new ones where that saves more than it costs.
    pub(super) fn adapt(&self, before: &[u8; PROBABILITIES]) -> [u8; PROBABILITIES] {
        let mut probabilities = *before;
        for ((probability, update), [no, yes]) in probabilities.iter_mut().zip(TOKEN_UPDATES).zip(&self.counts) {
            let all = no + yes;
            if all == 0 {
                continue;
            }
            let better = ((no * 256 + all / 2) / all).clamp(1, 255) as u8;
            let price = |probability: u8| *no as f32 * cost(probability) + *yes as f32 * cost_of_true(probability);
            let saved = price(*probability) - price(better);
            if saved > 8.0 + cost_of_true(update) - cost(update) {
                *probability = better;
            }
        }
        probabilities
    }

    /// The second partition of a frame.
    pub(super) fn write(&self, probabilities: &[u8; PROBABILITIES]) -> Vec<u8> {
        let mut writer = Writer::new();
        for boolean in &self.booleans {
            let slot = usize::from(boolean >> 1);
            let fixed = slot.saturating_sub(PROBABILITIES) as u8;
            writer.bit(boolean & 1 == 1, probabilities.get(slot).copied().unwrap_or(fixed));
        }
        writer.finish()
    }
}

fn cost_of_true(probability: u8) -> f32 {
    (256.0 / (256.0 - f32::from(probability))).log2()
}

fn slot(kind: Kind, place: usize, context: usize) -> usize {
    ((kind as usize * 8 + BANDS[place]) * 3 + context) * 11
}
