//! No sound and no picture before both people said yes, and none after one of them took it back.

use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::{Command, Phase};

use crate::support::pair::Pair;

#[test]
fn the_path_warms_up_while_it_rings_and_nothing_flows() {
    let mut pair = Pair::new().ringing();
    pair.pass(2000);
    assert!(pair.world.has_connection(0, pair.anna) && pair.world.has_connection(1, pair.bob));
    assert!(!pair.world.sends_media(0, pair.anna) && !pair.world.sends_media(1, pair.bob));
    pair.accept();
    // The path is up: what flows needs no more than the two messages.
    pair.pass(20);
    assert!(pair.world.sends_media(0, pair.anna) && pair.world.sends_media(1, pair.bob));
    pair.both(Phase::Connected);
}

#[test]
fn accepting_before_warm_up_began_is_an_ordinary_path() {
    let mut pair = Pair::new();
    pair.world.call(0, pair.anna, 1, Media::Video);
    while pair.bobs() != Some(Phase::Incoming) {
        pair.pass(1);
    }
    pair.accept();
    pair.pass(1000);
    pair.both(Phase::Connected);
}

#[test]
fn nothing_flows_after_the_end() {
    let mut pair = Pair::new().talking();
    pair.anna_hangs_up();
    pair.pass(50);
    assert!(!pair.world.sends_media(0, pair.anna) && !pair.world.sends_media(1, pair.bob));
    pair.pass(500);
    assert!(!pair.world.has_connection(0, pair.anna) && !pair.world.has_connection(1, pair.bob));
}

#[test]
fn who_hangs_up_a_moment_too_late_is_told_nothing() {
    let mut pair = Pair::new().talking();
    let call = pair.line(0).call().unwrap().id;
    pair.anna_hangs_up();
    pair.pass(500);
    for (at, page) in [(0, pair.anna), (1, pair.bob)] {
        pair.world.click(at, page, Command::HangUp { call });
        pair.pass(50);
        assert_eq!(pair.world.refused(at, page), []);
    }
    pair.both_ended(EndReason::HungUp);
}

#[test]
fn hanging_up_a_call_that_gave_way_hangs_up_the_one_in_its_place() {
    // Whichever of the two ids is the larger, one of the two people sees her own call give way.
    for seed in 0..20 {
        let mut pair = Pair::of(seed, 2);
        pair.world.call(0, pair.anna, 1, Media::Video);
        pair.world.call(1, pair.bob, 0, Media::Video);
        pair.pass(3);
        let own = [(0, pair.anna), (1, pair.bob)].map(|(at, page)| {
            let call = pair.line(at).call().map(|call| call.id);
            (at, page, call)
        });
        pair.pass(1000);
        for (at, page, call) in own {
            let now = pair.line(at).call().map(|call| call.id);
            if let Some(call) = call.filter(|call| now.is_some_and(|now| now != *call)) {
                pair.world.click(at, page, Command::HangUp { call });
                pair.pass(100);
                assert!(pair.line(0).call().is_none() && pair.line(1).call().is_none(), "seed {seed}");
            }
        }
    }
}
