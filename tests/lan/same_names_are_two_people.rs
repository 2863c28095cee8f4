//! A name is a label: two people of one name are two people.

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{NodeProcess, State};
use dogeller_tests::tls::{Identity, Link};

use crate::{SOON, wait_until_complete};

#[test]
fn on_every_list() {
    let lab = Lab::new(3).unwrap();
    let start = |host, name| NodeProcess::start(&lab.host(host), name).unwrap();
    let nodes = [start(0, "Anna"), start(1, "Anna"), start(2, "Berta")];
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let list = nodes[2].list();
    assert_eq!(list.len(), 2);
    assert!(list.values().all(|person| person.name == "Anna"));
}

#[test]
fn even_when_one_only_says_so() {
    let lab = Lab::new(3).unwrap();
    let (anna, berta) =
        (NodeProcess::start(&lab.host(0), "Anna").unwrap(), NodeProcess::start(&lab.host(1), "Berta").unwrap());
    wait_until_complete(&[&anna, &berta]);
    let liar = Identity::new().unwrap();
    let (_link, _) = Link::join(&lab.host(2), berta.address().unwrap(), &liar, "Anna").unwrap();
    berta.wait_for(liar.peer_id(), State::Online, SOON).unwrap();
    let list = berta.list();
    assert_eq!(list.len(), 2);
    assert_eq!(list[&anna.peer_id().unwrap()].name, "Anna");
    assert_eq!(list[liar.peer_id()].name, "Anna");
}
