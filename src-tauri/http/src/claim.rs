//! The data folder for this process, or the Dogeller that already runs on it, brought to the front.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use dogeller_core::PeerId;
use dogeller_lan::{DataFolder, FolderError};

use crate::running::{self, Kind, RunningError};

/// How long to go on trying: the other one may be just starting (it does not answer yet) or just ending (the folder
/// comes free).
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

/// What a start on a data folder finds.
#[derive(Debug)]
pub enum Claim {
    /// The folder, locked for this process.
    Free(DataFolder),
    /// Another Dogeller, which came to the front.
    Running {
        /// What it is. One without a window shows itself in a browser.
        kind: Kind,
        /// An address of its page that works once, within a minute.
        page: String,
    },
}

/// Why a start on a data folder ends.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The folder cannot be used.
    #[error("Dogeller could not start: {0}")]
    Folder(FolderError),
    /// Another one runs there, and does not answer.
    #[error(
        "Another Dogeller already runs with the data folder {folder}, and could not be brought to the front: {why}.\n\
         End it first, or give this one a folder of its own with --data-dir."
    )]
    Silent {
        /// Which folder.
        folder: PathBuf,
        /// Why it could not be brought to the front.
        why: RunningError,
    },
}

/// Locks the data folder (the user's own when `None`), or brings to the front who already runs on it, and there the
/// conversation with `person`. Takes up to 8 seconds when that one does not answer.
///
/// # Errors
/// [`ClaimError`], with a sentence for the person who started it.
pub async fn claim(wanted: Option<PathBuf>, person: Option<PeerId>) -> Result<Claim, ClaimError> {
    let begun = Instant::now();
    loop {
        let folder = match DataFolder::open(wanted.clone()) {
            Ok(folder) => return Ok(Claim::Free(folder)),
            Err(FolderError::InUse(folder)) => folder,
            Err(error) => return Err(ClaimError::Folder(error)),
        };
        let woken = match running::read(&folder) {
            Ok(running) => running::bring_to_front(&running, person).await.map(|page| (running.kind, page)),
            Err(why) => Err(why),
        };
        match woken {
            Ok((kind, page)) => return Ok(Claim::Running { kind, page }),
            Err(why) if begun.elapsed() > PATIENCE => {
                return Err(ClaimError::Silent { folder, why });
            }
            Err(why) => tracing::debug!(%why, "trying again"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
