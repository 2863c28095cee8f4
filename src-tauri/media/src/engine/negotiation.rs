//! Perfect negotiation (W3C WebRTC, section 10.7), as the page has it in `negotiation.ts`: either side may offer at any
//! time, and offers that cross are settled without either side knowing. The polite side takes its own offer back; the
//! impolite side ignores the other's. Polite is who made the first offer.

use dogeller_core::wire::peer::{Candidate, Description, DescriptionKind};

use crate::stack::{Stack, StackError};

/// The most candidates kept until there is a description they belong to; the node passes on no more either.
const EARLY: usize = 20;

/// How far the exchange of descriptions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exchange {
    Stable,
    /// This side's offer is not answered yet.
    Offered,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Negotiation {
    polite: bool,
    exchange: Exchange,
    /// The other side has described itself: its candidates have a place.
    described: bool,
    early: Vec<Candidate>,
    /// Another offer is wanted as soon as this one is settled; with a new path, or without.
    again: Option<bool>,
    ignored_offer: bool,
}

/// What happens to a description of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answer,
    AnswerAfterRollback,
    Take,
    Ignore,
}

impl Negotiation {
    pub(super) fn new(polite: bool) -> Self {
        Self {
            polite,
            exchange: Exchange::Stable,
            described: false,
            early: Vec::new(),
            again: None,
            ignored_offer: false,
        }
    }

    /// An offer for the other side; `None` while an earlier one is not answered, after which it is made.
    pub(super) async fn offer(&mut self, stack: &Stack, restart: bool) -> Result<Option<Description>, StackError> {
        if self.exchange == Exchange::Offered {
            self.again = Some(self.again.unwrap_or(false) || restart);
            return Ok(None);
        }
        let offer = stack.offer(restart).await?;
        self.exchange = Exchange::Offered;
        Ok(Some(offer))
    }

    /// A description of the other side; what is returned goes back to it, in this order.
    pub(super) async fn take(
        &mut self,
        stack: &Stack,
        description: &Description,
    ) -> Result<Vec<Description>, StackError> {
        let mut replies = Vec::new();
        match self.fate(description.kind) {
            Fate::Ignore => return Ok(replies),
            Fate::Take => {
                stack.take_answer(&description.sdp).await?;
                self.exchange = Exchange::Stable;
            }
            Fate::Answer => replies.push(stack.answer(&description.sdp).await?),
            Fate::AnswerAfterRollback => {
                stack.roll_back().await?;
                self.exchange = Exchange::Stable;
                replies.push(stack.answer(&description.sdp).await?);
                // What the offer taken back was for is still wanted.
                self.again = Some(self.again.unwrap_or(false));
            }
        }
        self.described = true;
        for candidate in std::mem::take(&mut self.early) {
            self.add(stack, &candidate).await;
        }
        if self.exchange == Exchange::Stable
            && let Some(restart) = self.again.take()
            && let Some(offer) = self.offer(stack, restart).await?
        {
            replies.push(offer);
        }
        Ok(replies)
    }

    /// A candidate of the other side.
    pub(super) async fn take_candidate(&mut self, stack: &Stack, candidate: Candidate) {
        if self.described {
            self.add(stack, &candidate).await;
        } else if self.early.len() < EARLY {
            self.early.push(candidate);
        }
    }

    async fn add(&self, stack: &Stack, candidate: &Candidate) {
        if let Err(error) = stack.add_candidate(candidate).await {
            // Candidates of an offer that was ignored belong to nothing here.
            if !self.ignored_offer {
                tracing::debug!(%error, "a candidate was not taken");
            }
        }
    }

    fn fate(&mut self, kind: DescriptionKind) -> Fate {
        let fate = match (kind, self.exchange, self.polite) {
            (DescriptionKind::Offer, Exchange::Stable, _) => Fate::Answer,
            (DescriptionKind::Offer, Exchange::Offered, true) => Fate::AnswerAfterRollback,
            (DescriptionKind::Offer, Exchange::Offered, false) => Fate::Ignore,
            (DescriptionKind::Answer, Exchange::Offered, _) => Fate::Take,
            // To an offer that was taken back.
            (DescriptionKind::Answer, Exchange::Stable, _) => return Fate::Ignore,
        };
        self.ignored_offer = fate == Fate::Ignore;
        fate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(polite: bool, exchange: Exchange, kind: DescriptionKind) -> Fate {
        let mut negotiation = Negotiation::new(polite);
        negotiation.exchange = exchange;
        negotiation.fate(kind)
    }

    #[test]
    fn offers_that_cross_leave_one() {
        let offer = DescriptionKind::Offer;
        assert_eq!(fate(true, Exchange::Offered, offer), Fate::AnswerAfterRollback);
        assert_eq!(fate(false, Exchange::Offered, offer), Fate::Ignore);
        assert_eq!(fate(true, Exchange::Stable, offer), Fate::Answer);
        assert_eq!(fate(false, Exchange::Stable, offer), Fate::Answer);
    }

    #[test]
    fn an_answer_is_taken_only_to_an_offer() {
        for polite in [true, false] {
            assert_eq!(fate(polite, Exchange::Offered, DescriptionKind::Answer), Fate::Take);
            assert_eq!(fate(polite, Exchange::Stable, DescriptionKind::Answer), Fate::Ignore);
        }
    }
}
