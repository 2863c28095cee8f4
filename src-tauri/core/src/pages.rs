//! The pages that show this node: windows and browser tabs, attached now.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::id::PageId;
use crate::time::Time;
use crate::wire::ui::{PageCaps, Viewer};

/// How long after the last page went a call still rings, since a reload takes a moment.
pub const RELOAD_GRACE: Duration = Duration::from_secs(5);

/// The pages attached now.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    attached: BTreeMap<PageId, PageCaps>,
    last_gone: Option<Time>,
}

impl Pages {
    /// A page attached.
    pub fn attach(&mut self, page: PageId, caps: PageCaps) {
        self.attached.insert(page, caps);
    }

    /// A page went.
    pub fn detach(&mut self, page: PageId, now: Time) {
        let seen = self.attached.remove(&page).is_some_and(|caps| caps.viewer == Viewer::Person);
        if seen && self.is_empty() {
            self.last_gone = Some(now);
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = PageId> + '_ {
        self.attached.keys().copied()
    }

    /// Those that a person looks at.
    pub fn seen(&self) -> impl Iterator<Item = PageId> + '_ {
        self.attached.iter().filter(|(_, caps)| caps.viewer == Viewer::Person).map(|(page, _)| *page)
    }

    /// Nobody would see it ring.
    pub fn is_empty(&self) -> bool {
        !self.attached.values().any(|caps| caps.viewer == Viewer::Person)
    }

    /// Whether this page can hold a call; `None` if it is not attached.
    pub fn has_engine(&self, page: PageId) -> Option<bool> {
        self.attached.get(&page).map(|caps| caps.engine)
    }

    /// The page attached last that can hold a call.
    pub fn newest_with_engine(&self) -> Option<PageId> {
        self.attached.iter().rev().find(|(_, caps)| caps.engine).map(|(&page, _)| page)
    }

    /// Until when a page that just went may come back; `None` when none went lately.
    pub fn back_until(&self, now: Time) -> Option<Time> {
        let until = self.last_gone? + RELOAD_GRACE;
        (until > now).then_some(until)
    }
}
