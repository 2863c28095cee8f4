//! The call machine.
//!
//! ```text
//!                 place                           invite
//!        Idle ───────────▶ Outgoing      Idle ───────────▶ Incoming
//!         ▲                   │ accept there                  │ accept here
//!  dismiss│                   ▼                               ▼
//!         │               Connecting ◀────────────────────────┘        a crossing invite takes the loser of the
//!         │                   │ path up                                two from Outgoing to Connecting (glare)
//!         │                   ▼
//!         │               Connected ◀──────────▶ Reconnecting
//!         │                          path down / up, reload
//!       Ended ◀── bye, hang up, decline, time-out, lost ── every state but Idle
//! ```
//!
//! A node has one [`Line`], so at most one call. Events come in as calls of its methods, actions go out through
//! [`Context::act`]. Deadlines live in the state they guard, so a timer can't outlive what it was for: the edge asks
//! [`Line::deadline`] and calls [`Line::tick`].
//!
//! | file | what it decides |
//! | --- | --- |
//! | `call.rs` | the states, and what a person's clicks do |
//! | `call/said.rs` | what the other side's signals do, glare included |
//! | `call/engine.rs` | the connection: which attempt, what the engine says, what it is told |
//! | `call/seat.rs` | which page holds the call; reloads, several pages, none |
//! | `call/end.rs` | time-outs, and how a call ends alike at both ends |

mod end;
mod engine;
mod said;
mod seat;

use std::collections::VecDeque;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

pub use end::{Ended, Past};
pub use seat::Seat;

use crate::code::Exchange;
use crate::id::{Attempt, CallId, PageId, PeerId};
use crate::pages::Pages;
use crate::roster::Roster;
use crate::time::Time;
use crate::wire::peer::{Candidate, Devices, EndReason, Media, Picture, Signal};
use crate::wire::ui::{EngineOrder, FailureCode};

/// How long a call rings. People reach a phone within half a minute; RingRTC gives up after 60 s.
pub const RING: Duration = Duration::from_secs(45);
/// How long the path may take once both said yes. It includes the time somebody looks at the camera permission.
pub const CONNECT: Duration = Duration::from_secs(60);
/// How long a lost path is looked for again.
pub const RECONNECT: Duration = Duration::from_secs(45);

/// What the call machine wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Say a signal to a peer; over this page's data channel too, if one is named.
    Say {
        /// To whom.
        peer: PeerId,
        /// What.
        signal: Signal,
        /// The page whose data channel leads there.
        relay: Option<PageId>,
    },
    /// Give a page's engine an order.
    Order(PageId, EngineOrder),
    /// What pages show of the call changed.
    Changed,
    /// A call waits for a page that can hold it.
    OpenPage,
    /// These two talked: remember them.
    Talked(PeerId),
    /// A call is over, or it is known better now how it ended.
    Over(Past),
}

/// What the machine needs to know of the world, and where its actions go.
pub struct Context<'a> {
    /// This node.
    pub me: PeerId,
    /// Now.
    pub now: Time,
    /// The pages attached.
    pub pages: &'a Pages,
    /// Everybody known.
    pub roster: &'a Roster,
    /// Randomness for ids and nonces.
    pub rng: &'a mut StdRng,
    /// What is to be done, in order.
    pub acts: &'a mut Vec<Act>,
}

impl Context<'_> {
    /// Adds an action.
    pub fn act(&mut self, act: Act) {
        self.acts.push(act);
    }
}

/// Which end of a call this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It placed the call, and makes the first offer of each connection.
    Caller,
    /// It was called.
    Callee,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Rings there.
    Outgoing {
        /// They said so.
        ringing: bool,
        /// When to give up.
        deadline: Time,
    },
    /// Rings here.
    Incoming {
        /// When to give up.
        deadline: Time,
        /// No page is open; when to tell the caller so.
        unattended: Option<Time>,
    },
    /// Both said yes.
    Connecting {
        /// When to give up.
        deadline: Time,
    },
    /// Sound and picture flow.
    Connected,
    /// They did.
    Reconnecting {
        /// When to give up.
        deadline: Time,
    },
}

impl Stage {
    /// Both people said yes: media may flow.
    pub fn consented(self) -> bool {
        match self {
            Self::Outgoing { .. } | Self::Incoming { .. } => false,
            Self::Connecting { .. } | Self::Connected | Self::Reconnecting { .. } => true,
        }
    }
}

/// Whether the other side's node can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reachable {
    /// It can.
    Yes,
    /// It can't; when to give up, unless the media path is up.
    Absent {
        /// When.
        until: Time,
    },
}

/// One call that is not over.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// The other member. Plural in the protocol ([`Signal::Invite`] names members); this version rings one.
    pub with: PeerId,
    /// Which end this is.
    pub role: Role,
    /// What this side's click asked to send.
    pub mine: Media,
    /// What theirs asked.
    pub theirs: Media,
    /// Which of their devices are on.
    pub their_devices: Devices,
    /// How far it is.
    pub stage: Stage,
    /// Where it is.
    pub seat: Seat,
    /// When the path first came up after both said yes.
    pub connected_at: Option<Time>,
    /// This person's own call that gave way to this one; a click meant for it may still be on its way.
    instead_of: Option<CallId>,
    /// A page holds it, held it, or is being opened for it.
    page_sought: bool,
    reachable: Reachable,
    attempt: Attempt,
    path_up: bool,
    early: Vec<EngineOrder>,
    withheld: Vec<Candidate>,
    candidates_taken: u32,
    exchange: Exchange,
}

impl Call {
    /// The short code, once it is known.
    pub fn code(&self) -> &[String] {
        self.exchange.code()
    }

    /// The page that holds it, if one does.
    pub fn page(&self) -> Option<PageId> {
        match self.seat {
            Seat::Page(page) => Some(page),
            Seat::Waiting { .. } | Seat::Vacant => None,
        }
    }

    fn new(id: CallId, with: PeerId, role: Role, media: (Media, Media), stage: Stage, exchange: Exchange) -> Self {
        let (mine, theirs) = media;
        Self {
            id,
            with,
            role,
            mine,
            theirs,
            their_devices: devices_of(theirs),
            stage,
            seat: Seat::Vacant,
            connected_at: None,
            instead_of: None,
            page_sought: false,
            reachable: Reachable::Yes,
            attempt: Attempt::FIRST,
            path_up: false,
            early: Vec::new(),
            withheld: Vec::new(),
            candidates_taken: 0,
            exchange,
        }
    }

    fn say(&self, signal: Signal, cx: &mut Context<'_>) {
        // A hang-up goes both ways at once: a dead link must not strand the other side.
        let urgent = matches!(signal, Signal::Bye { .. });
        let relay = self.page().filter(|_| urgent || self.reachable != Reachable::Yes);
        cx.act(Act::Say { peer: self.with, signal, relay });
    }

    /// Both said yes.
    fn consent(&mut self, cx: &mut Context<'_>) {
        self.stage = Stage::Connecting { deadline: cx.now + CONNECT };
        if self.path_up {
            self.stage = Stage::Connected;
            self.connected_at = Some(cx.now);
        }
        cx.act(Act::Talked(self.with));
        self.seek_page(cx);
        self.say_withheld(cx);
        self.exchange_code(cx);
        cx.act(Act::Changed);
    }
}

/// What is on at first, going by what was asked.
fn devices_of(media: Media) -> Devices {
    let picture = match media {
        Media::Video => Picture::Camera,
        Media::Voice => Picture::Off,
    };
    Devices { microphone: true, picture }
}

/// What the line is doing.
#[derive(Debug, Clone)]
pub enum State {
    /// Nothing.
    Idle,
    /// A call.
    Active(Box<Call>),
    /// Showing how the last call ended.
    Ended(Ended),
}

/// This node's one telephone line.
#[derive(Debug, Clone)]
pub struct Line {
    state: State,
    past: VecDeque<Past>,
}

impl Default for Line {
    fn default() -> Self {
        Self { state: State::Idle, past: VecDeque::new() }
    }
}

impl Line {
    /// What it is doing.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The call that is not over.
    pub fn call(&self) -> Option<&Call> {
        match &self.state {
            State::Active(call) => Some(call),
            State::Idle | State::Ended(_) => None,
        }
    }

    /// With whom the call is that goes on or is shown as over.
    pub fn with(&self) -> Option<PeerId> {
        match &self.state {
            State::Idle => None,
            State::Active(call) => Some(call.with),
            State::Ended(ended) => Some(ended.with),
        }
    }

    fn active(&mut self, id: CallId) -> Option<&mut Call> {
        match &mut self.state {
            State::Active(call) if call.id == id => Some(call),
            State::Active(_) | State::Idle | State::Ended(_) => None,
        }
    }

    /// Somebody clicked "Video call" or "Voice call". Whose call rings here already, perhaps not yet on the screen, is
    /// answered: both called each other.
    ///
    /// # Errors
    /// [`FailureCode::AlreadyInCall`] while another call is not over.
    pub fn place(&mut self, page: PageId, peer: PeerId, media: Media, cx: &mut Context<'_>) -> Result<(), FailureCode> {
        if let Some(call) = self.call() {
            let crosses = call.with == peer && matches!(call.stage, Stage::Incoming { .. });
            let id = call.id;
            return if crosses { self.accept(page, id, media, cx) } else { Err(FailureCode::AlreadyInCall) };
        }
        let id = CallId::from_bytes(cx.rng.random());
        let (exchange, commitment) = Exchange::caller(cx.me, peer, cx.rng);
        let stage = Stage::Outgoing { ringing: false, deadline: cx.now + RING };
        let mut call = Call::new(id, peer, Role::Caller, (media, media), stage, exchange);
        call.say(Signal::Invite { call: id, media, commitment, members: Vec::new() }, cx);
        cx.act(Act::Changed);
        call.seat_clicked(page, cx);
        self.state = State::Active(Box::new(call));
        cx.act(Act::Changed);
        Ok(())
    }

    /// Somebody clicked "Accept".
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] when it no longer rings.
    pub fn accept(&mut self, page: PageId, id: CallId, media: Media, cx: &mut Context<'_>) -> Result<(), FailureCode> {
        let call = self.active(id).ok_or(FailureCode::NoSuchCall)?;
        match call.stage {
            Stage::Incoming { .. } => {}
            Stage::Outgoing { .. } | Stage::Connecting { .. } | Stage::Connected | Stage::Reconnecting { .. } => {
                return Err(FailureCode::NoSuchCall);
            }
        }
        call.mine = media;
        call.seat_clicked(page, cx);
        call.say(Signal::Accept { call: id, media }, cx);
        call.consent(cx);
        Ok(())
    }

    /// Somebody clicked "Decline", "Hang up", or gave up ringing. Where the other side was faster it is as they wish.
    ///
    /// # Errors
    /// [`FailureCode::NoSuchCall`] for a call that never was.
    pub fn hang_up(&mut self, id: CallId, cx: &mut Context<'_>) -> Result<(), FailureCode> {
        let Some(call) = self.call().filter(|call| call.id == id || call.instead_of == Some(id)) else {
            return if self.is_past(id) { Ok(()) } else { Err(FailureCode::NoSuchCall) };
        };
        let reason = match call.stage {
            Stage::Outgoing { .. } => EndReason::Cancelled,
            Stage::Incoming { .. } => EndReason::Declined,
            Stage::Connecting { .. } | Stage::Connected | Stage::Reconnecting { .. } => EndReason::HungUp,
        };
        self.end(reason, cx);
        Ok(())
    }

    /// Somebody put the words about the last call away.
    pub fn dismiss(&mut self, cx: &mut Context<'_>) {
        if matches!(self.state, State::Ended(_)) {
            self.state = State::Idle;
            cx.act(Act::Changed);
        }
    }
}
