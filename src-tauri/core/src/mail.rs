//! What two people write to each other: which posts have left, which have arrived, and which wait, for either way.
//!
//! ```text
//!  mine:    written ──stored here──▶ given ──sent on a link──▶ sent ──"stored there"──▶ delivered ──"read"──▶ read
//!  theirs:  comes ──▶ being stored ──stored here──▶ heard, and said so
//! ```
//!
//! The disk numbers a post when it takes it, before anybody hears of it. It leaves in the order of the
//! numbers, on each new link from the first that is not known to have arrived; the reader takes only numbers above the
//! last it has stored, and none whose forerunner it could not store. So each arrives once and in order, whatever ends in
//! between, and a number may be left out.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use crate::id::{LinkId, OutboxId};
use crate::time::Time;
use crate::wire::post::NumberedPost;
use crate::wire::talk::{Entry, Marks};

/// Posts that wait on the disk for one person at most.
pub const WAITING: u64 = 2000;
/// Posts on their way at once: calls share the link, so no more than some hundred KiB stand before a signal.
pub const ON_THE_WAY: u64 = 16;
/// Posts of one person that are being stored at once. They send no more than [`ON_THE_WAY`] before they hear of it, on
/// each of two links for a moment.
const BEING_STORED: usize = 4 * ON_THE_WAY as usize;
/// Posts that are not acknowledged for so long leave again: the other's disk may have had no room.
const AGAIN: Duration = Duration::from_secs(30);
/// A reader knows of more posts than were given only where the writer's folder was put back from a backup; so many more
/// at most.
const PUT_BACK: u64 = 1 << 32;

/// What is on the disk of a conversation at the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptMail {
    /// The last number given.
    pub given: u64,
    /// The other has stored all up to this one.
    pub delivered: u64,
    /// And read.
    pub read: u64,
    /// The other's posts that are stored here.
    pub heard: Option<Heard>,
    /// How it looks from outside.
    pub outside: Outside,
}

/// How a conversation looks from outside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outside {
    /// Entries not seen yet.
    pub unread: u32,
    /// The last, cut short.
    pub last: Option<Entry>,
}

/// Up to which post somebody was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// In whose counting.
    pub outbox: OutboxId,
    /// The last.
    pub n: u64,
}

/// Breaks the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It acknowledged far more than was ever written.
    #[error("an acknowledgement for posts that were never written")]
    FromNowhere,
    /// It sends on without waiting for acknowledgements.
    #[error("too many posts at once")]
    TooMany,
}

/// What is to be done about a post that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Store it, if what is stored by then ends with this one: where that failed, this one comes again after it.
    Store {
        /// The one before.
        after: Option<Heard>,
    },
    /// It is here already: say so again.
    Known(Heard),
    /// It is being stored already.
    Underway,
    /// The one before it is missing, since it could not be stored: both come again.
    Gap,
}

/// What is to be loaded from the disk, to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// For this link.
    pub link: LinkId,
    /// Posts after this one.
    pub after: u64,
    /// So many.
    pub most: u64,
}

/// What an acknowledgement tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// More has arrived than was known.
    News,
    /// Nothing new.
    Known,
    /// This folder was put back from a backup: what waits needs other numbers before it can leave.
    PutBack,
}

/// What the disk is to be told of how far posts have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// All up to this one have arrived.
    Delivered {
        /// Which.
        through: u64,
    },
    /// What waits comes after this one.
    PutBack {
        /// Which.
        through: u64,
    },
}

/// Whether the disk knows how far posts have come: it is told one thing at a time.
#[derive(Debug, Clone, Copy)]
enum Told {
    Yes {
        through: u64,
    },
    Underway,
    /// It did not take it.
    Later {
        at: Time,
    },
}

impl Default for Told {
    fn default() -> Self {
        Self::Yes { through: 0 }
    }
}

/// Both ways between this node's person and another.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    given: u64,
    /// The last that may still wait on the disk.
    kept: u64,
    sent: u64,
    delivered: u64,
    read: u64,
    /// What is being loaded: an answer to an earlier question is none to this one.
    loading: Option<Load>,
    /// When the last post left, or was acknowledged, while others are on their way.
    moved: Option<Time>,
    told: Told,
    /// Up to which post the other has stored what was written before a backup was put back.
    put_back: Option<u64>,
    heard: Option<Heard>,
    storing: VecDeque<Heard>,
    /// How it looks from outside; `None` before anything was kept.
    pub outside: Option<Outside>,
    /// Until when the other is taken to be writing.
    pub typing: Option<Time>,
}

impl Mail {
    /// As it was kept.
    pub fn new(kept: KeptMail) -> Self {
        Self {
            given: kept.given,
            kept: kept.given,
            sent: kept.delivered,
            delivered: kept.delivered,
            told: Told::Yes { through: kept.delivered },
            read: kept.read.min(kept.delivered),
            heard: kept.heard,
            outside: Some(kept.outside),
            ..Self::default()
        }
    }

    /// A post is on the disk, with this number.
    pub fn kept(&mut self, n: u64) {
        self.given = self.given.max(n);
        self.kept = self.kept.max(n);
    }

    /// What to load, if something can leave now.
    pub fn load(&mut self, link: LinkId) -> Option<Load> {
        let on_the_way = self.sent - self.delivered;
        if self.put_back.is_some() {
            return None;
        }
        if self.loading.is_some_and(|load| load.link == link) || self.sent >= self.kept || on_the_way >= ON_THE_WAY {
            return None;
        }
        self.loading = Some(Load { link, after: self.sent, most: ON_THE_WAY - on_the_way });
        self.loading
    }

    /// What was loaded: gives what is to leave.
    pub fn loaded(&mut self, load: Load, posts: Vec<NumberedPost>, now: Time) -> Vec<NumberedPost> {
        if self.loading != Some(load) {
            return Vec::new();
        }
        self.loading = None;
        match posts.last() {
            // The rest was taken back.
            None => self.kept = self.sent,
            Some(last) => {
                self.sent = self.sent.max(last.n);
                // Later posts must not put off the time at which an earlier one leaves again.
                self.moved.get_or_insert(now);
            }
        }
        posts
    }

    /// They could not be loaded; tried again later.
    pub fn not_loaded(&mut self, load: Load, now: Time) {
        if self.loading == Some(load) {
            self.loading = None;
            self.moved = Some(now);
        }
    }

    /// Another link is used from now on, or none: what was on its way may be lost.
    pub fn on_new_link(&mut self) {
        self.sent = self.delivered;
        self.loading = None;
        self.moved = None;
    }

    /// The other has stored all up to `n`.
    ///
    /// # Errors
    /// [`MailError::FromNowhere`].
    pub fn stored(&mut self, n: u64, now: Time) -> Result<Stored, MailError> {
        if n > self.given {
            if n - self.given > PUT_BACK {
                return Err(MailError::FromNowhere);
            }
            // What is sent bears a number of the disk's: this folder was put back from a backup. What was written since
            // bears numbers that mean other posts there.
            if self.put_back.replace(n).is_some() {
                return Ok(Stored::Known);
            }
            self.on_new_link();
            return Ok(Stored::PutBack);
        }
        if n <= self.delivered {
            return Ok(Stored::Known);
        }
        self.delivered = n;
        self.sent = self.sent.max(n);
        self.moved = (self.sent > n).then_some(now);
        Ok(Stored::News)
    }

    /// What the disk is to be told of how far posts have come, if it does not know and is not being told.
    pub fn tell(&mut self) -> Option<Tell> {
        match self.told {
            Told::Underway | Told::Later { .. } => return None,
            Told::Yes { through } if through >= self.delivered && self.put_back.is_none() => return None,
            Told::Yes { .. } => {}
        }
        self.told = Told::Underway;
        Some(match self.put_back {
            Some(through) => Tell::PutBack { through },
            None => Tell::Delivered { through: self.delivered },
        })
    }

    /// The disk knows up to which post all is delivered.
    pub fn told(&mut self, through: u64) {
        self.told = Told::Yes { through };
    }

    /// The disk has given what waits numbers above `through`; the last is `given` now.
    pub fn put_back(&mut self, through: u64, given: u64) {
        self.told(through);
        self.put_back.take_if(|n| *n <= through);
        (self.given, self.kept) = (given, given);
        (self.sent, self.delivered) = (through, through);
        self.loading = None;
        self.moved = None;
    }

    /// The other has read all up to `n`.
    pub fn read(&mut self, n: u64) {
        self.read = self.read.max(n.min(self.delivered));
    }

    /// A post came.
    ///
    /// # Errors
    /// [`MailError::TooMany`].
    pub fn take(&mut self, post: Heard, follows: u64) -> Result<Taken, MailError> {
        let known = |heard: &Heard| heard.outbox == post.outbox && post.n <= heard.n;
        if self.storing.iter().any(known) {
            return Ok(Taken::Underway);
        }
        if self.storing.is_empty()
            && let Some(heard) = self.heard.filter(known)
        {
            return Ok(Taken::Known(heard));
        }
        if self.storing.len() >= BEING_STORED {
            return Err(MailError::TooMany);
        }
        let after = self.storing.back().copied().or(self.heard);
        if follows > 0 && !after.is_some_and(|last| last.outbox == post.outbox && last.n >= follows) {
            return Ok(Taken::Gap);
        }
        self.storing.push_back(post);
        Ok(Taken::Store { after })
    }

    /// A post of the other's is stored, or could not be.
    pub fn took(&mut self, post: Heard, stored: bool) {
        self.storing.retain(|other| *other != post);
        if stored {
            self.heard = Some(post);
        } else {
            // Nor are those behind it.
            self.storing.clear();
        }
    }

    /// Up to which post the other was heard.
    pub fn heard(&self) -> Option<Heard> {
        self.heard
    }

    /// How far one's own have come.
    pub fn marks(&self) -> Marks {
        Marks { sent: self.sent, delivered: self.delivered, read: self.read }
    }

    /// Something waits here for the other.
    pub fn waits(&self) -> bool {
        self.kept > self.delivered
    }

    /// When something is to be done without anything happening.
    pub fn deadline(&self) -> Option<Time> {
        let again = self.moved.map(|at| at + AGAIN);
        let untold = match self.told {
            Told::Later { at } => Some(at),
            Told::Yes { .. } | Told::Underway => None,
        };
        [again, self.typing, untold].into_iter().flatten().min()
    }

    /// The disk did not take what is delivered: it would be sent again after a restart, for nothing.
    pub fn not_told(&mut self, now: Time) {
        self.told = Told::Later { at: now + AGAIN };
    }

    /// Nothing of it is on the disk, or on its way there.
    pub fn is_nothing(&self) -> bool {
        self.outside.is_none() && self.storing.is_empty()
    }

    /// Time passed: whether the other no longer writes.
    pub fn tick(&mut self, now: Time) -> bool {
        if self.moved.is_some_and(|at| now >= at + AGAIN) {
            self.on_new_link();
        }
        if matches!(self.told, Told::Later { at } if now >= at) {
            self.told = Told::Yes { through: 0 };
        }
        let over = self.typing.is_some_and(|until| now >= until);
        if over {
            self.typing = None;
        }
        over
    }
}
