//! Streams over a network that loses, doubles, delays and reorders, with a generator of its own so that each run is the
//! same.

use super::*;
use std::collections::BTreeMap;

/// xorshift32.
struct Dice(u32);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        u64::from(self.0) % bound
    }
}

struct Network {
    /// In a hundred.
    loss: u64,
    doubled: u64,
    /// Packets take up to so many milliseconds longer.
    jitter: u64,
    /// What is lost is sent again so much later.
    repair: Option<u64>,
}

/// Sends `frames` frames at 30 a second and answers key frame requests 20 ms later; what came out and what went in.
fn run(codec: Codec, network: &Network, frames: usize, seed: u32) -> (Vec<Frame>, Vec<Frame>, Counts) {
    let (mut stream, mut receiver, mut dice) = (Stream::new(codec), Receiver::new(codec), Dice(seed));
    let begin = receiver.now;
    let mut flying: BTreeMap<(u64, u64), Packet> = BTreeMap::new();
    let mut number = 0;
    let mut received = Vec::new();
    let mut key_at = Some(0);
    for millis in 0..frames as u64 * 33 + 2000 {
        if millis % 33 == 0 && stream.frames.len() < frames {
            let key = key_at.is_some_and(|at| at <= millis);
            if key {
                key_at = None;
            }
            let bytes = dice.below(if key { 20_000 } else { 5000 }) as usize;
            for packet in stream.next(key, bytes) {
                let mut arrivals = vec![millis + dice.below(network.jitter + 1)];
                if dice.below(100) < network.loss {
                    arrivals.clear();
                    arrivals.extend(network.repair.map(|after| millis + after));
                } else if dice.below(100) < network.doubled {
                    arrivals.push(millis + dice.below(100));
                }
                for arrival in arrivals {
                    number += 1;
                    flying.insert((arrival, number), packet.clone());
                }
            }
        }
        receiver.now = begin + Duration::from_millis(millis);
        while let Some(entry) = flying.first_entry().filter(|entry| entry.key().0 <= millis) {
            received.extend(receiver.take([entry.remove()]));
        }
        // As the real loop: woken by a packet or at the deadline, never otherwise.
        if receiver.assembler.deadline().is_some_and(|deadline| deadline <= receiver.now) {
            received.extend(receiver.drain());
        }
        if receiver.wants_key() && key_at.is_none() {
            key_at = Some(millis + 20);
        }
    }
    // Only a frame without its end may wait.
    assert!(receiver.assembler.held().1 < 25_000);
    (received, stream.frames, receiver.assembler.counts())
}

/// Every frame is one of the originals, in order, and no gap is followed by anything but a key frame.
pub(super) fn assert_decodable(received: &[Frame], sent: &[Frame]) {
    let mut next = 0;
    for frame in received {
        let at = next + sent[next..].iter().position(|original| original == frame).unwrap();
        assert!(at == next && at > 0 || frame.key, "frame {at} after {next}");
        next = at + 1;
    }
}

#[test]
fn nothing_is_missing_on_a_perfect_network() {
    for codec in BOTH {
        let network = Network { loss: 0, doubled: 0, jitter: 0, repair: None };
        let (received, sent, counts) = run(codec, &network, 100, 1);
        assert_eq!(received, sent);
        assert_eq!((counts.frames, counts.key_frames, counts.given_up), (100, 1, 0));
    }
}

#[test]
fn reordering_and_duplicates_change_nothing() {
    for codec in BOTH {
        let network = Network { loss: 0, doubled: 20, jitter: 60, repair: None };
        let (received, sent, counts) = run(codec, &network, 300, 2);
        assert_eq!(received, sent);
        assert!(counts.duplicates > 0 && counts.late > 0);
    }
}

#[test]
fn ten_in_a_hundred_lost_and_sent_again_change_nothing() {
    for codec in BOTH {
        let network = Network { loss: 10, doubled: 2, jitter: 10, repair: Some(120) };
        let (received, sent, counts) = run(codec, &network, 300, 3);
        assert_eq!(received, sent);
        assert_eq!(counts.given_up, 0);
    }
}

#[test]
fn ten_in_a_hundred_lost_for_good_or_repaired_too_late_still_show_pictures() {
    for codec in BOTH {
        for repair in [None, Some(400)] {
            let mut shown = 0;
            for seed in 1..=20 {
                let network = Network { loss: 10, doubled: 5, jitter: 10, repair };
                let (received, sent, counts) = run(codec, &network, 300, seed);
                assert_decodable(&received, &sent);
                assert!(counts.given_up > 0 && counts.key_frames > 1, "{counts:?}");
                assert!(counts.frames + counts.given_up <= 300, "{counts:?}");
                shown += received.len();
            }
            assert!(shown > 20 * 25, "{shown} frames of 6000");
        }
    }
}

#[test]
fn one_in_a_hundred_lost_for_good_costs_little() {
    for codec in BOTH {
        let network = Network { loss: 1, doubled: 0, jitter: 5, repair: None };
        let (received, sent, _) = run(codec, &network, 600, 7);
        assert_decodable(&received, &sent);
        assert!(received.len() > 300, "{} frames", received.len());
    }
}
