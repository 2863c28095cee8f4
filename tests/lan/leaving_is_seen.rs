//! Whoever leaves is off every list, however they leave, and long before mDNS would tell (120 s).

use dogeller_tests::lab::Lab;
use dogeller_tests::node::State;

use crate::{A_WHILE, SOON, assert_changes, nodes_on, wait_until_complete};

#[test]
fn by_goodbye() {
    let lab = Lab::new(4).unwrap();
    let mut nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let mut leaver = nodes.remove(0);
    let id = leaver.peer_id().unwrap();
    assert!(leaver.terminate().unwrap().success());
    for node in &nodes {
        node.wait_for(&id, State::Offline, SOON).unwrap();
    }
    // It stays away, and nobody else moved.
    std::thread::sleep(A_WHILE);
    for node in &nodes {
        assert_changes(node, &id, &[State::Online, State::Offline], "it flapped");
    }
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    assert_changes(&nodes[0], &nodes[1].peer_id().unwrap(), &[State::Online], "somebody who stayed moved");
}

#[test]
fn by_kill_9() {
    let lab = Lab::new(4).unwrap();
    let mut nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let mut victim = nodes.remove(0);
    let id = victim.peer_id().unwrap();
    victim.kill9().unwrap();
    for node in &nodes {
        node.wait_for(&id, State::Offline, SOON).unwrap();
    }
    std::thread::sleep(A_WHILE);
    for node in &nodes {
        // Its announcement is still in every cache; that brings nobody back.
        assert_changes(node, &id, &[State::Online, State::Offline], "it flapped");
    }
    assert_changes(&nodes[0], &nodes[1].peer_id().unwrap(), &[State::Online], "somebody who stayed moved");
}

#[test]
fn by_falling_asleep_and_back() {
    let lab = Lab::new(3).unwrap();
    let nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let id = nodes[0].peer_id().unwrap();
    // Its connections stay open; it only answers nothing.
    nodes[0].freeze(true).unwrap();
    for node in &nodes[1..] {
        node.wait_for(&id, State::Offline, SOON).unwrap();
    }
    nodes[0].freeze(false).unwrap();
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
}
