//! The page of a real node, asked by real sockets.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ending;
mod handing_over;
mod media;
mod routes;
mod second_start;
mod site;
mod sockets;
