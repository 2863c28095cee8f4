//! Puts what is whole where it belongs, over nothing that is there.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use dogeller_core::filename::FileName;
use dogeller_core::transfer::Key;
use serde::{Deserialize, Serialize};

use crate::manifest::{Item, Kind};
use crate::part::Part;
use crate::shelf::Shelf;

/// Things of one name at most: `a (999).txt`.
const OF_ONE_NAME: u32 = 999;

/// Where the outermost files and folders go, kept before the first is moved: a crash in between moves none twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    moves: Vec<(String, PathBuf)>,
}

/// Moves a whole part to its folder. Gives where it is now: the one file or folder, or the folder where several are.
///
/// # Errors
/// The disk's.
pub fn place(part: &Part, shelf: &Shelf, key: Key, downloads: &Path) -> io::Result<PathBuf> {
    let plan = match shelf.plan(key) {
        Some(plan) => plan,
        None => {
            let reserved = part.manifest().outermost().map(|item| Ok((item.path.clone(), reserve(downloads, item)?)));
            let plan = Plan { moves: reserved.collect::<io::Result<_>>()? };
            shelf.keep_plan(key, &plan)?;
            plan
        }
    };
    for (name, target) in &plan.moves {
        let from = part.folder().join(name);
        match std::fs::symlink_metadata(&from) {
            // Moved before a crash.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(is) => {
                if is.is_dir() && cfg!(windows) {
                    // No folder is moved over another there, not even over the empty one that keeps its place.
                    std::fs::remove_dir(target)?;
                }
                std::fs::rename(&from, target)?;
            }
        }
    }
    let _not_empty = std::fs::remove_dir(part.folder());
    Ok(match plan.moves.as_slice() {
        [(_, only)] => only.clone(),
        _ => downloads.to_owned(),
    })
}

/// Takes the first free name, with an empty file or folder that what is moved there replaces.
fn reserve(downloads: &Path, item: &Item) -> io::Result<PathBuf> {
    let name = FileName::nearest(&item.path);
    for count in 1..=OF_ONE_NAME {
        let path = downloads.join(if count == 1 { name.clone() } else { name.another(count) }.as_str());
        let made = match item.is {
            Kind::Folder => std::fs::create_dir(&path),
            Kind::File { .. } => OpenOptions::new().write(true).create_new(true).open(&path).map(drop),
        };
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| path),
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
        assert_eq!(place(&part, &shelf, KEY, &downloads).unwrap(), downloads);
        // Asked for again, as after a crash before anybody heard that it was done.
        assert_eq!(place(&part, &shelf, KEY, &downloads).unwrap(), downloads);
        let read = |path: &str| std::fs::read_to_string(downloads.join(path)).unwrap();
        assert_eq!([read("a.txt"), read("a (2).txt"), read("trip (2)/b")], ["mine", "one", "two"]);
        assert_eq!(std::fs::read_dir(&downloads).unwrap().count(), 4);
    }
}
