//! How it all ends.

use std::time::Duration;

use dogeller_http::running;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::site::{SOON, Site, alone, with_site};

#[test]
fn pages_hear_that_the_node_ends() {
    with_site(async |site| {
        let mut page = site.page().await;
        site.node.shutdown().await;
        assert_eq!(page.closed().await, Some(1001));
    });
}

#[test]
fn shutdown_ends_everything_whoever_is_connected() {
    alone(async || {
        let site = Site::start(tempfile::tempdir().unwrap()).await;
        assert_eq!(running::read(site.folder.path()).unwrap().pid, std::process::id());
        let mut page = site.page().await;
        let mut stranger = site.stranger().await;
        let _silent = site.tcp().await;
        let mut half = site.tcp().await;
        half.write_all(b"GET / HT").await.unwrap();
        let address = site.host();

        let ending = tokio::spawn(site.end());
        assert_eq!(page.closed().await, Some(1001));
        assert_eq!(stranger.closed().await, Some(1001));
        let folder = ending.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
        assert!(running::read(folder.path()).is_err(), "running.json is gone");
    });
}

#[test]
fn dropping_it_ends_it_too() {
    alone(async || {
        let site = Site::start(tempfile::tempdir().unwrap()).await;
        let (mut page, address) = (site.page().await, site.host());
        drop(site.http);
        assert_eq!(page.closed().await, Some(1001));
        let gone = async {
            while TcpStream::connect(&address).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(SOON, gone).await.expect("nobody listens any more");
        site.node.shutdown().await;
    });
}

#[test]
fn the_port_is_the_same_next_time_and_the_token_is_not() {
    alone(async || {
        let first = Site::start(tempfile::tempdir().unwrap()).await;
        let (port, token) = (first.port, first.token.clone());
        let second = Site::start(first.end().await).await;
        assert_eq!(second.port, port);
        assert_ne!(second.token, token);
        second.end().await;
    });
}
