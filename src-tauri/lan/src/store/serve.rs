//! The thread that owns the store: what is asked of it is done one after the other, and answered.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use dogeller_core::mail::Load;
use dogeller_core::node::{Kept, Look, Write};
use dogeller_core::transfer::Key;
use dogeller_core::wire::talk::News;
use dogeller_core::{Event, OutboxId, PageId, PeerId};
use tokio::sync::mpsc;

use super::export::export;
use super::{Store, entries, mail, offers, retention};

/// Jobs waiting for the disk.
const JOBS_WAITING: usize = 256;

/// What is asked of the store.
#[derive(Debug)]
pub(crate) enum Job {
    /// Keep a setting or a person.
    Keep(Kept),
    /// Write for good; answered by [`Event::Written`].
    Write(Box<Write>),
    /// Load posts; answered by [`Event::Loaded`].
    Load(PeerId, Load),
    /// Look something up; answered by [`Event::Looked`].
    Look(PageId, Look),
    /// Let go of what was kept long enough; told by [`Event::Expired`].
    Expire,
}

/// What the thread works with beside the store.
pub(crate) struct Serving {
    /// How this data folder counts what is written.
    pub(crate) outbox: OutboxId,
    /// Where conversations are exported to.
    pub(crate) downloads: PathBuf,
}

impl Store {
    /// Moves the store to a thread of its own, which ends when the sender is dropped. Each answer is given to `answer`
    /// there, which may wait.
    pub(crate) fn serve(
        mut self,
        serving: Serving,
        answer: impl Fn(Event) + Send + 'static,
    ) -> std::io::Result<(mpsc::Sender<Job>, std::thread::JoinHandle<()>)> {
        let (sender, mut jobs) = mpsc::channel::<Job>(JOBS_WAITING);
        let thread = std::thread::Builder::new().name("dogeller-store".to_owned()).spawn(move || {
            while let Some(job) = jobs.blocking_recv() {
                for event in self.work(&serving, job) {
                    answer(event);
                }
            }
        })?;
        Ok((sender, thread))
    }

    fn work(&mut self, serving: &Serving, job: Job) -> Vec<Event> {
        match job {
            Job::Keep(kept) => {
                let Err(error) = self.keep(&kept) else {
                    return match kept {
                        Kept::Retention(_) => self.expire(),
                        Kept::Name(_)
                        | Kept::Hidden { .. }
                        | Kept::Contact(_)
                        | Kept::Receipts(_)
                        | Kept::TakesFiles(_) => Vec::new(),
                    };
                };
                tracing::warn!(%error, "a setting could not be kept");
                vec![Event::NotKept]
            }
            Job::Write(write) => {
                let result = mail::write(&mut self.connection, &write).map(Box::new);
                vec![Event::Written { write, result }]
            }
            Job::Load(peer, load) => {
                let posts = mail::load(&self.connection, serving.outbox, peer, load);
                let posts = posts.inspect_err(|error| tracing::warn!(%error, "posts could not be loaded")).ok();
                vec![Event::Loaded { peer, load, posts }]
            }
            Job::Look(page, look) => {
                let news = Box::new(self.look(serving, look));
                vec![Event::Looked { page, news }]
            }
            Job::Expire => self.expire(),
        }
    }

    fn expire(&mut self) -> Vec<Event> {
        let expired = retention::expire(&mut self.connection);
        let expired = expired.inspect_err(|error| tracing::warn!(%error, "old entries could not be let go"));
        expired
            .unwrap_or_default()
            .into_iter()
            .map(|(peer, through, outside)| Event::Expired { peer, through, outside: Box::new(outside) })
            .collect()
    }

    /// A page is told of an unreadable disk as of an empty one; the log has the reason.
    fn look(&self, serving: &Serving, look: Look) -> News {
        match look {
            Look::Entries { peer, before } => {
                let found = entries::before(&self.connection, peer, before);
                let (entries, more) = found
                    .inspect_err(|error| tracing::warn!(%error, "a conversation cannot be read"))
                    .unwrap_or_default();
                News::Entries { peer, before, entries, more }
            }
            Look::Search { text, peer } => {
                let hits = entries::search(&self.connection, &text, peer);
                let hits = hits.inspect_err(|error| tracing::warn!(%error, "conversations cannot be searched"));
                News::Hits { text, hits: hits.unwrap_or_default() }
            }
            Look::Thumbnail(key) => {
                let found = offers::thumbnail(&self.connection, key);
                let found = found.inspect_err(|error| tracing::warn!(%error, "a thumbnail cannot be read"));
                let jpeg = found.unwrap_or_default().map(|jpeg| BASE64.encode(jpeg));
                let Key { peer, message, mine } = key;
                News::Thumbnail { peer, message, mine, jpeg }
            }
            Look::Export { peer, name, format } => {
                let path = export(&self.connection, &serving.downloads, (peer, &name), format);
                let path = path.inspect_err(|error| tracing::warn!(%error, "a conversation could not be exported"));
                News::Exported { peer, path: path.ok().map(|path| path.display().to_string()) }
            }
        }
    }
}
