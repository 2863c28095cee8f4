//! Files: what is offered to whom, what becomes of it, and which connection carries it when.
//!
//! Offers and answers are posts ([`super::posting`]): they wait, arrive once, and are on both disks. What is carried follows
//! from what they left there.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::keeping::Write;
use super::posting::put;
use super::talking::told;
use super::{Action, Node};
use crate::id::{CarrierId, PageId, PeerId};
use crate::link::Dialler;
use crate::time::Time;
use crate::transfer::{Carried, Key, Moved, NotNow, Transfer};
use crate::wire::files::{Answer, GoingView, NotOffered, PATH_BYTES, PATHS, Parcel, Stage, Stands, Wish};
use crate::wire::peer::Frame;
use crate::wire::post::Post;
use crate::wire::talk::{Author, Entry, EntryKind, News};
use crate::wire::ui::FailureCode;

/// Transfers carried at once with one person; others wait for their turn.
const AT_ONCE: usize = 4;

/// What somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// What lies at these paths.
    Paths(Vec<PathBuf>),
    /// What a page has handed over.
    HandedOver,
}

impl Node {
    /// A person chose what to send.
    pub(super) fn offer(
        &mut self,
        page: PageId,
        key: Key,
        paths: Option<Vec<String>>,
        out: &mut Vec<Action>,
    ) -> Result<(), FailureCode> {
        if self.roster.get(key.peer).is_none_or(|person| person.kind.is_inside()) {
            let Key { peer, message, .. } = key;
            out.push(told(page, News::NotOffered { peer, message, why: NotOffered::Nobody }));
            return Ok(());
        }
        let chosen = match paths {
            None => Chosen::HandedOver,
            Some(paths) if paths.len() > PATHS || paths.iter().any(|path| path.len() > PATH_BYTES) => {
                return Err(FailureCode::BadMessage);
            }
            Some(paths) => Chosen::Paths(paths.into_iter().map(PathBuf::from).collect()),
        };
        out.push(Action::Prepare { page, key, chosen });
        Ok(())
    }

    /// What is to be sent was looked through.
    pub(super) fn prepared(
        &mut self,
        page: PageId,
        key: Key,
        result: Result<Parcel, NotOffered>,
        out: &mut Vec<Action>,
    ) {
        let Key { peer, message, .. } = key;
        match result {
            Ok(parcel) => {
                if self.roster.get(peer).is_some_and(|person| !person.known) {
                    self.remember(peer, out);
                }
                put(Write::Mine { page: Some(page), peer, post: Post::Offer { message, parcel } }, out);
            }
            Err(why) => out.push(told(page, News::NotOffered { peer, message, why })),
        }
    }

    /// A person wants something done about a transfer.
    pub(super) fn wish(
        &mut self,
        page: PageId,
        key: Key,
        wish: Wish,
        now: Time,
        out: &mut Vec<Action>,
    ) -> Result<(), FailureCode> {
        let Key { peer, message, mine } = key;
        let Some(transfer) = self.transfers.get_mut(&key) else {
            if !(mine && wish == Wish::Cancel) {
                return Err(FailureCode::NoSuchTransfer);
            }
            // Handed over, and never offered.
            out.push(Action::Discard { key });
            return Ok(());
        };
        let answer = match (wish, transfer.stage) {
            (Wish::Accept, Stage::Offered) if !mine => Answer::Accepted,
            (Wish::Decline, Stage::Offered) if !mine => Answer::Declined,
            (Wish::Cancel, Stage::Offered | Stage::Accepted { .. }) => Answer::Cancelled,
            (Wish::Pause, Stage::Accepted { paused: false }) => {
                put(Write::Pause { key, paused: true }, out);
                return Ok(());
            }
            (Wish::Resume, Stage::Accepted { paused: true }) => {
                transfer.again(now);
                put(Write::Pause { key, paused: false }, out);
                return Ok(());
            }
            (Wish::Resume, Stage::Accepted { paused: false }) => {
                transfer.again(now);
                self.go_on(key, now, out);
                return Ok(());
            }
            (Wish::Accept | Wish::Decline | Wish::Pause | Wish::Resume | Wish::Cancel, _) => {
                return Err(FailureCode::NoSuchTransfer);
            }
        };
        put(Write::Mine { page: Some(page), peer, post: Post::Answer { message, answer } }, out);
        Ok(())
    }

    /// What is under way with somebody is stopped: nothing of it is to be shown any more.
    pub(super) fn cancel_all(&self, peer: PeerId, out: &mut Vec<Action>) {
        for Key { message, .. } in self.transfers.keys().filter(|key| key.peer == peer) {
            let post = Post::Answer { message: *message, answer: Answer::Cancelled };
            put(Write::Mine { page: None, peer, post }, out);
        }
    }

    /// A conversation was cleared: nobody could stop what was under way in it any more.
    pub(super) fn forget_transfers(&mut self, peer: PeerId, out: &mut Vec<Action>) {
        let cleared: Vec<Key> = self.transfers.keys().filter(|key| key.peer == peer).copied().collect();
        for key in cleared {
            self.forget_transfer(key, out);
        }
    }

    /// A transfer is over; false where it was already.
    fn forget_transfer(&mut self, key: Key, out: &mut Vec<Action>) -> bool {
        let Some(transfer) = self.transfers.remove(&key) else { return false };
        out.extend(transfer.carrier().map(|carrier| Action::Halt { carrier }));
        out.push(Action::Discard { key });
        true
    }

    /// What the disk says now of an offer.
    pub(super) fn offer_is(&mut self, peer: PeerId, entry: &Entry, now: Time, out: &mut Vec<Action>) {
        let EntryKind::Files { message, author, parcel, stage, .. } = &entry.what else { return };
        let mine = matches!(author, Author::Me { .. });
        let key = Key { peer, message: *message, mine };
        if stage.is_over() {
            if self.forget_transfer(key, out) {
                self.carry_next(peer, now, out);
            }
            return;
        }
        let new = !self.transfers.contains_key(&key);
        let transfer = self.transfers.entry(key).or_insert_with(|| Transfer::new(parcel.clone(), *stage));
        transfer.stage = *stage;
        let halts = *stage == (Stage::Accepted { paused: true });
        if halts {
            out.extend(transfer.carrier().map(|carrier| Action::Halt { carrier }));
            self.say_stands(key, Stands::Halted, out);
        }
        let verified = self.roster.get(peer).is_some_and(|person| person.verified);
        if new && !mine && *stage == Stage::Offered && verified && self.takes_files {
            put(
                Write::Mine { page: None, peer, post: Post::Answer { message: *message, answer: Answer::Accepted } },
                out,
            );
        }
        self.go_on(key, now, out);
    }

    /// Lets a transfer be carried, if it can be now; the other is told where it has to dial.
    fn go_on(&mut self, key: Key, now: Time, out: &mut Vec<Action>) {
        self.going.insert(key);
        let wanted = self.transfers.get(&key).is_some_and(Transfer::wanted);
        let link = self.roster.get(key.peer).and_then(|person| person.link);
        match (link, self.dialled(key.peer)) {
            (Some(_), None) if wanted => self.say_stands(key, Stands::Ready, out),
            (None, _) if wanted => self.try_dial(key.peer, now, out),
            (Some(_) | None, _) => self.carry_next(key.peer, now, out),
        }
    }

    /// Tells the other how a transfer stands here.
    fn say_stands(&self, key: Key, stands: Stands, out: &mut Vec<Action>) {
        let Key { peer, message, mine } = key;
        let link = self.roster.get(peer).and_then(|person| person.link);
        out.extend(link.map(|link| Action::Send { link, frame: Frame::Transfer { message, mine, stands } }));
    }

    /// Where somebody can be dialled, as their link was: whoever dialled that dials for files, too, since the other way may
    /// be shut.
    fn dialled(&self, peer: PeerId) -> Option<SocketAddr> {
        self.link_of(peer).filter(|link| link.dialler == Dialler::Me).map(|link| link.remote)
    }

    /// Carries what may be carried now with somebody.
    fn carry_next(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        let Some(address) = self.dialled(peer) else { return };
        let mut free = AT_ONCE.saturating_sub(self.carried_with(peer));
        for (&key, transfer) in self.transfers.iter_mut().filter(|(key, _)| key.peer == peer) {
            if free == 0 {
                return;
            }
            if transfer.wants_carrier(now) {
                free -= 1;
                self.carriers += 1;
                let carrier = CarrierId(self.carriers);
                transfer.carried_by(carrier, now);
                out.push(Action::Carry { carrier, key, parcel: transfer.parcel.clone(), address });
            }
        }
    }

    fn carried_with(&self, peer: PeerId) -> usize {
        self.transfers.iter().filter(|(key, transfer)| key.peer == peer && transfer.carrier().is_some()).count()
    }

    /// Somebody dialled for a transfer.
    pub(super) fn knocked(&mut self, knock: u64, key: Key, now: Time, out: &mut Vec<Action>) {
        let busy = self.carried_with(key.peer) >= AT_ONCE;
        let Some(transfer) = self.transfers.get_mut(&key) else {
            return out.push(Action::Admit { knock, verdict: Err(NotNow::Unknown) });
        };
        let before = transfer.carrier();
        let refusal = transfer.refusal(key).or((busy && before.is_none()).then_some(NotNow::Busy));
        if let Some(refusal) = refusal {
            return out.push(Action::Admit { knock, verdict: Err(refusal) });
        }
        // Left over from before the line was lost: the other end knows better.
        out.extend(before.map(|carrier| Action::Halt { carrier }));
        self.carriers += 1;
        let carrier = CarrierId(self.carriers);
        transfer.carried_by(carrier, now);
        out.push(Action::Admit { knock, verdict: Ok((carrier, transfer.parcel.clone())) });
        self.going.insert(key);
    }

    /// The other says how a transfer stands there.
    pub(super) fn stands_there(&mut self, key: Key, stands: Stands, now: Time, out: &mut Vec<Action>) {
        let Some(transfer) = self.transfers.get_mut(&key) else { return };
        let not_now = match stands {
            Stands::Ready => None,
            Stands::Halted => Some(NotNow::Halted),
            Stands::Stuck => Some(NotNow::Stuck),
        };
        match not_now {
            None => transfer.again_there(now),
            Some(why) => {
                out.extend(transfer.carrier().map(|carrier| Action::Halt { carrier }));
                transfer.not_now_there(why);
            }
        }
        self.going.insert(key);
        self.carry_next(key.peer, now, out);
    }

    pub(super) fn carrier_moved(&mut self, carrier: CarrierId, moved: Moved, now: Time) {
        if let Some((&key, transfer)) = self.transfers.iter_mut().find(|(_, t)| t.carrier() == Some(carrier)) {
            transfer.moves(moved, now);
            self.going.insert(key);
        }
    }

    pub(super) fn carrier_ended(&mut self, carrier: CarrierId, how: &Carried, now: Time, out: &mut Vec<Action>) {
        // One that was replaced, or whose transfer is over, ends unheard.
        let Some((&key, transfer)) = self.transfers.iter_mut().find(|(_, t)| t.carrier() == Some(carrier)) else {
            return;
        };
        transfer.ended(how, now);
        self.going.insert(key);
        if let Carried::Stuck(_) = how {
            self.say_stands(key, Stands::Stuck, out);
        }
        if let Carried::Whole { place: Some(place) } = how {
            let Key { peer, message, .. } = key;
            put(Write::Mine { page: None, peer, post: Post::Answer { message, answer: Answer::Received } }, out);
            put(Write::Placed { key, place: place.clone() }, out);
        }
        self.carry_next(key.peer, now, out);
    }

    /// From now on another link is used: all may be different. What carries files since before may lead to where nobody is
    /// any more, and would find out in half a minute; from what has come another goes on at once.
    pub(super) fn files_on(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        for (key, transfer) in self.transfers.iter_mut().filter(|(key, _)| key.peer == peer) {
            if let Some(carrier) = transfer.carrier() {
                out.push(Action::Halt { carrier });
                transfer.ended(&Carried::Halted, now);
            }
            transfer.again_there(now);
            self.going.insert(*key);
        }
        let not_now = |(key, transfer): (&Key, &Transfer)| match transfer.refusal(*key) {
            Some(NotNow::Halted) => Some((*key, Stands::Halted)),
            Some(NotNow::Stuck) => Some((*key, Stands::Stuck)),
            Some(NotNow::Unknown | NotNow::Busy) | None => None,
        };
        let standing: Vec<_> = self.transfers.iter().filter(|(key, _)| key.peer == peer).filter_map(not_now).collect();
        for (key, stands) in standing {
            self.say_stands(key, stands, out);
        }
        self.carry_next(peer, now, out);
    }

    /// An offer that the disk did not take is nobody's.
    pub(super) fn not_offered(&self, write: &Write, out: &mut Vec<Action>) {
        let Write::Mine { peer, post: Post::Offer { message, .. }, .. } = write else { return };
        out.push(Action::Discard { key: Key { peer: *peer, message: *message, mine: true } });
    }

    pub(super) fn files_due(&self) -> Option<Time> {
        // Offers that nobody answered may be many, and are due never.
        let mut due: BTreeMap<PeerId, Time> = BTreeMap::new();
        for (key, transfer) in &self.transfers {
            if let Some(at) = transfer.due() {
                due.entry(key.peer).and_modify(|first| *first = at.min(*first)).or_insert(at);
            }
        }
        due.retain(|peer, _| self.dialled(*peer).is_some() && self.carried_with(*peer) < AT_ONCE);
        due.into_values().min()
    }

    pub(super) fn look_at_files(&mut self, now: Time, out: &mut Vec<Action>) {
        let due = |transfer: &Transfer| transfer.due().is_some_and(|at| now >= at);
        let peers: Vec<PeerId> =
            self.transfers.iter().filter(|(_, transfer)| due(transfer)).map(|(key, _)| key.peer).collect();
        for peer in peers {
            self.carry_next(peer, now, out);
        }
    }

    /// Somebody has files to come or to go: a link with them is needed.
    pub(super) fn has_files(&self, peer: PeerId) -> bool {
        self.transfers.iter().any(|(key, transfer)| key.peer == peer && transfer.wanted())
    }

    /// Everything that goes on, for a page that attaches.
    pub(super) fn goings(&self) -> Vec<GoingView> {
        self.transfers.iter().map(|(key, transfer)| view(*key, transfer)).collect()
    }

    /// Tells what goes on otherwise than it did, and the edge whether somebody talks.
    pub(super) fn tell_files(&mut self, out: &mut Vec<Action>) {
        for key in std::mem::take(&mut self.going) {
            if let Some(transfer) = self.transfers.get(&key) {
                self.tell_all(&News::Going { going: view(key, transfer) }, out);
            }
        }
        let talks = self.line.call().is_some();
        if talks != self.told_talks {
            self.told_talks = talks;
            out.push(Action::Talks(talks));
        }
    }
}

fn view(key: Key, transfer: &Transfer) -> GoingView {
    GoingView { peer: key.peer, message: key.message, mine: key.mine, going: transfer.going() }
}
