//! People and rooms for tests: a seed decides everything.

use super::super::sim::Dice;
use super::super::{BLOCK, RATE};
use super::Clean;

/// What levels are measured over: 20 ms.
pub(crate) const FRAME: usize = 960;
/// Until its sound has fallen by 60 dB, in seconds: a living room.
const REVERBERATION: f32 = 0.35;
/// What a room's reflections are in a second: enough to be heard as one.
const REFLECTIONS: f32 = 2_000.0;

pub(crate) fn samples(seconds: f32) -> usize {
    (seconds * RATE as f32) as usize
}

/// Between these two.
fn between(dice: &mut Dice, low: f32, high: f32) -> f32 {
    low + (high - low) * dice.share()
}

/// A formant: two poles, with a gain of one at 0 Hz.
#[derive(Default)]
struct Resonator(f32, f32);

impl Resonator {
    fn next(&mut self, sample: f32, pitch: f32, width: f32) -> f32 {
        let radius = (-std::f32::consts::PI * width / RATE as f32).exp();
        let back = 2.0 * radius * (std::f32::consts::TAU * pitch / RATE as f32).cos();
        let out = (1.0 - back + radius * radius) * sample + back * self.0 - radius * radius * self.1;
        self.1 = std::mem::replace(&mut self.0, out);
        out
    }
}

/// Something like speech: a throat's pulses of a pitch that moves, through a mouth that moves from vowel to vowel, with
/// hisses between them and pauses after some. It has this level (dBFS) where it is heard.
pub(crate) fn speech(seed: u64, pitch: f32, level: f32, seconds: f32) -> Vec<f32> {
    let mut dice = Dice::new(seed);
    let mut formants: [Resonator; 4] = Default::default();
    let mut hiss = Resonator::default();
    let (mut vowel, mut phase, mut throat, mut last) = ([500.0, 1_500.0, 2_500.0], 0.0, 0.0, 0.0);
    let mut speech = Vec::new();
    while speech.len() < samples(seconds) {
        let length = between(&mut dice, 0.12, 0.3);
        let (low, mid, high) = (dice.share(), dice.share(), dice.share());
        let next = [280.0 + 500.0 * low, 900.0 + 1_300.0 * mid, 2_400.0 + 600.0 * high];
        let (from, to) = (pitch * between(&mut dice, 0.85, 1.2), pitch * between(&mut dice, 0.85, 1.2));
        let loud = between(&mut dice, 0.5, 1.0);
        let hissing = if dice.share() < 0.4 { between(&mut dice, 0.05, 0.09) } else { 0.0 };
        let place = between(&mut dice, 4_000.0, 7_000.0);
        let voiced = length - hissing;
        for n in 0..samples(length) {
            let t = n as f32 / RATE as f32 - hissing;
            let share = (t / voiced).max(0.0);
            phase += (from + (to - from) * share) / RATE as f32;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase = phase.fract();
            throat = 0.97 * throat + pulse;
            let rises = (t / 0.03).clamp(0.0, 1.0) * ((voiced - t) / 0.05).clamp(0.0, 1.0);
            let breath = 0.01 * (dice.share() - 0.5);
            let mut voice = (throat + breath) * loud * rises;
            for ((formant, width), (old, new)) in
                formants.iter_mut().zip([70.0, 100.0, 150.0]).zip(vowel.iter().zip(next))
            {
                voice = formant.next(voice, old + (new - old) * share.min(1.0), width);
            }
            voice = formants[3].next(voice, 3_500.0, 250.0);
            let hissed = if t < 0.0 { (-t / hissing * std::f32::consts::PI).sin() } else { 0.0 };
            voice += hiss.next(0.3 * loud * hissed * (dice.share() - 0.5), place, 1_500.0);
            // No lips radiate what is below 80 Hz.
            let before = speech.last().copied().unwrap_or_default();
            speech.push(0.99 * before + voice - last);
            last = voice;
        }
        vowel = next;
        if dice.share() < 0.17 {
            speech.resize(speech.len() + samples(between(&mut dice, 0.2, 0.8)), 0.0);
        }
    }
    speech.truncate(samples(seconds));
    let gain = 10.0_f32.powf((level - active_level(&speech, &speech)) / 20.0);
    speech.iter_mut().for_each(|sample| *sample *= gain);
    speech
}

/// An even hiss of this level (dBFS).
pub(crate) fn noise(seed: u64, level: f32, seconds: f32) -> Vec<f32> {
    let mut dice = Dice::new(seed);
    let peak = 10.0_f32.powf(level / 20.0) * 3.0_f32.sqrt();
    (0..samples(seconds)).map(|_| between(&mut dice, -peak, peak)).collect()
}

/// From the loudspeaker through a room to the microphone.
pub(crate) struct Room {
    /// After so many samples so much of it arrives.
    paths: Vec<(usize, f32)>,
}

impl Room {
    /// Of what is played, this (dB) arrives after `delay` seconds or later.
    pub(crate) fn new(seed: u64, delay: f32, level: f32) -> Self {
        let mut dice = Dice::new(seed);
        let mut paths = vec![(samples(delay), 1.0)];
        for n in 0..(REVERBERATION * REFLECTIONS) as u32 {
            let after = (n as f32 + dice.share()) / REFLECTIONS;
            let sign = if dice.share() < 0.5 { -1.0 } else { 1.0 };
            paths.push((samples(delay + after), sign * 0.14 * 10.0_f32.powf(-3.0 * after / REVERBERATION)));
        }
        let energy: f32 = paths.iter().map(|(_, gain)| gain * gain).sum();
        let scale = 10.0_f32.powf(level / 20.0) / energy.sqrt();
        paths.iter_mut().for_each(|(_, gain)| *gain *= scale);
        Self { paths }
    }

    /// What arrives of what a cheap loudspeaker plays.
    pub(crate) fn echo(&self, played: &[f32]) -> Vec<f32> {
        let heard: Vec<f32> = played.iter().map(|sample| (1.5 * sample).tanh() / 1.5).collect();
        let mut echo = vec![0.0; played.len()];
        for (delay, gain) in &self.paths {
            for (out, sample) in echo.iter_mut().skip(*delay).zip(&heard) {
                *out += gain * sample;
            }
        }
        echo
    }
}

/// Both, one over the other.
pub(crate) fn mixed(one: &[f32], other: &[f32]) -> Vec<f32> {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

/// What comes of the microphone while this is played, block by block.
pub(crate) fn cleaned(cleaner: &mut dyn Clean, played: &[f32], microphone: &[f32]) -> Vec<f32> {
    let blocks = played.as_chunks::<BLOCK>().0.iter().zip(microphone.as_chunks::<BLOCK>().0);
    let clean = blocks.flat_map(|(played, taken)| {
        let mut block = *taken;
        cleaner.played(played);
        cleaner.clean(&mut block);
        block
    });
    clean.collect()
}

/// In dBFS.
pub(crate) fn level(sound: &[f32]) -> f32 {
    let energy: f32 = sound.iter().map(|sample| sample * sample).sum();
    10.0 * (energy / sound.len().max(1) as f32 + 1e-12).log10()
}

/// Of `sound` (dBFS), over the frames in which there is speech in `speech`.
pub(crate) fn active_level(speech: &[f32], sound: &[f32]) -> f32 {
    let loudest = speech.chunks_exact(FRAME).map(level).fold(f32::MIN, f32::max);
    let frames = speech.chunks_exact(FRAME).zip(sound.chunks_exact(FRAME));
    let spoken = frames.filter(|(speech, _)| level(speech) > loudest - 25.0);
    let sounds: Vec<f32> = spoken.flat_map(|(_, sound)| sound.iter().copied()).collect();
    level(&sounds)
}

/// By how many samples `late` lags behind `sound`, up to 30 ms.
pub(crate) fn lag(sound: &[f32], late: &[f32]) -> usize {
    let alike = |lag: usize| sound.iter().zip(late.iter().skip(lag)).map(|(a, b)| a * b).sum::<f32>();
    (0..samples(0.03)).max_by(|a, b| alike(*a).total_cmp(&alike(*b))).unwrap_or_default()
}

/// What is between 300 and 4000 Hz of it, where speech is understood.
pub(crate) fn speech_band(sound: &[f32]) -> Vec<f32> {
    let (low, high) = (300.0, 4_000.0);
    let high_passed = biquad(sound, low, |cos| [(1.0 + cos) / 2.0, -1.0 - cos, (1.0 + cos) / 2.0]);
    biquad(&high_passed, high, |cos| [(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0])
}

/// A second-order Butterworth filter (R. Bristow-Johnson's cookbook).
fn biquad(sound: &[f32], edge: f32, numerator: impl Fn(f32) -> [f32; 3]) -> Vec<f32> {
    let (sin, cos) = (std::f32::consts::TAU * edge / RATE as f32).sin_cos();
    let alpha = sin * std::f32::consts::FRAC_1_SQRT_2;
    let b = numerator(cos);
    let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
    let mut filtered = |sample: &f32| {
        let forward = b[0] * sample + b[1] * x[0] + b[2] * x[1];
        let out = (forward + 2.0 * cos * y[0] - (1.0 - alpha) * y[1]) / (1.0 + alpha);
        (x, y) = ([*sample, x[0]], [out, y[0]]);
        out
    };
    sound.iter().map(&mut filtered).collect()
}
