//! Conversations: what a person writes, reads and looks up, and what pages are told of it.

use super::keeping::{Kept, Look, Write};
use super::posting::put;
use super::{Action, Node};
use crate::call::Past;
use crate::id::{MessageId, PageId, PeerId};
use crate::mail::Outside;
use crate::text::{MessageText, TextError};
use crate::time::Time;
use crate::transfer::Key;
use crate::wire::peer::Frame;
use crate::wire::post::Post;
use crate::wire::talk::{Ask, ConversationView, News, NotWritten, SEARCH_BYTES};
use crate::wire::ui::{FailureCode, Notice};

impl Node {
    pub(super) fn ask(&mut self, page: PageId, ask: Ask, now: Time, out: &mut Vec<Action>) -> Result<(), FailureCode> {
        match ask {
            Ask::Write { peer, message, text, reply } => {
                let post = text_of(&text).map(|text| Post::Text { message, text, reply });
                self.write(page, peer, message, post, out);
                Ok(())
            }
            Ask::Edit { peer, message, text } => {
                let post = text_of(&text).map(|text| Post::Edit { message, text });
                self.write(page, peer, message, post, out);
                Ok(())
            }
            Ask::Withdraw { peer, message } => {
                self.write(page, peer, message, Ok(Post::Withdraw { message }), out);
                Ok(())
            }
            Ask::Seen { peer, position } => {
                self.mail.get(&peer).ok_or(FailureCode::NotHere)?;
                put(Write::Seen { peer, position }, out);
                Ok(())
            }
            Ask::Typing { peer } => {
                let link = self.roster.get(peer).filter(|person| !person.kind.is_inside()).and_then(|p| p.link);
                out.extend(link.map(|link| Action::Send { link, frame: Frame::Typing }));
                Ok(())
            }
            Ask::Entries { peer, before } => {
                out.push(Action::Look { page, look: Look::Entries { peer, before } });
                Ok(())
            }
            Ask::Search { text, peer } => {
                if text.len() > SEARCH_BYTES {
                    return Err(FailureCode::BadMessage);
                }
                out.push(Action::Look { page, look: Look::Search { text, peer } });
                Ok(())
            }
            Ask::Clear { peer } => {
                self.mail.get(&peer).ok_or(FailureCode::NotHere)?;
                self.cancel_all(peer, out);
                put(Write::Clear { peer }, out);
                Ok(())
            }
            Ask::Export { peer, format } => {
                let name = self.roster.get(peer).ok_or(FailureCode::NotHere)?.name.clone();
                out.push(Action::Look { page, look: Look::Export { peer, name, format } });
                Ok(())
            }
            Ask::Offer { peer, message, paths } => self.offer(page, Key { peer, message, mine: true }, paths, out),
            Ask::Files { peer, message, mine, wish } => self.wish(page, Key { peer, message, mine }, wish, now, out),
            Ask::Thumbnail { peer, message, mine } => {
                out.push(Action::Look { page, look: Look::Thumbnail(Key { peer, message, mine }) });
                Ok(())
            }
            Ask::SetTakesFiles { on } => {
                self.takes_files = on;
                out.push(Action::Keep(Kept::TakesFiles(on)));
                self.tell_me(out);
                Ok(())
            }
            Ask::SetReceipts { on } => {
                self.receipts = on;
                out.push(Action::Keep(Kept::Receipts(on)));
                self.tell_me(out);
                Ok(())
            }
            Ask::SetRetention { retention } => {
                self.retention = retention;
                out.push(Action::Keep(Kept::Retention(retention)));
                self.tell_me(out);
                Ok(())
            }
        }
    }

    /// Writes to somebody, or says why not. Whoever one writes to is remembered.
    fn write(
        &mut self,
        page: PageId,
        peer: PeerId,
        message: MessageId,
        post: Result<Post, NotWritten>,
        out: &mut Vec<Action>,
    ) {
        let somebody = self.roster.get(peer).is_some_and(|person| !person.kind.is_inside());
        match post.and_then(|post| somebody.then_some(post).ok_or(NotWritten::Nobody)) {
            Ok(post) => {
                if self.roster.get(peer).is_some_and(|person| !person.known) {
                    self.remember(peer, out);
                }
                put(Write::Mine { page: Some(page), peer, post }, out);
            }
            Err(why) => out.push(told(page, News::NotWritten { peer, message, why })),
        }
    }

    /// A call is over: it stands in the conversation.
    pub(super) fn call_over(&mut self, past: Past, out: &mut Vec<Action>) {
        if self.roster.get(past.with).is_some_and(|person| !person.kind.is_inside()) {
            put(Write::Call(past), out);
        }
    }

    pub(super) fn looked(&self, page: PageId, news: News, out: &mut Vec<Action>) {
        if self.pages.has_engine(page).is_some() {
            out.push(told(page, news));
        }
    }

    pub(super) fn expired(&mut self, peer: PeerId, through: u64, outside: Outside, out: &mut Vec<Action>) {
        if let Some(mail) = self.mail.get_mut(&peer) {
            mail.outside = Some(outside);
        }
        self.talked.insert(peer);
        self.tell_all(&News::Gone { peer, through }, out);
    }

    pub(super) fn tell_all(&self, news: &News, out: &mut Vec<Action>) {
        out.extend(self.pages.all().map(|page| told(page, news.clone())));
    }

    /// Tells what looks different from outside now.
    pub(super) fn tell_talks(&mut self, out: &mut Vec<Action>) {
        for peer in std::mem::take(&mut self.talked) {
            let Some(conversation) = self.conversation(peer) else { continue };
            if self.shown_talks.get(&peer) != Some(&conversation) {
                self.shown_talks.insert(peer, conversation.clone());
                self.tell_all(&News::Conversation { conversation }, out);
            }
        }
    }

    pub(super) fn conversation(&self, peer: PeerId) -> Option<ConversationView> {
        let mail = self.mail.get(&peer)?;
        let Outside { unread, last } = mail.outside.clone()?;
        Some(ConversationView { peer, unread, last, marks: mail.marks() })
    }

    /// Every conversation, for a page that attaches.
    pub(super) fn conversations(&self) -> Vec<ConversationView> {
        self.mail.keys().filter_map(|peer| self.conversation(*peer)).collect()
    }
}

pub(super) fn told(page: PageId, news: News) -> Action {
    Action::Notify(page, Notice::Talk { news: Box::new(news) })
}

fn text_of(text: &str) -> Result<MessageText, NotWritten> {
    MessageText::new(text).map_err(|error| match error {
        TextError::Empty => NotWritten::Empty,
        TextError::TooLong(_) => NotWritten::TooLong,
        TextError::Unshowable => NotWritten::Unshowable,
    })
}
