//! A lab for programs in other languages: makes the network, says on stdout where each host is, then takes one JSON
//! command a line on stdin and answers each with one JSON line. The network goes when stdin ends.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use clap::Parser;
use dogeller_tests::lab::{Counters, Host, Lab, Multicast, Traffic, Uplink};
use serde::{Deserialize, Serialize};

/// Makes a simulated local network.
#[derive(Debug, Parser)]
#[command(name = "dogeller-lab")]
struct Arguments {
    /// How many machines.
    #[arg(long)]
    hosts: usize,
    /// What chances (loss, jitter) are drawn from.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    Ready { hosts: Vec<HostLine> },
}

#[derive(Debug, Serialize)]
struct HostLine {
    index: usize,
    pid: u32,
    address: Ipv4Addr,
    /// For `nsenter --net=`.
    netns: String,
    /// What to put before a command line to run it on the host.
    enter: Vec<String>,
}

/// An IPv4 address takes the place of the one there is, 0.0.0.0 of all; an IPv6 one comes beside those there are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    Set(SetLine),
    Cable { host: usize, up: bool },
    Multicast { host: usize, to: bool, from: bool },
    Address { host: usize, address: Ipv4Addr },
    Address6 { host: usize, address: Ipv6Addr },
    Count { host: usize },
}

/// Zero is "none" for every number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLine {
    host: usize,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    jitter_ms: u64,
    #[serde(default)]
    loss: f64,
    #[serde(default)]
    rate_kbit: u32,
    #[serde(default)]
    queue_packets: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ok(bool),
    Count { host: usize, from: Traffic, to: Traffic, lost: u64 },
    Error(String),
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let lab = Lab::with_seed(arguments.hosts, arguments.seed)?;
    let mut hosts = lab.hosts().to_vec();
    let lines = hosts.iter().map(|host| line(&lab, host)).collect();
    say(&Event::Ready { hosts: lines })?;
    for text in io::stdin().lock().lines() {
        let text = text?;
        if text.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str(&text) {
            Ok(command) => obey(&mut hosts, command).unwrap_or_else(|error| Answer::Error(error.to_string())),
            Err(error) => Answer::Error(format!("not a command: {error}")),
        };
        say(&answer)?;
    }
    Ok(())
}

fn line(lab: &Lab, host: &Host) -> HostLine {
    HostLine {
        index: host.index(),
        pid: std::process::id(),
        address: host.address(),
        netns: host.network_path().display().to_string(),
        enter: lab.enter_command(host),
    }
}

fn say(line: &impl Serialize) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

fn obey(hosts: &mut [Host], command: Command) -> io::Result<Answer> {
    match command {
        Command::Set(set) => {
            let uplink = Uplink {
                delay: Duration::from_millis(set.delay_ms),
                jitter: Duration::from_millis(set.jitter_ms),
                loss: set.loss,
                rate_kbit: (set.rate_kbit > 0).then_some(set.rate_kbit),
                queue_packets: (set.queue_packets > 0).then_some(set.queue_packets),
            };
            find(hosts, set.host)?.set_uplink(uplink)?;
        }
        Command::Cable { host: index, up } => find(hosts, index)?.set_cable(up)?,
        Command::Multicast { host: index, to, from } => find(hosts, index)?.set_multicast(Multicast { to, from })?,
        Command::Address { host: index, address } => find(hosts, index)?.change_address(address)?,
        Command::Address6 { host: index, address } => find(hosts, index)?.add_address6(address)?,
        Command::Count { host: index } => {
            let Counters { from, to, lost } = find(hosts, index)?.count()?;
            return Ok(Answer::Count { host: index, from, to, lost });
        }
    }
    Ok(Answer::Ok(true))
}

fn find(hosts: &mut [Host], index: usize) -> io::Result<&mut Host> {
    hosts.get_mut(index).ok_or_else(|| io::Error::other(format!("there is no host {index}")))
}
