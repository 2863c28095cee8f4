//! The contact "Echo test" that every node has inside itself: a node of its own, linked with its owner alone.

use std::net::{Ipv4Addr, SocketAddr};

use dogeller_lan::{DataFolder, Ended, FolderError, Node, StartError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::seat::{Options, Sitting, Who};

/// Its folder, inside the owner's.
const FOLDER: &str = "echo";

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
    seat: Sitting,
}

impl EchoContact {
    /// Starts the echo contact of `owner` and introduces the two.
    ///
    /// # Errors
    /// [`EchoError`]; nothing runs then.
    pub async fn start(owner: &Node) -> Result<Self, EchoError> {
        let folder = DataFolder::open(Some(owner.folder().join(FOLDER)))?;
        let node = Node::start_echo(folder, owner.peer_id()).await?;
        let options = Options { who: Who::Echo, answers: true, renegotiate: None };
        // What it tells is of no interest to anybody.
        let (events, _) = mpsc::channel(1);
        let seat = Sitting::at(node.clone(), options, events);
        let echo = Self { node: node.clone(), seat };
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
        self.seat.end().await;
    }
}

/// An echo contact that is being started: nobody waits for it, it is on the list a moment later.
pub struct EchoStarting(JoinHandle<Option<EchoContact>>);

impl EchoStarting {
    /// Begins to start the echo contact of `owner`. Without one, the log says why.
    pub fn begin(owner: &Node) -> Self {
        let owner = owner.clone();
        Self(tokio::spawn(async move {
            EchoContact::start(&owner).await.inspect_err(|error| tracing::warn!(%error, "no echo test")).ok()
        }))
    }

    /// Ends it, once it has started.
    pub async fn shutdown(self) {
        if let Ok(Some(echo)) = self.0.await {
            echo.shutdown().await;
        }
    }
}
