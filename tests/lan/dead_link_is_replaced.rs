//! Whoever starts again after a crash is there again at once, as the same person.

use std::time::Duration;

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{NodeProcess, State};
use dogeller_tests::tls::{Identity, Link, hello};
use serde_json::json;

use crate::{SOON, assert_changes, nodes_on, wait_until_complete};

#[test]
fn after_kill_9() {
    let lab = Lab::new(3).unwrap();
    let mut nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let id = nodes[0].peer_id().unwrap();
    nodes[0].restart().unwrap();
    assert_eq!(nodes[0].peer_id().unwrap(), id, "it is another person now");
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    for node in &nodes[1..] {
        assert_eq!(node.list().len(), 2, "nobody is there twice: {:?}", node.list());
    }
}

#[test]
fn after_a_power_cut() {
    let lab = Lab::new(2).unwrap();
    let mut nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let id = nodes[0].peer_id().unwrap();
    // The end of its connections never reaches the other, which still believes in them when it is back.
    lab.host(0).set_cable(false).unwrap();
    nodes[0].restart().unwrap();
    nodes[0].ready().unwrap();
    lab.host(0).set_cable(true).unwrap();
    nodes[0].wait_for(&nodes[1].peer_id().unwrap(), State::Online, SOON).unwrap();
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    assert_eq!(nodes[1].list().len(), 1);
    assert_eq!(nodes[1].online(), [id]);
}

#[test]
fn by_a_later_start_and_never_by_an_earlier_one() {
    let lab = Lab::new(2).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let to = node.address().unwrap();
    let identity = Identity::new().unwrap();
    let start = |count: u64| {
        let mut link = Link::dial(&lab.host(1), to, &identity).unwrap();
        let mut hello = hello("Starter", 1);
        hello["boot"] = json!({"count": count, "random": count});
        link.send(&hello).unwrap();
        link
    };
    let mut first = start(5);
    node.wait_for(identity.peer_id(), State::Online, SOON).unwrap();
    let mut second = start(6);
    second.expect("hello", SOON).unwrap();
    assert!(first.ends_within(SOON).unwrap(), "the link of the dead start lives on");
    let mut left_over = start(4);
    assert!(left_over.ends_within(SOON).unwrap(), "an earlier start took the later one's place");
    assert!(!second.ends_within(Duration::from_secs(5)).unwrap(), "the living link was closed");
    assert_changes(&node, identity.peer_id(), &[State::Online], "it flapped");
}

#[test]
fn by_a_second_link_of_the_same_start_only_when_that_answers() {
    let lab = Lab::new(2).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let to = node.address().unwrap();
    // The smaller id's links win, so take one whose dialling counts.
    let own = node.peer_id().unwrap();
    let identity = (0..64).map(|_| Identity::new().unwrap()).find(|identity| *identity.peer_id() < *own).unwrap();
    let greeting = hello("Twice", 1);
    let link = || {
        let mut link = Link::dial(&lab.host(1), to, &identity).unwrap();
        link.send(&greeting).unwrap();
        link
    };
    let mut first = link();
    first.expect("hello", SOON).unwrap();
    node.wait_for(identity.peer_id(), State::Online, SOON).unwrap();
    // Says hello, then never a word.
    let mute = link();
    assert!(!first.ends_within(Duration::from_secs(2)).unwrap(), "replaced by a link that never answered");
    drop(mute);
    let mut second = link();
    second.expect("hello", SOON).unwrap();
    // Reading answers the ping.
    assert!(!second.ends_within(Duration::from_secs(1)).unwrap());
    assert!(first.ends_within(SOON).unwrap(), "two links to one person");
    assert_changes(&node, identity.peer_id(), &[State::Online], "it flapped");
}
