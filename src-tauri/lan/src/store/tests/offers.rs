//! Offers of files, on the disk.

use dogeller_core::filename::FileName;
use dogeller_core::node::{Unkept, Write};
use dogeller_core::transfer::Key;
use dogeller_core::wire::files::{Answer, Parcel, PictureSize, Stage, Thumbnail};
use dogeller_core::wire::post::Post;
use dogeller_core::wire::talk::EntryKind;

use super::conversations::{ANNA, Disk, OURS, disk, id};
use super::*;

fn offered(n: u64) -> Post {
    let names = std::iter::once(FileName::nearest("film.mp4"));
    Post::Offer { message: id(n), parcel: Parcel::new(1, 0, 1_000_000, names) }
}

fn answered(n: u64, answer: Answer) -> Post {
    Post::Answer { message: id(n), answer }
}

#[test]
fn an_offer_becomes_what_both_say_of_it_and_is_there_after_a_restart() {
    let mut disk = disk();
    disk.mine(offered(1)).unwrap();
    disk.theirs(1, None, offered(2)).unwrap();
    let keys = |disk: &Disk| {
        let unfinished = disk.store.load(1, OURS).unwrap().transfers;
        unfinished.into_iter().map(|(key, _, stage)| (key.mine, stage)).collect::<Vec<_>>()
    };
    assert_eq!(keys(&disk), [(true, Stage::Offered), (false, Stage::Offered)]);
    assert_eq!(disk.mine(answered(1, Answer::Accepted)), Err(Unkept::Refused), "one's own offer is not one's to take");
    disk.theirs(2, Some(1), answered(2, Answer::Accepted)).unwrap();
    assert_eq!(keys(&disk)[1], (false, Stage::Offered), "nor is theirs");
    disk.mine(answered(2, Answer::Accepted)).unwrap();
    disk.theirs(3, Some(2), answered(1, Answer::Accepted)).unwrap();
    let key = Key { peer: ANNA, message: id(2), mine: false };
    disk.write(Write::Pause { key, paused: true });
    assert_eq!(keys(&disk), [(true, Stage::Accepted { paused: false }), (false, Stage::Accepted { paused: true })]);
    disk.mine(answered(2, Answer::Received)).unwrap();
    let placed = disk.write(Write::Placed { key, place: "/downloads/film.mp4".to_owned() });
    assert!(matches!(&placed.entries[0].what, EntryKind::Files { place: Some(_), stage: Stage::Received, .. }));
    disk.theirs(4, Some(3), answered(1, Answer::Cancelled)).unwrap();
    disk.mine(answered(1, Answer::Cancelled)).unwrap_err();
    assert_eq!(disk.texts(), ["film.mp4: Cancelled { by_me: false }", "film.mp4: Received"]);
    disk.theirs(5, Some(4), answered(1, Answer::Received)).unwrap();
    assert_eq!(disk.texts()[0], "film.mp4: Received", "what was received was received");
    assert_eq!(keys(&disk), []);
    let gone = mail::write(&mut disk.store.connection, &Write::Pause { key, paused: true });
    assert_eq!(gone, Err(Unkept::Refused));
}

#[test]
fn what_pictures_look_like_is_kept_with_the_offer_and_goes_with_it() {
    let mut disk = disk();
    disk.mine(offered(1)).unwrap();
    let key = Key { peer: ANNA, message: id(1), mine: true };
    let size = PictureSize { width: 480, height: 360 };
    let write = Write::Thumbnail { key, thumbnail: Thumbnail { size, jpeg: vec![1, 2, 3] } };
    let pictured = disk.write(write.clone());
    assert!(matches!(&pictured.entries[0].what, EntryKind::Files { thumbnail: Some(shown), .. } if *shown == size));
    let kept = |disk: &Disk, key| super::super::offers::thumbnail(&disk.store.connection, key).unwrap();
    assert_eq!(kept(&disk, key), Some(vec![1, 2, 3]));
    assert_eq!(kept(&disk, Key { mine: false, ..key }), None, "nobody else's offer of this id has it");
    disk.write(Write::Clear { peer: ANNA });
    assert_eq!(kept(&disk, key), None);
    assert_eq!(disk.write(write).entries, [], "what is cleared meanwhile stays cleared");
}
