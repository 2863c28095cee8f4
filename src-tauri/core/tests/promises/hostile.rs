//! Whatever peers and pages send, in whatever order: no panic, at most one call, no queue without a bound, no busy loop,
//! and when they fall silent the line becomes free.

use std::time::Duration;

use dogeller_core::call::{Line, State};
use dogeller_core::link::Dialler;
use dogeller_core::node::{Action, Dial, Event, LINKS_TAKEN};
use dogeller_core::wire::peer::{Frame, Signal, Status};
use dogeller_core::wire::ui::{Command, PageCaps};
use dogeller_core::{CallId, LinkId, Name, PageId, Time};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::arbitrary;
use crate::support::scripted::{Scripted, address, boot, hello, peer};

/// What somebody hostile does next.
#[derive(Debug, Clone)]
enum Move {
    Wait(u64),
    LinkUp(u64, u8, bool),
    Greet(u64, u64),
    Any(u64, Frame),
    /// A signal with the right number, about the node's own call where it has one.
    Says(u64, u8, Signal, u64),
    Close(u64),
    DialFailed(u8, bool),
    Found(u8, bool),
    Page(u64, bool),
    PageGone(u64),
    Clicks(u64, Command, bool),
    Restarts,
}

fn moves() -> impl Strategy<Value = Move> {
    let (link, who, page) = (0..5u64, select(vec![1u8, 2, 200]), 0..3u64);
    let wait = prop_oneof![6 => 0..200u64, 3 => 200..6000u64, 1 => 6000..70_000u64];
    let age = select(vec![0u64, 0, 0, 44_000, 46_000, u64::MAX]);
    prop_oneof![
        4 => wait.prop_map(Move::Wait),
        3 => (link.clone(), who.clone(), any::<bool>()).prop_map(|(link, who, me)| Move::LinkUp(link, who, me)),
        3 => (link.clone(), 0..3u64).prop_map(|(link, boot)| Move::Greet(link, boot)),
        4 => (link.clone(), arbitrary::frame()).prop_map(|(link, frame)| Move::Any(link, frame)),
        8 => (link.clone(), who.clone(), arbitrary::signal(), age).prop_map(|(l, w, s, age)| Move::Says(l, w, s, age)),
        1 => link.prop_map(Move::Close),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, refused)| Move::DialFailed(who, refused)),
        1 => (who, any::<bool>()).prop_map(|(who, there)| Move::Found(who, there)),
        2 => (page.clone(), any::<bool>()).prop_map(|(page, engine)| Move::Page(page, engine)),
        1 => page.clone().prop_map(Move::PageGone),
        8 => (page, arbitrary::call(), any::<bool>()).prop_flat_map(|(page, call, own)| {
            arbitrary::command(call).prop_map(move |command| Move::Clicks(page, command, own))
        }),
        1 => Just(Move::Restarts),
    ]
}

/// Puts the node's own call in place of the one a message is about, where it has one.
fn about<T: serde::Serialize + serde::de::DeserializeOwned>(message: T, call: Option<CallId>) -> T {
    let Some(call) = call else { return message };
    let mut value = serde_json::to_value(&message).unwrap();
    if let Some(field) = value.get_mut("call") {
        *field = serde_json::to_value(call).unwrap();
    }
    serde_json::from_value(value).unwrap()
}

fn carry_out(me: &mut Scripted, step: Move) -> Vec<Action> {
    let call = me.node.line().call().map(|call| call.id);
    match step {
        Move::Wait(ms) => me.pass(Duration::from_millis(ms)),
        Move::LinkUp(link, who, mine) => {
            // The edge never gives a number twice while its link is up.
            me.give(Event::LinkClosed { link: LinkId(link) });
            me.link_up(link, who, if mine { Dialler::Me } else { Dialler::Them })
        }
        Move::Greet(link, count) => me.frame(link, Frame::Hello(Box::new(hello(boot(count))))),
        Move::Any(link, frame) => me.frame(link, frame),
        Move::Says(link, who, signal, age) => {
            let peer_boot = me.node.roster().get(peer(who)).and_then(|p| p.session.as_ref()).map(|s| s.peer_boot());
            let frame = me.numbered(who, peer_boot.unwrap_or(boot(1)), about(signal, call), age);
            me.frame(link, frame)
        }
        Move::Close(link) => me.give(Event::LinkClosed { link: LinkId(link) }),
        Move::DialFailed(who, refused) => me.give(Event::DialFailed { dial: Dial::Peer(peer(who)), refused }),
        Move::Found(who, true) => {
            let name = Name::new("Found").unwrap();
            let addresses = vec![address(who)];
            me.give(Event::Found { peer: peer(who), name, status: Status::Away, addresses })
        }
        Move::Found(who, false) => me.give(Event::Vanished { peer: peer(who) }),
        Move::Page(page, engine) => {
            me.give(Event::PageDetached { page: PageId(page) });
            me.give(Event::PageAttached { page: PageId(page), caps: PageCaps::seen(engine) })
        }
        Move::PageGone(page) => me.give(Event::PageDetached { page: PageId(page) }),
        Move::Clicks(page, command, own) => me.click(page, about(command, call.filter(|_| own))),
        Move::Restarts => me.give(Event::NotKept),
    }
}

fn check(me: &Scripted, actions: &[Action]) {
    let node = &me.node;
    assert!(actions.len() < 5000, "{} actions", actions.len());
    assert!(node.line().past().count() <= 32);
    assert!(node.links().count() <= LINKS_TAKEN + 8);
    for (_, person) in node.roster().iter() {
        assert!(person.addresses().len() <= 8);
        if let Some(session) = &person.session {
            assert!(session.waiting() <= 512 && session.early() <= 64);
        }
    }
    assert!(node.roster().iter().count() < 2000);
}

fn is_free(line: &Line) -> bool {
    match line.state() {
        State::Idle | State::Ended(_) => true,
        State::Active(_) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, max_shrink_iters: 5000, ..ProptestConfig::default() })]

    #[test]
    fn the_node_stands_it_all(moves in prop::collection::vec(moves(), 1..120)) {
        let mut me = Scripted::new();
        for step in moves {
            let actions = carry_out(&mut me, step);
            check(&me, &actions);
            let after = me.node.deadline().is_none_or(|due| due > Time::default());
            prop_assert!(after);
        }
        for page in 0..3 {
            me.give(Event::PageDetached { page: PageId(page) });
        }
        for who in [1, 2, 200] {
            me.give(Event::Vanished { peer: peer(who) });
        }
        let quiet = me.pass(Duration::from_secs(300));
        check(&me, &quiet);
        prop_assert!(is_free(me.node.line()), "{:?}", me.node.line().state());
        prop_assert_eq!(me.node.links().count(), 0, "silent links are dead");
        let nobody = me.node.roster().iter().all(|(_, person)| !person.is_here());
        prop_assert!(nobody);
    }
}
