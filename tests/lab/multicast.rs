//! Multicast that is swallowed, in one direction or both, while everything else passes.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use dogeller_tests::lab::{Host, Lab, Multicast};

use crate::{acquaint, arrivals, udp};

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);

/// A socket in the group of mDNS, by the host's card.
fn member(host: &Host) -> UdpSocket {
    let address = host.address();
    host.run(move || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 5000)).unwrap();
        socket.join_multicast_v4(&GROUP, &address).unwrap();
        socket
    })
    .unwrap()
}

/// Sends one byte to the group by the host's card. Without a default route the card has to be named, which the
/// standard library cannot: a socket bound to the card's address and connected by a route to the group does it.
fn shout(host: &Host, byte: u8) {
    let status = {
        let mut command = std::process::Command::new("ip");
        command.args(["route", "replace", "224.0.0.0/4", "dev", dogeller_tests::lab::CARD]);
        host.spawn(command).unwrap().wait().unwrap()
    };
    assert!(status.success());
    host.udp(0).unwrap().send_to(&[byte], SocketAddr::from((GROUP, 5000))).unwrap();
}

#[test]
fn multicast_reaches_everybody_but_those_it_is_kept_from() {
    let lab = Lab::new(4).unwrap();
    let members: Vec<_> = lab.hosts().iter().map(member).collect();
    lab.host(2).set_multicast(Multicast { to: false, from: true }).unwrap();
    lab.host(3).set_multicast(Multicast { to: true, from: false }).unwrap();
    for host in lab.hosts() {
        shout(host, host.index() as u8);
    }
    let heard: Vec<_> = members
        .iter()
        .enumerate()
        .map(|(own, socket)| {
            let mut heard = arrivals(socket, Duration::from_millis(300));
            // A host hears itself without the switch.
            heard.retain(|from| usize::from(*from) != own);
            heard.sort_unstable();
            heard
        })
        .collect();
    assert_eq!(heard, [vec![1, 2], vec![0, 2], vec![], vec![0, 1, 2]]);
    // What is sent to one machine passes all the same.
    acquaint(&udp(&lab.host(2), 4000), &udp(&lab.host(3), 4000));
    acquaint(&udp(&lab.host(3), 4001), &udp(&lab.host(2), 4001));
}
