//! A page without a screen: it is attached to a node as any page is, has the engine in Rust, and answers every call or
//! places one. What a call does is decided by the node, as for a browser.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use dogeller_core::wire::peer::{Devices, Media};
use dogeller_core::wire::ui::{
    CallView, Command, EngineOrder, FailureCode, Notice, PageCaps, PeerView, Phase, Place, Snapshot,
};
use dogeller_core::{Attempt, CallId, PeerId};
use dogeller_lan::{Ended, Node, Page};
use dogeller_media::booth::Booth;
use dogeller_media::engine::{Engine, Live, Order, Report, Start};
use dogeller_media::stats::Stats;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use crate::echo::Echo;
use crate::perceive::Perceived;
use crate::robot::{Impression, Robot};

/// A page that was dropped comes back after this.
const BACK_AFTER: Duration = Duration::from_millis(200);
/// Calls remembered as answered: one at a time, and those just before.
const ANSWERED: usize = 4;
/// How long the last goodbye of a call may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// Orders that wait for the seat.
const ORDERS_WAITING: usize = 8;
/// Connections that are saying goodbye at the same time; an honest call has one.
const ENDING: usize = 6;

/// What sits in the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Sends back what it gets ([`Echo`]).
    Echo,
    /// Shows, says and judges ([`Robot`]).
    Robot,
}

/// What the seat is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Who sits there.
    pub who: Who,
    /// Calls are answered.
    pub answers: bool,
    /// For tests: an offer again and again in a call, every so many seconds.
    pub renegotiate: Option<u64>,
}

/// What a seat tells.
#[derive(Debug, Clone, PartialEq)]
pub enum SeatEvent {
    /// The node could not do what was ordered.
    Refused(FailureCode),
    /// Everybody, first.
    People(Vec<PeerView>),
    /// Somebody came or changed.
    Person(PeerView),
    /// The call changed.
    Call(Box<CallView>),
    /// What a call carried, once a second and at its end.
    Media(CallId, Box<Stats>, Perceived),
}

/// What a seat is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatOrder {
    /// Place a call.
    Call(PeerId, Media),
    /// End the call.
    HangUp(CallId),
}

/// One connection and what belongs to it.
struct Held {
    call: CallId,
    attempt: Attempt,
    engine: Engine,
    reports: mpsc::Receiver<Report>,
    impression: Impression,
    live: bool,
}

/// Why a seat was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Its orders ended.
    Ordered,
    /// Its page did.
    Dropped,
}

/// See the module.
pub struct Seat {
    page: Page,
    options: Options,
    events: mpsc::Sender<SeatEvent>,
    view: Option<CallView>,
    held: Option<Held>,
    /// Engines that are saying goodbye.
    ending: JoinSet<()>,
    answered: VecDeque<CallId>,
    /// What the echo said last of its devices, and in which call.
    mirrored: Option<(CallId, Devices)>,
}

impl Seat {
    fn new(page: Page, options: Options, events: mpsc::Sender<SeatEvent>) -> Self {
        let (ending, answered) = (JoinSet::new(), VecDeque::new());
        Self { page, options, events, view: None, held: None, ending, answered, mirrored: None }
    }

    /// Sits at a node until it ends or `orders` do. A page that does not read is dropped by its node: it comes back then, as a
    /// browser does.
    pub async fn keep(
        node: Node,
        options: Options,
        events: mpsc::Sender<SeatEvent>,
        mut orders: mpsc::Receiver<SeatOrder>,
    ) {
        while let Ok(page) = node.attach(PageCaps::seen(true)).await {
            if Self::new(page, options, events.clone()).run(&mut orders).await == Left::Ordered {
                return;
            }
            tokio::time::sleep(BACK_AFTER).await;
        }
    }

    /// Runs until the page ends or `orders` do.
    async fn run(mut self, orders: &mut mpsc::Receiver<SeatOrder>) -> Left {
        let every = Duration::from_secs(self.options.renegotiate.unwrap_or(3600).max(1));
        let mut renegotiate = interval(every);
        renegotiate.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let left = loop {
            let done = tokio::select! {
                notice = self.page.next() => match notice {
                    Some(notice) => self.noticed(notice).await,
                    None => break Left::Dropped,
                },
                report = next_report(&mut self.held) => self.reported(report).await,
                order = orders.recv() => match order {
                    Some(order) => self.ordered(order).await,
                    None => break Left::Ordered,
                },
                _ = renegotiate.tick(), if self.options.renegotiate.is_some() => {
                    match self.held.as_ref().filter(|held| held.live) {
                        Some(held) => self.give(held.call, held.attempt, Order::Renegotiate).await,
                        None => Ok(()),
                    }
                }
                Some(_) = self.ending.join_next() => Ok(()),
            };
            if done.is_err() {
                break Left::Dropped;
            }
        };
        self.let_go();
        while self.ending.join_next().await.is_some() {}
        left
    }

    async fn ordered(&mut self, order: SeatOrder) -> Result<(), Ended> {
        let command = match order {
            SeatOrder::Call(peer, media) => Command::Call { peer, media },
            SeatOrder::HangUp(call) => Command::HangUp { call },
        };
        self.page.send(command).await
    }

    async fn noticed(&mut self, notice: Notice) -> Result<(), Ended> {
        match notice {
            Notice::Snapshot { snapshot } => {
                let Snapshot { peers, call, .. } = *snapshot;
                self.tell(SeatEvent::People(peers)).await;
                self.call_changed(call).await
            }
            Notice::Peer { peer } => {
                self.tell(SeatEvent::Person(peer)).await;
                Ok(())
            }
            Notice::Call { call } => self.call_changed(call).await,
            Notice::Engine { order } => self.obey(order).await,
            Notice::Refused { code } => {
                tracing::debug!(?code, "the node refused");
                self.tell(SeatEvent::Refused(code)).await;
                Ok(())
            }
            Notice::Me { .. } | Notice::PeerGone { .. } | Notice::Talk { .. } | Notice::Open { .. } => Ok(()),
        }
    }

    async fn call_changed(&mut self, call: Option<CallView>) -> Result<(), Ended> {
        self.view = call;
        let Some(view) = self.view.clone() else {
            self.let_go();
            return Ok(());
        };
        let (id, phase, media) = (view.call, view.phase, view.theirs);
        self.tell(SeatEvent::Call(Box::new(view))).await;
        match phase {
            Phase::Incoming => self.answer(id, media).await,
            Phase::Outgoing { .. } => Ok(()),
            Phase::Connecting | Phase::Connected | Phase::Reconnecting => {
                self.go_live().await?;
                self.mirror().await
            }
            Phase::Ended { .. } => {
                self.let_go();
                self.page.send(Command::Dismiss).await
            }
        }
    }

    async fn answer(&mut self, call: CallId, media: Media) -> Result<(), Ended> {
        if !self.options.answers || self.answered.contains(&call) {
            return Ok(());
        }
        // The same call changes several times while it rings.
        self.answered.push_back(call);
        if self.answered.len() > ANSWERED {
            self.answered.pop_front();
        }
        self.page.send(Command::Accept { call, media }).await
    }

    /// What both said yes to may be sent, if the call is in this page.
    fn live(&self, call: CallId) -> Option<Live> {
        let view = self.view.as_ref().filter(|view| view.call == call && view.place == Place::Here)?;
        match view.phase {
            Phase::Connecting | Phase::Connected | Phase::Reconnecting => Some(match (self.options.who, view.mine) {
                // Whoever called for sound alone may switch the camera on later: what comes goes back.
                (Who::Echo, Media::Video | Media::Voice) | (Who::Robot, Media::Video) => Live::Video,
                (Who::Robot, Media::Voice) => Live::Voice,
            }),
            Phase::Outgoing { .. } | Phase::Incoming | Phase::Ended { .. } => None,
        }
    }

    /// The echo's devices are on and off with those of the other side.
    async fn mirror(&mut self) -> Result<(), Ended> {
        let here = self.view.as_ref().filter(|view| view.place == Place::Here && self.options.who == Who::Echo);
        let Some(shown) = here.map(|view| (view.call, view.their_devices)) else {
            return Ok(());
        };
        if self.mirrored == Some(shown) {
            return Ok(());
        }
        self.mirrored = Some(shown);
        let (call, devices) = shown;
        self.page.send(Command::Devices { call, devices }).await
    }

    async fn go_live(&mut self) -> Result<(), Ended> {
        let live = self.held.as_ref().and_then(|held| self.live(held.call));
        match (live, self.held.as_mut()) {
            (Some(live), Some(held)) if !held.live => {
                held.live = true;
                let (call, attempt) = (held.call, held.attempt);
                self.give(call, attempt, Order::Live(live)).await
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    async fn obey(&mut self, order: EngineOrder) -> Result<(), Ended> {
        match order {
            EngineOrder::Start { call, attempt, offerer, reach } => {
                let live = self.live(call);
                self.start(call, attempt, Start { offerer, reach: reach.into(), live }).await
            }
            EngineOrder::Description { call, attempt, description } => {
                self.give(call, attempt, Order::Description(description)).await
            }
            EngineOrder::Candidate { call, attempt, candidate } => {
                self.give(call, attempt, Order::Candidate(candidate)).await
            }
            EngineOrder::Relay { call, frame } => match &self.held {
                Some(held) => self.give(call, held.attempt, Order::Relay(frame)).await,
                None => Ok(()),
            },
            EngineOrder::Stop { call } => {
                if self.held.as_ref().is_some_and(|held| held.call == call) {
                    self.let_go();
                }
                Ok(())
            }
        }
    }

    /// Gives the engine an order; what belongs to another connection is late. One that is flooded is made anew.
    async fn give(&mut self, call: CallId, attempt: Attempt, order: Order) -> Result<(), Ended> {
        let held = self.held.as_ref().filter(|held| held.call == call && held.attempt == attempt);
        if held.is_none_or(|held| held.engine.order(order).is_ok()) {
            return Ok(());
        }
        tracing::warn!("a connection was flooded with orders, and is made anew");
        self.let_go();
        self.page.send(Command::Renew { call, attempt }).await
    }

    async fn start(&mut self, call: CallId, attempt: Attempt, start: Start) -> Result<(), Ended> {
        self.let_go();
        if self.ending.len() >= ENDING {
            tracing::warn!("connections are asked for faster than they can be ended");
            return self.page.send(Command::EngineFailed { call }).await;
        }
        let live = start.live.is_some();
        let (booth, impression) = self.booth();
        match Engine::start(start, booth).await {
            Ok((engine, reports)) => {
                self.held = Some(Held { call, attempt, engine, reports, impression, live });
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "no connection can be made");
                self.page.send(Command::EngineFailed { call }).await
            }
        }
    }

    fn booth(&self) -> (Box<dyn Booth>, Impression) {
        match self.options.who {
            Who::Echo => (Box::new(Echo::default()), Impression::default()),
            Who::Robot => {
                let (robot, impression) = Robot::new(Instant::now());
                (Box::new(robot), impression)
            }
        }
    }

    async fn reported(&mut self, report: Option<Report>) -> Result<(), Ended> {
        let Some(held) = &self.held else {
            return Ok(());
        };
        let (call, attempt) = (held.call, held.attempt);
        let command = match report.map(|report| report.command(call, attempt)) {
            Some(Ok(command)) => command,
            Some(Err(stats)) => {
                // Numbers must not hold up the call; there are new ones in a second.
                let _full = self.events.try_send(SeatEvent::Media(call, stats, held.impression.now()));
                return Ok(());
            }
            // It ended by itself; it has said so.
            None => {
                self.held = None;
                return Ok(());
            }
        };
        self.page.send(command).await
    }

    /// Ends the connection, in the background: its goodbye takes a moment.
    fn let_go(&mut self) {
        let Some(Held { call, engine, mut reports, impression, .. }) = self.held.take() else {
            return;
        };
        let events = self.events.clone();
        self.ending.spawn(async move {
            let last = async {
                while let Some(report) = reports.recv().await {
                    if let Report::Stats(stats) = report {
                        // Whoever listened has gone, or does not read.
                        let _gone = events.try_send(SeatEvent::Media(call, stats, impression.now()));
                    }
                }
            };
            tokio::join!(engine.stop(), last);
        });
    }

    async fn tell(&self, event: SeatEvent) {
        let _gone = self.events.send(event).await;
    }
}

/// A seat that is taken, in a task of its own.
pub struct Sitting {
    orders: mpsc::Sender<SeatOrder>,
    task: JoinHandle<()>,
}

impl Sitting {
    /// Sits down at a node.
    pub fn at(node: Node, options: Options, events: mpsc::Sender<SeatEvent>) -> Self {
        let (orders, received) = mpsc::channel(ORDERS_WAITING);
        Self { orders, task: tokio::spawn(Seat::keep(node, options, events, received)) }
    }

    /// Where its orders go.
    pub fn orders(&self) -> mpsc::Sender<SeatOrder> {
        self.orders.clone()
    }

    /// Leaves it, to be called after the end of the node: it owes its connection a goodbye, and no more than that.
    pub async fn end(self) {
        let Self { orders, mut task } = self;
        drop(orders);
        if tokio::time::timeout(GOODBYE, &mut task).await.is_err() {
            task.abort();
        }
    }
}

async fn next_report(held: &mut Option<Held>) -> Option<Report> {
    match held {
        Some(held) => held.reports.recv().await,
        None => std::future::pending().await,
    }
}
