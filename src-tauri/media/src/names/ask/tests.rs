//! Real sockets on loopback: a responder of the test's own stands where multicast DNS would.

use super::*;

const NAME: &str = "3e1c8c0e.local";

fn loopback() -> Network {
    Network { card: 0, v4: Some(Ipv4Addr::LOCALHOST), v6: false, subnets: vec![(Ipv4Addr::LOCALHOST.into(), 8)] }
}

async fn responder() -> (UdpSocket, Group) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, Group { v4: Ipv4Addr::LOCALHOST, v6: Ipv6Addr::LOCALHOST, port })
}

/// The answer to a question, in the form for askers from any port (RFC 6762 section 6.7).
fn answer(question: &[u8], data: &[u8]) -> Vec<u8> {
    let kind = &question[question.len() - 4..question.len() - 2];
    let length = u8::try_from(data.len()).unwrap();
    let head = [0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    [&head, &question[12..], &[0xc0, 12], kind, &[0, 1, 0, 0, 0, 10, 0, length], data].concat()
}

/// The next question, who asks it, and whether it is for IPv6.
async fn asked(responder: &UdpSocket) -> (Vec<u8>, SocketAddr, bool) {
    let mut buffer = [0; 600];
    let (length, from) = responder.recv_from(&mut buffer).await.unwrap();
    let question = buffer[..length].to_vec();
    let v6 = question == super::question(NAME, Family::V6);
    assert!(v6 || question == super::question(NAME, Family::V4));
    (question, from, v6)
}

const V4: [u8; 4] = [192, 168, 1, 7];
const V6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];

#[tokio::test]
async fn both_families_are_asked_for_and_both_answers_are_taken() {
    let (responder, group) = responder().await;
    let answering = async {
        for _ in 0..2 {
            let (question, from, v6) = asked(&responder).await;
            let data: &[u8] = if v6 { &V6 } else { &V4 };
            responder.send_to(&answer(&question, data), from).await.unwrap();
        }
    };
    let networks = [loopback()];
    let (found, ()) = tokio::join!(ask(NAME, &networks, group), answering);
    assert_eq!(found, [IpAddr::from(V4), IpAddr::from(V6)]);
}

#[tokio::test]
async fn a_lost_question_is_asked_again() {
    let (responder, group) = responder().await;
    let answering = async {
        // The first two are lost.
        asked(&responder).await;
        asked(&responder).await;
        let (question, from, _) = asked(&responder).await;
        responder.send_to(&answer(&question, &V4), from).await.unwrap();
    };
    let networks = [loopback()];
    let (found, ()) = tokio::join!(ask(NAME, &networks, group), answering);
    assert_eq!(found, [IpAddr::from(V4)]);
}

#[tokio::test]
async fn garbage_and_answers_from_elsewhere_are_not_believed() {
    let (responder, group) = responder().await;
    let impostor = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let answering = async {
        let (question, from, _) = asked(&responder).await;
        impostor.send_to(&answer(&question, &[10, 6, 6, 6]), from).await.unwrap();
        responder.send_to(&[0xc0; 70], from).await.unwrap();
        responder.send_to(&[], from).await.unwrap();
        // Larger than multicast DNS allows.
        let mut large = answer(&question, &[10, 6, 6, 7]);
        large.resize(LARGEST_MESSAGE + 1, 0);
        responder.send_to(&large, from).await.unwrap();
        responder.send_to(&answer(&question, &V4), from).await.unwrap();
    };
    let networks = [loopback()];
    let (found, ()) = tokio::join!(ask(NAME, &networks, group), answering);
    assert_eq!(found, [IpAddr::from(V4)]);
}

#[tokio::test]
async fn a_responder_outside_the_network_is_not_believed() {
    let (responder, group) = responder().await;
    let elsewhere = [Network { subnets: vec![(IpAddr::from([192, 168, 1, 1]), 24)], ..loopback() }];
    let answering = async {
        loop {
            let (question, from, _) = asked(&responder).await;
            responder.send_to(&answer(&question, &V4), from).await.unwrap();
        }
    };
    let found = tokio::select! {
        found = ask(NAME, &elsewhere, group) => found,
        () = answering => Vec::new(),
    };
    assert!(found.is_empty());
}

#[tokio::test]
async fn somebody_who_sends_all_the_time_does_not_keep_us() {
    let (responder, group) = responder().await;
    let begun = Instant::now();
    let flood = async {
        let (_, from, _) = asked(&responder).await;
        loop {
            let _full = responder.send_to(&[0; 12], from).await;
        }
    };
    let networks = [loopback()];
    let found = tokio::select! {
        found = ask(NAME, &networks, group) => found,
        () = flood => Vec::new(),
    };
    assert!(found.is_empty());
    assert!(begun.elapsed() < PATIENCE * 3);
}

#[tokio::test]
async fn without_a_network_nobody_is_asked() {
    let begun = Instant::now();
    assert!(ask(NAME, &[], MDNS).await.is_empty());
    assert!(begun.elapsed() < PATIENCE);
}
