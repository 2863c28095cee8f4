//! The switch that joins the hosts: one thread that owns every port and moves every frame.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Sender, SyncSender};
use std::thread::{self, JoinHandle};

use super::counters::Counters;
use super::fabric::Fabric;
use super::uplink::Uplink;

/// Which multicast a port swallows, as access points do. Broadcast (and so ARP) always passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multicast {
    /// Multicast of others reaches this host.
    pub to: bool,
    /// Multicast of this host reaches others.
    pub from: bool,
}

#[derive(Debug)]
pub(super) enum Order {
    Uplink(usize, Uplink, SyncSender<()>),
    Cable(usize, bool, SyncSender<io::Result<()>>),
    Multicast(usize, Multicast, SyncSender<()>),
    Count(usize, SyncSender<Counters>),
    Stop,
}

/// A running switch; ends when dropped.
#[derive(Debug)]
pub(super) struct Switch {
    orders: Sender<Order>,
    wake: UnixStream,
    thread: Option<JoinHandle<()>>,
}

impl Switch {
    /// Joins `taps`; each port draws its chances from `seed`.
    pub(super) fn start(taps: Vec<File>, seed: u64) -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel();
        let (wake, woken) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let fabric = Fabric::new(taps, seed);
        let thread = thread::Builder::new().name("switch".into()).spawn(move || fabric.run(&inbox, &woken))?;
        Ok(Self { orders, wake, thread: Some(thread) })
    }

    pub(super) fn set_uplink(&self, port: usize, uplink: Uplink) -> io::Result<()> {
        self.ask(|reply| Order::Uplink(port, uplink, reply))
    }

    pub(super) fn set_cable(&self, port: usize, plugged: bool) -> io::Result<()> {
        self.ask(|reply| Order::Cable(port, plugged, reply))?
    }

    pub(super) fn set_multicast(&self, port: usize, multicast: Multicast) -> io::Result<()> {
        self.ask(|reply| Order::Multicast(port, multicast, reply))
    }

    pub(super) fn count(&self, port: usize) -> io::Result<Counters> {
        self.ask(|reply| Order::Count(port, reply))
    }

    /// Gives an order and waits until it is in force.
    fn ask<T>(&self, order: impl FnOnce(SyncSender<T>) -> Order) -> io::Result<T> {
        let (reply, answer) = mpsc::sync_channel(1);
        self.give(order(reply))?;
        answer.recv().map_err(|_| io::Error::other("the switch has ended"))
    }

    fn give(&self, order: Order) -> io::Result<()> {
        self.orders.send(order).map_err(|_| io::Error::other("the switch has ended"))?;
        (&self.wake).write_all(&[0])
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        // A switch that has ended already needs no order to stop.
        if self.give(Order::Stop).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}
