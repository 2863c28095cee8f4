//! Signals between two boots, numbered and acknowledged: whatever link they travel over, and however often, each is
//! applied once and in order.

use std::collections::{BTreeMap, VecDeque};

use crate::id::BootId;
use crate::time::Time;
use crate::wire::peer::{NumberedSignal, Signal};

/// Signals kept until they are acknowledged. A call says some 40; a peer that acknowledges none of 512 is broken.
pub const UNACKNOWLEDGED: usize = 512;
/// Signals kept that came before one that is still missing.
pub const EARLY: usize = 64;

/// The other side does not do its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignalError {
    /// It acknowledged what was never said.
    #[error("an acknowledgement for a signal that was never said")]
    AckFromNowhere,
    /// It lets more than [`UNACKNOWLEDGED`] wait.
    #[error("too many signals are not acknowledged")]
    NeverAcknowledges,
    /// It skipped so far ahead that what is missing can't be kept open.
    #[error("too many signals are missing")]
    TooFarAhead,
}

#[derive(Debug, Clone)]
struct Said {
    n: u64,
    at: Time,
    signal: Signal,
}

/// A signal that is to be applied now, and how old it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What was said.
    pub signal: Signal,
    /// How long ago, in milliseconds.
    pub age_ms: u64,
}

/// The signals between this boot and one boot of a peer.
#[derive(Debug, Clone)]
pub struct Session {
    me: BootId,
    peer: BootId,
    last_said: u64,
    waiting: VecDeque<Said>,
    last_heard: u64,
    early: BTreeMap<u64, Heard>,
}

impl Session {
    /// Nothing said yet.
    pub fn new(me: BootId, peer: BootId) -> Self {
        Self { me, peer, last_said: 0, waiting: VecDeque::new(), last_heard: 0, early: BTreeMap::new() }
    }

    /// The peer's boot.
    pub fn peer_boot(&self) -> BootId {
        self.peer
    }

    /// Numbers a signal and keeps it until it is acknowledged.
    ///
    /// # Errors
    /// [`SignalError::NeverAcknowledges`] when too many wait already.
    pub fn say(&mut self, signal: Signal, now: Time) -> Result<NumberedSignal, SignalError> {
        if self.waiting.len() >= UNACKNOWLEDGED {
            return Err(SignalError::NeverAcknowledges);
        }
        self.last_said += 1;
        let said = Said { n: self.last_said, at: now, signal };
        let numbered = self.numbered(&said, now);
        self.waiting.push_back(said);
        Ok(numbered)
    }

    /// Everything not acknowledged, in order, for a new link.
    pub fn unacknowledged(&self, now: Time) -> Vec<NumberedSignal> {
        self.waiting.iter().map(|said| self.numbered(said, now)).collect()
    }

    /// The peer has all up to `n`.
    ///
    /// # Errors
    /// [`SignalError::AckFromNowhere`] for a number never used.
    pub fn acknowledged(&mut self, n: u64) -> Result<(), SignalError> {
        if n > self.last_said {
            return Err(SignalError::AckFromNowhere);
        }
        while self.waiting.front().is_some_and(|said| said.n <= n) {
            self.waiting.pop_front();
        }
        Ok(())
    }

    /// Takes a signal; gives back those that may be applied now. Old copies and signals for another boot give nothing.
    ///
    /// # Errors
    /// [`SignalError::TooFarAhead`] when it cannot be kept.
    pub fn hear(&mut self, numbered: NumberedSignal) -> Result<Vec<Heard>, SignalError> {
        if numbered.to != self.me || numbered.from != self.peer || numbered.n <= self.last_heard {
            return Ok(Vec::new());
        }
        if numbered.n - self.last_heard > EARLY as u64 {
            return Err(SignalError::TooFarAhead);
        }
        self.early.entry(numbered.n).or_insert(Heard { signal: numbered.signal, age_ms: numbered.age_ms });
        let mut ready = Vec::new();
        while let Some(heard) = self.early.remove(&(self.last_heard + 1)) {
            self.last_heard += 1;
            ready.push(heard);
        }
        Ok(ready)
    }

    /// This node's boot and the peer's.
    pub fn boots(&self) -> (BootId, BootId) {
        (self.me, self.peer)
    }

    /// How many signals are not acknowledged.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many signals came before one that is missing.
    pub fn early(&self) -> usize {
        self.early.len()
    }

    /// The number to acknowledge.
    pub fn last_heard(&self) -> u64 {
        self.last_heard
    }

    fn numbered(&self, said: &Said, now: Time) -> NumberedSignal {
        let age_ms = u64::try_from(now.since(said.at).as_millis()).unwrap_or(u64::MAX);
        NumberedSignal { n: said.n, to: self.peer, from: self.me, age_ms, signal: said.signal.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CallId;

    fn boots() -> (BootId, BootId) {
        (BootId { count: 1, random: 1 }, BootId { count: 1, random: 2 })
    }

    fn ringing(n: u8) -> Signal {
        Signal::Ringing { call: CallId::from_bytes([n; 16]) }
    }

    #[test]
    fn copies_and_reordering_change_nothing() {
        let (a, b) = boots();
        let (mut alice, mut bob) = (Session::new(a, b), Session::new(b, a));
        let said: Vec<_> = (1..=3).map(|n| alice.say(ringing(n), Time::default()).unwrap()).collect();
        assert!(bob.hear(said[2].clone()).unwrap().is_empty());
        assert!(bob.hear(said[1].clone()).unwrap().is_empty());
        let ready = bob.hear(said[0].clone()).unwrap();
        assert_eq!(ready.iter().map(|h| h.signal.call().as_bytes()[0]).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(said.iter().all(|s| bob.hear(s.clone()).unwrap().is_empty()), "copies are applied once");
        assert_eq!(bob.last_heard(), 3);
    }

    #[test]
    fn a_new_link_repeats_what_was_not_acknowledged_with_its_true_age() {
        let (a, b) = boots();
        let mut alice = Session::new(a, b);
        for n in 1..=3 {
            alice.say(ringing(n), Time::from_millis(1000)).unwrap();
        }
        alice.acknowledged(1).unwrap();
        let again = alice.unacknowledged(Time::from_millis(1500));
        assert_eq!(again.iter().map(|s| (s.n, s.age_ms)).collect::<Vec<_>>(), [(2, 500), (3, 500)]);
        assert_eq!(alice.acknowledged(9), Err(SignalError::AckFromNowhere));
    }

    #[test]
    fn another_boots_signals_are_not_ours() {
        let (a, b) = boots();
        let mut alice = Session::new(a, b);
        let old = Session::new(b, BootId { count: 0, random: 9 }).say(ringing(1), Time::default()).unwrap();
        assert!(alice.hear(old).unwrap().is_empty());
        let mut far = Session::new(b, a);
        far.last_said = 100;
        let far = far.say(ringing(1), Time::default()).unwrap();
        assert_eq!(alice.hear(far), Err(SignalError::TooFarAhead));
    }

    #[test]
    fn a_peer_that_never_acknowledges_is_given_up() {
        let (a, b) = boots();
        let mut alice = Session::new(a, b);
        for _ in 0..UNACKNOWLEDGED {
            alice.say(ringing(1), Time::default()).unwrap();
        }
        assert_eq!(alice.say(ringing(1), Time::default()), Err(SignalError::NeverAcknowledges));
    }
}
