//! Which quantizer makes a frame as large as it may be.

use super::tables::AC_STEPS;

/// How many times the average a key frame may take; the frames after it make up for it.
const KEY_SHARE: f64 = 4.0;
/// In how many frames what was spent too much is saved again.
const REPAID_IN: f64 = 12.0;
/// How many frames' worth is remembered: too much spent, and too little.
const MEMORY: (f64, f64) = (60.0, 4.0);
/// How many frames' worth may be spent too much before the picture freezes: even the coarsest quantizer is too fine.
const FROZEN_ABOVE: f64 = 12.0;
/// The bits of a frame shrink with the step to this power: at coarse steps more and more coefficients vanish.
const STEEPNESS: f64 = 1.4;

/// Chooses quantizers from what the frames before have cost.
#[derive(Debug)]
pub(super) struct Rate {
    /// Bits spent more than allowed.
    debt: f64,
    key: Model,
    later: Model,
}

/// What frames of one kind cost: `bits = complexity * factor / step ^ STEEPNESS`.
#[derive(Debug)]
struct Model {
    factor: f64,
}

/// How a frame is to be encoded.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The quantizer's index.
    pub(super) index: u8,
    /// Nothing is to be sent but that all stays as it was.
    pub(super) frozen: bool,
    key: bool,
    allowed: f64,
    complexity: f64,
    /// The last attempt, whatever it costs.
    last: bool,
}

impl Default for Rate {
    /// The factors are what the painter's picture costs; they are learned anew from the first frames.
    fn default() -> Self {
        Self { debt: 0.0, key: Model { factor: 20.0 }, later: Model { factor: 20.0 } }
    }
}

impl Rate {
    /// Plans a frame. `bits` is the average of a frame, `complexity` the sum of the differences in it.
    pub(super) fn plan(&mut self, key: bool, bits: usize, complexity: u32) -> Plan {
        let average = bits.max(1) as f64;
        self.debt = self.debt.clamp(-MEMORY.1 * average, MEMORY.0 * average);
        let allowed = if key {
            average * KEY_SHARE
        } else {
            (average - self.debt / REPAID_IN).clamp(average / 4.0, average * 1.5)
        };
        let complexity = f64::from(complexity.max(1));
        let frozen = !key && self.debt > FROZEN_ABOVE * average;
        let model = if key { &self.key } else { &self.later };
        Plan { index: model.index(complexity, allowed), frozen, key, allowed, complexity, last: frozen }
    }

    /// Learns what a frame has cost that was encoded by a plan.
    pub(super) fn learn(&mut self, plan: &Plan, bits: usize) {
        if plan.frozen {
            return;
        }
        let model = if plan.key { &mut self.key } else { &mut self.later };
        let factor = bits as f64 * step(plan.index).powf(STEEPNESS) / plan.complexity;
        // A half of each: steady against a single frame, and right again after a few.
        model.factor = if plan.last { factor } else { (model.factor * factor).sqrt() };
    }

    /// Another plan when a frame by this one became far too large.
    pub(super) fn again(&self, plan: &Plan, bits: usize) -> Option<Plan> {
        if plan.last || plan.index == 127 || (bits as f64) < plan.allowed * 2.0 {
            return None;
        }
        let model = if plan.key { &self.key } else { &self.later };
        let index = model.index(plan.complexity, plan.allowed).max((plan.index + 8).min(127));
        Some(Plan { index, last: true, ..plan.clone() })
    }

    /// Counts a frame that is sent.
    pub(super) fn spend(&mut self, allowed: usize, bits: usize) {
        self.debt += bits as f64 - allowed as f64;
    }
}

impl Model {
    /// The finest quantizer with which a frame takes no more than `allowed`.
    fn index(&self, complexity: f64, allowed: f64) -> u8 {
        let wanted = (complexity * self.factor / allowed).powf(1.0 / STEEPNESS);
        let finer = AC_STEPS.iter().position(|step| f64::from(*step) >= wanted);
        // Finer than 4 shows nothing more, and would make a still picture cost as much as a moving one.
        finer.unwrap_or(127).max(4) as u8
    }
}

fn step(index: u8) -> f64 {
    f64::from(AC_STEPS[usize::from(index.min(127))])
}
