//! One connection of one call, from its making to its end: what the node orders on one side, a [`Booth`] on the other, and
//! one task in between that owns everything.
//!
//! | file | what it is |
//! | --- | --- |
//! | `engine.rs` | the handle, what goes in and what comes out |
//! | `engine/run.rs` | the task |
//! | `engine/negotiation.rs` | offers and answers, also when they cross |
//! | `engine/revealing.rs` | candidates that hide behind a name |
//! | `engine/path.rs` | when to look for a new path |
//! | `engine/hearing.rs`, `seeing.rs` | what comes |
//! | `engine/speaking.rs`, `showing.rs` | what goes |
//! | `engine/congestion.rs` | how much of it |

mod congestion;
mod hearing;
mod negotiation;
mod path;
mod revealing;
mod run;
mod seeing;
mod showing;
mod speaking;

use dogeller_core::wire::peer::{Candidate, Description};
use dogeller_core::wire::ui::{Command, Path};
use dogeller_core::{Attempt, CallId};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinHandle;

use crate::booth::Booth;
use crate::sound::SoundError;
use crate::stack::{Reach, StackError};
use crate::stats::Stats;

pub use congestion::START_BITS;

/// Orders waiting for an engine: an offer, its candidates, and room.
const ORDERS_WAITING: usize = 64;
/// Reports waiting for whoever listens.
const REPORTS_WAITING: usize = 128;

/// What the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// This side makes the first offer, and yields when two offers cross later.
    pub offerer: bool,
    /// Whom it may reach.
    pub reach: Reach,
    /// What both said yes to already; `None` while it rings.
    pub live: Option<Live>,
}

/// What this side sends, from the moment on that both said yes. There is no way back: a call that is over is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// Sound and picture.
    Video,
    /// Sound alone.
    Voice,
}

/// What an engine is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// A description of the other side.
    Description(Description),
    /// A candidate of the other side.
    Candidate(Candidate),
    /// Both said yes: send.
    Live(Live),
    /// Send this over the data channel.
    Relay(String),
    /// Make an offer, as for a change of the lines.
    Renegotiate,
}

/// What an engine tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// For the other side.
    Description(Description),
    /// For the other side.
    Candidate(Candidate),
    /// How the path is.
    Path(Path),
    /// What came over the data channel.
    Relayed(String),
    /// This connection is of no use any more; another must be made.
    Useless,
    /// Once a second while it is live, and once at the end.
    Stats(Box<Stats>),
}

impl Report {
    /// What the node is told of it, as a page's engine would.
    ///
    /// # Errors
    /// Numbers are not for the node, but for whoever holds the engine.
    pub fn command(self, call: CallId, attempt: Attempt) -> Result<Command, Box<Stats>> {
        Ok(match self {
            Self::Description(description) => Command::Description { call, attempt, description },
            Self::Candidate(candidate) => Command::Candidate { call, attempt, candidate },
            Self::Path(path) => Command::Path { call, attempt, path },
            Self::Relayed(frame) => Command::Relayed { call, frame },
            Self::Useless => Command::Renew { call, attempt },
            Self::Stats(stats) => return Err(stats),
        })
    }
}

/// Why an engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No connection.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// No codec.
    #[error(transparent)]
    Sound(#[from] SoundError),
}

/// The engine has more orders than it can carry out: somebody floods it, and the connection is best made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more orders than an engine can carry out")]
pub struct Overrun;

/// A running connection. Dropping it ends it too; [`Engine::stop`] waits until its goodbye is said.
pub struct Engine {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
}

impl Engine {
    /// Makes the connection and runs it.
    ///
    /// # Errors
    /// [`EngineError`] when there is no socket or no codec; nothing runs then.
    pub async fn start(start: Start, booth: Box<dyn Booth>) -> Result<(Self, mpsc::Receiver<Report>), EngineError> {
        let (orders, received) = mpsc::channel(ORDERS_WAITING);
        let (reports, told) = mpsc::channel(REPORTS_WAITING);
        let panicked = reports.clone();
        let run = run::Run::open(start, booth, reports).await?;
        Ok((Self { orders, task: watched(run.run(received), panicked) }, told))
    }

    /// Gives an order. An engine that has ended passes it over.
    ///
    /// # Errors
    /// [`Overrun`] when it has too many already. It is never waited for: it may be waiting for whoever reads its reports.
    pub fn order(&self, order: Order) -> Result<(), Overrun> {
        match self.orders.try_send(order) {
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Overrun),
        }
    }

    /// Ends the connection, after what is to be relayed is out.
    pub async fn stop(self) {
        let Self { orders, task } = self;
        // The end of its orders is the engine's order to end.
        drop(orders);
        let _joined = task.await;
    }
}

/// Runs an engine, and says so should it panic: else the node would wait for it for good.
fn watched(run: impl Future<Output = ()> + Send + 'static, reports: mpsc::Sender<Report>) -> JoinHandle<()> {
    let running = tokio::spawn(run);
    tokio::spawn(async move {
        if running.await.is_err() {
            // Whoever listened may have gone.
            let _gone = reports.send(Report::Useless).await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_engine_that_panics_says_that_it_is_useless_and_one_that_ends_says_nothing() {
        let (reports, mut told) = mpsc::channel(1);
        watched(async { panic!("what everybody overlooked") }, reports).await.unwrap();
        assert_eq!(told.recv().await, Some(Report::Useless));
        let (reports, mut told) = mpsc::channel(1);
        watched(async {}, reports).await.unwrap();
        assert_eq!(told.recv().await, None);
    }
}
