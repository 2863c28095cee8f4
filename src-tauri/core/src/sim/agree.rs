//! Both ends end up agreeing on how each call ended.

use super::World;
use super::consent::Placed;
use super::queue::{At, Run};
use super::settle::lives;
use crate::call::{Line, State};
use crate::id::CallId;
use crate::wire::peer::EndReason;

/// What a node makes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It goes on.
    Active,
    /// It is over.
    Over(EndReason),
    /// The node does not know it, or not any more.
    Unknown,
}

fn fate(line: &Line, call: CallId) -> Fate {
    if line.call().is_some_and(|active| active.id == call) {
        return Fate::Active;
    }
    line.past().find(|past| past.id == call).map_or(Fate::Unknown, |past| Fate::Over(past.reason))
}

impl World {
    /// Two ends that do not agree on a call.
    pub(super) fn disagreement(&self) -> Option<String> {
        for at in 0..self.devices.len() {
            if let Some(State::Ended(ended)) = self.line(at).map(Line::state) {
                let past = self.line(at).map(|line| fate(line, ended.id));
                if past != Some(Fate::Over(ended.reason)) {
                    return Some(format!("device {at} shows {:?}, knows {past:?}", ended.reason));
                }
            }
        }
        self.ledger.placed.iter().find_map(|(&call, &placed)| self.disagrees(call, placed))
    }

    fn disagrees(&self, call: CallId, placed: Placed) -> Option<String> {
        // Whoever crashed or was shut down since forgot the call, which only the other end remembers: nothing is left
        // to agree with. The same holds where the callee started after the call was placed.
        let callee = placed.callee?;
        if !lives(self, placed.caller) || !lives(self, callee) {
            return None;
        }
        // One of the two hides: they cannot tell each other anything any more.
        if !self.devices[callee.at].is_visible() || !self.devices[placed.caller.at].is_visible() {
            return None;
        }
        // After minutes apart one of the two forgot the other, with all that was still to be said.
        if self.forgot(placed.caller.at, callee.at) {
            return None;
        }
        let fates = [placed.caller, callee].map(|Run { at, .. }| self.line(at).map(|line| fate(line, call)));
        match fates {
            [Some(Fate::Over(a)), Some(Fate::Over(b))] if a == b => None,
            [Some(Fate::Active), Some(Fate::Active)] => None,
            // Only the last calls are remembered.
            [Some(Fate::Unknown), _] if self.past_full(placed.caller.at) => None,
            [_, Some(Fate::Unknown)] if self.past_full(callee.at) => None,
            _ => Some(format!("call {call:?} of {placed:?}: {fates:?}")),
        }
    }

    fn past_full(&self, at: At) -> bool {
        self.line(at).is_some_and(|line| line.past().count() >= 32)
    }

    /// One of the two forgot the other, after minutes apart: a session of theirs is not the first.
    fn forgot(&self, a: At, b: At) -> bool {
        let session = |at: At, of: At| {
            let node = &self.devices[at].life.as_ref()?.node;
            node.roster().get(self.devices[of].peer)?.session.as_ref()
        };
        match (session(a, b), session(b, a)) {
            (Some(here), Some(_)) => {
                let (mine, theirs) = here.boots();
                let mut sessions = self.said.keys().filter(|(from, to)| {
                    (from.count, to.count) == (mine.count, theirs.count)
                        && (near(from.random, mine.random) && near(to.random, theirs.random))
                });
                sessions.any(|key| *key != (mine, theirs))
            }
            _ => true,
        }
    }
}

/// Boots of one start differ by how often it forgot somebody.
fn near(a: u64, b: u64) -> bool {
    a.abs_diff(b) < 1000
}
