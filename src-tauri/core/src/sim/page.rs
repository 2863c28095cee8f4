//! A page as its node knows it: it shows what it is told, and sends what is clicked. Both take a moment.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::engine::Connection;
use super::queue::{At, Happening, Run};
use crate::id::{PageId, PeerId};
use crate::node::Event;
use crate::wire::peer::{Devices, Picture};
use crate::wire::talk::{ConversationView, News};
use crate::wire::ui::{CallView, Command, FailureCode, Me, Notice, PageCaps, PeerView, Phase, Place};

/// News a simulated page remembers.
const NEWS_KEPT: usize = 100;

/// What a page shows and does.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) engine: bool,
    /// It shows addresses only by names that hide them.
    pub(super) hides: bool,
    /// No notice overtakes another, nor does a command.
    heard_last: u64,
    said_last: u64,
    pub(super) closing: bool,
    pub(super) me: Option<Me>,
    pub(super) peers: BTreeMap<PeerId, PeerView>,
    pub(super) call: Option<CallView>,
    pub(super) talks: BTreeMap<PeerId, ConversationView>,
    /// Who is writing, as far as it was told.
    pub(super) typing: BTreeSet<PeerId>,
    /// What it was told of what it wrote.
    pub(super) news: Vec<News>,
    pub(super) refused: Vec<FailureCode>,
    pub(super) connection: Option<Connection>,
}

impl Page {
    fn hear_news(&mut self, news: News) {
        match news {
            News::Conversation { conversation } => {
                self.talks.insert(conversation.peer, conversation);
            }
            News::Typing { peer, typing: true } => {
                self.typing.insert(peer);
            }
            News::Typing { peer, typing: false } => {
                self.typing.remove(&peer);
            }
            news @ (News::Entry { .. }
            | News::Entries { .. }
            | News::Gone { .. }
            | News::NotWritten { .. }
            | News::NotOffered { .. }
            | News::Going { .. }
            | News::Hits { .. }
            | News::Thumbnail { .. }
            | News::Exported { .. }) => {
                self.news.push(news);
                // A story of minutes is not told by its every message.
                let old = self.news.len().saturating_sub(NEWS_KEPT);
                self.news.drain(..old);
            }
        }
    }
}

/// The call is not over.
pub(super) fn goes_on(view: &CallView) -> bool {
    match view.phase {
        Phase::Outgoing { .. } | Phase::Incoming | Phase::Connecting | Phase::Connected | Phase::Reconnecting => true,
        Phase::Ended { .. } => false,
    }
}

/// Both said yes and this page holds the call: it sends sound and picture, if a connection is there.
pub(super) fn is_live(view: &CallView) -> bool {
    let consented = match view.phase {
        Phase::Connecting | Phase::Connected | Phase::Reconnecting => true,
        Phase::Outgoing { .. } | Phase::Incoming | Phase::Ended { .. } => false,
    };
    consented && view.place == Place::Here
}

impl World {
    /// Opens a page at a device whose node runs.
    pub(super) fn page_opens(&mut self, at: At, engine: bool) -> Option<PageId> {
        let hides = self.dice.chance(30);
        let life = self.devices[at].life.as_mut()?;
        let page = PageId(life.number());
        life.pages.insert(page, Page { engine, hides, ..Page::default() });
        let caps = PageCaps::seen(engine);
        self.feed(at, Event::PageAttached { page, caps });
        Some(page)
    }

    /// A page closes; what it said before still arrives.
    pub(super) fn page_closes(&mut self, at: At, page: PageId) {
        let delay = self.page_delay();
        let now = self.now;
        let Some(run) = self.run_of(at) else { return };
        let Some(shown) = self.page_of(run, page) else {
            return;
        };
        shown.closing = true;
        shown.connection = None;
        let due = (now + delay).max(shown.said_last);
        self.queue.put(due, Happening::PageGone(run, page));
        self.stir();
    }

    /// The node learns that a page went.
    pub(super) fn page_gone(&mut self, run: Run, page: PageId) {
        let Some(life) = self.alive(run) else { return };
        if life.pages.remove(&page).is_some() {
            life.watch.seats.remove(&page);
            self.feed(run.at, Event::PageDetached { page });
        }
    }

    pub(super) fn page_of(&mut self, run: Run, page: PageId) -> Option<&mut Page> {
        let shown = self.alive(run)?.pages.get_mut(&page)?;
        (!shown.closing).then_some(shown)
    }

    /// A page says something to its node.
    pub(super) fn page_says(&mut self, run: Run, page: PageId, command: Command) {
        let delay = self.page_delay();
        let now = self.now;
        if let Some(shown) = self.page_of(run, page) {
            let due = (now + delay).max(shown.said_last);
            shown.said_last = due;
            let command = Box::new(command);
            self.queue.put(due, Happening::ToNode(run, page, command));
        }
    }

    /// A node tells one of its pages something.
    pub(super) fn notify(&mut self, at: At, page: PageId, notice: Notice) {
        let delay = self.page_delay();
        let now = self.now;
        let Some(run) = self.run_of(at) else { return };
        if let Some(shown) = self.page_of(run, page) {
            let due = (now + delay).max(shown.heard_last);
            shown.heard_last = due;
            let notice = Box::new(notice);
            self.queue.put(due, Happening::ToPage(run, page, notice));
        }
    }

    /// A page hears from its node.
    pub(super) fn page_hears(&mut self, run: Run, page: PageId, notice: Notice) {
        let Some(shown) = self.page_of(run, page) else {
            return;
        };
        match notice {
            Notice::Snapshot { snapshot } => {
                shown.me = Some(snapshot.me);
                shown.peers = snapshot.peers.into_iter().map(|p| (p.peer, p)).collect();
                shown.call = snapshot.call;
                shown.talks = snapshot.conversations.into_iter().map(|talk| (talk.peer, talk)).collect();
            }
            Notice::Me { me } => shown.me = Some(me),
            Notice::Peer { peer } => {
                shown.peers.insert(peer.peer, peer);
            }
            Notice::PeerGone { peer } => {
                shown.peers.remove(&peer);
            }
            Notice::Call { call } => self.call_shown(run, page, call),
            Notice::Engine { order } => self.obey(run, page, order),
            Notice::Talk { news } => shown.hear_news(*news),
            // Nobody opens links there.
            Notice::Open { .. } => {}
            Notice::Refused { code } => shown.refused.push(code),
        }
        self.check_media(run, page);
    }

    fn call_shown(&mut self, run: Run, page: PageId, call: Option<CallView>) {
        let on_whim = self.dice.chance(20);
        let Some(shown) = self.page_of(run, page) else {
            return;
        };
        let was_live = shown.call.as_ref().is_some_and(is_live);
        let live = call.as_ref().filter(|view| is_live(view)).map(|v| v.call);
        if !call.as_ref().is_some_and(goes_on) {
            shown.connection = None;
        }
        shown.call = call;
        if let Some(call) = live.filter(|_| !was_live || on_whim) {
            let devices = Devices { microphone: !on_whim, picture: Picture::Camera };
            self.page_says(run, page, Command::Devices { call, devices });
        }
    }
}
