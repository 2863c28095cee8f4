//! Access points swallow multicast, in one direction or both. One reachable peer is enough to find everybody.

use std::net::SocketAddr;

use dogeller_tests::lab::{Lab, Multicast};
use dogeller_tests::node::NodeProcess;

use crate::{A_WHILE, wait_until_complete};

fn start(lab: &Lab, host: usize) -> NodeProcess {
    NodeProcess::start(&lab.host(host), &format!("Node {host}")).unwrap()
}

#[test]
fn in_both_directions() {
    let lab = Lab::new(4).unwrap();
    lab.host(3).set_multicast(Multicast { to: false, from: false }).unwrap();
    let (a, b, c) = (start(&lab, 0), start(&lab, 1), start(&lab, 2));
    let mut cut_off = start(&lab, 3);
    wait_until_complete(&[&a, &b, &c]);
    std::thread::sleep(A_WHILE);
    assert!(cut_off.list().is_empty(), "multicast reached it after all: {:?}", cut_off.list());
    cut_off.kill9().unwrap();

    let through: SocketAddr = a.address().unwrap();
    let cut_off = NodeProcess::launch(&lab.host(3), "Cut off", |options| options.peers.push(through)).unwrap();
    wait_until_complete(&[&a, &b, &c, &cut_off]);
    // Whoever comes later is found as well.
    let late = NodeProcess::start(&lab.host(2), "Late").unwrap();
    wait_until_complete(&[&a, &b, &c, &cut_off, &late]);
}

#[test]
fn to_a_deaf_node() {
    let lab = Lab::new(4).unwrap();
    lab.host(3).set_multicast(Multicast { to: false, from: true }).unwrap();
    let (a, b) = (start(&lab, 0), start(&lab, 1));
    wait_until_complete(&[&a, &b]);
    let deaf = start(&lab, 3);
    wait_until_complete(&[&a, &b, &deaf]);
    let late = start(&lab, 2);
    wait_until_complete(&[&a, &b, &deaf, &late]);
}

#[test]
fn from_a_mute_node() {
    let lab = Lab::new(4).unwrap();
    lab.host(3).set_multicast(Multicast { to: true, from: false }).unwrap();
    let (a, b) = (start(&lab, 0), start(&lab, 1));
    wait_until_complete(&[&a, &b]);
    // Nobody hears it ask. It hears whoever comes after it, and through them of everybody.
    let mute = start(&lab, 3);
    let late = start(&lab, 2);
    wait_until_complete(&[&a, &b, &mute, &late]);
}

#[test]
fn from_a_mute_node_that_was_there_first() {
    let lab = Lab::new(3).unwrap();
    lab.host(0).set_multicast(Multicast { to: true, from: false }).unwrap();
    let mute = start(&lab, 0);
    let (a, b) = (start(&lab, 1), start(&lab, 2));
    wait_until_complete(&[&mute, &a, &b]);
}
