//! What an administrator settled for everybody on this machine (`docs/guide/administrators.md`). The command line goes
//! before it; what people choose for themselves comes after it.

use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::start::Options;

/// The most bytes of the file, and the most addresses in it.
const BYTES: u64 = 64 * 1024;
const PEERS: usize = 256;

/// Why it cannot be used. A word that is wrong stops the start: an administrator who tries it sees that, and nobody relies on
/// what is not in force.
#[derive(Debug, thiserror::Error)]
pub enum CentralError {
    /// It is there and cannot be read.
    #[error("the settings of this machine, {path}, cannot be read: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It says something that Dogeller does not know.
    #[error("the settings of this machine, {path}, are wrong: {why}")]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// Where, and what.
        why: String,
    },
}

/// See the module. Nothing is settled by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Central {
    /// The port links come in at.
    pub port: Option<u16>,
    /// Looked for at each start, beside those of the command line.
    #[serde(default)]
    pub peers: Vec<SocketAddr>,
    /// Where files of others go.
    pub downloads: Option<PathBuf>,
    /// Whether the app looks for newer versions of itself; people cannot change it then.
    pub updates: Option<bool>,
    /// Where it looks: an address or a folder.
    pub update_source: Option<String>,
}

impl Central {
    /// Reads what holds for this machine; nothing where there is no such file.
    ///
    /// # Errors
    /// [`CentralError`].
    pub fn of_this_machine() -> Result<Self, CentralError> {
        Self::path().map_or_else(|| Ok(Self::default()), |path| Self::read(&path))
    }

    /// Where it is: `None` on systems whose apps nobody administers by files.
    pub fn path() -> Option<PathBuf> {
        if cfg!(windows) {
            let folder = std::env::var_os("ProgramData").map_or_else(|| r"C:\ProgramData".into(), PathBuf::from);
            Some(folder.join("Dogeller").join("dogeller.toml"))
        } else if cfg!(target_os = "macos") {
            Some("/Library/Application Support/Dogeller/dogeller.toml".into())
        } else if cfg!(any(target_os = "android", target_os = "ios")) {
            None
        } else {
            Some("/etc/dogeller/dogeller.toml".into())
        }
    }

    /// What stands in a file; nothing where there is none.
    ///
    /// # Errors
    /// [`CentralError`].
    pub fn read(path: &Path) -> Result<Self, CentralError> {
        let unreadable = |source| CentralError::Unreadable { path: path.to_owned(), source };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut text = String::new();
        file.take(BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
        let wrong = |why: String| CentralError::Wrong { path: path.to_owned(), why };
        if text.len() as u64 > BYTES {
            return Err(wrong(format!("more than {BYTES} bytes")));
        }
        let central: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        central.check().map_err(|why| wrong(why.to_owned()))?;
        Ok(central)
    }

    fn check(&self) -> Result<(), &'static str> {
        if self.port == Some(0) {
            return Err("port: 0 would be another port at each start; leave the line out for that");
        }
        if self.peers.len() > PEERS {
            return Err("peers: more than 256 addresses");
        }
        if self.downloads.as_ref().is_some_and(|folder| !folder.is_absolute()) {
            return Err("downloads: the whole path is needed, from the root");
        }
        Ok(())
    }

    /// Settles what the command line left open.
    pub fn settle(&self, options: &mut Options) {
        options.port = options.port.or(self.port);
        options
            .peers
            .extend(self.peers.iter().filter(|peer| !options.peers.contains(peer)).copied().collect::<Vec<_>>());
        if options.downloads.is_none() {
            options.downloads.clone_from(&self.downloads);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Central, CentralError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dogeller.toml");
        std::fs::write(&path, text).unwrap();
        Central::read(&path)
    }

    #[test]
    fn it_settles_what_the_command_line_left_open() {
        let central = read(
            "port = 7000\npeers = [\"10.0.0.7:7000\", \"[2001:db8::1]:7000\"]\ndownloads = \"/srv/files\"\nupdates = false\n",
        )
        .unwrap();
        assert_eq!((central.updates, central.update_source.as_deref()), (Some(false), None));
        let mut options = Options::default();
        central.settle(&mut options);
        assert_eq!((options.port, options.peers.len()), (Some(7000), 2));
        assert_eq!(options.downloads.as_deref(), Some(Path::new("/srv/files")));
        let mut own = Options {
            port: Some(1),
            peers: vec!["10.0.0.7:7000".parse().unwrap(), "10.0.0.8:7000".parse().unwrap()],
            downloads: Some("/home/ada".into()),
            ..Options::default()
        };
        central.settle(&mut own);
        assert_eq!((own.port, own.peers.len()), (Some(1), 3));
        assert_eq!(own.downloads.as_deref(), Some(Path::new("/home/ada")));
    }

    #[test]
    fn nothing_is_settled_without_it_or_by_an_empty_one() {
        assert_eq!(Central::read(Path::new("/nowhere/dogeller.toml")).unwrap(), Central::default());
        assert_eq!(read("# nothing yet\n").unwrap(), Central::default());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, said) in [
            ("prot = 7000", "prot"),
            ("port = 70000", "line 1"),
            ("port = 0", "port"),
            ("peers = [\"printer\"]", "line 1"),
            ("peers = \"10.0.0.7:1\"", "line 1"),
            ("downloads = \"files\"", "downloads"),
            ("port", "line 1"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("dogeller.toml"), "{text}: {error}");
        }
        assert!(read(&"#".repeat(70_000)).unwrap_err().to_string().contains("bytes"));
        let many: Vec<String> = (0..300).map(|n| format!("\"10.0.0.7:{}\"", n + 1)).collect();
        assert!(read(&format!("peers = [{}]", many.join(","))).unwrap_err().to_string().contains("256"));
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Central::read(folder.path()), Err(CentralError::Unreadable { .. })));
        let path = folder.path().join("dogeller.toml");
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(matches!(Central::read(&path), Err(CentralError::Unreadable { .. })));
    }
}
