//! A disk that is full loses nothing that was written, and harms nobody; once there is room, what waited comes.

use dogeller_tests::lab::Lab;
use dogeller_tests::node::NodeProcess;

use crate::wait_until_complete;

/// Room for a node that was just started, and a few long messages.
const SMALL_KIB: u32 = 512;
const LARGE_KIB: u32 = 16 * 1024;
/// More long messages than fit.
const MANY: usize = 60;
const BYTES: usize = 15_000;

#[test]
fn what_others_write_comes_again() {
    let lab = Lab::new(2).unwrap();
    let ada = NodeProcess::start(&lab.host(0), "Ada").unwrap();
    let ben = NodeProcess::launch(&lab.host(1), "Ben", |options| options.disk_kib = Some(SMALL_KIB)).unwrap();
    ben.ready().unwrap();
    wait_until_complete(&[&ada, &ben]);
    let write = |text: &str, wait: &str| ada.ask(&["text", "Ben", text, "--wait", wait]).unwrap().status.code();
    let long = "x".repeat(BYTES);
    let full = (0..MANY).position(|_| write(&long, "2") == Some(8));
    let full = full.expect("the disk was never full");
    assert!(full > 0, "not even one message fits");
    // Nobody else has anything of it, and Ben is as much there as before.
    assert_eq!(write("are you there?", "0"), Some(8));
    wait_until_complete(&[&ada, &ben]);
    ben.grow_disk(LARGE_KIB).unwrap();
    assert_eq!(write("and now?", "60"), Some(0));
    let told = ada.ask(&["history", "Ben", "--json"]).unwrap();
    assert_eq!(String::from_utf8(told.stdout).unwrap().lines().count(), full + 3);
}
