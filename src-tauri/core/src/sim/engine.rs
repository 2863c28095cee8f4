//! A page's engine: it obeys orders, makes descriptions and candidates, and has a path to the other side as soon as both
//! ends of the same attempt have agreed and the network between them is up.

use super::World;
use super::queue::{Happening, Run};
use crate::id::{Attempt, CallId, PageId};
use crate::text::{CandidateLine, Sdp};
use crate::wire::peer::{Candidate, Description, DescriptionKind};
use crate::wire::ui::{Command, EngineOrder};

/// What an engine does in its own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Its devices are open: the connection is made.
    Make,
    /// The path may have come up or gone down.
    Look,
    /// The path is still down: ICE restart.
    Restart,
    /// It finds that this connection is of no use.
    Renew,
    /// It cannot go on at all.
    Fail,
}

/// One `RTCPeerConnection`.
#[derive(Debug)]
pub(super) struct Connection {
    /// Unlike every other in the world; its certificate's fingerprint.
    pub(super) serial: u64,
    pub(super) call: CallId,
    pub(super) attempt: Attempt,
    offerer: bool,
    made: bool,
    waiting: Vec<EngineOrder>,
    /// Its offer is not answered yet.
    pub(super) offered: bool,
    told_candidates: bool,
    pub(super) knows_candidate: bool,
    pub(super) theirs: Option<u64>,
    pub(super) up: bool,
    pub(super) looking: bool,
}

impl World {
    /// A page's engine is given an order.
    pub(super) fn obey(&mut self, run: Run, page: PageId, order: EngineOrder) {
        match order {
            EngineOrder::Start { call, attempt, offerer, reach: _ } => {
                self.engine_starts(run, page, (call, attempt), offerer)
            }
            EngineOrder::Stop { call } => {
                if let Some(shown) = self.page_of(run, page)
                    && shown.connection.as_ref().is_some_and(|c| c.call == call)
                {
                    shown.connection = None;
                    self.stir();
                }
            }
            EngineOrder::Relay { call, frame } => self.relay(run, page, call, frame),
            EngineOrder::Description { .. } | EngineOrder::Candidate { .. } => {
                let Some(connection) = self.connection(run, page) else {
                    return;
                };
                if connection.made {
                    self.take(run, page, order);
                } else {
                    connection.waiting.push(order);
                }
            }
        }
    }

    fn engine_starts(&mut self, run: Run, page: PageId, (call, attempt): (CallId, Attempt), offerer: bool) {
        self.connections += 1;
        let serial = self.connections;
        // Somebody looks at the question for the camera.
        let slow = self.dice.chance(5);
        let after = self.dice.between(0, if slow { 3000 } else { 30 });
        let whim = self.dice.between(0, 1999);
        let whim_after = self.dice.between(0, 8000);
        let Some(shown) = self.page_of(run, page) else {
            return;
        };
        shown.connection = Some(Connection {
            serial,
            call,
            attempt,
            offerer,
            made: false,
            waiting: Vec::new(),
            offered: false,
            told_candidates: false,
            knows_candidate: false,
            theirs: None,
            up: false,
            looking: false,
        });
        let mut later = |after, step| {
            let due = self.now + after;
            self.queue.put(due, Happening::Engine(run, page, serial, step));
        };
        later(after, Step::Make);
        if self.profile.whims {
            match whim {
                0..60 => later(whim_after, Step::Renew),
                60..66 => later(whim_after, Step::Fail),
                _ => {}
            }
        }
        self.stir();
    }

    pub(super) fn connection(&mut self, run: Run, page: PageId) -> Option<&mut Connection> {
        self.page_of(run, page)?.connection.as_mut()
    }

    /// An engine's own time has come.
    pub(super) fn engine_steps(&mut self, run: Run, page: PageId, serial: u64, step: Step) {
        let Some(connection) = self.connection(run, page).filter(|c| c.serial == serial) else {
            return;
        };
        let (call, attempt) = (connection.call, connection.attempt);
        match step {
            Step::Make => {
                connection.made = true;
                let waiting = std::mem::take(&mut connection.waiting);
                if connection.offerer {
                    self.describe(run, page, DescriptionKind::Offer);
                }
                for order in waiting {
                    self.take(run, page, order);
                }
            }
            Step::Look => self.look(run, page),
            Step::Restart if connection.up => {}
            Step::Restart => {
                self.describe(run, page, DescriptionKind::Offer);
                self.later(run, page, serial, (4000, 8000), Step::Restart);
            }
            Step::Renew => self.page_says(run, page, Command::Renew { call, attempt }),
            Step::Fail => self.page_says(run, page, Command::EngineFailed { call }),
        }
    }

    /// What the other side's engine said; its description tells which connection it is.
    fn take(&mut self, run: Run, page: PageId, order: EngineOrder) {
        let Some(connection) = self.connection(run, page) else {
            return;
        };
        let current = (connection.call, connection.attempt);
        match order {
            EngineOrder::Description { call, attempt, description } if (call, attempt) == current => {
                if description.sdp.as_str().contains("a=candidate") {
                    return self.fail(run.at, "a description came with candidates");
                }
                let theirs = serial_of(&description.sdp);
                match description.kind {
                    // Perfect negotiation: of two offers that cross, that of who offered first gives way.
                    DescriptionKind::Offer if connection.offered && !connection.offerer => {}
                    DescriptionKind::Offer => {
                        connection.offered = false;
                        connection.theirs = theirs;
                        self.describe(run, page, DescriptionKind::Answer);
                    }
                    DescriptionKind::Answer if connection.offered => {
                        connection.offered = false;
                        connection.theirs = theirs;
                    }
                    DescriptionKind::Answer => {}
                }
            }
            EngineOrder::Candidate { call, attempt, candidate } if (call, attempt) == current => {
                connection.knows_candidate |= candidate.line.as_str().contains(" 10.0.0.");
            }
            EngineOrder::Description { .. }
            | EngineOrder::Candidate { .. }
            | EngineOrder::Start { .. }
            | EngineOrder::Relay { .. }
            | EngineOrder::Stop { .. } => {}
        }
        self.stir();
    }

    /// Makes an offer or an answer, and with the first of them the candidates.
    fn describe(&mut self, run: Run, page: PageId, kind: DescriptionKind) {
        let ip = self.devices[run.at].ip;
        let hides = self.page_of(run, page).is_some_and(|page| page.hides);
        let Some(connection) = self.connection(run, page) else {
            return;
        };
        connection.offered = kind == DescriptionKind::Offer;
        let first = !std::mem::replace(&mut connection.told_candidates, true);
        let (call, attempt, serial) = (connection.call, connection.attempt, connection.serial);
        let address = if hides { "ab-12.local".to_owned() } else { ip.to_string() };
        let line = format!("candidate:1 1 udp 2122 {address} 5000 typ host");
        let sdp = format!("v=0\r\na=fingerprint:sha-256 {serial:X}\r\na={line}\r\n");
        let Ok(sdp) = Sdp::new(sdp) else { return };
        let description = Description { kind, sdp };
        self.page_says(run, page, Command::Description { call, attempt, description });
        for line in [line, String::new()].into_iter().filter(|_| first) {
            let Ok(line) = CandidateLine::new(line) else {
                return;
            };
            let candidate = Candidate { line, index: 0 };
            self.page_says(run, page, Command::Candidate { call, attempt, candidate });
        }
    }

    pub(super) fn later(&mut self, run: Run, page: PageId, serial: u64, ms: (u64, u64), step: Step) {
        let due = self.now + self.dice.between(ms.0, ms.1);
        self.queue.put(due, Happening::Engine(run, page, serial, step));
    }
}

/// Which connection a description belongs to.
fn serial_of(sdp: &Sdp) -> Option<u64> {
    let print = sdp.fingerprint()?;
    u64::from_str_radix(print.strip_prefix("SHA-256 ")?, 16).ok()
}
