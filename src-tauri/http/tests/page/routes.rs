//! The page, its headers, and who is refused.

use std::sync::atomic::Ordering;

use crate::site::{Site, with_site};

const GUARDED: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), microphone=(self), display-capture=(self), "),
    ("content-security-policy", "default-src 'self'; script-src 'self'; style-src 'self'; "),
];

#[test]
fn the_page_comes_with_its_headers() {
    with_site(async |site| {
        let page = site.request("GET", "/", "").await;
        assert_eq!(page.status(), 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.body().to_ascii_lowercase().contains("<!doctype html>"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains(&format!("connect-src 'self' ws://{};", site.host())), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'; form-action 'none'"), "{policy}");
    });
}

#[test]
fn every_answer_has_the_headers() {
    with_site(async |site| {
        let wrong_host = format!("GET / HTTP/1.1\r\nHost: dog.example:{}\r\nConnection: close\r\n\r\n", site.port);
        for (status, answer) in [
            (200, site.request("GET", "/index.html", "").await),
            (404, site.request("GET", "/nothing", "").await),
            (405, site.request("POST", "/", "").await),
            (405, site.request("GET", "/front", "").await),
            (401, site.request("POST", "/front", "").await),
            (403, site.request("GET", "/open/x", "").await),
            (403, site.request("GET", "/socket", "").await),
            (403, site.ask(&wrong_host).await),
        ] {
            assert_eq!(answer.status(), status, "{answer:?}");
            for (name, begin) in GUARDED {
                let value = answer.header(name);
                assert!(value.is_some_and(|value| value.starts_with(begin)), "{name}: {value:?}");
            }
        }
    });
}

#[test]
fn another_host_gets_nothing() {
    with_site(async |site| {
        let port = site.port;
        let token = &site.token;
        for host in [
            String::new(),
            "Host: 127.0.0.1\r\n".to_owned(),
            format!("Host: localhost:{port}\r\n"),
            format!("Host: rebound.example:{port}\r\n"),
            format!("Host: 127.0.0.1:{port}\r\nHost: rebound.example\r\n"),
        ] {
            for (method, path) in [("GET", "/"), ("POST", "/front"), ("GET", "/socket"), ("GET", "/nothing")] {
                let line =
                    format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n");
                let answer = site.ask(&format!("{line}{host}\r\n")).await;
                assert!(matches!(answer.status(), 400 | 403), "{host:?} {path}: {answer:?}");
                assert_eq!(answer.body(), "");
            }
        }
        assert_eq!(site.fronted.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn nothing_but_the_page_is_served() {
    with_site(async |site| {
        for path in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/..%2fCargo.toml",
            "/assets/../index.html",
            "/assets/%2e%2e/%2e%2e/src/lib.rs",
            "//etc/passwd",
            "/%2fetc%2fpasswd",
            "/..\\Cargo.toml",
            "/index.html%00.js",
            "/index.html/",
            "/.",
            "/open/../front",
        ] {
            assert!(matches!(site.request("GET", path, "").await.status(), 400 | 404), "{path}");
        }
        // Without a slash it is the name of a host, and not of ours.
        let bare = format!("GET index.html HTTP/1.1\r\nHost: {}\r\n\r\n", site.host());
        assert!(matches!(site.ask(&bare).await.status(), 400 | 403));
    });
}

#[test]
fn garbage_and_endless_heads_cost_little() {
    with_site(async |site| {
        assert_eq!(site.ask("\u{16}\u{3}\u{1} hello\r\n\r\n").await.status(), 400);
        let endless = format!("X: {}\r\n", "x".repeat(64 * 1024));
        assert_eq!(site.request("GET", "/", &endless).await.status(), 431);
        assert_eq!(site.request("GET", "/", "").await.status(), 200);
    });
}

#[test]
fn silent_connections_do_not_keep_the_page_away() {
    with_site(async |site| {
        let mut silent = Vec::new();
        for _ in 0..300 {
            silent.push(site.tcp().await);
        }
        assert_eq!(site.request("GET", "/", "").await.status(), 200);
    });
}

#[test]
fn only_the_token_brings_it_to_the_front() {
    with_site(async |site: &Site| {
        let token = &site.token;
        let wrong = "0".repeat(64);
        for line in [
            String::new(),
            format!("Authorization: Bearer {wrong}\r\n"),
            format!("Authorization: Bearer {}\r\n", &token[1..]),
            format!("Authorization: Bearer {token}0\r\n"),
            format!("Authorization: {token}\r\n"),
        ] {
            assert_eq!(site.request("POST", "/front", &line).await.status(), 401, "{line}");
        }
        assert_eq!(site.fronted.load(Ordering::Relaxed), 0);
        let right = format!("Authorization: Bearer {token}\r\n");
        assert_eq!(site.request("POST", "/front", &right).await.status(), 204);
        assert_eq!(site.fronted.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_one_time_address_leads_to_the_page_once() {
    with_site(async |site: &Site| {
        let url = site.http.open_url().unwrap();
        assert!(!url.contains(&site.token));
        let path = url.strip_prefix(&site.origin()).unwrap();
        let first = site.request("GET", path, "").await;
        assert_eq!((first.status(), first.header("location")), (303, Some(&*site.http.url())));
        assert_eq!(first.header("cache-control"), Some("no-store"));
        let second = site.request("GET", path, "").await;
        assert_eq!((second.status(), second.header("location")), (403, None));
    });
}
