//! A second start finds the first.

use std::sync::atomic::Ordering;
use std::time::Duration;

use dogeller_http::running::{self, Kind, RunningError};
use dogeller_http::{Claim, ClaimError, claim};

use crate::site::{Site, alone, with_site};

#[test]
fn the_first_comes_to_the_front_and_shows_its_page() {
    with_site(async |site| {
        let second = claim(Some(site.folder.path().to_owned()), None).await.unwrap();
        assert_eq!(site.fronted.load(Ordering::Relaxed), 1);
        let Claim::Running { kind: Kind::Headless, page } = second else {
            panic!("{second:?}");
        };
        let path = page.strip_prefix(&site.origin()).unwrap();
        assert_eq!(site.request("GET", path, "").await.header("location"), Some(&*site.http.url()));
    });
}

#[test]
fn a_token_of_an_earlier_start_is_refused() {
    with_site(async |site| {
        let mut stale = running::read(site.folder.path()).unwrap();
        stale.url = stale.url.replace(&site.token, &"0".repeat(64));
        assert!(matches!(running::bring_to_front(&stale, None).await, Err(RunningError::Refused)));
        assert_eq!(site.fronted.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn a_folder_that_comes_free_is_taken_and_one_that_does_not_is_an_error() {
    alone(async || {
        let site = Site::start(tempfile::tempdir().unwrap()).await;
        let folder = site.folder.path().to_owned();
        std::fs::remove_file(folder.join("running.json")).unwrap();
        let silent = claim(Some(folder.clone()), None).await;
        assert!(matches!(silent, Err(ClaimError::Silent { .. })), "{silent:?}");

        let waiting = tokio::spawn(claim(Some(folder), None));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let kept = site.end().await;
        assert!(matches!(waiting.await.unwrap(), Ok(Claim::Free(_))));
        drop(kept);
    });
}
