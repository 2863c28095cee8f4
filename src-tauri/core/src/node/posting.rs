//! Posts: what leaves for whom, what came, and what the disk says to it.

use super::keeping::{Changed, Unkept, Write, asked_for};
use super::talking::told;
use super::{Action, Node};
use crate::id::{LinkId, OutboxId, PeerId};
use crate::mail::{Heard, Load, Mail, Stored, Taken, Tell};
use crate::time::Time;
use crate::wire::peer::{Farewell, Frame, TYPING};
use crate::wire::post::{NumberedPost, Post};
use crate::wire::talk::{News, NotWritten};
use crate::wire::ui::{FailureCode, Notice};

/// People remembered because they wrote or called, at most: keys are cheap. Others are known as long as they are here.
const REMEMBERED: usize = 512;

impl Node {
    /// Lets leave what may.
    pub(super) fn send_posts(&mut self, peer: PeerId, out: &mut Vec<Action>) {
        let link = self.roster.get(peer).and_then(|person| person.link);
        let load = self.mail.get_mut(&peer).zip(link).and_then(|(mail, link)| mail.load(link));
        out.extend(load.map(|load| Action::Load { peer, load }));
    }

    /// From now on another link is used, or none.
    pub(super) fn posts_on(&mut self, peer: PeerId, link: Option<LinkId>, out: &mut Vec<Action>) {
        let Some(mail) = self.mail.get_mut(&peer) else { return };
        mail.on_new_link();
        self.talked.insert(peer);
        out.extend(link.zip(mail.heard()).map(|(link, heard)| stored(link, heard)));
        self.send_posts(peer, out);
    }

    pub(super) fn posts_loaded(
        &mut self,
        peer: PeerId,
        load: Load,
        posts: Option<Vec<NumberedPost>>,
        now: Time,
        out: &mut Vec<Action>,
    ) {
        let Some(mail) = self.mail.get_mut(&peer) else { return };
        let Some(posts) = posts else { return mail.not_loaded(load, now) };
        let leaving = mail.loaded(load, posts, now);
        out.extend(leaving.into_iter().map(|post| {
            let frame = Frame::Post(Box::new(post));
            Action::Send { link: load.link, frame }
        }));
        self.talked.insert(peer);
        self.send_posts(peer, out);
    }

    /// A post came.
    pub(super) fn post_came(
        &mut self,
        id: LinkId,
        peer: PeerId,
        numbered: NumberedPost,
        now: Time,
        out: &mut Vec<Action>,
    ) {
        // Between a node and its echo contact there is nobody to write.
        if self.roster.is_inside(peer) {
            return self.drop_link(id, Farewell::Protocol, now, out);
        }
        let NumberedPost { outbox, n, follows, age_ms, post } = numbered;
        let place = Heard { outbox, n };
        match self.mail.entry(peer).or_default().take(place, follows) {
            Err(_) => self.drop_link(id, Farewell::Protocol, now, out),
            Ok(Taken::Store { after }) => put(Write::Theirs { peer, place, after, age_ms, post }, out),
            Ok(Taken::Known(heard)) => out.push(stored(id, heard)),
            Ok(Taken::Underway | Taken::Gap) => {}
        }
    }

    /// Somebody has stored what was said to them.
    pub(super) fn posts_stored(
        &mut self,
        id: LinkId,
        peer: PeerId,
        outbox: OutboxId,
        n: u64,
        now: Time,
        out: &mut Vec<Action>,
    ) {
        // Of a counting that was lost here nothing waits any more.
        let Some(mail) = self.mail.get_mut(&peer).filter(|_| outbox == self.outbox) else { return };
        match mail.stored(n, now) {
            Err(_) => self.drop_link(id, Farewell::Protocol, now, out),
            Ok(Stored::Known) => {}
            Ok(Stored::News | Stored::PutBack) => {
                self.talked.insert(peer);
                self.tell_disk(peer, out);
                self.send_posts(peer, out);
            }
        }
    }

    /// Tells the disk how far posts have come.
    fn tell_disk(&mut self, peer: PeerId, out: &mut Vec<Action>) {
        match self.mail.get_mut(&peer).and_then(Mail::tell) {
            Some(Tell::Delivered { through }) => put(Write::Delivered { peer, through }, out),
            Some(Tell::PutBack { through }) => put(Write::PutBack { peer, through }, out),
            None => {}
        }
    }

    /// Nobody of the roster: what was not kept of them is forgotten.
    pub(super) fn forget_mail(&mut self, peer: PeerId) {
        if self.roster.get(peer).is_none() && self.mail.get(&peer).is_some_and(Mail::is_nothing) {
            self.mail.remove(&peer);
        }
    }

    /// Somebody is writing.
    pub(super) fn typing(&mut self, peer: PeerId, now: Time, out: &mut Vec<Action>) {
        if self.roster.is_inside(peer) {
            return;
        }
        let mail = self.mail.entry(peer).or_default();
        if mail.typing.replace(now + TYPING).is_none() {
            self.tell_all(&News::Typing { peer, typing: true }, out);
        }
    }

    pub(super) fn stop_typing(&mut self, peer: PeerId, out: &mut Vec<Action>) {
        if self.mail.get_mut(&peer).is_some_and(|mail| mail.typing.take().is_some()) {
            self.tell_all(&News::Typing { peer, typing: false }, out);
        }
    }

    pub(super) fn mail_due(&self) -> Option<Time> {
        self.mail.values().filter_map(Mail::deadline).min()
    }

    pub(super) fn look_at_mail(&mut self, now: Time, out: &mut Vec<Action>) {
        let due: Vec<PeerId> =
            self.mail.iter().filter(|(_, mail)| mail.deadline().is_some_and(|at| now >= at)).map(|(p, _)| *p).collect();
        for peer in due {
            let Some(mail) = self.mail.get_mut(&peer) else { continue };
            let over = mail.tick(now);
            self.tell_disk(peer, out);
            if over {
                self.tell_all(&News::Typing { peer, typing: false }, out);
            }
            self.talked.insert(peer);
            self.send_posts(peer, out);
        }
    }

    /// The disk took something, or did not.
    pub(super) fn written(
        &mut self,
        write: Write,
        result: Result<Box<Changed>, Unkept>,
        now: Time,
        out: &mut Vec<Action>,
    ) {
        match result {
            Ok(changed) => self.kept(write, *changed, now, out),
            Err(why) => self.unkept(&write, why, now, out),
        }
    }

    fn kept(&mut self, write: Write, changed: Changed, now: Time, out: &mut Vec<Action>) {
        let peer = write.peer();
        let mail = self.mail.entry(peer).or_default();
        mail.outside = Some(changed.outside);
        self.talked.insert(peer);
        if let Some(through) = changed.gone {
            self.tell_all(&News::Gone { peer, through }, out);
        }
        for entry in changed.entries {
            self.offer_is(peer, &entry, now, out);
            self.tell_all(&News::Entry { peer, entry }, out);
        }
        match write {
            Write::Mine { .. } => {
                if let Some((mail, n)) = self.mail.get_mut(&peer).zip(changed.number) {
                    mail.kept(n);
                }
                self.send_posts(peer, out);
                // Somebody only listed has no link yet.
                self.try_dial(peer, now, out);
            }
            Write::Theirs { place, post, .. } => {
                self.took(peer, place, &post, out);
            }
            Write::Seen { .. } => {
                if let Some(seen) = changed.seen.filter(|_| self.receipts) {
                    let post = Post::Read { outbox: seen.outbox, through: seen.n };
                    put(Write::Mine { page: None, peer, post }, out);
                }
            }
            Write::Call(_) => self.remember_some(peer, out),
            Write::Delivered { through, .. } => {
                if let Some(mail) = self.mail.get_mut(&peer) {
                    mail.told(through);
                }
                self.tell_disk(peer, out);
            }
            Write::PutBack { through, .. } => {
                if let Some(mail) = self.mail.get_mut(&peer) {
                    mail.put_back(through, changed.number.unwrap_or(through));
                }
                self.tell_disk(peer, out);
                self.send_posts(peer, out);
            }
            Write::Clear { .. } => self.forget_transfers(peer, out),
            Write::Pause { .. } | Write::Placed { .. } | Write::Thumbnail { .. } => {}
        }
    }

    /// A post of somebody's is on the disk: they are told, whatever link they use now.
    fn took(&mut self, peer: PeerId, place: Heard, post: &Post, out: &mut Vec<Action>) {
        let Some(mail) = self.mail.get_mut(&peer) else { return };
        mail.took(place, true);
        if let Post::Read { outbox, through } = post
            && *outbox == self.outbox
        {
            mail.read(*through);
        }
        out.extend(self.roster.get(peer).and_then(|person| person.link).map(|link| stored(link, place)));
        if let Post::Text { .. } | Post::Offer { .. } = post {
            self.stop_typing(peer, out);
            self.remember_some(peer, out);
        }
    }

    /// Remembers somebody who wrote or called, if not too many are.
    fn remember_some(&mut self, peer: PeerId, out: &mut Vec<Action>) {
        let known = self.roster.iter().filter(|(_, person)| person.known).count();
        if known < REMEMBERED && self.roster.get(peer).is_some_and(|person| !person.known) {
            self.remember(peer, out);
        }
    }

    fn unkept(&mut self, write: &Write, why: Unkept, now: Time, out: &mut Vec<Action>) {
        match write {
            Write::Theirs { peer, place, .. } => {
                if let Some(mail) = self.mail.get_mut(peer) {
                    mail.took(*place, false);
                }
                self.forget_mail(*peer);
            }
            Write::Delivered { peer, .. } | Write::PutBack { peer, .. } => {
                if let Some(mail) = self.mail.get_mut(peer) {
                    mail.not_told(now);
                }
            }
            Write::Mine { .. } => self.not_offered(write, out),
            Write::Seen { .. }
            | Write::Pause { .. }
            | Write::Placed { .. }
            | Write::Thumbnail { .. }
            | Write::Call(_)
            | Write::Clear { .. } => {}
        }
        let asked = asked_for(write);
        if let Some((page, peer, message)) = asked {
            let why = match why {
                Unkept::Full => NotWritten::DiskFull,
                Unkept::Failed | Unkept::Busy => NotWritten::NotKept,
                Unkept::Refused => NotWritten::NoSuchMessage,
                Unkept::TooMany => NotWritten::TooManyWait,
            };
            out.push(told(page, News::NotWritten { peer, message, why }));
        }
        let code = match why {
            Unkept::Full => FailureCode::DiskFull,
            Unkept::Failed => FailureCode::NotSaved,
            // What is busy comes again by itself.
            Unkept::Refused | Unkept::TooMany | Unkept::Busy => return,
        };
        if asked.is_none() {
            out.extend(self.pages.all().map(|page| Action::Notify(page, Notice::Refused { code })));
        }
    }
}

pub(super) fn put(write: Write, out: &mut Vec<Action>) {
    out.push(Action::Write(Box::new(write)));
}

/// Tells somebody up to which of their posts is on the disk here.
fn stored(link: LinkId, Heard { outbox, n }: Heard) -> Action {
    Action::Send { link, frame: Frame::Stored { outbox, n } }
}
