//! Who is seen when.

use std::error::Error;
use std::time::{Duration, Instant};

use dogeller_tests::lab::Lab;
use dogeller_tests::node::{Event, NodeProcess, State};

use crate::{figures, idle};

type Outcome = Result<(), Box<dyn Error>>;

/// Longer than anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn start_all(lab: &Lab, count: usize) -> Result<Vec<NodeProcess>, Box<dyn Error>> {
    let nodes = lab.hosts().iter().take(count).enumerate();
    let nodes: Vec<_> =
        nodes.map(|(n, host)| NodeProcess::launch(host, &format!("Node {n}"), |_| {})).collect::<Result<_, _>>()?;
    for node in &nodes {
        node.ready()?;
    }
    Ok(nodes)
}

/// When a node was up.
fn ready_at(node: &NodeProcess) -> Result<Instant, Box<dyn Error>> {
    let heard = node.heard();
    let ready = heard.iter().find(|heard| matches!(heard.event, Event::Ready(_)));
    Ok(ready.ok_or("it is not up")?.at)
}

/// When `node` first said after `since` that `peer` is in that state.
fn said_at(node: &NodeProcess, peer: &str, wanted: State, since: Instant) -> Result<Instant, Box<dyn Error>> {
    Ok(node.wait(PATIENCE, |heard| {
        heard.iter().filter(|heard| heard.at >= since).find_map(|heard| match &heard.event {
            Event::Peer { peer_id, state, .. } if peer_id == peer && *state == wanted => Some(heard.at),
            Event::Peer { .. } | Event::Ready(_) => None,
        })
    })?)
}

/// When the last of `nodes` first said so.
fn all_said_at(nodes: &[NodeProcess], peer: &str, wanted: State, since: Instant) -> Result<Instant, Box<dyn Error>> {
    let mut last = since;
    for node in nodes {
        last = last.max(said_at(node, peer, wanted, since)?);
    }
    Ok(last)
}

fn complete(nodes: &[NodeProcess]) -> Outcome {
    for node in nodes {
        node.wait_for_peers(
            |list| list.values().filter(|p| p.state == State::Online).count() + 1 >= nodes.len(),
            PATIENCE,
        )?;
    }
    Ok(())
}

/// Somebody joins a running network.
pub(crate) fn newcomer(running: usize, rounds: usize) -> Outcome {
    let lab = Lab::new(running + 1)?;
    let nodes = start_all(&lab, running)?;
    complete(&nodes)?;
    let (mut seen, mut sees) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let mut newcomer = NodeProcess::start(&lab.host(running), &format!("Newcomer {round}"))?;
        let up = ready_at(&newcomer)?;
        let id = newcomer.peer_id()?;
        // Its line may be read a moment after the others have seen it: then it took no time.
        let early = up - Duration::from_secs(5);
        let last = all_said_at(&nodes, &id, State::Online, early)?;
        seen.push(last.saturating_duration_since(up));
        let mut all = up;
        for node in &nodes {
            all = all.max(said_at(&newcomer, &node.peer_id()?, State::Online, early)?);
        }
        sees.push(all.saturating_duration_since(up));
        newcomer.terminate()?;
        all_said_at(&nodes, &id, State::Offline, up)?;
    }
    figures::print("on everybody's list", seen, "under 300 ms");
    figures::print("everybody on its list", sees, "under 300 ms");
    Ok(())
}

/// All start at once.
pub(crate) fn together(count: usize, rounds: usize) -> Outcome {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let lab = Lab::new(count)?;
        let nodes = start_all(&lab, count)?;
        times.push(mesh_time(&nodes)?);
    }
    figures::print("all lists complete after the last is up", times, "under 1500 ms");
    Ok(())
}

fn mesh_time(nodes: &[NodeProcess]) -> Result<Duration, Box<dyn Error>> {
    let mut up = ready_at(nodes.first().ok_or("no node")?)?;
    let early = up - Duration::from_secs(60);
    for node in nodes {
        up = up.max(ready_at(node)?);
    }
    let mut last = up;
    for node in nodes {
        for other in nodes {
            let (me, them) = (node.peer_id()?, other.peer_id()?);
            if me != them {
                last = last.max(said_at(node, &them, State::Online, early)?);
            }
        }
    }
    Ok(last.saturating_duration_since(up))
}

/// A process dies without a word.
pub(crate) fn killed(rounds: usize) -> Outcome {
    let lab = Lab::new(4)?;
    let nodes = start_all(&lab, 3)?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let mut victim = NodeProcess::start(&lab.host(3), "Victim")?;
        let id = victim.peer_id()?;
        all_said_at(&nodes, &id, State::Online, ready_at(&victim)? - Duration::from_secs(5))?;
        let at = Instant::now();
        victim.kill9()?;
        times.push(all_said_at(&nodes, &id, State::Offline, at)? - at);
    }
    figures::print("off everybody's list", times, "under 500 ms");
    Ok(())
}

/// A cable is pulled, and put back.
pub(crate) fn unplugged(rounds: usize) -> Outcome {
    let lab = Lab::new(4)?;
    let nodes = start_all(&lab, 4)?;
    complete(&nodes)?;
    let victim = lab.host(3);
    let id = nodes[3].peer_id()?;
    let (mut gone, mut back) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let at = Instant::now();
        victim.set_cable(false)?;
        gone.push(all_said_at(&nodes[..3], &id, State::Offline, at)? - at);
        let at = Instant::now();
        victim.set_cable(true)?;
        back.push(all_said_at(&nodes[..3], &id, State::Online, at)? - at);
    }
    figures::print("off everybody's list", gone, "under 5000 ms");
    figures::print("back on everybody's list", back, "none set");
    Ok(())
}

/// So many that nobody keeps a link with everybody.
pub(crate) fn crowd(count: usize) -> Outcome {
    let lab = Lab::new(count)?;
    let start = Instant::now();
    let nodes = start_all(&lab, count)?;
    let up = start.elapsed();
    let deadline = Instant::now() + PATIENCE;
    let mut lists = loop {
        let lists: Vec<usize> = nodes.iter().map(|node| node.online().len()).collect();
        if lists.iter().all(|&seen| seen + 1 >= count) || Instant::now() > deadline {
            break lists;
        }
        std::thread::sleep(Duration::from_millis(250));
    };
    lists.sort_unstable();
    let (least, median) = (lists.first().copied().unwrap_or(0), lists.get(count / 2).copied().unwrap_or(0));
    println!(
        "  {count} up after {:.1} s; {:.1} s later the shortest list has {least}, the median {median} of {}",
        up.as_secs_f64(),
        start.elapsed().as_secs_f64() - up.as_secs_f64(),
        count - 1
    );
    idle::print_usage(&nodes, Duration::from_secs(20))
}
