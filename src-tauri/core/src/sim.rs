//! A network of many nodes in virtual time, which one seed decides: links that stall and break, multicast that is lost,
//! cables that are pulled, nodes that are killed, pages that reload, engines that find a path or don't, and people who
//! click at the worst moment. No thread, no clock, no socket: a schedule of minutes takes milliseconds, and the seed of a
//! failure replays it exactly.
//!
//! | file | what it simulates |
//! | --- | --- |
//! | `sim.rs` | the world and its clock |
//! | `sim/schedule.rs` | whole random schedules |
//! | `sim/lab.rs` | a quiet world, moved by hand, for tests that tell a story |
//! | `sim/device.rs`, `sim/edge.rs` | a machine and its node; events in, actions out |
//! | `sim/disk.rs`, `sim/letters.rs` | its disk; what people write to each other |
//! | `sim/pipe.rs`, `sim/mdns.rs` | links and multicast DNS |
//! | `sim/page.rs`, `sim/engine.rs`, `sim/path.rs` | a page, its engine, the path between two engines |
//! | `sim/person.rs`, `sim/fault.rs` | what people do and what breaks |
//! | `sim/watch.rs`, `sim/consent.rs` | what must hold all the time |
//! | `sim/settle.rs`, `sim/agree.rs` | what must hold in the end |
//! | `sim/story.rs` | what came of it, in numbers |
//! | `sim/dice.rs`, `sim/queue.rs` | randomness and time |

mod agree;
mod consent;
mod device;
mod dice;
mod disk;
mod edge;
mod engine;
mod fault;
mod lab;
mod letters;
mod mdns;
mod page;
mod path;
mod person;
mod pipe;
mod queue;
mod schedule;
mod settle;
mod story;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use dice::Dice;
pub use schedule::{run, tell};
pub use story::Story;

use crate::id::{BootId, PeerId};
use crate::wire::peer::{Frame, Signal};
use queue::{At, Queue};

/// More happenings in one second are a loop: eight nodes that all talk come to some hundreds.
const BUSY: u32 = 20_000;

/// How a world is: milliseconds, and percent.
#[derive(Debug, Clone)]
struct Profile {
    delay: (u64, u64),
    page_delay: (u64, u64),
    multicast_loss: u64,
    /// How often people act.
    pace: (u64, u64),
    /// How often something breaks.
    faults: Option<(u64, u64)>,
    /// Cables may be out for longer than people are remembered.
    absence: bool,
    /// Engines sometimes begin anew or fail.
    whims: bool,
    /// Links get through, sound and picture never do.
    firewall: bool,
    /// Frames are written and read as text.
    codec: bool,
    /// A device that multicast never reaches; somebody gave it an address.
    swallowed: Option<At>,
}

/// Something that must never happen did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {at_ms} ms, device {device:?}: {what}")]
pub struct Violation {
    /// Virtual milliseconds.
    pub at_ms: u64,
    /// Which device, if one in particular.
    pub device: Option<usize>,
    /// What.
    pub what: String,
}

/// Signals from one boot to another.
#[derive(Debug, Default)]
struct Said {
    signals: Vec<Signal>,
    applied: usize,
}

/// The world.
#[derive(Debug)]
pub struct World {
    now: u64,
    queue: Queue,
    dice: Dice,
    profile: Profile,
    devices: Vec<device::Device>,
    pipes: Vec<pipe::Pipe>,
    /// Pairs of machines that do not reach each other.
    apart: BTreeSet<(At, At)>,
    /// A machine to and from which no link comes about.
    no_links: Option<At>,
    /// Connections ever made.
    connections: u64,
    replays: Vec<(At, PeerId, Frame)>,
    said: BTreeMap<(BootId, BootId), Said>,
    ledger: consent::Ledger,
    story: Story,
    /// People act and things break.
    active: bool,
    /// Happenings in this second.
    busy: u32,
    failure: Option<Violation>,
    log: Option<Vec<String>>,
}

impl World {
    fn new(dice: Dice, profile: Profile, devices: usize) -> Self {
        let mut world = Self {
            now: 0,
            queue: Queue::default(),
            dice,
            profile,
            devices: Vec::new(),
            pipes: Vec::new(),
            apart: BTreeSet::new(),
            no_links: None,
            connections: 0,
            replays: Vec::new(),
            said: BTreeMap::new(),
            ledger: consent::Ledger::default(),
            story: Story::default(),
            active: false,
            busy: 0,
            failure: None,
            log: None,
        };
        for _ in 0..devices {
            world.add_device();
        }
        world
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// The first thing that went wrong, now or earlier.
    pub fn run(&mut self, span: Duration) -> Result<(), Violation> {
        let until = self.now + u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        while self.failure.is_none()
            && let Some((due, what)) = self.queue.next(until)
        {
            self.busy = if due / 1000 == self.now / 1000 { self.busy + 1 } else { 0 };
            if self.busy > BUSY {
                self.fail(None, "nodes answer each other for ever");
            }
            self.now = due;
            self.happen(what);
        }
        self.now = until;
        self.failure.clone().map_or(Ok(()), Err)
    }

    /// Notes that something went wrong; the first counts.
    fn fail(&mut self, device: impl Into<Option<At>>, what: &str) {
        let device = device.into();
        self.note(|| format!("WRONG at {device:?}: {what}"));
        self.failure.get_or_insert(Violation { at_ms: self.now, device, what: what.to_owned() });
    }

    /// Writes a line of the story, if somebody wants to read it.
    fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{:>7} {}", self.now, line()));
        }
    }

    fn delay(&mut self) -> u64 {
        self.dice.between(self.profile.delay.0, self.profile.delay.1)
    }

    fn page_delay(&mut self) -> u64 {
        let (least, most) = self.profile.page_delay;
        self.dice.between(least, most)
    }
}
