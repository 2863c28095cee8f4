//! A radio that loses packets, and none because of us.

use super::estimator::Estimator;
use super::{Script, Story, ms, play};

fn each(loss: f64, check: impl Fn(&str, &Story)) {
    for seed in 1..=6 {
        for blind in [false, true] {
            let story = play(Script {
                seed,
                rates: vec![(ms(0), 100_000_000)],
                propagation: ms(50),
                loss,
                estimator: if blind { Estimator::Blind } else { Estimator::crude() },
                ends: ms(40_000),
            });
            check(&format!("seed {seed}, loss {loss}, blind {blind}"), &story);
        }
    }
}

/// The smallest the encoder was given after the first seconds.
fn least(story: &Story) -> u64 {
    let later = story.sender.decisions.iter().filter(|(at, _)| *at > ms(6000));
    later.map(|(_, decision)| decision.picture_bits).min().unwrap()
}

#[test]
fn a_good_path_is_used_within_four_seconds() {
    each(0.0, |which, story| {
        let (_, then) = story.sender.decisions.iter().find(|(at, _)| *at >= ms(4000)).unwrap();
        assert!(then.picture_bits >= 2_500_000, "{which}: {then:?}");
        assert!(story.frames(ms(1000), ms(39_000)) > 39 * 28, "{which}");
        assert_eq!(story.sender.repaired, 0);
    });
}

#[test]
fn three_per_cent_loss_keeps_a_good_picture() {
    each(0.03, |which, story| {
        assert!(least(story) > 800_000, "{which}: {}", least(story));
        assert!(story.frames(ms(1000), ms(39_000)) > 39 * 20, "{which}");
    });
}

#[test]
fn ten_per_cent_loss_keeps_a_picture() {
    each(0.10, |which, story| {
        assert!(least(story) > 300_000, "{which}: {}", least(story));
        assert!(story.sender.decisions.iter().all(|(_, decision)| !decision.hold), "{which}");
    });
}
