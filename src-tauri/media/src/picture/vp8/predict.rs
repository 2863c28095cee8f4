//! Prediction of a square of pixels from those above it and left of it (RFC 6386, section 12).

use super::plane::Plane;

/// How a square is predicted from its neighbours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Prediction {
    /// Everything is the mean of the neighbours.
    Mean,
    /// Each column goes on as the pixel above it.
    Down,
    /// Each row goes on as the pixel left of it.
    Across,
    /// Each row goes on with the changes of the row above ("TrueMotion").
    Slope,
}

impl Prediction {
    pub(super) const ALL: [Self; 4] = [Self::Mean, Self::Down, Self::Across, Self::Slope];
}

/// The pixels around a square of `N`; where there is no picture, what the RFC says is there.
#[derive(Debug)]
pub(super) struct Neighbours<const N: usize> {
    above: [u8; N],
    left: [u8; N],
    corner: u8,
    /// Whether the row above and the column left are in the picture.
    real: (bool, bool),
}

impl<const N: usize> Neighbours<N> {
    pub(super) fn new(plane: &Plane, x: usize, y: usize) -> Self {
        let real = (y > 0, x > 0);
        let (mut above, mut left) = ([127; N], [129; N]);
        if real.0 {
            let start = (y - 1) * plane.stride + x;
            above.copy_from_slice(&plane.bytes[start..start + N]);
        }
        if real.1 {
            for (line, pixel) in left.iter_mut().enumerate() {
                *pixel = plane.bytes[(y + line) * plane.stride + x - 1];
            }
        }
        let corner = match real {
            (true, true) => plane.bytes[(y - 1) * plane.stride + x - 1],
            (true, false) => 129,
            (false, true | false) => 127,
        };
        Self { above, left, corner, real }
    }

    pub(super) fn predict(&self, prediction: Prediction) -> [[u8; N]; N] {
        match prediction {
            Prediction::Mean => [[self.mean(); N]; N],
            Prediction::Down => [self.above; N],
            Prediction::Across => self.left.map(|pixel| [pixel; N]),
            Prediction::Slope => self.left.map(|left| {
                let rise = i32::from(left) - i32::from(self.corner);
                self.above.map(|above| (i32::from(above) + rise).clamp(0, 255) as u8)
            }),
        }
    }

    fn mean(&self) -> u8 {
        let sum = |pixels: &[u8; N]| pixels.iter().map(|pixel| usize::from(*pixel)).sum::<usize>();
        let mean = match self.real {
            (true, true) => (sum(&self.above) + sum(&self.left) + N) / (2 * N),
            (true, false) => (sum(&self.above) + N / 2) / N,
            (false, true) => (sum(&self.left) + N / 2) / N,
            (false, false) => 128,
        };
        mean as u8
    }
}

/// How much two squares differ: the sum over all pixels.
pub(super) fn difference<const N: usize>(one: &[[u8; N]; N], two: &[[u8; N]; N]) -> u32 {
    let pairs = one.as_flattened().iter().zip(two.as_flattened());
    pairs.map(|(one, two)| u32::from(one.abs_diff(*two))).sum()
}
