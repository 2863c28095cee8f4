//! What people write arrives once, in order, and both know how far it has come.

use std::time::Duration;

use dogeller_core::node::Event;
use dogeller_core::wire::peer::Status;
use dogeller_core::wire::talk::{Ask, ConversationView, Marks, News, NotWritten};
use dogeller_core::wire::ui::{Command, FailureCode, PageCaps};
use dogeller_core::{MessageId, PageId};

use crate::support::pair::Pair;
use crate::support::scripted::Scripted;

fn id(n: u8) -> MessageId {
    MessageId::from_bytes([n; 16])
}

impl Pair {
    fn ask(&mut self, at: usize, page: PageId, ask: Ask) {
        self.world.click(at, page, Command::Talk { ask });
    }

    fn anna_writes(&mut self, n: u8, text: &str) {
        let peer = self.world.peer(1);
        self.ask(0, self.anna, Ask::Write { peer, message: id(n), text: text.to_owned(), reply: None });
    }

    fn annas_view(&self) -> ConversationView {
        self.world.talk(0, self.anna, 1).unwrap().clone()
    }

    fn bobs_unread(&self) -> u32 {
        self.world.talk(1, self.bob, 0).map_or(0, |talk| talk.unread)
    }

    fn bob_sees(&mut self) {
        let peer = self.world.peer(0);
        let last = self.world.talk(1, self.bob, 0).unwrap().last.clone().unwrap();
        self.ask(1, self.bob, Ask::Seen { peer, position: last.position });
    }

    #[track_caller]
    fn marks(&self, sent: u64, delivered: u64, read: u64) {
        assert_eq!(self.annas_view().marks, Marks { sent, delivered, read });
    }
}

#[test]
fn a_message_is_sent_delivered_and_read_and_its_writer_sees_each() {
    let mut pair = Pair::new();
    pair.anna_writes(1, "hello");
    pair.pass(200);
    pair.marks(1, 1, 0);
    assert_eq!(pair.bobs_unread(), 1);
    pair.bob_sees();
    pair.pass(200);
    pair.marks(1, 1, 1);
    assert_eq!(pair.bobs_unread(), 0);
    assert_eq!(pair.world.unsettled(), None);
}

#[test]
fn who_tells_nobody_what_was_read_is_not_seen_to_read() {
    let mut pair = Pair::new();
    pair.ask(1, pair.bob, Ask::SetReceipts { on: false });
    pair.anna_writes(1, "hello");
    pair.pass(200);
    pair.bob_sees();
    pair.pass(500);
    pair.marks(1, 1, 0);
    assert_eq!(pair.bobs_unread(), 0);
}

#[test]
fn what_is_written_while_the_other_is_away_waits_and_comes_when_they_return() {
    let mut pair = Pair::new();
    // Somebody is remembered once one has written to them.
    pair.anna_writes(1, "hello");
    pair.pass(200);
    pair.world.shut_down(1);
    pair.pass(2000);
    for n in 2..=40 {
        pair.anna_writes(n, "are you there?");
    }
    pair.pass(5000);
    pair.marks(1, 1, 0);
    pair.world.start(1);
    pair.pass(5000);
    pair.marks(40, 40, 0);
    assert_eq!(pair.world.unsettled(), None);
}

#[test]
fn what_waits_survives_its_writers_crash() {
    let mut pair = Pair::new();
    pair.anna_writes(1, "hello");
    pair.pass(200);
    pair.world.shut_down(1);
    pair.pass(2000);
    pair.anna_writes(2, "I crash now");
    pair.pass(200);
    pair.world.kill(0);
    pair.world.start(0);
    pair.world.start(1);
    pair.pass(8000);
    pair.anna = pair.world.open_page(0, true).unwrap();
    pair.pass(200);
    pair.marks(2, 2, 0);
    assert_eq!(pair.world.unsettled(), None);
}

#[test]
fn a_full_disk_says_so_and_what_came_comes_again_when_there_is_room() {
    let mut pair = Pair::new();
    pair.world.fill_disk(1, true);
    pair.anna_writes(1, "one");
    pair.pass(1000);
    pair.anna_writes(2, "two");
    pair.pass(1000);
    pair.marks(2, 0, 0);
    assert!(pair.world.refused(1, pair.bob).contains(&FailureCode::DiskFull));
    pair.world.fill_disk(1, false);
    pair.anna_writes(3, "three");
    pair.pass(61_000);
    pair.marks(3, 3, 0);
    assert_eq!(pair.world.unsettled(), None);
    pair.world.fill_disk(0, true);
    pair.anna_writes(4, "four");
    pair.pass(200);
    let news = pair.world.news(0, pair.anna);
    assert!(
        matches!(news.last(), Some(News::NotWritten { message, why: NotWritten::DiskFull, .. }) if *message == id(4))
    );
}

#[test]
fn what_cannot_be_written_is_the_pages_still() {
    let mut pair = Pair::new();
    let why = |pair: &Pair| match pair.world.news(0, pair.anna).last() {
        Some(News::NotWritten { why, .. }) => Some(*why),
        _ => None,
    };
    pair.anna_writes(1, " \n ");
    pair.pass(100);
    assert_eq!(why(&pair), Some(NotWritten::Empty));
    pair.anna_writes(1, &"x".repeat(16 * 1024 + 1));
    pair.pass(100);
    assert_eq!(why(&pair), Some(NotWritten::TooLong));
    let nobody = dogeller_core::PeerId::from_bytes([1; 32]);
    pair.ask(0, pair.anna, Ask::Write { peer: nobody, message: id(1), text: "hi".to_owned(), reply: None });
    pair.pass(100);
    assert_eq!(why(&pair), Some(NotWritten::Nobody));
    let peer = pair.world.peer(1);
    pair.ask(0, pair.anna, Ask::Withdraw { peer, message: id(9) });
    pair.pass(100);
    assert_eq!(why(&pair), Some(NotWritten::NoSuchMessage));
    assert_eq!(pair.bobs_unread(), 0);
}

#[test]
fn who_writes_is_seen_to_write_until_they_stop() {
    let mut pair = Pair::new();
    let (peer, anna) = (pair.world.peer(1), pair.anna);
    pair.ask(0, anna, Ask::Typing { peer });
    pair.pass(100);
    assert!(pair.world.shows_typing(1, pair.bob, 0));
    pair.pass(7000);
    assert!(!pair.world.shows_typing(1, pair.bob, 0));
    pair.ask(0, anna, Ask::Typing { peer });
    pair.anna_writes(1, "done");
    pair.pass(200);
    assert!(!pair.world.shows_typing(1, pair.bob, 0));
    pair.ask(0, anna, Ask::Typing { peer });
    pair.pass(100);
    pair.world.kill(0);
    pair.world.run(Duration::from_secs(2)).unwrap();
    assert!(!pair.world.shows_typing(1, pair.bob, 0), "whoever is gone does not write");
}

#[test]
fn a_call_nobody_took_stands_in_the_conversation_until_it_is_seen() {
    let mut pair = Pair::new().ringing();
    pair.anna_hangs_up();
    pair.pass(500);
    assert_eq!(pair.bobs_unread(), 1);
    pair.bob_sees();
    pair.pass(200);
    assert_eq!(pair.bobs_unread(), 0);
    assert_eq!(pair.annas_view().unread, 0);
}

#[test]
fn a_command_in_a_terminal_is_nobody_at_the_screen() {
    let mut me = Scripted::new();
    me.give(Event::PageAttached { page: PageId(1), caps: PageCaps::COMMAND });
    assert_eq!(me.node.status(), Status::Away);
    me.page(2, true);
    assert_eq!(me.node.status(), Status::Available);
    me.give(Event::PageDetached { page: PageId(2) });
    me.now = me.now + Duration::from_secs(6);
    me.give(Event::Tick);
    assert_eq!(me.node.status(), Status::Away);
}
