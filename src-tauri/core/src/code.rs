//! The short code: six emoji that two people compare once to know that nobody is in between.
//!
//! It is drawn from both PeerIds, both DTLS certificate fingerprints and a nonce of each side. If one side could choose
//! its part last, it could try keys until the codes match (36 bits are minutes of work). So the caller promises its
//! nonce in the invite (a commitment, as in ZRTP, RFC 6189 section 4.4.1.1), the callee says its own once the
//! certificates are fixed, and only then the caller reveals. After that the code of this call never changes: a later
//! connection of the same call has other certificates, but they came over the links that the code vouches for.

use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};

use crate::id::{Attempt, Commitment, Nonce, PeerId};

/// Emoji per code: 6 of 64 are 36 bits; the goal is at least 30.
pub const CODE_LENGTH: usize = 6;
/// Connections of one call whose certificates are remembered until the code is known.
const ATTEMPTS_KEPT: usize = 8;

/// Sixty-four things that look different, are named alike in most languages and exist in Unicode 6.0 fonts.
const EMOJI: [&str; 64] = [
    "🐶", "🐱", "🐭", "🐰", "🐻", "🐼", "🐨", "🐯", "🐮", "🐷", "🐸", "🐵", "🐔", "🐧", "🐴", "🐝", "🐛", "🐌", "🐞",
    "🐢", "🐍", "🐙", "🐠", "🐬", "🐳", "🐘", "🐪", "🐑", "🌵", "🌲", "🌴", "🍀", "🍁", "🍄", "🌻", "🌷", "🌍", "🌙",
    "⭐", "🌈", "🔥", "⛄", "🍎", "🍌", "🍇", "🍓", "🍒", "🍍", "🌽", "🍞", "🍕", "🎂", "⚽", "🎸", "🎁", "🎈", "🔑",
    "🔔", "✂️", "☂️", "🚗", "🚲", "✈️", "⚓",
];

/// What the exchange wants said or done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing now.
    Wait,
    /// Say this side's nonce (callee).
    SayNonce(Attempt, Nonce),
    /// Say this side's reveal (caller).
    SayReveal(Attempt, Nonce),
    /// The promise was broken.
    Broken,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Side {
    Caller,
    Callee { promised: Commitment },
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Certificates {
    mine: Option<String>,
    theirs: Option<String>,
}

/// One call's exchange of nonces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    side: Side,
    me: PeerId,
    peer: PeerId,
    nonce: Nonce,
    said: bool,
    certificates: Vec<(Attempt, Certificates)>,
    code: Option<Vec<String>>,
}

impl Exchange {
    /// The caller's, with the promise for its invite.
    pub fn caller(me: PeerId, peer: PeerId, rng: &mut impl Rng) -> (Self, Commitment) {
        let exchange = Self::new(Side::Caller, me, peer, rng);
        let commitment = commit(&exchange.nonce);
        (exchange, commitment)
    }

    /// The callee's, with the promise that came in the invite.
    pub fn callee(me: PeerId, peer: PeerId, promised: Commitment, rng: &mut impl Rng) -> Self {
        Self::new(Side::Callee { promised }, me, peer, rng)
    }

    fn new(side: Side, me: PeerId, peer: PeerId, rng: &mut impl Rng) -> Self {
        Self {
            side,
            me,
            peer,
            nonce: Nonce::from_bytes(rng.random()),
            said: false,
            certificates: Vec::new(),
            code: None,
        }
    }

    /// The code, once it is known.
    pub fn code(&self) -> &[String] {
        self.code.as_deref().unwrap_or_default()
    }

    /// This side's certificate in a connection.
    pub fn mine(&mut self, attempt: Attempt, fingerprint: String) {
        if let Some(certificates) = self.certificates(attempt) {
            certificates.mine.get_or_insert(fingerprint);
        }
    }

    /// The other side's certificate in a connection.
    pub fn theirs(&mut self, attempt: Attempt, fingerprint: String) {
        if let Some(certificates) = self.certificates(attempt) {
            certificates.theirs.get_or_insert(fingerprint);
        }
    }

    /// The callee says its nonce once, when it has accepted and both certificates of a connection are fixed.
    pub fn accepted(&mut self) -> Step {
        match self.side {
            Side::Caller => Step::Wait,
            Side::Callee { .. } if self.said => Step::Wait,
            Side::Callee { .. } => {
                let fixed = self.certificates.iter().find(|(_, c)| c.mine.is_some() && c.theirs.is_some());
                let Some((attempt, _)) = fixed else {
                    return Step::Wait;
                };
                let attempt = *attempt;
                self.said = true;
                Step::SayNonce(attempt, self.nonce)
            }
        }
    }

    /// The callee's nonce came: the caller may reveal, if it knows the same certificates.
    pub fn nonce(&mut self, attempt: Attempt, theirs: Nonce) -> Step {
        match self.side {
            Side::Callee { .. } => Step::Wait,
            Side::Caller if self.said => Step::Wait,
            Side::Caller => match self.derive(attempt, self.nonce, theirs) {
                None => Step::Wait,
                Some(code) => {
                    self.said = true;
                    self.code = Some(code);
                    Step::SayReveal(attempt, self.nonce)
                }
            },
        }
    }

    /// The caller's reveal came: it must be what was promised.
    pub fn reveal(&mut self, attempt: Attempt, theirs: Nonce) -> Step {
        match self.side {
            Side::Caller => Step::Wait,
            Side::Callee { promised } if commit(&theirs) != promised || !self.said => Step::Broken,
            Side::Callee { .. } => {
                if self.code.is_none() {
                    self.code = self.derive(attempt, theirs, self.nonce);
                }
                Step::Wait
            }
        }
    }

    fn certificates(&mut self, attempt: Attempt) -> Option<&mut Certificates> {
        if self.code.is_some() {
            return None;
        }
        let at = match self.certificates.iter().position(|(a, _)| *a == attempt) {
            Some(at) => at,
            None if self.certificates.len() >= ATTEMPTS_KEPT => return None,
            None => {
                self.certificates.push((attempt, Certificates::default()));
                self.certificates.len() - 1
            }
        };
        self.certificates.get_mut(at).map(|(_, certificates)| certificates)
    }

    fn derive(&self, attempt: Attempt, caller_nonce: Nonce, callee_nonce: Nonce) -> Option<Vec<String>> {
        let (_, certificates) = self.certificates.iter().find(|(a, _)| *a == attempt)?;
        let (mine, theirs) = (certificates.mine.as_ref()?, certificates.theirs.as_ref()?);
        let (caller, callee) = ((self.me, mine), (self.peer, theirs));
        let (caller, callee) = match self.side {
            Side::Caller => (caller, callee),
            Side::Callee { .. } => (callee, caller),
        };
        let mut hash = Sha256::new();
        hash.update(b"dogeller short code 1");
        for (peer, fingerprint) in [caller, callee] {
            hash.update(peer.as_bytes());
            hash.update((fingerprint.len() as u64).to_be_bytes());
            hash.update(fingerprint.as_bytes());
        }
        hash.update(caller_nonce.as_bytes());
        hash.update(callee_nonce.as_bytes());
        let digest = hash.finalize();
        Some(digest.iter().take(CODE_LENGTH).map(|byte| EMOJI[usize::from(byte % 64)].to_owned()).collect())
    }
}

fn commit(nonce: &Nonce) -> Commitment {
    let mut hash = Sha256::new();
    hash.update(b"dogeller commitment 1");
    hash.update(nonce.as_bytes());
    Commitment::from_bytes(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn pair() -> (Exchange, Exchange) {
        let mut rng = StdRng::seed_from_u64(7);
        let (a, b) = (PeerId::from_bytes([1; 32]), PeerId::from_bytes([2; 32]));
        let (mut caller, promise) = Exchange::caller(a, b, &mut rng);
        let mut callee = Exchange::callee(b, a, promise, &mut rng);
        caller.mine(Attempt::FIRST, "AA".into());
        callee.theirs(Attempt::FIRST, "AA".into());
        callee.mine(Attempt::FIRST, "BB".into());
        caller.theirs(Attempt::FIRST, "BB".into());
        (caller, callee)
    }

    #[test]
    fn both_ends_show_the_same_six_emoji() {
        let (mut caller, mut callee) = pair();
        let Step::SayNonce(attempt, nonce) = callee.accepted() else { panic!("the callee speaks first") };
        let Step::SayReveal(attempt, reveal) = caller.nonce(attempt, nonce) else { panic!("then the caller reveals") };
        assert_eq!(callee.reveal(attempt, reveal), Step::Wait);
        assert_eq!(caller.code().len(), CODE_LENGTH);
        assert_eq!(caller.code(), callee.code());
        assert_eq!(callee.accepted(), Step::Wait, "a nonce is said once");
    }

    #[test]
    fn another_certificate_gives_another_code_and_another_nonce_is_caught() {
        let (mut caller, mut callee) = pair();
        let Step::SayNonce(attempt, nonce) = callee.accepted() else { panic!() };
        assert_eq!(callee.reveal(attempt, Nonce::from_bytes([9; 16])), Step::Broken);
        let honest = {
            caller.nonce(attempt, nonce);
            caller.code().to_vec()
        };
        let (mut tricked, mut other) = pair();
        tricked.certificates[0].1.theirs = Some("EE".into());
        let Step::SayNonce(attempt, nonce) = other.accepted() else { panic!() };
        tricked.nonce(attempt, nonce);
        assert_ne!(tricked.code(), honest);
    }

    #[test]
    fn a_reveal_before_the_nonce_is_no_reveal() {
        let (caller, mut callee) = pair();
        assert_eq!(callee.reveal(Attempt::FIRST, caller.nonce), Step::Broken);
    }

    #[test]
    fn all_emoji_differ() {
        let all: std::collections::HashSet<_> = EMOJI.iter().collect();
        assert_eq!(all.len(), 64);
    }
}
