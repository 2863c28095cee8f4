//! A thousand connections that never finish the handshake do not keep an honest peer out.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use dogeller_tests::lab::{Host, Lab};
use dogeller_tests::node::{NodeProcess, State};
use dogeller_tests::tls::{Identity, Link};

use crate::{SOON, assert_changes, wait_until_complete};

const CONNECTIONS: usize = 1000;

/// Holds a thousand connections open from a host, and opens each again as soon as it is closed.
struct Flood {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<usize>>,
}

impl Flood {
    /// From `sources` in turn. Returns once every connection was tried once.
    fn start(host: &Host, sources: Vec<Ipv4Addr>, to: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&stop);
        let (report, tried) = std::sync::mpsc::channel();
        let body = move || {
            let mut open: Vec<Option<TcpStream>> = (0..CONNECTIONS).map(|_| None).collect();
            let mut opened = 0;
            while !end.load(Ordering::Relaxed) {
                for (at, slot) in open.iter_mut().enumerate() {
                    if !slot.as_ref().is_some_and(is_open) {
                        *slot = connect_from(sources[at % sources.len()], to);
                        opened += usize::from(slot.is_some());
                    }
                }
                // Nobody waits for this any more after the first round.
                let _ = report.send(());
                thread::sleep(Duration::from_millis(20));
            }
            opened
        };
        let thread = host.thread(body).unwrap();
        tried.recv().unwrap();
        Self { stop, thread: Some(thread) }
    }

    /// How many connections it opened in all.
    fn end(mut self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// A connection without a word on it; does not wait long for one.
fn connect_from(source: Ipv4Addr, to: SocketAddr) -> Option<TcpStream> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::new(IpAddr::V4(source), 0).into()).ok()?;
    socket.connect_timeout(&to.into(), Duration::from_millis(200)).ok()?;
    socket.set_nonblocking(true).unwrap();
    Some(socket.into())
}

fn is_open(mut connection: &TcpStream) -> bool {
    matches!(connection.read(&mut [0; 64]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Dials until it is let in: the flood may push a stranger out of its seat before it has proven its key, and then a node
/// dials again.
fn join_as_a_node_does(host: &Host, to: SocketAddr, identity: &Identity) -> Link {
    let start = Instant::now();
    loop {
        match Link::join(host, to, identity, "Dialler") {
            Ok((link, _)) => return link,
            Err(error) if start.elapsed() > SOON => panic!("kept out for {:?}: {error}", start.elapsed()),
            Err(_) => thread::sleep(Duration::from_millis(500)),
        }
    }
}

/// The flood is on; an honest node comes, and so does somebody who dials the node and is not dialled by it.
fn check(sources: u16) {
    let lab = Lab::new(4).unwrap();
    let mut node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let friend = NodeProcess::start(&lab.host(1), "Friend").unwrap();
    wait_until_complete(&[&node, &friend]);
    let to = node.address().unwrap();
    let enemy = lab.host(2);
    let mut addresses = vec![enemy.address()];
    for number in 1..sources {
        let address = Ipv4Addr::new(10, 77, 100, number as u8);
        enemy.add_address(number, address).unwrap();
        addresses.push(address);
    }
    let flood = Flood::start(&enemy, addresses, to);

    let dialler = Identity::new().unwrap();
    let _link = join_as_a_node_does(&lab.host(3), to, &dialler);
    node.wait_for(dialler.peer_id(), State::Online, SOON).unwrap();
    let newcomer = NodeProcess::start(&lab.host(3), "Newcomer").unwrap();
    node.wait_for(&newcomer.peer_id().unwrap(), State::Online, SOON).unwrap();
    newcomer.wait_for(&node.peer_id().unwrap(), State::Online, SOON).unwrap();

    let opened = flood.end();
    assert!(opened >= CONNECTIONS / 4, "only {opened} connections were opened: no flood");
    assert!(node.is_running().unwrap());
    assert_changes(&node, &friend.peer_id().unwrap(), &[State::Online], "a friend was lost");
}

#[test]
fn from_one_address() {
    check(1);
}

#[test]
fn from_forty_addresses() {
    check(40);
}
