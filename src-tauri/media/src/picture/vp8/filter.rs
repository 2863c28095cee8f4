//! The simple loop filter (RFC 6386, section 15.2): it smooths the edges of blocks in luma.

use super::macroblock::Macroblock;
use super::plane::Planes;

/// Smooths a whole frame, as the decoder does after it has all of it. A level of 0 leaves it as it is.
pub(super) fn smooth(planes: &mut Planes, macroblocks: &[Macroblock], level: u8) {
    if level == 0 {
        return;
    }
    let (outer, inner) = (i32::from(level) * 3 + 4, i32::from(level) * 3);
    let (columns, stride) = (planes.columns(), planes.y.stride);
    let bytes = &mut planes.y.bytes;
    for (at, macroblock) in macroblocks.iter().enumerate() {
        let (column, row) = (at % columns, at / columns);
        let start = row * 16 * stride + column * 16;
        let inside: &[usize] = if macroblock.empty { &[] } else { &[4, 8, 12] };
        if column > 0 {
            edge(bytes, start, stride, 1, outer);
        }
        for x in inside {
            edge(bytes, start + x, stride, 1, inner);
        }
        if row > 0 {
            edge(bytes, start, 1, stride, outer);
        }
        for y in inside {
            edge(bytes, start + y * stride, 1, stride, inner);
        }
    }
}

/// Smooths 16 places along an edge: `along` leads from one to the next, `across` over the edge.
fn edge(bytes: &mut [u8], start: usize, along: usize, across: usize, limit: i32) {
    for place in 0..16 {
        let at = start + place * along;
        let [p1, p0, q0, q1] = [at - 2 * across, at - across, at, at + across].map(|at| i32::from(bytes[at]));
        if (p0 - q0).abs() * 2 + (p1 - q1).abs() / 2 > limit {
            continue;
        }
        let clamp = |value: i32| value.clamp(-128, 127);
        let change = clamp(clamp(p1 - q1) + 3 * (q0 - p0));
        bytes[at] = (q0 - (clamp(change + 4) >> 3)).clamp(0, 255) as u8;
        bytes[at - across] = (p0 + (clamp(change + 3) >> 3)).clamp(0, 255) as u8;
    }
}
