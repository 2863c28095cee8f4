//! A call and its signals outlive the links they travel over.

use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::{Command, Phase, Presence};

use crate::support::pair::Pair;

fn presence_of_bob(pair: &Pair) -> Option<Presence> {
    let bob = pair.world.peer(1);
    let people = pair.world.node(0).unwrap().people();
    people.iter().find(|view| view.peer == bob).map(|view| view.presence)
}

#[test]
fn a_hang_up_comes_by_the_data_channel_when_the_link_is_gone() {
    let mut pair = Pair::new().talking();
    pair.world.block_links(1, true);
    pair.pass(15_000);
    pair.both(Phase::Connected);
    assert_eq!(pair.world.node(0).unwrap().links().count(), 0);
    pair.anna_hangs_up();
    pair.pass(200);
    pair.both_ended(EndReason::HungUp);
}

#[test]
fn what_was_lost_with_the_link_comes_before_it_by_the_same_way() {
    let mut pair = Pair::new().talking();
    pair.world.block_links(1, true);
    // Said into a link that is dead already, so that it is lost: what follows must not wait for it.
    let devices =
        dogeller_core::wire::peer::Devices { microphone: false, picture: dogeller_core::wire::peer::Picture::Off };
    pair.world.with_call(0, pair.anna, |call| Command::Devices { call, devices });
    pair.pass(10_000);
    pair.anna_hangs_up();
    pair.pass(200);
    assert_eq!(pair.bobs(), Some(Phase::Ended { reason: EndReason::HungUp }));
}

#[test]
fn a_cable_out_for_five_seconds_costs_five_seconds() {
    let mut pair = Pair::new().talking();
    pair.world.cable(1, false);
    pair.pass(5000);
    pair.world.cable(1, true);
    pair.pass(20_000);
    pair.both(Phase::Connected);
    assert_eq!(pair.world.unsettled(), None);
}

#[test]
fn a_call_goes_on_for_minutes_without_a_link_and_is_still_shown() {
    let mut pair = Pair::new().talking();
    pair.world.block_links(1, true);
    pair.pass(200_000);
    pair.both(Phase::Connected);
    pair.bob_hangs_up();
    pair.pass(200);
    pair.both_ended(EndReason::HungUp);
}

#[test]
fn people_who_were_apart_for_minutes_can_call_each_other_again() {
    let mut pair = Pair::new().ringing();
    pair.anna_hangs_up();
    pair.pass(1000);
    pair.world.click(1, pair.bob, Command::Dismiss);
    pair.world.cable(1, false);
    pair.pass(200_000);
    pair.world.cable(1, true);
    // Nobody's card was without its network: the longest rest between two dials.
    pair.pass(61_000);
    let mut pair = pair.ringing();
    pair.accept();
    pair.pass(1000);
    pair.both(Phase::Connected);
}

#[test]
fn a_restarted_node_is_linked_anew_at_once_and_by_one_link() {
    let mut pair = Pair::new().talking();
    pair.world.kill(1);
    pair.pass(100);
    pair.world.start(1);
    pair.pass(3000);
    assert_eq!(pair.annas(), Some(Phase::Ended { reason: EndReason::Lost }));
    assert_eq!(presence_of_bob(&pair), Some(Presence::Away));
    pair.bob = pair.world.open_page(1, true).unwrap();
    pair.pass(100);
    let mut pair = pair.ringing();
    pair.accept();
    pair.pass(1000);
    pair.both(Phase::Connected);
    assert_eq!(pair.world.unsettled(), None);
}

#[test]
fn of_two_links_one_stays_and_the_call_does_not_notice() {
    for (from, to) in [(0, 1), (1, 0)] {
        let mut pair = Pair::new().talking();
        pair.world.second_link(from, to);
        pair.pass(1000);
        pair.both(Phase::Connected);
        assert_eq!(pair.world.node(0).unwrap().links().count(), 1);
        assert_eq!(pair.world.unsettled(), None);
    }
}

#[test]
fn a_goodbye_on_one_of_two_links_is_heard_for_both() {
    for after in 0..40 {
        let mut pair = Pair::new();
        pair.world.slow_down(5, 5);
        pair.world.second_link(0, 1);
        pair.pass(after);
        pair.world.shut_down(1);
        pair.pass(200);
        // Only known people are shown while they are away.
        assert_eq!(presence_of_bob(&pair), None, "{after} ms after the dial");
        pair.world.call(0, pair.anna, 1, Media::Video);
        pair.pass(100);
        assert!(pair.line(0).call().is_none());
    }
}
