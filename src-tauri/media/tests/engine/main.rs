//! Two engines of this process in a real call over loopback: real sockets, ICE, DTLS, SRTP and codecs.

#![allow(clippy::unwrap_used, reason = "in a test that fails is what it should do")]

mod consent;
mod crossing;
mod ending;
mod hostile;
mod pair;
mod relay;
mod roles;
