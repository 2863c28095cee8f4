//! A pulled cable is noticed at both ends, and so is its return.

use dogeller_tests::lab::Lab;
use dogeller_tests::node::State;

use crate::{SOON, assert_changes, nodes_on, wait_until_complete};

#[test]
fn out_and_in() {
    let lab = Lab::new(3).unwrap();
    let nodes = nodes_on(&lab);
    let everybody: Vec<_> = nodes.iter().collect();
    wait_until_complete(&everybody);
    let ids: Vec<_> = nodes.iter().map(|node| node.peer_id().unwrap()).collect();

    lab.host(0).set_cable(false).unwrap();
    for node in &nodes[1..] {
        node.wait_for(&ids[0], State::Offline, SOON).unwrap();
    }
    nodes[0].wait_for_peers(|list| list.values().all(|person| person.state == State::Offline), SOON).unwrap();

    lab.host(0).set_cable(true).unwrap();
    wait_until_complete(&everybody);
    assert_changes(&nodes[1], &ids[0], &[State::Online, State::Offline, State::Online], "out and in is two changes");
    assert_changes(&nodes[1], &ids[2], &[State::Online], "those who kept their cables noticed nothing");
}

#[test]
fn for_a_blink() {
    let lab = Lab::new(3).unwrap();
    let nodes = nodes_on(&lab);
    let everybody: Vec<_> = nodes.iter().collect();
    wait_until_complete(&everybody);
    for _ in 0..3 {
        lab.host(0).set_cable(false).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        lab.host(0).set_cable(true).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    wait_until_complete(&everybody);
}

#[test]
fn before_the_start() {
    let lab = Lab::new(2).unwrap();
    lab.host(0).set_cable(false).unwrap();
    let nodes = nodes_on(&lab);
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(nodes[0].list().is_empty() && nodes[1].list().is_empty());
    lab.host(0).set_cable(true).unwrap();
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
}
