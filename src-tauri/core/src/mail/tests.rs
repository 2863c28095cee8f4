//! What leaves, what arrives, and what waits, without a disk.

use super::*;

const LINK: LinkId = LinkId(1);
const THEIRS: OutboxId = OutboxId::from_bytes([9; 16]);

fn at(ms: u64) -> Time {
    Time::from_millis(ms)
}

fn post(n: u64) -> Heard {
    Heard { outbox: THEIRS, n }
}

/// So many posts are on the disk.
fn written(count: u64) -> Mail {
    let mut mail = Mail::default();
    for n in 1..=count {
        mail.kept(n);
    }
    mail
}

fn numbered(numbers: std::ops::RangeInclusive<u64>) -> Vec<NumberedPost> {
    let read = |through| crate::wire::post::Post::Read { outbox: THEIRS, through };
    numbers.map(|n| NumberedPost { outbox: THEIRS, n, follows: n - 1, age_ms: 0, post: read(n) }).collect()
}

#[test]
fn no_more_leaves_than_may_be_on_the_way() {
    let mut mail = written(40);
    let load = mail.load(LINK).unwrap();
    assert_eq!((load.after, load.most), (0, ON_THE_WAY));
    assert_eq!(mail.load(LINK), None, "one after the other");
    mail.loaded(load, numbered(1..=16), at(0));
    assert_eq!(mail.load(LINK), None);
    assert_eq!(mail.stored(10, at(1)), Ok(Stored::News));
    let load = mail.load(LINK).unwrap();
    assert_eq!((load.after, load.most), (16, 10));
    assert_eq!(mail.marks(), Marks { sent: 16, delivered: 10, read: 0 });
}

#[test]
fn another_link_begins_with_the_first_that_may_be_lost() {
    let mut mail = written(5);
    let load = mail.load(LINK).unwrap();
    mail.loaded(load, numbered(1..=5), at(0));
    mail.stored(2, at(1)).unwrap();
    mail.on_new_link();
    assert_eq!(mail.marks(), Marks { sent: 2, delivered: 2, read: 0 });
    let late = mail.load(LinkId(2)).unwrap();
    assert_eq!(late.after, 2);
    assert!(mail.loaded(load, numbered(3..=5), at(2)).is_empty(), "what was loaded for the old link is not sent");
}

#[test]
fn what_is_not_acknowledged_leaves_again_after_a_while() {
    let mut mail = written(1);
    let load = mail.load(LINK).unwrap();
    mail.loaded(load, numbered(1..=1), at(0));
    assert_eq!(mail.deadline(), Some(at(0) + AGAIN));
    mail.tick(at(29_999));
    assert_eq!(mail.load(LINK), None);
    mail.tick(at(30_000));
    assert_eq!(mail.load(LINK).unwrap().after, 0);
    mail.stored(1, at(30_001)).unwrap();
    assert_eq!(mail.deadline(), None);
}

#[test]
fn a_conversation_that_was_cleared_waits_for_nothing() {
    let mut mail = written(20);
    let load = mail.load(LINK).unwrap();
    mail.loaded(load, Vec::new(), at(0));
    assert!(!mail.waits());
    mail.kept(21);
    assert_eq!(mail.load(LINK).unwrap().after, 0);
}

#[test]
fn a_folder_put_back_from_a_backup_goes_on_after_what_was_written_then() {
    let mut mail = written(3);
    let early = mail.load(LINK).unwrap();
    assert_eq!(mail.stored(50, at(0)), Ok(Stored::PutBack));
    assert!(mail.loaded(early, numbered(1..=3), at(0)).is_empty(), "these numbers mean other posts there");
    assert_eq!(mail.load(LINK), None);
    assert_eq!(mail.tell(), Some(Tell::PutBack { through: 50 }));
    mail.not_told(at(0));
    assert_eq!((mail.tell(), mail.load(LINK)), (None, None), "a disk that is full is asked again later");
    mail.tick(at(30_000));
    assert_eq!(mail.tell(), Some(Tell::PutBack { through: 50 }));
    mail.put_back(50, 53);
    let load = mail.load(LINK).unwrap();
    assert_eq!(load.after, 50);
    mail.loaded(load, numbered(51..=53), at(0));
    assert_eq!(mail.stored(53, at(1)), Ok(Stored::News));
    assert_eq!(mail.stored(u64::MAX, at(0)), Err(MailError::FromNowhere));
}

#[test]
fn the_disk_is_told_one_thing_at_a_time() {
    let mut mail = written(9);
    mail.stored(2, at(0)).unwrap();
    assert_eq!(mail.tell(), Some(Tell::Delivered { through: 2 }));
    mail.stored(7, at(1)).unwrap();
    assert_eq!(mail.tell(), None);
    mail.told(2);
    assert_eq!(mail.tell(), Some(Tell::Delivered { through: 7 }));
    mail.told(7);
    assert_eq!(mail.tell(), None);
}

#[test]
fn a_post_is_taken_once_in_order_and_without_a_gap() {
    let mut mail = Mail::default();
    assert_eq!(mail.take(post(3), 0), Ok(Taken::Store { after: None }));
    assert_eq!(mail.take(post(3), 0), Ok(Taken::Underway));
    assert_eq!(mail.take(post(7), 3), Ok(Taken::Store { after: Some(post(3)) }));
    mail.took(post(3), true);
    mail.took(post(7), false);
    assert_eq!(mail.take(post(8), 7), Ok(Taken::Gap), "the one before it could not be stored");
    assert_eq!(mail.take(post(3), 0), Ok(Taken::Known(post(3))));
    assert_eq!(mail.take(post(7), 3), Ok(Taken::Store { after: Some(post(3)) }));
}

#[test]
fn another_counting_begins_anew() {
    let mut mail = Mail::default();
    mail.take(post(9), 0).unwrap();
    mail.took(post(9), true);
    let other = Heard { outbox: OutboxId::from_bytes([1; 16]), n: 1 };
    assert_eq!(mail.take(other, 0), Ok(Taken::Store { after: Some(post(9)) }));
}

#[test]
fn whoever_sends_without_waiting_is_told_off() {
    let mut mail = Mail::default();
    let refused = (1..).map_while(|n| mail.take(post(n), n - 1).ok()).count();
    assert_eq!(refused, BEING_STORED);
}

#[test]
fn nothing_is_read_that_is_not_delivered() {
    let mut mail = written(3);
    mail.stored(2, at(0)).unwrap();
    mail.read(3);
    assert_eq!(mail.marks().read, 2);
}
