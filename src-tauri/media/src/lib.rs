//! Sees and hears: WebRTC in Rust, for nodes whose page has none, and for contacts that have no page at all.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`engine`] | one connection of one call: the node's orders on one side, a [`booth`] on the other |
//! | [`booth`] | what sits at this end of a call: it hears, sees, speaks and shows |
//! | [`stack`] | the connection itself; it alone names crate `webrtc` |
//! | [`video`] | pictures into packets and back, with our own notice of what is missing |
//! | [`sound`] | Opus, redundancy, the jitter buffer |
//! | [`lipsync`] | sound and picture of one person together |
//! | [`pace`] | how fast packets leave, and what the encoder may use |
//! | [`repair`] | which packets are asked for again |
//! | [`picture`] | pictures made and judged here, for contacts without a camera |
//! | [`names`] | the addresses behind hidden names |
//! | [`stats`], [`unwrap`] | numbers |

pub mod booth;
pub mod engine;
pub mod lipsync;
pub mod names;
pub mod pace;
pub mod picture;
pub mod repair;
pub mod sound;
pub mod stack;
pub mod stats;
pub mod unwrap;
pub mod video;
