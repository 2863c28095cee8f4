//! What has come of a transfer so far, in a hidden folder beside where it goes: nobody takes it for whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use crate::manifest::{Kind, Manifest};

/// How much is read at once to be compared.
const READ: usize = 1024 * 1024;

/// See the module.
#[derive(Debug)]
pub struct Part {
    folder: PathBuf,
    manifest: Manifest,
    /// The item that is being written; all before it are whole.
    at: usize,
    file: Option<File>,
    /// Bytes of the item that are written.
    offset: u64,
    /// Bytes of the stream that are written.
    written: u64,
}

/// Where a transfer's part lies.
pub fn folder_of(downloads: &Path, name: &str) -> PathBuf {
    downloads.join(format!(".dogeller-{name}"))
}

impl Part {
    /// Begins or goes on: finds how much is here. What is here was verified when it came; whether it still is what it was
    /// is for [`Part::hash`] to say.
    ///
    /// # Errors
    /// The disk's; also where something lies there that is none of ours.
    pub fn open(folder: PathBuf, manifest: Manifest) -> io::Result<Self> {
        if let Some(above) = folder.parent() {
            std::fs::create_dir_all(above)?;
        }
        match std::fs::create_dir(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_folder(&folder) => {}
            Err(error) => return Err(error),
        }
        let mut part = Self { folder, manifest, at: 0, file: None, offset: 0, written: 0 };
        part.find_end()?;
        if part.is_out_of_order() {
            part.begin_anew()?;
        }
        Ok(part)
    }

    /// Something lies behind the end: what was before it was taken away.
    fn is_out_of_order(&self) -> bool {
        let behind = self.manifest.items().iter().skip(self.at + 1);
        behind
            .into_iter()
            .any(|item| std::fs::metadata(self.folder.join(&item.path)).is_ok_and(|is| is.is_file() && is.len() > 0))
    }

    /// Passes all that is whole.
    fn find_end(&mut self) -> io::Result<()> {
        while let Some(item) = self.manifest.items().get(self.at) {
            let path = self.folder.join(&item.path);
            let here = std::fs::symlink_metadata(&path).ok();
            match (item.is, here) {
                (Kind::Folder, Some(here)) if here.is_dir() => {}
                (Kind::File { size, .. }, Some(here)) if here.is_file() && here.len() == size => self.written += size,
                (Kind::File { size, .. }, Some(here)) if here.is_file() && here.len() < size => {
                    (self.offset, self.written) = (here.len(), self.written + here.len());
                    return Ok(());
                }
                (_, None) => return Ok(()),
                // Longer than it may be, or no file at all: nobody of us wrote that.
                (_, Some(here)) if here.is_dir() => return Err(io::ErrorKind::AlreadyExists.into()),
                (_, Some(_)) => {
                    std::fs::remove_file(&path)?;
                    return Ok(());
                }
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Bytes of the stream that are here.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Bytes still to come.
    pub fn missing(&self) -> u64 {
        self.manifest.bytes() - self.written
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it is a part of.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Hashes what is here, telling after each step whether to go on.
    ///
    /// # Errors
    /// The disk's; [`io::ErrorKind::Interrupted`] where it is not to go on.
    pub fn hash(&self, mut go_on: impl FnMut() -> io::Result<()>) -> io::Result<[u8; 32]> {
        let paths = self.manifest.items().iter().map(|item| (self.folder.join(&item.path), item.size()));
        hash(paths, self.written, &mut go_on)
    }

    /// Lets go of everything: it is not what the other sends.
    ///
    /// # Errors
    /// The disk's.
    pub fn begin_anew(&mut self) -> io::Result<()> {
        self.file = None;
        std::fs::remove_dir_all(&self.folder)?;
        std::fs::create_dir(&self.folder)?;
        (self.at, self.offset, self.written) = (0, 0, 0);
        Ok(())
    }

    /// Writes verified bytes behind what is here. Bytes beyond the end are not written.
    ///
    /// # Errors
    /// The disk's.
    pub fn append(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some(item) = self.manifest.items().get(self.at) {
            let path = self.folder.join(&item.path);
            match item.is {
                Kind::Folder => make_folder(&path)?,
                Kind::File { size, modified_ms } => {
                    let left = usize::try_from(size - self.offset).unwrap_or(usize::MAX);
                    if left > 0 && bytes.is_empty() {
                        return Ok(());
                    }
                    let file = match &mut self.file {
                        Some(file) => file,
                        None => self.file.insert(open(&path, self.offset)?),
                    };
                    let (now, later) = bytes.split_at(left.min(bytes.len()));
                    file.write_all(now)?;
                    self.offset += now.len() as u64;
                    self.written += now.len() as u64;
                    bytes = later;
                    if self.offset < size {
                        return Ok(());
                    }
                    // Nobody needs the time but to sort by.
                    let at = UNIX_EPOCH.checked_add(Duration::from_millis(modified_ms));
                    let _not_kept = at.map(|at| file.set_modified(at));
                    self.file = None;
                    self.offset = 0;
                }
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Nothing is missing, not even an empty file.
    pub fn is_whole(&self) -> bool {
        self.at == self.manifest.items().len()
    }
}

/// Opens a file behind its first bytes, or makes it. Nothing is followed: what is there is a file of ours.
fn open(path: &Path, offset: u64) -> io::Result<File> {
    if offset == 0 {
        match OpenOptions::new().write(true).create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other,
        }
    }
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut file = OpenOptions::new().write(true).open(path)?;
    if offset == 0 && file.metadata()?.len() > 0 {
        // Two of one transfer that this file system takes for one: neither is written over the other.
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    file.set_len(offset)?;
    io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
    Ok(file)
}

fn make_folder(path: &Path) -> io::Result<()> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_folder(path) => Ok(()),
        other => other,
    }
}

fn is_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|here| here.is_dir())
}

/// Hashes the first bytes of a stream of files.
///
/// # Errors
/// The disk's, also where a file is shorter than it should be; what `go_on` says.
pub fn hash(
    files: impl Iterator<Item = (PathBuf, u64)>,
    mut bytes: u64,
    go_on: &mut impl FnMut() -> io::Result<()>,
) -> io::Result<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; READ];
    for (path, size) in files.filter(|(_, size)| *size > 0) {
        if bytes == 0 {
            break;
        }
        let mut left = size.min(bytes);
        bytes -= left;
        let mut file = File::open(path)?;
        while left > 0 {
            let most = usize::try_from(left).map_or(READ, |left| left.min(READ));
            let step = &mut buffer[..most];
            file.read_exact(step)?;
            hasher.update(step);
            left -= step.len() as u64;
            go_on()?;
        }
    }
    Ok(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Item;

    fn manifest() -> Manifest {
        let file = |path: &str, size| Item { path: path.into(), is: Kind::File { size, modified_ms: 1_000_000 } };
        let folder = |path: &str| Item { path: path.into(), is: Kind::Folder };
        let items = vec![file("none", 0), folder("a"), file("a/b", 5), file("a/c", 3), folder("end"), file("last", 0)];
        Manifest::checked(items).unwrap()
    }

    #[test]
    fn whatever_the_cuts_the_stream_becomes_the_files() {
        for cut in 1..=8 {
            let dir = tempfile::tempdir().unwrap();
            let folder = dir.path().join("part");
            for chunk in b"helloabc".chunks(cut) {
                // Begun anew for each, as after as many crashes.
                let mut part = Part::open(folder.clone(), manifest()).unwrap();
                part.append(chunk).unwrap();
            }
            let part = Part::open(folder.clone(), manifest()).unwrap();
            assert!(part.is_whole() && part.missing() == 0, "{cut}");
            let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
            assert_eq!([read("none"), read("a/b"), read("a/c"), read("last")], ["", "hello", "abc", ""]);
            assert!(folder.join("end").is_dir());
            let modified = std::fs::metadata(folder.join("a/b")).unwrap().modified().unwrap();
            assert_eq!(modified, UNIX_EPOCH + Duration::from_secs(1000));
            assert_eq!(part.hash(|| Ok(())).unwrap(), *blake3::hash(b"helloabc").as_bytes());
        }
    }

    #[test]
    fn no_link_is_followed_and_what_is_too_long_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("part");
        Part::open(folder.clone(), manifest()).unwrap().append(b"he").unwrap();
        std::fs::write(folder.join("a/b"), "longer than it may be").unwrap();
        let part = Part::open(folder.clone(), manifest()).unwrap();
        assert_eq!(part.written(), 0);
        #[cfg(unix)]
        {
            let victim = dir.path().join("victim");
            std::fs::write(&victim, "precious").unwrap();
            std::os::unix::fs::symlink(&victim, folder.join("a/b")).unwrap();
            let mut part = Part::open(folder.clone(), manifest()).unwrap();
            part.append(b"helloabc").unwrap();
            assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
            let elsewhere = dir.path().join("elsewhere");
            std::os::unix::fs::symlink(dir.path(), &elsewhere).unwrap();
            assert!(Part::open(elsewhere, manifest()).is_err());
        }
    }
}
