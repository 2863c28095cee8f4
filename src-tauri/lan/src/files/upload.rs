//! What a page hands over to be sent: a browser knows no paths. It lies in the data folder until it is sent.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use dogeller_core::MessageId;
use dogeller_core::filename::FileName;
use dogeller_files::manifest::DEPTH;
use dogeller_files::shelf::Shelf;

/// The most bytes of a name on the file systems of Unix (`NAME_MAX`).
const NAME_BYTES: usize = 255;

/// Where pages hand over files, under their own names where the system takes any. Its calls block.
#[derive(Debug, Clone)]
pub struct Uploads {
    shelf: Shelf,
}

impl Uploads {
    pub(crate) fn new(data: &Path) -> Self {
        Self { shelf: Shelf::new(data) }
    }

    /// Begins a file of an offer: its path, names joined by `/`, is made safe. No two may have one path.
    ///
    /// # Errors
    /// The disk's; [`io::ErrorKind::InvalidInput`] for a path that leads elsewhere.
    pub fn begin(&self, message: MessageId, path: &str) -> io::Result<File> {
        let path = self.path(message, path)?;
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above)?;
        }
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    /// Goes on with a file that was begun.
    ///
    /// # Errors
    /// The disk's; [`io::ErrorKind::InvalidInput`] where the file is not as long as that.
    pub fn append(&self, message: MessageId, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(self.path(message, path)?)?;
        if file.metadata()?.len() != offset {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    /// Takes back a file that did not come to its end.
    pub fn forget(&self, message: MessageId, path: &str) {
        if let Ok(path) = self.path(message, path) {
            let _not_there = std::fs::remove_file(path);
        }
    }

    fn path(&self, message: MessageId, path: &str) -> io::Result<PathBuf> {
        let names: Vec<&str> = path.split('/').collect();
        if names.len() > DEPTH || names.iter().any(|name| matches!(*name, "" | "." | "..")) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let below: PathBuf = names.iter().map(|name| own(name)).collect();
        Ok(self.shelf.uploads(message).join(below))
    }
}

/// What a file is called here. Two names of one folder stay two: each end makes them safe for itself later.
fn own(name: &str) -> PathBuf {
    if cfg!(unix) && !name.contains('\0') && name.len() <= NAME_BYTES {
        return name.into();
    }
    FileName::nearest(name).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: MessageId = MessageId::from_bytes([5; 16]);

    #[test]
    fn what_is_handed_over_stays_in_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(dir.path());
        uploads.begin(MESSAGE, "trip/../x").unwrap_err();
        for path in ["..", "/etc/passwd", "", "a//b", "."] {
            assert_eq!(uploads.begin(MESSAGE, path).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path}");
        }
        uploads.begin(MESSAGE, "trip/a\\b.txt").unwrap().write_all(b"one").unwrap();
        uploads.append(MESSAGE, "trip/a\\b.txt", 3, b" two").unwrap();
        assert!(uploads.append(MESSAGE, "trip/a\\b.txt", 3, b"again").is_err());
        assert!(uploads.begin(MESSAGE, "trip/a\\b.txt").is_err(), "two files of one name");
        uploads.begin(MESSAGE, ".env").unwrap();
        uploads.begin(MESSAGE, "env").unwrap();
        uploads.begin(MESSAGE, &"x".repeat(1000)).unwrap();
        let lies = uploads.path(MESSAGE, "trip/a\\b.txt").unwrap();
        assert!(lies.starts_with(uploads.shelf.uploads(MESSAGE)));
        assert_eq!(std::fs::read_to_string(lies).unwrap(), "one two");
    }
}
