//! Decides: whether to ring, who wins when two call each other at once, when to give up.
//!
//! Nothing here does I/O, reads a clock or draws from the system's randomness: time and a seed come in, [`Action`]s go
//! out. So a ringing time-out or a lost cable is a unit test of microseconds, and a seed that finds a race is a
//! regression test for ever.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`wire`] | every message: peer to peer ([`wire::peer`]) and page to node ([`wire::ui`]), bounded and versioned |
//! | [`node`] | the one [`Node::handle`](node::Node::handle): events in, actions out; it owns all below |
//! | [`call`] | the call machine, its diagram on top |
//! | [`roster`] | who is there: known people, their links and addresses |
//! | [`link`] | which of two links to the same person stays |
//! | [`signals`] | numbered, acknowledged, de-duplicated signals: a change of link loses and doubles nothing |
//! | [`mail`] | what two people write to each other: what waits, what has arrived |
//! | [`transfer`] | one transfer of files: what goes on with it |
//! | [`pages`] | the pages (windows, tabs) that show this node |
//! | [`candidate`] | which ICE candidates may leave and which are believed |
//! | [`code`] | the short code two people compare |
//! | [`filename`] | names of files that are safe on every system |
//! | [`id`], [`text`], [`time`] | the newtypes everything else is made of |

pub mod call;
pub mod candidate;
pub mod code;
pub mod filename;
pub mod id;
pub mod link;
pub mod mail;
pub mod node;
pub mod pages;
pub mod roster;
pub mod signals;
#[cfg(any(test, feature = "sim"))]
pub mod sim;
pub mod text;
pub mod time;
pub mod transfer;
pub mod wire;

pub use id::{Attempt, BootId, CallId, CarrierId, LinkId, MessageId, OutboxId, PageId, PeerId};
pub use node::{Action, Event, Node};
pub use text::Name;
pub use time::Time;
