//! What an ear makes of networks as they are, and of peers as they should not be.

use super::super::sim::{Dice, Outcome, Way, decoded, likeness, payloads, run, speech, tone};
use super::super::{BLOCK, Counts};
use super::*;
use proptest::prelude::*;

fn between(outcome: &Outcome, from_ms: u64, to_ms: u64) -> impl Iterator<Item = &super::super::sim::Heard> {
    outcome.blocks.iter().filter(move |block| (from_ms..to_ms).contains(&block.at_ms))
}

fn delays(outcome: &Outcome, from_ms: u64, to_ms: u64) -> (f32, f32) {
    let delays = between(outcome, from_ms, to_ms).map(|block| block.delay_ms);
    delays.fold((f32::MAX, 0.0), |(least, most), delay| (least.min(delay), most.max(delay)))
}

/// The largest step between neighbouring samples.
fn roughness(outcome: &Outcome) -> f32 {
    let samples: Vec<f32> = outcome.blocks.iter().flat_map(|block| block.samples).collect();
    samples.windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn a_tone_keeps_its_level_and_its_shape() {
    let outcome = run(&tone(440.0, 5.0), &Way::default());
    let level = between(&outcome, 1000, 4900).map(|block| block.samples.iter().map(|v| v * v).sum::<f32>());
    let level = (level.sum::<f32>() / (390.0 * 480.0)).sqrt();
    // 0.3 / sqrt(2)
    assert!((0.2..0.225).contains(&level), "{level}");
    assert!(roughness(&outcome) < 0.03, "{}", roughness(&outcome));
    assert!(outcome.blocks.iter().skip(50).all(|block| block.kind == Pulled::Normal));
}

#[test]
fn speech_comes_as_it_was_said_and_the_delay_falls_to_20_ms() {
    let voice = speech(20.0);
    let outcome = run(&voice, &Way::default());
    let like = likeness(&outcome, &decoded(&voice, &Way::default()));
    assert!(like > 0.98, "{like}");
    let (least, most) = delays(&outcome, 15_000, 20_000);
    assert!(least > 15.0 && most < 45.0, "{least}..{most}");
    assert_eq!(outcome.counts.concealed_blocks, 0, "{:?}", outcome.counts);
}

#[test]
fn repair_data_beats_guessing_and_copies_beat_repair_data() {
    let voice = speech(12.0);
    for (loss, better) in [(0.05, 0.01), (0.2, 0.03)] {
        let quality = |expected, red| {
            let way = Way { loss, expected, red, jitter_ms: 5.0, ..Way::default() };
            let outcome = run(&voice, &way);
            (likeness(&outcome, &decoded(&voice, &way)), outcome)
        };
        let (guessed, plain) = quality(0.0, false);
        let (repaired, fec) = quality(loss, false);
        let (copied, red) = quality(0.0, true);
        assert!(repaired > guessed + better, "{loss}: {repaired} with repair data, {guessed} without");
        assert!(copied > repaired + better / 10.0, "{loss}: {copied} with copies, {repaired} with repair data");
        assert!(fec.counts.fec * 2 > fec.counts.lost, "{:?}", fec.counts);
        assert!(red.counts.red * 10 > red.counts.lost * 8, "{:?}", red.counts);
        assert!(red.counts.concealed_blocks * 3 < plain.counts.concealed_blocks, "{:?} {:?}", red.counts, plain.counts);
    }
}

#[test]
fn jitter_of_60_ms_is_waited_for() {
    let voice = speech(20.0);
    let outcome = run(&voice, &Way { jitter_ms: 60.0, ..Way::default() });
    let Counts { late, concealed_blocks, .. } = outcome.counts;
    assert!(late < 20 && concealed_blocks < 40, "{:?}", outcome.counts);
    let (least, most) = delays(&outcome, 5000, 20_000);
    assert!(least > 40.0 && most < 110.0, "{least}..{most}");
    let like = likeness(&outcome, &decoded(&voice, &Way::default()));
    assert!(like > 0.95, "{like}");
}

#[test]
fn drift_is_absorbed_without_a_gap() {
    for drift_ppm in [-200.0, 200.0] {
        let outcome = run(&speech(60.0), &Way { drift_ppm, jitter_ms: 5.0, ..Way::default() });
        assert_eq!(outcome.counts.concealed_blocks, 0, "{drift_ppm}: {:?}", outcome.counts);
        assert_eq!(outcome.counts.lost + outcome.counts.late, 0);
        for block in between(&outcome, 3000, 60_000) {
            assert!((block.delay_ms - block.target_ms).abs() <= 30.0, "{} of {} ms", block.delay_ms, block.target_ms);
        }
    }
}

#[test]
fn pauses_cost_no_delay_and_are_no_losses() {
    for pause in [1.0, 3.0, 30.0] {
        let mut voice = speech(5.0);
        voice.extend(vec![0.0; (48_000.0 * pause) as usize]);
        voice.extend(speech(5.0));
        let outcome = run(&voice, &Way { jitter_ms: 10.0, ..Way::default() });
        let counts = outcome.counts;
        assert!(counts.packets < (10 * 50 + 15 + 5 * pause as u64) + 10, "{pause}: {counts:?}");
        assert_eq!((counts.lost, counts.concealed_blocks, counts.resets), (0, 0, 0), "{pause}: {counts:?}");
        let again = ((5.0 + pause) * 1000.0) as u64;
        let (_, before) = delays(&outcome, 4000, 5000);
        let (_, after) = delays(&outcome, again, again + 5000);
        assert!(after <= before + 10.0, "{pause}: {before} then {after}");
        let quiet = between(&outcome, 5600, again).filter(|block| block.kind == Pulled::Silence).count();
        assert!(quiet as f32 > (pause - 0.7) * 90.0, "{pause}: {quiet}");
        let like = likeness(&outcome, &decoded(&voice, &Way::default()));
        assert!(like > 0.95, "{pause}: {like}");
    }
}

#[test]
fn a_stall_of_300_ms_is_caught_up_with_in_5_s() {
    let voice = speech(20.0);
    let outcome = run(&voice, &Way { stall_ms: Some((10_000, 10_300)), jitter_ms: 5.0, ..Way::default() });
    let counts = outcome.counts;
    assert_eq!((counts.lost, counts.late, counts.resets), (0, 0, 0), "{counts:?}");
    assert!(counts.concealed_blocks <= 32, "{counts:?}");
    let (_, peak) = delays(&outcome, 10_300, 11_500);
    assert!(peak > 200.0, "{peak}");
    for block in between(&outcome, 15_300, 20_000) {
        assert!(block.delay_ms < block.target_ms + 30.0, "{} of {} ms", block.delay_ms, block.target_ms);
    }
}

#[test]
fn noise_catches_up_too() {
    let mut dice = Dice::new(3);
    let voice: Vec<f32> = (0..48_000 * 12).map(|_| 0.3 * (dice.share() - 0.5)).collect();
    let outcome = run(&voice, &Way { stall_ms: Some((5000, 5200)), ..Way::default() });
    for block in between(&outcome, 11_000, 12_000) {
        assert!(block.delay_ms < block.target_ms + 30.0, "{} of {} ms", block.delay_ms, block.target_ms);
    }
}

#[test]
fn blocks_may_be_asked_for_in_bursts() {
    let outcome = run(&speech(20.0), &Way { burst: 4, jitter_ms: 10.0, ..Way::default() });
    let late: Vec<u64> =
        between(&outcome, 3000, 20_000).filter(|block| block.kind == Pulled::Concealed).map(|b| b.at_ms).collect();
    assert!(late.len() < 4, "{late:?} {:?}", outcome.counts);
    let (_, most) = delays(&outcome, 5000, 20_000);
    assert!(most < 70.0, "{most}");
}

#[test]
fn packets_may_come_twice_and_out_of_order() {
    let outcome = run(&speech(10.0), &Way { twice: 0.5, jitter_ms: 50.0, ..Way::default() });
    let counts = outcome.counts;
    assert!((150..350).contains(&counts.duplicates), "{counts:?}");
    assert!(counts.packets - counts.duplicates <= 500, "{counts:?}");
    assert!(counts.late <= 25 && counts.lost <= 25, "{counts:?}");
}

/// Packets by hand, of 20 ms each.
struct Hand {
    ear: Ear,
    now: Instant,
    payloads: Vec<Bytes>,
    loudest_step: f32,
    last: f32,
}

impl Hand {
    fn new() -> Self {
        Self { ear: Ear::new().unwrap(), now: Instant::now(), payloads: payloads(4.0), loudest_step: 0.0, last: 0.0 }
    }

    fn play(&mut self, packets: std::ops::Range<u16>, sequence: u16, timestamp: u32) -> Vec<Pulled> {
        let mut kinds = Vec::new();
        for n in packets {
            let payload = self.payloads[usize::from(n) % self.payloads.len()].clone();
            let timestamp = timestamp.wrapping_add(u32::from(n) * 960);
            self.ear.insert(&SoundPacket { sequence: sequence.wrapping_add(n), timestamp, payload }, self.now);
            kinds.extend((0..2).map(|_| self.pull()));
        }
        kinds
    }

    fn pull(&mut self) -> Pulled {
        let mut out = [0.0; BLOCK];
        let kind = self.ear.pull(&mut out, self.now);
        for sample in out {
            self.loudest_step = self.loudest_step.max((sample - self.last).abs());
            self.last = sample;
        }
        self.now += Duration::from_millis(10);
        kind
    }
}

#[test]
fn a_sender_may_restart() {
    let mut hand = Hand::new();
    hand.play(0..100, 0, 0);
    let usual = hand.loudest_step;
    let kinds = hand.play(0..100, 40_000, 3_000_000_000);
    assert_eq!(hand.ear.counts().resets, 1);
    assert!(kinds.iter().skip(8).all(|kind| *kind == Pulled::Normal), "{kinds:?}");
    assert!(hand.loudest_step <= usual * 1.1, "a click of {} among {usual}", hand.loudest_step);
    assert_eq!(hand.ear.counts().lost, 0);
}

#[test]
fn leaps_reset_at_most_once_a_second() {
    let mut hand = Hand::new();
    for n in 0..500_u16 {
        hand.play(0..1, n.wrapping_mul(20_011), u32::from(n).wrapping_mul(1_000_000_007));
    }
    let counts = hand.ear.counts();
    assert!((5..=10).contains(&counts.resets), "{counts:?}");
}

#[test]
fn a_clock_that_stood_still_in_a_pause_begins_anew() {
    let mut hand = Hand::new();
    hand.play(0..100, 0, 0);
    for _ in 0..500 {
        hand.pull();
    }
    let kinds = hand.play(100..200, 0, 0);
    assert!(kinds.iter().skip(8).all(|kind| *kind == Pulled::Normal), "{kinds:?}");
    assert!(hand.ear.delay() < Duration::from_millis(80), "{:?}", hand.ear.delay());
}

#[test]
fn who_does_not_listen_for_a_while_hears_what_is_said_now() {
    let mut hand = Hand::new();
    hand.play(0..100, 0, 0);
    for n in 100..600_u16 {
        let payload = hand.payloads[0].clone();
        hand.ear.insert(&SoundPacket { sequence: n, timestamp: u32::from(n) * 960, payload }, hand.now);
        hand.now += Duration::from_millis(20);
    }
    assert!(hand.ear.counts().overflowed >= 300);
    hand.play(600..700, 0, 0);
    assert!(hand.ear.delay() < Duration::from_millis(80), "{:?}", hand.ear.delay());
    assert_eq!(hand.ear.counts().lost, 0);
}

#[test]
fn sound_is_held_back_slowly_and_let_go_again() {
    let mut hand = Hand::new();
    hand.play(0..300, 0, 0);
    let usual = hand.ear.delay();
    hand.ear.hold_back(Duration::from_secs(3));
    assert!((220..225).contains(&hand.ear.target().as_millis()), "bounded to 200 ms: {:?}", hand.ear.target());
    hand.play(300..800, 0, 0);
    let held = hand.ear.delay();
    assert!(held > usual + Duration::from_millis(170), "{usual:?} then {held:?}");
    hand.ear.hold_back(Duration::ZERO);
    hand.play(800..1300, 0, 0);
    assert!(hand.ear.delay() < usual + Duration::from_millis(25), "{:?}", hand.ear.delay());
    assert_eq!(hand.ear.counts().concealed_blocks, 0);
}

#[test]
fn frames_of_10_40_and_60_ms_are_played_too() {
    for (millis, size) in [(10, 480), (40, 1920), (60, 2880)] {
        let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
        let voice = speech(4.0);
        let mut ear = Ear::new().unwrap();
        let start = Instant::now();
        let mut concealed = 0;
        for (n, frame) in voice.chunks_exact(size).enumerate() {
            let payload = Bytes::from(encoder.encode_vec_float(frame, 1275).unwrap());
            let now = start + Duration::from_millis(millis * n as u64);
            ear.insert(&SoundPacket { sequence: n as u16, timestamp: (n * size) as u32, payload }, now);
            for block in 0..millis / 10 {
                let kind = ear.pull(&mut [0.0; BLOCK], now + Duration::from_millis(block * 10));
                concealed += u32::from(kind == Pulled::Concealed);
            }
        }
        // The wait begins at 40 ms and falls to what is needed, which is the length of a packet here.
        assert!(concealed <= 6, "{millis} ms: {concealed} {:?}", ear.counts());
        assert_eq!(ear.counts().lost, 0);
    }
}

#[test]
fn what_is_no_sound_is_refused() {
    let mut ear = Ear::new().unwrap();
    for payload in [Bytes::new(), Bytes::from(vec![0x78; LONGEST_PAYLOAD + 1]), Bytes::from_static(&[0x1b, 3, 0])] {
        ear.insert(&SoundPacket { sequence: 1, timestamp: 1, payload }, Instant::now());
    }
    assert_eq!(ear.counts().refused, 3);
    assert_eq!(ear.playing(), None);
}

#[derive(Debug, Clone)]
enum Step {
    Packet { sequence: u16, timestamp: u32, payload: Vec<u8> },
    Next { skip: u16, gap: u32, payload: Vec<u8> },
    Copy { timestamp: u32, payload: Vec<u8> },
    Recent { back: u32, payload: Vec<u8> },
    Pull { times: u8 },
    Time { millis: u16 },
    Hold { millis: u16 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let payload = || {
        prop_oneof![
            1 => prop::collection::vec(any::<u8>(), 0..1600),
            3 => prop::collection::vec(any::<u8>(), 1..60),
            3 => prop::collection::vec(any::<u8>(), 2..60).prop_map(|mut payload| { payload[0] = 0x78; payload }),
        ]
    };
    let step = prop_oneof![
        (any::<u16>(), any::<u32>(), payload()).prop_map(|(sequence, timestamp, payload)| Step::Packet {
            sequence,
            timestamp,
            payload
        }),
        (0..4_u16, prop_oneof![Just(960), 0..5000_u32], payload()).prop_map(|(skip, gap, payload)| Step::Next {
            skip,
            gap,
            payload
        }),
        (any::<u32>(), payload()).prop_map(|(timestamp, payload)| Step::Copy { timestamp, payload }),
        (0..3000_u32, payload()).prop_map(|(back, payload)| Step::Recent { back, payload }),
        (1..20_u8).prop_map(|times| Step::Pull { times }),
        (0..100_u16).prop_map(|millis| Step::Time { millis }),
        any::<u16>().prop_map(|millis| Step::Hold { millis }),
    ];
    prop::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn anything_may_come(steps in steps()) {
        let mut ear = Ear::new().unwrap();
        let mut now = Instant::now();
        let (mut sequence, mut timestamp) = (0_u16, 0_u32);
        let mut pulled = 0;
        for step in steps {
            match step {
                Step::Packet { sequence, timestamp, payload } => {
                    ear.insert(&SoundPacket { sequence, timestamp, payload: payload.into() }, now);
                }
                Step::Next { skip, gap, payload } => {
                    sequence = sequence.wrapping_add(1 + skip);
                    timestamp = timestamp.wrapping_add(gap);
                    ear.insert(&SoundPacket { sequence, timestamp, payload: payload.into() }, now);
                }
                Step::Copy { timestamp, payload } => ear.insert_copy(timestamp, payload.into()),
                Step::Recent { back, payload } => ear.insert_copy(timestamp.wrapping_sub(back), payload.into()),
                Step::Pull { times } => {
                    for _ in 0..times {
                        let mut out = [2.0; BLOCK];
                        ear.pull(&mut out, now);
                        prop_assert!(out.iter().all(|sample| sample.abs() <= 1.0));
                        now += Duration::from_millis(10);
                        pulled += 1;
                    }
                }
                Step::Time { millis } => now += Duration::from_millis(millis.into()),
                Step::Hold { millis } => ear.hold_back(Duration::from_millis(millis.into())),
            }
            prop_assert!(ear.playout.held() <= MOST_HELD);
            prop_assert!(ear.target() <= Duration::from_millis(400));
        }
        let counts = ear.counts();
        // What is made up is bounded by what was asked for and what was decoded ahead.
        prop_assert!(counts.concealed_blocks <= pulled * 4 + 400, "{counts:?}");
    }
}
