//! The node that a command talks to: the one that runs on the data folder, over its own loopback socket, whose token only
//! the folder's owner can read; or one started for as long as the command needs it.

use std::time::Duration;

use dogeller_core::wire::ui::{Command, Notice, PageCaps};
use dogeller_core::wire::{decode_bounded, encode};
use dogeller_http::running::{self, Running};
use dogeller_lan::{DataFolder, FolderError, Node, Options, Page};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::ORIGIN;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::run::RunError;

/// How long the running node may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// The node ended while a command needed it.
#[derive(Debug, thiserror::Error)]
#[error("Dogeller ended while the command waited.")]
pub(crate) struct Gone;

/// See the module.
pub(crate) enum Attached {
    /// The running one.
    Running(Box<WebSocketStream<TcpStream>>),
    /// Our own.
    Own(Node, Page),
}

impl Attached {
    /// Finds the running node of a data folder, or starts one there.
    pub(crate) async fn open(folder: Option<std::path::PathBuf>, options: Options) -> Result<Self, RunError> {
        match DataFolder::open(folder) {
            Ok(folder) => {
                let node = Node::start(folder, options).await?;
                let page = node.attach(PageCaps::COMMAND).await.map_err(|_| RunError::Ended)?;
                Ok(Self::Own(node, page))
            }
            Err(FolderError::InUse(folder)) => {
                let silent = |why: &dyn std::fmt::Display| RunError::Silent(why.to_string());
                let running = running::read(&folder).map_err(|error| silent(&error))?;
                let socket = timeout(ANSWER, connect(&running)).await.map_err(|late| silent(&late))?;
                Ok(Self::Running(Box::new(socket.map_err(|error| silent(&error))?)))
            }
            Err(error @ (FolderError::Unusable { .. } | FolderError::NoHome)) => Err(RunError::Folder(error)),
        }
    }

    /// This node was started for the command: nobody was here before.
    pub(crate) fn is_own(&self) -> bool {
        match self {
            Self::Own(..) => true,
            Self::Running(_) => false,
        }
    }

    /// The next notice.
    pub(crate) async fn next(&mut self) -> Result<Notice, Gone> {
        match self {
            Self::Own(_, page) => page.next().await.ok_or(Gone),
            Self::Running(socket) => loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        // A later Dogeller may tell more than this one knows.
                        if let Ok(notice) = decode_bounded(&text) {
                            return Ok(notice);
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
                }
            },
        }
    }

    /// The next notice, or `None` where none came in time.
    pub(crate) async fn next_before(&mut self, deadline: Option<Instant>) -> Result<Option<Notice>, Gone> {
        match deadline {
            None => self.next().await.map(Some),
            Some(at) => timeout_at(at, self.next()).await.ok().transpose(),
        }
    }

    /// Asks something.
    pub(crate) async fn send(&mut self, command: Command) -> Result<(), Gone> {
        match self {
            Self::Own(_, page) => page.send(command).await.map_err(|_| Gone),
            Self::Running(socket) => socket.send(Message::text(encode(&command))).await.map_err(|_| Gone),
        }
    }

    /// Goes; a node of our own ends.
    pub(crate) async fn close(self) {
        match self {
            Self::Own(node, page) => {
                drop(page);
                node.shutdown().await;
            }
            // It may be gone already.
            Self::Running(mut socket) => drop(timeout(ANSWER, socket.close()).await),
        }
    }
}

async fn connect(running: &Running) -> Result<WebSocketStream<TcpStream>, tungstenite::Error> {
    let (port, token) = running.door().ok_or(tungstenite::Error::ConnectionClosed)?;
    let stream = TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port)).await?;
    let mut request = format!("ws://127.0.0.1:{port}/socket").into_client_request()?;
    let origin = HeaderValue::from_str(&format!("http://127.0.0.1:{port}"))?;
    request.headers_mut().insert(ORIGIN, origin);
    let (mut socket, _) = client_async(request, stream).await?;
    let greeting = format!("{{\"token\":\"{token}\",\"caps\":{}}}", encode(&PageCaps::COMMAND));
    socket.send(Message::text(greeting)).await?;
    Ok(socket)
}
