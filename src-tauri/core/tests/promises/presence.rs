//! Who is shown is there, as they say they are; who is there is found; and nobody is dialled without end.

use std::time::Duration;

use dogeller_core::link::Dialler;
use dogeller_core::node::{Action, Dial, Event};
use dogeller_core::roster::{NAMED_BY_ONE, STRANGERS};
use dogeller_core::wire::peer::{Farewell, Frame, PeerHint, Status};
use dogeller_core::wire::ui::{Command, FailureCode, Notice, Phase, Presence};
use dogeller_core::{LinkId, Name, PageId};

use crate::support::pair::Pair;
use crate::support::scripted::{Scripted, address, boot, hello, peer, sent};

fn dials(actions: &[Action]) -> usize {
    actions.iter().filter(|action| matches!(action, Action::Dial { .. })).count()
}

fn found(who: u8) -> Event {
    let name = Name::new("Peer").unwrap();
    Event::Found { peer: peer(who), name, status: Status::Available, addresses: vec![address(who)] }
}

#[test]
fn a_state_that_changed_after_our_hello_is_told_though_theirs_is_awaited() {
    let mut me = Scripted::new();
    me.link_up(1, 1, Dialler::Them);
    let actions = me.page(1, true);
    let told = sent(&actions).any(|frame| matches!(frame, Frame::Presence { status: Status::Available, .. }));
    assert!(told, "{actions:?}");
}

#[test]
fn the_link_in_use_says_how_somebody_is_and_an_older_one_does_not() {
    let mut me = Scripted::new();
    // Dialled by them, whose id is the smaller: the first is in use, the second is newer but not proven.
    me.linked(1, 1);
    let name = Name::new("Peer").unwrap();
    me.frame(1, Frame::Presence { name, status: Status::InCall });
    me.link_up(2, 1, Dialler::Me);
    me.frame(2, Frame::Hello(Box::new(hello(boot(1)))));
    let people = me.node.people();
    assert_eq!(people[0].presence, Presence::InCall);
}

#[test]
fn a_dial_whose_link_never_says_hello_is_tried_again_and_ever_more_seldom() {
    let mut me = Scripted::new();
    assert_eq!(dials(&me.give(found(1))), 1);
    let mut at = Vec::new();
    for link in 1..=6 {
        me.link_up(link, 1, Dialler::Me);
        let mut dialled = dials(&me.give(Event::LinkClosed { link: LinkId(link) }));
        assert_eq!(dialled, 0, "not at once");
        while dialled == 0 {
            dialled = dials(&me.pass(Duration::from_millis(100)));
        }
        at.push(me.now.as_millis());
    }
    let gaps: Vec<u64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.is_sorted() && gaps[0] >= 1000 && gaps[4] > 10_000, "{gaps:?}");
}

#[test]
fn somebody_mdns_still_finds_is_dialled_again_however_often_it_failed() {
    let mut me = Scripted::new();
    me.give(found(1));
    for _ in 0..10 {
        me.give(Event::DialFailed { dial: Dial::Peer(peer(1)), refused: false });
        assert_eq!(dials(&me.pass(Duration::from_secs(61))), 1);
    }
}

#[test]
fn a_peer_that_breaks_the_protocol_again_and_again_is_not_dialled_at_once() {
    let mut me = Scripted::new();
    me.give(found(1));
    let mut dialled = 0;
    for link in 1..20 {
        me.link_up(link, 1, Dialler::Me);
        me.frame(link, Frame::Hello(Box::new(hello(boot(1)))));
        dialled += dials(&me.frame(link, Frame::Hello(Box::new(hello(boot(1))))));
    }
    assert!(dialled <= 1, "{dialled}");
}

#[test]
fn one_peer_can_name_only_so_many_others() {
    let mut me = Scripted::new();
    me.linked(1, 1);
    for round in 0..8u8 {
        let hint = |n: u8| PeerHint {
            peer: dogeller_core::PeerId::from_bytes([[round, n]; 16].concat().try_into().unwrap()),
            addresses: vec![address(n)],
        };
        me.frame(1, Frame::Peers { peers: (101..165).map(hint).collect() });
    }
    assert!(me.node.roster().iter().count() <= 1 + NAMED_BY_ONE);
    // Somebody else still gets heard.
    me.give(found(2));
    assert!(me.node.roster().get(peer(2)).is_some());
}

#[test]
fn strangers_that_come_and_go_are_forgotten() {
    let mut me = Scripted::new();
    for n in 0..1000u64 {
        me.link_somebody(n);
        me.frame(n, Frame::Goodbye { reason: Farewell::Leaving });
    }
    assert!(me.node.roster().iter().count() <= STRANGERS + 2);
}

#[test]
fn the_words_about_a_call_show_how_the_other_is_now() {
    let mut pair = Pair::new().talking();
    pair.anna_hangs_up();
    pair.pass(200);
    let view = pair.world.shown(0, pair.anna).unwrap();
    assert!(matches!(view.phase, Phase::Ended { .. }));
    assert_eq!(view.with.presence, Presence::Available);
    pair.world.kill(1);
    pair.pass(2000);
    assert_eq!(pair.world.shown(0, pair.anna).unwrap().with.presence, Presence::Offline);
}

#[test]
fn who_hides_is_gone_at_once_and_comes_back() {
    let mut pair = Pair::of(3, 3);
    pair.world.click(1, pair.bob, Command::SetVisible { visible: false });
    pair.pass(500);
    for at in [0, 2] {
        assert_eq!(pair.world.node(at).unwrap().links().count(), 1);
    }
    pair.world.click(1, pair.bob, Command::SetVisible { visible: true });
    pair.pass(3000);
    assert_eq!(pair.world.unsettled(), None);
    assert_eq!(pair.world.node(1).unwrap().links().count(), 2);
}

#[test]
fn a_page_that_is_not_attached_is_not_heard() {
    let mut me = Scripted::new();
    let page = PageId(9);
    assert!(me.give(Event::Command { page, command: Command::SetName { name: "X".into() } }).is_empty());
}

#[test]
fn a_link_that_names_somebody_shows_them_where_somebody_looks() {
    let mut node = Scripted::new();
    node.linked(1, 1);
    let open = |page: u64| Action::Notify(PageId(page), Notice::Open { peer: peer(1) });
    // The window is about to open: the first page that a person looks at shows them, and no other.
    assert_eq!(node.give(Event::ShowPerson { peer: peer(1) }), []);
    assert!(node.page(1, true).contains(&open(1)));
    assert!(!node.page(2, true).contains(&open(2)));
    assert_eq!(node.give(Event::ShowPerson { peer: peer(1) }), [open(1), open(2)]);
    let nobody = |page: u64| Action::Notify(PageId(page), Notice::Refused { code: FailureCode::NotHere });
    assert_eq!(node.give(Event::ShowPerson { peer: peer(9) }), [nobody(1), nobody(2)]);
}
