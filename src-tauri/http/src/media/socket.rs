//! A page's media socket: who gets in, and the one loop that carries everything.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use dogeller_core::wire::media::{EngineWord, PageWord};
use dogeller_core::wire::{MESSAGE_BYTES, decode_bounded, encode};
use dogeller_media::sound::Ears;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use super::booth::{Down, Seen, Shot, Taken};
use super::held::Held;
use super::packet::{self, PACKET_BYTES, Up};
use crate::door::Door;
use crate::line::{End, MISTAKES, UNANSWERED, admit, close, greeting, pings, send, text};
use crate::site::shown;

/// The most media sockets at once: a window and its reloaded self, and room.
pub(crate) const MEDIA_SOCKETS: usize = 4;
/// The most bytes of a word: an order may hold a whole message between nodes, whose quotes are escaped once more.
const WORD_BYTES: usize = 2 * MESSAGE_BYTES + 1024;
/// The most bytes read as one message: above what is taken, as on a page's control socket.
const READ_BYTES: usize = 2 * PACKET_BYTES;
/// The first message of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Greeting {
    token: String,
}

/// Opens a media socket for the app's own window.
pub(crate) async fn open(
    State(door): State<Arc<Door>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !door.site.is_window_of(&headers) {
        tracing::warn!(origin = %shown(&headers, &ORIGIN), "refused a media socket to a page that is not the window's");
        return StatusCode::FORBIDDEN.into_response();
    }
    let places = [door.media_sockets.clone(), door.strangers.clone()];
    admit(upgrade, places, READ_BYTES, async move |mut socket, stranger| {
        let mut ending = door.ending.clone();
        let mut held = Held::new();
        let end = tokio::select! {
            end = talk(&mut socket, &door, stranger, &mut held) => end,
            _ = ending.changed() => End::NodeEnds,
        };
        held.end().await;
        close(socket, end).await;
    })
}

async fn talk(socket: &mut WebSocket, door: &Door, stranger: OwnedSemaphorePermit, held: &mut Held) -> End {
    let known = |greeting: &Greeting| door.media_token.matches(&greeting.token);
    if let Err(end) = greeting(socket, known).await {
        return end;
    }
    drop(stranger);
    let mut mistakes = 0;
    let mut unanswered = 0;
    let mut ping = pings();
    loop {
        let sent = tokio::select! {
            message = socket.recv() => {
                unanswered = 0;
                match read(message) {
                    Ok(Some(Ok(read))) => match take(read, held).await {
                        Some(word) => send(socket, Message::text(encode(&word))).await,
                        None => Ok(()),
                    },
                    Ok(Some(Err(Mistake))) if mistakes == MISTAKES => Err(End::Mistakes),
                    Ok(Some(Err(Mistake))) => {
                        mistakes += 1;
                        Ok(())
                    }
                    Ok(None) => Ok(()),
                    Err(end) => Err(end),
                }
            }
            down = held.next() => match down {
                Down::Packet(bytes) => send(socket, Message::Binary(bytes)).await,
                Down::Word(word) => send(socket, Message::text(encode(&word))).await,
            },
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

/// What a page sent.
enum Read {
    Word(PageWord),
    Packet(Up),
}

/// A message that is none of ours.
struct Mistake;

fn read(message: Option<Result<Message, axum::Error>>) -> Result<Option<Result<Read, Mistake>>, End> {
    if let Some(Ok(Message::Binary(bytes))) = message {
        if bytes.len() > PACKET_BYTES {
            return Err(End::TooLarge);
        }
        let packet = packet::parse(&bytes).map(Read::Packet);
        return Ok(Some(packet.map_err(|error| mistake(&error))));
    }
    let Some(text) = text(message, WORD_BYTES)? else {
        return Ok(None);
    };
    Ok(Some(decode_bounded(&text).map(Read::Word).map_err(|error| mistake(&error))))
}

fn mistake(error: &dyn std::error::Error) -> Mistake {
    tracing::warn!(%error, "the window's page sent something that is none of ours");
    Mistake
}

/// Does what the page says, and what there is to answer at once.
async fn take(read: Read, held: &mut Held) -> Option<EngineWord> {
    let command = match read {
        Read::Packet(Up::Picture { taken, data }) => {
            held.shot(Shot { taken, came: Instant::now(), data });
            None
        }
        Read::Packet(Up::Sound { taken, played }) => {
            held.taken(Taken { block: taken, played });
            None
        }
        Read::Word(PageWord::Order { order }) => held.obey(order).await,
        Read::Word(PageWord::Live { call }) => held.live(call),
        Read::Word(PageWord::Picture { on }) => {
            held.picture(on);
            None
        }
        Read::Word(PageWord::Key) => {
            held.seen(Seen::Key);
            None
        }
        Read::Word(PageWord::Ears { headset }) => {
            held.ears(if headset { Ears::Headset } else { Ears::Loudspeaker });
            None
        }
        Read::Word(PageWord::Heard { fill, dropped, inserted }) => {
            if dropped > 0 || inserted > 0 {
                tracing::debug!(fill, dropped, inserted, "samples at the window's loudspeaker");
            }
            held.seen(Seen::Fill(fill));
            None
        }
    };
    command.map(|command| EngineWord::Report { command })
}
