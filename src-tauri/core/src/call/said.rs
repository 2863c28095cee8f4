//! What the other side's signals do. They arrive in order and once ([`crate::signals`]).

use std::time::Duration;

use super::{Act, Call, Context, Line, Past, RING, Role, Stage, State, devices_of};
use crate::code::Exchange;
use crate::id::{CallId, Commitment, PeerId};
use crate::wire::peer::{EndReason, Media, Signal};

/// Two that call each other at once: whose call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Glare {
    /// Ours: their invite is passed over, they will answer ours.
    Ours,
    /// Theirs: ours is withdrawn and theirs answered, since this person's click already said yes.
    Theirs,
}

/// The larger id wins; equal ids are one and the same call only if somebody cheats, and then ours stays.
fn glare(ours: CallId, theirs: CallId) -> Glare {
    if theirs > ours { Glare::Theirs } else { Glare::Ours }
}

/// An invite as it came.
struct Invite {
    call: CallId,
    media: Media,
    commitment: Commitment,
    age: Duration,
}

impl Line {
    /// Something was said by a peer, `age_ms` ago.
    pub fn said(&mut self, from: PeerId, signal: Signal, age_ms: u64, cx: &mut Context<'_>) {
        if let Signal::Invite { call, media, commitment, members: _ } = signal {
            let age = Duration::from_millis(age_ms);
            return self.invited(from, &Invite { call, media, commitment, age }, cx);
        }
        if let Signal::Bye { call, reason } = signal {
            return self.said_bye(from, call, reason, cx);
        }
        // Signals about a call that is over, or never was, are late, not wrong.
        let Some(call) = self.active(signal.call()).filter(|call| call.with == from) else {
            return;
        };
        let broken = match signal {
            Signal::Invite { .. } | Signal::Bye { .. } => false,
            Signal::Ringing { .. } => {
                if let Stage::Outgoing { ringing, .. } = &mut call.stage {
                    *ringing = true;
                    call.seek_page(cx);
                    cx.act(Act::Changed);
                }
                false
            }
            Signal::Accept { media, .. } => {
                if matches!(call.stage, Stage::Outgoing { .. }) {
                    call.theirs = media;
                    call.their_devices = devices_of(media);
                    call.consent(cx);
                }
                false
            }
            Signal::Nonce { attempt, nonce, .. } => {
                let step = call.exchange.nonce(attempt, nonce);
                call.code_step(step, cx)
            }
            Signal::Reveal { attempt, nonce, .. } => {
                let step = call.exchange.reveal(attempt, nonce);
                call.code_step(step, cx)
            }
            Signal::Description { attempt, description, .. } => {
                call.their_description(attempt, description, cx);
                false
            }
            Signal::Candidate { attempt, candidate, .. } => {
                call.their_candidate(attempt, candidate, cx);
                false
            }
            Signal::Renew { attempt, .. } => {
                call.their_renew(attempt, cx);
                false
            }
            Signal::Devices { devices, .. } => {
                call.their_devices = devices;
                cx.act(Act::Changed);
                false
            }
        };
        if broken {
            self.end(EndReason::CodeMismatch, cx);
        }
    }

    fn invited(&mut self, from: PeerId, invite: &Invite, cx: &mut Context<'_>) {
        if self.is_past(invite.call) {
            return;
        }
        if invite.age >= RING {
            return self.refuse(from, invite, EndReason::Unanswered, cx);
        }
        match &mut self.state {
            State::Idle | State::Ended(_) => self.ring(from, invite, cx),
            State::Active(call) if call.with == from && matches!(call.stage, Stage::Outgoing { .. }) => {
                match glare(call.id, invite.call) {
                    Glare::Ours => {
                        let reason = EndReason::Superseded;
                        self.past_call(Past::never_taken(invite.call, from, invite.media, reason), cx);
                    }
                    Glare::Theirs => self.yield_to(from, invite, cx),
                }
            }
            State::Active(_) => self.refuse(from, invite, EndReason::Busy, cx),
        }
    }

    fn ring(&mut self, from: PeerId, invite: &Invite, cx: &mut Context<'_>) {
        let unattended = match (cx.pages.is_empty(), cx.pages.back_until(cx.now)) {
            (false, _) => None,
            (true, Some(until)) => Some(until),
            (true, None) => return self.refuse(from, invite, EndReason::NotAtScreen, cx),
        };
        let exchange = Exchange::callee(cx.me, from, invite.commitment, cx.rng);
        // A little longer than the caller's, so that as a rule one clock decides.
        let deadline = cx.now + (RING + Duration::from_secs(5)).saturating_sub(invite.age);
        let stage = Stage::Incoming { deadline, unattended };
        let mut call = Call::new(invite.call, from, Role::Callee, (invite.media, invite.media), stage, exchange);
        call.say(Signal::Ringing { call: invite.call }, cx);
        cx.act(Act::Changed);
        call.seat_warm_up(cx);
        self.state = State::Active(Box::new(call));
        cx.act(Act::Changed);
    }

    /// Both called, theirs goes on: this side's click counts as its yes, and each sends only what its own click asked.
    fn yield_to(&mut self, from: PeerId, invite: &Invite, cx: &mut Context<'_>) {
        let State::Active(ours) = std::mem::replace(&mut self.state, State::Idle) else {
            return;
        };
        let exchange = Exchange::callee(cx.me, from, invite.commitment, cx.rng);
        let mut call = Call::new(invite.call, from, Role::Callee, (ours.mine, invite.media), ours.stage, exchange);
        call.instead_of = Some(ours.id);
        call.say(Signal::Accept { call: invite.call, media: ours.mine }, cx);
        call.say(Signal::Bye { call: ours.id, reason: EndReason::Superseded }, cx);
        self.past_call(Past::gave_way(&ours, cx.now), cx);
        call.seat = ours.seat;
        call.page_sought = ours.page_sought;
        call.consent(cx);
        if let Some(page) = ours.page() {
            call.sit(page, cx);
        }
        self.state = State::Active(Box::new(call));
        cx.act(Act::Changed);
    }

    fn refuse(&mut self, from: PeerId, invite: &Invite, reason: EndReason, cx: &mut Context<'_>) {
        let call = invite.call;
        self.past_call(Past::never_taken(call, from, invite.media, reason), cx);
        cx.act(Act::Say { peer: from, signal: Signal::Bye { call, reason }, relay: None });
    }
}
