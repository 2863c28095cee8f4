//! The contact "Echo test" that every node has inside itself: a node of its own, linked with its owner alone.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use dogeller_lan::{DataFolder, Ended, FolderError, Node, StartError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::seat::{Options, Seat, SeatOrder, Who};

/// Its folder, inside the owner's.
const FOLDER: &str = "echo";
/// How long its last goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// What it tells is of no interest to anybody.
const EVENTS_WAITING: usize = 8;

/// Why there is no echo contact. The node itself is none the worse for it.
#[derive(Debug, thiserror::Error)]
pub enum EchoError {
    /// No folder for it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// One of the two ended meanwhile.
    #[error(transparent)]
    Ended(#[from] Ended),
}

/// The echo contact of a node.
pub struct EchoContact {
    node: Node,
    seat: JoinHandle<()>,
    _orders: mpsc::Sender<SeatOrder>,
}

impl EchoContact {
    /// Starts the echo contact of `owner` and introduces the two.
    ///
    /// # Errors
    /// [`EchoError`]; nothing runs then.
    pub async fn start(owner: &Node) -> Result<Self, EchoError> {
        let folder = DataFolder::open(Some(owner.folder().join(FOLDER)))?;
        let node = Node::start_echo(folder, owner.peer_id()).await?;
        let options = Options { who: Who::Echo, answers: true, inside: true, renegotiate: None };
        let (events, mut told) = mpsc::channel(EVENTS_WAITING);
        let (orders, received) = mpsc::channel(1);
        let seat = tokio::spawn({
            let node = node.clone();
            async move {
                let seat = Seat::keep(node, options, events, received);
                let unheard = async { while told.recv().await.is_some() {} };
                tokio::join!(seat, unheard);
            }
        });
        let echo = Self { node: node.clone(), seat, _orders: orders };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, node.port()));
        match owner.adopt_echo(node.peer_id(), address).await {
            Ok(()) => Ok(echo),
            Err(error) => {
                echo.shutdown().await;
                Err(error.into())
            }
        }
    }

    /// Ends it.
    pub async fn shutdown(self) {
        self.node.shutdown().await;
        // It owes its connection a goodbye, and no more than that.
        let mut seat = self.seat;
        if tokio::time::timeout(GOODBYE, &mut seat).await.is_err() {
            seat.abort();
        }
    }
}
