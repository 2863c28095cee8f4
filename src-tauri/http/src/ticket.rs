//! One-time addresses of the page.
//!
//! A browser is started with an address on its command line, which every user of the machine can read for as long as
//! the browser runs. So it gets an address that works once, and soon or never, and that leads to the one with the token.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::SysError;

use crate::token::Token;

/// How long a ticket is good for: a browser that starts cold on a slow machine takes some ten seconds.
const LIFE: Duration = Duration::from_secs(60);
/// How many tickets may be open at once; the oldest gives way.
const OPEN: usize = 8;

/// The tickets handed out and not used yet.
#[derive(Debug, Default)]
pub(crate) struct Tickets(Mutex<VecDeque<(Token, Instant)>>);

impl Tickets {
    /// A new ticket.
    pub(crate) fn issue(&self, now: Instant) -> Result<Token, SysError> {
        let ticket = Token::random()?;
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() == OPEN {
            open.pop_front();
        }
        open.push_back((ticket.clone(), now));
        Ok(ticket)
    }

    /// Takes a ticket back; `true` if it was good.
    pub(crate) fn redeem(&self, given: &str, now: Instant) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(_, issued)| now.duration_since(*issued) < LIFE);
        let before = open.len();
        open.retain(|(ticket, _)| !ticket.matches(given));
        open.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_works_once_and_not_for_ever() {
        let tickets = Tickets::default();
        let now = Instant::now();
        let ticket = tickets.issue(now).unwrap();
        assert!(!tickets.redeem("", now));
        assert!(tickets.redeem(ticket.digits(), now));
        assert!(!tickets.redeem(ticket.digits(), now));

        let late = tickets.issue(now).unwrap();
        assert!(!tickets.redeem(late.digits(), now + LIFE));
    }

    #[test]
    fn tickets_are_bounded() {
        let tickets = Tickets::default();
        let now = Instant::now();
        let first = tickets.issue(now).unwrap();
        for _ in 0..OPEN {
            tickets.issue(now).unwrap();
        }
        assert!(!tickets.redeem(first.digits(), now));
    }
}
