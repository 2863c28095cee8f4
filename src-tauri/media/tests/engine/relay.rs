//! The data channel that carries signals when the link is gone.

use dogeller_media::engine::Order;

use crate::pair::Pair;

#[tokio::test(flavor = "multi_thread")]
async fn texts_go_both_ways_whole_and_in_order() {
    let pair = Pair::ring().await;
    tokio::join!(pair.caller.is_up(), pair.callee.is_up());
    let long = "é".repeat(40_000);
    for end in [&pair.caller, &pair.callee] {
        let other = if std::ptr::eq(end, &pair.caller) { &pair.callee } else { &pair.caller };
        // The channel is a moment later than the path.
        let before = other.told.lock().unwrap().relayed.len();
        while other.told.lock().unwrap().relayed.len() == before {
            end.engine.order(Order::Relay("first".to_owned())).unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        for text in ["second", &long, "fourth"] {
            end.engine.order(Order::Relay(text.to_owned())).unwrap();
        }
        other.until("the last text", |_, told| told.relayed.last().is_some_and(|text| text == "fourth")).await;
        let relayed = other.told.lock().unwrap().relayed.clone();
        let tail: Vec<&str> = relayed.iter().rev().take(3).rev().map(String::as_str).collect();
        assert_eq!(tail, ["second", &long, "fourth"]);
    }
}
