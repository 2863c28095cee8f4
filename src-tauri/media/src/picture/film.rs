//! Moving pictures that encoders are tested with.

use std::time::Duration;

use super::painter::Painter;
use super::{Encoded, Encoder};

/// Encodes so many pictures of the painter at 30 a second and at this bitrate; those at `keys` are to be key frames.
pub(super) fn encode(
    encoder: &mut dyn Encoder,
    size: (usize, usize),
    rate: usize,
    keys: &[usize],
    count: usize,
) -> Vec<Encoded> {
    let mut painter = Painter::new(size.0, size.1);
    let one = |at: usize| {
        let now = Duration::from_millis(at as u64 * 1000 / 30);
        encoder.encode(painter.paint(now, now), keys.contains(&at), rate / 30).unwrap()
    };
    (0..count).map(one).collect()
}

/// How many bits they take together.
pub(super) fn sum(frames: &[Encoded]) -> usize {
    frames.iter().map(|frame| frame.data.len() * 8).sum()
}
