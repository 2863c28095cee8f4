//! How a call ends: time-outs, and one reason that holds at both ends.

use std::time::Duration;

use super::{Act, Call, Context, Line, Reachable, Role, Stage, State};
use crate::id::{CallId, PeerId};
use crate::time::Time;
use crate::wire::peer::{Devices, EndReason, Media, Signal};
use crate::wire::ui::EngineOrder;

/// Calls remembered after their end, for late and crossing goodbyes.
const PAST_KEPT: usize = 32;
/// How long the words about an ordinary end stay; those about a missed call stay until they are put away.
const SHOWN: Duration = Duration::from_secs(15);
/// How long a ringing call waits for a peer that went silent.
const SILENT: Duration = Duration::from_secs(10);
/// How long an accepted call waits for a peer whose node is known to have ended.
const NODE_ENDED: Duration = Duration::from_secs(3);

/// A call that is over, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its id.
    pub id: CallId,
    /// With whom.
    pub with: PeerId,
    /// Which end this was.
    pub role: Role,
    /// What was sent and received.
    pub media: (Media, Media),
    /// Their devices at the end.
    pub their_devices: Devices,
    /// How long they talked.
    pub talked: Option<Duration>,
    /// How it ended.
    pub reason: EndReason,
    /// Until when it is shown; `None` until it is put away.
    pub until: Option<Time>,
}

/// A call that is over, as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Its id.
    pub id: CallId,
    /// With whom.
    pub with: PeerId,
    /// Which end this was.
    pub role: Role,
    /// What the caller asked to send.
    pub media: Media,
    /// How long they talked.
    pub talked: Option<Duration>,
    /// How it ended.
    pub reason: EndReason,
}

impl Past {
    fn of(call: &Call, reason: EndReason, now: Time) -> Self {
        let media = match call.role {
            Role::Caller => call.mine,
            Role::Callee => call.theirs,
        };
        let talked = call.connected_at.map(|at| now.since(at));
        Self { id: call.id, with: call.with, role: call.role, media, talked, reason }
    }

    /// Somebody else's call that was never taken.
    pub(super) fn never_taken(id: CallId, with: PeerId, media: Media, reason: EndReason) -> Self {
        Self { id, with, role: Role::Callee, media, talked: None, reason }
    }

    /// One's own call that gave way to the other's.
    pub(super) fn gave_way(call: &Call, now: Time) -> Self {
        Self::of(call, EndReason::Superseded, now)
    }

    /// Somebody called and was not answered: whoever was called is to be told of it.
    pub fn missed(&self) -> bool {
        let unanswered = match self.reason {
            EndReason::Cancelled
            | EndReason::Busy
            | EndReason::NotAtScreen
            | EndReason::Unanswered
            | EndReason::Lost => true,
            EndReason::CodeMismatch
            | EndReason::Declined
            | EndReason::HungUp
            | EndReason::NoPath
            | EndReason::EngineFailed
            | EndReason::Superseded => false,
        };
        unanswered && self.role == Role::Callee && self.talked.is_none()
    }
}

impl Line {
    /// Calls that are over, the newest last.
    pub fn past(&self) -> impl Iterator<Item = &Past> {
        self.past.iter()
    }

    /// Ends the call here and tells the other side.
    pub(super) fn end(&mut self, reason: EndReason, cx: &mut Context<'_>) {
        if let State::Active(call) = std::mem::replace(&mut self.state, State::Idle) {
            call.say(Signal::Bye { call: call.id, reason }, cx);
            self.ended(&call, reason, cx);
        }
    }

    /// The other side ended it, or says how it saw the end.
    pub(super) fn said_bye(&mut self, from: PeerId, id: CallId, reason: EndReason, cx: &mut Context<'_>) {
        if self.active(id).is_some_and(|call| call.with == from) {
            if let State::Active(call) = std::mem::replace(&mut self.state, State::Idle) {
                self.ended(&call, reason, cx);
            }
            return;
        }
        let Some(past) = self.past.iter_mut().find(|past| past.id == id && past.with == from) else {
            return;
        };
        let agreed = past.reason.min(reason);
        if agreed != past.reason {
            past.reason = agreed;
            let past = *past;
            cx.act(Act::Over(past));
        }
        if let State::Ended(ended) = &mut self.state
            && ended.id == id
            && ended.reason != agreed
        {
            ended.reason = agreed;
            cx.act(Act::Changed);
        }
    }

    fn ended(&mut self, call: &Call, reason: EndReason, cx: &mut Context<'_>) {
        if let Some(page) = call.page() {
            cx.act(Act::Order(page, EngineOrder::Stop { call: call.id }));
        }
        self.past_call(Past::of(call, reason, cx.now), cx);
        // A call that gave way to another is nothing to tell anybody about.
        if reason != EndReason::Superseded {
            let missed = matches!(call.stage, Stage::Incoming { .. }) && reason != EndReason::Declined;
            self.state = State::Ended(Ended {
                id: call.id,
                with: call.with,
                role: call.role,
                media: (call.mine, call.theirs),
                their_devices: call.their_devices,
                talked: call.connected_at.map(|at| cx.now.since(at)),
                reason,
                until: (!missed).then(|| cx.now + SHOWN),
            });
        }
        cx.act(Act::Changed);
    }

    /// A call is over. One that gave way to another is nothing to tell anybody about.
    pub(super) fn past_call(&mut self, past: Past, cx: &mut Context<'_>) {
        if past.reason != EndReason::Superseded {
            cx.act(Act::Over(past));
        }
        self.note(past);
    }

    fn note(&mut self, past: Past) {
        while self.past.len() >= PAST_KEPT {
            self.past.pop_front();
        }
        self.past.push_back(past);
    }

    /// Whether it is over.
    pub fn is_past(&self, id: CallId) -> bool {
        self.past.iter().any(|past| past.id == id)
    }

    /// The peer's node cannot be reached; `certain` when it said goodbye or refuses connections.
    pub fn peer_absent(&mut self, peer: PeerId, certain: bool, cx: &mut Context<'_>) {
        let State::Active(call) = &mut self.state else {
            return;
        };
        if call.with != peer {
            return;
        }
        match (certain, call.stage) {
            (true, Stage::Outgoing { .. } | Stage::Incoming { .. }) => self.end(EndReason::Lost, cx),
            (true, Stage::Connecting { .. } | Stage::Connected | Stage::Reconnecting { .. }) => {
                call.reachable = Reachable::Absent { until: cx.now + NODE_ENDED };
            }
            (false, Stage::Outgoing { .. } | Stage::Incoming { .. }) => {
                call.reachable = Reachable::Absent { until: cx.now + SILENT };
            }
            // Its own deadline, or the media path itself, tells.
            (false, Stage::Connecting { .. } | Stage::Connected | Stage::Reconnecting { .. }) => {
                call.reachable = Reachable::Absent { until: Time::from_millis(u64::MAX) };
            }
        }
    }

    /// The peer's node can be reached again.
    pub fn peer_back(&mut self, peer: PeerId) {
        if let State::Active(call) = &mut self.state
            && call.with == peer
        {
            call.reachable = Reachable::Yes;
        }
    }

    /// The peer's node started anew: it knows nothing of any call.
    pub fn peer_restarted(&mut self, peer: PeerId, cx: &mut Context<'_>) {
        if self.call().is_some_and(|call| call.with == peer) {
            self.end(EndReason::Lost, cx);
        }
    }

    /// This node ends.
    pub fn shut_down(&mut self, cx: &mut Context<'_>) {
        if let Some(id) = self.call().map(|call| call.id) {
            // It is the call of this line, so it is there.
            let _ended = self.hang_up(id, cx);
        }
    }

    /// When to call [`Line::tick`] next.
    pub fn deadline(&self) -> Option<Time> {
        match &self.state {
            State::Idle => None,
            State::Ended(ended) => ended.until,
            State::Active(call) => {
                let stage = match call.stage {
                    Stage::Incoming { deadline, unattended } => {
                        Some(unattended.map_or(deadline, |at| at.min(deadline)))
                    }
                    Stage::Outgoing { deadline, .. }
                    | Stage::Connecting { deadline }
                    | Stage::Reconnecting { deadline } => Some(deadline),
                    Stage::Connected => None,
                };
                let seat = match call.seat {
                    super::Seat::Waiting { until } => Some(until),
                    super::Seat::Page(_) | super::Seat::Vacant => None,
                };
                [stage, seat, call.given_up_at()].into_iter().flatten().min()
            }
        }
    }

    /// Time passed.
    pub fn tick(&mut self, cx: &mut Context<'_>) {
        match &self.state {
            State::Idle => {}
            State::Ended(ended) => {
                if ended.until.is_some_and(|until| cx.now >= until) {
                    self.dismiss(cx);
                }
            }
            State::Active(call) => {
                if let Some(reason) = call.run_out(cx.now) {
                    self.end(reason, cx);
                }
            }
        }
    }
}

impl Call {
    /// When to give up a peer that is absent. While sound and picture flow its node may be away.
    fn given_up_at(&self) -> Option<Time> {
        match (self.reachable, self.stage) {
            (Reachable::Yes, _) | (_, Stage::Connected) => None,
            (
                Reachable::Absent { until },
                Stage::Outgoing { .. } | Stage::Incoming { .. } | Stage::Connecting { .. } | Stage::Reconnecting { .. },
            ) => Some(until),
        }
    }

    fn run_out(&self, now: Time) -> Option<EndReason> {
        if self.given_up_at().is_some_and(|at| now >= at) {
            return Some(EndReason::Lost);
        }
        if let Some(reason) = Line::seat_given_up(self, now) {
            return Some(reason);
        }
        match self.stage {
            Stage::Incoming { unattended: Some(at), .. } if now >= at => Some(EndReason::NotAtScreen),
            Stage::Outgoing { deadline, .. } | Stage::Incoming { deadline, .. } => {
                (now >= deadline).then_some(EndReason::Unanswered)
            }
            Stage::Connecting { deadline } => (now >= deadline).then_some(EndReason::NoPath),
            Stage::Connected => None,
            Stage::Reconnecting { deadline } => (now >= deadline).then_some(EndReason::Lost),
        }
    }
}
