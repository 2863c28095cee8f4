//! One page's control socket: the node's notices out, the page's commands in.
//!
//! ```text
//! page                                 node
//!   | {"token":"…","caps":{…}}  ------> |  within 5 s, or 4401
//!   | <------------ notices, a snapshot first
//!   | commands -----------------------> |
//! ```

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dogeller_core::wire::ui::{Command, FailureCode, Notice, PageCaps};
use dogeller_core::wire::{MESSAGE_BYTES, decode, encode};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use crate::door::Door;
use crate::site::shown;

/// The most sockets at once.
pub(crate) const SOCKETS: usize = 32;
/// The most sockets at once whose page has not shown the token yet.
pub(crate) const STRANGERS: usize = 16;
/// How long a page may take to show the token.
const GREETING: Duration = Duration::from_secs(5);
/// The most bytes of the message that shows it.
const GREETING_BYTES: usize = 1024;
/// The most bytes read as one message. Above [`MESSAGE_BYTES`], so that the socket can be closed in order: a message
/// that is left half read makes the system reset the connection, and the page never learns why. Beyond this it may.
const READ_BYTES: usize = 4 * MESSAGE_BYTES;
/// How many messages a page may get wrong.
const MISTAKES: u32 = 20;
/// How often a page is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// How many of these questions may stay open.
const UNANSWERED: u32 = 3;
/// How long one notice may take to be written, once the system's buffers are full.
const UNREAD: Duration = Duration::from_secs(10);
/// How long a page may take to close its side.
const FAREWELL: Duration = Duration::from_secs(1);

/// The first message of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Greeting {
    token: String,
    caps: PageCaps,
}

/// How a socket ends, and the code the page gets for it (4000 and up are ours: RFC 6455, section 7.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The page left, or its connection broke.
    Left,
    /// The node ends.
    NodeEnds,
    /// A message was too large.
    TooLarge,
    /// A message was not text.
    NotText,
    /// Too many messages were none of ours.
    Mistakes,
    /// The token was not shown.
    Stranger,
    /// The page did not read what it was told: it shall come again, for a new snapshot.
    Unread,
}

impl End {
    fn code(self) -> Option<u16> {
        match self {
            Self::Left => None,
            Self::NodeEnds => Some(1001),
            Self::NotText => Some(1003),
            Self::TooLarge => Some(1009),
            Self::Mistakes => Some(4400),
            Self::Stranger => Some(4401),
            Self::Unread => Some(4429),
        }
    }
}

/// Opens a socket for our own page.
pub(crate) async fn open(
    State(door): State<Arc<Door>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !door.site.is_origin_of(&headers) {
        tracing::warn!(origin = %shown(&headers, &ORIGIN), "refused a socket to another site's page");
        return StatusCode::FORBIDDEN.into_response();
    }
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let (Ok(place), Ok(stranger)) =
        (door.sockets.clone().try_acquire_owned(), door.strangers.clone().try_acquire_owned())
    else {
        tracing::warn!("refused a socket: too many are open");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    upgrade.max_message_size(READ_BYTES).max_frame_size(READ_BYTES).on_upgrade(async move |mut socket| {
        let mut ending = door.ending.clone();
        let end = tokio::select! {
            end = talk(&mut socket, &door, stranger) => end,
            _ = ending.changed() => End::NodeEnds,
        };
        close(socket, end).await;
        drop(place);
    })
}

async fn talk(socket: &mut WebSocket, door: &Door, stranger: OwnedSemaphorePermit) -> End {
    let caps = match timeout(GREETING, greeting(socket, door)).await {
        Ok(Ok(caps)) => caps,
        Ok(Err(end)) => return end,
        Err(_) => {
            tracing::warn!("closed a socket: no token within {} s", GREETING.as_secs());
            return End::Stranger;
        }
    };
    drop(stranger);
    let Ok(mut page) = door.node.attach(caps).await else {
        return End::NodeEnds;
    };
    let mut mistakes = 0;
    let mut unanswered = 0;
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let sent = tokio::select! {
            notice = page.next() => match notice {
                Some(notice) => send(socket, Message::text(encode(&notice))).await,
                None => return dropped(door).await,
            },
            message = socket.recv() => {
                unanswered = 0;
                match command(message) {
                    Ok(Some(Ok(command))) => page.send(command).await.map_err(|_| End::NodeEnds),
                    Ok(Some(Err(Mistake))) if mistakes == MISTAKES => Err(End::Mistakes),
                    Ok(Some(Err(Mistake))) => {
                        mistakes += 1;
                        let refused = Notice::Refused { code: FailureCode::BadMessage };
                        send(socket, Message::text(encode(&refused))).await
                    }
                    Ok(None) => Ok(()),
                    Err(end) => Err(end),
                }
            }
            _ = ping.tick() => {
                unanswered += 1;
                if unanswered > UNANSWERED { Err(End::Unread) } else { send(socket, Message::Ping(Vec::new().into())).await }
            }
        };
        if let Err(end) = sent {
            return end;
        }
    }
}

/// Waits for the message that shows the token.
async fn greeting(socket: &mut WebSocket, door: &Door) -> Result<PageCaps, End> {
    let text = loop {
        match text(socket.recv().await) {
            Ok(Some(text)) => break text,
            Ok(None) => {}
            Err(End::Left) => return Err(End::Left),
            Err(_) => return Err(refuse("not a message of a page")),
        }
    };
    if text.len() > GREETING_BYTES {
        return Err(refuse("too large"));
    }
    let greeting: Greeting = serde_json::from_str(&text).map_err(|_| refuse("not a message of a page"))?;
    if !door.token.matches(&greeting.token) {
        return Err(refuse("wrong token"));
    }
    Ok(greeting.caps)
}

fn refuse(why: &'static str) -> End {
    tracing::warn!(why, "closed a socket at its first message");
    End::Stranger
}

/// A message that is none of ours.
struct Mistake;

/// A command in what came, if it holds one.
fn command(message: Option<Result<Message, axum::Error>>) -> Result<Option<Result<Command, Mistake>>, End> {
    let Some(text) = text(message)? else {
        return Ok(None);
    };
    Ok(Some(decode(&text).map_err(|error| {
        tracing::warn!(%error, "a page sent a message that is no command");
        Mistake
    })))
}

/// The text in what came, if it holds one.
fn text(message: Option<Result<Message, axum::Error>>) -> Result<Option<String>, End> {
    match message {
        Some(Ok(Message::Text(text))) if text.len() > MESSAGE_BYTES => Err(End::TooLarge),
        Some(Ok(Message::Binary(bytes))) if bytes.len() > MESSAGE_BYTES => Err(End::TooLarge),
        Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
        Some(Ok(Message::Binary(_))) => Err(End::NotText),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Close(_))) | None => Err(End::Left),
        Some(Err(error)) => {
            tracing::debug!(%error, "a page's socket broke");
            Err(End::Left)
        }
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(UNREAD, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Left),
        Err(_) => Err(End::Unread),
    }
}

/// Why the node tells this page no more: it ends, or the page did not read.
async fn dropped(door: &Door) -> End {
    // The two come from different tasks of a node that ends, in either order.
    match timeout(FAREWELL, door.node.ended()).await {
        Ok(()) => End::NodeEnds,
        Err(_) => End::Unread,
    }
}

/// Says why, and waits a moment for the page to have heard it.
async fn close(mut socket: WebSocket, end: End) {
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
