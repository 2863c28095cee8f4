//! What must hold in the end, when people rest and the network is well.

use std::collections::BTreeMap;

use super::World;
use super::page::goes_on;
use super::queue::{At, Run};
use crate::call::{Line, Stage, State};
use crate::id::{BootId, PeerId};
use crate::wire::ui::{CallView, Me, PeerView, Presence, Snapshot};

impl World {
    /// What is not as it should be yet; `None` when all is.
    pub fn unsettled(&mut self) -> Option<String> {
        let running: Vec<At> = (0..self.devices.len()).filter(|&at| self.devices[at].life.is_some()).collect();
        for &at in &running {
            let wrong = self
                .line_unsettled(at)
                .or_else(|| self.roster_incomplete(at))
                .or_else(|| self.signals_missing(at))
                .or_else(|| self.letters_missing(at))
                .or_else(|| self.pages_wrong(at));
            if let Some(wrong) = wrong {
                return Some(format!("device {at}: {wrong}"));
            }
        }
        self.disagreement()
    }

    pub(super) fn line(&self, at: At) -> Option<&Line> {
        Some(self.devices[at].life.as_ref()?.node.line())
    }

    /// Nothing rings for ever; what is connected is connected at both ends and alike.
    fn line_unsettled(&self, at: At) -> Option<String> {
        let call = self.line(at)?.call()?;
        if call.stage != Stage::Connected {
            return Some(format!("a call is still {:?}", call.stage));
        }
        let other = self.at_of(call.with)?;
        let there = self.line(other).and_then(Line::call);
        there
            .is_none_or(|there| there.id != call.id)
            .then(|| "it is in a call that the other side is not in".to_owned())
    }

    /// Everybody visible is linked with everybody visible, by one link each, and nobody else is listed.
    fn roster_incomplete(&self, at: At) -> Option<String> {
        let life = self.devices[at].life.as_ref()?;
        let visible = self.devices[at].is_visible();
        let listed: BTreeMap<PeerId, PeerView> = life
            .node
            .people()
            .into_iter()
            .filter(|view| view.presence != Presence::Offline)
            .map(|view| (view.peer, view))
            .collect();
        if listed != life.observed {
            return Some("observers were told another list than there is".to_owned());
        }
        for other in (0..self.devices.len()).filter(|&other| other != at) {
            let device = &self.devices[other];
            let links: Vec<_> =
                life.node.links().filter(|(_, link)| link.peer == device.peer).map(|(id, _)| id).collect();
            let there = listed.get(&device.peer);
            if !visible || !device.is_visible() {
                if there.is_some() || !links.is_empty() {
                    return Some(format!("{other} is listed or linked and should not be"));
                }
                continue;
            }
            let ([link], Some(view)) = (links.as_slice(), there) else {
                return Some(format!("{} links to {other}, listed {}", links.len(), there.is_some()));
            };
            let pipe = life.links.get(link).map(|(pipe, _)| pipe);
            let other_life = device.life.as_ref()?;
            if !other_life.links.values().any(|(theirs, _)| Some(theirs) == pipe) {
                return Some(format!("the two ends use different links to {other}"));
            }
            let status: Presence = other_life.node.status().into();
            if view.name != device.name || view.presence != status {
                return Some(format!("{other} is shown as {view:?}, is {status:?}"));
            }
        }
        None
    }

    /// What was said between two that both live has been applied.
    fn signals_missing(&self, at: At) -> Option<String> {
        let life = self.devices[at].life.as_ref()?;
        for (peer, person) in life.node.roster().iter() {
            let Some(other) = self.at_of(peer) else { continue };
            let visible = self.devices[at].is_visible() && self.devices[other].is_visible();
            let (true, Some(session)) = (visible, &person.session) else {
                continue;
            };
            if session.waiting() > 0 || session.early() > 0 {
                return Some(format!("signals to or from {other} wait"));
            }
            let (mine, theirs): (BootId, BootId) = session.boots();
            let complete = self.said.get(&(mine, theirs)).is_none_or(|said| said.applied == said.signals.len());
            if !complete {
                return Some(format!("signals to {other} were never applied"));
            }
        }
        None
    }

    /// Every page shows what a page opened now would show.
    fn pages_wrong(&mut self, at: At) -> Option<String> {
        let run = self.run_of(at)?;
        let clock = self.clock(at);
        for page in self.open_pages(at) {
            let life = self.devices[at].life.as_ref()?;
            let truth = life.node.snapshot(page, clock);
            let ended = match life.node.line().state() {
                State::Ended(ended) => Some(ended.reason),
                State::Idle | State::Active(_) => None,
            };
            let shown = self.page_of(run, page)?;
            let peers: Vec<PeerView> = shown.peers.values().cloned().collect();
            let wrong = differing(&truth, shown.me.as_ref(), &peers, shown.call.as_ref());
            if wrong.is_some() {
                return wrong;
            }
            let talks: Vec<_> = shown.talks.values().cloned().collect();
            if talks != truth.conversations {
                return Some(format!("{page:?} shows conversations as they are not"));
            }
            if !shown.typing.is_empty() {
                return Some(format!("{page:?} shows somebody writing who is not"));
            }
            let stale = shown.connection.is_some() && !shown.call.as_ref().is_some_and(goes_on);
            if stale {
                return Some(format!("{page:?} has a connection and no call ({ended:?})"));
            }
        }
        None
    }
}

fn differing(truth: &Snapshot, me: Option<&Me>, peers: &[PeerView], call: Option<&CallView>) -> Option<String> {
    if me != Some(&truth.me) {
        return Some("a page shows another self".to_owned());
    }
    if peers != truth.peers {
        return Some(format!("a page shows {peers:?}, there is {:?}", truth.peers));
    }
    let untimed = |call: &CallView| CallView { connected_ms: None, ..call.clone() };
    let (shown, there) = (call.map(untimed), truth.call.as_ref().map(untimed));
    (shown != there).then(|| format!("a page shows {shown:?}, there is {there:?}"))
}

/// Whether a run of a node still runs.
pub(super) fn lives(world: &World, run: Run) -> bool {
    world.run_of(run.at) == Some(run)
}
