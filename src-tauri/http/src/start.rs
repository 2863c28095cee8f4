//! Listening, and ending all of it.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use dogeller_lan::Node;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rand::rngs::SysError;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::door::{Door, router};
use crate::media::socket::MEDIA_SOCKETS;
use crate::port::{self, PortError};
use crate::running::{Kind, RunningFile};
use crate::site::Site;
use crate::socket;
use crate::ticket::Tickets;
use crate::token::Token;
use crate::upload::Bringing;

/// The most connections at once that are not sockets; more wait. A browser makes 6 for each site.
const CONNECTIONS: usize = 128;
/// How long a connection may take for a request's head, and wait for its next request.
const HEAD: Duration = Duration::from_secs(5);
/// How long a connection lives at most before it is a socket, but for one that brings a file: one that does not read its
/// answer cannot stay for ever.
const CONNECTION: Duration = Duration::from_secs(120);
/// The most bytes of a request's head.
const HEAD_BYTES: usize = 16 * 1024;

/// How the page is to be opened to browsers.
pub struct Options {
    /// The page's port: `None` takes the kept one, or another free one when that is taken; `Some(0)` any free one.
    pub ui_port: Option<u16>,
    /// What is running, told to a second start.
    pub kind: Kind,
    /// The origin of the app's own window, if it may use an engine whose other half is here.
    pub window: Option<&'static str>,
    /// Called when a second start asks this one to come to the front. Must not block.
    pub on_front: Box<dyn Fn() + Send + Sync>,
}

/// Why the page could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The port cannot be opened.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The system gave no random bits for the token.
    #[error("the system gave no random bits: {0}")]
    Random(#[from] SysError),
    /// `running.json` could not be written.
    #[error("cannot write running.json in the data folder: {0}")]
    Running(io::Error),
}

/// See [`Http::media`].
#[derive(Clone)]
pub struct Media {
    /// `ws://127.0.0.1:PORT/media`.
    pub url: String,
    /// 256 random bits of this start, in hexadecimal.
    pub token: String,
}

/// The page of a node, open on loopback. Dropping it ends it too, without waiting.
pub struct Http {
    door: Arc<Door>,
    ending: watch::Sender<()>,
    held: mpsc::Receiver<Infallible>,
    running: RunningFile,
}

impl Http {
    /// Opens the page of `node`: returns once it can be loaded and `running.json` tells of it.
    ///
    /// # Errors
    /// [`HttpError`], each with what the system said.
    pub async fn start(node: &Node, options: Options) -> Result<Self, HttpError> {
        let listener = port::open(node.folder(), options.ui_port)?;
        let port = listener.local_addr().map_err(PortError::unknown)?.port();
        let (ending, end) = watch::channel(());
        let (hold, held) = mpsc::channel(1);
        let door = Arc::new(Door {
            site: Arc::new(Site::new(port, options.window)),
            token: Token::random()?,
            tickets: Tickets::default(),
            node: node.clone(),
            media_token: Token::random()?,
            media_sockets: Arc::new(Semaphore::new(MEDIA_SOCKETS)),
            on_front: options.on_front,
            sockets: Arc::new(Semaphore::new(socket::SOCKETS)),
            strangers: Arc::new(Semaphore::new(socket::STRANGERS)),
            ending: end.clone(),
            _held: hold,
        });
        let running = RunningFile::put(node.folder(), options.kind, door.url()).map_err(HttpError::Running)?;
        tokio::spawn(accept(listener, router(door.clone()), end));
        Ok(Self { door, ending, held, running })
    }

    /// The page's address with the token of this start, `http://127.0.0.1:PORT/#t=TOKEN`.
    pub fn url(&self) -> String {
        self.door.url()
    }

    /// An address of the page that works once, within a minute: for a browser's command line, which others can read.
    ///
    /// # Errors
    /// [`HttpError::Random`].
    pub fn open_url(&self) -> Result<String, HttpError> {
        Ok(self.door.open_url()?)
    }

    /// Where the window's page finds the other half of its engine: an address, and the token it must show there.
    pub fn media(&self) -> Media {
        let Door { site, media_token, .. } = &*self.door;
        Media { url: format!("ws://{}/media", site.host()), token: media_token.digits().to_owned() }
    }

    /// Closes every page's socket, ends every task, removes `running.json`, and returns when that is done.
    pub async fn shutdown(self) {
        let Self { door, ending, mut held, running } = self;
        drop((ending, door, running));
        // Nothing is ever sent: this is the moment when the last task has let go of the door.
        held.recv().await;
    }
}

/// Takes connections until the end.
async fn accept(listener: TcpListener, router: Router, mut ending: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = ending.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, router.clone()));
                }
                Err(error) => {
                    // Out of file descriptors, most likely: wait for some to come free instead of spinning.
                    tracing::warn!(%error, "cannot take a connection");
                    sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    connections.shutdown().await;
}

async fn serve(stream: TcpStream, router: Router) {
    let bringing = Bringing::default();
    let router = router.layer(Extension(bringing.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_header_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = pin!(connection);
    loop {
        match timeout(CONNECTION, &mut connection).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => return tracing::debug!(%error, "a connection ended badly"),
            // Large files take as long as they take; whoever stops sending is shown out there.
            Err(_) if bringing.is_anything() => {}
            Err(_) => return tracing::debug!("a connection lived too long"),
        }
    }
}
