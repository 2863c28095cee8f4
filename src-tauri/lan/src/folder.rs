//! The data folder: one identity, and a lock so that it never runs twice.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another Dogeller runs on this folder.
    #[error("another Dogeller already runs with the data folder {0}")]
    InUse(PathBuf),
    /// The folder cannot be made, read or locked.
    #[error("the data folder {path} cannot be used: {source}")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system names no home for this user.
    #[error("this system names no folder for application data; choose one with --data-dir")]
    NoHome,
}

/// A data folder, locked for this process until dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Opens and locks `path`, or the user's own folder for Dogeller when `None`, making it if needed. On Unix only its
    /// owner may enter.
    ///
    /// # Errors
    /// [`FolderError`]; nothing was changed then but for the folder itself.
    pub fn open(path: Option<PathBuf>) -> Result<Self, FolderError> {
        let path = path.or_else(Self::default_path).ok_or(FolderError::NoHome)?;
        let unusable = |source| FolderError::Unusable { path: path.clone(), source };
        make_private(&path).map_err(unusable)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let lock = options.open(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse(path)),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// The folder [`open`](Self::open) would use.
    pub fn default_path() -> Option<PathBuf> {
        let dirs = directories::ProjectDirs::from("app", "", "dogeller")?;
        Some(dirs.data_local_dir().to_owned())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_open_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        let first = DataFolder::open(Some(path.clone())).unwrap();
        assert!(matches!(DataFolder::open(Some(path.clone())), Err(FolderError::InUse(_))));
        drop(first);
        DataFolder::open(Some(path)).unwrap();
    }

    #[test]
    fn a_file_in_its_place_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, "x").unwrap();
        assert!(matches!(DataFolder::open(Some(path)), Err(FolderError::Unusable { .. })));
    }
}
