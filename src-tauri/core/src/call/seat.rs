//! Which page holds the call. One page does: its engine runs the connection. It may be reloaded, another may take over,
//! and on a system whose window has no engine the page is yet to be opened in the browser.

use std::time::Duration;

use super::{Act, Call, Context, Line, RECONNECT, Role, Stage};
use crate::id::{CallId, PageId};
use crate::pages::RELOAD_GRACE;
use crate::time::Time;
use crate::wire::peer::{EndReason, Signal};
use crate::wire::ui::{EngineOrder, FailureCode, Reach};

/// How long a call waits for its reloaded page before it counts as closed.
const RELOAD: Duration = Duration::from_secs(10);
/// How long a browser may take to open a page.
const OPENING: Duration = Duration::from_secs(30);

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// In this page.
    Page(PageId),
    /// In none for the moment: the next page that can hold it gets it.
    Waiting {
        /// When to give up.
        until: Time,
    },
    /// It rings, and no page can warm up.
    Vacant,
}

impl Call {
    /// The person clicked in this page: the call goes there, or to one that can hold it.
    pub(super) fn seat_clicked(&mut self, page: PageId, cx: &mut Context<'_>) {
        let fit = match cx.pages.has_engine(page) {
            Some(true) => Some(page),
            Some(false) | None => self.page().or_else(|| cx.pages.newest_with_engine()),
        };
        match (fit, self.seat) {
            (Some(fit), Seat::Page(now)) if fit == now => {}
            (Some(fit), _) => self.move_to(fit, cx),
            (None, _) => {
                self.seat = Seat::Waiting { until: cx.now + OPENING };
            }
        }
    }

    /// Opens a page in the browser, once, for a call that no page can hold: as soon as it rings there or both said yes,
    /// so that nothing opens for somebody who is not at the screen.
    pub(super) fn seek_page(&mut self, cx: &mut Context<'_>) {
        if let (Seat::Waiting { .. }, false) = (self.seat, self.page_sought) {
            self.page_sought = true;
            cx.act(Act::OpenPage);
        }
    }

    /// While it rings, one page warms up.
    pub(super) fn seat_warm_up(&mut self, cx: &mut Context<'_>) {
        if let (Seat::Vacant, Some(page)) = (self.seat, cx.pages.newest_with_engine()) {
            self.sit(page, cx);
        }
    }

    fn move_to(&mut self, page: PageId, cx: &mut Context<'_>) {
        if let Seat::Page(before) = self.seat {
            cx.act(Act::Order(before, EngineOrder::Stop { call: self.id }));
            self.begin_attempt(cx);
        }
        self.sit(page, cx);
    }

    pub(super) fn sit(&mut self, page: PageId, cx: &mut Context<'_>) {
        self.seat = Seat::Page(page);
        self.page_sought = true;
        cx.act(Act::Order(page, self.start_order(cx)));
        for order in self.early.drain(..) {
            cx.act(Act::Order(page, order));
        }
    }

    pub(super) fn start_order(&self, cx: &Context<'_>) -> EngineOrder {
        let reach = if cx.roster.is_inside(self.with) { Reach::ThisMachine } else { Reach::Network };
        EngineOrder::Start { call: self.id, attempt: self.attempt, offerer: self.role == Role::Caller, reach }
    }

    /// Numbers a new connection and tells the other side, whose engine must begin anew too.
    pub(super) fn begin_attempt(&mut self, cx: &mut Context<'_>) {
        self.reset_attempt(self.attempt.next(), cx);
        self.say(Signal::Renew { call: self.id, attempt: self.attempt }, cx);
    }
}

impl Line {
    /// A page attached. A waiting call goes to it; a ringing one warms up in it.
    pub fn page_attached(&mut self, page: PageId, engine: bool, cx: &mut Context<'_>) {
        let super::State::Active(call) = &mut self.state else {
            return;
        };
        if let Stage::Incoming { unattended, .. } = &mut call.stage {
            *unattended = None;
        }
        let free = match call.seat {
            Seat::Waiting { .. } | Seat::Vacant => true,
            Seat::Page(_) => false,
        };
        if engine && free {
            call.sit(page, cx);
        }
        cx.act(Act::Changed);
    }

    /// A page went: closed, reloaded or crashed; at this moment nobody knows which.
    pub fn page_detached(&mut self, page: PageId, cx: &mut Context<'_>) {
        let super::State::Active(call) = &mut self.state else {
            return;
        };
        if call.seat == Seat::Page(page) {
            call.begin_attempt(cx);
            call.seat = match call.stage {
                Stage::Incoming { .. } => Seat::Vacant,
                Stage::Outgoing { .. } | Stage::Connecting { .. } | Stage::Connected | Stage::Reconnecting { .. } => {
                    Seat::Waiting { until: cx.now + RELOAD }
                }
            };
            if call.stage == Stage::Connected {
                call.stage = Stage::Reconnecting { deadline: cx.now + RECONNECT };
            }
            if matches!(call.stage, Stage::Incoming { .. }) {
                call.seat_warm_up(cx);
            }
        }
        if let Stage::Incoming { unattended, .. } = &mut call.stage
            && cx.pages.is_empty()
        {
            *unattended = Some(cx.now + RELOAD_GRACE);
        }
        cx.act(Act::Changed);
    }

    /// Somebody wants to go on with the call in this page.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] when it is over or still rings here; [`FailureCode::NoEngine`] for a page that can't.
    pub fn take_over(&mut self, page: PageId, id: CallId, cx: &mut Context<'_>) -> Result<(), FailureCode> {
        let call = self.active(id).ok_or(FailureCode::NoSuchCall)?;
        if matches!(call.stage, Stage::Incoming { .. }) {
            return Err(FailureCode::NoSuchCall);
        }
        if cx.pages.has_engine(page) != Some(true) {
            return Err(FailureCode::NoEngine);
        }
        if call.seat != Seat::Page(page) {
            call.move_to(page, cx);
            if call.stage == Stage::Connected {
                call.stage = Stage::Reconnecting { deadline: cx.now + RECONNECT };
            }
            cx.act(Act::Changed);
        }
        Ok(())
    }

    /// The page that was to hold the call did not come in time.
    pub(super) fn seat_given_up(call: &Call, now: Time) -> Option<EndReason> {
        let Seat::Waiting { until } = call.seat else {
            return None;
        };
        if now < until {
            return None;
        }
        Some(match call.stage {
            Stage::Outgoing { .. } => EndReason::Cancelled,
            Stage::Incoming { .. } => EndReason::NotAtScreen,
            // It never was in a page: the browser did not open.
            Stage::Connecting { .. } => EndReason::EngineFailed,
            Stage::Connected | Stage::Reconnecting { .. } => EndReason::HungUp,
        })
    }
}
