//! Answers: contacts that hold a call by themselves, with the engine in Rust.
//!
//! | file | what it is |
//! | --- | --- |
//! | [`seat`] | a page without a screen: the node's orders on one side, the engine on the other |
//! | [`echo`], [`robot`] | what sits there: one sends back what it gets, one shows, says and judges |
//! | [`perceive`], [`tone`], `studio` | how a robot hears, what it says, where its pictures are made |
//! | [`inside`] | the contact "Echo test" that every node has |

pub mod echo;
pub mod inside;
pub mod perceive;
pub mod robot;
pub mod seat;
mod studio;
pub mod tone;

/// What is logged where nobody chose: everything of ours that a person may need, and nothing of crates that write addresses
/// and packets into it ([`dogeller_media::stack::QUIET`]).
pub const LOGGED: &str = "info,webrtc=off,rtc=off";

pub use inside::{EchoContact, EchoError};
pub use seat::{Options, Seat, SeatEvent, SeatOrder, Who};
