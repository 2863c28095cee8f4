//! Cables pulled and plugged, addresses changed.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};
use std::time::Duration;

use dogeller_tests::lab::{Host, Lab};

use crate::{acquaint, arrivals, udp};

fn carrier(host: &Host) -> bool {
    // Not /sys: that shows the network of whoever mounted it.
    let mut command = std::process::Command::new("ip");
    command.args(["-oneline", "link", "show", "dev", "eth0"]).stdout(std::process::Stdio::piped());
    let output = host.spawn(command).unwrap().wait_with_output().unwrap();
    !String::from_utf8(output.stdout).unwrap().contains("NO-CARRIER")
}

#[test]
fn a_pulled_cable_carries_nothing_and_its_host_notices() {
    let lab = Lab::new(3).unwrap();
    let (a, b) = (lab.host(0), lab.host(1));
    let (at_a, at_b, at_c) = (udp(&a, 4000), udp(&b, 4000), udp(&lab.host(2), 4000));
    acquaint(&at_a, &at_b);
    assert!(carrier(&b));

    b.set_cable(false).unwrap();
    assert!(!carrier(&b));
    at_a.send_to(b"x", at_b.local_addr().unwrap()).unwrap();
    assert_eq!(arrivals(&at_b, Duration::from_millis(200)), Vec::<u8>::new());
    acquaint(&at_a, &at_c);

    b.set_cable(true).unwrap();
    assert!(carrier(&b));
    acquaint(&at_a, &at_b);
    acquaint(&at_b, &at_a);
}

#[test]
fn an_address_changes() {
    let lab = Lab::new(2).unwrap();
    let mut b = lab.host(1);
    let listener = b.listen(4000).unwrap();
    b.change_address(Ipv4Addr::new(10, 77, 9, 9)).unwrap();
    b.add_address(1, Ipv4Addr::new(10, 77, 9, 10)).unwrap();
    for address in [[10, 77, 9, 9], [10, 77, 9, 10]] {
        let mut there = lab.host(0).connect((address, 4000)).unwrap();
        let (mut here, from) = listener.accept().unwrap();
        assert_eq!(from.ip(), lab.host(0).address());
        there.write_all(b"x").unwrap();
        here.read_exact(&mut [0; 1]).unwrap();
    }
    let old = lab.host(1).address();
    assert!(lab.host(0).connect((old, 4000)).is_err());
}

#[test]
fn a_host_has_ipv6_alone() {
    let lab = Lab::new(2).unwrap();
    let address = |index: u16| Ipv6Addr::new(0xfd00, 0x77, 0, 0, 0, 0, 0, index + 1);
    let sockets = [0, 1].map(|index| {
        let mut host = lab.host(index);
        let old = udp(&host, 4000);
        let own = address(index as u16);
        host.add_address6(own).unwrap();
        host.change_address(Ipv4Addr::UNSPECIFIED).unwrap();
        let socket = host.run(move || UdpSocket::bind((own, 4000))).unwrap().unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        (old, socket)
    });
    let [(old, one), (old_other, other)] = &sockets;
    acquaint(one, other);
    acquaint(other, one);
    assert!(old.send_to(b"x", old_other.local_addr().unwrap()).is_err());
}
