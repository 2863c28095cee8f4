//! One macroblock: how it is predicted, what remains, and what the decoder makes of both.

use super::plane::{Plane, Planes};
use super::predict::{Neighbours, Prediction, difference};
use super::transform::{Block, Quantizer, Steps, forward, forward_means, inverse, inverse_means};

/// How a macroblock is predicted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// As it was in the frame before.
    Before,
    /// From its neighbours: luma, and both planes of chroma.
    Neighbours(Prediction, Prediction),
}

/// What is known about a macroblock once it is coded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Macroblock {
    pub(super) mode: Mode,
    /// Nothing remains: the prediction is the picture.
    pub(super) empty: bool,
}

/// Quantized coefficients of a macroblock, each block in the order sent.
#[derive(Debug)]
pub(super) struct Levels {
    pub(super) means: [i16; 16],
    pub(super) luma: [[i16; 16]; 16],
    /// Four blocks of each plane.
    pub(super) chroma: [[[i16; 16]; 4]; 2],
}

impl Levels {
    fn is_empty(&self) -> bool {
        let chroma = self.chroma.as_flattened().as_flattened();
        self.means.iter().chain(self.luma.as_flattened()).chain(chroma).all(|level| *level == 0)
    }
}

/// Codes the macroblocks of one frame, in their order.
#[derive(Debug)]
pub(super) struct Coder<'a> {
    pub(super) key: bool,
    /// Everything stays as it was.
    pub(super) frozen: bool,
    pub(super) quantizer: &'a Quantizer,
    pub(super) source: &'a Planes,
    pub(super) last: &'a Planes,
    /// What the decoder has so far, before the loop filter.
    pub(super) next: &'a mut Planes,
}

/// How much less of a difference, summed over a macroblock's luma, pays for the longer description of a prediction
/// from neighbours.
const WORTH: u32 = 512;

/// Chroma is nearly rounded: where something coloured was, a shade of it would stay for long.
const CHROMA_KEEP: i32 = 7;

impl Coder<'_> {
    pub(super) fn code(&mut self, column: usize, row: usize) -> (Macroblock, Levels) {
        let (x, y) = (column * 16, row * 16);
        let source: [[u8; 16]; 16] = self.source.y.square(x, y);
        let before = (!self.key).then(|| self.last.y.square(x, y));
        let (mode, luma) = self.choose(&source, before, x, y);
        let chroma = |last: &Plane, next: &Plane| match mode {
            Mode::Before => last.square::<8>(x / 2, y / 2),
            Mode::Neighbours(_, prediction) => Neighbours::new(next, x / 2, y / 2).predict(prediction),
        };
        let mut u = chroma(&self.last.u, &self.next.u);
        let mut v = chroma(&self.last.v, &self.next.v);
        let mut luma = luma;

        let mut levels = Levels { means: [0; 16], luma: [[0; 16]; 16], chroma: [[[0; 16]; 4]; 2] };
        if !self.frozen {
            // What is left of the frame before fades by itself; what is new has to be right at once.
            let keep = if mode == Mode::Before { 4 } else { 6 };
            self.luma(&source, &mut luma, keep, &mut levels);
            let steps = &self.quantizer.chroma;
            levels.chroma[0] = residual(steps, &self.source.u.square(x / 2, y / 2), &mut u);
            levels.chroma[1] = residual(steps, &self.source.v.square(x / 2, y / 2), &mut v);
        }
        self.next.y.put(x, y, &luma);
        self.next.u.put(x / 2, y / 2, &u);
        self.next.v.put(x / 2, y / 2, &v);
        (Macroblock { mode, empty: levels.is_empty() }, levels)
    }

    /// The cheapest prediction, and the luma it predicts.
    fn choose(
        &self,
        source: &[[u8; 16]; 16],
        before: Option<[[u8; 16]; 16]>,
        x: usize,
        y: usize,
    ) -> (Mode, [[u8; 16]; 16]) {
        let enough = match &before {
            Some(before) => difference(source, before).saturating_sub(WORTH),
            None => u32::MAX,
        };
        if let Some(before) = before
            && (self.frozen || enough < WORTH)
        {
            return (Mode::Before, before);
        }
        let neighbours = Neighbours::new(&self.next.y, x, y);
        let (prediction, luma, worst) = best(&neighbours, source);
        match before {
            Some(before) if worst >= enough => (Mode::Before, before),
            Some(_) | None => {
                let neighbours = Neighbours::<8>::new(&self.next.u, x / 2, y / 2);
                let (chroma, _, _) = best(&neighbours, &self.source.u.square(x / 2, y / 2));
                (Mode::Neighbours(prediction, chroma), luma)
            }
        }
    }

    /// Adds to the prediction what the decoder will get of its difference to the source.
    fn luma(&self, source: &[[u8; 16]; 16], luma: &mut [[u8; 16]; 16], keep: i32, levels: &mut Levels) {
        let mut means = [0; 16];
        for (at, mean) in means.iter_mut().enumerate() {
            let coefficients = forward(&differences(source, luma, at));
            *mean = coefficients[0];
            levels.luma[at] = self.quantizer.luma.quantize(&coefficients, 1, keep);
        }
        levels.means = self.quantizer.luma_means.quantize(&forward_means(&means), 0, keep.max(5));
        let means = inverse_means(&self.quantizer.luma_means.restore(&levels.means));
        for (at, mean) in means.into_iter().enumerate() {
            let mut coefficients = self.quantizer.luma.restore(&levels.luma[at]);
            coefficients[0] = mean;
            add(luma, at, &coefficients);
        }
    }
}

/// The prediction that leaves least, what it predicts, and what it leaves.
fn best<const N: usize>(neighbours: &Neighbours<N>, source: &[[u8; N]; N]) -> (Prediction, [[u8; N]; N], u32) {
    let mut best = (Prediction::Mean, [[0; N]; N], u32::MAX);
    for prediction in Prediction::ALL {
        let square = neighbours.predict(prediction);
        let left = difference(source, &square);
        if left < best.2 {
            best = (prediction, square, left);
        }
    }
    best
}

/// The same as for luma, in a plane of chroma.
fn residual(steps: &Steps, source: &[[u8; 8]; 8], square: &mut [[u8; 8]; 8]) -> [[i16; 16]; 4] {
    let mut levels = [[0; 16]; 4];
    for (at, levels) in levels.iter_mut().enumerate() {
        *levels = steps.quantize(&forward(&differences(source, square, at)), 0, CHROMA_KEEP);
        add(square, at, &steps.restore(levels));
    }
    levels
}

/// Where the block `at` begins in a square of `N`.
fn corner<const N: usize>(at: usize) -> (usize, usize) {
    (at % (N / 4) * 4, at / (N / 4) * 4)
}

fn differences<const N: usize>(source: &[[u8; N]; N], square: &[[u8; N]; N], at: usize) -> Block {
    let (x, y) = corner::<N>(at);
    let mut block = [0; 16];
    for (line, row) in block.chunks_exact_mut(4).enumerate() {
        for (place, value) in row.iter_mut().enumerate() {
            *value = i32::from(source[y + line][x + place]) - i32::from(square[y + line][x + place]);
        }
    }
    block
}

/// Adds the inverse transform of `coefficients` to a block of `square`.
fn add<const N: usize>(square: &mut [[u8; N]; N], at: usize, coefficients: &Block) {
    if coefficients.iter().all(|value| *value == 0) {
        return;
    }
    let (x, y) = corner::<N>(at);
    for (line, row) in inverse(coefficients).chunks_exact(4).enumerate() {
        for (place, value) in row.iter().enumerate() {
            let pixel = &mut square[y + line][x + place];
            *pixel = (i32::from(*pixel) + value).clamp(0, 255) as u8;
        }
    }
}
