//! A listener that a node is led to, and that counts what the node tells it.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Channel, Identity};
use crate::lab::Host;

/// How long a visitor is listened to.
const STAY: Duration = Duration::from_secs(2);

/// One connection that came in.
#[derive(Debug, Clone)]
pub struct Visit {
    /// From where.
    pub from: SocketAddr,
    /// The visitor finished the TLS handshake: it took the listener for whom it expected.
    pub believed: bool,
    /// Application bytes it sent.
    pub told: usize,
}

/// Listens and counts until dropped.
#[derive(Debug)]
pub struct Trap {
    port: u16,
    visits: Arc<Mutex<Vec<Visit>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Trap {
    /// Listens on any free port of a host, as `identity`.
    pub fn set(host: &Host, identity: Identity) -> io::Result<Self> {
        let listener = host.listen(0)?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let visits = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (book, end) = (Arc::clone(&visits), Arc::clone(&stop));
        let thread =
            thread::Builder::new().name("trap".into()).spawn(move || wait(&listener, &identity, &book, &end))?;
        Ok(Self { port, visits, stop, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everybody who came and has gone or been heard out.
    pub fn visits(&self) -> Vec<Visit> {
        lock(&self.visits).clone()
    }

    /// Waits until somebody has come.
    pub fn wait_for_visit(&self, time: Duration) -> Option<Visit> {
        let end = Instant::now() + time;
        loop {
            if let Some(first) = self.visits().first() {
                return Some(first.clone());
            }
            if Instant::now() >= end {
                return None;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(visits: &Mutex<Vec<Visit>>) -> MutexGuard<'_, Vec<Visit>> {
    // Whoever panicked while it held the list has changed nothing in it.
    visits.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait(listener: &TcpListener, identity: &Identity, book: &Mutex<Vec<Visit>>, end: &AtomicBool) {
    while !end.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((tcp, from)) => {
                let (believed, told) = hear_out(tcp, identity);
                lock(book).push(Visit { from, believed, told });
            }
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn hear_out(tcp: TcpStream, identity: &Identity) -> (bool, usize) {
    if tcp.set_nonblocking(false).is_err() {
        return (false, 0);
    }
    match Channel::server(tcp, identity) {
        Ok(mut channel) => (true, channel.read_out(STAY).map_or(0, |(bytes, _)| bytes.len())),
        Err(_) => (false, 0),
    }
}
