//! What a transfer consists of.

use std::collections::HashSet;

use dogeller_core::filename::FileName;
use dogeller_core::wire::files::{PARCEL_BYTES, Parcel};
use serde::{Deserialize, Serialize};

/// Files and folders of one transfer: some millions would be a disk, not something that is sent.
pub const ITEMS: usize = 100_000;
/// The most bytes of a manifest on its way.
pub const MANIFEST_BYTES: usize = 16 * 1024 * 1024;
/// Folders within folders.
pub const DEPTH: usize = 32;

/// A file or folder, by its path below the place where all of it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Names from the outermost folder on, joined by `/`.
    pub path: String,
    /// What it is.
    pub is: Kind,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// A folder, also an empty one. It comes before what is in it.
    Folder,
    /// A file.
    File {
        /// Its size in bytes.
        size: u64,
        /// When it was changed, in milliseconds since 1970.
        modified_ms: u64,
    },
}

/// What a transfer consists of. Its paths are safe on every system, and no two are the same on any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Manifest {
    items: Vec<Item>,
}

/// What no honest sender says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Nothing in it.
    #[error("nothing is sent")]
    Empty,
    /// More than [`ITEMS`].
    #[error("more than {ITEMS} files and folders")]
    TooMany,
    /// More than [`PARCEL_BYTES`], or folders deeper than [`DEPTH`].
    #[error("more than a disk holds")]
    TooLarge,
    /// A path that leads elsewhere.
    #[error("a path that leads out of its folder")]
    LeadsOut,
    /// Something lies in what is no folder, or before it.
    #[error("something lies in what is no folder")]
    NoFolder,
    /// Not what was offered.
    #[error("it is not what was offered")]
    NotOffered,
    /// Not a manifest at all.
    #[error("it is no manifest")]
    Malformed,
}

impl Manifest {
    /// Checks what a sender says, and makes its names safe on this and every other system: what no file can be called here
    /// is called something near, and of two that differ in their case alone the second is another.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn checked(items: Vec<Item>) -> Result<Self, ManifestError> {
        if items.is_empty() {
            return Err(ManifestError::Empty);
        }
        if items.len() > ITEMS {
            return Err(ManifestError::TooMany);
        }
        let mut total = 0_u64;
        let mut taken = HashSet::new();
        // By the sender's path, where a folder is here.
        let mut folders = std::collections::HashMap::from([(String::new(), String::new())]);
        let mut safe = Vec::with_capacity(items.len());
        for item in items {
            let names: Vec<&str> = item.path.split('/').collect();
            if names.iter().any(|name| matches!(*name, "" | "." | "..")) || item.path.contains('\0') {
                return Err(ManifestError::LeadsOut);
            }
            if names.len() > DEPTH {
                return Err(ManifestError::TooLarge);
            }
            let (above, name) = item.path.rsplit_once('/').unwrap_or(("", &item.path));
            let folder = folders.get(above).ok_or(ManifestError::NoFolder)?;
            let path = free(folder, &FileName::nearest(name), &mut taken).ok_or(ManifestError::TooMany)?;
            match item.is {
                Kind::Folder => {
                    if folders.insert(item.path.clone(), path.clone()).is_some() {
                        return Err(ManifestError::NoFolder);
                    }
                }
                Kind::File { size, .. } => {
                    total = total
                        .checked_add(size)
                        .filter(|total| *total <= PARCEL_BYTES)
                        .ok_or(ManifestError::TooLarge)?;
                }
            }
            safe.push(Item { path, is: item.is });
        }
        Ok(Self { items: safe })
    }

    /// Reads what a sender said, if it is what was offered.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn read(json: &[u8], offered: &Parcel) -> Result<Self, ManifestError> {
        let items: Vec<Item> = serde_json::from_slice(json).map_err(|_| ManifestError::Malformed)?;
        let manifest = Self::checked(items)?;
        if manifest.parcel() == *offered { Ok(manifest) } else { Err(ManifestError::NotOffered) }
    }

    /// All of it, in the order in which it travels.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.items.iter().map(Item::size).sum()
    }

    /// It is no longer than the other end listens.
    pub fn fits(&self) -> bool {
        serde_json::to_vec(self).is_ok_and(|json| json.len() <= MANIFEST_BYTES)
    }

    /// The outermost files and folders.
    pub fn outermost(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.path.contains('/'))
    }

    /// As it is offered.
    pub fn parcel(&self) -> Parcel {
        let folders = self.items.iter().filter(|item| item.is == Kind::Folder).count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let names = self.outermost().map(|item| FileName::nearest(&item.path));
        Parcel::new(count(self.items.len() - folders), count(folders), self.bytes(), names)
    }
}

impl Item {
    /// Its part of the stream, in bytes.
    pub const fn size(&self) -> u64 {
        match self.is {
            Kind::Folder => 0,
            Kind::File { size, .. } => size,
        }
    }
}

/// As file systems compare that do not tell cases apart: through capitals, which sigma at a word's end shares.
fn folded(path: &str) -> String {
    path.to_uppercase().to_lowercase()
}

/// A path in a folder that nothing else has, whatever the case.
fn free(folder: &str, name: &FileName, taken: &mut HashSet<String>) -> Option<String> {
    let join = |name: &FileName| if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") };
    let first = join(name);
    if taken.insert(folded(&first)) {
        return Some(first);
    }
    (2..1000).map(|n| join(&name.another(n))).find(|path| taken.insert(folded(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, size: u64) -> Item {
        Item { path: path.into(), is: Kind::File { size, modified_ms: 0 } }
    }

    fn folder(path: &str) -> Item {
        Item { path: path.into(), is: Kind::Folder }
    }

    fn paths(items: Vec<Item>) -> Result<Vec<String>, ManifestError> {
        Manifest::checked(items).map(|manifest| manifest.items().iter().map(|item| item.path.clone()).collect())
    }

    #[test]
    fn no_path_leads_out() {
        for path in ["../a", "a/../../b", "/etc/passwd", "a//b", ".", "a/.", "", "a\0b", ".."] {
            let wrong = paths(vec![folder("a"), file(path, 1)]).unwrap_err();
            assert!(matches!(wrong, ManifestError::LeadsOut), "{path}: {wrong}");
        }
        assert_eq!(paths(vec![file("a/b", 1)]), Err(ManifestError::NoFolder), "its folder is named before it");
        assert_eq!(paths(vec![file("a", 1), file("a/b", 1)]), Err(ManifestError::NoFolder));
        assert_eq!(paths(vec![folder("a"), folder("a")]), Err(ManifestError::NoFolder));
    }

    #[test]
    fn names_are_safe_on_every_system_and_differ_on_every_one() {
        let items = vec![
            folder("C:\\Windows"),
            file("C:\\Windows/..\\evil.dll", 1),
            file("CON.txt", 1),
            file("photo\u{202e}gpj.exe", 1),
            file("A.txt", 1),
            file("a.TXT", 1),
            file("a.txt", 1),
        ];
        let safe =
            ["C__Windows", "C__Windows/_evil.dll", "_CON.txt", "photogpj.exe", "A.txt", "a (2).TXT", "a (3).txt"];
        assert_eq!(paths(items).unwrap(), safe);
    }

    #[test]
    fn what_was_made_safe_once_stays_as_it_is() {
        let long = "é".repeat(150);
        let items = vec![folder(&long), folder(&format!("{long}x")), file("ς.txt", 1), file("σ.txt", 1)];
        let once = Manifest::checked(items).unwrap();
        let again = Manifest::checked(once.items().to_vec()).unwrap();
        assert_eq!(once, again);
        assert_eq!(once.parcel(), again.parcel());
        assert_eq!(once.items()[3].path, "σ (2).txt");
    }

    #[test]
    fn what_is_in_a_renamed_folder_goes_where_the_folder_is() {
        let items = vec![folder("X"), file("X/1", 1), folder("x"), file("x/1", 1)];
        assert_eq!(paths(items).unwrap(), ["X", "X/1", "x (2)", "x (2)/1"]);
    }

    #[test]
    fn no_endless_list_no_endless_depth_no_impossible_size() {
        assert_eq!(paths(vec![file("a", 1); ITEMS + 1]), Err(ManifestError::TooMany));
        assert_eq!(paths(Vec::new()), Err(ManifestError::Empty));
        assert_eq!(paths(vec![file("a", u64::MAX), file("b", 2)]), Err(ManifestError::TooLarge));
        assert_eq!(paths(vec![file(&vec!["a"; DEPTH + 1].join("/"), 1)]), Err(ManifestError::TooLarge));
    }

    #[test]
    fn what_was_not_offered_is_not_taken() {
        let manifest = Manifest::checked(vec![folder("a"), file("a/b", 10)]).unwrap();
        let json = serde_json::to_vec(&manifest).unwrap();
        let offered = manifest.parcel();
        assert_eq!(Manifest::read(&json, &offered), Ok(manifest));
        let renamed = Parcel { names: vec![FileName::nearest("a.exe")], ..offered.clone() };
        for lie in [Parcel { bytes: 9, ..offered.clone() }, Parcel { files: 2, ..offered.clone() }, renamed] {
            assert_eq!(Manifest::read(&json, &lie), Err(ManifestError::NotOffered));
        }
        assert_eq!(Manifest::read(b"[{}]", &offered), Err(ManifestError::Malformed));
    }
}
