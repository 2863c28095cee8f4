//! The Rust half of an engine whose other half is a page: the page takes and shows pictures and sound, here they go
//! through a connection.
//!
//! ```text
//! page                                       http/media                          dogeller-media
//!   | {"token":"…"}  ------------------------> |  within 5 s, or 4401
//!   | node's orders, words ------------------> |  hold ── Order ──────────────────> Engine
//!   | pictures (VP8), sound (raw, 10 ms) ----> |  booth ── want, say ─────────────>   |
//!   | <------------------- reports, words ---- |  <──────────────── Report ────────   |
//!   | <---------- pictures, sound ------------ |  booth <── see, hear ─────────────   |
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | `socket` | who gets in, and the one loop |
//! | `held` | the connection there is now |
//! | `booth` | the page's end of it |
//! | `camera` | when a picture is wanted, and when it was taken |
//! | `microphone` | what is said, evenly |
//! | `packet` | pictures and sound in bytes |

mod booth;
mod camera;
mod held;
mod microphone;
mod packet;
pub(crate) mod socket;
