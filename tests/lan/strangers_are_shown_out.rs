//! Whoever has not introduced themselves gets little patience and no place on a list.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use dogeller_core::wire::VERSION;
use dogeller_tests::tls::{Channel, Identity, hello};
use serde_json::{Value, json};

use crate::SOON;
use crate::scene::Scene;

/// A step has 5 s. A person would not wait for three times that.
const PATIENCE: Duration = Duration::from_secs(15);

#[test]
fn before_hello() {
    let mut scene = Scene::new();
    let invite = json!({"type": "signal", "n": 1, "to": {"count": 1, "random": 1}, "from": {"count": 1, "random": 1},
        "age_ms": 0, "signal": {"signal": "ringing", "call": "00".repeat(16)}});
    for message in [
        invite,
        json!({"type": "ping", "n": 1}),
        json!({"type": "pong", "n": 1}),
        json!({"type": "ack", "n": 0}),
        json!({"type": "peers", "peers": []}),
        json!({"type": "presence", "name": "Early", "status": "available"}),
    ] {
        let mut link = scene.dial();
        link.send(&message).unwrap();
        // Told so, and not just forgotten after 5 s without hello.
        let farewell = link.expect("goodbye", SOON).unwrap();
        assert_eq!(farewell["reason"], "protocol", "{message}");
        assert!(link.ends_within(SOON).unwrap(), "{message} before hello: the link lives on");
    }
    assert_eq!(scene.node.list().len(), 1, "somebody who never said hello is on the list");
    scene.unharmed("messages before hello");
}

#[test]
fn in_hello_itself() {
    let mut scene = Scene::new();
    let with = |field: &str, value: Value| {
        let mut message = hello("Wrong", 1);
        message[field] = value;
        message
    };
    for (message, reason) in [
        (with("version", json!(VERSION - 1)), "version"),
        (with("version", json!(VERSION + 1)), "version"),
        (with("version", json!(0)), "version"),
        (with("name", json!("")), "protocol"),
        (with("name", json!("x".repeat(10_000))), "protocol"),
        (with("boot", json!("yesterday")), "protocol"),
        (with("port", json!(65_536)), "protocol"),
        (with("status", json!("asleep")), "protocol"),
    ] {
        let mut link = scene.dial();
        link.send(&message).unwrap();
        let farewell = link.expect("goodbye", SOON).unwrap();
        assert_eq!(farewell["reason"], reason, "{message}");
        assert!(link.ends_within(SOON).unwrap(), "{message}: the link lives on");
    }
    assert_eq!(scene.node.list().len(), 1, "{:?}", scene.node.list());
    scene.unharmed("a wrong hello");
}

#[test]
fn by_silence_at_every_step() {
    let mut scene = Scene::new();
    let host = scene.lab.host(2);
    let to = scene.node.address().unwrap();
    let tcp = host.connect(to).unwrap();
    let mut tls = Channel::dial(&host, to, &Identity::new().unwrap()).unwrap();
    let mut link = scene.dial();
    tcp.set_read_timeout(Some(PATIENCE)).unwrap();
    let nothing = (&tcp).read(&mut [0; 64]);
    assert!(!matches!(&nothing, Err(error) if error.kind() == ErrorKind::WouldBlock), "no TLS: kept for ever");
    assert!(tls.read_out(PATIENCE).unwrap().1, "no WebSocket: kept for ever");
    assert!(link.ends_within(PATIENCE).unwrap(), "no hello: kept for ever");
    scene.unharmed("silence");
}

#[test]
fn instead_of_tls_and_http() {
    let mut scene = Scene::new();
    let host = scene.lab.host(2);
    let to = scene.node.address().unwrap();
    for noise in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 4096], &[0x16, 0x03, 0x01, 0xff, 0xff]] {
        let mut tcp = host.connect(to).unwrap();
        tcp.write_all(noise).unwrap();
        tcp.set_read_timeout(Some(PATIENCE)).unwrap();
        // An alert at most, then the end.
        let mut answer = Vec::new();
        let end = tcp.read_to_end(&mut answer);
        assert!(!matches!(&end, Err(error) if error.kind() == ErrorKind::WouldBlock), "kept for ever");
        assert!(answer.len() < 16, "{answer:?}");
    }
    let requests: [Vec<u8>; 4] = [
        b"GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .to_vec(),
        b"GET /link HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        vec![0xff; 4096],
        [&b"GET /link HTTP/1.1\r\nX: "[..], &vec![b'x'; 1024 * 1024]].concat(),
    ];
    for request in requests {
        let mut tls = Channel::dial(&host, to, &Identity::new().unwrap()).unwrap();
        // It may hang up before all is sent.
        let _ = tls.write_all(&request);
        let (answer, ended) = tls.read_out(PATIENCE).unwrap();
        assert!(ended, "kept for ever");
        assert!(!answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    }
    scene.unharmed("noise");
}
