//! Candidates whose address hides behind a name (`….local`): browsers do that for pages without camera permission. The
//! network is asked, and what it says goes on as ordinary candidates.

use std::net::IpAddr;

use dogeller_core::text::CandidateLine;
use dogeller_core::wire::peer::Candidate;
use tokio::task::JoinSet;

use crate::names;

/// Names asked for in one connection; a browser hides each of its addresses behind one.
const NAMES: usize = 8;
/// Candidates that wait for an answer; the node passes on no more of one connection either.
const WAITING: usize = 20;

/// A name and what the network said.
type Answer = (String, Vec<IpAddr>);

/// See the module.
#[derive(Default)]
pub(super) struct Revealing {
    asking: JoinSet<Answer>,
    asked: Vec<String>,
    known: Vec<Answer>,
    waiting: Vec<(String, Candidate)>,
}

impl Revealing {
    /// What of a candidate can be used at once: itself, or what is known of its name.
    pub(super) fn take(&mut self, candidate: Candidate) -> Vec<Candidate> {
        let Some(name) = names::hidden(candidate.line.as_str()).map(str::to_owned) else {
            return vec![candidate];
        };
        if let Some((_, addresses)) = self.known.iter().find(|(known, _)| *known == name) {
            return reveal(&candidate, addresses);
        }
        if self.waiting.len() < WAITING {
            self.ask(&name);
            self.waiting.push((name, candidate));
        }
        Vec::new()
    }

    /// The next candidates that were revealed. Never, while nobody is asked.
    pub(super) async fn next(&mut self) -> Vec<Candidate> {
        loop {
            match self.asking.join_next().await {
                Some(Ok(answer)) => return self.answered(answer),
                // Nobody panics there, and nobody aborts it but the end of this.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    fn ask(&mut self, name: &str) {
        if self.asked.iter().any(|asked| asked == name) || self.asked.len() >= NAMES {
            return;
        }
        self.asked.push(name.to_owned());
        let name = name.to_owned();
        self.asking.spawn(async move {
            let addresses = names::resolve(&name).await;
            (name, addresses)
        });
    }

    fn answered(&mut self, (name, addresses): Answer) -> Vec<Candidate> {
        if addresses.is_empty() {
            tracing::debug!("nobody knows a hidden name; the other side may still be seen by what it sends");
        }
        let (answered, waiting) = std::mem::take(&mut self.waiting).into_iter().partition(|(of, _)| *of == name);
        self.waiting = waiting;
        let answered: Vec<(String, Candidate)> = answered;
        let revealed = answered.iter().flat_map(|(_, candidate)| reveal(candidate, &addresses)).collect();
        self.known.push((name, addresses));
        revealed
    }
}

fn reveal(candidate: &Candidate, addresses: &[IpAddr]) -> Vec<Candidate> {
    let lines = addresses.iter().filter_map(|address| names::revealed(candidate.line.as_str(), *address));
    lines
        .filter_map(|line| CandidateLine::new(line).ok())
        .map(|line| Candidate { line, index: candidate.index })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(line: &str) -> Candidate {
        Candidate { line: CandidateLine::new(line.to_owned()).unwrap(), index: 0 }
    }

    const HIDDEN: &str = "candidate:1 1 udp 2113937151 3e1c8c0e-0000-4000-8000-000000000001.local 54321 typ host";

    #[test]
    fn an_address_goes_on_as_it_is() {
        let plain = candidate("candidate:1 1 udp 2113937151 10.0.0.7 54321 typ host");
        assert_eq!(Revealing::default().take(plain.clone()), [plain]);
    }

    #[tokio::test]
    async fn a_name_waits_for_its_answer_and_is_known_from_then_on() {
        let mut revealing = Revealing::default();
        assert_eq!(revealing.take(candidate(HIDDEN)), []);
        let name = names::hidden(HIDDEN).unwrap().to_owned();
        let shown = HIDDEN.replace(&name, "10.0.0.7");
        assert_eq!(revealing.answered((name, vec!["10.0.0.7".parse().unwrap()])), [candidate(&shown)]);
        assert_eq!(revealing.take(candidate(HIDDEN)), [candidate(&shown)]);
    }

    #[tokio::test]
    async fn a_flood_of_names_asks_for_a_few() {
        let mut revealing = Revealing::default();
        for n in 0..1000 {
            revealing.take(candidate(&format!("candidate:1 1 udp 1 name-{n}.local 9 typ host")));
        }
        assert!(revealing.asking.len() <= NAMES && revealing.waiting.len() <= WAITING);
    }
}
