//! Signals that come twice, too early or for somebody else are applied once, in order, or not at all.

use std::time::Duration;

use dogeller_tests::lab::Lab;
use dogeller_tests::node::NodeProcess;
use dogeller_tests::tls::{Identity, Link, hello};
use serde_json::{Value, json};

use crate::SOON;

/// A link and the boots of its two ends.
struct Caller {
    link: Link,
    own: Value,
    theirs: Value,
}

impl Caller {
    fn new(lab: &Lab, node: &NodeProcess, identity: &Identity) -> Self {
        let mut link = Link::dial(&lab.host(1), node.address().unwrap(), identity).unwrap();
        let greeting = hello("Caller", 1);
        link.send(&greeting).unwrap();
        let theirs = link.expect("hello", SOON).unwrap()["boot"].clone();
        Self { link, own: greeting["boot"].clone(), theirs }
    }

    fn invite(&self, n: u64, call: u8) -> Value {
        json!({"type": "signal", "n": n, "to": self.theirs, "from": self.own, "age_ms": 0, "signal": {
            "signal": "invite", "call": id(call), "media": "video", "commitment": "00".repeat(32), "members": []}})
    }

    /// The calls the node said goodbye to within that time, in order. No page of it is open, so that is its answer to
    /// every invite.
    fn refused(&mut self, time: Duration) -> Vec<String> {
        let (signals, ended) = self.link.listen("signal", time).unwrap();
        assert!(!ended, "the link was closed");
        let byes = signals.iter().map(|signal| &signal["signal"]).filter(|signal| signal["signal"] == "bye");
        byes.map(|bye| {
            assert_eq!(bye["reason"], "not_at_screen");
            bye["call"].as_str().unwrap().to_owned()
        })
        .collect()
    }
}

fn id(call: u8) -> String {
    format!("{call:02x}").repeat(16)
}

#[test]
fn a_copy_changes_nothing() {
    let lab = Lab::new(2).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let mut caller = Caller::new(&lab, &node, &Identity::new().unwrap());
    // The last has an old number and other words: a copy is known by its number.
    for invite in [caller.invite(1, 1), caller.invite(1, 1), caller.invite(1, 2)] {
        caller.link.send(&invite).unwrap();
    }
    assert_eq!(caller.refused(Duration::from_secs(2)), [id(1)]);
}

#[test]
fn an_early_one_waits_for_what_is_missing() {
    let lab = Lab::new(2).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let mut caller = Caller::new(&lab, &node, &Identity::new().unwrap());
    for invite in [caller.invite(3, 3), caller.invite(2, 2)] {
        caller.link.send(&invite).unwrap();
    }
    assert_eq!(caller.refused(Duration::from_secs(1)), [""; 0], "applied before its turn");
    let first = caller.invite(1, 1);
    caller.link.send(&first).unwrap();
    assert_eq!(caller.refused(Duration::from_secs(2)), [id(1), id(2), id(3)]);
}

#[test]
fn one_for_another_start_is_not_heard() {
    let lab = Lab::new(2).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let mut caller = Caller::new(&lab, &node, &Identity::new().unwrap());
    let mut to_the_past = caller.invite(1, 1);
    to_the_past["to"] = json!({"count": 0, "random": 0});
    let mut from_the_past = caller.invite(1, 2);
    from_the_past["from"] = json!({"count": 0, "random": 0});
    caller.link.send(&to_the_past).unwrap();
    caller.link.send(&from_the_past).unwrap();
    assert_eq!(caller.refused(Duration::from_secs(1)), [""; 0]);
    let true_one = caller.invite(1, 3);
    caller.link.send(&true_one).unwrap();
    assert_eq!(caller.refused(Duration::from_secs(2)), [id(3)]);
}

#[test]
fn what_was_not_acknowledged_comes_again_on_the_next_link() {
    let lab = Lab::new(2).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let identity = Identity::new().unwrap();
    let mut first = Caller::new(&lab, &node, &identity);
    let invite = first.invite(1, 1);
    first.link.send(&invite).unwrap();
    let answer = first.link.expect("signal", SOON).unwrap();
    let number = answer["n"].clone();
    // The same start, another link; the answer was never acknowledged on the first.
    let Caller { link, own, .. } = first;
    drop(link);
    let mut link = Link::dial(&lab.host(1), node.address().unwrap(), &identity).unwrap();
    let mut greeting = hello("Caller", 1);
    greeting["boot"] = own;
    link.send(&greeting).unwrap();
    let again = link.expect("signal", SOON).unwrap();
    assert_eq!((&again["n"], &again["signal"]), (&number, &answer["signal"]));
    // Acknowledged, it does not come a third time.
    link.send(&json!({"type": "ack", "n": number})).unwrap();
    link.send(&json!({"type": "ping", "n": 1})).unwrap();
    link.expect("pong", SOON).unwrap();
    drop(link);
    let mut link = Link::dial(&lab.host(1), node.address().unwrap(), &identity).unwrap();
    link.send(&greeting).unwrap();
    link.expect("hello", SOON).unwrap();
    assert_eq!(link.listen("signal", Duration::from_secs(1)).unwrap(), (Vec::new(), false));
}

#[test]
fn one_too_far_ahead_ends_the_link() {
    let lab = Lab::new(2).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    for n in [1000, u64::MAX] {
        let mut caller = Caller::new(&lab, &node, &Identity::new().unwrap());
        let far = caller.invite(n, 1);
        caller.link.send(&far).unwrap();
        assert!(caller.link.ends_within(SOON).unwrap(), "number {n}");
    }
}
