//! The connection: which attempt it is, what the page's engine says and what it is told.
//!
//! Descriptions and candidates are opaque here but for the certificate's fingerprint. What comes before a page can take
//! it is kept; what belongs to another attempt is dropped.

use super::{Act, Call, Context, Line, RECONNECT, Seat, Stage};
use crate::candidate::{CANDIDATES_TAKEN, Outgoing};
use crate::code::Step;
use crate::id::{Attempt, CallId, PageId};
use crate::wire::peer::{Candidate, Description, Devices, EndReason, Signal};
use crate::wire::ui::{EngineOrder, FailureCode, Path};

/// Orders kept for a page that is not there yet: an offer, an answer, the candidates, and room.
const EARLY_KEPT: usize = 32;
/// Candidates kept until both said yes: more than the other side takes are of no use.
const WITHHELD_KEPT: usize = CANDIDATES_TAKEN as usize;

impl Call {
    /// The connection's number.
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// Gives an order to the page's engine, or keeps it until there is one.
    pub(super) fn order(&mut self, order: EngineOrder, cx: &mut Context<'_>) {
        match self.seat {
            Seat::Page(page) => cx.act(Act::Order(page, order)),
            Seat::Waiting { .. } | Seat::Vacant if self.early.len() < EARLY_KEPT => self.early.push(order),
            Seat::Waiting { .. } | Seat::Vacant => {}
        }
    }

    /// From now on another connection counts.
    pub(super) fn reset_attempt(&mut self, attempt: Attempt, cx: &mut Context<'_>) {
        self.attempt = attempt;
        self.early.clear();
        self.withheld.clear();
        self.candidates_taken = 0;
        self.path_up = false;
        if self.stage == Stage::Connected {
            self.stage = Stage::Reconnecting { deadline: cx.now + RECONNECT };
        }
    }

    /// A description of the other side.
    pub(super) fn their_description(&mut self, attempt: Attempt, description: Description, cx: &mut Context<'_>) {
        if let Some(fingerprint) = description.sdp.fingerprint() {
            self.exchange.theirs(attempt, fingerprint);
        }
        if attempt == self.attempt {
            // An ICE restart begins with a description, and has candidates of its own.
            self.candidates_taken = 0;
            self.order(EngineOrder::Description { call: self.id, attempt, description }, cx);
        }
        self.exchange_code(cx);
    }

    /// A candidate of the other side, already found believable.
    pub(super) fn their_candidate(&mut self, attempt: Attempt, candidate: Candidate, cx: &mut Context<'_>) {
        if attempt == self.attempt && self.candidates_taken < CANDIDATES_TAKEN {
            // The word that no more will come names no address.
            if !candidate.line.as_str().is_empty() {
                self.candidates_taken += 1;
            }
            self.order(EngineOrder::Candidate { call: self.id, attempt, candidate }, cx);
        }
    }

    /// The other side had to make a new connection: so must this one.
    pub(super) fn their_renew(&mut self, attempt: Attempt, cx: &mut Context<'_>) {
        if attempt <= self.attempt {
            return;
        }
        self.reset_attempt(attempt, cx);
        if let Seat::Page(page) = self.seat {
            cx.act(Act::Order(page, self.start_order(cx)));
        }
        cx.act(Act::Changed);
    }

    /// Says the candidates that were not for the other side to know while it rang.
    pub(super) fn say_withheld(&mut self, cx: &mut Context<'_>) {
        let (call, attempt) = (self.id, self.attempt);
        for candidate in std::mem::take(&mut self.withheld) {
            self.say(Signal::Candidate { call, attempt, candidate }, cx);
        }
    }

    /// The callee's part of the short code, as soon as it may be said.
    pub(super) fn exchange_code(&mut self, cx: &mut Context<'_>) {
        if self.stage.consented() {
            let step = self.exchange.accepted();
            self.code_step(step, cx);
        }
    }

    /// Carries out a step of the exchange; true if the promise was broken.
    pub(super) fn code_step(&mut self, step: Step, cx: &mut Context<'_>) -> bool {
        let call = self.id;
        match step {
            Step::Wait => cx.act(Act::Changed),
            Step::SayNonce(attempt, nonce) => self.say(Signal::Nonce { call, attempt, nonce }, cx),
            Step::SayReveal(attempt, nonce) => {
                self.say(Signal::Reveal { call, attempt, nonce }, cx);
                cx.act(Act::Changed);
            }
            Step::Broken => return true,
        }
        false
    }
}

impl Line {
    /// The call, if this page's engine speaks for it. What an engine says of a call that is over, or that went on to
    /// another page, was said a moment too late: of no interest and no fault.
    fn seated(&mut self, page: PageId, id: CallId) -> Result<Option<&mut Call>, FailureCode> {
        if self.is_past(id) {
            return Ok(None);
        }
        let call = self.active(id).ok_or(FailureCode::NoSuchCall)?;
        Ok(Some(call).filter(|call| call.seat == Seat::Page(page)))
    }

    /// The call, if this page's engine speaks for its present connection.
    fn seated_at(&mut self, page: PageId, id: CallId, attempt: Attempt) -> Result<Option<&mut Call>, FailureCode> {
        Ok(self.seated(page, id)?.filter(|call| call.attempt == attempt))
    }

    /// The engine made a description.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] for a call that never was.
    pub fn engine_described(
        &mut self,
        page: PageId,
        id: CallId,
        attempt: Attempt,
        description: Description,
        cx: &mut Context<'_>,
    ) -> Result<(), FailureCode> {
        let Some(call) = self.seated_at(page, id, attempt)? else {
            return Ok(());
        };
        if let Some(fingerprint) = description.sdp.fingerprint() {
            call.exchange.mine(attempt, fingerprint);
        }
        let description = Description { kind: description.kind, sdp: description.sdp.without_candidates() };
        call.say(Signal::Description { call: id, attempt, description }, cx);
        call.exchange_code(cx);
        Ok(())
    }

    /// The engine found candidates; they are what [`crate::candidate::outgoing`] made of one.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] for a call that never was.
    pub fn engine_found(
        &mut self,
        page: PageId,
        id: CallId,
        attempt: Attempt,
        candidates: Outgoing<Candidate>,
        cx: &mut Context<'_>,
    ) -> Result<(), FailureCode> {
        let Some(call) = self.seated_at(page, id, attempt)? else {
            return Ok(());
        };
        for candidate in candidates.now {
            call.say(Signal::Candidate { call: id, attempt, candidate }, cx);
        }
        let room = WITHHELD_KEPT.saturating_sub(call.withheld.len());
        call.withheld.extend(candidates.later.into_iter().take(room));
        if call.stage.consented() {
            call.say_withheld(cx);
        }
        Ok(())
    }

    /// The engine's path came up or went down.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] for a call that never was.
    pub fn engine_path(
        &mut self,
        page: PageId,
        id: CallId,
        attempt: Attempt,
        path: Path,
        cx: &mut Context<'_>,
    ) -> Result<(), FailureCode> {
        let Some(call) = self.seated_at(page, id, attempt)? else {
            return Ok(());
        };
        call.path_up = path == Path::Up;
        call.stage = match (call.stage, path) {
            (Stage::Connecting { .. } | Stage::Reconnecting { .. }, Path::Up) => Stage::Connected,
            (Stage::Connected, Path::Down) => Stage::Reconnecting { deadline: cx.now + RECONNECT },
            (stage @ (Stage::Outgoing { .. } | Stage::Incoming { .. } | Stage::Connected), Path::Up)
            | (
                stage @ (Stage::Outgoing { .. }
                | Stage::Incoming { .. }
                | Stage::Connecting { .. }
                | Stage::Reconnecting { .. }),
                Path::Down,
            ) => stage,
        };
        if call.stage == Stage::Connected {
            call.connected_at.get_or_insert(cx.now);
        }
        cx.act(Act::Changed);
        Ok(())
    }

    /// The engine's connection is of no use; both sides make a new one.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] for a call that never was.
    pub fn engine_renew(
        &mut self,
        page: PageId,
        id: CallId,
        attempt: Attempt,
        cx: &mut Context<'_>,
    ) -> Result<(), FailureCode> {
        let Some(call) = self.seated_at(page, id, attempt)? else {
            return Ok(());
        };
        call.begin_attempt(cx);
        cx.act(Act::Order(page, call.start_order(cx)));
        cx.act(Act::Changed);
        Ok(())
    }

    /// The engine cannot go on at all.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] for a call that never was.
    pub fn engine_failed(&mut self, page: PageId, id: CallId, cx: &mut Context<'_>) -> Result<(), FailureCode> {
        if self.seated(page, id)?.is_some() {
            self.end(EndReason::EngineFailed, cx);
        }
        Ok(())
    }

    /// Devices were switched on or off here; the other side says so on its screen.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] for a call that never was.
    pub fn engine_devices(
        &mut self,
        page: PageId,
        id: CallId,
        devices: Devices,
        cx: &mut Context<'_>,
    ) -> Result<(), FailureCode> {
        let Some(call) = self.seated(page, id)? else {
            return Ok(());
        };
        if call.stage.consented() {
            call.say(Signal::Devices { call: id, devices }, cx);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::super::{Act, Context, Line};
    use crate::candidate::Outgoing;
    use crate::id::{Attempt, PageId, PeerId};
    use crate::pages::Pages;
    use crate::roster::Roster;
    use crate::text::CandidateLine;
    use crate::time::Time;
    use crate::wire::peer::{Candidate, Media, Signal};
    use crate::wire::ui::PageCaps;

    fn candidate(address: &str) -> Candidate {
        let line = format!("candidate:1 1 udp 2122 {address} 50000 typ host");
        Candidate { line: CandidateLine::new(line).unwrap(), index: 0 }
    }

    #[test]
    fn what_lies_on_other_networks_is_told_once_both_said_yes() {
        let (page, peer) = (PageId(1), PeerId::from_bytes([2; 32]));
        let mut pages = Pages::default();
        pages.attach(page, PageCaps::seen(true));
        let mut rng = StdRng::seed_from_u64(1);
        let mut line = Line::default();
        let roster = Roster::default();
        // The candidates told while this is done.
        let mut told = |step: &mut dyn FnMut(&mut Line, &mut Context<'_>)| {
            let mut acts = Vec::new();
            let (me, now) = (PeerId::from_bytes([1; 32]), Time::default());
            step(&mut line, &mut Context { me, now, pages: &pages, roster: &roster, rng: &mut rng, acts: &mut acts });
            acts.into_iter()
                .filter_map(|act| {
                    let Act::Say { signal: Signal::Candidate { candidate, .. }, .. } = act else {
                        return None;
                    };
                    Some(candidate)
                })
                .collect::<Vec<_>>()
        };

        told(&mut |line, cx| line.place(page, peer, Media::Video, cx).unwrap());
        let found =
            |here: &str, elsewhere: &str| Outgoing { now: vec![candidate(here)], later: vec![candidate(elsewhere)] };
        let ringing = told(&mut |line, cx| {
            let id = line.call().unwrap().id;
            line.engine_found(page, id, Attempt::FIRST, found("10.0.0.2", "192.168.7.2"), cx).unwrap();
        });
        assert_eq!(ringing, [candidate("10.0.0.2")]);
        let accepted = told(&mut |line, cx| {
            let call = line.call().unwrap().id;
            line.said(peer, Signal::Accept { call, media: Media::Video }, 0, cx);
        });
        assert_eq!(accepted, [candidate("192.168.7.2")]);
        let after = told(&mut |line, cx| {
            let id = line.call().unwrap().id;
            line.engine_found(page, id, Attempt::FIRST, found("10.0.0.3", "192.168.7.3"), cx).unwrap();
        });
        assert_eq!(after, [candidate("10.0.0.3"), candidate("192.168.7.3")]);
    }
}
