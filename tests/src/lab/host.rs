//! One machine of the lab: a network of its own with one card, `eth0`.

use std::any::Any;
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::counters::Counters;
use super::kernel::{self, Cards};
use super::switch::{Multicast, Switch};
use super::uplink::Uplink;

/// Every host's only card.
pub const CARD: &str = "eth0";
/// The mask of the lab's network, 10.77.0.0/16.
pub const MASK: Ipv4Addr = Ipv4Addr::new(255, 255, 0, 0);

/// The leading bits of an IPv6 address that are its network's.
const NETWORK_BITS: u8 = 64;

/// How long a new IPv6 address may take to be usable.
const USABLE_WITHIN: Duration = Duration::from_secs(2);

type Job = Box<dyn FnOnce() + Send>;

/// A thread inside the host's network. It makes everything that has to be born there: sockets, threads, processes.
/// The network lasts as long as this thread and what it made.
#[derive(Debug)]
pub(super) struct Keeper {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// `/proc/PID/task/TID`.
    task: PathBuf,
}

impl Keeper {
    /// Makes a network with a card of this hardware address and this address; gives the card's other end too.
    pub(super) fn start(index: usize, mac: [u8; 6], address: Ipv4Addr) -> io::Result<(Self, File)> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (report, made) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name(format!("host {index}")).spawn(move || {
            let network = make_network(mac, address);
            let failed = network.is_err();
            if report.send(network).is_ok() && !failed {
                keep(&inbox);
            }
        })?;
        let (tap, task) = made.recv().map_err(|_| io::Error::other("the host's thread has ended"))??;
        Ok((Self { jobs: Some(jobs), thread: Some(thread), task }, tap))
    }

    fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
        let ended = || io::Error::other("the host's thread has ended");
        let (reply, answer) = mpsc::sync_channel(1);
        let job = move || {
            // The receiver waits, unless its thread has died.
            let _ = reply.send(panic::catch_unwind(AssertUnwindSafe(job)));
        };
        self.jobs.as_ref().ok_or_else(ended)?.send(Box::new(job)).map_err(|_| ended())?;
        match answer.recv().map_err(|_| ended())? {
            Ok(result) => Ok(result),
            Err(cause) => panic::resume_unwind(cause),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.jobs.take());
        // The last handle may go in a job of the keeper itself, which cannot wait for its own end.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            let _: Result<(), Box<dyn Any + Send>> = thread.join();
        }
    }
}

fn keep(inbox: &Receiver<Job>) {
    while let Ok(job) = inbox.recv() {
        job();
    }
}

fn make_network(mac: [u8; 6], address: Ipv4Addr) -> io::Result<(File, PathBuf)> {
    kernel::own_network()?;
    // Before the card exists, so that it is born with them. IPv6 addresses are usable at once, without a second of
    // asking whether somebody has them; removing one of several addresses leaves the others.
    for (setting, value) in [
        ("ipv6/conf/all/accept_dad", "0"),
        ("ipv6/conf/default/accept_dad", "0"),
        ("ipv4/conf/all/promote_secondaries", "1"),
    ] {
        fs::write(Path::new("/proc/sys/net").join(setting), value)?;
    }
    let tap = kernel::tap(CARD).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("/dev/net/tun cannot be used (it must be there, mode 0666 or you root): {error}"),
        )
    })?;
    let cards = Cards::here()?;
    cards.set_mac(CARD, mac)?;
    cards.set_up("lo", true)?;
    cards.set_address(CARD, address, MASK)?;
    cards.set_up(CARD, true)?;
    let task = Path::new("/proc").join(fs::read_link("/proc/thread-self")?);
    Ok((tap, task))
}

/// One machine of the lab. Clones are handles to the same one.
#[derive(Debug, Clone)]
pub struct Host {
    index: usize,
    address: Ipv4Addr,
    keeper: Arc<Keeper>,
    switch: Arc<Switch>,
}

impl Host {
    pub(super) fn new(index: usize, address: Ipv4Addr, keeper: Keeper, switch: Arc<Switch>) -> Self {
        Self { index, address, keeper: Arc::new(keeper), switch }
    }

    /// Its number in the lab, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The address it was born with.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// A path that `nsenter --net=PATH` takes.
    pub fn network_path(&self) -> PathBuf {
        self.keeper.task.join("ns/net")
    }

    /// Runs something short inside the host's network: sockets, threads and processes made in it belong to the host.
    pub fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
        self.keeper.run(job)
    }

    /// Starts a thread inside the host's network.
    pub fn thread<T: Send + 'static>(&self, body: impl FnOnce() -> T + Send + 'static) -> io::Result<JoinHandle<T>> {
        self.run(move || thread::Builder::new().spawn(body))?
    }

    /// Starts a process on the host. It is killed with the lab, or with this process, however that ends.
    pub fn spawn(&self, mut command: Command) -> io::Result<Child> {
        // By the keeper, because a process is killed when the thread that started it ends.
        self.run(move || kernel::die_with_starter(&mut command).spawn())?
    }

    /// Opens a TCP connection from the host; usable on any thread.
    pub fn connect(&self, to: impl Into<SocketAddr>) -> io::Result<TcpStream> {
        let to = to.into();
        // On a thread of its own: a connection to nobody takes long, and the host has other things to do.
        let attempt = self.thread(move || TcpStream::connect_timeout(&to, Duration::from_secs(5)))?;
        attempt.join().unwrap_or_else(|_| Err(io::Error::other("the connecting thread panicked")))
    }

    /// Listens for TCP connections on the host, on any address of it.
    pub fn listen(&self, port: u16) -> io::Result<TcpListener> {
        self.run(move || TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)))?
    }

    /// Opens a UDP socket on the host, bound to its address.
    pub fn udp(&self, port: u16) -> io::Result<UdpSocket> {
        let address = self.address;
        self.run(move || UdpSocket::bind((address, port)))?
    }

    /// Gives the host another address in place of the one it has.
    pub fn change_address(&mut self, address: Ipv4Addr) -> io::Result<()> {
        self.run(move || Cards::here()?.set_address(CARD, address, MASK))??;
        self.address = address;
        Ok(())
    }

    /// Gives the host an address beside its first; `number` tells it from others given so, from 1.
    pub fn add_address(&self, number: u16, address: Ipv4Addr) -> io::Result<()> {
        self.run(move || Cards::here()?.set_address(&format!("{CARD}:{number}"), address, MASK))?
    }

    /// Gives the host an IPv6 address beside the link-local one it is born with. With its IPv4 address changed to the
    /// unspecified one it then has IPv6 alone.
    pub fn add_address6(&self, address: Ipv6Addr) -> io::Result<()> {
        self.run(move || {
            Cards::here()?.add_address6(CARD, address, NETWORK_BITS)?;
            // The kernel makes it usable on a thread of its own, a moment later.
            let deadline = Instant::now() + USABLE_WITHIN;
            while let Err(error) = UdpSocket::bind((address, 0)) {
                if Instant::now() >= deadline {
                    return Err(error);
                }
                thread::sleep(Duration::from_millis(1));
            }
            Ok(())
        })?
    }

    /// Switches the host's card off or on, as a person does in the settings. Off, it loses its IPv6 addresses.
    pub fn set_card(&self, up: bool) -> io::Result<()> {
        self.run(move || Cards::here()?.set_up(CARD, up))?
    }

    /// Changes how the host's line treats what the host sends.
    pub fn set_uplink(&self, uplink: Uplink) -> io::Result<()> {
        self.switch.set_uplink(self.index, uplink)
    }

    /// Pulls the host's cable out, or plugs it in. The host notices, as with a real cable.
    pub fn set_cable(&self, plugged: bool) -> io::Result<()> {
        self.switch.set_cable(self.index, plugged)
    }

    /// Swallows the host's multicast, in one direction or both.
    pub fn set_multicast(&self, multicast: Multicast) -> io::Result<()> {
        self.switch.set_multicast(self.index, multicast)
    }

    /// What went through the host's cable so far.
    pub fn count(&self) -> io::Result<Counters> {
        self.switch.count(self.index)
    }
}
