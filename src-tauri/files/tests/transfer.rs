//! What one end sends, the other has: over a pair of real sockets, whatever is cut, killed or lied about.

#![allow(clippy::unwrap_used, reason = "in a test that fails is what it should do")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use dogeller_core::transfer::Key;
use dogeller_core::wire::files::{Parcel, Trouble};
use dogeller_core::{MessageId, PeerId};
use dogeller_files::Watch;
use dogeller_files::frame::{FrameError, Said};
use dogeller_files::give::{Cut, give};
use dogeller_files::pace::BLOCK;
use dogeller_files::scan::{Scanned, scan};
use dogeller_files::shelf::Shelf;
use dogeller_files::take::{Taking, take};

const KEY: Key = Key { peer: PeerId::from_bytes([1; 32]), message: MessageId::from_bytes([2; 16]), mine: false };

/// Stops after so many bytes.
struct Until(u64);

impl Watch for Until {
    fn moved(&mut self, bytes: u64) -> bool {
        bytes < self.0
    }
    fn checking(&mut self) -> bool {
        true
    }
    fn talks(&self) -> bool {
        false
    }
}

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (other, _) = listener.accept().unwrap();
    for end in [&one, &other] {
        end.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        end.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    }
    (one, other)
}

struct Scene {
    dir: tempfile::TempDir,
    scanned: Scanned,
}

impl Scene {
    /// Files of all sorts: empty, small, larger than a block, in folders.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let trip = dir.path().join("trip");
        std::fs::create_dir_all(trip.join("empty folder")).unwrap();
        std::fs::create_dir_all(trip.join("photos")).unwrap();
        std::fs::write(trip.join("nothing"), "").unwrap();
        for n in 0..40 {
            std::fs::write(trip.join(format!("photos/{n}.jpg")), bytes(n, 1000 * n)).unwrap();
        }
        std::fs::write(trip.join("film"), bytes(99, 3 * BLOCK + 17)).unwrap();
        let scanned = scan(&[trip]).unwrap();
        Self { dir, scanned }
    }

    fn downloads(&self) -> PathBuf {
        self.dir.path().join("downloads")
    }

    fn run(
        &self,
        gives_until: u64,
        takes_until: u64,
        verified: &mut Option<u64>,
    ) -> (Result<(), Cut>, Result<PathBuf, Cut>) {
        let (mut here, mut there) = pair();
        let offered = self.scanned.manifest.parcel();
        let shelf = Shelf::new(self.dir.path());
        std::thread::scope(|scope| {
            // Each end closes when it is done, as a process that ends does.
            let gave = scope.spawn(move || give(&mut here, &self.scanned, &mut Until(gives_until)));
            let downloads = self.downloads();
            let mut taking =
                Taking { key: KEY, offered: &offered, shelf: &shelf, downloads: &downloads, verified: *verified };
            let took = take(&mut there, &mut taking, &mut Until(takes_until)).map(|taken| taken.place);
            *verified = taking.verified;
            drop(there);
            (gave.join().unwrap(), took)
        })
    }

    fn is_there(&self) {
        same(&self.dir.path().join("trip"), &self.downloads().join("trip"));
        let left: Vec<_> =
            std::fs::read_dir(self.downloads()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["trip"], "nothing else is left there");
    }
}

fn bytes(seed: usize, count: usize) -> Vec<u8> {
    let mut reader = blake3::Hasher::new().update(&seed.to_be_bytes()).finalize_xof();
    let mut bytes = vec![0; count];
    reader.fill(&mut bytes);
    bytes
}

fn same(one: &Path, other: &Path) {
    let names = |folder: &Path| {
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(one), names(other));
    for name in names(one) {
        let (one, other) = (one.join(&name), other.join(&name));
        if one.is_dir() {
            same(&one, &other);
        } else {
            assert!(std::fs::read(&one).unwrap() == std::fs::read(&other).unwrap(), "{name:?}");
        }
    }
}

#[test]
fn a_folder_arrives_as_it_was() {
    let scene = Scene::new();
    let (gave, took) = scene.run(u64::MAX, u64::MAX, &mut None);
    gave.unwrap();
    assert_eq!(took.unwrap(), scene.downloads().join("trip"));
    scene.is_there();
}

#[test]
fn whatever_end_stops_wherever_it_goes_on_from_there() {
    for cut in [1, 5 * 1000, BLOCK as u64, 3 * BLOCK as u64] {
        for remembers in [true, false] {
            for giver_stops in [true, false] {
                let scene = Scene::new();
                let mut verified = None;
                let (gives, takes) = if giver_stops { (cut, u64::MAX) } else { (u64::MAX, cut) };
                let (gave, took) = scene.run(gives, takes, &mut verified);
                assert!(gave.is_err());
                if took.is_ok() {
                    // All had left before the giver heard that it was to stop.
                    scene.is_there();
                    continue;
                }
                assert!(!scene.downloads().join("trip").exists(), "a half file has a name of its own");
                // A taker that was started anew compares; one that was not need not.
                if !remembers {
                    verified = None;
                }
                let (gave, took) = scene.run(u64::MAX, u64::MAX, &mut verified);
                gave.unwrap();
                took.unwrap();
                scene.is_there();
            }
        }
    }
}

#[test]
fn what_lies_here_is_compared_with_what_is_sent() {
    let scene = Scene::new();
    let (gave, took) = scene.run(u64::MAX, 2 * BLOCK as u64, &mut None);
    assert!(gave.is_err() && took.is_err());
    let part = std::fs::read_dir(scene.downloads()).unwrap().next().unwrap().unwrap().path();
    let film = part.join("trip/film");
    let mut damaged = std::fs::read(&film).unwrap();
    damaged[1000] ^= 1;
    std::fs::write(&film, damaged).unwrap();
    let (gave, took) = scene.run(u64::MAX, u64::MAX, &mut None);
    gave.unwrap();
    took.unwrap();
    scene.is_there();
}

#[test]
fn what_was_changed_since_it_was_offered_is_not_sent() {
    let scene = Scene::new();
    let photo = scene.dir.path().join("trip/photos/30.jpg");
    std::fs::write(&photo, "something else").unwrap();
    let (gave, took) = scene.run(u64::MAX, u64::MAX, &mut None);
    assert!(matches!(gave, Err(Cut::Stuck(Trouble::Changed))), "{gave:?}");
    assert!(matches!(took, Err(Cut::StuckThere)), "{took:?}");
    assert!(!scene.downloads().join("trip").exists());
    // Also where its size is the same.
    std::fs::write(&photo, bytes(77, 30_000)).unwrap();
    let file = std::fs::File::options().write(true).open(&photo).unwrap();
    file.set_modified(std::time::SystemTime::now() + Duration::from_secs(5)).unwrap();
    let (gave, took) = scene.run(u64::MAX, u64::MAX, &mut None);
    assert!(matches!(gave, Err(Cut::Stuck(Trouble::Changed))) && took.is_err(), "{gave:?} {took:?}");
    std::fs::remove_file(photo).unwrap();
    let (gave, _) = scene.run(u64::MAX, u64::MAX, &mut None);
    assert!(matches!(gave, Err(Cut::Stuck(Trouble::Gone))), "{gave:?}");
}

/// A giver that says what it likes.
fn hostile(offered: &Parcel, says: impl FnOnce(&mut TcpStream) + Send) -> (Result<PathBuf, Cut>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (mut here, mut there) = pair();
    let shelf = Shelf::new(dir.path());
    let downloads = dir.path().join("downloads");
    let took = std::thread::scope(|scope| {
        scope.spawn(move || {
            says(&mut here);
            // A socket that is closed with something unread takes back what was said.
            let _ = here.shutdown(std::net::Shutdown::Write);
            let _ = here.read_to_end(&mut Vec::new());
        });
        let mut taking = Taking { key: KEY, offered, shelf: &shelf, downloads: &downloads, verified: None };
        let took = take(&mut there, &mut taking, &mut Until(u64::MAX)).map(|taken| taken.place);
        drop(there);
        took
    });
    (took, dir)
}

fn manifest(line: &mut TcpStream, json: &str) {
    let _ = Said::Manifest { length: json.len() }.say(line);
    let _ = line.write_all(json.as_bytes());
}

const ONE: &str = r#"[{"path":"a","is":{"file":{"size":5,"modified_ms":0}}}]"#;

fn one() -> Parcel {
    dogeller_files::manifest::Manifest::checked(serde_json::from_str(ONE).unwrap()).unwrap().parcel()
}

fn block(line: &mut TcpStream, bytes: &[u8], hash: [u8; 32]) {
    let _ = Said::Block { length: bytes.len(), hash }.say(line);
    let _ = line.write_all(bytes);
}

fn nothing_came(dir: &tempfile::TempDir) {
    let there: Vec<_> = std::fs::read_dir(dir.path().join("downloads")).into_iter().flatten().flatten().collect();
    assert!(there.iter().all(|entry| entry.file_name().to_string_lossy().starts_with(".dogeller-")), "{there:?}");
}

#[test]
fn no_path_of_a_giver_leads_out_of_the_folder() {
    for path in ["../evil", "/tmp/evil", "a/../../evil", "..", "a/b"] {
        let json = ONE.replace("\"a\"", &format!("{path:?}"));
        let (took, dir) = hostile(&one(), |line| manifest(line, &json));
        assert!(matches!(took, Err(Cut::Stuck(Trouble::NotAsOffered))), "{path}: {took:?}");
        assert!(!dir.path().join("evil").exists());
        nothing_came(&dir);
    }
}

#[test]
fn sizes_that_are_lies_are_found_out_both_ways() {
    let hash = |bytes: &[u8]| *blake3::hash(bytes).as_bytes();
    for bytes in [&b"hello!"[..], b"hell"] {
        let (took, dir) = hostile(&one(), |line| {
            manifest(line, ONE);
            let _ = Said::From { bytes: 0 }.say(line);
            block(line, bytes, hash(bytes));
            let _ = Said::Whole.say(line);
            let _ = line.read_to_end(&mut Vec::new());
        });
        assert!(matches!(took, Err(Cut::Stuck(Trouble::NotAsOffered))), "{took:?}");
        nothing_came(&dir);
    }
}

#[test]
fn what_is_not_what_was_hashed_is_not_written() {
    let (took, dir) = hostile(&one(), |line| {
        manifest(line, ONE);
        let _ = Said::From { bytes: 0 }.say(line);
        block(line, b"hello", [0; 32]);
        let _ = line.read_to_end(&mut Vec::new());
    });
    assert!(matches!(took, Err(Cut::Gone(FrameError::Nonsense))), "{took:?}");
    nothing_came(&dir);
}

#[test]
fn an_endless_list_and_other_nonsense_cost_little() {
    let says: [&(dyn Fn(&mut TcpStream) + Sync); 4] = [
        &|line| {
            let _ = line.write_all(&[2, 255, 255, 255, 255]);
        },
        &|line| manifest(line, &"[".repeat(100_000)),
        &|line| {
            let _ = Said::From { bytes: 7 }.say(line);
        },
        &|line| {
            manifest(line, ONE);
            let _ = Said::From { bytes: 3 }.say(line);
        },
    ];
    for says in says {
        let (took, dir) = hostile(&one(), says);
        assert!(took.is_err());
        nothing_came(&dir);
    }
}

#[test]
fn a_taker_that_stops_reading_is_not_waited_for_and_holds_no_more_than_a_few_blocks() {
    let scene = Scene::new();
    let (mut here, mut there) = pair();
    Said::Want { manifest: true }.say(&mut there).unwrap();
    Said::Have { bytes: 0, hash: None }.say(&mut there).unwrap();
    // It never says what it has written.
    let gave = give(&mut here, &scene.scanned, &mut Until(u64::MAX));
    assert!(matches!(gave, Err(Cut::Gone(FrameError::Gone(_)))), "{gave:?}");
    drop(here);
    let mut left = Vec::new();
    there.read_to_end(&mut left).unwrap();
    assert!(left.len() < BLOCK, "{} bytes were on their way", left.len());
}

#[test]
fn a_taker_that_asks_for_nonsense_gets_nothing() {
    let scene = Scene::new();
    let total = scene.scanned.manifest.bytes();
    for said in [Said::Have { bytes: total + 1, hash: None }, Said::Whole, Said::Written { bytes: 1, talks: false }] {
        let (mut here, mut there) = pair();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let _ = Said::Want { manifest: true }.say(&mut there);
                let _ = said.say(&mut there);
                let _ = there.read_to_end(&mut Vec::new());
            });
            let gave = give(&mut here, &scene.scanned, &mut Until(u64::MAX));
            assert!(matches!(gave, Err(Cut::Gone(FrameError::Nonsense))), "{gave:?}");
            drop(here);
        });
    }
}
