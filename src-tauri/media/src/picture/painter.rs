//! The picture that a test contact shows: a green field with a clock and three drifting discs.
//!
//! Its mean colour is about [`MEAN`] at every moment, so that whoever receives it can tell it from black, grey and
//! other pictures. Fine ripples run over the field: a coarse quantizer drops them and the picture stays clean, a fine
//! one spends a few Mbit/s on them. That is what makes it fit to test a congested line.

use std::f32::consts::TAU;
use std::time::Duration;

use super::{I420, MAX_SIDE};

/// The mean colour of the picture in red, green and blue; decoded, each is within 40 of it.
pub const MEAN: [u8; 3] = [40, 170, 60];

const FIELD: Colour = Colour::new(14, 184, 42);
const PLATE: Colour = Colour::new(10, 96, 44);
const DIGITS: Colour = Colour::new(244, 250, 226);
const DISCS: [(Colour, [f32; 2]); 3] = [
    // How often each crosses the picture in a second, and how often it rises.
    (Colour::new(248, 208, 66), [0.11, 0.17]),
    (Colour::new(236, 96, 84), [0.07, 0.13]),
    (Colour::new(60, 120, 232), [0.09, 0.10]),
];

/// The ripples: how long each is in pixels across and down, how many pass in a second, and how much luma they add.
const RIPPLES: [([f32; 2], f32, f32); 3] =
    [([61.0, 47.0], 0.4, 5.0), ([-19.0, 23.0], 0.7, 4.0), ([6.3, -8.1], 1.1, 3.0)];

/// Digits of 3 times 5 cells, row by row, the highest bit first.
const FONT: [u16; 10] = [
    0b111_101_101_101_111,
    0b010_110_010_010_111,
    0b111_001_111_100_111,
    0b111_001_111_001_111,
    0b101_101_111_001_001,
    0b111_100_111_001_111,
    0b111_100_111_101_111,
    0b111_001_001_001_001,
    0b111_101_111_101_111,
    0b111_101_111_001_111,
];
/// Cells of `HH:MM:SS.t`: seven digits with a gap after each but the last, and three marks of one cell with theirs.
const CLOCK_CELLS: (usize, usize) = (33, 5);

/// A colour in BT.601, limited range.
#[derive(Clone, Copy, Debug)]
struct Colour {
    y: u8,
    u: u8,
    v: u8,
}

impl Colour {
    const fn new(red: i32, green: i32, blue: i32) -> Self {
        Self {
            y: (16 + ((66 * red + 129 * green + 25 * blue + 128) >> 8)) as u8,
            u: (128 + ((-38 * red - 74 * green + 112 * blue + 128) >> 8)) as u8,
            v: (128 + ((112 * red - 94 * green - 18 * blue + 128) >> 8)) as u8,
        }
    }
}

/// Paints one picture after the other into the same memory.
#[derive(Debug)]
pub struct Painter {
    picture: I420,
    /// One period of each ripple in 256 steps.
    waves: [[i8; 256]; 3],
}

impl Painter {
    /// A painter of pictures of this size, made even and kept within 64 and [`MAX_SIDE`].
    pub fn new(width: usize, height: usize) -> Self {
        let picture = I420::black(width.clamp(64, MAX_SIDE), height.clamp(64, MAX_SIDE));
        let waves = RIPPLES.map(|(_, _, height)| {
            std::array::from_fn(|step| ((step as f32 / 256.0 * TAU).sin() * height).round() as i8)
        });
        Self { picture, waves }
    }

    /// Paints the moment `since_start`, with the clock at `wall`, the time since midnight.
    pub fn paint(&mut self, since_start: Duration, wall: Duration) -> &I420 {
        self.field(since_start);
        for (at, (colour, pace)) in DISCS.into_iter().enumerate() {
            self.disc(at, colour, pace, since_start);
        }
        self.clock(wall);
        &self.picture
    }

    fn field(&mut self, now: Duration) {
        self.picture.u.fill(FIELD.u);
        self.picture.v.fill(FIELD.v);
        // Phases are in 1/65536 of a period; what exceeds one falls off.
        let period = |length: f32| (65536.0 / length) as i32 as u32;
        let passed = RIPPLES.map(|(_, pace, _)| ((now.as_secs_f64() * f64::from(pace)).fract() * 65536.0) as u32);
        for (line, row) in self.picture.y.chunks_exact_mut(self.picture.width).enumerate() {
            let mut phases: [u32; 3] =
                std::array::from_fn(|at| (line as u32).wrapping_mul(period(RIPPLES[at].0[1])).wrapping_add(passed[at]));
            let steps = RIPPLES.map(|(length, _, _)| period(length[0]));
            for pixel in row {
                let mut luma = i32::from(FIELD.y);
                for at in 0..3 {
                    luma += i32::from(self.waves[at][(phases[at] >> 8 & 0xFF) as usize]);
                    phases[at] = phases[at].wrapping_add(steps[at]);
                }
                *pixel = luma as u8;
            }
        }
    }

    fn disc(&mut self, at: usize, colour: Colour, pace: [f32; 2], now: Duration) {
        let (width, height) = (self.picture.width as f32, self.picture.height as f32);
        let radius = width.min(height) / 9.0;
        let [across, down] = pace.map(|pace| {
            let turns = (now.as_secs_f64() * f64::from(pace)).fract() as f32 + at as f32 / 3.0;
            (turns * TAU).sin() / 2.0 + 0.5
        });
        let centre = (radius + across * (width - 2.0 * radius), radius + down * (height - 2.0 * radius));
        blend(&mut self.picture.y, self.picture.width, centre, radius, colour.y);
        let centre = (centre.0 / 2.0, centre.1 / 2.0);
        for (plane, value) in [(&mut self.picture.u, colour.u), (&mut self.picture.v, colour.v)] {
            blend(plane, self.picture.width / 2, centre, radius / 2.0, value);
        }
    }

    fn clock(&mut self, wall: Duration) {
        // Even, so that cells of luma and chroma meet.
        let cell = (self.picture.width / (CLOCK_CELLS.0 + 4)).min(self.picture.height / 10).max(2) & !1;
        let corner = |side: usize, cells: usize| (side.saturating_sub(cells * cell) / 2) & !1;
        let (left, top) = (corner(self.picture.width, CLOCK_CELLS.0), corner(self.picture.height, CLOCK_CELLS.1));
        let edge = (left.saturating_sub(cell), top.saturating_sub(cell));
        self.fill(edge, ((CLOCK_CELLS.0 + 2) * cell, (CLOCK_CELLS.1 + 2) * cell), PLATE);

        let tenths = wall.as_millis() as u64 / 100;
        let seconds = tenths / 10;
        let [hours, minutes, seconds] = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
        let mut x = left;
        for (two, last) in [(hours, false), (minutes, false), (seconds, true)] {
            for digit in [two / 10, two % 10] {
                self.digit((x, top), cell, digit);
                x += 4 * cell;
            }
            // A colon, and at the end a point.
            if !last {
                self.fill((x, top + cell), (cell, cell), DIGITS);
            }
            self.fill((x, top + if last { 4 } else { 3 } * cell), (cell, cell), DIGITS);
            x += 2 * cell;
        }
        self.digit((x, top), cell, tenths % 10);
    }

    fn digit(&mut self, corner: (usize, usize), cell: usize, digit: u64) {
        let shape = FONT.get(digit as usize).copied().unwrap_or_default();
        for at in (0..15).filter(|at| shape >> (14 - at) & 1 == 1) {
            self.fill((corner.0 + at % 3 * cell, corner.1 + at / 3 * cell), (cell, cell), DIGITS);
        }
    }

    /// Fills a rectangle; what is outside the picture is left out.
    fn fill(&mut self, corner: (usize, usize), size: (usize, usize), colour: Colour) {
        let width = self.picture.width;
        fill(&mut self.picture.y, width, corner, size, colour.y);
        let (corner, size) = ((corner.0 / 2, corner.1 / 2), (size.0 / 2, size.1 / 2));
        fill(&mut self.picture.u, width / 2, corner, size, colour.u);
        fill(&mut self.picture.v, width / 2, corner, size, colour.v);
    }
}

fn fill(plane: &mut [u8], stride: usize, corner: (usize, usize), size: (usize, usize), value: u8) {
    for row in plane.chunks_exact_mut(stride).skip(corner.1).take(size.1) {
        row.iter_mut().skip(corner.0).take(size.0).for_each(|pixel| *pixel = value);
    }
}

/// Blends a disc into a plane; its edge is two pixels soft.
fn blend(plane: &mut [u8], stride: usize, centre: (f32, f32), radius: f32, value: u8) {
    let range = |middle: f32| ((middle - radius - 2.0).max(0.0) as usize, 2 * radius as usize + 5);
    let ((left, width), (top, height)) = (range(centre.0), range(centre.1));
    for (y, row) in plane.chunks_exact_mut(stride).enumerate().skip(top).take(height) {
        let down = (y as f32 + 0.5 - centre.1).powi(2);
        for (x, pixel) in row.iter_mut().enumerate().skip(left).take(width) {
            let far = ((x as f32 + 0.5 - centre.0).powi(2) + down).sqrt();
            let share = ((radius - far) / 2.0 + 0.5).clamp(0.0, 1.0);
            *pixel = (f32::from(*pixel) + (f32::from(value) - f32::from(*pixel)) * share).round() as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean colour, from BT.601 in limited range.
    fn mean(picture: &I420) -> [f32; 3] {
        let mean = |plane: &[u8]| plane.iter().map(|value| f32::from(*value)).sum::<f32>() / plane.len() as f32;
        let (y, u, v) = (1.164 * (mean(&picture.y) - 16.0), mean(&picture.u) - 128.0, mean(&picture.v) - 128.0);
        [y + 1.596 * v, y - 0.392 * u - 0.813 * v, y + 2.017 * u]
    }

    #[test]
    fn the_mean_colour_is_the_same_at_every_moment_and_size() {
        for (width, height) in [(64, 64), (320, 240), (640, 360), (1280, 720), (360, 640)] {
            let mut painter = Painter::new(width, height);
            for second in 0..20 {
                let now = Duration::from_millis(second * 3311);
                let picture = painter.paint(now, now * 900);
                assert!(picture.is_sound());
                let colour = mean(picture);
                let near = colour.iter().zip(MEAN).all(|(one, two)| (one - f32::from(two)).abs() < 25.0);
                assert!(near, "{width}x{height} at {now:?}: {colour:?}");
            }
        }
    }

    #[test]
    fn the_clock_shows_the_time_of_day() {
        let mut painter = Painter::new(640, 480);
        let mut at = |wall: Duration| painter.paint(Duration::ZERO, wall).clone();
        let morning = at(Duration::from_millis(8 * 3_600_000 + 59_940));
        assert!(morning == at(Duration::from_millis(32 * 3_600_000 + 59_999)));
        let later = at(Duration::from_millis(8 * 3_600_000 + 60_040));
        assert!(morning != later);
        // Only the plate changes, in the middle of the picture.
        let differ = morning.y.iter().zip(&later.y).enumerate().filter(|(_, (one, two))| one != two);
        let rows: Vec<usize> = differ.map(|(at, _)| at / 640).collect();
        assert!(rows.iter().all(|row| (180..300).contains(row)));
    }

    #[test]
    fn it_moves_all_the_time() {
        let mut painter = Painter::new(320, 240);
        let wall = Duration::ZERO;
        let before = painter.paint(Duration::from_millis(500), wall).clone();
        let after = painter.paint(Duration::from_millis(533), wall);
        let changed = before.y.iter().zip(&after.y).filter(|(one, two)| one != two).count();
        assert!(changed > before.y.len() / 4, "{changed}");
    }
}
