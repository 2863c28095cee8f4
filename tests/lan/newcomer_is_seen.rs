//! Whoever comes later is seen by all, and sees all.

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{NodeProcess, State};

use crate::{SOON, assert_changes, wait_until_complete};

#[test]
fn one_comes() {
    let lab = Lab::new(4).unwrap();
    let start = |host: usize| NodeProcess::start(&lab.host(host), &format!("Node {host}")).unwrap();
    let (a, b, c) = (start(0), start(1), start(2));
    wait_until_complete(&[&a, &b, &c]);
    let newcomer = start(3);
    wait_until_complete(&[&a, &b, &c, &newcomer]);
    // Nobody else moved.
    assert_changes(&a, &b.peer_id().unwrap(), &[State::Online], "it flapped");
    assert_changes(&c, &a.peer_id().unwrap(), &[State::Online], "it flapped");
}

#[test]
fn two_come_at_the_same_instant() {
    let lab = Lab::new(4).unwrap();
    let launch = |host: usize| NodeProcess::launch(&lab.host(host), &format!("Node {host}"), |_| {}).unwrap();
    let (a, b) = (launch(0), launch(1));
    wait_until_complete(&[&a, &b]);
    let (c, d) = (launch(2), launch(3));
    wait_until_complete(&[&a, &b, &c, &d]);
    assert_changes(&c, &d.peer_id().unwrap(), &[State::Online], "it flapped");
    assert_changes(&d, &c.peer_id().unwrap(), &[State::Online], "it flapped");
}

#[test]
fn a_new_name_is_the_same_person() {
    let lab = Lab::new(2).unwrap();
    let a = NodeProcess::start(&lab.host(0), "Anna").unwrap();
    let mut b = NodeProcess::start(&lab.host(1), "Berta").unwrap();
    wait_until_complete(&[&a, &b]);
    let id = b.peer_id().unwrap();
    assert!(b.terminate().unwrap().success());
    let data_dir = b.options().data_dir.clone();
    let renamed = NodeProcess::launch(&lab.host(1), "Bertha", |options| options.data_dir = data_dir).unwrap();
    assert_eq!(renamed.peer_id().unwrap(), id);
    a.wait_for_peers(|list| list.len() == 1 && list[&id].name == "Bertha" && list[&id].state == State::Online, SOON)
        .unwrap();
}
