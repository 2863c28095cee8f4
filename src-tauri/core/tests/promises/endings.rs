//! Both ends show, and remember, the same words about how a call ended.

use std::time::Duration;

use dogeller_core::call::State;
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::{Command, Phase};

use crate::support::pair::Pair;

#[test]
fn declined() {
    let mut pair = Pair::new().ringing();
    pair.world.with_call(1, pair.bob, |call| Command::Decline { call });
    pair.pass(200);
    pair.both_ended(EndReason::Declined);
}

#[test]
fn cancelled() {
    let mut pair = Pair::new().ringing();
    pair.anna_hangs_up();
    pair.pass(200);
    pair.both_ended(EndReason::Cancelled);
}

#[test]
fn unanswered() {
    let mut pair = Pair::new().ringing();
    pair.pass(44_000);
    pair.both_ringing();
    pair.pass(2000);
    pair.both_ended(EndReason::Unanswered);
}

#[test]
fn hung_up_by_either_or_by_both_at_once() {
    for (anna, bob) in [(true, false), (false, true), (true, true)] {
        let mut pair = Pair::new().talking();
        if anna {
            pair.anna_hangs_up();
        }
        if bob {
            pair.bob_hangs_up();
        }
        pair.pass(200);
        pair.both_ended(EndReason::HungUp);
    }
}

#[test]
fn accepted_while_it_is_cancelled() {
    for after in 0..12 {
        let mut pair = Pair::new().ringing();
        pair.world.slow_down(5, 5);
        pair.accept();
        pair.pass(after);
        pair.anna_hangs_up();
        pair.pass(200);
        let Some(Phase::Ended { reason }) = pair.annas() else { panic!("it goes on") };
        assert!([EndReason::Cancelled, EndReason::HungUp].contains(&reason));
        pair.both_ended(reason);
    }
}

#[test]
fn busy_and_the_first_call_goes_on() {
    let mut pair = Pair::of(2, 3).talking();
    let carol = pair.world.open_page(2, true).unwrap();
    pair.pass(100);
    pair.world.call(2, carol, 1, Media::Voice);
    pair.pass(200);
    assert_eq!(pair.world.phase(2, carol), Some(Phase::Ended { reason: EndReason::Busy }));
    let known = pair.line(1).past().last().map(|past| past.reason);
    assert_eq!(known, Some(EndReason::Busy));
    pair.both(Phase::Connected);
}

#[test]
fn nobody_at_the_screen() {
    let mut pair = Pair::new();
    pair.world.close_page(1, pair.bob);
    pair.pass(7000);
    pair.world.call(0, pair.anna, 1, Media::Video);
    pair.pass(200);
    assert_eq!(pair.annas(), Some(Phase::Ended { reason: EndReason::NotAtScreen }));
    pair.both_remember(EndReason::NotAtScreen);
}

#[test]
fn the_last_page_closes_while_it_rings() {
    let mut pair = Pair::new().ringing();
    pair.world.close_page(1, pair.bob);
    pair.pass(4000);
    assert_eq!(pair.annas(), Some(Phase::Outgoing { ringing: true }), "it might be a reload");
    pair.pass(2000);
    assert_eq!(pair.annas(), Some(Phase::Ended { reason: EndReason::NotAtScreen }));
    pair.both_remember(EndReason::NotAtScreen);
}

#[test]
fn no_path_for_sound_and_picture() {
    let mut pair = Pair::new();
    pair.world.firewall(true);
    let mut pair = pair.ringing();
    pair.accept();
    pair.pass(59_000);
    pair.both(Phase::Connecting);
    pair.pass(3000);
    pair.both_ended(EndReason::NoPath);
}

#[test]
fn a_killed_node_is_lost_whether_it_rings_or_talks() {
    let mut ringing = Pair::new().ringing();
    ringing.world.kill(1);
    ringing.pass(3000);
    assert_eq!(ringing.annas(), Some(Phase::Ended { reason: EndReason::Lost }));
    let mut talking = Pair::new().talking();
    talking.world.kill(1);
    talking.pass(20_000);
    assert_eq!(talking.annas(), Some(Phase::Ended { reason: EndReason::Lost }));
}

#[test]
fn a_node_that_shuts_down_says_so() {
    let mut pair = Pair::new().talking();
    pair.world.shut_down(1);
    pair.pass(500);
    assert_eq!(pair.annas(), Some(Phase::Ended { reason: EndReason::HungUp }));
}

#[test]
fn an_invite_that_waited_too_long_never_rings() {
    let mut pair = Pair::new();
    pair.world.cable(1, false);
    // The link looks alive for some seconds: the invite goes into it and waits.
    pair.pass(200);
    pair.world.call(0, pair.anna, 1, Media::Video);
    pair.pass(60_000);
    assert_eq!(pair.line(0).past().last().map(|past| past.reason), Some(EndReason::Lost));
    pair.world.cable(1, true);
    for _ in 0..200 {
        pair.pass(50);
        assert_ne!(pair.bobs(), Some(Phase::Incoming));
        assert!(pair.line(1).call().is_none());
    }
    let reason = pair.line(0).past().last().map(|past| past.reason);
    pair.both_remember(reason.unwrap());
}

#[test]
fn a_cut_while_it_rings_is_told_alike_afterwards() {
    let mut pair = Pair::new().ringing();
    pair.world.cable(1, false);
    pair.pass(20_000);
    pair.both(Phase::Ended { reason: EndReason::Lost });
    pair.world.cable(1, true);
    pair.pass(10_000);
    pair.both_remember(EndReason::Lost);
}

#[test]
fn going_invisible_while_it_rings_ends_it_at_both_ends() {
    let mut pair = Pair::new().ringing();
    pair.world.click(1, pair.bob, Command::SetVisible { visible: false });
    pair.pass(1000);
    pair.both(Phase::Ended { reason: EndReason::Lost });
}

#[test]
fn words_about_a_missed_call_stay_until_they_are_put_away_and_others_go_by_themselves() {
    let mut pair = Pair::new().ringing();
    pair.anna_hangs_up();
    pair.pass(20_000);
    assert_eq!(pair.annas(), None);
    assert_eq!(pair.bobs(), Some(Phase::Ended { reason: EndReason::Cancelled }));
    assert!(matches!(pair.line(1).state(), State::Ended(_)));
    pair.world.click(1, pair.bob, Command::Dismiss);
    pair.world.run(Duration::from_millis(100)).unwrap();
    assert_eq!(pair.bobs(), None);
}
