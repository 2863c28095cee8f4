//! A manifest of what lies on the disk.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::manifest::{DEPTH, ITEMS, Item, Kind, Manifest, ManifestError};

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// As the other is told.
    pub manifest: Manifest,
    /// Where each item lies, in the manifest's order.
    pub sources: Vec<PathBuf>,
}

/// Why something cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// It is not there, or cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is neither a file nor a folder, or has no name.
    #[error("{0} is neither a file nor a folder")]
    NotAFile(PathBuf),
    /// There is too much of it, or nothing.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// Looks through files and folders. What a person named is sent even through a link; links inside folders, and what is
/// neither file nor folder there, are left out.
///
/// # Errors
/// [`ScanError`].
pub fn scan(paths: &[PathBuf]) -> Result<Scanned, ScanError> {
    let mut found = Found::default();
    for path in paths {
        let unreadable = |source| ScanError::Unreadable { path: path.clone(), source };
        let whole = std::path::absolute(path).map_err(unreadable)?;
        let name = whole.file_name().ok_or_else(|| ScanError::NotAFile(path.clone()))?.to_string_lossy().into_owned();
        let metadata = std::fs::metadata(&whole).map_err(unreadable)?;
        if !(metadata.is_file() || metadata.is_dir()) {
            return Err(ScanError::NotAFile(path.clone()));
        }
        found.add(&found.unused(&name), whole, &metadata, 1)?;
    }
    let Found { items, sources } = found;
    // Its order is kept, so that each item has its source.
    Ok(Scanned { manifest: Manifest::checked(items)?, sources })
}

#[derive(Default)]
struct Found {
    items: Vec<Item>,
    sources: Vec<PathBuf>,
}

impl Found {
    /// Two things of one name may be chosen from two folders.
    fn unused(&self, name: &str) -> String {
        let used = |name: &str| self.items.iter().any(|item| item.path == name);
        let numbered = (2_usize..).map(|n| format!("{n} {name}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !used(name)).unwrap_or_default()
    }

    fn add(&mut self, path: &str, source: PathBuf, metadata: &Metadata, depth: usize) -> Result<(), ScanError> {
        if self.items.len() >= ITEMS {
            return Err(ManifestError::TooMany.into());
        }
        if depth > DEPTH {
            return Err(ManifestError::TooLarge.into());
        }
        let unreadable = |path: &Path, source| ScanError::Unreadable { path: path.to_owned(), source };
        if metadata.is_dir() {
            self.items.push(Item { path: path.to_owned(), is: Kind::Folder });
            self.sources.push(source.clone());
            let listed = std::fs::read_dir(&source).map_err(|error| unreadable(&source, error))?;
            let mut inside = listed.collect::<Result<Vec<_>, _>>().map_err(|error| unreadable(&source, error))?;
            inside.sort_by_key(std::fs::DirEntry::file_name);
            for entry in inside {
                // The link itself, not what it leads to.
                let metadata = entry.metadata().map_err(|error| unreadable(&entry.path(), error))?;
                let name = entry.file_name();
                if !(metadata.is_file() || metadata.is_dir()) {
                    tracing::info!("a link or device inside a folder is not sent");
                    continue;
                }
                self.add(&format!("{path}/{}", name.to_string_lossy()), entry.path(), &metadata, depth + 1)?;
            }
        } else {
            let is = Kind::File { size: metadata.len(), modified_ms: modified_ms(metadata) };
            self.items.push(Item { path: path.to_owned(), is });
            self.sources.push(source);
        }
        Ok(())
    }
}

/// When a file was changed; 0 where the file system does not know.
pub(crate) fn modified_ms(metadata: &Metadata) -> u64 {
    let since = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_found_with_all_that_is_in_it_but_links() {
        let dir = tempfile::tempdir().unwrap();
        let trip = dir.path().join("trip");
        std::fs::create_dir_all(trip.join("empty")).unwrap();
        std::fs::write(trip.join("b.txt"), "hello").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc", trip.join("etc")).unwrap();
        std::fs::write(dir.path().join("note"), "x").unwrap();
        let other = dir.path().join("other");
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("note"), "y").unwrap();
        let Scanned { manifest, sources } = scan(&[trip, dir.path().join("note"), other.join("note")]).unwrap();
        let paths: Vec<&str> = manifest.items().iter().map(|item| item.path.as_str()).collect();
        assert_eq!(paths, ["trip", "trip/b.txt", "trip/empty", "note", "2 note"]);
        assert_eq!(sources.len(), 5);
        assert_eq!((manifest.bytes(), manifest.parcel().files, manifest.parcel().folders), (7, 3, 2));
    }

    #[test]
    fn what_is_not_there_is_said_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        assert!(
            matches!(scan(std::slice::from_ref(&missing)), Err(ScanError::Unreadable { path, .. }) if path == missing)
        );
        assert!(matches!(scan(&[]), Err(ScanError::Manifest(ManifestError::Empty))));
        assert!(matches!(scan(&["/".into()]), Err(ScanError::NotAFile(_))));
    }
}
