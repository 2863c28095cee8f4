//! Between a node and its simulated world: events in, actions out.

use super::World;
use super::consent::Now;
use super::disk::Job;
use super::queue::{At, Happening, Run};
use crate::id::{LinkId, PageId};
use crate::node::{Action, Event};
use crate::wire::peer::Frame;
use crate::wire::ui::{Command, Presence};
use crate::wire::{decode, encode};

/// Signals kept of each device, to be played again.
const REPLAYS: usize = 16;

impl World {
    /// Gives a node an event and carries out what it wants.
    pub(super) fn feed(&mut self, at: At, event: Event) {
        let clock = self.clock(at);
        self.note(|| format!("device {at} <- {event:?}"));
        let Some(life) = self.devices[at].life.as_mut() else {
            return;
        };
        let ticked = matches!(event, Event::Tick);
        let before = life.node.line().call().map(Now::of);
        let actions = life.node.handle(event.clone(), clock);
        let now = life.node.line().call().map(Now::of);
        self.write_down(at, &event, before, now);
        self.check_answer(at, &event, &actions);
        let applied = self.check_signals(at);
        if let Event::Command { command: Command::Relayed { .. }, .. } = event {
            self.story.relayed += applied;
        }
        for action in actions {
            self.carry_out(at, action);
        }
        self.check_node(at, ticked);
        self.wind(at);
    }

    fn carry_out(&mut self, at: At, action: Action) {
        self.note(|| format!("device {at} -> {action:?}"));
        let Some(run) = self.run_of(at) else { return };
        match action {
            Action::Send { link, frame } => self.send(at, link, frame),
            Action::Close { link, farewell } => self.close(at, link, farewell),
            Action::Dial { dial, addresses } => {
                let due = self.now + self.delay();
                self.queue.put(due, Happening::Dial(run, dial, addresses));
            }
            Action::Appear(appearance) => self.appear(at, appearance),
            Action::Browse => self.browse(at),
            Action::Verify(peer) => self.verify(at, peer),
            Action::Notify(page, notice) => {
                self.check_order(at, page, &notice);
                self.notify(at, page, notice);
            }
            Action::Observed(view) => {
                if let Some(life) = self.alive(run) {
                    match view.presence {
                        Presence::Offline => life.observed.remove(&view.peer),
                        Presence::Available | Presence::InCall | Presence::Away => {
                            life.observed.insert(view.peer, view)
                        }
                    };
                }
            }
            Action::OpenPage => {
                if self.devices[at].browser {
                    let due = self.now + self.dice.between(300, 3000);
                    self.queue.put(due, Happening::PageOpens(run, true));
                }
            }
            Action::Keep(kept) => self.devices[at].keep(kept),
            Action::Write(write) => self.ask_disk(run, Job::Write(write)),
            Action::Load { peer, load } => self.ask_disk(run, Job::Load(peer, load)),
            // Nobody sends files in the simulated world.
            Action::Prepare { .. }
            | Action::Carry { .. }
            | Action::Admit { .. }
            | Action::Halt { .. }
            | Action::Discard { .. }
            | Action::Talks(_) => {}
            Action::Look { page, look } => self.look_up_entries(at, page, &look),
        }
    }

    /// Carries out what was due.
    pub(super) fn happen(&mut self, what: Happening) {
        match what {
            Happening::Tick(run) => self.tick(run),
            Happening::Dial(run, dial, addresses) => self.dial(run, dial, &addresses),
            Happening::DialFailed(run, dial, refused) => {
                if self.alive(run).is_some() {
                    self.feed(run.at, Event::DialFailed { dial, refused });
                }
            }
            Happening::Joined(pipe, end) => self.joined(pipe, end),
            Happening::Flow(pipe, end) => self.flow(pipe, end),
            Happening::Broken(pipe, end) => self.broken(pipe, end),
            Happening::Announce(run, again) => self.announce(run, again),
            Happening::Query(run, wait, queries) => self.query(run, wait, queries),
            Happening::Sighting(run, of, there) => self.sighting(run, of, there),
            Happening::Verified(run, of) => self.verified(run, of),
            Happening::Networks(run) => {
                if self.alive(run).is_some() {
                    self.networks_seen(run.at);
                }
            }
            Happening::PageOpens(run, engine) => {
                if self.alive(run).is_some() {
                    self.page_opens(run.at, engine);
                }
            }
            Happening::ToPage(run, page, notice) => self.page_hears(run, page, *notice),
            Happening::ToNode(run, page, command) => {
                if self.alive(run).is_some() {
                    let command = *command;
                    self.feed(run.at, Event::Command { page, command });
                }
            }
            Happening::PageGone(run, page) => self.page_gone(run, page),
            Happening::Engine(run, page, serial, step) => self.engine_steps(run, page, serial, step),
            Happening::Relayed(run, page, serial, frame) => self.relayed(run, page, serial, frame),
            Happening::Disk(run, job) => self.disk_works(run, job),
            Happening::DiskSays(run, event) => {
                if self.alive(run).is_some() {
                    self.feed(run.at, *event);
                    self.check_letters(run.at);
                }
            }
            Happening::Person(at) => self.person(at),
            Happening::Act(at) => self.act(at),
            Happening::Fault => self.fault(),
            Happening::Undo(undo) => self.undo(undo),
        }
    }

    fn tick(&mut self, run: Run) {
        let now = self.now;
        let Some(life) = self.alive(run).filter(|life| life.tick == Some(now)) else {
            return;
        };
        life.tick = None;
        let clock = self.clock(run.at);
        let due = |deadline| deadline <= clock;
        let deadline = self.alive(run).and_then(|life| life.node.deadline());
        if deadline.is_some_and(due) {
            self.feed(run.at, Event::Tick);
        } else {
            self.wind(run.at);
        }
    }

    /// Some worlds write and read every frame as the real ones do.
    pub(super) fn over_the_wire(&mut self, frame: Frame) -> Frame {
        if !self.profile.codec {
            return frame;
        }
        match decode::<Frame>(&encode(&frame)) {
            Ok(read) if read == frame => frame,
            Ok(_) | Err(_) => {
                self.fail(0, &format!("a frame does not survive the wire: {frame:?}"));
                frame
            }
        }
    }

    /// Keeps a signal, to be played again later.
    pub(super) fn remember_frame(&mut self, at: At, link: LinkId, frame: &Frame) {
        let Frame::Signal(_) = frame else { return };
        let Some(peer) = self.devices[at]
            .life
            .as_ref()
            .and_then(|life| life.node.links().find(|(id, _)| *id == link))
            .map(|(_, link)| link.peer)
        else {
            return;
        };
        if self.replays.len() >= REPLAYS {
            let old = self.dice.between(0, REPLAYS as u64 - 1) as usize;
            self.replays.swap_remove(old);
        }
        self.replays.push((at, peer, frame.clone()));
    }

    /// Pages of a device that are not closing.
    pub(super) fn open_pages(&self, at: At) -> Vec<PageId> {
        let life = self.devices[at].life.iter();
        life.flat_map(|life| life.pages.iter()).filter(|(_, page)| !page.closing).map(|(&page, _)| page).collect()
    }
}
