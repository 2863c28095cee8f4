//! Many hosts at once, and nothing left of them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use dogeller_tests::lab::{Lab, MOST_HOSTS};

use crate::{acquaint, udp};

#[test]
fn ten_hosts_are_up_in_a_moment_and_reach_each_other() {
    let start = Instant::now();
    let lab = Lab::new(10).unwrap();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "making ten hosts took {took:?}");
    let sockets: Vec<_> = lab.hosts().iter().map(|host| udp(host, 4000)).collect();
    for (at, from) in sockets.iter().enumerate() {
        for to in sockets.iter().skip(at + 1) {
            acquaint(from, to);
            acquaint(to, from);
        }
    }
}

#[test]
fn too_many_hosts_are_refused() {
    assert!(Lab::new(MOST_HOSTS + 1).is_err());
}

#[test]
fn two_labs_do_not_hear_each_other() {
    let (one, other) = (Lab::new(2).unwrap(), Lab::new(1).unwrap());
    assert_eq!(one.host(0).address(), other.host(0).address());
    acquaint(&udp(&one.host(0), 4000), &udp(&one.host(1), 4000));
    let alone = udp(&other.host(0), 4000);
    alone.send_to(b"x", (one.host(1).address(), 4000)).unwrap();
    let listener = udp(&one.host(1), 4001);
    assert!(crate::arrivals(&listener, Duration::from_millis(100)).is_empty());
}

#[test]
fn processes_run_on_their_host_and_end_with_the_lab() {
    let lab = Lab::new(2).unwrap();
    let mut command = Command::new("ip");
    command.args(["-oneline", "address", "show", "dev", "eth0"]).stdout(Stdio::piped());
    let output = lab.host(1).spawn(command).unwrap().wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("10.77.0.2/16"), "{text}");
    assert!(text.contains("inet6 fe80::64:6fff:fe67:2/64"), "{text}");

    let mut command = Command::new("sleep");
    command.arg("600");
    let mut sleeper = lab.host(0).spawn(command).unwrap();
    assert!(sleeper.try_wait().unwrap().is_none());
    drop(lab);
    assert!(!sleeper.wait().unwrap().success());
}

#[test]
fn the_network_of_a_dropped_lab_is_gone() {
    let lab = Lab::new(1).unwrap();
    let path = lab.host(0).network_path();
    assert!(fs::metadata(&path).is_ok());
    drop(lab);
    let end = Instant::now() + Duration::from_secs(5);
    while fs::metadata(&path).is_ok() {
        assert!(Instant::now() < end, "{} is still there", path.display());
        thread::sleep(Duration::from_millis(10));
    }
}
