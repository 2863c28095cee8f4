//! What is remembered of each transfer beside its bytes: its manifest, where its files lie, where they went.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dogeller_core::MessageId;
use dogeller_core::transfer::Key;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::manifest::Manifest;
use crate::place::Plan;
use crate::scan::Scanned;

/// The most bytes of one of its files.
const BYTES: u64 = 128 * 1024 * 1024;

/// A name for files and folders of a transfer. No two have one.
pub fn name_of(key: Key) -> String {
    let way = if key.mine { "to" } else { "from" };
    format!("{}-{way}-{}", key.message, &key.peer.to_string()[..16])
}

/// A folder of this program's own data.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Outgoing {
    manifest: Manifest,
    sources: Vec<PathBuf>,
}

impl Shelf {
    /// The shelf in a data folder.
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("files") }
    }

    /// Where what a browser hands over lies until it is sent.
    pub fn uploads(&self, message: MessageId) -> PathBuf {
        self.folder.join(format!("{message}-upload"))
    }

    /// Keeps what is to be sent.
    ///
    /// # Errors
    /// The disk's, or a path that is no text.
    pub fn keep_outgoing(&self, key: Key, scanned: &Scanned) -> io::Result<()> {
        let Scanned { manifest, sources } = scanned.clone();
        self.keep(&name_of(key), &Outgoing { manifest, sources })
    }

    /// What is to be sent; `None` where nothing of it is known any more.
    pub fn outgoing(&self, key: Key) -> Option<Scanned> {
        let Outgoing { manifest, sources } = self.read(&name_of(key))?;
        (manifest.items().len() == sources.len()).then_some(Scanned { manifest, sources })
    }

    /// Keeps what comes.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep_incoming(&self, key: Key, manifest: &Manifest) -> io::Result<()> {
        self.keep(&name_of(key), manifest)
    }

    /// What comes, if the sender has said so.
    pub fn incoming(&self, key: Key) -> Option<Manifest> {
        let manifest: Manifest = self.read(&name_of(key))?;
        // What somebody changed on the disk is checked as what comes from the network is.
        Manifest::checked(manifest.items().to_vec()).ok()
    }

    /// Keeps where things go.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep_plan(&self, key: Key, plan: &Plan) -> io::Result<()> {
        self.keep(&plan_of(key), plan)
    }

    /// Where things go, if that was begun.
    pub fn plan(&self, key: Key) -> Option<Plan> {
        self.read(&plan_of(key))
    }

    /// Forgets a transfer, and what a browser handed over for it.
    pub fn forget(&self, key: Key) {
        for name in [name_of(key), plan_of(key)] {
            let _not_there = std::fs::remove_file(self.file(&name));
        }
        if key.mine {
            let _not_there = std::fs::remove_dir_all(self.uploads(key.message));
        }
    }

    /// Throws away what is remembered of transfers that are over, and what was handed over and never offered, as by a page or
    /// a node that ended in between.
    pub fn sweep(&self, unfinished: impl Iterator<Item = Key>) {
        let (mut names, mut uploads) = (Vec::new(), Vec::new());
        for key in unfinished {
            names.extend([name_of(key), plan_of(key)].map(|name| format!("{name}.json")));
            uploads.extend(key.mine.then(|| self.uploads(key.message)));
        }
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if !names.contains(&name) && !uploads.contains(&path) {
                tracing::info!(name, "nobody needs this any more");
                let gone = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
                let _not_there = gone;
            }
        }
    }

    /// Forgets where things were to go.
    pub fn forget_plan(&self, key: Key) {
        let _not_there = std::fs::remove_file(self.file(&plan_of(key)));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    fn keep(&self, name: &str, value: &impl Serialize) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let new = self.folder.join(format!("{name}.new"));
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(value).map_err(io::Error::other)?)?;
        file.sync_all()?;
        std::fs::rename(new, self.file(name))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let mut bytes = Vec::new();
        File::open(self.file(name)).ok()?.take(BYTES).read_to_end(&mut bytes).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

fn plan_of(key: Key) -> String {
    format!("{}-placed", name_of(key))
}
