//! What pages, observers and other nodes are told of this node's state.

use std::net::SocketAddr;

use super::{Action, Node};
use crate::call::{Call, Ended, Role, Seat, Stage, State};
use crate::id::{PageId, PeerId};
use crate::pages::Pages;
use crate::time::Time;
use crate::wire::peer::{Frame, Status};
use crate::wire::ui::{CallView, FailureCode, Me, Notice, PeerKind, PeerView, Phase, Place, Presence, Snapshot};

impl Node {
    /// Everything a page shows, as it is told first.
    pub fn snapshot(&self, page: PageId, now: Time) -> Snapshot {
        let peers = self.roster.iter().filter_map(|(peer, _)| self.roster.view(peer)).collect();
        let (conversations, going) = (self.conversations(), self.goings());
        Snapshot { me: self.me_view(), peers, call: self.call_view(page, now), conversations, going }
    }

    /// Everybody pages would show now, for observers: the echo contact is nobody.
    pub fn people(&self) -> Vec<PeerView> {
        self.roster.iter().filter_map(|(peer, _)| self.roster.view(peer)).filter(is_person).collect()
    }

    fn me_view(&self) -> Me {
        let dialable = self
            .networks
            .iter()
            .filter(|n| !matches!(n.address, std::net::IpAddr::V6(ip) if ip.is_unicast_link_local()));
        Me {
            peer: self.me,
            name: self.name.clone(),
            visible: self.is_visible(),
            addresses: dialable.map(|n| SocketAddr::new(n.address, self.port).to_string()).collect(),
            first_start: self.first_start,
            receipts: self.receipts,
            retention: self.retention,
            takes_files: self.takes_files,
        }
    }

    pub(super) fn tell_me(&mut self, out: &mut Vec<Action>) {
        let me = self.me_view();
        out.extend(self.pages.all().map(|page| Action::Notify(page, Notice::Me { me: me.clone() })));
    }

    pub(super) fn not_kept(&mut self, out: &mut Vec<Action>) {
        let notice = Notice::Refused { code: FailureCode::NotSaved };
        out.extend(self.pages.all().map(|page| Action::Notify(page, notice.clone())));
    }

    /// This node's state, as others are told.
    pub fn status(&self) -> Status {
        self.told_status
    }

    /// A page that is being reloaded does not make anybody leave the screen.
    pub(super) fn status_at(&self, now: Time) -> Status {
        if self.line.call().is_some() {
            Status::InCall
        } else if self.pages.is_empty() && self.pages.back_until(now).is_none() {
            Status::Away
        } else {
            Status::Available
        }
    }

    pub(super) fn away_due(&self) -> Option<Time> {
        let going = self.pages.is_empty() && self.told_status == Status::Available;
        going.then(|| Pages::back_until(&self.pages, Time::default())).flatten()
    }

    pub(super) fn tell_presence(&mut self, now: Time, out: &mut Vec<Action>) {
        self.told_status = self.status_at(now);
        let frame = Frame::Presence { name: self.name.clone(), status: self.told_status };
        // Where their hello is still awaited, too: ours went out with the state of that time.
        out.extend(self.links.keys().map(|&link| Action::Send { link, frame: frame.clone() }));
    }

    /// After each event: tells what changed.
    pub(super) fn tell(&mut self, now: Time, out: &mut Vec<Action>) {
        if self.status_at(now) != self.told_status {
            self.tell_presence(now, out);
            if self.appearance.is_some() {
                self.appear(now, out);
            }
        }
        for peer in std::mem::take(&mut self.touched) {
            self.tell_peer(peer, now, out);
        }
        self.tell_talks(out);
        self.tell_files(out);
    }

    fn tell_peer(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        let before = self.shown.get(&peer);
        let view = self.roster.view(peer);
        if before == view.as_ref() {
            return;
        }
        let observed = match (&view, before) {
            (Some(view), _) => Some(view.clone()),
            (None, Some(before)) => Some(PeerView { presence: Presence::Offline, ..before.clone() }),
            (None, None) => None,
        };
        let notice = match &view {
            Some(view) => Notice::Peer { peer: view.clone() },
            None => Notice::PeerGone { peer },
        };
        match view {
            Some(view) => self.shown.insert(peer, view),
            None => self.shown.remove(&peer),
        };
        out.extend(self.pages.all().map(|page| Action::Notify(page, notice.clone())));
        out.extend(observed.filter(is_person).map(Action::Observed));
        if self.line.with() == Some(peer) {
            self.tell_call(now, out);
        }
    }

    /// Tells each page the call as it is for that page, if it changed.
    pub(super) fn tell_call(&mut self, now: Time, out: &mut Vec<Action>) {
        let pages: Vec<PageId> = self.pages.all().collect();
        for page in pages {
            let view = self.call_view(page, now);
            let before = self.shown_calls.get(&page);
            if same(before, view.as_ref()) {
                continue;
            }
            match &view {
                Some(view) => self.shown_calls.insert(page, view.clone()),
                None => self.shown_calls.remove(&page),
            };
            out.push(Action::Notify(page, Notice::Call { call: view }));
        }
    }

    fn call_view(&self, page: PageId, now: Time) -> Option<CallView> {
        match self.line.state() {
            State::Idle => None,
            State::Active(call) => self.active_view(call, page, now),
            State::Ended(ended) => self.ended_view(ended),
        }
    }

    fn active_view(&self, call: &Call, page: PageId, now: Time) -> Option<CallView> {
        let person = self.roster.get(call.with)?;
        let engine = self.pages.has_engine(page)?;
        let phase = match call.stage {
            Stage::Outgoing { ringing, .. } => Phase::Outgoing { ringing },
            Stage::Incoming { .. } => Phase::Incoming,
            Stage::Connecting { .. } => Phase::Connecting,
            Stage::Connected => Phase::Connected,
            Stage::Reconnecting { .. } => Phase::Reconnecting,
        };
        let place = match (call.stage, call.seat) {
            (Stage::Incoming { .. }, _) => Place::Anywhere,
            (_, Seat::Page(holder)) if holder == page => Place::Here,
            _ if !engine => Place::OpeningBrowser,
            (_, Seat::Page(_) | Seat::Waiting { .. } | Seat::Vacant) => Place::ElsewherePage,
        };
        Some(CallView {
            call: call.id,
            with: self.roster.view_of(call.with, person),
            caller: call.role == Role::Caller,
            phase,
            mine: call.mine,
            theirs: call.theirs,
            their_devices: call.their_devices,
            place,
            connected_ms: call.connected_at.map(|at| millis(now.since(at))),
            // Between a node and its echo contact there is nobody.
            code: if person.kind.is_inside() { Vec::new() } else { call.code().to_vec() },
        })
    }

    fn ended_view(&self, ended: &Ended) -> Option<CallView> {
        let person = self.roster.get(ended.with)?;
        Some(CallView {
            call: ended.id,
            with: self.roster.view_of(ended.with, person),
            caller: ended.role == Role::Caller,
            phase: Phase::Ended { reason: ended.reason },
            mine: ended.media.0,
            theirs: ended.media.1,
            their_devices: ended.their_devices,
            place: Place::Anywhere,
            connected_ms: ended.talked.map(millis),
            code: Vec::new(),
        })
    }
}

fn is_person(view: &PeerView) -> bool {
    match view.kind {
        PeerKind::Person => true,
        PeerKind::Echo => false,
    }
}

/// The clock of a running call is the page's to count: it alone is no change.
fn same(before: Option<&CallView>, after: Option<&CallView>) -> bool {
    match (before, after) {
        (None, None) => true,
        (Some(before), Some(after)) => {
            before.connected_ms.is_some() == after.connected_ms.is_some()
                && CallView { connected_ms: None, ..before.clone() } == CallView { connected_ms: None, ..after.clone() }
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
