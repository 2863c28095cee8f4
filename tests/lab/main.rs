//! The lab itself: what its switch promises, seen from two or more hosts with plain sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cable;
mod command;
mod lines;
mod multicast;
mod world;

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use dogeller_tests::lab::Host;

/// A UDP socket on a host that gives up reading after two seconds.
fn udp(host: &Host, port: u16) -> UdpSocket {
    let socket = host.udp(port).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    socket
}

/// Sends `text` from one socket to the other until it arrives once, so that both hosts know each other's hardware
/// addresses.
fn acquaint(from: &UdpSocket, to: &UdpSocket) {
    from.send_to(b"hello", to.local_addr().unwrap()).unwrap();
    let mut buffer = [0; 16];
    let (length, source) = to.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"hello");
    assert_eq!(source, from.local_addr().unwrap());
}

/// Everything that arrives within `time`, by its first byte.
fn arrivals(socket: &UdpSocket, time: Duration) -> Vec<u8> {
    let end = Instant::now() + time;
    let mut buffer = [0; 2048];
    let mut arrived = Vec::new();
    while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        socket.set_read_timeout(Some(left)).unwrap();
        if let Ok((length, _)) = socket.recv_from(&mut buffer) {
            arrived.push(if length > 0 { buffer[0] } else { 0 });
        }
    }
    arrived
}
