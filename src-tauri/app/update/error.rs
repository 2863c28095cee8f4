//! Why there is no newer version.

use std::io;

use serde::Serialize;

/// Why there is no newer version: stable codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UpdateError {
    /// This one cannot update itself.
    NotHere,
    /// Looking is switched off.
    Off,
    /// An administrator has settled that.
    Settled,
    /// It is neither an https address, nor an address of this network, nor the path of a folder.
    BadSource,
    /// The disk did not take the settings.
    NotKept,
    /// Nobody answers there, or no longer.
    Unreachable,
    /// Somebody answers, and has no release that can be read.
    NoRelease,
    /// The release has nothing for this system.
    NotForThis,
    /// It is not what the project has signed for that version.
    NotGenuine,
    /// It is not what was offered last.
    LookAgain,
    /// One is being installed already.
    Busy,
    /// The disk has no room.
    DiskFull,
    /// The person, or the system, did not give the rights for it.
    NotAllowed,
    /// The system's installer failed.
    NotInstalled,
}

impl UpdateError {
    pub(super) fn from_disk(error: io::Error) -> Self {
        tracing::warn!(%error, "an update could not be put down");
        match matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            true => Self::DiskFull,
            false => Self::NotInstalled,
        }
    }
}
