//! What schedules came to: that nothing went wrong means little where nothing happened.

use std::collections::BTreeMap;

use crate::wire::peer::EndReason;

/// What happened, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// Schedules played.
    pub schedules: u64,
    /// Virtual milliseconds.
    pub lasted: u64,
    /// Calls placed.
    pub calls: u64,
    /// Times that a call's sound and picture came up, at one end.
    pub connected: u64,
    /// Calls that took the place of one's own that crossed it.
    pub crossed: u64,
    /// Signals applied.
    pub signals: u64,
    /// Of these, signals that only a data channel brought.
    pub relayed: u64,
    /// Messages that arrived.
    pub letters: u64,
    /// Calls ended, at each end, by reason.
    pub ends: BTreeMap<EndReason, u64>,
}

impl Story {
    /// Adds another story's numbers.
    pub fn add(&mut self, other: &Self) {
        self.schedules += other.schedules;
        self.lasted += other.lasted;
        self.calls += other.calls;
        self.connected += other.connected;
        self.crossed += other.crossed;
        self.signals += other.signals;
        self.relayed += other.relayed;
        self.letters += other.letters;
        for (&reason, count) in &other.ends {
            *self.ends.entry(reason).or_default() += count;
        }
    }
}
