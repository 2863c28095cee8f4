//! The WebSocket between two nodes, spoken by hand.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket, accept_with_config, client};

use super::{Channel, Identity};
use crate::lab::Host;

/// Where links are asked for.
const PATH: &str = "ws://dogeller/link";

/// A link that did not come about, or ended.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No connection, or no TLS.
    #[error("no TLS connection: {0}")]
    Tls(#[from] io::Error),
    /// No WebSocket.
    #[error("no WebSocket: {0}")]
    Handshake(String),
    /// Nothing could be sent.
    #[error("nothing can be sent: {0}")]
    Send(Box<tungstenite::Error>),
    /// The other side ended it.
    #[error("the other side ended the link")]
    Ended,
    /// The message waited for did not come.
    #[error("no {kind} within {time:?}")]
    Silent {
        /// Its type.
        kind: String,
        /// How long was waited.
        time: Duration,
    },
    /// Something came that is not JSON text.
    #[error("not a message of the protocol: {0}")]
    NotJson(String),
}

/// A node's first message, for a start of its own each time.
pub fn hello(name: &str, port: u16) -> Value {
    json!({
        "type": "hello", "version": dogeller_core::wire::VERSION, "boot": {"count": 1, "random": rand::random::<u32>()},
        "name": name, "status": "available", "port": port, "peers": [],
    })
}

/// One end of a link, that says only what it is told to, and answers pings while it is read.
#[derive(Debug)]
pub struct Link {
    socket: WebSocket<Channel>,
}

impl Link {
    /// Dials a node from a host; nothing is said yet.
    pub fn dial(host: &Host, to: SocketAddr, identity: &Identity) -> Result<Self, LinkError> {
        let channel = Channel::dial(host, to, identity)?;
        let failed = |error: &dyn std::fmt::Display| LinkError::Handshake(error.to_string());
        let (socket, _) =
            client::client_with_config(PATH, channel, Some(unbounded())).map_err(|error| failed(&error))?;
        Ok(Self { socket })
    }

    /// Takes a node's connection; nothing is said yet.
    pub fn accept(tcp: TcpStream, identity: &Identity) -> Result<Self, LinkError> {
        let channel = Channel::server(tcp, identity)?;
        let socket =
            accept_with_config(channel, Some(unbounded())).map_err(|error| LinkError::Handshake(error.to_string()))?;
        Ok(Self { socket })
    }

    /// Dials, says hello and hears theirs: from then on an ordinary peer.
    pub fn join(host: &Host, to: SocketAddr, identity: &Identity, name: &str) -> Result<(Self, Value), LinkError> {
        let mut link = Self::dial(host, to, identity)?;
        link.send(&hello(name, 1))?;
        let theirs = link.expect("hello", Duration::from_secs(10))?;
        Ok((link, theirs))
    }

    /// Sends one message of the protocol.
    pub fn send(&mut self, message: &Value) -> Result<(), LinkError> {
        self.send_any(Message::text(message.to_string()))
    }

    /// Sends any WebSocket message or frame.
    pub fn send_any(&mut self, message: Message) -> Result<(), LinkError> {
        self.socket.send(message).map_err(|error| LinkError::Send(Box::new(error)))
    }

    /// Sends any bytes under the WebSocket, inside TLS.
    pub fn send_raw(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let channel = self.socket.get_mut();
        channel.write_all(bytes)?;
        Ok(channel.flush()?)
    }

    /// The next message but pings, which it answers; `None` when there is none in that time.
    pub fn next(&mut self, time: Duration) -> Result<Option<Value>, LinkError> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.socket.get_ref().set_patience(left)?;
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    let message: Value =
                        serde_json::from_str(&text).map_err(|_| LinkError::NotJson(text.as_str().to_owned()))?;
                    if message["type"] != "ping" {
                        return Ok(Some(message));
                    }
                    self.send(&json!({"type": "pong", "n": message["n"]}))?;
                }
                Ok(Message::Binary(bytes)) => {
                    return Err(LinkError::NotJson(format!("{} bytes", bytes.len())));
                }
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(Message::Close(_)) | Err(_) => return Err(LinkError::Ended),
            }
        }
    }

    /// The next message of a type; others are passed over.
    pub fn expect(&mut self, kind: &str, time: Duration) -> Result<Value, LinkError> {
        let end = Instant::now() + time;
        while let Some(message) = self.next(end.saturating_duration_since(Instant::now()))? {
            if message["type"] == kind {
                return Ok(message);
            }
        }
        Err(LinkError::Silent { kind: kind.to_owned(), time })
    }

    /// All messages of a type that come until the other side ends the link or the time is over, and whether it ended.
    pub fn listen(&mut self, kind: &str, time: Duration) -> Result<(Vec<Value>, bool), LinkError> {
        let end = Instant::now() + time;
        let mut heard = Vec::new();
        loop {
            match self.next(end.saturating_duration_since(Instant::now())) {
                Ok(Some(message)) if message["type"] == kind => heard.push(message),
                Ok(Some(_)) => {}
                Ok(None) => return Ok((heard, false)),
                Err(LinkError::Ended | LinkError::Send(_)) => return Ok((heard, true)),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the other side ends the link in that time. Answers pings meanwhile, so that silence is no reason.
    pub fn ends_within(&mut self, time: Duration) -> Result<bool, LinkError> {
        Ok(self.listen("", time)?.1)
    }
}

/// The other side's bounds are what is tested, not this one's.
fn unbounded() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(None).max_frame_size(None)
}
