//! A disk: it takes its time, one write after the other, and is sometimes full. What it had done when its node was killed
//! is there; what it was only asked for is not.

use std::collections::BTreeMap;

use super::World;
use super::dice::Dice;
use super::queue::{At, Happening, Run};
use crate::call::{Past, Role};
use crate::id::{MessageId, OutboxId, PeerId};
use crate::mail::{Heard, KeptMail, Load, Outside};
use crate::node::{Changed, Event, Look, Unkept, Write};
use crate::text::MessageText;
use crate::transfer::Key;
use crate::wire::files::{Answer, Parcel, Stage};
use crate::wire::post::{NumberedPost, Post};
use crate::wire::talk::{Author, Entry, EntryKind, News};

/// What is asked of it.
#[derive(Debug, Clone)]
pub(super) enum Job {
    Write(Box<Write>),
    Load(PeerId, Load),
}

/// What stays on it of conversations.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) outbox: OutboxId,
    pub(super) talks: BTreeMap<PeerId, Talk>,
    /// It has no room.
    pub(super) full: bool,
    position: u64,
    /// No job overtakes another.
    last: u64,
    /// How long it takes.
    dice: Dice,
}

/// One conversation.
#[derive(Debug, Default)]
pub(super) struct Talk {
    given: u64,
    delivered: u64,
    read: u64,
    heard: Option<Heard>,
    seen: u64,
    pub(super) entries: Vec<Kept>,
    pub(super) waiting: BTreeMap<u64, Post>,
}

/// One entry.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) position: u64,
    pub(super) what: What,
}

/// What an entry is.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A message, and its place in its writer's counting.
    Message {
        mine: bool,
        message: MessageId,
        place: Heard,
        text: Option<MessageText>,
    },
    /// Files, and what has become of them.
    Files {
        mine: bool,
        message: MessageId,
        place: Heard,
        parcel: Parcel,
        stage: Stage,
    },
    Call(Past),
}

impl Disk {
    pub(super) fn new(owner: PeerId) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *owner.as_bytes();
        let mut dice = Dice::new(u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        let outbox = OutboxId::from_bytes(dice.bytes());
        Self { outbox, talks: BTreeMap::new(), full: false, position: 0, last: 0, dice }
    }

    /// As a node finds it when it starts.
    pub(super) fn mail(&self) -> Vec<(PeerId, KeptMail)> {
        let kept = |talk: &Talk| KeptMail {
            given: talk.given,
            delivered: talk.delivered,
            read: talk.read,
            heard: talk.heard,
            outside: talk.outside(),
        };
        self.talks.iter().map(|(&peer, talk)| (peer, kept(talk))).collect()
    }

    fn write(&mut self, write: &Write) -> Result<Changed, Unkept> {
        if self.full {
            return Err(Unkept::Full);
        }
        self.position += 1;
        let (position, outbox) = (self.position, self.outbox);
        let talk = self.talks.entry(write.peer()).or_default();
        let mut changed = Changed::default();
        match write {
            Write::Mine { post, .. } => {
                let n = talk.given + 1;
                let entry = talk.say(true, Heard { outbox, n }, post, position).ok_or(Unkept::Refused)?;
                talk.waiting.retain(|_, waiting| !replaces(post, waiting));
                talk.waiting.insert(n, post.clone());
                talk.given = n;
                changed.number = Some(n);
                changed.entries.extend(entry);
            }
            Write::Theirs { place, after, post, .. } => {
                if *after != talk.heard {
                    return Err(Unkept::Refused);
                }
                if let Post::Read { through, .. } = post {
                    talk.read = talk.read.max(*through);
                }
                changed.entries.extend(talk.say(false, *place, post, position).flatten());
                talk.heard = Some(*place);
            }
            Write::Delivered { through, .. } => {
                talk.delivered = talk.delivered.max(*through);
                talk.waiting.retain(|n, _| n > through);
            }
            // Simulated folders are not put back.
            Write::PutBack { .. } => return Err(Unkept::Refused),
            Write::Pause { key, paused } => {
                let entry = talk.files(*key).and_then(|kept| match &mut kept.what {
                    What::Files { stage: Stage::Accepted { paused: is }, .. } => {
                        *is = *paused;
                        Some(kept.shown())
                    }
                    What::Files { .. } | What::Message { .. } | What::Call(_) => None,
                });
                changed.entries.push(entry.ok_or(Unkept::Refused)?);
            }
            Write::Placed { key, .. } | Write::Thumbnail { key, .. } => {
                changed.entries.extend(talk.files(*key).map(|kept| kept.shown()));
            }
            Write::Seen { position, .. } => {
                let before = talk.seen;
                talk.seen = before.max((*position).min(talk.entries.last().map_or(0, |entry| entry.position)));
                changed.seen = talk.theirs(before + 1, talk.seen);
            }
            Write::Call(past) => {
                let of_call = |kept: &&mut Kept| matches!(&kept.what, What::Call(other) if other.id == past.id);
                let kept = match talk.entries.iter_mut().find(of_call) {
                    Some(kept) => {
                        kept.what = What::Call(*past);
                        kept.clone()
                    }
                    None => {
                        let kept = Kept { position, what: What::Call(*past) };
                        talk.entries.push(kept.clone());
                        kept
                    }
                };
                changed.entries.push(kept.shown());
            }
            Write::Clear { .. } => {
                changed.gone = talk.entries.last().map(|entry| entry.position);
                talk.entries.clear();
                talk.waiting.retain(|_, post| matches!(post, Post::Withdraw { .. } | Post::Read { .. }));
            }
        }
        changed.outside = talk.outside();
        Ok(changed)
    }

    fn load(&self, peer: PeerId, load: Load) -> Vec<NumberedPost> {
        let Some(talk) = self.talks.get(&peer) else { return Vec::new() };
        let most = usize::try_from(load.most).unwrap_or(usize::MAX);
        let mut follows = talk.waiting.range(..=load.after).next_back().map_or(0, |(n, _)| *n);
        let number = |(&n, post): (&u64, &Post)| {
            let numbered = NumberedPost { outbox: self.outbox, n, follows, age_ms: 0, post: post.clone() };
            follows = n;
            numbered
        };
        talk.waiting.range(load.after + 1..).take(most).map(number).collect()
    }
}

/// What waits is of no use any more.
fn replaces(post: &Post, waiting: &Post) -> bool {
    match post {
        Post::Withdraw { message } => waiting.message() == Some(*message),
        Post::Read { .. } => matches!(waiting, Post::Read { .. }),
        Post::Text { .. } | Post::Edit { .. } | Post::Offer { .. } | Post::Answer { .. } => false,
    }
}

impl Talk {
    /// The entry that is new or changed, if any; `None` where the message is not there.
    fn say(&mut self, by_me: bool, place: Heard, post: &Post, position: u64) -> Option<Option<Entry>> {
        let kept = match post {
            Post::Text { message, text, .. } => {
                let what = What::Message { mine: by_me, message: *message, place, text: Some(text.clone()) };
                let kept = Kept { position, what };
                self.entries.push(kept.clone());
                kept
            }
            Post::Edit { message: which, .. } | Post::Withdraw { message: which } => {
                let is_it = |kept: &&mut Kept| matches!(&kept.what, What::Message { mine, message, text: Some(_), .. } if *mine == by_me && message == which);
                let kept = self.entries.iter_mut().find(is_it)?;
                if let What::Message { text, .. } = &mut kept.what {
                    *text = match post {
                        Post::Edit { text, .. } => Some(text.clone()),
                        Post::Text { .. }
                        | Post::Withdraw { .. }
                        | Post::Read { .. }
                        | Post::Offer { .. }
                        | Post::Answer { .. } => None,
                    };
                }
                kept.clone()
            }
            Post::Offer { message, parcel } => {
                let (message, parcel) = (*message, parcel.clone());
                let what = What::Files { mine: by_me, message, place, parcel, stage: Stage::Offered };
                let kept = Kept { position, what };
                self.entries.push(kept.clone());
                kept
            }
            Post::Answer { message, answer } => {
                let (message, answer) = (*message, *answer);
                let about = |kept: &&mut Kept| match &kept.what {
                    What::Files { mine, message: id, stage, .. } => {
                        let theirs = *mine != by_me || answer == Answer::Cancelled;
                        *id == message && theirs && stage.answered(answer, by_me).is_some()
                    }
                    What::Message { .. } | What::Call(_) => false,
                };
                let kept = self.entries.iter_mut().find(about);
                let Some(kept) = kept else { return if by_me { None } else { Some(None) } };
                if let What::Files { stage, .. } = &mut kept.what {
                    *stage = stage.answered(answer, by_me).unwrap_or(*stage);
                }
                kept.clone()
            }
            Post::Read { .. } => return Some(None),
        };
        Some(Some(kept.shown()))
    }

    fn files(&mut self, key: Key) -> Option<&mut Kept> {
        self.entries.iter_mut().find(|kept| match &kept.what {
            What::Files { mine, message, .. } => (*mine, *message) == (key.mine, key.message),
            What::Message { .. } | What::Call(_) => false,
        })
    }

    fn theirs(&self, from: u64, to: u64) -> Option<Heard> {
        self.entries.iter().rev().filter(|kept| (from..=to).contains(&kept.position)).find_map(|kept| match kept.what {
            What::Message { mine: false, place, .. } | What::Files { mine: false, place, .. } => Some(place),
            What::Message { mine: true, .. } | What::Files { mine: true, .. } | What::Call(_) => None,
        })
    }

    fn outside(&self) -> Outside {
        let counts = |kept: &&Kept| match &kept.what {
            What::Message { mine, text, .. } => !mine && text.is_some(),
            What::Files { mine, .. } => !mine,
            What::Call(past) => past.missed(),
        };
        let unread = self.entries.iter().filter(|kept| kept.position > self.seen).filter(counts).count();
        Outside { unread: u32::try_from(unread).unwrap_or(u32::MAX), last: self.entries.last().map(Kept::shown) }
    }
}

impl Kept {
    fn shown(&self) -> Entry {
        let author = |mine: bool, place: Heard| if mine { Author::Me { n: place.n } } else { Author::Them };
        let what = match &self.what {
            What::Message { mine, message, place, text: Some(text) } => EntryKind::Text {
                message: *message,
                author: author(*mine, *place),
                text: text.clone(),
                edited: false,
                reply: None,
            },
            What::Message { mine, message, place, text: None } => {
                EntryKind::Withdrawn { message: *message, author: author(*mine, *place) }
            }
            What::Files { mine, message, place, parcel, stage } => EntryKind::Files {
                message: *message,
                author: author(*mine, *place),
                parcel: parcel.clone(),
                stage: *stage,
                place: None,
                thumbnail: None,
            },
            What::Call(past) => EntryKind::Call {
                call: past.id,
                caller: past.role == Role::Caller,
                media: past.media,
                reason: past.reason,
                missed: past.missed(),
                talked_ms: None,
            },
        };
        Entry { position: self.position, at_ms: 0, what }
    }
}

impl World {
    /// A node asks its disk for something.
    pub(super) fn ask_disk(&mut self, run: Run, job: Job) {
        let disk = &mut self.devices[run.at].disk;
        let due = self.now + disk.dice.between(0, 15);
        disk.last = disk.last.max(due);
        self.queue.put(disk.last, Happening::Disk(run, job));
    }

    /// A disk does what it was asked; its node hears of it a moment later, if it still runs.
    pub(super) fn disk_works(&mut self, run: Run, job: Job) {
        if self.alive(run).is_none() {
            return;
        }
        let disk = &mut self.devices[run.at].disk;
        let event = match job {
            Job::Write(write) => {
                let result = disk.write(&write).map(Box::new);
                Event::Written { write, result }
            }
            Job::Load(peer, load) => Event::Loaded { peer, load, posts: Some(disk.load(peer, load)) },
        };
        self.queue.put(self.now, Happening::DiskSays(run, Box::new(event)));
    }

    /// A page looks something up. The simulated pages show no entries.
    pub(super) fn look_up_entries(&mut self, at: At, page: crate::PageId, look: &Look) {
        if let Look::Entries { peer, before } = look {
            let news = News::Entries { peer: *peer, before: *before, entries: Vec::new(), more: false };
            self.feed(at, Event::Looked { page, news: Box::new(news) });
        }
    }
}
