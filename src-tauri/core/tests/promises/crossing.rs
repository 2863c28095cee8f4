//! Two who call each other at once get exactly one call, and each sends only what its own click asked for.

use std::time::Duration;

use dogeller_core::sim::{Dice, World};
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::Phase;

use crate::support::pair::Pair;

/// Both click, up to 300 ms after each other, on links that take up to 150 ms.
fn cross(seed: u64) -> Pair {
    let mut dice = Dice::new(seed);
    let mut pair = Pair::of(seed, 2);
    pair.world.slow_down(dice.between(1, 50), dice.between(50, 150));
    let first = usize::from(dice.chance(50));
    let pages = [pair.anna, pair.bob];
    let media = [Media::Video, Media::Voice];
    pair.world.call(first, pages[first], 1 - first, media[first]);
    pair.pass(dice.between(0, 300));
    pair.world.call(1 - first, pages[1 - first], first, media[1 - first]);
    pair
}

#[test]
fn exactly_one_call_goes_on() {
    for seed in 0..500 {
        let mut pair = cross(seed);
        pair.pass(4000);
        assert_eq!((pair.annas(), pair.bobs()), (Some(Phase::Connected), Some(Phase::Connected)), "seed {seed}");
        let anna = pair.world.shown(0, pair.anna).unwrap();
        let bob = pair.world.shown(1, pair.bob).unwrap();
        assert_eq!(anna.call, bob.call, "seed {seed}");
        assert_ne!(anna.caller, bob.caller, "seed {seed}");
        assert_eq!((anna.mine, anna.theirs), (Media::Video, Media::Voice), "seed {seed}");
        assert_eq!((bob.mine, bob.theirs), (Media::Voice, Media::Video), "seed {seed}");
        assert!(!anna.code.is_empty() && anna.code == bob.code, "seed {seed}");
        assert_eq!(pair.world.refused(0, pair.anna), [], "seed {seed}");
        assert_eq!(pair.world.unsettled(), None, "seed {seed}");
    }
}

#[test]
fn whoever_cancels_meanwhile_has_cancelled() {
    let mut cancelled = 0;
    for seed in 0..500 {
        let mut pair = cross(seed);
        let mut dice = Dice::new(seed ^ 0xabcd);
        pair.pass(dice.between(5, 200));
        // The page may still show the call that has given way.
        pair.anna_hangs_up();
        pair.pass(2000);
        let rings = pair.annas() == Some(Phase::Incoming);
        if rings {
            // Bob's call came after the click; it is another, and Anna says no to it as well.
            pair.anna_hangs_up();
            pair.pass(1000);
        }
        for at in 0..2 {
            assert!(pair.line(at).call().is_none(), "seed {seed}: device {at} is still in a call");
        }
        assert_eq!(pair.world.unsettled(), None, "seed {seed}");
        cancelled += u32::from(!rings);
    }
    assert!(cancelled > 250, "most of the clicks hit a call: {cancelled}");
}

#[test]
fn a_call_to_somebody_whose_call_already_rings_here_answers_it() {
    let mut pair = Pair::new();
    pair.world.call(0, pair.anna, 1, Media::Video);
    pair.pass(500);
    pair.world.call(1, pair.bob, 0, Media::Voice);
    pair.pass(1000);
    pair.both(Phase::Connected);
    assert_eq!(pair.world.shown(1, pair.bob).map(|view| view.mine), Some(Media::Voice));
}

#[test]
fn three_who_call_each_other_in_a_ring_end_up_with_at_most_one_call_each() {
    for seed in 0..200 {
        let mut world = World::quiet(seed, 3).unwrap();
        let pages: Vec<_> = (0..3).map(|at| world.open_page(at, true).unwrap()).collect();
        world.slow_down(1, 100);
        world.run(Duration::from_millis(200)).unwrap();
        for (at, page) in pages.iter().enumerate() {
            world.call(at, *page, (at + 1) % 3, Media::Video);
        }
        world.run(Duration::from_secs(2)).unwrap();
        let busy = Phase::Ended { reason: EndReason::Busy };
        let phases: Vec<_> = pages.iter().enumerate().map(|(at, &page)| world.phase(at, page).unwrap()).collect();
        // Whoever was refused early enough was free again when another's call came.
        assert!(phases.contains(&busy), "seed {seed}: {phases:?}");
        world.run(Duration::from_secs(60)).unwrap();
        assert_eq!(world.unsettled(), None, "seed {seed}");
    }
}
