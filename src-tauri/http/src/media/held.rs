//! The connection a page's socket holds: made, ordered and ended as the node says through the page.

use std::time::Instant;

use dogeller_core::wire::media::EngineWord;
use dogeller_core::wire::ui::{Command, EngineOrder};
use dogeller_core::{Attempt, CallId};
use dogeller_media::engine::{Engine, Live, Order, Report, Start};
use dogeller_media::sound::Ears;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::booth::{Down, Ends, PageBooth, Seen, Shot, Taken};

/// Connections that are saying goodbye at the same time; an honest call has one.
const ENDING: usize = 6;

/// What a page chose, which outlives a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Choices {
    /// The call both said yes to.
    live: Option<CallId>,
    picture: bool,
    ears: Ears,
}

struct Connection {
    call: CallId,
    attempt: Attempt,
    engine: Engine,
    reports: mpsc::Receiver<Report>,
    ends: Ends,
    /// The newest picture from before both said yes. It stays here until they have, and is then the first that leaves.
    rehearsed: Option<Shot>,
}

/// See the module.
pub(super) struct Held {
    connection: Option<Connection>,
    choices: Choices,
    /// Engines that are saying goodbye.
    ending: JoinSet<()>,
}

impl Held {
    pub(super) fn new() -> Self {
        let choices = Choices { live: None, picture: false, ears: Ears::Loudspeaker };
        Self { connection: None, choices, ending: JoinSet::new() }
    }

    /// Carries out an order of the node. What is to be told to the node at once, if anything.
    pub(super) async fn obey(&mut self, order: EngineOrder) -> Option<Command> {
        match order {
            EngineOrder::Start { call, attempt, offerer, reach } => {
                let live = (self.choices.live == Some(call)).then_some(Live::Video);
                self.start(call, attempt, Start { offerer, reach: reach.into(), live }).await
            }
            EngineOrder::Description { call, attempt, description } => {
                self.give(call, Some(attempt), Order::Description(description))
            }
            EngineOrder::Candidate { call, attempt, candidate } => {
                self.give(call, Some(attempt), Order::Candidate(candidate))
            }
            EngineOrder::Relay { call, frame } => self.give(call, None, Order::Relay(frame)),
            EngineOrder::Stop { call } => {
                if self.connection.as_ref().is_some_and(|connection| connection.call == call) {
                    self.let_go();
                }
                None
            }
        }
    }

    /// Both said yes. A page without a picture may have one later: sound and picture are both said yes to.
    pub(super) fn live(&mut self, call: CallId) -> Option<Command> {
        tracing::debug!("both said yes");
        self.choices.live = Some(call);
        // Before the order: the engine asks for a picture with it.
        if let Some(shot) = self.connection.as_mut().and_then(|connection| connection.rehearsed.take()) {
            self.shot(shot);
        }
        self.give(call, None, Order::Live(Live::Video))
    }

    pub(super) fn picture(&mut self, on: bool) {
        self.choices.picture = on;
        if let Some(connection) = &mut self.connection {
            connection.rehearsed = None;
        }
        self.seen(Seen::On(on));
    }

    pub(super) fn ears(&mut self, ears: Ears) {
        self.choices.ears = ears;
        self.seen(Seen::Ears(ears));
    }

    /// A picture of the page. Before both said yes it goes no further than this.
    pub(super) fn shot(&mut self, shot: Shot) {
        // What was being encoded when the camera was switched off comes too late.
        if !self.choices.picture {
            return;
        }
        let live = self.choices.live;
        let Some(connection) = &mut self.connection else { return };
        if live != Some(connection.call) {
            connection.rehearsed = Some(shot).filter(Shot::key);
        } else if connection.ends.shots.try_send(shot).is_err() {
            tracing::debug!("the engine has no time for a page's picture");
        }
    }

    fn live_connection(&self) -> Option<&Connection> {
        self.connection.as_ref().filter(|connection| self.choices.live == Some(connection.call))
    }

    /// For the booth; a page that is faster than the engine is not waited for.
    pub(super) fn seen(&self, seen: Seen) {
        if let Some(connection) = &self.connection
            && connection.ends.seen.try_send(seen).is_err()
        {
            tracing::warn!("the engine has no time for a page's words");
        }
    }

    pub(super) fn taken(&self, taken: Taken) {
        if let Some(connection) = self.live_connection() {
            // 320 ms of sound wait already: nobody wants to hear this any more.
            let _full = connection.ends.taken.try_send(taken);
        }
    }

    /// What comes next for the page. Never ends while there is no connection.
    pub(super) async fn next(&mut self) -> Down {
        loop {
            let Some(connection) = &mut self.connection else {
                // Those that are ending have nothing to say; their tasks are swept up here.
                while self.ending.join_next().await.is_some() {}
                return std::future::pending().await;
            };
            let (call, attempt) = (connection.call, connection.attempt);
            tokio::select! {
                Some(down) = connection.ends.down.recv() => return down,
                report = connection.reports.recv() => match report.map(|report| report.command(call, attempt)) {
                    Some(Ok(command)) => return Down::Word(EngineWord::Report { command }),
                    Some(Err(stats)) => tracing::debug!(?stats, "a page's connection"),
                    // It ended by itself; it has said so.
                    None => self.connection = None,
                },
                Some(_) = self.ending.join_next() => {}
            }
        }
    }

    /// Ends what there is, and waits until its goodbye is said.
    pub(super) async fn end(mut self) {
        self.let_go();
        while self.ending.join_next().await.is_some() {}
    }

    async fn start(&mut self, call: CallId, attempt: Attempt, start: Start) -> Option<Command> {
        let rehearses = start.live.is_none();
        self.let_go();
        if self.ending.len() >= ENDING {
            tracing::warn!("connections are asked for faster than they can be ended");
            return Some(Command::EngineFailed { call });
        }
        let (mut booth, ends) = PageBooth::new(self.choices.ears, Instant::now());
        if rehearses {
            booth.rehearse();
        }
        match Engine::start(start, Box::new(booth)).await {
            Ok((engine, reports)) => {
                self.connection = Some(Connection { call, attempt, engine, reports, ends, rehearsed: None });
                self.seen(Seen::On(self.choices.picture));
                None
            }
            Err(error) => {
                tracing::error!(%error, "no connection can be made");
                Some(Command::EngineFailed { call })
            }
        }
    }

    /// Gives the engine an order; what belongs to another connection is late. One that is flooded is made anew.
    fn give(&mut self, call: CallId, attempt: Option<Attempt>, order: Order) -> Option<Command> {
        let meant = |held: &&Connection| held.call == call && attempt.is_none_or(|attempt| held.attempt == attempt);
        let connection = self.connection.as_ref().filter(meant)?;
        if connection.engine.order(order).is_ok() {
            return None;
        }
        tracing::warn!("a connection was flooded with orders, and is made anew");
        let renew = Command::Renew { call, attempt: connection.attempt };
        self.let_go();
        Some(renew)
    }

    /// Ends the connection, in the background: its goodbye takes a moment.
    fn let_go(&mut self) {
        let Some(Connection { engine, mut reports, ends, .. }) = self.connection.take() else {
            return;
        };
        self.ending.spawn(async move {
            drop(ends);
            let unread = async { while reports.recv().await.is_some() {} };
            tokio::join!(engine.stop(), unread);
        });
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use dogeller_core::wire::ui::Reach;

    use super::*;

    fn call(n: u8) -> CallId {
        format!("{n:02x}").repeat(16).parse().unwrap()
    }

    fn picture() -> Shot {
        Shot { taken: 0.0, came: Instant::now(), data: Bytes::from_static(&[0x10, 0, 0, 0x9d, 1, 0x2a, 0, 1, 0, 1]) }
    }

    /// It rings, and there is a camera.
    async fn ringing() -> Held {
        let mut held = Held::new();
        held.rings(call(1)).await;
        held.picture(true);
        held
    }

    impl Held {
        async fn rings(&mut self, call: CallId) {
            let order = EngineOrder::Start { call, attempt: Attempt::FIRST, offerer: true, reach: Reach::ThisMachine };
            assert!(self.obey(order).await.is_none());
        }

        /// How many pictures were given to the engine, which has not had a turn yet.
        fn given(&self) -> usize {
            self.connection.as_ref().map_or(0, |one| one.ends.shots.max_capacity() - one.ends.shots.capacity())
        }
    }

    #[tokio::test]
    async fn a_picture_stays_until_both_said_yes_to_this_very_call() {
        let mut held = ringing().await;
        held.shot(picture());
        held.live(call(2));
        assert_eq!(held.given(), 0);
        held.live(call(1));
        assert_eq!(held.given(), 1);
        held.end().await;
    }

    #[tokio::test]
    async fn what_was_rehearsed_goes_with_its_camera_and_with_its_call() {
        let mut held = ringing().await;
        held.shot(picture());
        held.picture(false);
        held.picture(true);
        held.live(call(1));
        assert_eq!(held.given(), 0, "of a camera that was switched off");
        held.end().await;
        let mut held = ringing().await;
        held.shot(picture());
        held.rings(call(2)).await;
        held.live(call(2));
        assert_eq!(held.given(), 0, "of another call");
        held.picture(false);
        held.shot(picture());
        assert_eq!(held.given(), 0, "what was being encoded when the camera went off");
        held.end().await;
    }
}
