//! Signals: over a link, over a page's data channel, or held until there is either.

use super::{Action, Node};
use crate::id::{BootId, LinkId, PageId, PeerId};
use crate::signals::{EARLY, Heard};
use crate::time::Time;
use crate::wire::encode;
use crate::wire::peer::{Farewell, Frame, NumberedSignal, Signal};
use crate::wire::ui::{EngineOrder, Notice};

/// Signals held for somebody who is not linked yet: an invite, a hang-up, a first offer and its candidates.
const SIGNALS_HELD: usize = 64;

impl Node {
    /// The boot this peer is told. Whom this node has forgotten may remember the session they had, and its numbers: to
    /// them this node is as good as started anew, so they are told a later boot.
    pub(super) fn boot_to(&self, peer: PeerId) -> BootId {
        let session = self.roster.get(peer).and_then(|person| person.session.as_ref());
        let told = session.map(|session| session.boots().0);
        let link = self.links.values().find(|link| link.peer == peer);
        let now = BootId { random: self.boot.random.wrapping_add(self.forgotten), ..self.boot };
        told.or(link.map(|link| link.told)).unwrap_or(now)
    }

    /// Whether nothing goes on with somebody: no call, and no link whose hello has told them of a session.
    pub(super) fn may_forget(&self, peer: PeerId) -> bool {
        self.line.with() != Some(peer) && self.links.values().all(|link| link.peer != peer)
    }

    /// Forgets what was said with somebody; they may remember it.
    pub(super) fn forget_session(&mut self, peer: PeerId) {
        if let Some(person) = self.roster.get_mut(peer)
            && person.session.take().is_some()
        {
            self.forgotten += 1;
        }
    }

    /// Says a signal: over the link, and over a page's data channel if one is named.
    pub(super) fn say(
        &mut self,
        peer: PeerId,
        signal: Signal,
        relay: Option<PageId>,
        now: Time,
        out: &mut Vec<Action>,
    ) {
        let call = signal.call();
        let Some(person) = self.roster.get_mut(peer) else {
            return;
        };
        if person.session.is_none() {
            if person.held.len() < SIGNALS_HELD {
                person.held.push((now, signal));
            }
            return;
        }
        let link = person.link;
        let Some(numbered) = self.number(peer, signal, now) else {
            return self.start_over(peer, now, out);
        };
        if let Some(page) = relay {
            // With all that may have been lost with the link: what comes after something missing is kept back there.
            let session = self.roster.get(peer).and_then(|person| person.session.as_ref());
            let frames = session.map(|session| session.unacknowledged(now)).unwrap_or_default();
            out.extend(frames.iter().take(EARLY).map(|frame| {
                let order = EngineOrder::Relay { call, frame: encode(frame) };
                Action::Notify(page, Notice::Engine { order })
            }));
        }
        if let Some(link) = link {
            out.push(Action::Send { link, frame: Frame::Signal(Box::new(numbered)) });
        }
    }

    /// Gives a signal its number in the session; `None` if too many wait already.
    pub(super) fn number(&mut self, peer: PeerId, signal: Signal, at: Time) -> Option<NumberedSignal> {
        let session = self.roster.get_mut(peer)?.session.as_mut()?;
        let numbered = session.say(signal, at).ok()?;
        #[cfg(any(test, feature = "sim"))]
        self.record_said(&numbered);
        Some(numbered)
    }

    /// The peer has not acknowledged hundreds of signals: all begins anew, as if it had restarted.
    pub(super) fn start_over(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        self.forget_session(peer);
        let links: Vec<LinkId> = self.links.iter().filter(|(_, link)| link.peer == peer).map(|(id, _)| *id).collect();
        for id in links {
            self.drop_link(id, Farewell::Protocol, now, out);
        }
        self.on_line(now, out, |line, cx| line.peer_restarted(peer, cx));
    }

    pub(super) fn signal(
        &mut self,
        id: LinkId,
        peer: PeerId,
        numbered: NumberedSignal,
        now: Time,
        out: &mut Vec<Action>,
    ) {
        let Some(session) = self.roster.get_mut(peer).and_then(|person| person.session.as_mut()) else {
            return;
        };
        let Ok(heard) = session.hear(numbered) else {
            return self.drop_link(id, Farewell::Protocol, now, out);
        };
        let n = session.last_heard();
        out.push(Action::Send { link: id, frame: Frame::Ack { n } });
        self.apply(peer, heard, now, out);
    }

    /// Applies signals that are next in their order.
    pub(super) fn apply(&mut self, peer: PeerId, heard: Vec<Heard>, now: Time, out: &mut Vec<Action>) {
        #[cfg(any(test, feature = "sim"))]
        self.record_heard(peer, &heard);
        for Heard { signal, age_ms } in heard {
            if self.is_believable(peer, &signal) {
                self.on_line(now, out, |line, cx| line.said(peer, signal, age_ms, cx));
            }
        }
    }

    fn is_believable(&self, peer: PeerId, signal: &Signal) -> bool {
        match signal {
            Signal::Candidate { candidate, .. } => {
                crate::candidate::believable(&candidate.line, self.far_end(peer), &self.networks)
            }
            Signal::Invite { .. }
            | Signal::Ringing { .. }
            | Signal::Accept { .. }
            | Signal::Nonce { .. }
            | Signal::Reveal { .. }
            | Signal::Bye { .. }
            | Signal::Description { .. }
            | Signal::Renew { .. }
            | Signal::Devices { .. } => true,
        }
    }
}
