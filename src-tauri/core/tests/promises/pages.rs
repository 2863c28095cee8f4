//! One page holds a call, and a call outlives its page: reloads, several pages, pages that cannot hold one.

use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::{Command, FailureCode, Phase, Place};

use crate::support::pair::Pair;

fn reload_bob(pair: &mut Pair, away_ms: u64) {
    pair.world.close_page(1, pair.bob);
    pair.pass(away_ms);
    pair.bob = pair.world.open_page(1, true).unwrap();
}

fn place(pair: &Pair, at: usize, page: dogeller_core::PageId) -> Option<Place> {
    pair.world.shown(at, page).map(|view| view.place)
}

#[test]
fn a_reload_while_it_rings_shows_the_same_call_and_it_can_be_accepted() {
    let mut pair = Pair::new().ringing();
    let call = pair.world.shown(1, pair.bob).map(|view| view.call);
    reload_bob(&mut pair, 800);
    pair.pass(50);
    assert_eq!(pair.bobs(), Some(Phase::Incoming));
    assert_eq!(pair.world.shown(1, pair.bob).map(|view| view.call), call);
    pair.accept();
    pair.pass(1000);
    pair.both(Phase::Connected);
}

#[test]
fn the_callers_reload_while_it_rings_goes_unnoticed() {
    let mut pair = Pair::new().ringing();
    pair.world.close_page(0, pair.anna);
    pair.pass(800);
    pair.anna = pair.world.open_page(0, true).unwrap();
    pair.pass(500);
    pair.both_ringing();
    pair.accept();
    pair.pass(1000);
    pair.both(Phase::Connected);
}

#[test]
fn a_reload_in_a_call_brings_it_back_without_ringing() {
    let mut pair = Pair::new().talking();
    let code = pair.world.shown(0, pair.anna).unwrap().code.clone();
    assert_eq!(code.len(), 6);
    reload_bob(&mut pair, 800);
    pair.pass(50);
    assert_eq!((pair.annas(), pair.bobs()), (Some(Phase::Reconnecting), Some(Phase::Reconnecting)));
    pair.pass(1000);
    pair.both(Phase::Connected);
    let codes = [(0, pair.anna), (1, pair.bob)].map(|(at, page)| pair.world.shown(at, page).unwrap().code.clone());
    assert_eq!(codes, [code.clone(), code], "the code of a call never changes");
}

#[test]
fn a_page_that_does_not_come_back_hangs_up() {
    let mut pair = Pair::new().talking();
    pair.world.close_page(1, pair.bob);
    pair.pass(12_000);
    assert_eq!(pair.annas(), Some(Phase::Ended { reason: EndReason::HungUp }));
    let mut pair = Pair::new().ringing();
    pair.world.close_page(0, pair.anna);
    pair.pass(12_000);
    assert_eq!(pair.bobs(), Some(Phase::Ended { reason: EndReason::Cancelled }));
}

#[test]
fn two_pages_ring_and_the_first_to_accept_has_the_call() {
    let mut pair = Pair::new();
    let second = pair.world.open_page(1, true).unwrap();
    pair.pass(50);
    let mut pair = pair.ringing();
    assert_eq!(pair.world.phase(1, second), Some(Phase::Incoming));
    for page in [pair.bob, second] {
        pair.world.with_call(1, page, |call| Command::Accept { call, media: Media::Voice });
    }
    pair.pass(1000);
    let places = [place(&pair, 1, pair.bob), place(&pair, 1, second)];
    let holder = if places[0] == Some(Place::Here) { pair.bob } else { second };
    let other = if holder == pair.bob { second } else { pair.bob };
    assert_eq!(place(&pair, 1, other), Some(Place::ElsewherePage));
    assert!(pair.world.sends_media(1, holder) && !pair.world.has_connection(1, other));
    assert_eq!(pair.world.refused(1, holder), []);
    assert_eq!(pair.world.refused(1, other), [FailureCode::NoSuchCall]);
}

#[test]
fn another_page_takes_over() {
    let mut pair = Pair::new().talking();
    let second = pair.world.open_page(1, true).unwrap();
    pair.pass(50);
    assert_eq!(place(&pair, 1, second), Some(Place::ElsewherePage));
    pair.world.with_call(1, second, |call| Command::TakeOver { call });
    pair.pass(1000);
    pair.both(Phase::Connected);
    assert_eq!(place(&pair, 1, second), Some(Place::Here));
    assert!(pair.world.sends_media(1, second) && !pair.world.has_connection(1, pair.bob));
}

#[test]
fn a_window_without_an_engine_opens_the_browser_which_adopts_the_call() {
    let mut pair = Pair::new();
    pair.world.close_page(1, pair.bob);
    let window = pair.world.open_page(1, false).unwrap();
    pair.pass(50);
    pair.world.call(0, pair.anna, 1, Media::Video);
    pair.pass(500);
    assert_eq!(pair.world.phase(1, window), Some(Phase::Incoming));
    pair.world.with_call(1, window, |call| Command::Accept { call, media: Media::Video });
    pair.pass(100);
    assert_eq!(place(&pair, 1, window), Some(Place::OpeningBrowser));
    pair.pass(5000);
    let browser = pair.world.pages(1).pop().unwrap();
    assert_ne!(browser, window);
    assert_eq!(pair.annas(), Some(Phase::Connected));
    assert!(pair.world.sends_media(1, browser));
}

#[test]
fn placing_a_call_in_such_a_window_works_as_well() {
    let mut pair = Pair::new();
    pair.world.close_page(0, pair.anna);
    let window = pair.world.open_page(0, false).unwrap();
    pair.pass(50);
    pair.world.call(0, window, 1, Media::Video);
    pair.pass(5000);
    pair.accept();
    pair.pass(1000);
    assert_eq!(pair.bobs(), Some(Phase::Connected));
    assert_eq!(pair.world.phase(0, window), Some(Phase::Connected));
}

#[test]
fn a_browser_that_never_opens_is_told_at_both_ends() {
    let mut pair = Pair::new();
    pair.world.close_page(1, pair.bob);
    pair.world.browser_opens(1, false);
    pair.bob = pair.world.open_page(1, false).unwrap();
    pair.pass(50);
    let mut pair = pair.ringing();
    pair.accept();
    pair.pass(35_000);
    pair.both_ended(EndReason::EngineFailed);
}
