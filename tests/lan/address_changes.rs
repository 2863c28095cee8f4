//! A new address (another DHCP server, another network card) takes nobody off the list for long.

use std::net::Ipv4Addr;

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{NodeProcess, State};

use crate::{nodes_on, wait_until_complete};

#[test]
fn of_one_host() {
    let lab = Lab::new(3).unwrap();
    let nodes = nodes_on(&lab);
    let everybody: Vec<_> = nodes.iter().collect();
    wait_until_complete(&everybody);
    lab.host(0).change_address(Ipv4Addr::new(10, 77, 5, 5)).unwrap();
    // Links over the old address are dead, whether they know it or not; whoever comes now must find everybody at the
    // addresses they have.
    std::thread::sleep(std::time::Duration::from_secs(5));
    wait_until_complete(&everybody);
    let newcomer = NodeProcess::start(&lab.host(1), "Newcomer").unwrap();
    wait_until_complete(&[&nodes[0], &nodes[1], &nodes[2], &newcomer]);
    for node in &nodes[1..] {
        let list = node.list();
        assert_eq!(list.len(), 3, "nobody is there twice: {list:?}");
        assert!(list.values().all(|person| person.state == State::Online));
    }
}

#[test]
fn late() {
    // The address comes after the start, as from a slow DHCP server.
    let lab = Lab::new(2).unwrap();
    let mut late = lab.host(0);
    late.change_address(Ipv4Addr::UNSPECIFIED).unwrap();
    let nodes = nodes_on(&lab);
    late.change_address(Ipv4Addr::new(10, 77, 0, 1)).unwrap();
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
}
