//! Links that come in. Whoever connects is a stranger until TLS has proven a key, and strangers get little: a bounded
//! number of seats, a bounded time, and no byte of ours.
//!
//! When all seats are taken the oldest stranger of the address that holds the most has to go, not the newest: a flood of
//! connections that never finish displaces itself, while an honest peer needs some milliseconds.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dogeller_core::link::Dialler;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;

use super::{Fresh, HANDSHAKE, LINK_PATH, plain, websocket};
use crate::files::{FILES, Knock};
use crate::identity::peer_id;
use crate::run::Input;

/// Connections that have proven no key yet.
const STRANGERS: usize = 64;
/// So many failures in a row, a second of them, and the listener is taken for dead: iOS closes those of an app that it froze in
/// the back. One that has no file left is back by then, or would not get another listener either.
const FAILURES: u32 = 20;
/// How long each of them is waited after.
const PAUSE: Duration = Duration::from_millis(50);
/// Of these from one address, and links from one address afterwards.
const PER_ADDRESS: usize = 8;

/// Opens the listener: IPv6 and IPv4 in one socket, or IPv4 alone where there is no IPv6.
pub(crate) fn listen(port: u16) -> io::Result<TcpListener> {
    bind(SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port))
        .or_else(|_| bind(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port)))
}

/// Opens a listener that only this machine reaches, at any free port.
pub(crate) fn listen_inside() -> io::Result<TcpListener> {
    bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // So that a restart gets its port back at once. On Windows the same flag would let others share the port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(256)?;
    TcpListener::from_std(socket.into())
}

#[derive(Debug, Default)]
struct Seats {
    strangers: VecDeque<(u64, IpAddr, AbortHandle)>,
    links: HashMap<IpAddr, usize>,
    next: u64,
}

impl Seats {
    /// The oldest stranger of the address that holds the most seats.
    fn greediest(&self) -> Option<usize> {
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        for (_, address, _) in &self.strangers {
            *counts.entry(*address).or_default() += 1;
        }
        let most = counts.values().copied().max()?;
        self.strangers.iter().position(|(_, address, _)| counts.get(address) == Some(&most))
    }
}

/// A link's place among those from its address, given back when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    address: IpAddr,
    seats: Arc<Mutex<Seats>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = seats.links.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                seats.links.remove(&self.address);
            }
        }
    }
}

/// Takes connections and makes them links.
pub(crate) struct Acceptor {
    pub(crate) listener: TcpListener,
    pub(crate) tls: TlsAcceptor,
    /// Whether this node is visible: an invisible one answers nobody.
    pub(crate) open: watch::Receiver<bool>,
    pub(crate) inputs: mpsc::Sender<Input>,
}

impl Acceptor {
    /// Runs until aborted.
    pub(crate) async fn run(mut self) {
        let address = self.listener.local_addr();
        let mut failures = 0;
        let seats = Arc::new(Mutex::new(Seats::default()));
        let mut strangers = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                Some(_) = strangers.join_next() => continue,
            };
            failures = if accepted.is_ok() { 0 } else { failures + 1 };
            match accepted {
                Ok((stream, remote)) if *self.open.borrow() => {
                    self.greet(stream, plain(remote), &seats, &mut strangers);
                }
                Ok(_) => {}
                Err(error) => {
                    // Out of file descriptors, or the caller was gone again: neither ends the listener.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE).await;
                    if failures % FAILURES == 0
                        && let Ok(address) = address
                    {
                        self.listen_anew(address);
                    }
                }
            }
        }
    }

    /// At the same port. That it is still taken shows that the old listener lives.
    fn listen_anew(&mut self, address: SocketAddr) {
        match bind(address) {
            Ok(listener) => {
                tracing::info!(%address, "the listener was dead; there is another");
                self.listener = listener;
            }
            Err(error) => tracing::warn!(%error, "there is no other listener"),
        }
    }

    fn greet(&self, stream: TcpStream, remote: SocketAddr, seats: &Arc<Mutex<Seats>>, strangers: &mut JoinSet<()>) {
        let address = remote.ip();
        let mut held = seats.lock().unwrap_or_else(PoisonError::into_inner);
        let from_there = held.strangers.iter().filter(|(_, ip, _)| *ip == address).count();
        let leaves = if from_there >= PER_ADDRESS {
            held.strangers.iter().position(|(_, ip, _)| *ip == address)
        } else if held.strangers.len() >= STRANGERS {
            held.greediest()
        } else {
            None
        };
        if let Some((_, _, stranger)) = leaves.and_then(|at| held.strangers.remove(at)) {
            stranger.abort();
        }
        let number = held.next;
        held.next += 1;
        let (tls, inputs, seats) = (self.tls.clone(), self.inputs.clone(), seats.clone());
        let task = strangers.spawn(async move {
            let handshake = timeout(HANDSHAKE, handshake(stream, remote, &tls)).await;
            let seat = {
                let mut held = seats.lock().unwrap_or_else(PoisonError::into_inner);
                held.strangers.retain(|(n, _, _)| *n != number);
                match &handshake {
                    Ok(Ok(_)) => take_seat(&mut held, address).then(|| Seat { address, seats: seats.clone() }),
                    Ok(Err(_)) | Err(_) => None,
                }
            };
            match (handshake, seat) {
                (Ok(Ok(came)), Some(seat)) => {
                    let input = match came {
                        Came::Link(mut fresh) => {
                            fresh.seat = Some(seat);
                            Input::Fresh(fresh)
                        }
                        Came::Files(mut knock) => {
                            knock.seat = Some(seat);
                            Input::Knock(knock)
                        }
                    };
                    // A node that is ending takes no more links.
                    let _ended = inputs.send(input).await;
                }
                (Ok(Ok(_)), None) => tracing::warn!(%address, "too many links from one address"),
                (Ok(Err(error)), _) => {
                    tracing::warn!(%address, %error, "a connection proved no key")
                }
                (Err(_), _) => {
                    tracing::debug!(%address, "a connection took too long to prove a key")
                }
            }
        });
        held.strangers.push_back((number, address, task));
    }
}

fn take_seat(seats: &mut Seats, address: IpAddr) -> bool {
    let count = seats.links.entry(address).or_insert(0);
    let free = *count < PER_ADDRESS;
    if free {
        *count += 1;
    }
    free
}

/// What came in.
enum Came {
    Link(Box<Fresh>),
    Files(Box<Knock>),
}

async fn handshake(stream: TcpStream, remote: SocketAddr, tls: &TlsAcceptor) -> io::Result<Came> {
    stream.set_nodelay(true)?;
    let local = plain(stream.local_addr()?);
    let stream = tls.accept(stream).await?;
    let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let certificate = certificates.first().ok_or_else(|| io::Error::other("no certificate"))?;
    let peer = peer_id(certificate).map_err(io::Error::other)?;
    if stream.get_ref().1.alpn_protocol() == Some(FILES) {
        return Knock::hear(peer, stream).await.map(Box::new).map(Came::Files);
    }
    let socket =
        accept_hdr_async_with_config(stream.into(), only_links, Some(websocket())).await.map_err(io::Error::other)?;
    Ok(Came::Link(Box::new(Fresh { peer, dialler: Dialler::Them, local, remote, socket, seat: None })))
}

/// The one thing there is to ask for. (The large error is the library's own signature.)
#[allow(clippy::result_large_err)]
fn only_links(request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    if request.uri().path() == LINK_PATH {
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(None);
    *refusal.status_mut() = StatusCode::NOT_FOUND;
    Err(refusal)
}

// Elsewhere a listener cannot be broken so by whoever holds it.
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use crate::identity::Identity;
    use crate::links::dial;
    use crate::tls::Tls;

    fn identity() -> Arc<Identity> {
        Identity::open(tempfile::tempdir().unwrap().path()).unwrap()
    }

    #[tokio::test]
    async fn a_listener_that_the_system_took_away_is_opened_again_at_its_port() {
        let listener = listen_inside().unwrap();
        let address = listener.local_addr().unwrap();
        // As iOS leaves it: every accept fails from now on.
        socket2::SockRef::from(&listener).shutdown(std::net::Shutdown::Both).unwrap();
        assert!(listener.accept().await.is_err());
        let own = identity();
        let peer = own.peer;
        let tls = TlsAcceptor::from(Arc::new(Tls::new(own).server(None).unwrap()));
        let (_visible, open) = watch::channel(true);
        let (inputs, mut received) = mpsc::channel(8);
        let acceptor = tokio::spawn(Acceptor { listener, tls, open, inputs }.run());
        let config = Arc::new(Tls::new(identity()).client(Some(peer)).unwrap());
        let linked = async {
            while dial(Some(peer), vec![address], config.clone()).await.is_err() {
                sleep(PAUSE).await;
            }
        };
        timeout(Duration::from_secs(20), linked).await.unwrap();
        assert!(matches!(received.recv().await, Some(Input::Fresh(_))));
        acceptor.abort();
    }
}
