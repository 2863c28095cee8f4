//! A call over a narrow link in virtual time, which one seed decides: an encoder, the pacer and the rate on one side, a
//! receiver that reports, asks again and asks for key frames on the other.
//!
//! | file | what it simulates |
//! | --- | --- |
//! | `sim.rs` | the call and its clock |
//! | `sim/link.rs` | a bottleneck with a drop-tail queue |
//! | `sim/sender.rs` | encoder, microphone, pacer, rate |
//! | `sim/receiver.rs` | reports, requests, and what a person sees and hears |
//! | `sim/estimator.rs` | GCC, crudely |
//! | `sim/changes.rs`, `sim/losses.rs` | what must hold |

mod changes;
mod estimator;
mod link;
mod losses;
mod receiver;
mod sender;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use estimator::Estimator;
use link::Link;
use receiver::{Back, Receiver};
use sender::Sender;

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// SplitMix64, as in the simulator of `core`.
struct Dice(u64);

impl Dice {
    const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What a packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Load {
    Sound,
    Picture { sequence: u16, frame: u32, of: usize, key: bool },
}

#[derive(Debug, Clone, Copy)]
struct Packet {
    load: Load,
    repair: bool,
    bytes: usize,
    captured: Duration,
    /// Given as it leaves.
    transport: u64,
}

/// What one call is like.
struct Script {
    seed: u64,
    /// From when the link carries how many bits per second.
    rates: Vec<(Duration, u64)>,
    propagation: Duration,
    loss: f64,
    estimator: Estimator,
    ends: Duration,
}

/// What came of it.
struct Story {
    receiver: Receiver,
    sender: Sender,
    lost: u64,
}

impl Story {
    /// Frames shown in this time.
    fn frames(&self, from: Duration, over: Duration) -> usize {
        self.receiver.shown.iter().filter(|(at, _)| (from..from + over).contains(at)).count()
    }
}

fn play(script: Script) -> Story {
    let start = Instant::now();
    let mut dice = Dice(script.seed);
    let mut link = Link::new(script.propagation, script.loss);
    let mut sender = Sender::new(start, script.estimator, script.propagation * 2);
    let mut receiver = Receiver::new();
    let mut back: VecDeque<(Duration, Back)> = VecDeque::new();
    let mut at = Duration::ZERO;
    while at < script.ends {
        let rate = script.rates.iter().rev().find(|(from, _)| *from <= at).unwrap().1;
        for (arrival, packet) in link.step(at, rate, &mut dice) {
            receiver.arrive(arrival, packet);
        }
        for message in receiver.step(at, &mut dice) {
            let late = ms(u64::from(dice.between(0.0, 5.0) as u32));
            if dice.between(0.0, 1.0) >= script.loss {
                back.push_back((at + script.propagation + late, message));
            }
        }
        while let Some((_, message)) = back.pop_front_if(|(due, _)| *due <= at) {
            sender.hear(at, message);
        }
        for packet in sender.step(at, &mut dice) {
            link.push(at, packet);
        }
        at += ms(1);
    }
    Story { receiver, sender, lost: link.lost }
}
