//! What breaks, and gets well again.

use super::World;
use super::queue::{At, Happening};
use crate::id::PageId;
use crate::node::{Dial, Event};
use crate::wire::ui::Command;

/// Something that broke and will be well again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    /// The cable goes in.
    Plug(At),
    /// Two machines reach each other again.
    Join(At, At),
    /// Multicast gets through.
    Multicast(At),
    /// The node starts.
    Start(At),
    /// The node is visible.
    Show(At),
    /// The browser opens pages again.
    Browser(At),
    /// The disk has room again.
    Room(At),
}

impl World {
    /// Something breaks.
    pub(super) fn fault(&mut self) {
        let Some((least, most)) = self.profile.faults.filter(|_| self.active) else {
            return;
        };
        let next = self.now + self.dice.between(least, most);
        self.queue.put(next, Happening::Fault);
        let all: Vec<At> = (0..self.devices.len()).collect();
        let Some(at) = self.dice.pick(&all) else {
            return;
        };
        match self.dice.between(0, 99) {
            0..25 => self.break_a_link(at),
            25..40 => {
                self.pull_cable(at);
                let most = if self.dice.chance(8) { 60_000 } else { 8000 };
                let most = if self.profile.absence { 140_000 } else { most };
                self.undo_later(100, most, Undo::Plug(at));
            }
            40..47 => {
                let Some(other) = self.dice.pick(&all).filter(|&other| other != at) else {
                    return;
                };
                let (a, b) = (at.min(other), at.max(other));
                self.note(|| format!("{a} and {b} are cut off from each other"));
                self.apart.insert((a, b));
                self.network_changed();
                self.undo_later(100, 9000, Undo::Join(a, b));
            }
            47..54 if self.profile.swallowed != Some(at) => {
                self.devices[at].multicast = false;
                self.undo_later(1000, 30_000, Undo::Multicast(at));
            }
            54..66 => {
                self.kill_node(at);
                self.undo_later(300, 8000, Undo::Start(at));
            }
            66..71 => {
                self.stop_node(at);
                self.undo_later(300, 8000, Undo::Start(at));
            }
            71..76 => {
                self.set_visible(at, false);
                self.undo_later(500, 9000, Undo::Show(at));
            }
            76..79 => {
                self.devices[at].browser = false;
                self.undo_later(500, 40_000, Undo::Browser(at));
            }
            79..82 => {
                self.devices[at].disk.full = true;
                self.undo_later(500, 40_000, Undo::Room(at));
            }
            82..88 => {
                // A second link beside the one they have.
                if let Some(to) = self.dice.pick(&all) {
                    self.dial_again(at, to);
                }
            }
            88..100 => self.replay(),
            _ => {}
        }
    }

    /// Dials somebody who may be linked already.
    pub(super) fn dial_again(&mut self, at: At, to: At) {
        if let Some(run) = self.run_of(at) {
            let addresses = vec![self.devices[to].address()];
            self.queue.put(self.now, Happening::Dial(run, Dial::Address(PageId(0)), addresses));
        }
    }

    fn undo_later(&mut self, least: u64, most: u64, undo: Undo) {
        let due = self.now + self.dice.between(least, most);
        self.queue.put(due, Happening::Undo(undo));
    }

    pub(super) fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Plug(at) => self.plug_cable(at),
            Undo::Join(a, b) => {
                self.apart.remove(&(a, b));
                self.network_changed();
            }
            Undo::Multicast(at) => self.devices[at].multicast = self.profile.swallowed != Some(at),
            Undo::Start(at) => self.wake(at),
            Undo::Show(at) => self.set_visible(at, true),
            Undo::Browser(at) => self.devices[at].browser = true,
            Undo::Room(at) => self.devices[at].disk.full = false,
        }
    }

    /// Starts a node and opens its window.
    pub(super) fn wake(&mut self, at: At) {
        if self.devices[at].life.is_some() {
            return;
        }
        self.start_node(at);
        let Some(run) = self.run_of(at) else { return };
        if self.dice.chance(90) {
            let due = self.now + self.dice.between(0, 2000);
            let engine = self.dice.chance(80);
            self.queue.put(due, Happening::PageOpens(run, engine));
        }
        // Where multicast is swallowed, somebody gave an address.
        if self.profile.swallowed == Some(at) {
            let known = (at + 1) % self.devices.len();
            let address = self.devices[known].address();
            self.feed(at, Event::Seek { address });
        }
    }

    fn break_a_link(&mut self, at: At) {
        let pipes: Vec<usize> =
            self.devices[at].life.iter().flat_map(|life| life.links.values()).map(|&(pipe, _)| pipe).collect();
        if let Some(pipe) = self.dice.pick(&pipes) {
            self.note(|| format!("pipe {pipe} breaks"));
            self.doom(pipe);
        }
    }

    /// Pulls a cable. The machine may notice, or only the way behind its switch is gone.
    pub(super) fn pull_cable(&mut self, at: At) {
        self.note(|| format!("the cable of {at} is pulled"));
        self.devices[at].plugged = false;
        self.network_changed();
        if let Some(run) = self.run_of(at).filter(|_| self.dice.chance(60)) {
            let due = self.now + self.dice.between(50, 1500);
            self.queue.put(due, Happening::Networks(run));
        }
    }

    /// Puts it in again, sometimes with another address.
    pub(super) fn plug_cable(&mut self, at: At) {
        if self.devices[at].plugged {
            return;
        }
        self.note(|| format!("the cable of {at} is in again"));
        self.devices[at].plugged = true;
        if self.dice.chance(10) && self.profile.swallowed.is_none() {
            let [a, b, c, d] = self.devices[at].ip.octets();
            self.devices[at].ip = [a, b, c, d.wrapping_add(10)].into();
            self.doom_all(at);
        }
        self.network_changed();
        if let Some(run) = self.run_of(at) {
            let due = self.now + self.dice.between(50, 1500);
            self.queue.put(due, Happening::Networks(run));
        }
    }

    /// A node's look at its networks.
    pub(super) fn networks_seen(&mut self, at: At) {
        if !self.devices[at].plugged {
            self.forget_sightings(at);
        }
        self.tell_networks(at);
    }

    /// Streams and paths feel that somebody can or cannot reach somebody.
    fn network_changed(&mut self) {
        self.reconsider_pipes();
        self.stir();
    }

    pub(super) fn set_visible(&mut self, at: At, visible: bool) {
        let Some(run) = self.run_of(at) else { return };
        let pages = self.open_pages(at);
        if let Some(page) = self.dice.pick(&pages).or_else(|| self.page_opens(at, false)) {
            self.page_says(run, page, Command::SetVisible { visible });
        }
    }

    /// A frame that was sent before comes again, over whatever link there is now.
    fn replay(&mut self) {
        if self.replays.is_empty() {
            return;
        }
        let old = self.dice.between(0, self.replays.len() as u64 - 1) as usize;
        let (at, peer, frame) = self.replays[old].clone();
        let life = self.devices[at].life.as_ref();
        let link = life.and_then(|life| {
            let mut links = life.node.links();
            links.find(|(_, l)| l.peer == peer && l.boot().is_some())
        });
        if let Some((link, _)) = link {
            self.send(at, link, frame);
        }
    }

    /// All that can be made well is: the last part of a schedule.
    pub(super) fn heal(&mut self) {
        self.active = false;
        self.note(|| "everything gets well".to_owned());
        self.apart.clear();
        for at in 0..self.devices.len() {
            self.plug_cable(at);
            self.devices[at].multicast = self.profile.swallowed != Some(at);
            self.devices[at].browser = true;
            self.devices[at].disk.full = false;
            // Some stay away for good, and the others must notice; but whose only way to the others leads through one
            // of them would not find the rest.
            let alone = self.profile.swallowed.is_some();
            let away = self.devices[at].life.is_none() && !alone && self.dice.chance(20);
            if !away {
                self.wake(at);
            }
            if alone || self.dice.chance(70) {
                self.set_visible(at, true);
            }
        }
        self.network_changed();
    }
}
