//! Whatever a peer sends: its link is closed where it must be, the node lives, and nobody else notices.

use std::net::SocketAddr;

use dogeller_tests::node::{NodeProcess, State};
use dogeller_tests::tls::{Identity, Link, LinkError, hello};
use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::SOON;
use crate::scene::Scene;

/// The most bytes of one message.
const MESSAGE_BYTES: usize = 256 * 1024;

fn text(message: &Value) -> Message {
    Message::text(message.to_string())
}

fn raw_text(payload: Vec<u8>, is_final: bool) -> Message {
    Message::Frame(Frame::message(payload, OpCode::Data(Data::Text), is_final))
}

/// What an introduced peer must never send.
fn offences() -> Vec<(&'static str, Message)> {
    let people: Vec<_> = (0..65).map(|_| json!({"peer": "00".repeat(32), "addresses": []})).collect();
    let addresses: Vec<_> = (0..9).map(|_| "10.77.0.9:9").collect();
    vec![
        ("no JSON", Message::text("}{")),
        ("nothing", Message::text("")),
        ("deep nesting", Message::text("[".repeat(100_000))),
        ("a type nobody knows", text(&json!({"type": "dance"}))),
        ("a field nobody knows", text(&json!({"type": "ping", "n": 1, "x": 1}))),
        ("a number out of range", text(&json!({"type": "ping", "n": -1}))),
        ("a name too long", text(&json!({"type": "presence", "name": "x".repeat(65), "status": "away"}))),
        ("a name that hides", text(&json!({"type": "presence", "name": "a\u{202e}b", "status": "away"}))),
        ("too many peers", text(&json!({"type": "peers", "peers": people}))),
        (
            "too many addresses",
            text(&json!({"type": "peers", "peers": [{"peer": "00".repeat(32), "addresses": addresses}]})),
        ),
        ("a second hello", text(&hello("Again", 1))),
        ("an acknowledgement of nothing", text(&json!({"type": "ack", "n": 7}))),
        ("a binary message", Message::binary(vec![1, 2, 3])),
        ("bytes that are no text", raw_text(vec![0xff, 0xfe], true)),
        ("a message too large", Message::text(" ".repeat(MESSAGE_BYTES + 1))),
        ("a large frame of a larger message", raw_text(vec![b' '; MESSAGE_BYTES + 1], false)),
    ]
}

#[test]
fn from_a_peer_on_the_list() {
    let mut scene = Scene::new();
    for (what, message) in offences() {
        let (mut link, _) = scene.join();
        // It may hang up before all is sent.
        let _ = link.send_any(message);
        assert!(link.ends_within(SOON).unwrap(), "{what}: the link lives on");
        scene.unharmed(what);
    }
}

#[test]
fn in_many_small_frames() {
    let mut scene = Scene::new();
    let (mut link, _) = scene.join();
    // The frames after the first of a message continue it.
    let mut sent = link.send_any(raw_text(vec![b' '; 1024], false));
    for _ in 0..MESSAGE_BYTES / 1024 + 1 {
        if sent.is_err() {
            break;
        }
        sent = link.send_any(Message::Frame(Frame::message(vec![b' '; 1024], OpCode::Data(Data::Continue), false)));
    }
    assert!(link.ends_within(SOON).unwrap(), "a message without end is taken in");
    scene.unharmed("many small frames");
}

#[test]
fn under_the_websocket() {
    let mut scene = Scene::new();
    // A text of 2^62 bytes is promised; then what is no frame at all.
    let promise = [&[0x81, 0xff][..], &(1_u64 << 62).to_be_bytes(), &[0; 4]].concat();
    for (what, bytes) in [("a huge promise", promise), ("noise", vec![0xff; 4096])] {
        let (mut link, _) = scene.join();
        let _ = link.send_raw(&bytes);
        assert!(link.ends_within(SOON).unwrap(), "{what}: the link lives on");
        scene.unharmed(what);
    }
}

#[test]
fn from_a_listener_that_the_node_dialled() {
    use dogeller_tests::mdns::{Advert, Announcer};
    let mut scene = Scene::new();
    let enemy = Identity::new().unwrap();
    let listener = scene.lab.host(2).listen(0).unwrap();
    let port = listener.local_addr().unwrap().port();
    let advert = Advert::of(enemy.peer_id(), "Enemy", port);
    let _announcer = Announcer::start(&scene.lab.host(2), &[advert]).unwrap();
    // The friend dials too.
    let of_node = |(tcp, from): (_, SocketAddr)| (from.ip() == scene.node.host().address()).then_some(tcp);
    let tcp = std::iter::repeat_with(|| listener.accept().unwrap()).find_map(of_node).unwrap();
    let mut link = Link::accept(tcp, &enemy).unwrap();
    link.send(&hello("Enemy", port)).unwrap();
    scene.node.wait_for(enemy.peer_id(), State::Online, SOON).unwrap();
    let _ = link.send_any(Message::text(" ".repeat(MESSAGE_BYTES + 1)));
    assert!(link.ends_within(SOON).unwrap());
    scene.node.wait_for(enemy.peer_id(), State::Offline, SOON).unwrap();
    drop(listener);
    scene.unharmed("a dialled enemy");
}

#[test]
fn a_message_of_exactly_the_bound_is_taken() {
    let scene = Scene::new();
    let (mut link, _) = scene.join();
    let ping = json!({"type": "ping", "n": 77}).to_string();
    link.send_any(Message::text(format!("{ping}{}", " ".repeat(MESSAGE_BYTES - ping.len())))).unwrap();
    let pong: Result<Value, LinkError> = link.expect("pong", SOON);
    assert_eq!(pong.unwrap()["n"], 77);
}

#[test]
fn a_torrent_of_pings_starves_nobody() {
    let mut scene = Scene::new();
    let (mut link, _) = scene.join();
    // Never reads an answer.
    for n in 0..20_000 {
        if link.send(&json!({"type": "ping", "n": n})).is_err() {
            break;
        }
    }
    scene.unharmed("a torrent of pings");
    let late = NodeProcess::start(&scene.lab.host(1), "Late").unwrap();
    wait_until_complete_with(&scene, &late);
}

fn post(n: u64, follows: u64, text: &str) -> serde_json::Value {
    let message = format!("{n:032x}");
    json!({"type": "post", "outbox": "ab".repeat(16), "n": n, "follows": follows, "age_ms": 0,
           "post": {"post": "text", "message": message, "text": text}})
}

#[test]
fn posts_beyond_what_is_kept_of_a_stranger_are_not_stored() {
    let mut scene = Scene::new();
    let (mut link, _) = scene.join();
    let mut stored = 0;
    for n in 1..=1010 {
        link.send(&post(n, n - 1, "spam")).unwrap();
        // As an honest writer: no further ahead than may be.
        if n % 16 == 0 && n <= 1000 {
            while stored < n {
                stored = link.expect("stored", SOON).unwrap()["n"].as_u64().unwrap();
            }
        }
    }
    while stored < 1000 {
        stored = link.expect("stored", SOON).unwrap()["n"].as_u64().unwrap();
    }
    assert!(link.expect("stored", crate::A_WHILE).is_err(), "more than a stranger's share was stored");
    scene.unharmed("spam");
}

#[test]
fn a_torrent_of_posts_ends_the_link_and_starves_nobody() {
    let mut scene = Scene::new();
    let (mut link, _) = scene.join();
    let long = "x".repeat(16 * 1024);
    for n in 1..20_000 {
        if link.send(&post(n, n - 1, &long)).is_err() {
            break;
        }
    }
    assert!(link.ends_within(SOON).unwrap(), "whoever does not wait is shown out");
    scene.unharmed("a torrent of posts");
}

#[test]
fn a_post_that_cannot_be_one_is_refused() {
    let mut scene = Scene::new();
    for (field, value) in [
        ("text", json!("x".repeat(16 * 1024 + 1))),
        ("text", json!(" \n ")),
        ("text", json!("bell\u{7}")),
        ("message", json!("short")),
        ("post", json!("shout")),
        ("more", json!(1)),
    ] {
        let (mut link, _) = scene.join();
        let mut wrong = post(1, 0, "hello");
        wrong["post"][field] = value;
        link.send(&wrong).unwrap();
        assert_eq!(link.expect("goodbye", SOON).unwrap()["reason"], "protocol", "{wrong}");
    }
    scene.unharmed("wrong posts");
}

fn wait_until_complete_with(scene: &Scene, late: &NodeProcess) {
    let id = late.peer_id().unwrap();
    scene.node.wait_for(&id, State::Online, SOON).unwrap();
    scene.friend.wait_for(&id, State::Online, SOON).unwrap();
}
