//! Who said yes to what, written down from the clicks alone, to hold against what the nodes make of them.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::page::is_live;
use super::queue::{At, Run};
use crate::call::{Call, Role};
use crate::id::{CallId, PageId, PeerId};
use crate::node::Event;
use crate::wire::ui::Command;

/// What the clicks of all people amount to.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    yes: BTreeSet<(At, CallId)>,
    /// A call of somebody's own that gave way to the other side's, by the one that goes on.
    merged: BTreeMap<(At, CallId), CallId>,
    /// Every call ever placed.
    pub(super) placed: BTreeMap<CallId, Placed>,
}

/// A call as it was placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) caller: Run,
    /// The callee's node, if it ran and is the one the caller knew.
    pub(super) callee: Option<Run>,
    /// World time.
    pub(super) time: u64,
}

/// What matters here of a line at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    id: CallId,
    with: PeerId,
    role: Role,
    consented: bool,
}

impl Now {
    pub(super) fn of(call: &Call) -> Self {
        Self { id: call.id, with: call.with, role: call.role, consented: call.stage.consented() }
    }
}

impl World {
    /// Writes down what an event that a node has just handled says of its person's will.
    pub(super) fn write_down(&mut self, at: At, event: &Event, before: Option<Now>, now: Option<Now>) {
        let command = if let Event::Command { command, .. } = event { Some(command) } else { None };
        let hung_up = command.and_then(|command| {
            if let Command::HangUp { call } | Command::Decline { call } = command { Some(*call) } else { None }
        });
        if let Some(before) = before.filter(|before| now.is_none_or(|now| now.id != before.id)) {
            let past = self.line(at).and_then(|line| line.past().find(|past| past.id == before.id));
            if let Some(reason) = past.map(|past| past.reason) {
                *self.story.ends.entry(reason).or_default() += 1;
            }
        }
        let Some(now) = now else { return };
        let new = before.is_none_or(|before| before.id != now.id);
        match command {
            Some(Command::Call { .. }) if new && now.role == Role::Caller => {
                self.ledger.yes.insert((at, now.id));
                let placed = self.placed(at, now.with);
                self.story.calls += 1;
                self.ledger.placed.extend(placed.map(|placed| (now.id, placed)));
            }
            // Calling somebody whose call rings here answers it.
            Some(Command::Call { peer, .. }) if *peer == now.with && now.consented => {
                self.ledger.yes.insert((at, now.id));
            }
            Some(Command::Accept { call, .. }) if *call == now.id => {
                self.ledger.yes.insert((at, now.id));
            }
            _ => {}
        }
        if let Some(before) = before.filter(|before| new && before.with == now.with)
            && now.consented
            && self.ledger.yes.contains(&(at, before.id))
        {
            self.ledger.yes.insert((at, now.id));
            self.ledger.merged.insert((at, now.id), before.id);
            self.story.crossed += 1;
        }
        if hung_up.is_some() && self.ledger.merged.get(&(at, now.id)) == hung_up.as_ref() {
            return self.fail(at, "a call goes on whose person hung up the call it took the place of");
        }
        if now.consented && !self.ledger.yes.contains(&(at, now.id)) {
            self.fail(at, "a call was accepted here that nobody here said yes to");
        }
    }

    fn placed(&self, at: At, with: PeerId) -> Option<Placed> {
        let callee = self.devices.iter().position(|device| device.peer == with)?;
        let node = &self.devices[at].life.as_ref()?.node;
        let session = node.roster().get(with).and_then(|person| person.session.as_ref());
        // It may have started anew, which the caller does not know yet: the call goes to the run that is over.
        let meant = |run: &Run| session.is_none_or(|session| session.peer_boot().count == run.boot);
        let callee = self.run_of(callee).filter(meant);
        Some(Placed { caller: self.run_of(at)?, callee, time: self.now })
    }

    /// Sound and picture flow only where both people said yes.
    pub(super) fn check_media(&mut self, run: Run, page: PageId) {
        let Some(shown) = self.page_of(run, page) else {
            return;
        };
        let live = shown.call.as_ref().is_some_and(is_live);
        let Some(connection) = shown.connection.as_ref().filter(|c| live && c.up) else {
            return;
        };
        let call = connection.call;
        let Some((there, _)) = self.leads_to(run, page) else {
            return;
        };
        for at in [run.at, there.at] {
            if !self.ledger.yes.contains(&(at, call)) {
                self.fail(at, "media flows in a call that nobody here said yes to");
            }
        }
    }
}
