//! What people write to each other, on the disk.

use dogeller_core::call::{Past, Role};
use dogeller_core::mail::{Heard, Load};
use dogeller_core::node::{Changed, Look, Unkept, Write};
use dogeller_core::text::MessageText;
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::post::Post;
use dogeller_core::wire::talk::{Author, ENTRIES_TOLD, Entry, EntryKind, ExportFormat, News};
use dogeller_core::{CallId, LinkId, MessageId, PageId};

use super::*;

pub(super) const ANNA: PeerId = PeerId::from_bytes([7; 32]);
pub(super) const OURS: OutboxId = OutboxId::from_bytes([1; 16]);
pub(super) const HERS: OutboxId = OutboxId::from_bytes([9; 16]);

pub(super) struct Disk {
    pub(super) dir: tempfile::TempDir,
    pub(super) store: Store,
}

pub(super) fn disk() -> Disk {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    Disk { dir, store }
}

pub(super) fn id(n: u64) -> MessageId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    MessageId::from_bytes(bytes)
}

pub(super) fn said(n: u64, text: &str) -> Post {
    Post::Text { message: id(n), text: MessageText::new(text).unwrap(), reply: None }
}

impl Disk {
    pub(super) fn mine(&mut self, post: Post) -> Result<Changed, Unkept> {
        mail::write(&mut self.store.connection, &Write::Mine { page: None, peer: ANNA, post })
    }

    pub(super) fn theirs(&mut self, n: u64, after: Option<u64>, post: Post) -> Result<Changed, Unkept> {
        let heard = |n| Heard { outbox: HERS, n };
        let write = Write::Theirs { peer: ANNA, place: heard(n), after: after.map(heard), age_ms: 5000, post };
        mail::write(&mut self.store.connection, &write)
    }

    pub(super) fn write(&mut self, write: Write) -> Changed {
        mail::write(&mut self.store.connection, &write).unwrap()
    }

    pub(super) fn waiting(&self) -> Vec<u64> {
        let load = Load { link: LinkId(1), after: 0, most: 100 };
        let posts = mail::load(&self.store.connection, OURS, ANNA, load).unwrap();
        posts.iter().map(|post| post.n).collect()
    }

    pub(super) fn texts(&self) -> Vec<String> {
        let (entries, _) = entries::before(&self.store.connection, ANNA, None).unwrap();
        entries.iter().map(in_short).collect()
    }
}

fn in_short(entry: &Entry) -> String {
    match &entry.what {
        EntryKind::Text { author, text, edited, .. } => {
            let who = if matches!(author, Author::Me { .. }) { "me" } else { "them" };
            format!("{who}: {}{}", text.as_str(), if *edited { "*" } else { "" })
        }
        EntryKind::Withdrawn { .. } => "withdrawn".to_owned(),
        EntryKind::Files { parcel, stage, .. } => format!("{}: {stage:?}", parcel.names[0]),
        EntryKind::Call { reason, .. } => format!("{reason:?}"),
    }
}

#[test]
fn both_ways_survive_a_restart() {
    let mut disk = disk();
    disk.mine(said(1, "hello")).unwrap();
    disk.theirs(4, None, said(2, "hi")).unwrap();
    disk.mine(said(3, "how are you?")).unwrap();
    disk.write(Write::Delivered { peer: ANNA, through: 1 });
    let Disk { dir, store } = disk;
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    let loaded = store.load(1, OURS).unwrap();
    let [(ANNA, kept)] = loaded.mail.as_slice() else { panic!("{:?}", loaded.mail) };
    assert_eq!((kept.given, kept.delivered, kept.read), (2, 1, 0));
    assert_eq!(kept.heard, Some(Heard { outbox: HERS, n: 4 }));
    assert_eq!(kept.outside.unread, 1);
    let disk = Disk { dir, store };
    assert_eq!(disk.waiting(), [2]);
    assert_eq!(disk.texts(), ["me: hello", "them: hi", "me: how are you?"]);
    assert_eq!(disk.store.load(1, HERS).unwrap().outbox, OURS, "the counting stays");
}

#[test]
fn a_post_is_taken_only_after_the_one_before_it() {
    let mut disk = disk();
    disk.theirs(1, None, said(1, "one")).unwrap();
    assert_eq!(disk.theirs(3, Some(2), said(3, "three")), Err(Unkept::Refused));
    disk.theirs(2, Some(1), said(2, "two")).unwrap();
    assert_eq!(disk.theirs(2, Some(1), said(2, "two")), Err(Unkept::Refused));
    disk.theirs(3, Some(2), said(3, "three")).unwrap();
    assert_eq!(disk.texts(), ["them: one", "them: two", "them: three"]);
}

#[test]
fn a_message_is_there_once_whatever_counting_brings_it() {
    let mut disk = disk();
    disk.theirs(1, None, said(1, "one")).unwrap();
    let again = Write::Theirs {
        peer: ANNA,
        place: Heard { outbox: OURS, n: 1 },
        after: Some(Heard { outbox: HERS, n: 1 }),
        age_ms: 0,
        post: said(1, "one"),
    };
    assert_eq!(disk.write(again).entries, []);
    disk.mine(said(5, "mine")).unwrap();
    disk.mine(said(5, "mine")).unwrap();
    assert_eq!(disk.texts(), ["them: one", "me: mine"]);
    assert_eq!(disk.waiting(), [1], "asked for twice, said once");
}

#[test]
fn what_was_written_can_be_changed_and_taken_back_by_its_writer_alone() {
    let mut disk = disk();
    let edit = |text: &str| Post::Edit { message: id(1), text: MessageText::new(text).unwrap() };
    disk.mine(said(1, "helo")).unwrap();
    disk.theirs(1, None, edit("I was never here")).unwrap();
    disk.theirs(2, Some(1), Post::Withdraw { message: id(1) }).unwrap();
    assert_eq!(disk.texts(), ["me: helo"]);
    disk.mine(edit("hello")).unwrap();
    assert_eq!(disk.texts(), ["me: hello*"]);
    disk.mine(Post::Withdraw { message: id(1) }).unwrap();
    assert_eq!(disk.texts(), ["withdrawn"]);
    assert_eq!(disk.waiting(), [3], "its text is never sent");
    assert_eq!(disk.mine(edit("again")), Err(Unkept::Refused));
    assert_eq!(disk.mine(Post::Withdraw { message: id(77) }), Err(Unkept::Refused));
}

#[test]
fn an_answer_shows_what_it_answers() {
    let mut disk = disk();
    disk.theirs(1, None, said(1, &"question ".repeat(100))).unwrap();
    let text = MessageText::new("answer").unwrap();
    let entry = disk.mine(Post::Text { message: id(2), text, reply: Some(id(1)) }).unwrap().entries.remove(0);
    let EntryKind::Text { reply: Some(reply), .. } = entry.what else { panic!("{entry:?}") };
    let of = reply.of.unwrap();
    assert!(!of.mine && of.begins.starts_with("question ") && of.begins.chars().count() == 160);
    disk.theirs(2, Some(1), Post::Withdraw { message: id(1) }).unwrap();
    let (entries, _) = entries::before(&disk.store.connection, ANNA, None).unwrap();
    let EntryKind::Text { reply: Some(reply), .. } = &entries[1].what else { panic!("{entries:?}") };
    assert_eq!(reply.of, None);
}

#[test]
fn what_was_seen_is_counted_and_told_once() {
    let mut disk = disk();
    disk.theirs(1, None, said(1, "one")).unwrap();
    let two = disk.theirs(2, Some(1), said(2, "two")).unwrap();
    assert_eq!(two.outside.unread, 2);
    let position = two.entries[0].position;
    let changed = disk.write(Write::Seen { peer: ANNA, position });
    assert_eq!((changed.seen, changed.outside.unread), (Some(Heard { outbox: HERS, n: 2 }), 0));
    assert_eq!(disk.write(Write::Seen { peer: ANNA, position: u64::MAX }).seen, None);
    disk.theirs(3, Some(2), said(3, "three")).unwrap();
    assert_eq!(disk.write(Write::Seen { peer: ANNA, position }).outside.unread, 1, "what comes later is not seen yet");
}

#[test]
fn a_missed_call_stands_there_until_it_is_seen() {
    let mut disk = disk();
    let past = |reason| Past {
        id: CallId::from_bytes([3; 16]),
        with: ANNA,
        role: Role::Callee,
        media: Media::Video,
        talked: None,
        reason,
    };
    let changed = disk.write(Write::Call(past(EndReason::Unanswered)));
    assert_eq!(changed.outside.unread, 1);
    let changed = disk.write(Write::Call(past(EndReason::Declined)));
    assert_eq!((changed.outside.unread, disk.texts()), (0, vec!["Declined".to_owned()]));
}

#[test]
fn a_cleared_conversation_is_gone_with_what_waits_of_it() {
    let mut disk = disk();
    disk.mine(said(1, "one")).unwrap();
    disk.mine(said(2, "two")).unwrap();
    disk.mine(Post::Withdraw { message: id(1) }).unwrap();
    let changed = disk.write(Write::Clear { peer: ANNA });
    assert!(changed.gone.is_some() && changed.outside == Default::default());
    assert_eq!((disk.texts(), disk.waiting()), (Vec::new(), vec![3]));
    let entry = disk.mine(said(4, "anew")).unwrap().entries.remove(0);
    assert!(entry.position > changed.gone.unwrap(), "no place is given twice");
}

#[test]
fn pages_of_a_long_conversation_join_without_a_gap() {
    let mut disk = disk();
    for n in 1..=120 {
        disk.mine(said(n, &format!("{n}"))).unwrap();
    }
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let (mut entries, more) = entries::before(&disk.store.connection, ANNA, before).unwrap();
        assert!(entries.len() <= ENTRIES_TOLD);
        before = entries.first().map(|entry| entry.position);
        entries.extend(all);
        all = entries;
        if !more {
            break;
        }
    }
    let expected: Vec<String> = (1..=120).map(|n| format!("me: {n}")).collect();
    assert_eq!(all.iter().map(in_short).collect::<Vec<_>>(), expected);
}

#[test]
fn long_texts_come_in_smaller_pages() {
    let mut disk = disk();
    for n in 1..=40 {
        disk.mine(said(n, &"x".repeat(16_000))).unwrap();
    }
    let (entries, more) = entries::before(&disk.store.connection, ANNA, None).unwrap();
    assert!(more && entries.len() <= 16, "{}", entries.len());
    let last = entries::outside(&disk.store.connection, ANNA).unwrap().last.unwrap();
    let EntryKind::Text { text, .. } = last.what else { panic!() };
    assert_eq!(text.as_str().len(), 160, "from outside it is cut short");
}

#[test]
fn search_finds_whatever_the_case_in_every_script() {
    let mut disk = disk();
    disk.mine(said(1, "Ärger mit ΣΊΣΥΦΟΣ")).unwrap();
    disk.mine(said(2, "100 % _sure_")).unwrap();
    disk.mine(said(3, "secret")).unwrap();
    disk.mine(Post::Withdraw { message: id(3) }).unwrap();
    let found = |text: &str| entries::search(&disk.store.connection, text, None).unwrap().len();
    assert_eq!([found("ärger"), found("σίσυ"), found("%"), found("secret"), found("  ")], [1, 1, 1, 0, 0]);
}

#[test]
fn an_export_is_a_new_file_of_all_entries() {
    let mut disk = disk();
    disk.mine(said(1, "one\ntwo")).unwrap();
    disk.theirs(1, None, said(2, "\"quoted\"")).unwrap();
    let name = Name::new("../Anna: <x>").unwrap();
    let folder = disk.dir.path().join("exports");
    let export = |format| export::export(&disk.store.connection, &folder, (ANNA, &name), format).unwrap();
    let (text, again) = (export(ExportFormat::Text), export(ExportFormat::Text));
    assert_ne!(text, again);
    assert!([&text, &again].iter().all(|path| path.parent() == Some(folder.as_path())));
    let written = std::fs::read_to_string(&text).unwrap();
    assert!(written.contains("Me: one\n    two") && written.contains("../Anna: <x>: \"quoted\""), "{written}");
    let json = std::fs::read_to_string(export(ExportFormat::Json)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["entries"].as_array().unwrap().len(), 2);
}

#[test]
fn what_waits_in_a_folder_put_back_comes_after_what_was_written_before() {
    let mut disk = disk();
    disk.mine(said(1, "delivered")).unwrap();
    disk.write(Write::Delivered { peer: ANNA, through: 1 });
    disk.mine(said(2, "waited in the backup")).unwrap();
    disk.mine(said(3, "written since")).unwrap();
    let changed = disk.write(Write::PutBack { peer: ANNA, through: 50 });
    let numbers: Vec<Author> = changed.entries.iter().filter_map(author).collect();
    assert_eq!(numbers, [Author::Me { n: 51 }, Author::Me { n: 52 }]);
    assert_eq!((changed.number, disk.waiting()), (Some(52), vec![51, 52]));
    let again = disk.write(Write::PutBack { peer: ANNA, through: 50 });
    assert_eq!((again.number, disk.waiting()), (Some(52), vec![51, 52]), "told twice, done once");
    assert_eq!(disk.mine(said(4, "next")).unwrap().number, Some(53));
}

fn author(entry: &Entry) -> Option<Author> {
    match entry.what {
        EntryKind::Text { author, .. } | EntryKind::Withdrawn { author, .. } | EntryKind::Files { author, .. } => {
            Some(author)
        }
        EntryKind::Call { .. } => None,
    }
}

#[test]
fn a_file_of_an_older_dogeller_is_brought_up_to_date_and_one_of_a_newer_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dogeller.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(
        "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
         CREATE TABLE hidden (network TEXT PRIMARY KEY) STRICT;
         CREATE TABLE contact (
             peer TEXT PRIMARY KEY, name TEXT NOT NULL, verified INTEGER NOT NULL, met INTEGER NOT NULL) STRICT;
         INSERT INTO setting VALUES ('name', 'Bob');",
    )
    .unwrap();
    drop(old);
    let loaded = Store::open(dir.path()).unwrap().load(1, OURS).unwrap();
    assert_eq!(loaded.name.unwrap().as_str(), "Bob");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(dir.path()), Err(StoreError::Unusable { .. })));
}

#[test]
fn the_thread_does_one_job_after_the_other() {
    let Disk { dir, store } = disk();
    let (told, events) = std::sync::mpsc::channel();
    let serving = Serving { outbox: OURS, downloads: dir.path().to_owned() };
    let (jobs, thread) = store.serve(serving, move |event| told.send(event).unwrap()).unwrap();
    let write = Box::new(Write::Mine { page: None, peer: ANNA, post: said(1, "hello") });
    jobs.blocking_send(Job::Write(write)).unwrap();
    jobs.blocking_send(Job::Load(ANNA, Load { link: LinkId(1), after: 0, most: 9 })).unwrap();
    let look = Look::Entries { peer: ANNA, before: None };
    jobs.blocking_send(Job::Look(PageId(1), look)).unwrap();
    drop(jobs);
    thread.join().unwrap();
    use dogeller_core::Event;
    let events: Vec<Event> = events.iter().collect();
    let [Event::Written { result: Ok(_), .. }, Event::Loaded { posts: Some(posts), .. }, Event::Looked { news, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(posts.len(), 1);
    assert!(matches!(&**news, News::Entries { entries, more: false, .. } if entries.len() == 1));
}
