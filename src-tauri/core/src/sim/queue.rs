//! What will happen, in the order of virtual time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::id::PageId;
use crate::node::{Dial, Event};
use crate::wire::ui::{Command, Notice};

use super::disk::Job;
use super::engine::Step;
use super::fault::Undo;

/// Which device of the world.
pub(super) type At = usize;

/// Which run of a device's node: what was meant for an earlier one is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) at: At,
    pub(super) boot: u64,
}

/// Something that will happen.
#[derive(Debug, Clone)]
pub(super) enum Happening {
    /// A node's deadline.
    Tick(Run),
    /// A dial reaches the other machine, or does not.
    Dial(Run, Dial, Vec<std::net::SocketAddr>),
    /// A dial is known to have failed.
    DialFailed(Run, Dial, bool),
    /// A pipe's end has finished its handshake.
    Joined(usize, usize),
    /// The first item on its way from this end arrives.
    Flow(usize, usize),
    /// An end notices that its pipe is broken.
    Broken(usize, usize),
    /// A node's mDNS announces it.
    Announce(Run, u64),
    /// A node's mDNS asks who is there; the time since it last did.
    Query(Run, u64, u64),
    /// mDNS tells a node of another device, or that it went.
    Sighting(Run, At, bool),
    /// mDNS was asked to check another device.
    Verified(Run, At),
    /// A node learns of the networks it is on.
    Networks(Run),
    /// A page opens.
    PageOpens(Run, bool),
    /// A page gets a notice.
    ToPage(Run, PageId, Box<Notice>),
    /// A node gets a command.
    ToNode(Run, PageId, Box<Command>),
    /// A node learns that a page went.
    PageGone(Run, PageId),
    /// An engine's own time has come; its connection's number.
    Engine(Run, PageId, u64, Step),
    /// A frame comes out of a connection's data channel.
    Relayed(Run, PageId, u64, String),
    /// A disk does what it was asked.
    Disk(Run, Job),
    /// A node hears from its disk.
    DiskSays(Run, Box<Event>),
    /// The person at a device does something, now and then.
    Person(At),
    /// The person at a device does one thing.
    Act(At),
    /// Something breaks.
    Fault,
    /// Something that broke is well again.
    Undo(Undo),
}

#[derive(Debug)]
struct Entry {
    due: u64,
    order: u64,
    what: Happening,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.order).cmp(&(other.due, other.order))
    }
}

/// All that will happen.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<Entry>>,
    count: u64,
}

impl Queue {
    /// At `due` (milliseconds); what is due at the same time happens in the order it was put.
    pub(super) fn put(&mut self, due: u64, what: Happening) {
        self.count += 1;
        self.heap.push(Reverse(Entry { due, order: self.count, what }));
    }

    /// The next, if it is due by `until`.
    pub(super) fn next(&mut self, until: u64) -> Option<(u64, Happening)> {
        if self.heap.peek().is_none_or(|next| next.0.due > until) {
            return None;
        }
        self.heap.pop().map(|next| (next.0.due, next.0.what))
    }
}
