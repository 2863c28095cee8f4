//! What a node costs while nothing happens.

use std::error::Error;
use std::fs;
use std::time::Duration;

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{NodeProcess, State};

/// A node with ten peers, half a minute after the last of them came.
pub(crate) fn ten_peers() -> Result<(), Box<dyn Error>> {
    let lab = Lab::new(11)?;
    let nodes: Vec<_> = lab.hosts().iter().map(|host| NodeProcess::start(host, "Node")).collect::<Result<_, _>>()?;
    for node in &nodes {
        let full = |list: &dogeller_tests::node::List| list.values().filter(|p| p.state == State::Online).count() == 10;
        node.wait_for_peers(full, Duration::from_secs(30))?;
    }
    std::thread::sleep(Duration::from_secs(10));
    println!("  goal: under 25 MB and 0.5 % of a core");
    print_usage(&nodes, Duration::from_secs(20))
}

/// Memory, and processor time over `span`, of each node: the median and the largest.
pub(crate) fn print_usage(nodes: &[NodeProcess], span: Duration) -> Result<(), Box<dyn Error>> {
    let before: Vec<f64> = nodes.iter().map(|node| seconds(node.pid())).collect::<Result<_, _>>()?;
    std::thread::sleep(span);
    let mut shares: Vec<f64> = Vec::new();
    let mut memory: Vec<f64> = Vec::new();
    for (node, before) in nodes.iter().zip(before) {
        shares.push((seconds(node.pid())? - before) / span.as_secs_f64() * 100.0);
        memory.push(megabytes(node.pid())?);
    }
    shares.sort_by(f64::total_cmp);
    memory.sort_by(f64::total_cmp);
    let (middle, last) = (nodes.len() / 2, nodes.len() - 1);
    println!(
        "  RSS {:.1} MB (most {:.1}), processor {:.2} % of a core (most {:.2})",
        memory[middle], memory[last], shares[middle], shares[last]
    );
    Ok(())
}

/// Processor time of a process so far, from `/proc/PID/stat` (proc(5): fields 14 and 15, in ticks of 10 ms).
pub(crate) fn seconds(pid: u32) -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, after_name) = stat.rsplit_once(") ").ok_or("no name in stat")?;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / 100.0)
}

pub(crate) fn megabytes(pid: u32) -> Result<f64, Box<dyn Error>> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1024.0)
}
