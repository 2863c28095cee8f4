//! The networks this machine is on, looked at once a second: no system call tells of changes alike everywhere, and one
//! look costs some 50 microseconds.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use dogeller_core::Event;
use dogeller_core::candidate::Network;
use if_addrs::IfAddr;
use tokio::sync::mpsc;

use crate::run::Input;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The networks now, loopback and unplugged ones left out.
pub(crate) fn look() -> Vec<Network> {
    let interfaces = match if_addrs::get_if_addrs() {
        Ok(interfaces) => interfaces,
        Err(error) => {
            tracing::warn!(%error, "the network interfaces cannot be listed");
            return Vec::new();
        }
    };
    let mut networks: Vec<Network> = interfaces
        .into_iter()
        .filter(|interface| !interface.is_loopback() && interface.is_oper_up())
        .filter_map(|interface| {
            let (address, prefix) = match interface.addr {
                IfAddr::V4(v4) if v4.ip == Ipv4Addr::UNSPECIFIED => return None,
                IfAddr::V4(v4) => (IpAddr::V4(v4.ip), v4.prefixlen),
                IfAddr::V6(v6) => (IpAddr::V6(v6.ip), v6.prefixlen),
            };
            Some(Network { address, prefix, card: interface.index })
        })
        .collect();
    networks.sort();
    networks.dedup();
    networks
}

/// Tells the node of each change, until the node ends.
pub(crate) async fn watch(mut known: Vec<Network>, inputs: mpsc::Sender<Input>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let networks = look();
        if networks != known {
            known.clone_from(&networks);
            if inputs.send(Input::Event(Event::Networks { networks })).await.is_err() {
                return;
            }
        }
    }
}
