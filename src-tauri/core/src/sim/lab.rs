//! A quiet world that a test moves by hand: two or more devices on a good network, nobody clicking but the test.

use std::time::Duration;

use super::dice::Dice;
use super::{Profile, Violation, World};
use crate::id::{PageId, PeerId};
use crate::node::Node;
use crate::wire::peer::Media;
use crate::wire::talk::{ConversationView, News};
use crate::wire::ui::{CallView, Command, FailureCode, Phase};

impl World {
    /// Devices that have found each other. No page is open.
    ///
    /// # Errors
    /// Where they did not.
    pub fn quiet(seed: u64, devices: usize) -> Result<Self, Violation> {
        let profile = Profile {
            delay: (1, 3),
            page_delay: (0, 2),
            multicast_loss: 0,
            pace: (1000, 1000),
            faults: None,
            absence: false,
            whims: false,
            firewall: false,
            codec: true,
            swallowed: None,
        };
        let mut world = Self::new(Dice::new(seed), profile, devices);
        for at in 0..devices {
            world.start_node(at);
        }
        world.run(Duration::from_secs(3))?;
        Ok(world)
    }

    /// How long a frame takes from node to node: at least and at most, in milliseconds.
    pub fn slow_down(&mut self, least: u64, most: u64) {
        self.profile.delay = (least, most);
    }

    /// Who a device is.
    pub fn peer(&self, at: usize) -> PeerId {
        self.devices[at].peer
    }

    /// A device's node, if it runs.
    pub fn node(&self, at: usize) -> Option<&Node> {
        self.devices[at].life.as_ref().map(|life| &life.node)
    }

    /// Opens a page, with an engine for calls or without; `None` where no node runs.
    pub fn open_page(&mut self, at: usize, engine: bool) -> Option<PageId> {
        self.page_opens(at, engine)
    }

    /// Closes a page.
    pub fn close_page(&mut self, at: usize, page: PageId) {
        self.page_closes(at, page);
    }

    /// The pages open at a device, the oldest first.
    pub fn pages(&self, at: usize) -> Vec<PageId> {
        self.open_pages(at)
    }

    /// Whether a device's browser opens a page when its node asks for one.
    pub fn browser_opens(&mut self, at: usize, opens: bool) {
        self.devices[at].browser = opens;
    }

    /// A page sends a command.
    pub fn click(&mut self, at: usize, page: PageId, command: Command) {
        if let Some(run) = self.run_of(at) {
            self.page_says(run, page, command);
        }
    }

    /// A page calls the person at another device.
    pub fn call(&mut self, at: usize, page: PageId, to: usize, media: Media) {
        let peer = self.peer(to);
        self.click(at, page, Command::Call { peer, media });
    }

    /// A page does something with the call it shows.
    pub fn with_call(&mut self, at: usize, page: PageId, command: impl FnOnce(crate::CallId) -> Command) {
        if let Some(call) = self.shown(at, page).map(|view| view.call) {
            self.click(at, page, command(call));
        }
    }

    /// The call a page shows.
    pub fn shown(&self, at: usize, page: PageId) -> Option<&CallView> {
        self.devices[at].life.as_ref()?.pages.get(&page)?.call.as_ref()
    }

    /// How far the call that a page shows is.
    pub fn phase(&self, at: usize, page: PageId) -> Option<Phase> {
        Some(self.shown(at, page)?.phase)
    }

    /// What was refused to a page so far.
    pub fn refused(&self, at: usize, page: PageId) -> &[FailureCode] {
        let life = self.devices[at].life.as_ref();
        let page = life.and_then(|life| life.pages.get(&page));
        page.map_or(&[], |page| &page.refused)
    }

    /// How a page shows its conversation with the person at another device.
    pub fn talk(&self, at: usize, page: PageId, with: usize) -> Option<&ConversationView> {
        let peer = self.peer(with);
        self.devices[at].life.as_ref()?.pages.get(&page)?.talks.get(&peer)
    }

    /// Whether a page shows that the person at another device is writing.
    pub fn shows_typing(&self, at: usize, page: PageId, who: usize) -> bool {
        let peer = self.peer(who);
        let life = self.devices[at].life.as_ref();
        life.and_then(|life| life.pages.get(&page)).is_some_and(|page| page.typing.contains(&peer))
    }

    /// What a page was told of its conversations lately, but for how they look from outside.
    pub fn news(&self, at: usize, page: PageId) -> &[News] {
        let life = self.devices[at].life.as_ref();
        life.and_then(|life| life.pages.get(&page)).map_or(&[], |page| &page.news)
    }

    /// A device's disk has no room, or has again.
    pub fn fill_disk(&mut self, at: usize, full: bool) {
        self.devices[at].disk.full = full;
    }

    /// Sound and picture flow from this page.
    pub fn sends_media(&self, at: usize, page: PageId) -> bool {
        let Some(run) = self.run_of(at) else {
            return false;
        };
        let live = self.shown(at, page).is_some_and(super::page::is_live);
        let up = self.look_up(run, page).is_some_and(|c| c.up);
        live && up && self.leads_to(run, page).is_some()
    }

    /// Whether a page's engine has a connection, whatever its state.
    pub fn has_connection(&self, at: usize, page: PageId) -> bool {
        self.run_of(at).is_some_and(|run| self.look_up(run, page).is_some())
    }

    /// Lets no sound and picture through from now on, while links get through; or lets them again.
    pub fn firewall(&mut self, on: bool) {
        self.profile.firewall = on;
        self.stir();
    }

    /// Pulls a device's cable, or puts it in again.
    pub fn cable(&mut self, at: usize, plugged: bool) {
        if plugged {
            self.plug_cable(at);
        } else {
            self.pull_cable(at);
        }
    }

    /// Breaks every link at a device while everything else goes on, and no new one comes about until they are
    /// no longer blocked.
    pub fn block_links(&mut self, at: usize, blocked: bool) {
        self.no_links = blocked.then_some(at);
        if blocked {
            self.doom_all(at);
        }
    }

    /// Opens one more link from a device to another.
    pub fn second_link(&mut self, at: usize, to: usize) {
        self.dial_again(at, to);
    }

    /// Ends a node: `kill -9`.
    pub fn kill(&mut self, at: usize) {
        self.kill_node(at);
    }

    /// Ends a node in good order.
    pub fn shut_down(&mut self, at: usize) {
        self.stop_node(at);
    }

    /// Starts a node again.
    pub fn start(&mut self, at: usize) {
        self.start_node(at);
    }
}
