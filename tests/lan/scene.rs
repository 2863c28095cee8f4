//! A node, a friend and an enemy.

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{NodeProcess, State};
use dogeller_tests::tls::{Identity, Link};
use serde_json::Value;

use crate::{SOON, assert_changes, wait_until_complete};

/// A node, an honest friend of it, and a host for the enemy.
pub(crate) struct Scene {
    pub(crate) lab: Lab,
    pub(crate) node: NodeProcess,
    pub(crate) friend: NodeProcess,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let lab = Lab::new(3).unwrap();
        let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
        let friend = NodeProcess::start(&lab.host(1), "Friend").unwrap();
        wait_until_complete(&[&node, &friend]);
        Self { lab, node, friend }
    }

    /// A link on which nothing is said yet.
    pub(crate) fn dial(&self) -> Link {
        Link::dial(&self.lab.host(2), self.node.address().unwrap(), &Identity::new().unwrap()).unwrap()
    }

    /// A link of somebody who is on the node's list.
    pub(crate) fn join(&self) -> (Link, Value) {
        let enemy = Identity::new().unwrap();
        let joined = Link::join(&self.lab.host(2), self.node.address().unwrap(), &enemy, "Enemy").unwrap();
        self.node.wait_for(enemy.peer_id(), State::Online, SOON).unwrap();
        joined
    }

    /// The node and its friend have noticed nothing, and whoever is honest is still welcome.
    #[track_caller]
    pub(crate) fn unharmed(&mut self, after: &str) {
        assert!(self.node.is_running().unwrap(), "{after}: the node is dead:\n{}", self.node.log());
        let (node, friend) = (self.node.peer_id().unwrap(), self.friend.peer_id().unwrap());
        assert_changes(&self.node, &friend, &[State::Online], &format!("{after}: the friend was lost"));
        assert_changes(&self.friend, &node, &[State::Online], &format!("{after}: the node was lost"));
        self.join();
    }
}
