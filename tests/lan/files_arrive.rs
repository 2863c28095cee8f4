//! What somebody sends is there as it was, or not at all, whatever happens to nodes and cables meanwhile.
//!
//! `DOGELLER_TRANSFERS` sets how many transfers are cut (a soak cuts more), `DOGELLER_SEED` which is the first.

use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use dogeller_tests::lab::{Lab, Uplink};
use dogeller_tests::node::NodeProcess;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use crate::{SOON, nodes_on, seeds, wait_until_complete};

/// Transfers that are cut, by default.
const TRANSFERS: u64 = 3;
/// Faults in each.
const FAULTS: usize = 5;
/// So that a fault finds it under way: some 3 seconds for all of it.
const RATE_KBIT: u32 = 80_000;
/// Rests between dials and between tries.
const SETTLED: Duration = Duration::from_secs(90);

/// A folder with files of all sizes; some 30 MB.
fn tree(below: &Path, dice: &mut StdRng) -> PathBuf {
    let trip = below.join("trip");
    let mut file = |path: PathBuf, size: usize| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut bytes = vec![0; size];
        dice.fill_bytes(&mut bytes);
        fs::write(path, bytes).unwrap();
    };
    (0..200).for_each(|n| file(trip.join(format!("notes/{n}.txt")), n * 50));
    (0..10).for_each(|n| file(trip.join(format!("photos/{n}.jpg")), 500_000 + n));
    file(trip.join("film.mp4"), 20_000_000);
    file(trip.join("nothing"), 0);
    fs::create_dir_all(trip.join("empty")).unwrap();
    trip
}

/// Every file and folder below a folder, by its path.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(folder).unwrap().to_owned();
            let is_file = path.is_file();
            all.insert(below, is_file.then(|| fs::read(&path).unwrap()));
            if !is_file {
                folders.push(path);
            }
        }
    }
    all
}

fn names(folder: &Path) -> Vec<String> {
    let listed = fs::read_dir(folder).into_iter().flatten();
    listed.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// The last entry of a conversation, as a script is told.
fn last(node: &NodeProcess, with: &NodeProcess) -> String {
    let told = node.ask(&["history", &with.peer_id().unwrap(), "--json", "--last", "1"]).unwrap();
    String::from_utf8(told.stdout).unwrap()
}

#[test]
fn whatever_ends_meanwhile() {
    seeds("DOGELLER_TRANSFERS", TRANSFERS).for_each(transfer);
}

fn transfer(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let lab = Lab::with_seed(2, seed).unwrap();
    let mut nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    for host in lab.hosts() {
        host.set_uplink(Uplink { rate_kbit: Some(RATE_KBIT), ..Uplink::default() }).unwrap();
    }
    let home = tempfile::tempdir().unwrap();
    let trip = tree(home.path(), &mut dice);
    let from = dice.random_range(0..2usize);
    let to = 1 - from;
    let (ada, ben) = (nodes[from].peer_id().unwrap(), nodes[to].peer_id().unwrap());
    let sent = nodes[from].ask(&["send", &ben, trip.to_str().unwrap(), "--wait", "0"]).unwrap();
    assert_eq!(sent.status.code(), Some(8), "{sent:?}");
    let taken = nodes[to].ask(&["receive", &ada, "--wait", "1"]).unwrap();
    assert!(matches!(taken.status.code(), Some(0 | 8)), "{taken:?}");
    let downloads = nodes[to].options().downloads();
    let mut faults = Vec::new();
    for step in 0..FAULTS {
        let at = dice.random_range(0..2usize);
        let fault = dice.random_range(0..5);
        faults.push((fault, at));
        match fault {
            0 => {
                nodes[at].restart().unwrap();
                nodes[at].ready().unwrap();
            }
            1 => {
                nodes[at].terminate().unwrap();
                nodes[at].restart().unwrap();
                nodes[at].ready().unwrap();
            }
            2 => {
                nodes[at].freeze(true).unwrap();
                sleep(Duration::from_millis(dice.random_range(0..3000)));
                nodes[at].freeze(false).unwrap();
            }
            3 => {
                lab.host(at).set_cable(false).unwrap();
                sleep(Duration::from_millis(dice.random_range(0..6000)));
                lab.host(at).set_cable(true).unwrap();
            }
            _ => lab.host(at).change_address(Ipv4Addr::new(10, 77, 7, 10 + step as u8)).unwrap(),
        }
        // A half tree has no name that anybody would take for a whole one's.
        if downloads.join("trip").exists() {
            assert!(contents(&downloads.join("trip")) == contents(&trip), "seed {seed}: {faults:?}");
        }
        sleep(Duration::from_millis(dice.random_range(0..700)));
    }
    let begun = Instant::now();
    loop {
        let told = [last(&nodes[from], &nodes[to]), last(&nodes[to], &nodes[from])];
        if told.iter().all(|line| line.contains(r#""stage":{"is":"received"}"#)) && told[1].contains("\"place\":\"/") {
            break;
        }
        assert!(
            begun.elapsed() < SETTLED,
            "seed {seed}: {faults:?}: {told:#?}\n{:?}\n{}\n{}",
            names(&downloads),
            nodes[from].log(),
            nodes[to].log()
        );
        sleep(Duration::from_millis(200));
    }
    assert!(contents(&downloads.join("trip")) == contents(&trip), "seed {seed}: {faults:?}");
    assert_eq!(names(&downloads), ["trip"], "seed {seed}: {faults:?}");
    let left = names(&nodes[to].options().data_dir.join("files"));
    assert_eq!(left, Vec::<String>::new(), "seed {seed}: nothing is remembered of what is over");
    eprintln!("seed {seed}: {faults:?}: there {:?} after the last", begun.elapsed());
}

#[test]
fn several_people_and_files_at_once() {
    let lab = Lab::new(3).unwrap();
    let nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let home = tempfile::tempdir().unwrap();
    let trip = tree(home.path(), &mut StdRng::seed_from_u64(7));
    let trip = trip.to_str().unwrap();
    std::thread::scope(|scope| {
        // Node 0 sends to both others what they send to it, and six more small ones wait for their turn.
        let send = |from: usize, to: usize, what: &str| {
            nodes[from].ask(&["send", &format!("Node {to}"), what, "--wait", "0"]).unwrap()
        };
        for (from, to) in [(0, 1), (0, 2), (1, 0), (2, 0)] {
            assert_eq!(send(from, to, trip).status.code(), Some(8));
        }
        for n in 0..6 {
            let note = home.path().join(format!("note {n}"));
            fs::write(&note, format!("{n}")).unwrap();
            send(0, 1, note.to_str().unwrap());
        }
        for (from, to) in [(0, 1), (0, 2), (1, 0), (2, 0)] {
            let nodes = &nodes;
            scope.spawn(move || {
                let taken = nodes[to].ask(&["receive", &format!("Node {from}"), "--wait", "60"]).unwrap();
                assert_eq!(taken.status.code(), Some(0), "{from} to {to}: {taken:?}");
            });
        }
    });
    let whole = contents(Path::new(trip));
    for (node, folders) in [(0, vec!["trip", "trip (2)"]), (1, vec!["trip"]), (2, vec!["trip"])] {
        let downloads = nodes[node].options().downloads();
        for folder in folders {
            assert!(contents(&downloads.join(folder)) == whole, "{folder} at {node}");
        }
    }
    let mut notes = names(&nodes[1].options().downloads());
    notes.retain(|name| name.starts_with("note"));
    assert_eq!(notes.len(), 6);
}

#[test]
fn commands_send_and_receive_and_say_how_it_ended() {
    let lab = Lab::new(2).unwrap();
    let nodes = nodes_on(&lab);
    wait_until_complete(&nodes.iter().collect::<Vec<_>>());
    let home = tempfile::tempdir().unwrap();
    let note = home.path().join("note.txt");
    fs::write(&note, "hello").unwrap();
    let missing = nodes[0].ask(&["send", "Node 1", "/nowhere/at/all"]).unwrap();
    assert_eq!(missing.status.code(), Some(7), "{missing:?}");
    assert_eq!(nodes[0].ask(&["send", "Nobody", "x"]).unwrap().status.code(), Some(4));
    let note = note.to_str().unwrap();
    std::thread::scope(|scope| {
        let sent = scope.spawn(|| nodes[0].ask(&["send", "Node 1", note, note]).unwrap());
        let taken = nodes[1].ask(&["receive", "Node 0"]).unwrap();
        let said = String::from_utf8(taken.stdout).unwrap();
        assert!(said.starts_with("Node 0 sends note.txt, 2 note.txt (10 B).\n"), "{said}");
        let sent = sent.join().unwrap();
        let said = String::from_utf8(sent.stdout).unwrap();
        assert_eq!((sent.status.code(), taken.status.code()), (Some(0), Some(0)), "{said}");
        assert!(said.ends_with("Node 1 has received all of it.\n"), "{said}");
    });
    let downloads = nodes[1].options().downloads();
    assert_eq!(fs::read_to_string(downloads.join("2 note.txt")).unwrap(), "hello");
    // Nobody takes it; it waits, and the other is told of it when they look.
    assert_eq!(nodes[0].ask(&["send", "Node 1", note, "--wait", "1"]).unwrap().status.code(), Some(8));
    assert_eq!(nodes[1].ask(&["receive", "Node 0", "--wait", "20"]).unwrap().status.code(), Some(0));
    let begun = Instant::now();
    while names(&downloads).len() < 3 {
        assert!(begun.elapsed() < SOON, "{:?}", names(&downloads));
        sleep(Duration::from_millis(50));
    }
    assert_eq!(fs::read_to_string(downloads.join("note (2).txt")).unwrap(), "hello", "nothing is written over");
}
