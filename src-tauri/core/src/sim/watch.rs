//! What must hold after every single event.

use std::collections::BTreeSet;
use std::time::Duration;

use super::World;
use super::queue::At;
use crate::call::{CONNECT, Line, RECONNECT, RING, Stage};
use crate::id::{CallId, PageId};
use crate::node::{Action, Event, LINKS_TAKEN, Traced};
use crate::signals::{EARLY, UNACKNOWLEDGED};
use crate::wire::ui::{Command, EngineOrder, Notice};

/// Calls a line remembers.
const PAST: usize = 32;
/// How long a frame may be stuck in a link whose cable is out, where its age does not grow.
const STUCK: Duration = Duration::from_secs(12);

/// What is remembered of a node from event to event.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Pages whose engine was started and not stopped.
    pub(super) seats: BTreeSet<PageId>,
    stage: Option<(CallId, Kind, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Outgoing,
    Incoming,
    Connecting,
    Connected,
    Reconnecting,
}

impl Kind {
    fn of(stage: Stage) -> Self {
        match stage {
            Stage::Outgoing { .. } => Self::Outgoing,
            Stage::Incoming { .. } => Self::Incoming,
            Stage::Connecting { .. } => Self::Connecting,
            Stage::Connected => Self::Connected,
            Stage::Reconnecting { .. } => Self::Reconnecting,
        }
    }

    /// How long it may last.
    fn most(self) -> Option<Duration> {
        match self {
            Self::Outgoing => Some(RING),
            Self::Incoming => Some(RING + Duration::from_secs(5)),
            Self::Connecting => Some(CONNECT),
            Self::Connected => None,
            Self::Reconnecting => Some(RECONNECT),
        }
    }
}

impl World {
    /// Checks a node after an event.
    pub(super) fn check_node(&mut self, at: At, ticked: bool) {
        let clock = self.clock(at);
        let now = self.now;
        let Some(life) = self.devices[at].life.as_mut() else {
            return;
        };
        let node = &life.node;
        if ticked && node.deadline().is_some_and(|deadline| deadline <= clock) {
            return self.fail(at, "after a tick the next is due at once: the node would spin");
        }
        let bounded = node.line().past().count() <= PAST
            && node.links().count() <= LINKS_TAKEN
            && node.roster().iter().all(|(_, person)| {
                person
                    .session
                    .as_ref()
                    .is_none_or(|session| session.waiting() <= UNACKNOWLEDGED && session.early() <= EARLY)
            });
        let dangling = node.roster().linked().any(|(peer, _, used)| {
            let link = node.links().find(|(id, _)| *id == used);
            link.is_none_or(|(_, link)| link.peer != peer || link.boot().is_none())
        });
        if dangling {
            return self.fail(at, "somebody's link in use is none");
        }
        if !bounded {
            return self.fail(at, "a queue is longer than its bound");
        }
        let stage = node.line().call().map(|call| (call.id, Kind::of(call.stage)));
        let since = match (stage, life.watch.stage) {
            (Some((id, kind)), Some((known, before, since))) if (id, kind) == (known, before) => since,
            _ => now,
        };
        life.watch.stage = stage.map(|(id, kind)| (id, kind, since));
        self.story.connected += u64::from(stage.is_some_and(|(_, kind)| kind == Kind::Connected) && since == now);
        self.check_call(at);
        let Some((id, kind)) = stage else { return };
        let lasted = Duration::from_millis(now - since);
        if kind.most().is_some_and(|most| lasted > most) {
            return self.fail(at, &format!("{kind:?} lasts for {lasted:?}"));
        }
        if kind == Kind::Incoming && since == now {
            let placed = self.ledger.placed.get(&id).map_or(now, |placed| placed.time);
            if Duration::from_millis(now - placed) > RING + STUCK {
                self.fail(at, "a call rings long after it was placed");
            }
        }
    }

    /// What both ends of a call must see alike at any time.
    fn check_call(&mut self, at: At) {
        let Some(call) = self.line(at).and_then(Line::call) else { return };
        let there = self.at_of(call.with).and_then(|other| self.line(other)?.call());
        let Some(there) = there.filter(|there| there.id == call.id) else { return };
        let both = call.stage == Stage::Connected && there.stage == Stage::Connected;
        if both && call.attempt() != there.attempt() {
            return self.fail(at, "the two ends are connected by different attempts");
        }
        let (mine, theirs) = (call.code(), there.code());
        if !mine.is_empty() && !theirs.is_empty() && mine != theirs {
            self.fail(at, "the two ends show different short codes");
        }
    }

    /// What an engine says in good faith is never refused, however late it comes: the page would show an error.
    pub(super) fn check_answer(&mut self, at: At, event: &Event, actions: &[Action]) {
        let Event::Command { command, .. } = event else { return };
        let engine = matches!(
            command,
            Command::Description { .. }
                | Command::Candidate { .. }
                | Command::Path { .. }
                | Command::Renew { .. }
                | Command::EngineFailed { .. }
                | Command::Devices { .. }
                | Command::Relayed { .. }
        );
        let refusal = |action: &Action| matches!(action, Action::Notify(_, Notice::Refused { .. }));
        if engine && actions.iter().any(refusal) {
            self.fail(at, "an engine's word was refused");
        }
    }

    /// One page at a time holds a call.
    pub(super) fn check_order(&mut self, at: At, page: PageId, notice: &Notice) {
        let Notice::Engine { order } = notice else {
            return;
        };
        let Some(life) = self.devices[at].life.as_mut() else {
            return;
        };
        let seats = &mut life.watch.seats;
        match order {
            EngineOrder::Start { .. } => {
                seats.insert(page);
            }
            EngineOrder::Stop { .. } => {
                seats.remove(&page);
            }
            EngineOrder::Description { .. } | EngineOrder::Candidate { .. } | EngineOrder::Relay { .. } => {}
        }
        if seats.len() > 1 {
            self.fail(at, "two pages run an engine at once");
        }
    }

    /// Every signal is applied once and in the order it was said. Gives how many were.
    pub(super) fn check_signals(&mut self, at: At) -> u64 {
        let mut applied = 0;
        let Some(life) = self.devices[at].life.as_mut() else {
            return applied;
        };
        for traced in life.node.recorded() {
            match traced {
                Traced::Said(numbered) => {
                    let said = self.said.entry((numbered.from, numbered.to)).or_default();
                    said.signals.push(numbered.signal);
                    if said.signals.len() as u64 != numbered.n {
                        self.fail(at, "a signal's number is not the next");
                        break;
                    }
                }
                Traced::Applied { from, to, n, signal } => {
                    let said = self.said.entry((from, to)).or_default();
                    let next = said.applied;
                    said.applied += 1;
                    applied += 1;
                    if n != next as u64 + 1 || said.signals.get(next) != Some(&signal) {
                        self.fail(at, "a signal was lost, doubled or changed");
                        break;
                    }
                }
            }
        }
        self.story.signals += applied;
        applied
    }
}
