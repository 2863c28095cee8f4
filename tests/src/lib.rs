//! Proves what Dogeller promises, by its public interfaces only: real nodes, each on a network of its own, joined by a
//! switch that delays, loses, swallows multicast and has its cables pulled.
//!
//! - [`lab`] makes the network: hosts in network namespaces and a user-space switch between them.
//! - [`node`] runs `dogeller-headless` on a host and reads what it prints.
//! - [`tls`] is a hand-made peer that says and presents whatever a hostile one would.
//! - [`mdns`] advertises whatever a liar would.

#[cfg(not(target_os = "linux"))]
compile_error!("the lab needs Linux: network namespaces and TAP devices");

pub mod lab;
pub mod mdns;
pub mod node;
pub mod tls;
