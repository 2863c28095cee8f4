//! The people: at random moments they do something random that the page in front of them offers.

use super::World;
use super::page::goes_on;
use super::queue::{At, Happening, Run};
use crate::id::{PageId, PeerId};
use crate::wire::peer::{Devices, Media, Picture};
use crate::wire::ui::{CallView, Command, Phase, Presence};

impl World {
    /// The person at a device acts.
    pub(super) fn person(&mut self, at: At) {
        let (least, most) = self.profile.pace;
        let next = self.now + self.dice.between(least, most);
        if self.active {
            self.queue.put(next, Happening::Person(at));
        }
        self.act(at);
    }

    /// The person does one thing.
    pub(super) fn act(&mut self, at: At) {
        if !self.active {
            return;
        }
        let Some(run) = self.run_of(at) else { return };
        let pages = self.open_pages(at);
        let Some(page) = self.dice.pick(&pages) else {
            if self.dice.chance(60) {
                let engine = self.dice.chance(80);
                self.page_opens(at, engine);
            }
            return;
        };
        let view = self.page_of(run, page).and_then(|page| page.call.clone());
        let Some(view) = view else {
            return self.idle(run, page);
        };
        if goes_on(&view) {
            // The other side is busy with the same call at the same moment: races come from there.
            let other = self.at_of(view.with.peer);
            if let Some(other) = other.filter(|_| self.dice.chance(30)) {
                let soon = self.now + self.dice.between(0, 40);
                self.queue.put(soon, Happening::Act(other));
            }
        }
        match view.phase {
            Phase::Ended { .. } => self.idle(run, page),
            Phase::Incoming => self.rung(run, page, &view),
            Phase::Outgoing { .. } => self.ringing(run, page, &view),
            Phase::Connecting | Phase::Connected | Phase::Reconnecting => {
                self.talking(run, page, &view);
            }
        }
    }

    fn idle(&mut self, run: Run, page: PageId) {
        if self.dice.chance(25) {
            return self.writes_somebody(run, page);
        }
        match self.dice.between(0, 99) {
            0..60 => {
                if let Some(peer) = self.somebody(run, page) {
                    self.calls(run, page, peer);
                }
            }
            60..66 => self.page_says(run, page, Command::Dismiss),
            66..74 => self.reload(run, page),
            74..77 => self.page_closes(run.at, page),
            77..83 if self.open_pages(run.at).len() < 3 => {
                let engine = self.dice.chance(70);
                self.page_opens(run.at, engine);
            }
            83..86 => {
                let name = format!("P{} {}", run.at, self.dice.between(0, 9));
                self.page_says(run, page, Command::SetName { name });
            }
            86..89 => {
                let all: Vec<At> = (0..self.devices.len()).collect();
                if let Some(to) = self.dice.pick(&all) {
                    let address = self.devices[to].address().to_string();
                    self.page_says(run, page, Command::AddPeer { address });
                }
            }
            89..91 => {
                if let Some(peer) = self.somebody(run, page) {
                    let verified = self.dice.chance(70);
                    self.page_says(run, page, Command::Verify { peer, verified });
                }
            }
            _ => {}
        }
    }

    /// Several at once, now and then: they are on their way together.
    fn writes_somebody(&mut self, run: Run, page: PageId) {
        if let Some(peer) = self.somebody(run, page) {
            let many = if self.dice.chance(20) { self.dice.between(2, 40) } else { 1 };
            for _ in 0..many {
                self.writes(run, page, peer);
            }
        }
    }

    /// Somebody the page shows, here as a rule.
    fn somebody(&mut self, run: Run, page: PageId) -> Option<PeerId> {
        let anybody = self.dice.chance(10);
        let shown = self.page_of(run, page)?;
        let here = |p: Presence| p != Presence::Offline;
        let people: Vec<PeerId> =
            shown.peers.values().filter(|peer| anybody || here(peer.presence)).map(|peer| peer.peer).collect();
        self.dice.pick(&people)
    }

    fn calls(&mut self, run: Run, page: PageId, peer: PeerId) {
        let media = self.media();
        self.page_says(run, page, Command::Call { peer, media });
        let other = self.at_of(peer);
        if let Some(other) = other.filter(|_| self.dice.chance(25)) {
            // Both call each other; or the other calls a third.
            let Some(there) = self.run_of(other) else {
                return;
            };
            let pages = self.open_pages(other);
            let Some(page) = self.dice.pick(&pages) else {
                return;
            };
            let back = self.devices[run.at].peer;
            let third = self.somebody(there, page).unwrap_or(back);
            let peer = if self.dice.chance(75) { back } else { third };
            let media = self.media();
            self.page_says(there, page, Command::Call { peer, media });
        }
    }

    fn rung(&mut self, run: Run, page: PageId, view: &CallView) {
        let call = view.call;
        let media = self.media();
        match self.dice.between(0, 99) {
            0..45 => self.page_says(run, page, Command::Accept { call, media }),
            45..55 => self.page_says(run, page, Command::Decline { call }),
            55..63 => {
                for page in self.open_pages(run.at) {
                    self.page_says(run, page, Command::Accept { call, media });
                }
            }
            63..66 => {
                self.page_says(run, page, Command::Accept { call, media });
                self.page_says(run, page, Command::Decline { call });
            }
            66..74 => self.reload(run, page),
            74..78 => self.page_closes(run.at, page),
            78..81 => {
                self.page_opens(run.at, true);
            }
            _ => {}
        }
    }

    fn ringing(&mut self, run: Run, page: PageId, view: &CallView) {
        let call = view.call;
        match self.dice.between(0, 99) {
            0..18 => self.page_says(run, page, Command::HangUp { call }),
            18..28 => self.reload(run, page),
            28..32 => self.page_closes(run.at, page),
            32..37 => self.page_says(run, page, Command::TakeOver { call }),
            37..40 => {
                self.page_says(run, page, Command::HangUp { call });
                let (peer, media) = (view.with.peer, self.media());
                self.page_says(run, page, Command::Call { peer, media });
            }
            _ => {}
        }
    }

    fn talking(&mut self, run: Run, page: PageId, view: &CallView) {
        let call = view.call;
        match self.dice.between(0, 99) {
            0..14 => self.page_says(run, page, Command::HangUp { call }),
            14..22 => self.reload(run, page),
            22..25 => self.page_closes(run.at, page),
            25..36 => self.page_says(run, page, Command::TakeOver { call }),
            36..40 => {
                self.page_opens(run.at, true);
            }
            40..55 => {
                let devices = Devices { microphone: self.dice.chance(50), picture: Picture::Screen };
                self.page_says(run, page, Command::Devices { call, devices });
            }
            55..60 => {
                if let Some(peer) = self.somebody(run, page) {
                    self.calls(run, page, peer);
                }
            }
            60..75 => self.writes(run, page, view.with.peer),
            _ => {}
        }
    }

    /// Closes a page and opens it again a moment later, as a rule soon enough.
    fn reload(&mut self, run: Run, page: PageId) {
        let Some(shown) = self.page_of(run, page) else {
            return;
        };
        let engine = shown.engine;
        self.page_closes(run.at, page);
        let slow = self.dice.chance(10);
        let after = if slow { (4000, 12_000) } else { (50, 1500) };
        let due = self.now + self.dice.between(after.0, after.1);
        self.queue.put(due, Happening::PageOpens(run, engine));
    }

    fn media(&mut self) -> Media {
        if self.dice.chance(50) { Media::Video } else { Media::Voice }
    }

    /// Which device somebody is at.
    pub(super) fn at_of(&self, peer: PeerId) -> Option<At> {
        self.devices.iter().position(|device| device.peer == peer)
    }
}
