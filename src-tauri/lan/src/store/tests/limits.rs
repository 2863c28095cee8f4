//! How much is kept, of whom, and for how long.

use dogeller_core::CallId;
use dogeller_core::call::{Past, Role};
use dogeller_core::mail::{Heard, WAITING};
use dogeller_core::node::{Unkept, Write};
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::talk::Retention;

use super::conversations::{ANNA, Disk, HERS, disk, said};
use super::*;

#[test]
fn a_stranger_cannot_fill_the_disk() {
    let mut disk = disk();
    for n in 1..=1000 {
        disk.theirs(n, (n > 1).then(|| n - 1), said(n, "spam")).unwrap();
    }
    assert_eq!(disk.theirs(1001, Some(1000), said(1001, "spam")), Err(Unkept::Refused));
    disk.mine(said(5000, "who are you?")).unwrap();
    disk.theirs(1001, Some(1000), said(1001, "a friend")).unwrap();
}

#[test]
fn what_was_kept_long_enough_goes_up_to_what_waits_or_was_not_seen() {
    let mut disk = disk();
    disk.theirs(1, None, said(1, "seen")).unwrap();
    let seen = disk.theirs(2, Some(1), said(2, "seen too")).unwrap().entries[0].position;
    disk.write(Write::Seen { peer: ANNA, position: seen });
    disk.mine(said(3, "waits")).unwrap();
    disk.theirs(3, Some(2), said(4, "late, and not seen")).unwrap();
    let last = disk.theirs(4, Some(3), said(5, "new")).unwrap().entries[0].position;
    let week_ago = unix_millis() as i64 - 8 * 24 * 3600 * 1000;
    let sql = "UPDATE entry SET at_ms = ?1 WHERE position < ?2";
    disk.store.connection.execute(sql, [week_ago, last as i64]).unwrap();
    assert_eq!(retention::expire(&mut disk.store.connection).unwrap(), []);
    disk.store.keep(&Kept::Retention(Retention::Week)).unwrap();
    let expire = |disk: &mut Disk| {
        let expired = retention::expire(&mut disk.store.connection).unwrap();
        expired.into_iter().map(|(_, through, outside)| (through, outside.unread)).collect::<Vec<_>>()
    };
    assert_eq!(expire(&mut disk), [(seen, 2)]);
    assert_eq!(disk.texts(), ["me: waits", "them: late, and not seen", "them: new"]);
    disk.write(Write::Delivered { peer: ANNA, through: 1 });
    assert_eq!(expire(&mut disk), [(seen + 1, 2)]);
    assert_eq!(expire(&mut disk), []);
    disk.write(Write::Seen { peer: ANNA, position: last });
    assert_eq!(expire(&mut disk), [(last - 1, 0)]);
    assert_eq!(disk.texts(), ["them: new"]);
}

#[test]
fn too_many_that_wait_are_refused_and_a_cleared_conversation_has_room_again() {
    let mut disk = disk();
    disk.store.connection.pragma_update(None, "synchronous", "OFF").unwrap();
    for n in 1..=WAITING {
        disk.mine(said(n, "hello?")).unwrap();
    }
    assert_eq!(disk.mine(said(WAITING + 1, "hello?")), Err(Unkept::TooMany));
    disk.write(Write::Clear { peer: ANNA });
    assert_eq!(disk.mine(said(WAITING + 2, "anew")).unwrap().number, Some(WAITING + 1), "no number is lost");
}

#[test]
fn strangers_are_refused_rather_than_that_others_lose_something() {
    let mut disk = disk();
    disk.store.connection.pragma_update(None, "synchronous", "OFF").unwrap();
    let stranger = |n: u16| {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&n.to_be_bytes());
        PeerId::from_bytes(bytes)
    };
    let writes = |disk: &mut Disk, n: u16| {
        let place = Heard { outbox: HERS, n: 1 };
        let peer = stranger(n);
        let write = Write::Theirs { peer, place, after: None, age_ms: 0, post: said(1, "who are you?") };
        mail::write(&mut disk.store.connection, &write).map(|changed| changed.outside.unread)
    };
    assert!((0..256).all(|n| writes(&mut disk, n) == Ok(1)));
    assert_eq!(writes(&mut disk, 256), Err(Unkept::Refused));
    mail::write(&mut disk.store.connection, &Write::Clear { peer: stranger(0) }).unwrap();
    let calls = |disk: &mut Disk, id: u8, role| {
        let with = stranger(256);
        let id = CallId::from_bytes([id; 16]);
        let past = Past { id, with, role, media: Media::Video, talked: None, reason: EndReason::Busy };
        mail::write(&mut disk.store.connection, &Write::Call(past)).map(drop)
    };
    assert_eq!(calls(&mut disk, 1, Role::Callee), Ok(()));
    disk.store
        .connection
        .execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
             INSERT INTO entry (peer, kind, mine, id, n, at_ms, counts, call)
             SELECT ?1, 'call', 0, 'of before ' || i, 0, 0, 0, '' FROM n",
            [stranger(256).to_string()],
        )
        .unwrap();
    assert_eq!(calls(&mut disk, 2, Role::Callee), Err(Unkept::Refused), "they call and call");
    assert_eq!(calls(&mut disk, 1, Role::Callee), Ok(()), "one that is there may end otherwise than was known");
    assert_eq!(calls(&mut disk, 3, Role::Caller), Ok(()), "whom one calls is no stranger");
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let mut disk = disk();
    disk.mine(said(1, "kept")).unwrap();
    let pages: i64 = disk.store.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    disk.store.connection.pragma_update(None, "max_page_count", pages + 2).unwrap();
    let long = "x".repeat(16_000);
    let full = (2..50).find_map(|n| disk.mine(said(n, &long)).err().map(|why| (n, why)));
    let Some((n, Unkept::Full)) = full else { panic!("{full:?}") };
    assert_eq!(disk.theirs(1, None, said(99, &long)), Err(Unkept::Full));
    assert_eq!(disk.texts().len() as u64, n - 1);
    disk.store.connection.pragma_update(None, "max_page_count", pages + 100).unwrap();
    disk.theirs(1, None, said(99, &long)).unwrap();
    assert_eq!(disk.waiting().len() as u64, n - 1);
}
