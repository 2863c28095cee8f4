//! `dogeller-lab`, the lab for programs in other languages.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use dogeller_tests::lab::{World, enter};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_dogeller-lab");

struct LabProcess {
    child: Child,
    orders: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl LabProcess {
    fn start(mut command: Command) -> (Self, Value) {
        command.args(["--hosts", "3", "--seed", "5"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let orders = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut lab = Self { child, orders, lines };
        let ready = lab.read();
        (lab, ready)
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn ask(&mut self, order: &Value) -> Value {
        writeln!(self.orders, "{order}").unwrap();
        self.read()
    }

    fn end(mut self) {
        drop(self.orders);
        assert!(self.child.wait().unwrap().success());
    }
}

/// Makes a command line run as an ordinary user.
const AS_NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// The same, on a machine where everybody may open `/dev/net/tun`, as udev leaves it; bare containers do not.
const WITH_TUN: [&str; 5] = [
    "unshare",
    "--mount",
    "sh",
    "-ec",
    "mount -t tmpfs tmpfs /dev/net; mknod -m 666 /dev/net/tun c 10 200; exec \"$0\" \"$@\"",
];

fn words(before: &[&str], rest: &[&str]) -> Command {
    let mut words = before.iter().chain(rest);
    let mut command = Command::new(words.next().unwrap());
    command.args(words);
    command
}

/// Runs a command line on a host as the ready line says.
fn on_host(before: &[&str], ready: &Value, index: usize, command: &[&str]) -> String {
    let enter = ready["hosts"][index]["enter"].as_array().unwrap();
    let enter: Vec<_> = enter.iter().map(|word| word.as_str().unwrap()).chain(command.iter().copied()).collect();
    let output = words(before, &enter).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs `lab` and asks it for everything. `before` is put before every command line that enters a host.
fn check(lab: Command, before: &[&str]) {
    let (mut lab, ready) = LabProcess::start(lab);
    assert_eq!(ready["event"], "ready");
    assert_eq!(ready["hosts"][1]["address"], "10.77.0.2");
    for index in 0..3 {
        let own = format!("10.77.0.{}/16", index + 1);
        let addresses = on_host(before, &ready, index, &["ip", "-oneline", "address", "show", "dev", "eth0"]);
        assert!(addresses.contains(&own), "{addresses}");
    }
    let ok = json!({"ok": true});
    assert_eq!(lab.ask(&json!({"set": {"host": 0, "delay_ms": 50, "jitter_ms": 0, "loss": 0.1, "rate_kbit": 0}})), ok);
    assert_eq!(lab.ask(&json!({"multicast": {"host": 0, "to": false, "from": false}})), ok);
    assert_eq!(lab.ask(&json!({"cable": {"host": 2, "up": false}})), ok);
    let link = on_host(before, &ready, 2, &["ip", "-oneline", "link", "show", "dev", "eth0"]);
    assert!(link.contains("NO-CARRIER"), "{link}");
    assert_eq!(lab.ask(&json!({"address": {"host": 1, "address": "10.77.4.4"}})), ok);
    let addresses = on_host(before, &ready, 1, &["ip", "-oneline", "address", "show", "dev", "eth0"]);
    assert!(addresses.contains("10.77.4.4/16") && !addresses.contains("10.77.0.2"), "{addresses}");
    assert_eq!(lab.ask(&json!({"address6": {"host": 1, "address": "fd00::2"}})), ok);
    let addresses = on_host(before, &ready, 1, &["ip", "-oneline", "address", "show", "dev", "eth0"]);
    assert!(addresses.contains("fd00::2/64"), "{addresses}");
    let count = lab.ask(&json!({"count": {"host": 0}}));
    assert_eq!(count["count"]["host"], 0);
    assert!(count["count"]["from"]["rtp_packets"].is_u64(), "{count}");
    for wrong in [json!({"cable": {"host": 3, "up": false}}), json!({"dance": {}}), json!(7)] {
        assert!(lab.ask(&wrong)["error"].is_string());
    }
    lab.end();
}

#[test]
fn the_command_serves_whoever_started_it() {
    // A caller that is not root has a namespace made for it; so would be the lab, but here as part of the caller's.
    enter().unwrap();
    check(Command::new(PROGRAM), &[]);
}

#[test]
fn it_needs_no_rights() {
    match enter().unwrap() {
        // Without rights every test of this file shows it.
        World::UserNamespace => return,
        World::Root => {}
    }
    // The build may lie where only root can read.
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let copy = folder.path().join("dogeller-lab");
    fs::copy(PROGRAM, &copy).unwrap();
    let before: Vec<_> = WITH_TUN.into_iter().chain(AS_NOBODY).collect();
    check(words(&before, &[copy.to_str().unwrap()]), &AS_NOBODY);
}
