//! What a node orders a page's engine to do.

use serde::{Deserialize, Serialize};

use super::peer::{Candidate, Description};
use crate::id::{Attempt, CallId};

/// Where the other end of a connection is, and so which of this machine's addresses it is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// On the network.
    Network,
    /// On this machine, which may be on no network at all.
    ThisMachine,
}

/// An order to a page's engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub enum EngineOrder {
    /// Make a new connection, closing an older one. Devices are opened and attached by the call's phase, not by this.
    Start {
        /// For which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// Its number.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        attempt: Attempt,
        /// This side makes the first offer, and yields when two offers cross later.
        offerer: bool,
        /// Where the other end is.
        reach: Reach,
    },
    /// A description from the other side.
    Description {
        /// For which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// For which connection of it.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        attempt: Attempt,
        /// The description.
        description: Description,
    },
    /// A candidate from the other side.
    Candidate {
        /// For which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// For which connection of it.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        attempt: Attempt,
        /// The candidate.
        candidate: Candidate,
    },
    /// Send this over the call's data channel; the other page gives it to its node.
    Relay {
        /// For which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
        /// A frame between nodes.
        frame: String,
    },
    /// Close the connection and all devices (after what is to be relayed is out).
    Stop {
        /// Of which call.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        call: CallId,
    },
}
