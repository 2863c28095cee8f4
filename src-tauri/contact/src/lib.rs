//! Answers: contacts that hold a call by themselves, with the engine in Rust.
//!
//! | file | what it is |
//! | --- | --- |
//! | [`seat`] | a page without a screen: the node's orders on one side, the engine on the other |
//! | [`echo`], [`robot`] | what sits there: one sends back what it gets, one shows, says and judges |
//! | [`perceive`], [`tone`] | how a robot hears, what it says |
//! | `studio`, `judge` | where its pictures are made, and where those that come are looked at |
//! | [`inside`] | the contact "Echo test" that every node has |

pub mod echo;
pub mod inside;
mod judge;
pub mod perceive;
pub mod robot;
pub mod seat;
mod studio;
pub mod tone;

pub use dogeller_media::stack::QUIET;
pub use inside::{EchoContact, EchoError, EchoStarting};
pub use seat::{Options, SeatEvent, SeatOrder, Sitting, Who};
