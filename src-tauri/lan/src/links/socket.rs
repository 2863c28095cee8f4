//! One link's own task: frames in, frames out, until either side closes.

use std::time::Duration;

use dogeller_core::wire::peer::{Farewell, Frame};
use dogeller_core::wire::{decode, encode};
use dogeller_core::{Event, LinkId};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::Order;
use crate::run::Input;

/// A link's WebSocket.
pub(crate) type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// How long one frame may take to leave.
const SEND: Duration = Duration::from_secs(5);

/// Carries a link. The node hears of its end exactly once, unless it asked for it.
pub(crate) async fn run(
    id: LinkId,
    mut socket: Socket,
    mut orders: mpsc::Receiver<Order>,
    inputs: mpsc::Sender<Input>,
) {
    let farewell = loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Send(frame)) => {
                    if !send(&mut socket, &frame).await {
                        break None;
                    }
                }
                Some(Order::Close(farewell)) => break farewell,
                None => break Some(Farewell::Leaving),
            },
            message = socket.next() => match read(message) {
                Read::Frame(frame) => {
                    if inputs.send(Input::Event(Event::Frame { link: id, frame })).await.is_err() {
                        break Some(Farewell::Leaving);
                    }
                }
                Read::Nothing => {}
                Read::Broken => break Some(Farewell::Protocol),
                Read::Closed => break None,
            },
        }
    };
    if let Some(reason) = farewell {
        send(&mut socket, &Frame::Goodbye { reason }).await;
    }
    // A node that is ending hears no more.
    let _ended = inputs.send(Input::Event(Event::LinkClosed { link: id })).await;
    // Waiting for the other side's close frame would let it keep this task.
    let _closed = timeout(Duration::from_millis(500), socket.close(None)).await;
}

async fn send(socket: &mut Socket, frame: &Frame) -> bool {
    matches!(timeout(SEND, socket.send(Message::text(encode(frame)))).await, Ok(Ok(())))
}

enum Read {
    Frame(Frame),
    Nothing,
    Broken,
    Closed,
}

fn read(message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) -> Read {
    use tokio_tungstenite::tungstenite::Error;
    match message {
        Some(Ok(Message::Text(text))) => match decode(&text) {
            Ok(frame) => Read::Frame(frame),
            Err(error) => {
                tracing::warn!(%error, "a peer sent what is no message of ours");
                Read::Broken
            }
        },
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Read::Nothing,
        Some(Ok(Message::Close(_))) | None => Read::Closed,
        Some(Ok(Message::Binary(_) | Message::Frame(_))) => Read::Broken,
        Some(Err(error @ (Error::Capacity(_) | Error::Protocol(_) | Error::Utf8(_)))) => {
            tracing::warn!(%error, "a peer broke the protocol");
            Read::Broken
        }
        Some(Err(error)) => {
            tracing::debug!(%error, "a link ended");
            Read::Closed
        }
    }
}
