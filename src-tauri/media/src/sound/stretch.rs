//! Plays a little faster or slower without changing the pitch: takes out, or repeats, one period of what sounds alike.
//!
//! This is WSOLA at a single place: the most similar lag is looked for, and the two ends are cross-faded over it.

use super::BLOCK;

/// How much must be decoded: two of the longest periods.
pub(crate) const NEEDED: usize = 2 * (LONGEST_LAG + 1) * COARSE;
/// The search runs on every sixth sample: 8 kHz is enough for the pitch of a voice.
const COARSE: usize = 6;
/// What is compared: 16.7 ms, in coarse samples.
const WINDOW: usize = 100;
/// 2.5 ms, or 400 Hz, in coarse samples.
const SHORTEST_LAG: usize = 20;
/// 15 ms, or 67 Hz, in coarse samples.
const LONGEST_LAG: usize = 120;
/// Mean square of what is taken for silence (-60 dBFS): any cut is inaudible there.
const SILENCE: f32 = 1e-6;

/// Takes one period out of the beginning, when two lie there that are alike to at least `likeness` (1 is the same, 0
/// has nothing in common) and no longer than `longest` samples. Says how many samples are gone.
pub(crate) fn shorten(pcm: &mut Vec<f32>, likeness: f32, longest: usize) -> usize {
    let Some(lag) = best_lag(pcm, likeness, longest) else { return 0 };
    let (first, second) = pcm.split_at_mut(lag);
    fade(first, second);
    pcm.drain(lag..2 * lag);
    lag
}

/// Repeats the first period, as [`shorten`] takes it out. Says how many samples were put in.
pub(crate) fn lengthen(pcm: &mut Vec<f32>, likeness: f32, longest: usize) -> usize {
    let Some(lag) = best_lag(pcm, likeness, longest) else { return 0 };
    let Some((first, rest)) = pcm.split_at_checked(lag) else { return 0 };
    // The first period, then what follows it fading back into that period, then all that follows again.
    let mut joint = rest.iter().take(lag).copied().collect::<Vec<_>>();
    fade(&mut joint, first);
    pcm.splice(lag..lag, joint);
    lag
}

/// Fades the last block out, so that what ends in the middle of a word does not click.
pub(crate) fn fade_out(pcm: &mut [f32]) {
    for (n, sample) in (1..).zip(pcm.iter_mut().rev().take(BLOCK).rev()) {
        *sample *= 1.0 - share(n, BLOCK);
    }
}

/// Fades the first block in.
pub(crate) fn fade_in(pcm: &mut [f32]) {
    for (n, sample) in (0..).zip(pcm.iter_mut().take(BLOCK)) {
        *sample *= share(n, BLOCK);
    }
}

/// `from` becomes what fades from it to `to`.
fn fade(from: &mut [f32], to: &[f32]) {
    let length = from.len();
    for (n, (from, to)) in (0..).zip(from.iter_mut().zip(to)) {
        *from += (to - *from) * share(n, length);
    }
}

fn share(n: usize, of: usize) -> f32 {
    n as f32 / of as f32
}

/// The lag, in samples, at which the beginning is most like what follows.
fn best_lag(pcm: &[f32], likeness: f32, longest: usize) -> Option<usize> {
    let head = pcm.get(..NEEDED)?;
    let coarse: Vec<f32> = head.as_chunks::<COARSE>().0.iter().map(|six| six.iter().sum::<f32>()).collect();
    let window = coarse.get(..WINDOW)?;
    let loudness = head.iter().map(|sample| sample * sample).sum::<f32>() / share(NEEDED, 1);
    if loudness < SILENCE {
        return Some(BLOCK.min(longest));
    }
    let alike = |lag: usize| Some((lag, likeness_of(window, coarse.get(lag..lag + WINDOW)?)));
    let (lag, best) =
        (SHORTEST_LAG..=LONGEST_LAG.min(longest / COARSE)).filter_map(alike).max_by(|a, b| a.1.total_cmp(&b.1))?;
    if best < likeness {
        return None;
    }
    let lag = lag * COARSE;
    let window = head.get(..WINDOW * COARSE)?;
    let alike = |lag: usize| Some((lag, likeness_of(window, head.get(lag..lag + window.len())?)));
    let near = lag.saturating_sub(COARSE)..=lag + COARSE;
    near.filter_map(alike).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(lag, _)| lag)
}

/// Normalised correlation of two pieces of the same length.
fn likeness_of(a: &[f32], b: &[f32]) -> f32 {
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        both += a * b;
        first += a * a;
        second += b * b;
    }
    both / f32::max((first * second).sqrt(), f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::super::sim::{Dice, tone};
    use super::*;
    use proptest::prelude::*;

    /// The largest step between neighbours.
    fn roughness(pcm: &[f32]) -> f32 {
        pcm.windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_tone_stays_a_tone() {
        for pitch in [97.0, 220.0, 441.0, 1000.0] {
            let original = tone(pitch, 0.1);
            for change in [shorten, lengthen] {
                let mut pcm = original.clone();
                let by = change(&mut pcm, 0.8, 720);
                assert!((114..=726).contains(&by), "{pitch} Hz by {by}");
                assert_eq!(pcm.len().abs_diff(original.len()), by);
                assert!(roughness(&pcm) < roughness(&original) * 1.1, "{pitch} Hz clicks");
                let loudest = pcm.as_chunks::<BLOCK>().0.iter().map(|block| block.iter().map(|v| v * v).sum::<f32>());
                let quietest = loudest.clone().fold(f32::MAX, f32::min);
                assert!(quietest > loudest.fold(0.0, f32::max) * 0.5, "{pitch} Hz has a hole");
            }
        }
    }

    #[test]
    fn noise_is_left_alone_unless_it_must_be() {
        let mut dice = Dice::new(1);
        let noise: Vec<f32> = (0..2000).map(|_| dice.share() - 0.5).collect();
        assert_eq!(shorten(&mut noise.clone(), 0.8, 720), 0);
        assert!(shorten(&mut noise.clone(), -1.0, 720) > 0);
    }

    #[test]
    fn silence_is_cut_in_blocks() {
        let mut pcm = vec![0.0; NEEDED];
        assert_eq!(lengthen(&mut pcm, 0.8, 720), BLOCK);
        assert_eq!(shorten(&mut pcm, 0.8, 720), BLOCK);
        assert_eq!(pcm.len(), NEEDED);
    }

    proptest! {
        #[test]
        fn anything_can_be_stretched(
            pcm in prop::collection::vec(-1.0_f32..1.0, 0..2000),
            likeness in -1.0_f32..1.0,
            longest in 0..800_usize,
        ) {
            let mut longer = pcm.clone();
            let by = lengthen(&mut longer, likeness, longest);
            prop_assert_eq!(longer.len(), pcm.len() + by);
            prop_assert!(by <= longest + COARSE);
            let mut shorter = pcm.clone();
            let by = shorten(&mut shorter, likeness, longest);
            prop_assert_eq!(shorter.len() + by, pcm.len());
            prop_assert!(longer.iter().chain(&shorter).all(|sample| sample.abs() <= 1.0));
        }
    }
}
