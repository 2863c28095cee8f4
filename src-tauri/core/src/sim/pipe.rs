//! Links as the network gives them: ordered, reliable streams that stall when a cable is out and break some time later,
//! which the two ends notice at different moments or by silence alone.

use std::net::{IpAddr, SocketAddr};

use super::World;
use super::queue::{At, Happening, Run};
use crate::id::LinkId;
use crate::link::Dialler;
use crate::node::{Dial, Event};
use crate::wire::peer::{Farewell, Frame};

/// How long a machine that does not answer at all is waited for.
const CONNECT_MS: u64 = 3000;

/// One end of a pipe.
#[derive(Debug)]
pub(super) struct End {
    pub(super) run: Run,
    pub(super) link: Option<LinkId>,
    open: bool,
    /// When the last item from here arrives there: none overtakes it.
    last: u64,
    /// Items from here that wait for the cable.
    stalled: Vec<Item>,
}

#[derive(Debug)]
enum Item {
    Frame(Box<Frame>),
    End,
}

/// A TCP connection. The first end dialled.
#[derive(Debug)]
pub(super) struct Pipe {
    pub(super) ends: [End; 2],
    items: [std::collections::VecDeque<Item>; 2],
    addresses: [SocketAddr; 2],
    /// Nothing will ever arrive any more.
    broken: bool,
}

impl World {
    /// Whether packets between two machines arrive.
    pub(super) fn reach(&self, a: At, b: At) -> bool {
        let apart = self.apart.contains(&(a.min(b), a.max(b)));
        a != b && self.devices[a].plugged && self.devices[b].plugged && !apart
    }

    /// A dial reaches the other machine, or not.
    pub(super) fn dial(&mut self, run: Run, dial: Dial, addresses: &[SocketAddr]) {
        if self.alive(run).is_none() {
            return;
        }
        let expected = match dial {
            Dial::Peer(peer) => Some(peer),
            Dial::Address(_) | Dial::Sought(_) => None,
        };
        let mut refused = true;
        for address in addresses {
            let there = (0..self.devices.len()).find(|&to| IpAddr::V4(self.devices[to].ip) == address.ip());
            let blocked = |at| self.no_links == Some(at);
            let open = |&to: &At| self.reach(run.at, to) && !blocked(to) && !blocked(run.at);
            let Some(to) = there.filter(open) else {
                refused = false;
                continue;
            };
            let device = &self.devices[to];
            // A hidden node's listener is closed, or its node says so.
            let listens = device.is_visible() || (device.life.is_some() && self.dice.chance(50));
            if !listens || self.devices[to].port != address.port() {
                continue;
            }
            if expected.is_some_and(|peer| peer != self.devices[to].peer) {
                refused = false;
                continue;
            }
            return self.connect(run, to);
        }
        let due = self.now + if refused { self.delay() } else { CONNECT_MS };
        self.queue.put(due, Happening::DialFailed(run, dial, refused));
    }

    fn connect(&mut self, run: Run, to: At) {
        let Some(listener) = self.run_of(to) else {
            return;
        };
        let joined = [run, listener].map(|_| self.now + self.delay() + self.delay());
        let end = |run, last| End { run, link: None, open: false, last, stalled: Vec::new() };
        let port = 50_000 + u16::try_from(self.pipes.len() % 10_000).unwrap_or_default();
        self.pipes.push(Pipe {
            // What one end says cannot arrive before the other has joined.
            ends: [end(run, joined[1]), end(listener, joined[0])],
            items: Default::default(),
            addresses: [SocketAddr::from((self.devices[run.at].ip, port)), self.devices[to].address()],
            broken: false,
        });
        let pipe = self.pipes.len() - 1;
        for (end, due) in joined.into_iter().enumerate() {
            self.queue.put(due, Happening::Joined(pipe, end));
        }
    }

    /// An end's handshake is over.
    pub(super) fn joined(&mut self, pipe: usize, end: usize) {
        let Pipe { ends, addresses, .. } = &mut self.pipes[pipe];
        let run = ends[end].run;
        let (local, remote) = (addresses[end], addresses[1 - end]);
        let other = ends[1 - end].run.at;
        let peer = self.devices[other].peer;
        let Some(life) = self.alive(run) else {
            return self.drop_end(pipe, end);
        };
        let link = LinkId(life.number());
        life.links.insert(link, (pipe, end));
        self.pipes[pipe].ends[end].link = Some(link);
        self.pipes[pipe].ends[end].open = true;
        let dialler = if end == 0 { Dialler::Me } else { Dialler::Them };
        let event = Event::LinkUp { link, peer, dialler, local, remote };
        self.feed(run.at, event);
        // The cable may have gone meanwhile.
        if !self.reach(run.at, other) {
            self.doom(pipe);
        }
    }

    /// A node sends over a link.
    pub(super) fn send(&mut self, at: At, link: LinkId, frame: Frame) {
        let frame = self.over_the_wire(frame);
        self.remember_frame(at, link, &frame);
        if let Some((pipe, end)) = self.pipe_of(at, link) {
            self.push(pipe, end, Item::Frame(Box::new(frame)));
        }
    }

    /// A node closes a link.
    pub(super) fn close(&mut self, at: At, link: LinkId, farewell: Option<Farewell>) {
        let Some((pipe, end)) = self.pipe_of(at, link) else {
            return;
        };
        if let Some(reason) = farewell {
            self.push(pipe, end, Item::Frame(Box::new(Frame::Goodbye { reason })));
        }
        self.drop_end(pipe, end);
    }

    fn pipe_of(&self, at: At, link: LinkId) -> Option<(usize, usize)> {
        let life = self.devices[at].life.as_ref()?;
        life.links.get(&link).copied()
    }

    fn push(&mut self, pipe: usize, end: usize, item: Item) {
        let delay = self.delay();
        let Pipe { ends, items, .. } = &mut self.pipes[pipe];
        let due = (self.now + delay).max(ends[end].last);
        ends[end].last = due;
        items[end].push_back(item);
        self.queue.put(due, Happening::Flow(pipe, end));
    }

    /// An end is gone: nothing comes in there any more, and the other end will hear of it.
    pub(super) fn drop_end(&mut self, pipe: usize, end: usize) {
        let End { run, link, .. } = self.pipes[pipe].ends[end];
        self.pipes[pipe].ends[end].open = false;
        if let Some(life) = self.alive(run)
            && let Some(link) = link
        {
            life.links.remove(&link);
        }
        self.push(pipe, end, Item::End);
    }

    /// The first item from an end arrives.
    pub(super) fn flow(&mut self, pipe: usize, end: usize) {
        let [a, b] = [0, 1].map(|n: usize| self.pipes[pipe].ends[n].run.at);
        let reach = self.reach(a, b);
        let Pipe { ends, items, broken, .. } = &mut self.pipes[pipe];
        let Some(item) = items[end].pop_front().filter(|_| !*broken) else {
            return;
        };
        if !reach || !ends[end].stalled.is_empty() {
            ends[end].stalled.push(item);
            return;
        }
        let there = &ends[1 - end];
        let (run, Some(link)) = (there.run, there.link.filter(|_| there.open)) else {
            return;
        };
        if self.alive(run).is_none() {
            return;
        }
        match item {
            Item::Frame(frame) => {
                let frame = *frame;
                self.feed(run.at, Event::Frame { link, frame });
            }
            Item::End => self.broken(pipe, 1 - end),
        }
    }

    /// An end notices that its pipe is at an end.
    pub(super) fn broken(&mut self, pipe: usize, end: usize) {
        let End { run, link, open, .. } = self.pipes[pipe].ends[end];
        let (true, Some(link)) = (open, link) else {
            return;
        };
        self.pipes[pipe].ends[end].open = false;
        if let Some(life) = self.alive(run) {
            life.links.remove(&link);
            self.feed(run.at, Event::LinkClosed { link });
        }
    }

    /// A pipe breaks: what is on its way is lost, and each end notices when it does, or never.
    pub(super) fn doom(&mut self, pipe: usize) {
        self.pipes[pipe].broken = true;
        for end in 0..2 {
            let notices = self.dice.between(0, 9000);
            // Beyond 7 s: by silence alone.
            if notices < 7000 {
                self.queue.put(self.now + notices, Happening::Broken(pipe, end));
            }
        }
    }

    /// The network changed: streams stall, go on or, after some time, break.
    pub(super) fn reconsider_pipes(&mut self) {
        for pipe in 0..self.pipes.len() {
            if self.pipes[pipe].broken || !self.pipes[pipe].ends.iter().any(|end| end.open) {
                continue;
            }
            let [a, b] = [0, 1].map(|n: usize| self.pipes[pipe].ends[n].run.at);
            if !self.reach(a, b) {
                continue;
            }
            for end in 0..2 {
                let stalled = std::mem::take(&mut self.pipes[pipe].ends[end].stalled);
                // TCP sends again after a while; what was sent since then must not overtake.
                let resent = self.now + self.dice.between(10, 1500);
                let last = &mut self.pipes[pipe].ends[end].last;
                *last = resent.max(*last);
                let due = *last;
                let waiting = stalled.len();
                for item in stalled.into_iter().rev() {
                    self.pipes[pipe].items[end].push_front(item);
                }
                for _ in 0..waiting {
                    self.queue.put(due, Happening::Flow(pipe, end));
                }
            }
        }
    }

    /// Every pipe at a machine breaks: its address changed.
    pub(super) fn doom_all(&mut self, at: At) {
        for pipe in 0..self.pipes.len() {
            if self.pipes[pipe].ends.iter().any(|end| end.run.at == at) {
                self.doom(pipe);
            }
        }
    }
}
