//! A call placed from the command line: find the person, ring, talk for a while, hang up, and say how it went.

use std::time::Duration;

use dogeller_contact::{SeatEvent, SeatOrder};
use dogeller_core::call::{CONNECT, RECONNECT, RING};
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::{CallView, PeerView, Phase};
use dogeller_core::{CallId, PeerId};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::args::CallArgs;
use crate::report::word;
use crate::whom::{ids, is_here, meant};

/// How long somebody is looked for; on a network they are there within a second.
const FINDING: Duration = Duration::from_secs(15);
/// How long the goodbye of a call may take.
const ENDING: Duration = Duration::from_secs(10);
/// How long the last numbers of a call may take.
const LAST_NUMBERS: Duration = Duration::from_secs(1);
/// What stood still for this long before the end had stopped; numbers come once a second.
const STOPPED: Duration = Duration::from_secs(5);

/// Why a call was not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    #[error("Nobody called {0} is here. `dogeller-headless` shows who is, as they come.")]
    NobodyHere(String),
    #[error("There is more than one {0}: call one of them by the id instead: {1}")]
    Several(String, String),
    #[error("{0} did not accept the call: {1}.")]
    NotAccepted(String, String),
    #[error("The call with {0} was accepted, but {1}.")]
    NoMedia(String, String),
}

impl CallError {
    /// The exit code for it.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::NobodyHere(_) | Self::Several(..) => 4,
            Self::NotAccepted(..) => 5,
            Self::NoMedia(..) => 6,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Looking for the person.
    Finding,
    /// Rings there, or is being connected.
    Placed(PeerId),
    /// Talking.
    Talking(PeerId, CallId),
    /// The path is gone, and looked for; so much of the call was left, and that does not pass meanwhile.
    Interrupted(PeerId, CallId, Duration),
    /// Hung up here.
    HungUp(PeerId, CallId),
    /// Over; the last numbers are on their way.
    Over(Option<CallId>, Result<(), CallError>),
}

/// See the module.
pub(crate) struct Placed {
    args: CallArgs,
    orders: mpsc::Sender<SeatOrder>,
    stage: Stage,
    deadline: Instant,
    people: Vec<PeerView>,
    heard: Flow,
    seen: Flow,
}

/// Whether something comes, and when it last did.
#[derive(Debug, Default)]
struct Flow {
    count: u64,
    last: Option<Instant>,
}

impl Flow {
    fn count(&mut self, count: u64) {
        if count != self.count {
            self.count = count;
            self.last = Some(Instant::now());
        }
    }

    /// It came until the end.
    fn lasted(&self) -> bool {
        self.last.is_some_and(|last| last.elapsed() < STOPPED)
    }
}

impl Placed {
    pub(crate) fn new(args: CallArgs, orders: mpsc::Sender<SeatOrder>) -> Self {
        let (stage, deadline) = (Stage::Finding, Instant::now() + FINDING);
        Self { args, orders, stage, deadline, people: Vec::new(), heard: Flow::default(), seen: Flow::default() }
    }

    /// Something happened.
    pub(crate) async fn heard(&mut self, event: &SeatEvent) {
        match event {
            SeatEvent::People(people) => {
                self.people.clone_from(people);
                self.find().await;
            }
            SeatEvent::Person(person) => {
                self.people.retain(|other| other.peer != person.peer);
                self.people.push(person.clone());
                self.find().await;
            }
            SeatEvent::Call(view) => self.call_changed(view),
            SeatEvent::Refused(_) => {
                if let Stage::Placed(_) = self.stage {
                    let error =
                        CallError::NotAccepted(self.args.whom.clone(), "this node could not place it".to_owned());
                    self.over(None, Err(error), Duration::ZERO);
                }
            }
            SeatEvent::Media(call, stats, _) => {
                self.heard.count(stats.heard.packets);
                self.seen.count(stats.seen.iter().map(|seen| seen.frames).sum());
                if let Stage::Over(over, _) = &self.stage
                    && *over == Some(*call)
                {
                    // These were the last.
                    self.deadline = Instant::now();
                }
            }
        }
    }

    /// Waits for the next deadline, and does what is due then; returns how it went, once it is over. It may be dropped and
    /// called again at any time.
    pub(crate) async fn wait(&mut self) -> Result<(), CallError> {
        loop {
            sleep_until(self.deadline).await;
            match &self.stage {
                Stage::Finding => return Err(CallError::NobodyHere(self.args.whom.clone())),
                Stage::Placed(_) => {
                    return Err(CallError::NoMedia(
                        self.args.whom.clone(),
                        "the node never said how it went".to_owned(),
                    ));
                }
                Stage::Talking(peer, call) => {
                    let (peer, call) = (*peer, *call);
                    self.stage = Stage::HungUp(peer, call);
                    self.deadline = Instant::now() + ENDING;
                    self.order(SeatOrder::HangUp(call)).await;
                }
                Stage::Interrupted(..) | Stage::HungUp(..) => return self.judge(),
                Stage::Over(_, Ok(())) => return self.judge(),
                Stage::Over(_, Err(error)) => return Err(error.clone()),
            }
        }
    }

    async fn order(&self, order: SeatOrder) {
        // A seat that is gone has ended with its node, which says so.
        let _ended = self.orders.send(order).await;
    }

    async fn find(&mut self) {
        if self.stage != Stage::Finding {
            return;
        }
        match find(&self.args.whom, &self.people) {
            Ok(None) => {}
            Ok(Some(peer)) => {
                self.stage = Stage::Placed(peer);
                self.deadline = Instant::now() + RING + CONNECT + ENDING;
                let media = if self.args.voice { Media::Voice } else { Media::Video };
                self.order(SeatOrder::Call(peer, media)).await;
            }
            Err(error) => self.over(None, Err(error), Duration::ZERO),
        }
    }

    fn call_changed(&mut self, view: &CallView) {
        let with = match self.stage {
            Stage::Placed(peer) | Stage::Talking(peer, _) | Stage::Interrupted(peer, ..) | Stage::HungUp(peer, _) => {
                peer
            }
            // Somebody else's call.
            Stage::Finding | Stage::Over(..) => return,
        };
        if view.with.peer != with {
            return;
        }
        match view.phase {
            Phase::Outgoing { .. } | Phase::Incoming | Phase::Connecting => {}
            Phase::Connected => match self.stage {
                Stage::Placed(_) => self.talks(with, view.call, Duration::from_secs(self.args.seconds)),
                Stage::Interrupted(_, call, left) => self.talks(with, call, left),
                Stage::Finding | Stage::Talking(..) | Stage::HungUp(..) | Stage::Over(..) => {}
            },
            Phase::Reconnecting => {
                if let Stage::Talking(_, call) = self.stage {
                    let left = self.deadline.saturating_duration_since(Instant::now());
                    self.stage = Stage::Interrupted(with, call, left);
                    // The node ends the call before that.
                    self.deadline = Instant::now() + RECONNECT + ENDING;
                }
            }
            Phase::Ended { reason } => {
                let outcome = self.ended(view, reason);
                // A call that was never accepted has no numbers.
                let more = if outcome.is_ok() { LAST_NUMBERS } else { Duration::ZERO };
                self.over(Some(view.call), outcome, more);
            }
        }
    }

    fn talks(&mut self, peer: PeerId, call: CallId, left: Duration) {
        self.stage = Stage::Talking(peer, call);
        self.deadline = Instant::now() + left;
    }

    fn over(&mut self, call: Option<CallId>, outcome: Result<(), CallError>, more: Duration) {
        self.stage = Stage::Over(call, outcome);
        self.deadline = Instant::now() + more;
    }

    fn ended(&self, view: &CallView, reason: EndReason) -> Result<(), CallError> {
        let name = view.with.name.to_string();
        let word = word(reason);
        match (&self.stage, reason) {
            (Stage::HungUp(..), _) | (Stage::Talking(..) | Stage::Interrupted(..), EndReason::HungUp) => Ok(()),
            (Stage::Talking(..) | Stage::Interrupted(..), _)
            | (_, EndReason::NoPath | EndReason::EngineFailed | EndReason::Lost | EndReason::CodeMismatch) => {
                Err(CallError::NoMedia(name, word))
            }
            (Stage::Finding | Stage::Placed(_) | Stage::Over(..), _) => Err(CallError::NotAccepted(name, word)),
        }
    }

    /// Whether what was to come came.
    fn judge(&self) -> Result<(), CallError> {
        let missing = match (self.heard.lasted(), self.seen.lasted() || self.args.voice) {
            (true, true) => return Ok(()),
            (true, false) => "the picture did not come, or stopped",
            (false, true) => "the sound did not come, or stopped",
            (false, false) => "sound and picture did not come, or stopped",
        };
        Err(CallError::NoMedia(self.args.whom.clone(), missing.to_owned()))
    }
}

/// Who is meant; `None` while nobody here is.
fn find(whom: &str, people: &[PeerView]) -> Result<Option<PeerId>, CallError> {
    let here: Vec<&PeerView> = meant(whom, people).into_iter().filter(|person| is_here(person)).collect();
    match here.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.peer)),
        several => Err(CallError::Several(whom.to_owned(), ids(several))),
    }
}

#[cfg(test)]
mod tests {
    use dogeller_core::wire::peer::{Devices, Picture};
    use dogeller_core::wire::ui::{Place, Presence};

    use super::*;
    use crate::report::tests::person;

    fn view(with: PeerView, phase: Phase) -> CallView {
        CallView {
            call: CallId::from_bytes([7; 16]),
            with,
            caller: true,
            phase,
            mine: Media::Voice,
            theirs: Media::Voice,
            their_devices: Devices { microphone: true, picture: Picture::Off },
            place: Place::Here,
            connected_ms: None,
            code: Vec::new(),
        }
    }

    #[tokio::test]
    async fn while_the_path_is_gone_no_time_of_the_call_passes() {
        let ada = person(1, "Ada", Presence::Available);
        let args = CallArgs { whom: "Ada".to_owned(), seconds: 2, voice: true };
        let (orders, mut ordered) = mpsc::channel(1);
        let mut placed = Placed::new(args, orders);
        placed.heard(&SeatEvent::People(vec![ada.clone()])).await;
        assert!(matches!(ordered.recv().await, Some(SeatOrder::Call(..))));
        let two_seconds = Duration::from_secs(2);
        for _ in 0..3 {
            placed.call_changed(&view(ada.clone(), Phase::Connected));
            assert!(placed.deadline <= Instant::now() + two_seconds, "it is hung up then");
            placed.call_changed(&view(ada.clone(), Phase::Reconnecting));
            // Told again, as when the other side's devices change.
            placed.call_changed(&view(ada.clone(), Phase::Reconnecting));
            assert!(matches!(placed.stage, Stage::Interrupted(.., left) if left <= two_seconds));
            assert!(placed.deadline > Instant::now() + RECONNECT, "the node ends it before that");
        }
        placed.call_changed(&view(ada, Phase::Ended { reason: EndReason::Lost }));
        assert!(matches!(placed.stage, Stage::Over(_, Err(CallError::NoMedia(..)))));
    }

    #[test]
    fn a_person_is_found_by_name_or_by_the_beginning_of_the_id() {
        let people = [
            person(1, "Ada", Presence::Offline),
            person(2, "ada", Presence::Available),
            person(0xab, "Ben", Presence::Away),
        ];
        assert_eq!(find("ADA", &people), Ok(Some(people[1].peer)));
        assert_eq!(find("abababab", &people), Ok(Some(people[2].peer)));
        assert_eq!(find("ababab", &people), Ok(None));
        assert_eq!(find("Cid", &people), Ok(None));
    }

    #[test]
    fn two_of_one_name_are_told_apart_by_id() {
        let people = [person(1, "Ada", Presence::Available), person(2, "Ada", Presence::Available)];
        let error = find("Ada", &people).unwrap_err();
        assert!(error.to_string().contains(&"01".repeat(32)) && error.code() == 4, "{error}");
    }
}
