//! What a robot sees and hears, in numbers: so that a call can be judged without anybody looking.

use std::f32::consts::LN_10;
use std::time::{Duration, Instant};

use dogeller_media::sound::{Block, RATE};
use serde::Serialize;

/// A block quieter than this is silence: the noise that a codec makes up lies far below, a test tone far above.
const SILENCE_DB: f32 = -50.0;
/// The pitch is measured on blocks louder than this: near its silences a tone that comes and goes is mostly codec.
const CLEAR_DB: f32 = -30.0;
/// The pitch is measured over so many loud blocks: a third of a second.
const LOUD_BLOCKS: u32 = 32;

/// What was perceived last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Perceived {
    /// Width of the last picture that could be judged.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Its mean colour; `null` before the first.
    pub colour: Option<[u8; 3]>,
    /// The pitch of what is loud in the sound, in hertz; `null` before enough of it came.
    pub tone_hz: Option<f32>,
    /// The loudest 10 ms of the last one to two seconds, in decibels under the most there is.
    pub loudness_db: Option<f32>,
    /// The longest silence between two loud moments, in milliseconds.
    pub longest_silence_ms: u64,
}

/// Listens for a tone that may come and go.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    /// Half waves, and the samples they took.
    half_waves: u32,
    samples: f32,
    blocks: u32,
    loudest: [f32; 2],
    since: Option<Instant>,
    last_loud: Option<Instant>,
}

impl Listener {
    /// Hears 10 ms, and notes what can be said of them.
    pub(crate) fn hear(&mut self, block: &Block, now: Instant, perceived: &mut Perceived) {
        let energy = block.iter().map(|sample| sample * sample).sum::<f32>() / block.len() as f32;
        let loudness = 10.0 * (energy.max(1e-12)).ln() / LN_10;
        self.note_loudness(loudness, now, perceived);
        if loudness < SILENCE_DB {
            return;
        }
        if let Some(last) = self.last_loud {
            let silence = now.saturating_duration_since(last).saturating_sub(Duration::from_millis(10));
            perceived.longest_silence_ms = perceived.longest_silence_ms.max(silence.as_millis() as u64);
        }
        self.last_loud = Some(now);
        if loudness < CLEAR_DB {
            return;
        }
        if let Some((half_waves, samples)) = half_waves(block) {
            self.half_waves += half_waves;
            self.samples += samples;
        }
        self.blocks += 1;
        if self.blocks >= LOUD_BLOCKS {
            let seconds = self.samples / RATE as f32;
            perceived.tone_hz = (self.half_waves > 0).then_some(self.half_waves as f32 / 2.0 / seconds);
            (self.half_waves, self.samples, self.blocks) = (0, 0.0, 0);
        }
    }

    fn note_loudness(&mut self, loudness: f32, now: Instant, perceived: &mut Perceived) {
        let since = *self.since.get_or_insert(now);
        let [before, current] = self.loudest;
        // This second and the one before, so that a tone between two swells is not taken for silence.
        self.loudest = match perceived.loudness_db {
            None => [loudness, loudness],
            Some(_) if now.saturating_duration_since(since) >= Duration::from_secs(1) => {
                self.since = Some(now);
                [current, loudness]
            }
            Some(_) => [before, current.max(loudness)],
        };
        let [before, current] = self.loudest;
        perceived.loudness_db = Some(before.max(current));
    }
}

/// How many half waves a block holds from its first crossing of zero to its last, and how many samples lie between: what is
/// cut off at its ends says nothing.
fn half_waves(block: &Block) -> Option<(u32, f32)> {
    let crossings = block.windows(2).enumerate().filter_map(|(at, pair)| {
        let [a, b] = pair else {
            return None;
        };
        // Where on the line between the two samples.
        ((*a < 0.0) != (*b < 0.0)).then(|| at as f32 + a / (a - b))
    });
    let (mut first, mut last, mut count) = (None, 0.0, 0);
    for at in crossings {
        first.get_or_insert(at);
        (last, count) = (at, count + 1);
    }
    let first = first?;
    Some((count - 1, last - first)).filter(|(half_waves, _)| *half_waves > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Tone;
    use dogeller_media::sound::BLOCK;

    #[test]
    fn a_tone_that_comes_and_goes_has_its_pitch() {
        for hertz in [440.0, 660.0, 1000.0] {
            let (mut listener, mut perceived) = (Listener::default(), Perceived::default());
            let mut tone = Tone::new(hertz);
            let mut now = Instant::now();
            for _ in 0..200 {
                let mut block = [0.0; BLOCK];
                tone.fill(&mut block);
                listener.hear(&block, now, &mut perceived);
                now += Duration::from_millis(10);
            }
            let heard = perceived.tone_hz.unwrap();
            assert!((heard / hertz - 1.0).abs() < 0.01, "{heard} for {hertz}");
            assert!(perceived.longest_silence_ms < 300, "{perceived:?}");
        }
    }

    #[test]
    fn silence_has_no_pitch_and_is_timed() {
        let (mut listener, mut perceived) = (Listener::default(), Perceived::default());
        let start = Instant::now();
        let loud = [0.5; BLOCK];
        listener.hear(&loud, start, &mut perceived);
        for n in 1..200 {
            listener.hear(&[0.0; BLOCK], start + Duration::from_millis(10 * n), &mut perceived);
        }
        listener.hear(&loud, start + Duration::from_secs(2), &mut perceived);
        assert_eq!((perceived.tone_hz, perceived.longest_silence_ms), (None, 1990));
    }
}
