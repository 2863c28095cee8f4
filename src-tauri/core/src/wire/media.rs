//! What the two halves of an engine say to each other where the webview has no `RTCPeerConnection`: the page takes and
//! shows pictures and sound, Rust makes the connection. They are words on a socket of their own; pictures and sound
//! travel beside them, in binary (`docs/protocol.md`).

use serde::{Deserialize, Serialize};

use super::ui::{Command, EngineOrder};
use crate::id::CallId;

/// From the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PageWord {
    /// The node's order to the page's engine, passed on as it came.
    Order {
        /// The order.
        order: EngineOrder,
    },
    /// Both said yes: what comes from now on may leave.
    Live {
        /// To which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
    },
    /// Whether there is a picture to send.
    Picture {
        /// There is.
        on: bool,
    },
    /// What comes cannot be shown without a key frame.
    Key,
    /// Where the far end is heard.
    Ears {
        /// Nothing of it reaches the microphone.
        headset: bool,
    },
    /// How the sound that waits to be played fared in the last second.
    Heard {
        /// Samples that waited, on average.
        fill: u32,
        /// Samples left out.
        dropped: u32,
        /// Samples of silence put in.
        inserted: u32,
    },
}

/// To the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum EngineWord {
    /// For the node, to be passed on as it is.
    Report {
        /// The report.
        command: Command,
    },
    /// Both have not said yes, and nothing leaves. A picture is to be ready when they have: key frames alone, a few in a
    /// second, encoded so, until another word.
    Rehearse {
        /// What pictures may take at first, in bits per second.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        bits: u64,
    },
    /// Pictures are wanted, encoded so, until another word says otherwise.
    Encode {
        /// What pictures may take, in bits per second.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        bits: u64,
        /// The next one must be a key frame.
        key: bool,
    },
    /// No picture until the next word: the path is full.
    Hold,
}
