//! Who somebody is, is their key: whoever has another one gets not a byte of what is meant for them.

use std::io::{Read, Write};
use std::time::Duration;

use dogeller_tests::lab::Lab;
use dogeller_tests::mdns::{Advert, Announcer};
use dogeller_tests::node::{NodeProcess, State};
use dogeller_tests::tls::{Channel, Identity, Link, Trap, hello};

use crate::{SOON, assert_changes, wait_until_complete};

/// Two nodes that know each other; the second is the one that is impersonated, from host 2.
fn acquainted(lab: &Lab) -> (NodeProcess, NodeProcess) {
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let victim = NodeProcess::start(&lab.host(1), "Victim").unwrap();
    wait_until_complete(&[&node, &victim]);
    (node, victim)
}

/// What whoever dials the node as `identity` gets from it, having said all that an honest peer would.
fn dial(lab: &Lab, node: &NodeProcess, identity: &Identity) -> (usize, bool) {
    let Ok(mut channel) = Channel::dial(&lab.host(2), node.address().unwrap(), identity) else {
        return (0, true);
    };
    let request = "GET /link HTTP/1.1\r\nHost: dogeller\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    // The node may have hung up already.
    let _ = channel.write_all(request.as_bytes());
    let (bytes, ended) = channel.read_out(SOON).unwrap();
    (bytes.len(), ended)
}

/// Lets a listener announce itself as the victim once that has gone, and checks what the node tells it.
fn lure(identity: impl FnOnce(&NodeProcess, &Lab) -> Identity) {
    let lab = Lab::new(3).unwrap();
    let (node, mut victim) = acquainted(&lab);
    let id = victim.peer_id().unwrap();
    let trap = Trap::set(&lab.host(2), identity(&victim, &lab)).unwrap();
    victim.terminate().unwrap();
    node.wait_for(&id, State::Offline, SOON).unwrap();
    let _announcer = Announcer::start(&lab.host(2), &[Advert::of(&id, "Victim", trap.port())]).unwrap();
    // The node may rest a while before it dials somebody who has left.
    let visit = trap.wait_for_visit(Duration::from_secs(30)).expect("the node never dialled the impostor");
    assert_eq!((visit.believed, visit.told), (false, 0));
    std::thread::sleep(Duration::from_secs(1));
    assert!(trap.visits().iter().all(|visit| !visit.believed && visit.told == 0));
    assert_changes(&node, &id, &[State::Online, State::Offline], "the impostor is taken for the victim");
}

#[test]
fn who_listens_with_another_key() {
    lure(|_, _| Identity::new().unwrap());
}

#[test]
fn who_listens_with_the_real_certificate_but_not_its_key() {
    lure(|victim, lab| Identity::showing(certificate_of(victim, lab)).unwrap());
}

fn certificate_of(victim: &NodeProcess, lab: &Lab) -> rustls::pki_types::CertificateDer<'static> {
    let stranger = Identity::new().unwrap();
    let channel = Channel::dial(&lab.host(2), victim.address().unwrap(), &stranger).unwrap();
    channel.certificate().unwrap()
}

#[test]
fn who_dials_with_the_real_certificate_but_not_its_key() {
    let lab = Lab::new(3).unwrap();
    let (node, victim) = acquainted(&lab);
    let liar = Identity::showing(certificate_of(&victim, &lab)).unwrap();
    assert_eq!(dial(&lab, &node, &liar), (0, true));
    let id = victim.peer_id().unwrap();
    assert_changes(&node, &id, &[State::Online], "the impostor disturbed the victim");
    assert_eq!(node.list().len(), 1);
}

#[test]
fn who_dials_without_a_certificate() {
    let lab = Lab::new(3).unwrap();
    let (node, _victim) = acquainted(&lab);
    assert_eq!(dial(&lab, &node, &Identity::without_certificate().unwrap()), (0, true));
    assert_eq!(node.list().len(), 1);
    // The same dialler with its own certificate does get an answer: the counting counts.
    assert!(dial(&lab, &node, &Identity::new().unwrap()).0 > 0);
}

#[test]
fn who_dials_with_old_tls() {
    let lab = Lab::new(3).unwrap();
    let (node, _victim) = acquainted(&lab);
    // RFC 5246, 7.4.1.2: the ClientHello of TLS 1.2 with one good cipher (ECDHE, ECDSA, AES-128, SHA-256) and the
    // extensions it needs: groups (P-256) and signature algorithms (ECDSA with P-256 and SHA-256).
    let extensions = [&[0, 10, 0, 4, 0, 2, 0, 23][..], &[0, 13, 0, 4, 0, 2, 4, 3]].concat();
    let body = [&[3, 3][..], &[7; 32], &[0, 0, 2, 0xc0, 0x2b, 1, 0, 0, extensions.len() as u8], &extensions].concat();
    let handshake = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    let record = [&[22, 3, 1, 0, handshake.len() as u8][..], &handshake].concat();
    let mut tcp = lab.host(2).connect(node.address().unwrap()).unwrap();
    tcp.write_all(&record).unwrap();
    tcp.set_read_timeout(Some(SOON)).unwrap();
    let mut answer = Vec::new();
    tcp.read_to_end(&mut answer).unwrap();
    // A fatal alert, protocol_version.
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 70]);
}

#[test]
fn an_announcement_alone_puts_nobody_on_a_list() {
    let lab = Lab::new(3).unwrap();
    let (node, victim) = acquainted(&lab);
    let nobody = Identity::new().unwrap();
    let trap = Trap::set(&lab.host(2), Identity::new().unwrap()).unwrap();
    let adverts = [
        // Somebody who is not there.
        Advert::of(nobody.peer_id(), "Nobody", trap.port()),
        // The victim, who is: its link stays.
        Advert::of(&victim.peer_id().unwrap(), "Victim", trap.port()),
        // The node itself, and things that are no ids.
        Advert { label: "self".into(), ..Advert::of(&node.peer_id().unwrap(), "Node", trap.port()) },
        Advert { label: "short".into(), ..Advert::of("abc", "Short", trap.port()) },
        Advert { label: "empty".into(), text: Vec::new(), ..Advert::of("", "", trap.port()) },
        Advert { label: "long".into(), ..Advert::of(nobody.peer_id(), &"x".repeat(200), trap.port()) },
    ];
    let _announcer = Announcer::start(&lab.host(2), &adverts).unwrap();
    trap.wait_for_visit(Duration::from_secs(30)).expect("the node never looked");
    std::thread::sleep(Duration::from_secs(2));
    assert!(trap.visits().iter().all(|visit| !visit.believed && visit.told == 0));
    assert_eq!(node.list().len(), 1, "{:?}", node.list());
    assert_changes(&node, &victim.peer_id().unwrap(), &[State::Online], "it flapped");
}

#[test]
fn an_honest_listener_is_told() {
    // The way of the others, with the right key: what they count is really counted.
    let lab = Lab::new(3).unwrap();
    let node = NodeProcess::start(&lab.host(0), "Node").unwrap();
    let honest = Identity::new().unwrap();
    let listener = lab.host(2).listen(0).unwrap();
    let port = listener.local_addr().unwrap().port();
    let _announcer = Announcer::start(&lab.host(2), &[Advert::of(honest.peer_id(), "Honest", port)]).unwrap();
    let (tcp, _) = listener.accept().unwrap();
    let mut link = Link::accept(tcp, &honest).unwrap();
    link.send(&hello("Honest", port)).unwrap();
    assert_eq!(link.expect("hello", SOON).unwrap()["name"], "Node");
    node.wait_for(honest.peer_id(), State::Online, SOON).unwrap();
}
