//! Releases in folders and on a server, good ones and others.
//!
//! The samples were made once, and the secret halves of the keys thrown away:
//! `tauri signer generate --ci -p "" -w test.key`, `tauri signer sign -f test.key -p "" --app-version 0.2.0 bundle` and so on.

use std::fs;
use std::io::{BufRead, BufReader, sink};
use std::net::TcpListener;
use std::thread;

use serde_json::json;
use tempfile::TempDir;

use super::*;

const KEY: &str = include_str!("../samples/key.pub");
const BUNDLE: &[u8] = include_bytes!("../samples/bundle");
const OURS: &str = include_str!("../samples/ours.sig");
/// By our key and of the same bundle, for 0.1.9.
const OLDER: &str = include_str!("../samples/older.sig");
/// By our key, for no version.
const UNVERSIONED: &str = include_str!("../samples/unversioned.sig");
/// By somebody else's key, for 0.2.0.
const OTHER: &str = include_str!("../samples/other.sig");
const TARGET: &str = "linux-x86_64-deb";
const FILE: &str = "Dogeller_0.2.0_amd64.deb";

fn manifest(version: &str, signature: &str) -> serde_json::Value {
    let url = format!("https://github.com/dogeller/dogeller/releases/download/v{version}/{FILE}");
    json!({ "version": version, "notes": "More.\nAnd better.", "pub_date": "2026-12-31T00:00:00Z",
            "platforms": { TARGET: { "url": url, "signature": signature } } })
}

fn folder(manifest: &serde_json::Value, bundle: &[u8]) -> (TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(MANIFEST), manifest.to_string()).unwrap();
    fs::write(folder.path().join(FILE), bundle).unwrap();
    let source = Source::Folder(folder.path().to_owned());
    (folder, source)
}

fn looked(source: &Source) -> Result<Option<Release>, UpdateError> {
    look(source, &Version::new(0, 1, 0), TARGET)
}

/// What comes of a bundle, and how much of it was told.
fn fetched(source: &Source) -> (Result<Vec<u8>, UpdateError>, u64) {
    let (mut bytes, mut told) = (Vec::new(), 0);
    let release = looked(source).unwrap().unwrap();
    let fetched = release.fetch(source, &key(KEY).unwrap(), &mut bytes, &mut |count, _| {
        told = count;
        true
    });
    let genuine = fetched.map(|hash| {
        assert!(hash.is_of(&bytes[..]) && !hash.is_of(&bytes[1..]));
        bytes
    });
    (genuine, told)
}

#[test]
fn a_release_in_a_folder_is_offered_and_fetched() {
    let (_folder, source) = folder(&manifest("0.2.0", OURS), BUNDLE);
    let offer = looked(&source).unwrap().unwrap().offer();
    assert_eq!(offer, Offer { version: "0.2.0".to_owned(), notes: "More.\nAnd better.".to_owned() });
    assert_eq!(fetched(&source), (Ok(BUNDLE.to_owned()), BUNDLE.len() as u64));
}

#[test]
fn what_is_not_newer_is_no_offer() {
    for version in ["0.1.0", "0.1.0+later", "v0.1.0", "0.0.9", "0.1.0-rc.1"] {
        let (_folder, source) = folder(&manifest(version, OURS), BUNDLE);
        assert!(matches!(looked(&source), Ok(None)), "{version}");
    }
    let (_folder, source) = folder(&manifest("v0.2.0", OURS), BUNDLE);
    assert!(matches!(looked(&source), Ok(Some(_))));
}

#[test]
fn what_is_no_release_is_said_to_be_none() {
    let whole = manifest("0.2.0", OURS);
    let with = |pointer: &str, value: serde_json::Value| {
        let mut changed = whole.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    for manifest in [
        json!([]),
        json!({ "version": "0.2.0" }),
        with("/version", json!("two")),
        with("/notes", json!("a".repeat(300_000))),
        with("/platforms/linux-x86_64-deb/url", json!("https://example.org/..")),
        with("/platforms/linux-x86_64-deb/url", json!("https://example.org/%2e%2e%2fbundle")),
        with("/platforms/linux-x86_64-deb/url", json!(r"..\..\bundle")),
        with("/platforms/linux-x86_64-deb/url", json!("a".repeat(200))),
    ] {
        let (_folder, source) = folder(&manifest, BUNDLE);
        assert_eq!(looked(&source).err(), Some(UpdateError::NoRelease));
    }
    let (_folder, source) = folder(&with("/platforms", json!({})), BUNDLE);
    assert_eq!(looked(&source).err(), Some(UpdateError::NotForThis));
    let (_folder, source) = folder(&with("/platforms/linux-x86_64-deb/signature", json!("none")), BUNDLE);
    assert_eq!(looked(&source).err(), Some(UpdateError::NotGenuine));
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(looked(&Source::Folder(empty.path().to_owned())).err(), Some(UpdateError::NoRelease));
    fs::create_dir(empty.path().join(MANIFEST)).unwrap();
    assert_eq!(looked(&Source::Folder(empty.path().to_owned())).err(), Some(UpdateError::NoRelease));
}

#[test]
fn notes_are_text_of_some_length() {
    let notes = format!("One\u{7}\u{1b}[31m\r\nTwo {}", "a".repeat(20_000));
    let mut manifest = manifest("0.2.0", OURS);
    manifest["notes"] = json!(notes);
    let (_folder, source) = folder(&manifest, BUNDLE);
    let shown = looked(&source).unwrap().unwrap().offer().notes;
    assert!(shown.starts_with("One[31m\nTwo a"), "{shown}");
    assert_eq!(shown.chars().count(), NOTES_CHARS);
    manifest["notes"] = json!(null);
    assert_eq!(looked(&folder(&manifest, BUNDLE).1).unwrap().unwrap().offer().notes, "");
}

#[test]
fn nothing_else_than_what_was_signed_for_this_version_is_taken() {
    let mut changed = BUNDLE.to_owned();
    changed[0] ^= 1;
    let half = &BUNDLE[..BUNDLE.len() / 2];
    let twice = [BUNDLE, BUNDLE].concat();
    for (what, signature, bundle) in [
        ("changed", OURS, &changed[..]),
        ("half", OURS, half),
        ("twice", OURS, &twice),
        ("nothing", OURS, &[]),
        ("an old one for a new version", OLDER, BUNDLE),
        ("signed for no version", UNVERSIONED, BUNDLE),
        ("signed by somebody else", OTHER, BUNDLE),
    ] {
        let (_folder, source) = folder(&manifest("0.2.0", signature), bundle);
        assert_eq!(fetched(&source).0, Err(UpdateError::NotGenuine), "{what}");
    }
    // A comment that says the version, and that nobody signed.
    let text = decoded(OLDER).unwrap().replace("version:0.1.9", "version:0.2.0");
    let (_folder, source) = folder(&manifest("0.2.0", &STANDARD.encode(text)), BUNDLE);
    assert_eq!(fetched(&source).0, Err(UpdateError::NotGenuine));
    // Another key's is not even read.
    let (_folder, source) = folder(&manifest("0.2.0", OTHER), BUNDLE);
    assert_eq!(fetched(&source).1, 0);
}

#[test]
fn a_bundle_larger_than_any_is_not_read_at_all() {
    let (folder, source) = folder(&manifest("0.2.0", OURS), BUNDLE);
    fs::File::create(folder.path().join(FILE)).unwrap().set_len(BUNDLE_BYTES + 1).unwrap();
    assert_eq!(fetched(&source), (Err(UpdateError::NotGenuine), 0));
}

#[test]
fn a_bundle_that_is_gone_and_a_disk_that_is_full_are_told_apart() {
    let (folder, source) = folder(&manifest("0.2.0", OURS), BUNDLE);
    let release = looked(&source).unwrap().unwrap();
    let mut full: &mut [u8] = &mut [0; 8];
    let fetched = release.fetch(&source, &key(KEY).unwrap(), &mut full, &mut |_, _| true);
    assert_eq!(fetched, Err(UpdateError::NotInstalled));
    fs::remove_file(folder.path().join(FILE)).unwrap();
    let fetched = release.fetch(&source, &key(KEY).unwrap(), &mut sink(), &mut |_, _| true);
    assert_eq!(fetched, Err(UpdateError::NoRelease));
}

#[test]
fn a_bundle_that_nobody_wants_any_more_is_read_no_further() {
    let (_folder, source) = folder(&manifest("0.2.0", OURS), BUNDLE);
    let release = looked(&source).unwrap().unwrap();
    let fetched = release.fetch(&source, &key(KEY).unwrap(), &mut sink(), &mut |_, _| false);
    assert_eq!(fetched, Err(UpdateError::LookAgain));
}

#[test]
fn a_version_as_long_as_a_book_is_none() {
    let (_folder, source) = folder(&manifest(&format!("0.2.0+{}", "a".repeat(100)), OURS), BUNDLE);
    assert!(matches!(looked(&source), Err(UpdateError::NoRelease)));
}

#[test]
fn a_key_is_one_or_is_none() {
    assert!(key(KEY).is_some() && key(&format!("{KEY}\n")).is_some());
    for text in ["", "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", "AAAA", OURS] {
        assert!(key(text).is_none(), "{text}");
    }
    // One that this very build was given.
    assert!(crate::update::KEY.is_none_or(|text| text.is_empty() || key(text).is_some()));
}

/// A server on this machine, which gives these answers by path, each with its head.
fn server(answers: Vec<(&'static str, Vec<u8>)>) -> Source {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let source = Source::new(&format!("http://{}/updates", listener.local_addr().unwrap())).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
            let asked = head.next().unwrap().unwrap();
            head.find(|line| line.as_ref().is_ok_and(String::is_empty));
            let path = asked.split(' ').nth(1).unwrap();
            let known = answers.iter().find(|(wanted, _)| *wanted == path);
            let answer =
                known.map_or(&b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"[..], |(_, answer)| answer);
            // Who asked may have heard enough.
            let _gone = stream.write_all(answer);
        }
    });
    source
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes(), body].concat()
}

#[test]
fn a_release_on_a_server_of_this_network_is_offered_and_fetched() {
    let manifest = manifest("0.2.0", OURS).to_string();
    let length = format!("200 OK\r\nContent-Length: {}", BUNDLE.len());
    let source = server(vec![
        ("/updates/latest.json", answer("200 OK", manifest.as_bytes())),
        // Beside its latest.json, whatever address that gives.
        ("/updates/Dogeller_0.2.0_amd64.deb", answer(&length, BUNDLE)),
    ]);
    assert_eq!(fetched(&source), (Ok(BUNDLE.to_owned()), BUNDLE.len() as u64));
}

#[test]
fn a_server_that_has_nothing_or_too_much_or_sends_elsewhere_has_no_release() {
    let endless = answer("200 OK", &vec![b' '; 300_000]);
    let elsewhere = answer("302 Found\r\nLocation: /latest.json", b"");
    let whole = answer("200 OK", manifest("0.2.0", OURS).to_string().as_bytes());
    for manifest in [endless, elsewhere] {
        let source = server(vec![("/updates/latest.json", manifest), ("/latest.json", whole.clone())]);
        assert_eq!(looked(&source).err(), Some(UpdateError::NoRelease));
    }
    assert_eq!(looked(&server(vec![])).err(), Some(UpdateError::NoRelease));
    let broken = answer("500 Oh", b"");
    assert_eq!(looked(&server(vec![("/updates/latest.json", broken)])).err(), Some(UpdateError::Unreachable));
    let short = answer("200 OK\r\nContent-Length: 9000", b"{");
    assert_eq!(looked(&server(vec![("/updates/latest.json", short)])).err(), Some(UpdateError::Unreachable));
}

#[test]
fn nobody_there_is_said_so() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let source = Source::new(&format!("http://{gone}/")).unwrap();
    assert_eq!(looked(&source).err(), Some(UpdateError::Unreachable));
    assert_eq!(looked(&Source::Folder("/nowhere/at/all".into())).err(), Some(UpdateError::Unreachable));
}
