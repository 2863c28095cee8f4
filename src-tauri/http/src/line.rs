//! A page's socket, whatever it is for: how long things may take, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use dogeller_core::wire::MESSAGE_BYTES;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};

/// How long a page may take to show its token.
const GREETING: Duration = Duration::from_secs(5);
/// The most bytes of the message that shows it.
const GREETING_BYTES: usize = 1024;
/// How many messages a page may get wrong.
pub(crate) const MISTAKES: u32 = 20;
/// How often a page is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// How many of these questions may stay open.
pub(crate) const UNANSWERED: u32 = 3;
/// How long one message may take to be written, once the system's buffers are full.
const UNREAD: Duration = Duration::from_secs(10);
/// How long a page may take to close its side.
pub(crate) const FAREWELL: Duration = Duration::from_secs(1);

/// How a socket ends, and the code the page gets for it (4000 and up are ours: RFC 6455, section 7.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The page left, or its connection broke.
    Left,
    /// The node ends.
    NodeEnds,
    /// A message was too large.
    TooLarge,
    /// A message was of the other kind: text where bytes belong, or bytes where text does.
    WrongKind,
    /// Too many messages were none of ours.
    Mistakes,
    /// The token was not shown.
    Stranger,
    /// The page did not read what it was told: it shall come again.
    Unread,
}

impl End {
    fn code(self) -> Option<u16> {
        match self {
            Self::Left => None,
            Self::NodeEnds => Some(1001),
            Self::WrongKind => Some(1003),
            Self::TooLarge => Some(1009),
            Self::Mistakes => Some(4400),
            Self::Stranger => Some(4401),
            Self::Unread => Some(4429),
        }
    }
}

/// Makes a socket of a request, if there is a place for one and for a stranger. `talk` holds the stranger's place until the
/// page has shown its token; the other is held until it returns. At most `read` bytes are read as one message.
pub(crate) fn admit<F: Future<Output = ()> + Send>(
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    places: [Arc<Semaphore>; 2],
    read: usize,
    talk: impl FnOnce(WebSocket, OwnedSemaphorePermit) -> F + Send + 'static,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let [Ok(place), Ok(stranger)] = places.map(Semaphore::try_acquire_owned) else {
        tracing::warn!("refused a socket: too many are open");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    upgrade.max_message_size(read).max_frame_size(read).on_upgrade(async move |socket| {
        talk(socket, stranger).await;
        drop(place);
    })
}

/// When to ask the page whether it is there.
pub(crate) fn pings() -> Interval {
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping
}

/// Waits for the message that shows the token.
pub(crate) async fn greeting<G: DeserializeOwned>(
    socket: &mut WebSocket,
    is_good: impl Fn(&G) -> bool,
) -> Result<G, End> {
    match timeout(GREETING, first(socket, is_good)).await {
        Ok(first) => first,
        Err(_) => {
            tracing::warn!("closed a socket: no token within {} s", GREETING.as_secs());
            Err(End::Stranger)
        }
    }
}

async fn first<G: DeserializeOwned>(socket: &mut WebSocket, is_good: impl Fn(&G) -> bool) -> Result<G, End> {
    let text = loop {
        match text(socket.recv().await, MESSAGE_BYTES) {
            Ok(Some(text)) => break text,
            Ok(None) => {}
            Err(End::Left) => return Err(End::Left),
            Err(_) => return Err(refuse("not a message of a page")),
        }
    };
    if text.len() > GREETING_BYTES {
        return Err(refuse("too large"));
    }
    let greeting = serde_json::from_str(&text).map_err(|_| refuse("not a message of a page"))?;
    if is_good(&greeting) { Ok(greeting) } else { Err(refuse("wrong token")) }
}

fn refuse(why: &'static str) -> End {
    tracing::warn!(why, "closed a socket at its first message");
    End::Stranger
}

/// The text in what came, if it holds one, of at most so many bytes.
pub(crate) fn text(message: Option<Result<Message, axum::Error>>, most: usize) -> Result<Option<String>, End> {
    match message {
        Some(Ok(Message::Text(text))) if text.len() > most => Err(End::TooLarge),
        Some(Ok(Message::Binary(bytes))) if bytes.len() > most => Err(End::TooLarge),
        Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
        Some(Ok(Message::Binary(_))) => Err(End::WrongKind),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Close(_))) | None => Err(End::Left),
        Some(Err(error)) => {
            tracing::debug!(%error, "a page's socket broke");
            Err(End::Left)
        }
    }
}

pub(crate) async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(UNREAD, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Left),
        Err(_) => Err(End::Unread),
    }
}

/// Says why, and waits a moment for the page to have heard it.
pub(crate) async fn close(mut socket: WebSocket, end: End) {
    let Some(code) = end.code() else { return };
    tracing::debug!(?end, "closing a page's socket");
    let frame = Message::Close(Some(CloseFrame { code, reason: "".into() }));
    let said = async {
        if socket.send(frame).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    if timeout(FAREWELL, said).await.is_err() {
        tracing::debug!("the page did not close its side");
    }
}
