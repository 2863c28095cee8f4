//! A VP8 encoder (RFC 6386), small on purpose: macroblocks are the one before at the same place, or predicted from
//! their neighbours, and a residual follows where the quantizer leaves one. Motion vectors, golden frames, segments
//! and partitions are not used; every decoder knows what remains.

mod boolean;
mod filter;
mod frame;
mod macroblock;
mod plane;
mod predict;
mod rate;
mod tables;
mod tokens;
mod transform;

use super::{EncodeError, Encoded, Encoder, I420};
use frame::Header;
use macroblock::{Coder, Macroblock};
use plane::Planes;
use rate::Rate;
use tables::{PROBABILITIES, TOKEN_DEFAULTS};
use tokens::Tokens;
use transform::Quantizer;

/// Encodes one stream of VP8.
#[derive(Debug, Default)]
pub struct Vp8Encoder {
    rate: Rate,
    stream: Option<Stream>,
}

/// What the decoder knows after each frame, and the room to make the next.
#[derive(Debug)]
struct Stream {
    size: (usize, usize),
    source: Planes,
    last: Planes,
    next: Planes,
    macroblocks: Vec<Macroblock>,
    tokens: Tokens,
    probabilities: [u8; PROBABILITIES],
}

impl Vp8Encoder {
    /// An encoder whose first frame will be a key frame.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Encoder for Vp8Encoder {
    fn encode(&mut self, picture: &I420, key: bool, bits: usize) -> Result<Encoded, EncodeError> {
        if !picture.is_sound() {
            self.stream = None;
            return Err(EncodeError::unsound(picture));
        }
        let size = (picture.width, picture.height);
        let known = self.stream.as_ref().is_some_and(|stream| stream.size == size);
        let key = key || !known;
        let stream = self.stream.take().filter(|_| known).unwrap_or_else(|| Stream::new(size));
        Ok(Encoded { key, data: self.stream.insert(stream).encode(picture, key, bits, &mut self.rate) })
    }
}

impl Stream {
    fn new(size: (usize, usize)) -> Self {
        let planes = Planes::new(size.0, size.1);
        Self {
            size,
            macroblocks: Vec::with_capacity(planes.columns() * planes.rows()),
            source: planes.clone(),
            last: planes.clone(),
            next: planes,
            tokens: Tokens::default(),
            probabilities: TOKEN_DEFAULTS,
        }
    }

    fn encode(&mut self, picture: &I420, key: bool, bits: usize, rate: &mut Rate) -> Vec<u8> {
        self.source.fill(picture);
        let complexity = if key { self.source.detail() } else { self.source.difference(&self.last) };
        let mut plan = rate.plan(key, bits, complexity);
        loop {
            let quantizer = Quantizer::new(plan.index);
            let (data, probabilities) = self.attempt(key, plan.frozen, &quantizer);
            rate.learn(&plan, data.len() * 8);
            if let Some(coarser) = rate.again(&plan, data.len() * 8) {
                plan = coarser;
                continue;
            }
            rate.spend(bits, data.len() * 8);
            filter::smooth(&mut self.next, &self.macroblocks, quantizer.filter_level(key, plan.frozen));
            std::mem::swap(&mut self.last, &mut self.next);
            self.probabilities = probabilities;
            return data;
        }
    }

    /// Encodes the source with one quantizer; `next` becomes what the decoder has before the loop filter.
    fn attempt(&mut self, key: bool, frozen: bool, quantizer: &Quantizer) -> (Vec<u8>, [u8; PROBABILITIES]) {
        self.macroblocks.clear();
        self.tokens.start(self.source.columns());
        let mut coder = Coder { key, frozen, quantizer, source: &self.source, last: &self.last, next: &mut self.next };
        for row in 0..self.source.rows() {
            self.tokens.start_row();
            for column in 0..self.source.columns() {
                let (macroblock, levels) = coder.code(column, row);
                self.tokens.macroblock(column, &macroblock, &levels);
                self.macroblocks.push(macroblock);
            }
        }
        let before = if key { &TOKEN_DEFAULTS } else { &self.probabilities };
        let probabilities = self.tokens.adapt(before);
        let header =
            Header { key, size: self.size, index: quantizer.index(), filter: quantizer.filter_level(key, frozen) };
        let modes = frame::Modes::new(&self.macroblocks, self.source.columns());
        let data = frame::write(&header, before, &probabilities, &modes, &self.tokens);
        (data, probabilities)
    }
}

#[cfg(test)]
mod tests;
