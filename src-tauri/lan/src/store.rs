//! What outlives a run: settings and contacts, in SQLite. One thread owns the connection, since its calls block.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use dogeller_core::node::Kept;
use dogeller_core::roster::Contact;
use dogeller_core::{BootId, Name};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::mpsc;

/// Contacts kept: those met last.
const CONTACTS_KEPT: u32 = 512;
/// Writes waiting for the disk.
const WRITES_WAITING: usize = 256;

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says so.
    #[error("the settings in {path} cannot be used: {source}")]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The damaged file cannot be put aside.
    #[error("the damaged settings in {path} cannot be put aside: {source}")]
    PutAside {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What was kept.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) boot: BootId,
    pub(crate) name: Option<Name>,
    pub(crate) port: Option<u16>,
    pub(crate) hidden_on: BTreeSet<String>,
    pub(crate) contacts: Vec<Contact>,
}

/// The open store.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the store in `folder`. A damaged one is put aside, not lost, and begun anew: it holds nothing that the
    /// node could not do without.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("dogeller.db");
        match Self::open_file(&path) {
            Err(error) if is_damage(&error) => {
                let aside = path.with_extension(format!("damaged-{}", unix_seconds()));
                tracing::warn!(%error, aside = %aside.display(), "the settings are damaged: put aside and begun anew");
                std::fs::rename(&path, &aside).map_err(|source| StoreError::PutAside { path: path.clone(), source })?;
                Self::open_file(&path).map_err(|source| StoreError::Unusable { path, source })
            }
            result => result.map_err(|source| StoreError::Unusable { path, source }),
        }
    }

    fn open_file(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
             CREATE TABLE IF NOT EXISTS hidden (network TEXT PRIMARY KEY) STRICT;
             CREATE TABLE IF NOT EXISTS contact (
                 peer TEXT PRIMARY KEY, name TEXT NOT NULL, verified INTEGER NOT NULL, met INTEGER NOT NULL) STRICT;",
        )?;
        Ok(Self { connection })
    }

    /// Reads everything and counts this start.
    pub(crate) fn load(&self, random: u64) -> Result<Loaded, rusqlite::Error> {
        // The clock steps in where the count was lost with a damaged store: a later start must have a larger number.
        let count = self.number("boot")?.unwrap_or(0).saturating_add(1).max(unix_seconds());
        self.set("boot", &count.to_string())?;
        let mut hidden = self.connection.prepare("SELECT network FROM hidden")?;
        let hidden_on = hidden.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut contacts = self.connection.prepare("SELECT peer, name, verified FROM contact ORDER BY met DESC")?;
        let contacts = contacts
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?)))?
            .filter_map(|row| match row {
                Ok((peer, name, verified)) => {
                    Some(Contact { peer: peer.parse().ok()?, name: Name::new(&name).ok()?, verified })
                }
                Err(_) => None,
            })
            .collect();
        Ok(Loaded {
            boot: BootId { count, random },
            name: self.setting("name")?.and_then(|name| Name::new(&name).ok()),
            port: self.number("port")?.and_then(|port| u16::try_from(port).ok()),
            hidden_on,
            contacts,
        })
    }

    fn setting(&self, name: &str) -> Result<Option<String>, rusqlite::Error> {
        self.connection.query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0)).optional()
    }

    fn number(&self, name: &str) -> Result<Option<u64>, rusqlite::Error> {
        Ok(self.setting(name)?.and_then(|value| value.parse().ok()))
    }

    fn set(&self, name: &str, value: &str) -> Result<(), rusqlite::Error> {
        let sql = "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.connection.execute(sql, [name, value]).map(drop)
    }

    /// Remembers the port links come in at, so that a firewall's rule stays true.
    pub(crate) fn keep_port(&self, port: u16) -> Result<(), rusqlite::Error> {
        self.set("port", &port.to_string())
    }

    /// Keeps one thing.
    pub(crate) fn keep(&self, kept: &Kept) -> Result<(), rusqlite::Error> {
        match kept {
            Kept::Name(name) => self.set("name", name.as_str()),
            Kept::Hidden { network, hidden: true } => {
                self.connection.execute("INSERT OR IGNORE INTO hidden VALUES (?1)", [network]).map(drop)
            }
            Kept::Hidden { network, hidden: false } => {
                self.connection.execute("DELETE FROM hidden WHERE network = ?1", [network]).map(drop)
            }
            Kept::Contact(contact) => {
                let met = i64::try_from(unix_seconds()).unwrap_or(i64::MAX);
                self.connection.execute(
                    "INSERT INTO contact VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (peer) DO UPDATE SET name = ?2, verified = ?3, met = ?4",
                    params![contact.peer.to_string(), contact.name.as_str(), contact.verified, met],
                )?;
                self.connection
                    .execute(
                        "DELETE FROM contact WHERE verified = 0 AND peer NOT IN
                         (SELECT peer FROM contact ORDER BY met DESC LIMIT ?1)",
                        [CONTACTS_KEPT],
                    )
                    .map(drop)
            }
        }
    }

    /// Moves the store to a thread of its own, which ends when the sender is dropped. `failed` is called there for each
    /// write that the disk refused.
    pub(crate) fn serve(
        self,
        failed: impl Fn() + Send + 'static,
    ) -> std::io::Result<(mpsc::Sender<Kept>, std::thread::JoinHandle<()>)> {
        let (sender, mut writes) = mpsc::channel::<Kept>(WRITES_WAITING);
        let thread = std::thread::Builder::new().name("dogeller-store".to_owned()).spawn(move || {
            while let Some(kept) = writes.blocking_recv() {
                if let Err(error) = self.keep(&kept) {
                    tracing::warn!(%error, "a setting could not be kept");
                    failed();
                }
            }
        })?;
        Ok((sender, thread))
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dogeller_core::PeerId;

    #[test]
    fn what_is_kept_comes_back_and_starts_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let first = store.load(1).unwrap();
        let contact = Contact { peer: PeerId::from_bytes([7; 32]), name: Name::new("Anna").unwrap(), verified: true };
        store.keep(&Kept::Contact(contact.clone())).unwrap();
        store.keep(&Kept::Name(Name::new("Bob").unwrap())).unwrap();
        store.keep(&Kept::Hidden { network: "10.0.0.0/24".into(), hidden: true }).unwrap();
        drop(store);
        let again = Store::open(dir.path()).unwrap().load(2).unwrap();
        assert!(again.boot > first.boot);
        assert_eq!(again.contacts, [contact]);
        assert_eq!(again.name.unwrap().as_str(), "Bob");
        assert!(again.hidden_on.contains("10.0.0.0/24"));
    }

    #[test]
    fn a_damaged_store_is_put_aside_and_not_lost() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("dogeller.db"), "this is no database, it only looks like a file".repeat(100))
            .unwrap();
        Store::open(dir.path()).unwrap().load(1).unwrap();
        let aside = std::fs::read_dir(dir.path()).unwrap().filter_map(Result::ok);
        assert!(aside.into_iter().any(|file| file.file_name().to_string_lossy().contains("damaged")));
    }
}
