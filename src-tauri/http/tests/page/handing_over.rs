//! Files that a page hands over: who may, where they go, and that half of one is nothing.

use tokio::io::AsyncWriteExt;

use crate::site::{Answer, Site, with_site};

const MESSAGE: &str = "00112233445566778899aabbccddeeff";

async fn hand_over(site: &Site, target: &str, origin: &str, token: &str, content: &str) -> Answer {
    let length = content.len();
    let head = format!(
        "POST /files/{target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nOrigin: {origin}\r\n\
         Authorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n{content}",
        site.host()
    );
    site.ask(&head).await
}

fn lies(site: &Site, path: &str) -> Option<String> {
    std::fs::read_to_string(site.folder.path().join(format!("files/{MESSAGE}-upload")).join(path)).ok()
}

#[test]
fn what_the_page_hands_over_lies_in_the_data_folder() {
    with_site(async |site| {
        let own = format!("http://{}", site.host());
        let target = format!("{MESSAGE}?path=trip%2F%C3%A9t%C3%A9.txt");
        assert_eq!(hand_over(site, &target, &own, &site.token, "hello").await.status(), 204);
        assert_eq!(lies(site, "trip/été.txt").as_deref(), Some("hello"));
        assert_eq!(hand_over(site, &target, &own, &site.token, "again").await.status(), 409);
        assert_eq!(lies(site, "trip/été.txt").as_deref(), Some("hello"), "nothing is written over");
        let empty = format!("{MESSAGE}?path=nothing");
        assert_eq!(hand_over(site, &empty, &own, &site.token, "").await.status(), 204);
        assert_eq!(lies(site, "nothing").as_deref(), Some(""));
    });
}

#[test]
fn only_this_page_with_its_token_may_and_nothing_leads_out() {
    with_site(async |site| {
        let own = format!("http://{}", site.host());
        let fine = format!("{MESSAGE}?path=a");
        for (origin, token) in [("http://evil.example", site.token.as_str()), (&own, "0"), (&own, "")] {
            assert_eq!(hand_over(site, &fine, origin, token, "x").await.status(), 403, "{origin} {token}");
        }
        for target in ["x?path=a", &format!("{MESSAGE}?path=..%2Fa"), &format!("{MESSAGE}?path=%2Fetc%2Fa"), MESSAGE] {
            assert_eq!(hand_over(site, target, &own, &site.token, "x").await.status(), 400, "{target}");
        }
        assert_eq!(lies(site, "a"), None);
    });
}

#[test]
fn half_a_file_is_nothing() {
    with_site(async |site| {
        let mut stream = site.tcp().await;
        let head = format!(
            "POST /files/{MESSAGE}?path=half HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
             Authorization: Bearer {}\r\nContent-Length: 1000\r\n\r\nhello",
            site.token,
            host = site.host()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        while lies(site, "half").as_deref() != Some("hello") {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        drop(stream);
        while lies(site, "half").is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    });
}
