//! One page's control socket: the node's notices out, the page's commands in.
//!
//! ```text
//! page                                 node
//!   | {"token":"…","caps":{…}}  ------> |  within 5 s, or 4401
//!   | <------------ notices, a snapshot first
//!   | commands -----------------------> |
//! ```

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dogeller_core::wire::ui::{Command, FailureCode, Notice, PageCaps};
use dogeller_core::wire::{MESSAGE_BYTES, decode, encode};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::door::Door;
use crate::line::{End, FAREWELL, MISTAKES, UNANSWERED, admit, close, greeting, pings, send, text};
use crate::site::shown;

/// The most sockets at once.
pub(crate) const SOCKETS: usize = 32;
/// The most sockets at once whose page has not shown the token yet.
pub(crate) const STRANGERS: usize = 16;
/// The most bytes read as one message. Above [`MESSAGE_BYTES`], so that the socket can be closed in order: a message
/// that is left half read makes the system reset the connection, and the page never learns why. Beyond this it may.
const READ_BYTES: usize = 4 * MESSAGE_BYTES;

/// The first message of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Greeting {
    token: String,
    caps: PageCaps,
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
    let places = [door.sockets.clone(), door.strangers.clone()];
    admit(upgrade, places, READ_BYTES, async move |mut socket, stranger| {
        let mut ending = door.ending.clone();
        let end = tokio::select! {
            end = talk(&mut socket, &door, stranger) => end,
            _ = ending.changed() => End::NodeEnds,
        };
        close(socket, end).await;
    })
}

async fn talk(socket: &mut WebSocket, door: &Door, stranger: OwnedSemaphorePermit) -> End {
    let known = |greeting: &Greeting| door.token.matches(&greeting.token);
    let caps = match greeting(socket, known).await {
        Ok(Greeting { caps, .. }) => caps,
        Err(end) => return end,
    };
    drop(stranger);
    let Ok(mut page) = door.node.attach(caps).await else {
        return End::NodeEnds;
    };
    let mut mistakes = 0;
    let mut unanswered = 0;
    let mut ping = pings();
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

/// A message that is none of ours.
struct Mistake;

/// A command in what came, if it holds one.
fn command(message: Option<Result<Message, axum::Error>>) -> Result<Option<Result<Command, Mistake>>, End> {
    let Some(text) = text(message, MESSAGE_BYTES)? else {
        return Ok(None);
    };
    Ok(Some(decode(&text).map_err(|error| {
        tracing::warn!(%error, "a page sent a message that is no command");
        Mistake
    })))
}

/// Why the node tells this page no more: it ends, or the page did not read.
async fn dropped(door: &Door) -> End {
    // The two come from different tasks of a node that ends, in either order.
    match timeout(FAREWELL, door.node.ended()).await {
        Ok(()) => End::NodeEnds,
        Err(_) => End::Unread,
    }
}
