//! Every port of the switch and every frame on its way.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use super::counters::Counters;
use super::frame::{Destination, Frame, LONGEST, Mac};
use super::kernel;
use super::switch::{Multicast, Order};
use super::uplink::Shaper;

/// Frames taken from one port before the next port has its turn.
const TURN: usize = 64;

#[derive(Debug)]
struct Port {
    tap: File,
    shaper: Shaper,
    plugged: bool,
    multicast: Multicast,
    counters: Counters,
}

/// A frame on its way to the switch. Ordered by arrival, then by when it was sent.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct UnderWay {
    arrival: Instant,
    number: u64,
    port: usize,
    bytes: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Fabric {
    ports: Vec<Port>,
    /// The port each hardware address was last seen at.
    homes: HashMap<Mac, usize>,
    under_way: BinaryHeap<Reverse<UnderWay>>,
    sent: u64,
}

impl Fabric {
    /// Joins `taps`; each port draws its chances from `seed`.
    pub(super) fn new(taps: Vec<File>, seed: u64) -> Self {
        let now = Instant::now();
        let ports = taps
            .into_iter()
            .enumerate()
            .map(|(at, tap)| Port {
                tap,
                shaper: Shaper::new(seed.wrapping_add(at as u64), now),
                plugged: true,
                multicast: Multicast { to: true, from: true },
                counters: Counters::default(),
            })
            .collect();
        Self { ports, homes: HashMap::new(), under_way: BinaryHeap::new(), sent: 0 }
    }

    /// Moves frames and obeys orders until told to stop.
    pub(super) fn run(mut self, inbox: &Receiver<Order>, woken: &UnixStream) {
        // A busy machine must not look like a slow network; without the right it does, and tests have patience.
        let _ = kernel::go_first();
        loop {
            self.deliver_due();
            let pause = self.under_way.peek().map(|next| next.0.arrival.saturating_duration_since(Instant::now()));
            let files: Vec<_> =
                std::iter::once(woken.as_fd()).chain(self.ports.iter().map(|port| port.tap.as_fd())).collect();
            let Ok(ready) = kernel::wait_readable(&files, pause) else {
                return;
            };
            for file in ready {
                match file.checked_sub(1) {
                    None => {
                        // Only wakes; what there is to do lies in the inbox.
                        let _ = (&*woken).read(&mut [0; 64]);
                    }
                    Some(port) => self.take_in(port),
                }
            }
            while let Ok(order) = inbox.try_recv() {
                match order {
                    // A caller that no longer waits for its reply is no trouble.
                    Order::Uplink(port, uplink, reply) => {
                        self.ports[port].shaper.set(uplink);
                        let _ = reply.send(());
                    }
                    Order::Cable(port, plugged, reply) => {
                        let _ = reply.send(self.set_cable(port, plugged));
                    }
                    Order::Multicast(port, multicast, reply) => {
                        self.ports[port].multicast = multicast;
                        let _ = reply.send(());
                    }
                    Order::Count(port, reply) => {
                        let _ = reply.send(self.ports[port].counters);
                    }
                    Order::Stop => return,
                }
            }
        }
    }

    fn set_cable(&mut self, port: usize, plugged: bool) -> io::Result<()> {
        self.ports[port].plugged = plugged;
        self.homes.retain(|_, home| *home != port);
        kernel::set_carrier(&self.ports[port].tap, plugged)
    }

    fn take_in(&mut self, at: usize) {
        let mut buffer = [0; LONGEST];
        for _ in 0..TURN {
            let port = &mut self.ports[at];
            // An error is "no more for now", or a card that was switched off: either way the next poll tells.
            let Ok(length @ 1..) = port.tap.read(&mut buffer) else {
                return;
            };
            let frame = Frame(&buffer[..length]);
            if !port.plugged {
                continue;
            }
            port.counters.from.add(frame);
            let now = Instant::now();
            match port.shaper.pass(length, now) {
                Some(arrival) => {
                    self.sent += 1;
                    let bytes = frame.0.to_vec();
                    self.under_way.push(Reverse(UnderWay { arrival, number: self.sent, port: at, bytes }));
                }
                None => port.counters.lost += 1,
            }
        }
    }

    fn deliver_due(&mut self) {
        let now = Instant::now();
        while self.under_way.peek().is_some_and(|next| next.0.arrival <= now) {
            if let Some(Reverse(next)) = self.under_way.pop() {
                self.forward(next.port, Frame(&next.bytes));
            }
        }
    }

    fn forward(&mut self, from: usize, frame: Frame<'_>) {
        let (Some(destination), Some(source)) = (frame.destination(), frame.source()) else {
            return;
        };
        if !self.ports[from].plugged {
            return;
        }
        self.homes.insert(source, from);
        match destination {
            Destination::One(mac) => match self.homes.get(&mac) {
                Some(home) if *home != from => self.ports[*home].hand_over(frame),
                Some(_) => {}
                None => self.flood(from, frame, |_| true),
            },
            Destination::Everybody => self.flood(from, frame, |_| true),
            Destination::Group => {
                if self.ports[from].multicast.from {
                    self.flood(from, frame, |port| port.multicast.to);
                }
            }
        }
    }

    fn flood(&mut self, from: usize, frame: Frame<'_>, reaches: impl Fn(&Port) -> bool) {
        for (at, port) in self.ports.iter_mut().enumerate() {
            if at != from && reaches(port) {
                port.hand_over(frame);
            }
        }
    }
}

impl Port {
    fn hand_over(&mut self, frame: Frame<'_>) {
        // A host whose card is off takes nothing, as in the real world.
        if self.plugged && self.tap.write(frame.0).is_ok() {
            self.counters.to.add(frame);
        }
    }
}
