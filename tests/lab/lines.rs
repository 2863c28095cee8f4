//! Delay, loss, rate and counting.

use std::time::{Duration, Instant};

use dogeller_tests::lab::{Lab, Uplink};

use crate::{acquaint, arrivals, udp};

#[test]
fn a_delay_holds_in_one_direction() {
    let lab = Lab::new(2).unwrap();
    let (a, b) = (lab.host(0), lab.host(1));
    let (at_a, at_b) = (udp(&a, 4000), udp(&b, 4000));
    acquaint(&at_a, &at_b);
    a.set_uplink(Uplink { delay: Duration::from_millis(200), ..Uplink::default() }).unwrap();

    let start = Instant::now();
    at_a.send_to(b"there", at_b.local_addr().unwrap()).unwrap();
    at_b.recv_from(&mut [0; 16]).unwrap();
    let there = start.elapsed();
    at_b.send_to(b"back", at_a.local_addr().unwrap()).unwrap();
    at_a.recv_from(&mut [0; 16]).unwrap();
    let back = start.elapsed() - there;

    assert!(there >= Duration::from_millis(200), "there took {there:?}");
    assert!(back < there, "back took {back:?}, there {there:?}");
}

#[test]
fn losses_are_counted_and_everything_else_arrives_in_order() {
    let lab = Lab::with_seed(2, 42).unwrap();
    let (a, b) = (lab.host(0), lab.host(1));
    let (at_a, at_b) = (udp(&a, 4000), udp(&b, 4000));
    acquaint(&at_a, &at_b);
    let jitter = Duration::from_millis(5);
    a.set_uplink(Uplink { loss: 0.5, jitter, ..Uplink::default() }).unwrap();
    let before = a.count().unwrap();
    for number in 0..200 {
        at_a.send_to(&[number], at_b.local_addr().unwrap()).unwrap();
    }
    let arrived = arrivals(&at_b, Duration::from_millis(500));
    let after = a.count().unwrap();

    assert!((50..150).contains(&arrived.len()), "{} of 200 arrived at 50 % loss", arrived.len());
    assert!(arrived.is_sorted(), "frames overtook each other");
    // The host's own chatter (neighbour discovery) may be among the lost, nothing else.
    let lost = after.lost - before.lost;
    let chatter = after.from.packets - before.from.packets - 200;
    assert!((lost - chatter.min(lost)..=lost).contains(&(200 - arrived.len() as u64)), "{lost} lost");
}

#[test]
fn a_slow_line_takes_its_time() {
    let lab = Lab::new(2).unwrap();
    let (at_a, at_b) = (udp(&lab.host(0), 4000), udp(&lab.host(1), 4000));
    acquaint(&at_a, &at_b);
    lab.host(0).set_uplink(Uplink { rate_kbit: Some(400), ..Uplink::default() }).unwrap();
    // 50 kB/s, and 200 ms of queue: of 40 kB at once about 10 kB get through, and the last of them late.
    let start = Instant::now();
    for number in 0..40 {
        let mut datagram = [0; 1000];
        datagram[0] = number;
        at_a.send_to(&datagram, at_b.local_addr().unwrap()).unwrap();
    }
    let arrived = arrivals(&at_b, Duration::from_millis(600));
    assert!((8..=13).contains(&arrived.len()), "{} of 40 arrived", arrived.len());
    assert!(arrived.iter().copied().eq(0..arrived.len() as u8), "not the head of the queue: {arrived:?}");
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[test]
fn sound_and_picture_are_counted_apart() {
    let lab = Lab::new(2).unwrap();
    let (a, b) = (lab.host(0), lab.host(1));
    let (at_a, at_b) = (udp(&a, 4000), udp(&b, 4000));
    acquaint(&at_a, &at_b);
    assert_eq!(a.count().unwrap().from.rtp_packets, 0);
    let rtp = [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 42];
    for _ in 0..3 {
        at_a.send_to(&rtp, at_b.local_addr().unwrap()).unwrap();
        at_b.recv_from(&mut [0; 64]).unwrap();
    }
    assert_eq!(a.count().unwrap().from.rtp_packets, 3);
    assert_eq!(b.count().unwrap().to.rtp_packets, 3);
    assert_eq!(b.count().unwrap().from.rtp_packets, 0);
}
