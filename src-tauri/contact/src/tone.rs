//! A tone that comes and goes four times a second, as a test picture has moving parts: browsers take a steady one for noise.

use std::f32::consts::TAU;

use dogeller_media::sound::{Block, RATE};

/// How often it comes and goes, in hertz.
const SWELLS: f32 = 4.0;
/// Half of the most there is.
const LOUDNESS: f32 = 0.5;

/// See the module.
#[derive(Debug, Clone)]
pub struct Tone {
    hertz: f32,
    sample: u64,
}

impl Tone {
    /// A tone of this pitch.
    pub fn new(hertz: f32) -> Self {
        Self { hertz, sample: 0 }
    }

    /// The next 10 ms.
    pub fn fill(&mut self, block: &mut Block) {
        for sample in block {
            // Whole seconds repeat, so that the numbers stay small enough for their precision.
            let time = (self.sample % u64::from(RATE)) as f32 / RATE as f32;
            let swell = (TAU * SWELLS * time).sin().max(0.0);
            *sample = LOUDNESS * swell * (TAU * self.hertz * time).sin();
            self.sample += 1;
        }
    }
}
