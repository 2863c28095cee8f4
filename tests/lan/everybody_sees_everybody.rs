//! Nodes started together see each other completely.

use dogeller_tests::lab::{Lab, Uplink};
use dogeller_tests::node::{NodeProcess, State};
use std::time::Duration;

use crate::{assert_changes, nodes_on, wait_until_complete};

/// Complete, and everybody came once: no flapping, nobody else, not oneself.
fn check(nodes: &[NodeProcess]) {
    let nodes: Vec<_> = nodes.iter().collect();
    wait_until_complete(&nodes);
    std::thread::sleep(Duration::from_secs(1));
    for node in &nodes {
        assert_eq!(node.list().len(), nodes.len() - 1, "{:?}", node.list());
        for other in node.list().keys() {
            assert_changes(node, other, &[State::Online], &format!("{} about {other}", node.options().name));
        }
    }
}

#[test]
fn two_nodes() {
    let lab = Lab::new(2).unwrap();
    check(&nodes_on(&lab));
}

#[test]
fn ten_nodes() {
    let lab = Lab::new(10).unwrap();
    check(&nodes_on(&lab));
}

#[test]
fn five_nodes_on_a_bad_network() {
    let lab = Lab::with_seed(5, 1).unwrap();
    for host in lab.hosts() {
        let (delay, jitter) = (Duration::from_millis(30), Duration::from_millis(20));
        host.set_uplink(Uplink { delay, jitter, loss: 0.1, ..Uplink::default() }).unwrap();
    }
    let nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
}

#[test]
fn several_on_one_machine() {
    let lab = Lab::new(2).unwrap();
    let start = |host, name| NodeProcess::start(&lab.host(host), name).unwrap();
    check(&[start(0, "First"), start(0, "Second"), start(1, "Third")]);
}
