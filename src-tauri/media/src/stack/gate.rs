//! Keeps strangers out. The crate takes whatever comes to its sockets once there is a path, from wherever it comes, and
//! remembers something of each: 180 bytes for every stream number (SSRC) in a media packet it cannot even decrypt, and the
//! whole of every record during the handshake (both measured). Anybody who can send to a port of ours could fill the memory.
//!
//! So this stands between sockets and crate. Connectivity checks always pass: the crate verifies their password and keeps
//! nothing of others. Anything else passes only from addresses whose check it has answered with success, and media packets
//! only of so many streams.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, Transmit,
};

/// The most addresses of the other side: all of its network cards, and anew for each path that was looked for.
const ADDRESSES: usize = 64;
/// The most streams of the other side: sound, picture and its repairs, anew whenever its page is loaded again, for reports
/// and for media.
const STREAMS: usize = 256;

/// Connectivity checks (STUN) begin with it at most (RFC 7983), ...
const LAST_OF_STUN: u8 = 3;
/// ... media and its reports so, ...
const MEDIA: std::ops::RangeInclusive<u8> = 128..=191;
/// ... and of these the reports have such a type (RFC 5761, section 4).
const REPORTS: std::ops::RangeInclusive<u8> = 192..=223;
/// Binding success (RFC 8489): the answer to a check whose password was right.
const SUCCESS: [u8; 2] = [1, 1];
/// What no protocol here begins with: the crate drops it unread.
const NOTHING: u8 = 255;

/// Who may come in, and what is known of them.
#[derive(Debug, Default)]
struct Gate {
    admitted: VecDeque<SocketAddr>,
    streams: HashSet<(bool, [u8; 4])>,
}

impl Gate {
    /// A datagram leaves.
    fn leaves(&mut self, to: SocketAddr, datagram: &[u8]) {
        if datagram.starts_with(&SUCCESS) && !self.admitted.contains(&to) {
            if self.admitted.len() >= ADDRESSES {
                self.admitted.pop_front();
            }
            self.admitted.push_back(to);
        }
    }

    /// Whether a datagram may come in.
    fn lets_in(&mut self, from: SocketAddr, datagram: &[u8]) -> bool {
        match datagram {
            [0..=LAST_OF_STUN, ..] => true,
            _ if !self.admitted.contains(&from) => false,
            [first, kind, rest @ ..] if MEDIA.contains(first) => {
                let report = REPORTS.contains(kind);
                // Behind the length of a report; behind number and time of a media packet.
                let stream = rest.get(if report { 2 } else { 6 }..).and_then(<[u8]>::first_chunk);
                stream.is_some_and(|stream| self.follows((report, *stream)))
            }
            _ => true,
        }
    }

    fn follows(&mut self, stream: (bool, [u8; 4])) -> bool {
        self.streams.contains(&stream) || (self.streams.len() < STREAMS && self.streams.insert(stream))
    }
}

/// The runtime of the crate's own choice, whose sockets have a gate.
pub(super) struct Gated {
    inner: Arc<dyn Runtime>,
    gate: Arc<Mutex<Gate>>,
}

impl Gated {
    pub(super) fn new(inner: Arc<dyn Runtime>) -> Self {
        Self { inner, gate: Arc::default() }
    }
}

impl fmt::Debug for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Runtime for Gated {
    fn spawn(&self, future: Later<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        Ok(Arc::new(Socket { inner: self.inner.wrap_udp_socket(socket)?, gate: self.gate.clone() }))
    }

    fn wrap_tcp_listener(&self, listener: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, to: SocketAddr) -> Later<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        self.inner.connect_tcp(to)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Later<'a, io::Result<Vec<SocketAddr>>> {
        self.inner.resolve_host(host)
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }

    fn sleep(&self, time: Duration) -> Later<'static, ()> {
        self.inner.sleep(time)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }

    fn yield_now(&self) -> Later<'static, ()> {
        self.inner.yield_now()
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }
}

/// One socket.
struct Socket {
    inner: Arc<dyn AsyncUdpSocket>,
    gate: Arc<Mutex<Gate>>,
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl AsyncUdpSocket for Socket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        for datagram in transmit.contents.chunks(transmit.segment_size.unwrap_or(usize::MAX).max(1)) {
            gate.leaves(transmit.destination, datagram);
        }
        drop(gate);
        self.inner.poll_send(context, transmit)
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        met: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.inner.poll_recv(context, buffers, met);
        if let Poll::Ready(Ok(messages)) = &received {
            let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
            for (buffer, met) in buffers.iter_mut().zip(met.iter()).take(*messages) {
                let length = met.len.min(buffer.len());
                for datagram in buffer.split_at_mut(length).0.chunks_mut(met.stride.max(1)) {
                    if !gate.lets_in(met.addr, datagram)
                        && let Some(first) = datagram.first_mut()
                    {
                        *first = NOTHING;
                    }
                }
            }
        }
        received
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECK: [u8; 4] = [0, 1, 0, 0];
    const RECORD: [u8; 4] = [22, 254, 253, 0];

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, 2], port))
    }

    fn media(kind: u8, stream: u32) -> Vec<u8> {
        let behind = if kind == 200 { 2 } else { 6 };
        [vec![0x80, kind], vec![0; behind], stream.to_be_bytes().to_vec(), vec![0; 20]].concat()
    }

    #[test]
    fn a_stranger_may_ask_and_nothing_else() {
        let mut gate = Gate::default();
        assert!(gate.lets_in(address(1), &CHECK));
        assert!(!gate.lets_in(address(1), &RECORD) && !gate.lets_in(address(1), &media(96, 1)));
        // A refusal, a role conflict and a check of our own are no success.
        for kind in [[1, 0x11], [0, 1]] {
            gate.leaves(address(1), &kind);
        }
        assert!(!gate.lets_in(address(1), &RECORD));
        gate.leaves(address(1), &[1, 1, 0, 44]);
        assert!(gate.lets_in(address(1), &RECORD) && gate.lets_in(address(1), &media(96, 1)));
        assert!(!gate.lets_in(address(2), &RECORD), "another port is somebody else");
    }

    #[test]
    fn the_streams_of_one_peer_are_bounded_and_the_known_ones_go_on() {
        let mut gate = Gate::default();
        gate.leaves(address(1), &SUCCESS);
        let passed = (0..10_000).filter(|stream| gate.lets_in(address(1), &media(96, *stream))).count();
        assert_eq!(passed, STREAMS);
        assert!(gate.lets_in(address(1), &media(96, 0)), "the first that came");
        assert!(!gate.lets_in(address(1), &media(200, 0)), "a report of an unknown stream");
        assert!(!gate.lets_in(address(1), &[0x80, 96, 0]), "no stream at all");
    }

    #[test]
    fn the_newest_addresses_are_kept() {
        let mut gate = Gate::default();
        for port in 0..200 {
            gate.leaves(address(port), &SUCCESS);
        }
        assert_eq!(gate.admitted.len(), ADDRESSES);
        assert!(gate.lets_in(address(199), &RECORD) && !gate.lets_in(address(0), &RECORD));
    }

    #[test]
    fn a_datagram_without_a_byte_harms_nobody() {
        assert!(!Gate::default().lets_in(address(1), &[]));
    }
}
