//! Every message Dogeller sends or takes: [`peer`] between nodes, [`ui`] between a node and its pages, [`media`] between
//! the two halves of an engine. What people write to each other is in [`post`] (between nodes) and [`talk`] (between a page
//! and its node). `docs/protocol.md` is the same in prose.
//!
//! All of it is JSON text, parsed into these types at the edge and nowhere else: what does not fit is a [`WireError`].

pub mod files;
pub mod media;
mod order;
pub mod peer;
pub mod post;
pub mod talk;
pub mod ui;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version of the protocol between nodes. A node talks to no other.
pub const VERSION: u32 = 3;

/// Where links come in unless another port was chosen or this one is taken: what a person need not type, and a firewall
/// can be told. (DOGE on a telephone's keys; unassigned at IANA.)
pub const DEFAULT_PORT: u16 = 36430;

/// The most bytes one message may have, between nodes and from a page: 256 KiB. The largest honest one is a session
/// description of 64 KiB, which JSON's escapes can double.
pub const MESSAGE_BYTES: usize = 256 * 1024;

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// More than [`MESSAGE_BYTES`].
    #[error("a message of {0} bytes is larger than {MESSAGE_BYTES}")]
    TooLarge(usize),
    /// Not JSON, or not one of our messages, or a field out of its bounds. The position is kept, the content is not:
    /// it may be private.
    #[error("not a message of this protocol (line {line}, column {column})")]
    Malformed {
        /// Line of the first error.
        line: usize,
        /// Column of the first error.
        column: usize,
    },
}

/// Reads one message.
///
/// # Errors
/// [`WireError`] if it is too large or is not a valid `T`.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, WireError> {
    if text.len() > MESSAGE_BYTES {
        return Err(WireError::TooLarge(text.len()));
    }
    decode_bounded(text)
}

/// Reads one message whose size was bounded where it came from, by another bound than [`MESSAGE_BYTES`].
///
/// # Errors
/// [`WireError::Malformed`] if it is not a valid `T`.
pub fn decode_bounded<T: DeserializeOwned>(text: &str) -> Result<T, WireError> {
    serde_json::from_str(text).map_err(|error| WireError::Malformed { line: error.line(), column: error.column() })
}

/// Writes one message. Our own types always serialize: no map has keys that are not text, nothing can fail.
pub fn encode<T: Serialize>(message: &T) -> String {
    serde_json::to_string(message).unwrap_or_default()
}
