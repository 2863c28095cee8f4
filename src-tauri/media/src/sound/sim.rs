//! A voice, a network and an ear under one clock, for tests: no sleeps, and a seed decides everything.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{BLOCK, Counts, Ear, Pulled, Pushed, Redundancy, SoundPacket, Voice, pack};

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 to 1.
    pub(crate) fn share(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// A tone of this pitch.
pub(crate) fn tone(pitch: f32, seconds: f32) -> Vec<f32> {
    let step = f64::from(pitch) * std::f64::consts::TAU / 48_000.0;
    (0..(seconds * 48_000.0) as u32).map(|n| 0.3 * (f64::from(n) * step).sin() as f32).collect()
}

/// Something like speech: a buzz whose pitch and vowel move, in syllables with short breaks.
pub(crate) fn speech(seconds: f32) -> Vec<f32> {
    let (mut phase, mut pitch, mut vowel) = (0.0_f32, 0.0, [0.0; 20]);
    let mut dice = Dice::new(7);
    let mut sample = |n: u32| {
        let t = n as f32 / 48_000.0;
        if n.is_multiple_of(48) {
            pitch = 130.0 + 30.0 * (t * 3.1).sin() + 12.0 * (t * 7.7).sin();
            let formant = 600.0 + 350.0 * (t * 8.3).sin();
            for (k, weight) in (1..).zip(&mut vowel) {
                let away = (k as f32 * pitch - formant) / 250.0;
                *weight = 0.15 / k as f32 + (-away * away).exp();
            }
        }
        phase = (phase + pitch / 48_000.0).fract();
        let wave = (1..).zip(&vowel).map(|(k, weight)| weight * (k as f32 * phase * std::f32::consts::TAU).sin());
        let loud = ((t * 25.0).sin() * 1.5 + 1.0).clamp(0.0, 1.0);
        0.08 * (wave.sum::<f32>() * loud + 0.02 * (dice.share() - 0.5))
    };
    (0..(seconds * 48_000.0) as u32).map(&mut sample).collect()
}

/// One way through the network.
#[derive(Clone)]
pub(crate) struct Way {
    /// Each packet takes from 5 ms to this much more.
    pub(crate) jitter_ms: f32,
    /// Part of the packets that get lost.
    pub(crate) loss: f32,
    /// What the sender is told of it.
    pub(crate) expected: f32,
    /// Whether copies go along.
    pub(crate) red: bool,
    /// How much too fast the sender's clock runs.
    pub(crate) drift_ppm: f32,
    /// Packets that are sent in this span come at its end.
    pub(crate) stall_ms: Option<(u64, u64)>,
    /// Part of the packets that come twice.
    pub(crate) twice: f32,
    /// So many blocks are asked for at once.
    pub(crate) burst: u64,
    pub(crate) seed: u64,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            jitter_ms: 0.0,
            loss: 0.0,
            expected: 0.0,
            red: false,
            drift_ppm: 0.0,
            stall_ms: None,
            twice: 0.0,
            burst: 1,
            seed: 1,
        }
    }
}

/// A block as it was heard.
pub(crate) struct Heard {
    /// Since the beginning.
    pub(crate) at_ms: u64,
    /// Place in the sender's samples.
    pub(crate) from: Option<u64>,
    pub(crate) samples: [f32; BLOCK],
    pub(crate) kind: Pulled,
    pub(crate) delay_ms: f32,
    pub(crate) target_ms: f32,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) blocks: Vec<Heard>,
    pub(crate) counts: Counts,
}

const FIRST_TIMESTAMP: u32 = u32::MAX - 100_000;

/// Sends all of it, and hears it for as long.
pub(crate) fn run(voice: &[f32], way: &Way) -> Outcome {
    let mut dice = Dice::new(way.seed);
    let mut ear = Ear::new().unwrap();
    let start = Instant::now();
    let mut packets = sent(voice, way, &mut dice).into_iter().peekable();
    let (mut blocks, mut out) = (Vec::new(), [0.0; BLOCK]);
    let length = voice.len() as u64 / 48;
    for n in 0..length / 10 {
        let at_ms = n - n % way.burst;
        let at_ms = at_ms * 10;
        let now = start + Duration::from_millis(at_ms);
        while let Some((at, packet)) = packets.next_if(|(at, _)| *at <= at_ms * 1000) {
            let at = start + Duration::from_micros(at);
            if !way.red {
                ear.insert(&packet, at);
                continue;
            }
            ear.insert_redundant(&packet, at).unwrap();
        }
        let from = ear.playing().map(|place| place - u64::from(FIRST_TIMESTAMP) - (1 << 32));
        let kind = ear.pull(&mut out, now);
        let (delay_ms, target_ms) = (ear.delay().as_secs_f32() * 1e3, ear.target().as_secs_f32() * 1e3);
        blocks.push(Heard { at_ms, from, samples: out, kind, delay_ms, target_ms });
    }
    Outcome { blocks, counts: ear.counts() }
}

/// The packets in the order of their arrival, in microseconds.
fn sent(voice: &[f32], way: &Way, dice: &mut Dice) -> Vec<(u64, SoundPacket)> {
    let mut encoder = Voice::new().unwrap();
    let mut redundancy = Redundancy::default();
    encoder.expect_loss(way.expected);
    redundancy.report(way.loss, Instant::now());
    let mut packets = Vec::new();
    let mut sequence = 65_500_u16;
    for (n, block) in voice.as_chunks::<BLOCK>().0.iter().enumerate() {
        let Pushed::Packet(payload) = encoder.push(block).unwrap() else { continue };
        let timestamp = FIRST_TIMESTAMP.wrapping_add(n as u32 / 2 * 960);
        let payload = if way.red {
            let copies = redundancy.accompany(timestamp, &payload);
            pack(111, timestamp, &payload, &copies)
        } else {
            payload
        };
        sequence = sequence.wrapping_add(1);
        if dice.share() < way.loss {
            continue;
        }
        let sent = (n as f64 + 1.0) * 10_000.0 / (1.0 + f64::from(way.drift_ppm) * 1e-6);
        let times = if dice.share() < way.twice { 2 } else { 1 };
        for _ in 0..times {
            let mut at = sent as u64 + 5000 + (dice.share() * way.jitter_ms * 1000.0) as u64;
            if let Some((from, to)) = way.stall_ms.filter(|(from, to)| (*from..*to).contains(&(at / 1000))) {
                debug_assert!(from < to);
                at = to * 1000;
            }
            packets.push((at, SoundPacket { sequence, timestamp, payload: payload.clone() }));
        }
    }
    packets.sort_by_key(|(at, _)| *at);
    packets
}

/// The voice as it sounds when nothing goes wrong.
pub(crate) fn decoded(voice: &[f32], way: &Way) -> Vec<f32> {
    let way = Way { loss: 0.0, jitter_ms: 0.0, red: false, ..way.clone() };
    let mut decoder = super::decoder::Decoder::new().unwrap();
    let mut pcm = Vec::new();
    for (_, packet) in sent(voice, &way, &mut Dice::new(1)) {
        let place = packet.timestamp.wrapping_sub(FIRST_TIMESTAMP) as usize;
        decoder.conceal(place - pcm.len(), &mut pcm);
        decoder.packet(&packet.payload, 960, &mut pcm);
    }
    pcm
}

/// How like the original the loud blocks are on average, from 0 to 1: correlation near the place where each belongs,
/// within 3 ms and at 12 kHz.
pub(crate) fn likeness(outcome: &Outcome, original: &[f32]) -> f32 {
    const REACH: usize = 36;
    let original = coarse(original);
    let (mut sum, mut count) = (0.0, 0);
    for block in &outcome.blocks {
        let Some(from) = block.from else { continue };
        let from = (from / 4) as usize;
        let Some(around) = original.get(from.saturating_sub(REACH)..from + BLOCK / 4 + REACH) else { continue };
        if dot(around, around) / around.len() as f32 > 1e-4 {
            let heard = coarse(&block.samples);
            let alike = |piece: &[f32]| dot(piece, &heard) / (dot(piece, piece) * dot(&heard, &heard)).sqrt().max(1e-9);
            sum += around.windows(heard.len()).map(alike).fold(0.0, f32::max);
            count += 1;
        }
    }
    sum / count as f32
}

fn coarse(samples: &[f32]) -> Vec<f32> {
    samples.as_chunks::<4>().0.iter().map(|four| four.iter().sum::<f32>() / 4.0).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A payload of speech, for tests that need only one.
pub(crate) fn payloads(seconds: f32) -> Vec<Bytes> {
    sent(&speech(seconds), &Way::default(), &mut Dice::new(1)).into_iter().map(|(_, packet)| packet.payload).collect()
}
