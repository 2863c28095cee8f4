//! What people write arrives once and in order, whatever happens to their nodes and cables meanwhile.
//!
//! `DOGELLER_TALKS` sets how many conversations are held (a soak holds more), `DOGELLER_SEED` which is the first.

use std::net::Ipv4Addr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use dogeller_tests::lab::Lab;
use dogeller_tests::node::NodeProcess;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use crate::{SOON, nodes_on, seeds, wait_until_complete};

/// Conversations held by default.
const TALKS: u64 = 2;
/// Things that people do in one.
const STEPS: usize = 40;
/// Two rests between dials, and the time after which a post leaves again.
const SETTLED: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
struct Line {
    from_me: bool,
    #[serde(default)]
    text: String,
}

/// What one of them has in the conversation with the other: what they wrote, and what came.
fn texts(node: &NodeProcess, with: &NodeProcess) -> (Vec<String>, Vec<String>) {
    let told = node.ask(&["history", &with.peer_id().unwrap(), "--json"]).unwrap();
    if !told.status.success() {
        return Default::default();
    }
    let lines = String::from_utf8(told.stdout).unwrap();
    let lines: Vec<Line> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (mine, theirs): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.from_me);
    let text = |lines: Vec<Line>| lines.into_iter().map(|line| line.text).collect();
    (text(mine), text(theirs))
}

#[test]
fn whatever_ends_meanwhile() {
    seeds("DOGELLER_TALKS", TALKS).for_each(talk);
}

fn talk(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let lab = Lab::with_seed(2, seed).unwrap();
    let mut nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    // Who has never written to each other is not remembered over a restart.
    let mut written: [Vec<String>; 2] = Default::default();
    for at in 0..2 {
        let other = nodes[1 - at].peer_id().unwrap();
        assert!(nodes[at].ask(&["text", &other, "hello"]).unwrap().status.success());
        written[at].push("hello".to_owned());
    }
    for step in 0..STEPS {
        let at = dice.random_range(0..2usize);
        let mut write = |nodes: &[NodeProcess], from: usize, nth: u32| {
            let text = format!("seed {seed}, step {step}, text {nth}");
            let other = nodes[1 - from].peer_id().unwrap();
            let sent = nodes[from].ask(&["text", &other, &text, "--wait", "0"]).unwrap();
            // Delivered, or kept until it can be.
            assert!(matches!(sent.status.code(), Some(0 | 8)), "{text}: {sent:?}");
            written[from].push(text);
        };
        match dice.random_range(0..16) {
            0 => {
                nodes[at].restart().unwrap();
                nodes[at].ready().unwrap();
            }
            1 => {
                nodes[at].terminate().unwrap();
                nodes[at].restart().unwrap();
                nodes[at].ready().unwrap();
            }
            // What is written meanwhile is on its way when the other goes on, or dies without having read it.
            2 | 3 => {
                nodes[at].freeze(true).unwrap();
                (0..dice.random_range(0..4)).for_each(|nth| write(&nodes, 1 - at, nth));
                sleep(Duration::from_millis(dice.random_range(0..1500)));
                if dice.random() {
                    nodes[at].freeze(false).unwrap();
                } else {
                    nodes[at].restart().unwrap();
                    nodes[at].ready().unwrap();
                }
            }
            // The same, and now and then for so long that the link is given up.
            4 | 5 => {
                lab.host(at).set_cable(false).unwrap();
                (0..dice.random_range(0..4)).for_each(|nth| write(&nodes, dice.random_range(0..2), nth));
                sleep(Duration::from_millis(dice.random_range(0..6000)));
                lab.host(at).set_cable(true).unwrap();
            }
            6 => {
                let address = Ipv4Addr::new(10, 77, 7, 10 + step as u8);
                lab.host(at).change_address(address).unwrap();
            }
            _ => write(&nodes, at, 0),
        }
    }
    let begun = Instant::now();
    loop {
        let told = [texts(&nodes[0], &nodes[1]), texts(&nodes[1], &nodes[0])];
        let [(a_mine, a_theirs), (b_mine, b_theirs)] = &told;
        if a_mine == b_theirs && b_mine == a_theirs && *a_mine == written[0] && *b_mine == written[1] {
            eprintln!("seed {seed}: {} messages, in order after {:?}", written.concat().len(), begun.elapsed());
            return;
        }
        assert!(begun.elapsed() < SETTLED, "seed {seed}: {written:#?} became {told:#?}");
        sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_command_writes_and_reads_at_the_running_node_and_without_one() {
    let lab = Lab::new(2).unwrap();
    let mut nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let [ada, ben] = [nodes[0].peer_id().unwrap(), nodes[1].peer_id().unwrap()];
    let code = |node: &NodeProcess, words: &[&str]| node.ask(words).unwrap().status.code();
    assert_eq!(code(&nodes[0], &["text", "Node 1", "by name"]), Some(0));
    assert_eq!(code(&nodes[0], &["text", &ben[..8], "by the beginning of the id"]), Some(0));
    assert_eq!(code(&nodes[0], &["text", "Nobody", "hello"]), Some(4));
    assert_eq!(code(&nodes[0], &["text", "Node 1", "\u{7}"]), Some(7));
    let peers = nodes[0].ask(&["peers"]).unwrap();
    assert!(String::from_utf8(peers.stdout).unwrap().contains(&format!("{}  Node 1  (not at the screen)", &ben[..8])));
    nodes[1].terminate().unwrap();
    nodes[0].wait_for(&ben, dogeller_tests::node::State::Offline, SOON).unwrap();
    assert_eq!(code(&nodes[0], &["text", "Node 1", "for later", "--wait", "0"]), Some(8));
    // No node runs there now: the command brings its own, which is found.
    assert_eq!(code(&nodes[1], &["text", &ada, "from a command alone", "--name", "Node 1"]), Some(0));
    nodes[1].restart().unwrap();
    nodes[1].ready().unwrap();
    let begun = Instant::now();
    let all = ["by name", "by the beginning of the id", "for later"];
    while texts(&nodes[1], &nodes[0]).1 != all {
        assert!(begun.elapsed() < SOON, "{:?}", texts(&nodes[1], &nodes[0]));
    }
    let last = nodes[0].ask(&["history", "Node 1", "--last", "1"]).unwrap();
    let last = String::from_utf8(last.stdout).unwrap();
    assert!(last.ends_with("Node 1: from a command alone\n"), "{last}");
}
