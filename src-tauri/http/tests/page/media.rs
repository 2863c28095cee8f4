//! The window's media socket: who gets in, what is taken, and what comes of it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::site::{Down, SOON, Site, Socket, WINDOW, with_site};

const CALL: &str = "00112233445566778899aabbccddeeff";

fn order(order: Value) -> String {
    json!({ "type": "order", "order": order }).to_string()
}

fn start(attempt: u32) -> String {
    start_as(true, attempt)
}

fn start_as(offerer: bool, attempt: u32) -> String {
    order(json!({ "order": "start", "call": CALL, "attempt": attempt, "offerer": offerer, "reach": "this_machine" }))
}

/// A packet as the page makes it.
fn packet(kind: u8, content: &[u8]) -> Message {
    let mut bytes = vec![kind, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend(0.0_f64.to_le_bytes());
    bytes.extend(content);
    Message::binary(bytes)
}

/// A key frame with a number.
fn key_frame(number: u8) -> Message {
    packet(1, &[0x10, 0, 0, 0x9d, 1, 0x2a, 0, 1, 0, 1, number])
}

/// The next report that is no candidate.
async fn report(socket: &mut Socket) -> Value {
    loop {
        let word = socket.word().await;
        if word["type"] == "rehearse" {
            continue;
        }
        assert_eq!(word["type"], "report", "{word}");
        if word["command"]["type"] != "candidate" {
            return word["command"].clone();
        }
    }
}

#[test]
fn only_the_window_opens_it() {
    with_site(async |site: &Site| {
        for origin in [
            None,
            Some("null".to_owned()),
            Some(site.origin()),
            Some("tauri://localhost/".to_owned()),
            Some("tauri://localhost.example".to_owned()),
            Some("http://tauri.localhost".to_owned()),
            Some("https://example.com".to_owned()),
        ] {
            assert_eq!(site.media_from(origin.as_deref()).await.err(), Some(403), "{origin:?}");
        }
    });
}

#[test]
fn nothing_but_its_own_token_opens_the_engine() {
    with_site(async |site| {
        let media = site.http.media();
        assert_eq!(media.url, format!("ws://127.0.0.1:{}/media", site.port));
        assert_ne!(media.token, site.token);
        for first in [
            Message::text(json!({ "token": site.token }).to_string()),
            Message::text(json!({ "token": &media.token[..63] }).to_string()),
            Message::text(json!({ "token": media.token, "caps": { "engine": true } }).to_string()),
            Message::text(start(1)),
            Message::text(""),
            packet(1, b"frame"),
        ] {
            let mut socket = site.media_from(Some(WINDOW)).await.unwrap();
            socket.give(first.clone()).await;
            assert_eq!(socket.closed().await, Some(4401), "{first:?}");
        }
        // And it opens nothing else.
        let mut page = site.stranger().await;
        page.send(&json!({ "token": media.token, "caps": { "engine": true } }).to_string()).await;
        assert_eq!(page.closed().await, Some(4401));
    });
}

#[test]
fn an_order_makes_a_connection_and_another_attempt_a_new_one() {
    with_site(async |site| {
        let mut socket = site.media().await;
        socket.send(&start(1)).await;
        let first = report(&mut socket).await;
        assert_eq!((&first["type"], &first["attempt"]), (&json!("description"), &json!(1)));
        assert_eq!(first["description"]["kind"], "offer");
        // What is for another connection is late, and changes nothing.
        socket.send(&order(json!({ "order": "relay", "call": "ff".repeat(16), "frame": "x" }))).await;
        socket.send(&start(2)).await;
        let second = report(&mut socket).await;
        assert_eq!((&second["type"], &second["attempt"]), (&json!("description"), &json!(2)));
        assert_ne!(first["description"]["sdp"], second["description"]["sdp"]);
    });
}

#[test]
fn a_page_may_err_but_not_for_ever() {
    with_site(async |site| {
        let mut socket = site.media().await;
        for wrong in [
            Message::text("x"),
            Message::text(r#"{"type":"live"}"#),
            Message::binary(""),
            packet(3, b"x"),
            packet(2, b"too short"),
        ] {
            for _ in 0..4 {
                socket.give(wrong.clone()).await;
            }
        }
        socket.send(&start(1)).await;
        assert_eq!(report(&mut socket).await["type"], "description");
        socket.send("x").await;
        assert_eq!(socket.closed().await, Some(4400));
    });
}

#[test]
fn large_messages_end_it() {
    with_site(async |site| {
        let mut socket = site.media().await;
        socket.send(&"x".repeat(513 * 1024 + 1)).await;
        assert_eq!(socket.closed().await, Some(1009));
        let mut socket = site.media().await;
        socket.give(packet(1, &vec![0; (2 << 20) + 1])).await;
        assert_eq!(socket.closed().await, Some(1009));
        // So large that it is not even read.
        let mut socket = site.media().await;
        socket.give(packet(1, &vec![0; 8 << 20])).await;
        socket.closed().await;
    });
}

#[test]
fn before_both_said_yes_nothing_is_wanted_of_the_camera_and_a_flood_harms_nobody() {
    with_site(async |site| {
        let mut socket = site.media().await;
        socket.send(r#"{"type":"picture","on":true}"#).await;
        socket.send(&start(1)).await;
        for _ in 0..2000 {
            socket.give(packet(2, &[0; 2 * 480 * 4])).await;
            socket.give(key_frame(0)).await;
        }
        socket.send(&start(2)).await;
        // Reports alone came in between: no word that a picture is wanted.
        while report(&mut socket).await["attempt"] != 2 {}
        site.media().await;
    });
}

/// What a socket reports goes to the other, as by two nodes; whether its path is up.
async fn pass(word: &Value, other: &mut Socket) -> bool {
    let command = &word["command"];
    for kind in ["description", "candidate"] {
        if command["type"] == kind {
            let passed = json!({ "order": kind, "call": CALL, "attempt": 1, kind: command[kind] });
            other.send(&order(passed)).await;
        }
    }
    command["type"] == "path" && command["path"] == "up"
}

#[test]
fn a_picture_from_before_leaves_with_the_yes_of_both_and_no_sooner() {
    rehearsed_picture(false);
}

#[test]
fn whoever_hears_of_the_yes_later_misses_no_picture() {
    rehearsed_picture(true);
}

fn rehearsed_picture(sender_first: bool) {
    with_site(async move |site| {
        let (mut ada, mut ben) = (site.media().await, site.media().await);
        ada.send(&start_as(true, 1)).await;
        ben.send(&start_as(false, 1)).await;
        ada.send(r#"{"type":"picture","on":true}"#).await;
        let mut up = (false, false);
        let mut rehearses = false;
        while up != (true, true) {
            tokio::select! {
                down = ada.down() => match down {
                    Down::Word(word) => {
                        rehearses |= word["type"] == "rehearse";
                        up.0 |= pass(&word, &mut ben).await;
                    }
                    Down::Packet(_) => panic!("something came before both said yes"),
                },
                down = ben.down() => match down {
                    Down::Word(word) => up.1 |= pass(&word, &mut ada).await,
                    Down::Packet(_) => panic!("something came before both said yes"),
                },
            }
        }
        assert!(rehearses);
        ada.give(key_frame(1)).await;
        ada.give(key_frame(2)).await;
        let live = json!({ "type": "live", "call": CALL }).to_string();
        if sender_first {
            ada.send(&live).await
        } else {
            ben.send(&live).await
        }
        // Half a second in which Ben would be shown something.
        let early = async {
            loop {
                if let Down::Packet(bytes) = ben.down().await {
                    assert_eq!(bytes[0], 2, "no picture before both said yes");
                }
            }
        };
        assert!(timeout(Duration::from_millis(500), early).await.is_err());
        if sender_first {
            ben.send(&live).await
        } else {
            ada.send(&live).await
        }
        let shown = async {
            loop {
                match ben.down().await {
                    Down::Packet(bytes) if bytes[0] == 1 => return bytes,
                    Down::Packet(_) | Down::Word(_) => {}
                }
            }
        };
        let first = timeout(SOON, shown).await.expect("a picture, with no more sent");
        assert_eq!((first[1], first.last()), (1, Some(&2)), "the newest, and it can be shown by itself");
    });
}

#[test]
fn media_sockets_are_few_and_end_with_the_node() {
    with_site(async |site| {
        let mut open = Vec::new();
        for _ in 0..4 {
            open.push(site.media().await);
        }
        assert_eq!(site.media_from(Some(WINDOW)).await.err(), Some(503));
        let mut first = open.remove(0);
        first.send(&start(1)).await;
        assert_eq!(report(&mut first).await["type"], "description");
        // The site ends now, with a connection that is being made.
    });
}
