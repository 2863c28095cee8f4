//! Both roles: whoever offers, both see and hear each other, and either may offer again.

use dogeller_media::engine::Order;

use crate::pair::Pair;

#[tokio::test(flavor = "multi_thread")]
async fn both_ends_see_and_hear_each_other() {
    let pair = Pair::call().await;
    tokio::join!(pair.caller.perceives(30), pair.callee.perceives(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn either_side_may_offer_again_and_nothing_stops() {
    let pair = Pair::call().await;
    tokio::join!(pair.caller.is_up(), pair.callee.is_up());
    for end in [&pair.callee, &pair.caller, &pair.callee] {
        let before = end.told.lock().unwrap().offers;
        end.engine.order(Order::Renegotiate).unwrap();
        end.until("an offer", |_, told| told.offers > before).await;
        tokio::join!(pair.caller.perceives(20), pair.callee.perceives(20));
    }
    let keys = pair.caller.told.lock().unwrap().stats.as_ref().map(|stats| stats.shown.key_frames);
    assert!(keys.is_none_or(|keys| keys <= 2), "an offer costs no key frame: {keys:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_frame_that_is_asked_for_comes() {
    let pair = Pair::call().await;
    pair.callee.perceives(20).await;
    pair.caller.until("numbers", |_, told| told.stats.is_some()).await;
    let before = pair.caller.told.lock().unwrap().stats.as_ref().unwrap().shown.key_frames;
    pair.callee.counted.wants_key.store(true, std::sync::atomic::Ordering::Relaxed);
    let more = |told: &crate::pair::Told| told.stats.as_ref().is_some_and(|stats| stats.shown.key_frames > before);
    pair.caller.until("a key frame", |_, told| more(told)).await;
}
