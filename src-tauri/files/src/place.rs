//! Puts what is whole where it belongs, over nothing that is there.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dogeller_core::filename::FileName;
use dogeller_core::transfer::Key;
use serde::{Deserialize, Serialize};

use crate::manifest::{Item, Kind};
use crate::part::Part;
use crate::shelf::Shelf;

/// Things of one name at most: `a (999).txt`.
const OF_ONE_NAME: u32 = 999;
/// How often, and after how long, a move is tried again that Windows does not allow yet.
const PATIENCE: u32 = 20;
const A_MOMENT: Duration = Duration::from_millis(100);

/// Where the outermost files and folders go, kept before the first is moved: a crash in between moves none twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    moves: Vec<(String, PathBuf)>,
}

impl Plan {
    /// The one file or folder, or the folder where several are.
    pub fn place(&self, downloads: &Path) -> PathBuf {
        match self.moves.as_slice() {
            [(_, only)] => only.clone(),
            _ => downloads.to_owned(),
        }
    }

    /// Where an item of the manifest is now.
    pub fn path_of(&self, item: &Item) -> Option<PathBuf> {
        let mut names = item.path.split('/');
        let outermost = names.next()?;
        let (_, place) = self.moves.iter().find(|(name, _)| name == outermost)?;
        Some(names.fold(place.clone(), |path, name| path.join(name)))
    }
}

/// Moves a whole part to its folder. Gives where it is now.
///
/// # Errors
/// The disk's; [`io::ErrorKind::NotFound`] where something is neither in the part nor in its place.
pub fn place(part: &Part, shelf: &Shelf, key: Key, downloads: &Path) -> io::Result<Plan> {
    let mut plan = match shelf.plan(key) {
        Some(plan) => plan,
        None => begin(part, shelf, key, downloads)?,
    };
    for at in 0..plan.moves.len() {
        let (name, target) = plan.moves[at].clone();
        let item = part.manifest().outermost().find(|item| item.path == name).ok_or(io::ErrorKind::NotFound)?;
        let from = part.folder().join(&name);
        if std::fs::symlink_metadata(&from).is_err() {
            // Moved before a crash, if it is there.
            if is_there(item, &target) {
                continue;
            }
            return Err(io::ErrorKind::NotFound.into());
        }
        let target = if is_free(item, &target) {
            target
        } else {
            // Somebody else has it by now.
            let other = reserve(downloads, item)?;
            plan.moves[at].1.clone_from(&other);
            shelf.keep_plan(key, &plan)?;
            other
        };
        put(&from, &target, item)?;
    }
    let _not_empty = std::fs::remove_dir(part.folder());
    Ok(plan)
}

/// Reserves a place for each, and keeps which.
fn begin(part: &Part, shelf: &Shelf, key: Key, downloads: &Path) -> io::Result<Plan> {
    let mut plan = Plan { moves: Vec::new() };
    let mut reserved = || {
        for item in part.manifest().outermost() {
            plan.moves.push((item.path.clone(), reserve(downloads, item)?));
        }
        shelf.keep_plan(key, &plan)
    };
    match reserved() {
        Ok(()) => Ok(plan),
        Err(error) => {
            for (_, place) in plan.moves {
                // They are empty still.
                let _not_there = std::fs::remove_file(&place).or_else(|_| std::fs::remove_dir(&place));
            }
            Err(error)
        }
    }
}

/// What was moved there lies there.
fn is_there(item: &Item, target: &Path) -> bool {
    std::fs::symlink_metadata(target).is_ok_and(|is| match item.is {
        Kind::Folder => is.is_dir(),
        Kind::File { size, .. } => is.is_file() && is.len() == size,
    })
}

/// Nothing is there, or what keeps the place.
fn is_free(item: &Item, target: &Path) -> bool {
    match (item.is, std::fs::symlink_metadata(target)) {
        (_, Err(_)) => true,
        (Kind::File { .. }, Ok(is)) => is.is_file() && is.len() == 0,
        (Kind::Folder, Ok(is)) => {
            is.is_dir() && std::fs::read_dir(target).is_ok_and(|mut inside| inside.next().is_none())
        }
    }
}

fn put(from: &Path, target: &Path, item: &Item) -> io::Result<()> {
    if item.is == Kind::Folder && cfg!(windows) {
        // No folder is moved over another there, not even over the empty one that keeps its place.
        let _not_there = std::fs::remove_dir(target);
    }
    for _ in 0..PATIENCE {
        match std::fs::rename(from, target) {
            // Whoever looks through new files there for viruses holds them for a moment.
            Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied => {
                std::thread::sleep(A_MOMENT);
            }
            renamed => return renamed,
        }
    }
    std::fs::rename(from, target)
}

/// Takes the first free name, with an empty file or folder that what is moved there replaces.
fn reserve(downloads: &Path, item: &Item) -> io::Result<PathBuf> {
    let make = |path: &Path| match item.is {
        Kind::Folder => std::fs::create_dir(path),
        Kind::File { .. } => OpenOptions::new().write(true).create_new(true).open(path).map(drop),
    };
    first_free(downloads, &FileName::nearest(&item.path), OF_ONE_NAME, make).map(|((), path)| path)
}

/// Makes something under a name, or under the first of `most` like it that nothing has yet. `make` must not take what is there.
///
/// # Errors
/// What `make` says; [`io::ErrorKind::AlreadyExists`] where all are taken.
pub fn first_free<T>(
    folder: &Path,
    name: &FileName,
    most: u32,
    make: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<(T, PathBuf)> {
    for count in 1..=most {
        let path = folder.join(if count == 1 { name.clone() } else { name.another(count) }.as_str());
        match make(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (made, path)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use dogeller_core::{MessageId, PeerId};

    use super::*;
    use crate::manifest::Manifest;

    const KEY: Key = Key { peer: PeerId::from_bytes([1; 32]), message: MessageId::from_bytes([2; 16]), mine: false };

    #[test]
    fn nothing_that_is_there_is_touched() {
        let dir = tempfile::tempdir().unwrap();
        let downloads = dir.path().join("downloads");
        std::fs::create_dir_all(downloads.join("trip")).unwrap();
        std::fs::write(downloads.join("a.txt"), "mine").unwrap();
        let shelf = Shelf::new(dir.path());
        let file = |path: &str| Item { path: path.into(), is: Kind::File { size: 3, modified_ms: 0 } };
        let folder = Item { path: "trip".into(), is: Kind::Folder };
        let manifest = Manifest::checked(vec![file("a.txt"), folder, file("trip/b")]).unwrap();
        let mut part = Part::open(downloads.join(".part"), manifest).unwrap();
        part.append(b"onetwo").unwrap();
        let plan = place(&part, &shelf, KEY, &downloads).unwrap();
        assert_eq!(plan.place(&downloads), downloads);
        assert_eq!(plan.path_of(&file("trip/b")), Some(downloads.join("trip (2)/b")));
        // Asked for again, as after a crash before anybody heard that it was done.
        assert_eq!(place(&part, &shelf, KEY, &downloads).unwrap(), plan);
        let read = |path: &str| std::fs::read_to_string(downloads.join(path)).unwrap();
        assert_eq!([read("a.txt"), read("a (2).txt"), read("trip (2)/b")], ["mine", "one", "two"]);
        assert_eq!(std::fs::read_dir(&downloads).unwrap().count(), 4);
        std::fs::remove_file(downloads.join("a (2).txt")).unwrap();
        let gone = place(&part, &shelf, KEY, &downloads).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound, "what is nowhere was not received");
    }

    #[test]
    fn a_place_that_somebody_else_took_meanwhile_is_theirs() {
        let dir = tempfile::tempdir().unwrap();
        let downloads = dir.path().join("downloads");
        let shelf = Shelf::new(dir.path());
        let file = |path: &str| Item { path: path.into(), is: Kind::File { size: 3, modified_ms: 0 } };
        let manifest = Manifest::checked(vec![file("a"), file("b")]).unwrap();
        let mut part = Part::open(downloads.join(".part"), manifest).unwrap();
        part.append(b"onetwo").unwrap();
        begin(&part, &shelf, KEY, &downloads).unwrap();
        std::fs::write(downloads.join("b"), "precious").unwrap();
        place(&part, &shelf, KEY, &downloads).unwrap();
        let read = |path: &str| std::fs::read_to_string(downloads.join(path)).unwrap();
        assert_eq!([read("a"), read("b"), read("b (2)")], ["one", "precious", "two"]);
    }
}
