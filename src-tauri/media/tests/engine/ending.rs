//! The end of a connection.

use dogeller_media::engine::Order;

use crate::pair::Pair;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_to_be_relayed_is_out_before_the_end() {
    let pair = Pair::call().await;
    tokio::join!(pair.caller.perceives(10), pair.callee.perceives(10));
    let heard = pair.callee.told.clone();
    // The channel is a moment later than the path.
    while heard.lock().unwrap().relayed.is_empty() {
        pair.caller.engine.order(Order::Relay("hello".to_owned())).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    pair.caller.engine.order(Order::Relay("goodbye".to_owned())).unwrap();
    let callee = pair.caller_leaves().await;
    callee.until("the goodbye", |_, told| told.relayed.last().is_some_and(|text| text == "goodbye")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_connections_leave_nothing_behind() {
    // The first ones fill caches and pools.
    for _ in 0..4 {
        connect_and_stop().await;
    }
    let before = resident_kb();
    for _ in 0..16 {
        connect_and_stop().await;
    }
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 12_000, "{grown} kB more after 16 pairs");
}

async fn connect_and_stop() {
    let pair = Pair::call().await;
    tokio::join!(pair.caller.perceives(5), pair.callee.perceives(5));
    pair.stop().await;
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
