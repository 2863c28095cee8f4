//! Planes of whole macroblocks, as the decoder keeps them.

use crate::picture::I420;

/// One plane; its sides are whole macroblocks.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    pub(super) stride: usize,
    pub(super) bytes: Vec<u8>,
}

impl Plane {
    fn new(width: usize, height: usize) -> Self {
        Self { stride: width, bytes: vec![0; width * height] }
    }

    /// The square with sides of `N` whose left upper corner is at (`x`, `y`).
    pub(super) fn square<const N: usize>(&self, x: usize, y: usize) -> [[u8; N]; N] {
        let mut square = [[0; N]; N];
        for (line, row) in square.iter_mut().enumerate() {
            let start = (y + line) * self.stride + x;
            row.copy_from_slice(&self.bytes[start..start + N]);
        }
        square
    }

    pub(super) fn put<const N: usize>(&mut self, x: usize, y: usize, square: &[[u8; N]; N]) {
        for (line, row) in square.iter().enumerate() {
            let start = (y + line) * self.stride + x;
            self.bytes[start..start + N].copy_from_slice(row);
        }
    }

    /// Takes a plane without gaps, and repeats its last column and row up to the edge.
    fn fill(&mut self, from: &[u8], width: usize, height: usize) {
        for (line, row) in self.bytes.chunks_exact_mut(self.stride).enumerate() {
            let start = line.min(height - 1) * width;
            row[..width].copy_from_slice(&from[start..start + width]);
            let edge = row[width - 1];
            row[width..].fill(edge);
        }
    }
}

/// The three planes of a picture.
#[derive(Clone, Debug)]
pub(super) struct Planes {
    pub(super) y: Plane,
    pub(super) u: Plane,
    pub(super) v: Plane,
}

impl Planes {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.next_multiple_of(16), height.next_multiple_of(16));
        let chroma = Plane::new(width / 2, height / 2);
        Self { y: Plane::new(width, height), u: chroma.clone(), v: chroma }
    }

    /// How many macroblocks are side by side.
    pub(super) fn columns(&self) -> usize {
        self.y.stride / 16
    }

    /// How many macroblocks are above each other.
    pub(super) fn rows(&self) -> usize {
        self.y.bytes.len() / self.y.stride / 16
    }

    /// Takes a picture of the size that these planes were made for.
    pub(super) fn fill(&mut self, picture: &I420) {
        let (width, height) = (picture.width, picture.height);
        self.y.fill(&picture.y, width, height);
        self.u.fill(&picture.u, width / 2, height / 2);
        self.v.fill(&picture.v, width / 2, height / 2);
    }

    /// How much luma differs from `other`: the sum over all pixels.
    pub(super) fn difference(&self, other: &Self) -> u32 {
        let differences = self.y.bytes.iter().zip(&other.y.bytes).map(|(one, two)| u32::from(one.abs_diff(*two)));
        differences.sum()
    }

    /// How much luma changes from pixel to pixel: the sum along all rows.
    pub(super) fn detail(&self) -> u32 {
        let right = self.y.bytes.iter().skip(1);
        self.y.bytes.iter().zip(right).map(|(one, two)| u32::from(one.abs_diff(*two))).sum()
    }
}
