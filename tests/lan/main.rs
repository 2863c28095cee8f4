//! What real nodes promise on a network, one promise a file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod address_changes;
mod cable_is_pulled;
mod data_folder_is_safe;
mod dead_link_is_replaced;
mod disk_is_full;
mod everybody_sees_everybody;
mod files_arrive;
mod flood_keeps_nobody_out;
mod hostile_input_harms_nobody;
mod impostor_gets_no_byte;
mod leaving_is_seen;
mod messages_arrive_once;
mod multicast_is_swallowed;
mod newcomer_is_seen;
mod same_names_are_two_people;
mod scene;
mod signals_apply_once;
mod strangers_are_shown_out;

use std::time::Duration;

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{Event, List, NodeProcess, State, online};

/// After this a person would call it broken.
const SOON: Duration = Duration::from_secs(10);
/// Time enough for what must not happen.
const A_WHILE: Duration = Duration::from_secs(3);

/// The seeds of a test that is played with several: as many as a variable says, from `DOGELLER_SEED` on.
fn seeds(variable: &str, default: u64) -> std::ops::Range<u64> {
    let number = |variable| std::env::var(variable).ok().and_then(|value| value.parse().ok());
    let first = number("DOGELLER_SEED").unwrap_or(1);
    first..first + number(variable).unwrap_or(default)
}

/// One node on each host, named after the host's number, all started before any is waited for.
fn nodes_on(lab: &Lab) -> Vec<NodeProcess> {
    let launch = |host| NodeProcess::launch(host, &format!("Node {}", host.index()), |_| {}).unwrap();
    let nodes: Vec<_> = lab.hosts().iter().map(launch).collect();
    for node in &nodes {
        node.ready().unwrap();
    }
    nodes
}

/// Waits until every node has exactly the others online, under their names.
#[track_caller]
fn wait_until_complete(nodes: &[&NodeProcess]) {
    for node in nodes {
        let others = others_of(node, nodes);
        let complete = |list: &List| {
            online(list).len() == others.len()
                && others.iter().all(|(id, name)| {
                    list.get(id).is_some_and(|person| person.state == State::Online && person.name == *name)
                })
        };
        if let Err(error) = node.wait_for_peers(complete, SOON) {
            panic!("the list of {} is not complete: {error}", node.options().name);
        }
    }
}

fn others_of(node: &NodeProcess, nodes: &[&NodeProcess]) -> Vec<(String, String)> {
    let own = node.peer_id().unwrap();
    let everybody = nodes.iter().map(|other| (other.peer_id().unwrap(), other.options().name.clone()));
    everybody.filter(|(id, _)| *id != own).collect()
}

/// Every change a node told of somebody, in order.
fn changes(node: &NodeProcess, peer_id: &str) -> Vec<State> {
    let state = |event| match event {
        Event::Peer { peer_id: id, state, .. } if id == peer_id => Some(state),
        Event::Peer { .. } | Event::Ready(_) => None,
    };
    node.heard().into_iter().filter_map(|heard| state(heard.event)).collect()
}

/// A node told exactly these changes of somebody; otherwise everything it said is shown.
#[track_caller]
fn assert_changes(node: &NodeProcess, peer_id: &str, expected: &[State], why: &str) {
    let told = changes(node, peer_id);
    if told != expected {
        let heard: String = node.heard().iter().map(|heard| format!("{heard:?}\n")).collect();
        panic!(
            "{} told {told:?} of {peer_id}, expected {expected:?}: {why}\nit printed:\n{heard}its log:\n{}",
            node.options().name,
            node.log()
        );
    }
}
