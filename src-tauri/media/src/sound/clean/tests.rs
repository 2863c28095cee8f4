//! What a cleaner promises, in rooms and with voices that a seed decides.

use super::room::{FRAME, Room, active_level, cleaned, lag, level, mixed, noise, samples, speech, speech_band};
use super::*;

/// A quiet room (dBFS).
const QUIET: f32 = -62.0;
/// From the loudspeaker to the microphone (dB).
const COUPLING: f32 = -9.0;
/// What is played is heard so many seconds later.
const DELAYS: [f32; 3] = [0.02, 0.05, 0.12];

/// By how many dB less comes out than went in, in this span of seconds.
fn taken_away(microphone: &[f32], out: &[f32], from: f32, to: f32) -> f32 {
    let span = samples(from)..samples(to);
    level(&microphone[span.clone()]) - level(&out[span])
}

/// The same, without the time that cleaning took. It is measured over a second from this one on.
fn in_step<'a>(near: &[f32], out: &'a [f32], second: f32) -> &'a [f32] {
    let from = samples(second);
    &out[lag(&near[from..from + samples(1.0)], &out[from..])..]
}

/// By how many dB the voice is louder than it was, in this span of seconds.
fn lifted(near: &[f32], out: &[f32], from: f32, to: f32) -> f32 {
    let (near, out) = (&near[samples(from)..samples(to)], &out[samples(from)..samples(to)]);
    active_level(near, out) - active_level(near, near)
}

/// How a voice came through while the other one spoke.
#[derive(Debug, Default)]
struct Kept {
    /// Frames in which the voice is at least 6 dB over the echo.
    frames: usize,
    /// Those of them that are cut by more than 10 dB.
    cut: usize,
    /// The most of them in a row.
    longest: usize,
}

/// Measures it in this span of seconds, in the band in which speech is understood. The gain is what it was lifted by.
fn kept(near: &[f32], echo: &[f32], out: &[f32], gain: f32, from: f32, to: f32) -> Kept {
    let (near, echo, out) = (speech_band(near), speech_band(echo), speech_band(out));
    let frames = |sound: &[f32]| -> Vec<f32> {
        let end = samples(to).min(sound.len());
        sound[samples(from)..end].chunks_exact(FRAME).map(level).collect()
    };
    let (near, echo, out) = (frames(&near), frames(&echo), frames(&out));
    let loudest = near.iter().copied().fold(f32::MIN, f32::max);
    let (mut kept, mut run) = (Kept::default(), 0);
    for ((near, echo), out) in near.iter().zip(echo).zip(out) {
        if *near < loudest - 25.0 || *near < echo + 6.0 {
            continue;
        }
        kept.frames += 1;
        run = if out - gain < near - 10.0 { run + 1 } else { 0 };
        kept.cut += usize::from(run > 0);
        kept.longest = kept.longest.max(run);
    }
    kept
}

#[test]
fn the_echo_is_gone_after_two_seconds() {
    for delay in DELAYS {
        let far = speech(1, 120.0, -26.0, 12.0);
        let microphone = mixed(&Room::new(5, delay, COUPLING).echo(&far), &noise(3, QUIET, 12.0));
        let out = cleaned(&mut *cleaner(Ears::Loudspeaker), &far, &microphone);
        let (soon, then) = (taken_away(&microphone, &out, 1.0, 2.0), taken_away(&microphone, &out, 2.0, 12.0));
        assert!(then > 20.0, "{delay} s: {then} dB, {soon} dB in the second before");
    }
}

#[test]
fn blocks_may_come_four_at_a_time() {
    let far = speech(1, 120.0, -26.0, 8.0);
    let microphone = mixed(&Room::new(5, 0.05, COUPLING).echo(&far), &noise(3, QUIET, 8.0));
    let (mut cleaner, mut out) = (cleaner(Ears::Loudspeaker), Vec::new());
    for (played, taken) in far.chunks(4 * BLOCK).zip(microphone.chunks(4 * BLOCK)) {
        played.as_chunks::<BLOCK>().0.iter().for_each(|block| cleaner.played(block));
        for mut block in taken.as_chunks::<BLOCK>().0.iter().copied() {
            cleaner.clean(&mut block);
            out.extend(block);
        }
    }
    let gone = taken_away(&microphone, &out, 2.0, 8.0);
    assert!(gone > 20.0, "{gone} dB");
}

#[test]
fn when_the_room_changes_the_echo_is_gone_again_within_three_seconds() {
    let far = speech(1, 120.0, -26.0, 16.0);
    let (one, other) = (Room::new(5, 0.05, COUPLING), Room::new(6, 0.08, COUPLING + 3.0));
    let change = samples(8.0);
    let echo = [&one.echo(&far)[..change], &other.echo(&far)[change..]].concat();
    let microphone = mixed(&echo, &noise(3, QUIET, 16.0));
    let out = cleaned(&mut *cleaner(Ears::Loudspeaker), &far, &microphone);
    let (first, then) = (taken_away(&microphone, &out, 8.0, 9.0), taken_away(&microphone, &out, 11.0, 16.0));
    assert!(then > 20.0, "{then} dB, {first} dB in the first second");
}

#[test]
fn a_voice_is_kept_as_it_is() {
    for ears in [Ears::Loudspeaker, Ears::Headset] {
        for loud in [-20.0, -23.0] {
            let near = speech(2, 190.0, loud, 14.0);
            let microphone = mixed(&near, &noise(4, QUIET, 14.0));
            let out = cleaned(&mut *cleaner(ears), &vec![0.0; near.len()], &microphone);
            let out = in_step(&near, &out, 7.0);
            let change = lifted(&near, out, 7.0, 13.9);
            assert!(change.abs() < 3.0, "{ears:?}, {loud} dBFS: {change} dB");
            let kept = kept(&near, &vec![0.0; near.len()], out, change.max(0.0), 7.0, 13.9);
            assert!(kept.cut == 0 && kept.frames > 100, "{ears:?}, {loud} dBFS: {kept:?}");
        }
    }
}

#[test]
fn faint_voices_are_lifted() {
    for faint in [-40.0, -32.0, -26.0] {
        let near = speech(2, 190.0, faint, 20.0);
        let microphone = mixed(&near, &noise(4, QUIET, 20.0));
        let out = cleaned(&mut *cleaner(Ears::Loudspeaker), &vec![0.0; near.len()], &microphone);
        let loud = faint + lifted(&near, in_step(&near, &out, 10.0), 10.0, 19.9);
        assert!((-27.0..-19.0).contains(&loud), "from {faint} to {loud} dBFS");
    }
}

#[test]
fn the_hiss_of_a_room_is_less() {
    let hiss = noise(4, -50.0, 8.0);
    for ears in [Ears::Loudspeaker, Ears::Headset] {
        let out = cleaned(&mut *cleaner(ears), &vec![0.0; hiss.len()], &hiss);
        let less = taken_away(&hiss, &out, 2.0, 8.0);
        // 12 dB, less what every sound is lifted by at first.
        assert!(less > 8.0, "{ears:?}: {less} dB");
    }
}

/// Both speak from second 9 on: before that first the far end alone, and then the near one.
///
/// Of eleven such conversations, another one lost half of 0.7 s: the canceller took the near voice for another room.
fn talk() -> (Vec<f32>, Vec<f32>) {
    let (mut far, mut near) = (speech(101, 120.0, -26.0, 18.0), speech(201, 190.0, -23.0, 18.0));
    far[samples(4.0)..samples(9.0)].fill(0.0);
    near[..samples(4.0)].fill(0.0);
    (far, near)
}

#[test]
fn a_voice_is_not_chopped_while_both_speak() {
    let (far, near) = talk();
    for delay in DELAYS {
        let echo = Room::new(5, delay, COUPLING).echo(&far);
        let microphone = mixed(&mixed(&near, &echo), &noise(3, QUIET, 18.0));
        let out = cleaned(&mut *cleaner(Ears::Loudspeaker), &far, &microphone);
        let out = in_step(&near, &out, 5.0);
        let (alone, both) = (lifted(&near, out, 5.5, 9.0), lifted(&near, out, 9.0, 17.9));
        let kept = kept(&near, &echo, out, alone.max(0.0), 9.0, 17.9);
        let measured = format!("{delay} s: {kept:?}; lifted by {alone} dB alone, {both} dB with the other one");
        assert!(kept.frames > 100, "{measured}");
        assert!(kept.cut * 4 <= kept.frames, "{measured}");
        assert!(kept.longest * FRAME <= samples(0.2), "{measured}");
        assert!((both - alone).abs() < 3.0, "{measured}");
    }
}

#[test]
fn a_headset_passes_a_voice_whoever_else_speaks() {
    let (far, near) = talk();
    let microphone = mixed(&near, &noise(3, QUIET, 18.0));
    let out = cleaned(&mut *cleaner(Ears::Headset), &far, &microphone);
    let alone = cleaned(&mut *cleaner(Ears::Headset), &vec![0.0; far.len()], &microphone);
    assert!(out == alone, "what is played changes nothing");
    let out = in_step(&near, &out, 5.0);
    let change = lifted(&near, out, 9.0, 17.9);
    assert!(change.abs() < 3.0, "{change} dB");
    let kept = kept(&near, &vec![0.0; near.len()], out, change.max(0.0), 9.0, 17.9);
    assert!(kept.cut == 0 && kept.frames > 100, "{kept:?}");
}

#[test]
fn hostile_samples_do_no_lasting_harm() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, f32::MAX, f32::MIN_POSITIVE / 8.0, -0.0];
    for ears in [Ears::Loudspeaker, Ears::Headset] {
        let mut cleaner = cleaner(ears);
        for n in 0..200 {
            // By turns one odd sample in a block, all of one kind, and all kinds.
            let mut hostile = [odd[n / 3 % odd.len()]; BLOCK];
            match n % 3 {
                0 => hostile[..BLOCK - 1].fill(0.01),
                1 => {}
                _ => hostile.iter_mut().zip(odd.iter().cycle()).for_each(|(sample, odd)| *sample = *odd),
            }
            cleaner.played(&hostile);
            cleaner.clean(&mut hostile);
            assert!(hostile.iter().all(|sample| (-1.0..=1.0).contains(sample)), "{ears:?}, block {n}: {hostile:?}");
        }
        // First the far end is heard, then the near one.
        let (mut far, mut near) = (speech(1, 120.0, -26.0, 14.0), speech(2, 190.0, -23.0, 14.0));
        near[..samples(6.0)].fill(0.0);
        far[samples(6.0)..].fill(0.0);
        let echo = match ears {
            Ears::Loudspeaker => Room::new(5, 0.05, COUPLING).echo(&far),
            Ears::Headset => vec![0.0; far.len()],
        };
        let microphone = mixed(&mixed(&near, &echo), &noise(4, QUIET, 14.0));
        let out = cleaned(&mut *cleaner, &far, &microphone);
        let gone = taken_away(&microphone, &out, 3.0, 6.0);
        assert!(ears == Ears::Headset || gone > 20.0, "{gone} dB of the echo");
        let change = lifted(&near, in_step(&near, &out, 8.0), 8.0, 13.9);
        assert!(change.abs() < 3.0, "{ears:?}: {change} dB");
    }
}

#[test]
fn what_cannot_be_cleaned_stays_as_it_is() {
    // No such rate is supported, so that every call fails.
    let mut broken = Sonora::new(Ears::Loudspeaker, StreamConfig::new(400_000, 1));
    let voice = speech(2, 190.0, -23.0, 1.0);
    assert!(cleaned(&mut broken, &voice, &voice) == voice);
    assert!(broken.complained);
}
