//! A bottleneck: a queue of 20 packets, a rate that changes, propagation, and random loss behind it.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Dice, Load, Packet};

/// As the measured link had.
const QUEUE: usize = 20;

pub(super) struct Link {
    propagation: Duration,
    loss: f64,
    queue: VecDeque<(Duration, Packet)>,
    /// When the last packet will have left it.
    free: Duration,
    flying: VecDeque<(Duration, Packet)>,
    /// Packets of picture lost that were no repairs.
    pub(super) lost: u64,
}

impl Link {
    pub(super) const fn new(propagation: Duration, loss: f64) -> Self {
        Self { propagation, loss, queue: VecDeque::new(), free: Duration::ZERO, flying: VecDeque::new(), lost: 0 }
    }

    pub(super) fn push(&mut self, at: Duration, packet: Packet) {
        if self.queue.len() >= QUEUE {
            self.lose(&packet);
        } else {
            self.queue.push_back((at, packet));
        }
    }

    /// What arrives until now.
    pub(super) fn step(&mut self, now: Duration, rate: u64, dice: &mut Dice) -> Vec<(Duration, Packet)> {
        while let Some(&(came, packet)) = self.queue.front() {
            let takes = Duration::from_secs_f64(packet.bytes as f64 * 8.0 / rate as f64);
            let gone = self.free.max(came) + takes;
            if gone > now {
                break;
            }
            self.queue.pop_front();
            self.free = gone;
            if dice.between(0.0, 1.0) < self.loss {
                self.lose(&packet);
            } else {
                self.flying.push_back((gone + self.propagation, packet));
            }
        }
        std::iter::from_fn(|| self.flying.pop_front_if(|(arrival, _)| *arrival <= now)).collect()
    }

    fn lose(&mut self, packet: &Packet) {
        if !packet.repair && packet.load != Load::Sound {
            self.lost += 1;
        }
    }
}
