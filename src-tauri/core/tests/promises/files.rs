//! Files: who may have what, who dials for it, and when.

use std::time::Duration;

use dogeller_core::filename::FileName;
use dogeller_core::link::Dialler;
use dogeller_core::mail::Heard;
use dogeller_core::node::{Action, Changed, Event, Unkept, Write};
use dogeller_core::transfer::{Carried, Key, Moved, NotNow};
use dogeller_core::wire::files::{Answer, Going, GoingView, NotOffered, Parcel, Stage, Stands, Trouble, Wish};
use dogeller_core::wire::peer::Frame;
use dogeller_core::wire::post::Post;
use dogeller_core::wire::talk::{Ask, Author, Entry, EntryKind, News};
use dogeller_core::wire::ui::{Command, FailureCode, Notice};
use dogeller_core::{CarrierId, MessageId, OutboxId, PageId};

use crate::support::scripted::{Scripted, address, boot, hello, peer, sent};

const THEM: u8 = 1;
const PAGE: u64 = 1;
const GOES: Stage = Stage::Accepted { paused: false };

fn key(n: u8, mine: bool) -> Key {
    Key { peer: peer(THEM), message: MessageId::from_bytes([n; 16]), mine }
}

fn parcel() -> Parcel {
    Parcel::new(1, 0, 1_000_000, std::iter::once(FileName::nearest("film.mp4")))
}

/// A node with a page, and a link to somebody.
fn node(dialler: Dialler) -> Scripted {
    let mut node = Scripted::new();
    node.page(PAGE, true);
    node.link_up(1, THEM, dialler);
    node.frame(1, Frame::Hello(Box::new(hello(boot(1)))));
    node
}

impl Scripted {
    /// The disk has an offer in this stage now.
    fn offer_is(&mut self, key: Key, stage: Stage) -> Vec<Action> {
        let author = if key.mine { Author::Me { n: 1 } } else { Author::Them };
        let what =
            EntryKind::Files { message: key.message, author, parcel: parcel(), stage, place: None, thumbnail: None };
        let entries = vec![Entry { position: 1, at_ms: 0, what }];
        let post = Post::Offer { message: key.message, parcel: parcel() };
        let place = Heard { outbox: OutboxId::from_bytes([1; 16]), n: 1 };
        let write = Write::Theirs { peer: key.peer, place, after: None, age_ms: 0, post };
        let result = Ok(Box::new(Changed { entries, ..Changed::default() }));
        self.give(Event::Written { write: Box::new(write), result })
    }

    fn wishes(&mut self, Key { peer, message, mine }: Key, wish: Wish) -> Vec<Action> {
        self.click(PAGE, Command::Talk { ask: Ask::Files { peer, message, mine, wish } })
    }

    fn going(&mut self) -> Vec<Going> {
        let snapshot = self.node.snapshot(PageId(PAGE), self.now);
        snapshot.going.into_iter().map(|GoingView { going, .. }| going).collect()
    }
}

fn carriers(actions: &[Action]) -> Vec<CarrierId> {
    let carrier = |action: &Action| if let Action::Carry { carrier, .. } = action { Some(*carrier) } else { None };
    actions.iter().filter_map(carrier).collect()
}

fn halted(actions: &[Action]) -> Vec<CarrierId> {
    let carrier = |action: &Action| if let Action::Halt { carrier } = action { Some(*carrier) } else { None };
    actions.iter().filter_map(carrier).collect()
}

fn verdict(actions: &[Action]) -> Option<Result<CarrierId, NotNow>> {
    actions.iter().find_map(|action| {
        let Action::Admit { verdict, .. } = action else { return None };
        Some(verdict.clone().map(|(carrier, _)| carrier))
    })
}

fn answers(actions: &[Action]) -> Vec<Answer> {
    let answer = |action: &Action| {
        let Action::Write(write) = action else { return None };
        let Write::Mine { post: Post::Answer { answer, .. }, .. } = &**write else { return None };
        Some(*answer)
    };
    actions.iter().filter_map(answer).collect()
}

#[test]
fn nothing_moves_before_a_person_says_yes() {
    let mut node = node(Dialler::Me);
    let offered = node.offer_is(key(1, false), Stage::Offered);
    assert!(carriers(&offered).is_empty() && answers(&offered).is_empty(), "{offered:?}");
    let knocked = node.give(Event::Knocked { knock: 1, key: key(1, false) });
    assert_eq!(verdict(&knocked), Some(Err(NotNow::Unknown)), "what was offered is not to be forced on anybody");
    assert_eq!(answers(&node.wishes(key(1, false), Wish::Accept)), [Answer::Accepted]);
    let accepted = node.offer_is(key(1, false), GOES);
    let dialled = accepted.iter().any(|a| matches!(a, Action::Carry { address: to, .. } if *to == address(THEM)));
    assert!(dialled, "{accepted:?}");
}

#[test]
fn whoever_did_not_dial_the_link_says_that_it_is_ready_and_waits() {
    let mut node = node(Dialler::Them);
    node.offer_is(key(1, false), Stage::Offered);
    let accepted = node.offer_is(key(1, false), GOES);
    assert!(carriers(&accepted).is_empty());
    assert!(
        sent(&accepted).any(|frame| matches!(frame, Frame::Transfer { mine: false, stands: Stands::Ready, .. })),
        "{accepted:?}"
    );
    let first = verdict(&node.give(Event::Knocked { knock: 1, key: key(1, false) })).unwrap().unwrap();
    let again = node.give(Event::Knocked { knock: 2, key: key(1, false) });
    assert_eq!(halted(&again), [first], "the other end knows better that the first is gone");
    assert!(verdict(&again).unwrap().is_ok());
}

#[test]
fn an_offer_is_for_whom_it_was_made_alone() {
    let mut node = node(Dialler::Them);
    node.offer_is(key(1, true), Stage::Offered);
    let another = Key { peer: peer(2), ..key(1, true) };
    for key in [another, key(2, true), key(1, false)] {
        let knocked = node.give(Event::Knocked { knock: 1, key });
        assert_eq!(verdict(&knocked), Some(Err(NotNow::Unknown)), "{key:?}");
    }
    let knocked = node.give(Event::Knocked { knock: 2, key: key(1, true) });
    assert!(verdict(&knocked).unwrap().is_ok(), "whoever fetches it has accepted it");
}

#[test]
fn a_lost_connection_is_tried_again_and_a_new_link_at_once() {
    let mut node = node(Dialler::Me);
    let first = carriers(&node.offer_is(key(1, false), GOES))[0];
    node.give(Event::Moved { carrier: first, moved: Moved::Bytes(10) });
    let lost = node.give(Event::Carried { carrier: first, how: Carried::Lost });
    assert!(carriers(&lost).is_empty());
    assert_eq!(node.going(), [Going::Waiting]);
    let again = carriers(&node.pass(Duration::from_secs(2)));
    assert_eq!(again.len(), 1);
    node.link_up(2, THEM, Dialler::Me);
    node.frame(2, Frame::Hello(Box::new(hello(boot(2)))));
    let link = node.node.snapshot(PageId(PAGE), node.now);
    assert_eq!(link.going.len(), 1);
    let late = node.give(Event::Carried { carrier: again[0], how: Carried::Lost });
    assert!(carriers(&late).is_empty(), "one that was replaced ends unheard");
}

#[test]
fn what_is_paused_here_is_nothing_to_be_carried_until_it_goes_on() {
    let mut node = node(Dialler::Me);
    let carrier = carriers(&node.offer_is(key(1, false), GOES))[0];
    let paused = node.wishes(key(1, false), Wish::Pause);
    assert!(paused.iter().any(|a| matches!(a, Action::Write(w) if matches!(**w, Write::Pause { paused: true, .. }))));
    let halts = node.offer_is(key(1, false), Stage::Accepted { paused: true });
    assert_eq!(halted(&halts), [carrier]);
    assert!(sent(&halts).any(|frame| matches!(frame, Frame::Transfer { stands: Stands::Halted, .. })), "{halts:?}");
    node.give(Event::Carried { carrier, how: Carried::Halted });
    assert!(carriers(&node.pass(Duration::from_secs(2))).is_empty());
    let knocked = node.give(Event::Knocked { knock: 1, key: key(1, false) });
    assert_eq!(verdict(&knocked), Some(Err(NotNow::Halted)));
    node.wishes(key(1, false), Wish::Resume);
    assert_eq!(carriers(&node.offer_is(key(1, false), GOES)).len(), 1);
}

#[test]
fn what_is_paused_there_waits_for_their_word() {
    let mut node = node(Dialler::Me);
    let carrier = carriers(&node.offer_is(key(1, true), GOES))[0];
    node.give(Event::Carried { carrier, how: Carried::Refused(NotNow::Halted) });
    assert_eq!(node.going(), [Going::HaltedThere]);
    assert!(carriers(&node.pass(Duration::from_secs(2))).is_empty());
    let says = |stands| Frame::Transfer { message: key(1, true).message, mine: false, stands };
    let again = carriers(&node.frame(1, says(Stands::Ready)));
    assert_eq!(again.len(), 1);
    let stuck = node.frame(1, says(Stands::Stuck));
    assert_eq!(halted(&stuck), again, "what nobody knows of any more must not go on");
    assert_eq!(node.going(), [Going::StuckThere]);
}

#[test]
fn a_full_disk_waits_for_a_person_and_says_so() {
    let mut node = node(Dialler::Me);
    let carrier = carriers(&node.offer_is(key(1, false), GOES))[0];
    let trouble = Trouble::NoRoom { missing: 5 };
    let stuck = node.give(Event::Carried { carrier, how: Carried::Stuck(trouble) });
    let told = stuck.iter().any(|action| {
        let Action::Notify(_, Notice::Talk { news }) = action else { return false };
        matches!(&**news, News::Going { going } if going.going == Going::Stuck { trouble })
    });
    assert!(told, "{stuck:?}");
    assert!(carriers(&node.pass(Duration::from_secs(2))).is_empty());
    assert_eq!(carriers(&node.wishes(key(1, false), Wish::Resume)).len(), 1);
}

#[test]
fn what_has_come_is_said_for_good_and_what_is_over_is_thrown_away() {
    let mut node = node(Dialler::Me);
    let carrier = carriers(&node.offer_is(key(1, false), GOES))[0];
    let place = Some("/downloads/film.mp4".to_owned());
    let whole = node.give(Event::Carried { carrier, how: Carried::Whole { place } });
    assert_eq!(answers(&whole), [Answer::Received]);
    assert!(node.offer_is(key(1, false), Stage::Received).contains(&Action::Discard { key: key(1, false) }));
    assert_eq!(node.wishes(key(1, false), Wish::Cancel), [refused(FailureCode::NoSuchTransfer)]);
    assert_eq!(
        node.wishes(key(9, true), Wish::Cancel),
        [Action::Discard { key: key(9, true) }],
        "handed over, never offered"
    );
    let second = carriers(&node.offer_is(key(2, true), GOES))[0];
    assert_eq!(answers(&node.wishes(key(2, true), Wish::Cancel)), [Answer::Cancelled]);
    let over = node.offer_is(key(2, true), Stage::Cancelled { by_me: true });
    assert_eq!(halted(&over), [second]);
    assert!(over.contains(&Action::Discard { key: key(2, true) }));
    assert!(node.going().is_empty());
}

fn refused(code: FailureCode) -> Action {
    Action::Notify(PageId(PAGE), Notice::Refused { code })
}

#[test]
fn no_more_than_four_at_once_with_one_person() {
    let mut node = node(Dialler::Me);
    let carried: Vec<CarrierId> = (1..=6).flat_map(|n| carriers(&node.offer_is(key(n, false), GOES))).collect();
    assert_eq!(carried.len(), 4);
    let next = node.give(Event::Carried { carrier: carried[0], how: Carried::Stuck(Trouble::NotWritable) });
    assert_eq!(carriers(&next).len(), 1, "the next takes its turn");
    let knocked = node.give(Event::Knocked { knock: 1, key: key(6, false) });
    assert_eq!(verdict(&knocked), Some(Err(NotNow::Busy)));
}

#[test]
fn files_come_unasked_from_whom_was_verified_and_only_if_that_was_chosen() {
    for (chosen, verified, accepted) in [(true, true, 1), (true, false, 0), (false, true, 0)] {
        let mut node = node(Dialler::Them);
        node.click(PAGE, Command::Talk { ask: Ask::SetTakesFiles { on: chosen } });
        node.click(PAGE, Command::Verify { peer: peer(THEM), verified });
        let offered = node.offer_is(key(1, false), Stage::Offered);
        assert_eq!(answers(&offered).len(), accepted, "{chosen} {verified}: {offered:?}");
        assert!(answers(&node.offer_is(key(1, true), Stage::Offered)).is_empty(), "one's own are not one's to take");
    }
}

#[test]
fn a_cleared_conversation_stops_what_was_under_way() {
    let mut node = node(Dialler::Me);
    node.offer_is(key(1, false), GOES);
    let cleared = node.click(PAGE, Command::Talk { ask: Ask::Clear { peer: peer(THEM) } });
    assert_eq!(answers(&cleared), [Answer::Cancelled]);
    let last = cleared.iter().rev().find(|action| matches!(action, Action::Write(_)));
    assert!(matches!(last, Some(Action::Write(write)) if matches!(**write, Write::Clear { .. })), "first stopped");
}

#[test]
fn what_cannot_be_offered_is_said_and_what_the_disk_refuses_is_forgotten() {
    let mut node = node(Dialler::Me);
    let key = key(1, true);
    let paths = |count: usize| Some(vec!["/tmp/a".to_owned(); count]);
    let ask = |paths| Command::Talk { ask: Ask::Offer { peer: key.peer, message: key.message, paths } };
    assert_eq!(node.click(PAGE, ask(paths(1001))), [refused(FailureCode::BadMessage)]);
    assert_eq!(node.click(PAGE, ask(Some(vec!["x".repeat(5000)]))), [refused(FailureCode::BadMessage)]);
    assert!(matches!(node.click(PAGE, ask(paths(1)))[..], [Action::Prepare { .. }]));
    let page = PageId(PAGE);
    let failed = node.give(Event::Prepared { page, key, result: Err(NotOffered::Unreadable) });
    assert!(matches!(&failed[..], [Action::Notify(_, Notice::Talk { .. })]), "{failed:?}");
    let prepared = node.give(Event::Prepared { page, key, result: Ok(parcel()) });
    let write =
        prepared.into_iter().find_map(|action| if let Action::Write(write) = action { Some(write) } else { None });
    let refused = node.give(Event::Written { write: write.unwrap(), result: Err(Unkept::Full) });
    assert!(refused.contains(&Action::Discard { key }), "{refused:?}");
}

#[test]
fn files_make_room_while_a_call_goes_on() {
    let mut node = node(Dialler::Them);
    let calls = node.click(PAGE, Command::Call { peer: peer(THEM), media: dogeller_core::wire::peer::Media::Voice });
    assert!(calls.contains(&Action::Talks(true)), "{calls:?}");
}
