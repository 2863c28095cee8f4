//! Offers that cross.

use dogeller_media::engine::Order;

use crate::pair::Pair;

#[tokio::test(flavor = "multi_thread")]
async fn offers_that_cross_are_settled_and_nothing_stops() {
    let pair = Pair::call().await;
    tokio::join!(pair.caller.is_up(), pair.callee.is_up());
    for _ in 0..10 {
        for end in [&pair.caller, &pair.callee] {
            end.engine.order(Order::Renegotiate).unwrap();
        }
        tokio::join!(pair.caller.perceives(10), pair.callee.perceives(10));
    }
    let offers = [&pair.caller, &pair.callee].map(|end| end.told.lock().unwrap().offers);
    assert!(offers[0] >= 10 && offers[1] >= 6, "{offers:?}");
}
