//! Before both said yes nothing is sent; the path may be up for as long as it likes.

use std::time::Duration;

use dogeller_media::engine::{Live, Order};

use crate::pair::Pair;

#[tokio::test(flavor = "multi_thread")]
async fn while_it_rings_the_path_is_up_and_nothing_is_sent_or_played() {
    let pair = Pair::ring().await;
    tokio::join!(pair.caller.is_up(), pair.callee.is_up());
    tokio::time::sleep(Duration::from_millis(500)).await;
    for end in [&pair.caller, &pair.callee] {
        end.until("nothing", |counted, told| {
            let seen = counted.frames.load(std::sync::atomic::Ordering::Relaxed);
            let heard = counted.loud_blocks.load(std::sync::atomic::Ordering::Relaxed);
            seen == 0 && heard == 0 && told.stats.is_none()
        })
        .await;
    }
    pair.accept().await;
    tokio::join!(pair.caller.perceives(20), pair.callee.perceives(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_yes_sends_to_the_other_who_plays_nothing_before_their_own() {
    let pair = Pair::ring().await;
    tokio::join!(pair.caller.is_up(), pair.callee.is_up());
    pair.caller.engine.order(Order::Live(Live::Video)).unwrap();
    pair.caller.until("numbers", |_, told| told.stats.as_ref().is_some_and(|stats| stats.shown.frames > 5)).await;
    let callee = &pair.callee.counted;
    assert_eq!(callee.frames.load(std::sync::atomic::Ordering::Relaxed), 0);
    assert_eq!(callee.loud_blocks.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_call_sends_no_picture() {
    let pair = Pair::ring().await;
    pair.caller.engine.order(Order::Live(Live::Voice)).unwrap();
    pair.callee.engine.order(Order::Live(Live::Video)).unwrap();
    pair.caller.perceives(20).await;
    let stats = |told: &crate::pair::Told| told.stats.as_ref().is_some_and(|stats| stats.said.packets > 20);
    pair.caller.until("numbers", |_, told| stats(told)).await;
    assert_eq!(pair.caller.told.lock().unwrap().stats.as_ref().unwrap().shown.frames, 0);
    assert_eq!(pair.callee.counted.frames.load(std::sync::atomic::Ordering::Relaxed), 0);
}
