//! One page's socket: who gets in, what is taken, and what ends it.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::site::{Site, Socket, with_site};

const MESSAGE_BYTES: usize = 256 * 1024;

fn greeting(token: &str) -> String {
    json!({ "token": token, "caps": { "engine": true } }).to_string()
}

#[test]
fn a_page_gets_a_snapshot_and_gives_commands() {
    with_site(async |site| {
        let mut page = site.page().await;
        let mut other = site.page().await;
        page.send(r#"{"type":"set_name","name":"Ada"}"#).await;
        // Both are told, so both show the same.
        assert_eq!(page.notice_of("me").await["me"]["name"], "Ada");
        assert_eq!(other.notice_of("me").await["me"]["name"], "Ada");
    });
}

#[test]
fn only_our_own_page_opens_a_socket() {
    with_site(async |site| {
        let port = site.port;
        for origin in [
            None,
            Some("null".to_owned()),
            Some(format!("http://localhost:{port}")),
            Some(format!("https://127.0.0.1:{port}")),
            Some(format!("http://127.0.0.1:{port}/")),
            Some("http://127.0.0.1".to_owned()),
            Some(format!("http://127.0.0.1:{port}.example")),
            Some("https://example.com".to_owned()),
        ] {
            assert_eq!(site.socket_from(origin.as_deref()).await.err(), Some(403), "{origin:?}");
        }
    });
}

#[test]
fn nothing_but_the_token_opens_the_node() {
    with_site(async |site| {
        let long = format!("{}{}", greeting(&site.token), " ".repeat(1024));
        for first in [
            Message::text(greeting("")),
            Message::text(greeting(&"0".repeat(64))),
            Message::text(greeting(&site.token[..63])),
            Message::text(r#"{"type":"set_name","name":"Eve"}"#),
            Message::text(json!({ "token": site.token }).to_string()),
            Message::text(json!({ "token": site.token, "caps": { "engine": true }, "x": 1 }).to_string()),
            Message::text(""),
            Message::text(long),
            Message::binary(greeting(&site.token)),
        ] {
            let mut socket = site.stranger().await;
            socket.give(first.clone()).await;
            // Not one notice comes before the close.
            assert_eq!(socket.closed().await, Some(4401), "{first:?}");
        }
    });
}

#[test]
fn who_says_nothing_is_sent_away() {
    with_site(async |site| {
        let mut silent = site.stranger().await;
        // What keeps a connection alive does not stand in for the token.
        silent.give(Message::Ping(Vec::new().into())).await;
        assert_eq!(silent.closed().await, Some(4401));
    });
}

#[test]
fn a_page_may_err_but_not_for_ever() {
    with_site(async |site| {
        let mut page = site.page().await;
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let wrong = ["", "x", "{}", "[]", r#"{"type":"call"}"#, r#"{"type":"no_such"}"#, &deep];
        for text in wrong.iter().cycle().take(20) {
            page.send(text).await;
            assert_eq!(page.notice_of("refused").await["code"], "bad_message", "{text:.20}");
        }
        page.send(r#"{"type":"set_name","name":"Ada"}"#).await;
        assert_eq!(page.notice_of("me").await["me"]["name"], "Ada");
        page.send("x").await;
        assert_eq!(page.closed().await, Some(4400));
    });
}

#[test]
fn large_and_binary_messages_end_the_socket() {
    with_site(async |site| {
        let mut page = site.page().await;
        page.send(&"x".repeat(MESSAGE_BYTES)).await;
        assert_eq!(page.notice_of("refused").await["code"], "bad_message");
        page.send(&"x".repeat(MESSAGE_BYTES + 1)).await;
        assert_eq!(page.closed().await, Some(1009));

        let mut page = site.page().await;
        page.give(Message::binary("{}")).await;
        assert_eq!(page.closed().await, Some(1003));

        // So large that it is not even read.
        let mut page = site.page().await;
        page.send(&"x".repeat(16 * MESSAGE_BYTES)).await;
        page.closed().await;

        site.page().await;
    });
}

#[test]
fn sockets_are_limited() {
    with_site(async |site: &Site| {
        let mut strangers: Vec<Socket> = Vec::new();
        for _ in 0..16 {
            strangers.push(site.stranger().await);
        }
        assert_eq!(site.socket_from(Some(&site.origin())).await.err(), Some(503));
        let mut pages = Vec::new();
        for mut stranger in strangers {
            stranger.send(&greeting(&site.token)).await;
            assert_eq!(stranger.notice().await["type"], "snapshot");
            pages.push(stranger);
        }
        for _ in 16..32 {
            pages.push(site.page().await);
        }
        assert_eq!(site.socket_from(Some(&site.origin())).await.err(), Some(503));
        let mut last = pages.pop().unwrap();
        last.give(Message::Close(None)).await;
        last.closed().await;
        // Its place comes free when the node's side has ended too.
        let free = async {
            while site.socket_from(Some(&site.origin())).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(crate::site::SOON, free).await.expect("a place comes free");
    });
}

#[test]
fn a_page_that_does_not_read_is_dropped_and_harms_nobody() {
    with_site(async |site| {
        let mut deaf = site.page().await;
        let mut page = site.page().await;
        // Each renaming tells both pages 400 bytes and more. A deaf one's queue takes 1,024 of them, and the system's
        // buffers half a megabyte.
        for round in 0..5_000 {
            let name = format!("{}{round:08}", "\u{1F415}".repeat(56));
            page.send(&json!({ "type": "set_name", "name": name }).to_string()).await;
            assert_eq!(page.notice_of("me").await["me"]["name"], name);
        }
        deaf.closed().await;
        site.page().await;
    });
}
