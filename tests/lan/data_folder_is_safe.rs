//! The data folder holds one identity, for its owner alone and for one running node.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{NodeProcess, START, State};

use crate::{SOON, assert_changes, wait_until_complete};

/// The files that hold a private key.
fn keys(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(keys(&path));
        } else if fs::read(&path).unwrap().windows(11).any(|words| words == b"PRIVATE KEY") {
            found.push(path);
        }
    }
    found
}

/// Starts a node once, ends it, and gives the one file of its key; the echo contact inside it has another, in a folder of
/// its own.
fn key_of(node: &mut NodeProcess) -> PathBuf {
    node.ready().unwrap();
    assert!(node.terminate().unwrap().success());
    let folder = &node.options().data_dir;
    let (inside, own): (Vec<PathBuf>, Vec<PathBuf>) =
        keys(folder).into_iter().partition(|key| key.starts_with(folder.join("echo")));
    assert!(own.len() == 1 && inside.len() <= 1, "{own:?}, {inside:?}");
    own.into_iter().next().unwrap()
}

#[test]
fn only_its_owner_reads_the_key() {
    let lab = Lab::new(1).unwrap();
    let mut node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    key_of(&mut node);
    for key in keys(&node.options().data_dir) {
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "{key:?}");
    }
}

#[test]
fn the_same_folder_is_the_same_person() {
    let lab = Lab::new(1).unwrap();
    let mut node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let first = node.peer_id().unwrap();
    let key = key_of(&mut node);
    let before = fs::read(&key).unwrap();
    node.restart().unwrap();
    assert_eq!(node.peer_id().unwrap(), first);
    assert_eq!(fs::read(&key).unwrap(), before);
}

#[test]
fn a_second_start_ends_at_once_and_the_first_lives() {
    let lab = Lab::new(2).unwrap();
    let mut first = NodeProcess::start(&lab.host(0), "First").unwrap();
    let friend = NodeProcess::start(&lab.host(1), "Friend").unwrap();
    wait_until_complete(&[&first, &friend]);
    let data_dir = first.options().data_dir.clone();
    let mut second = NodeProcess::launch(&lab.host(0), "Second", |options| options.data_dir = data_dir).unwrap();
    assert_eq!(second.wait_for_end(START).unwrap().code(), Some(3));
    assert!(second.heard().is_empty(), "{:?}", second.heard());
    assert!(!second.log().is_empty(), "it says nothing about why");
    assert!(first.is_running().unwrap());
    assert_changes(&friend, &first.peer_id().unwrap(), &[State::Online], "it flapped");
    // After the first has ended, even by a crash, the folder is free again.
    first.restart().unwrap();
    first.ready().unwrap();
    friend.wait_for(&first.peer_id().unwrap(), State::Online, SOON).unwrap();
}

#[test]
fn a_damaged_key_is_an_error_and_never_replaced() {
    let lab = Lab::new(1).unwrap();
    let mut node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let path = key_of(&mut node);
    let whole = fs::read(&path).unwrap();
    let half = whole[..whole.len() / 2].to_vec();
    for damaged in [b"not a key".to_vec(), Vec::new(), half, vec![0xff; 100_000]] {
        fs::write(&path, &damaged).unwrap();
        node.restart().unwrap();
        let status = node.wait_for_end(START).unwrap();
        assert!(!matches!(status.code(), Some(0 | 3) | None), "{status}");
        assert!(node.heard().is_empty(), "it printed {:?}", node.heard());
        let log = node.log();
        assert!(log.contains(path.to_str().unwrap()), "it does not say which file: {log:?}");
        assert!(!log.contains("panicked"), "{log}");
        assert_eq!(fs::read(&path).unwrap(), damaged, "the file was changed");
    }
    fs::write(&path, &whole).unwrap();
    node.restart().unwrap();
    node.ready().unwrap();
}
