//! What outlives a run: settings, contacts and conversations, in SQLite. One thread owns the connection, since its calls
//! block.
//!
//! | file | what it does |
//! | --- | --- |
//! | `store.rs` | opens the file; settings and contacts |
//! | `store/migrate.rs` | the tables, and how an older file becomes a newer one |
//! | `store/mail.rs` | what people write to each other: each write as a whole or not at all |
//! | `store/entries.rs` | what conversations show; search |
//! | `store/offers.rs` | offers of files, and what becomes of them |
//! | `store/retention.rs` | how long conversations are kept |
//! | `store/export.rs` | a conversation as a file |
//! | `store/serve.rs` | the thread |

mod entries;
mod export;
mod mail;
mod migrate;
mod offers;
mod retention;
mod serve;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use dogeller_core::mail::KeptMail;
use dogeller_core::node::Kept;
use dogeller_core::roster::Contact;
use dogeller_core::transfer::Key;
use dogeller_core::wire::encode;
use dogeller_core::wire::files::{Parcel, Stage};
use dogeller_core::wire::talk::Retention;
use dogeller_core::{BootId, Name, OutboxId, PeerId};
use rusqlite::{Connection, OptionalExtension, params};

pub use export::line;
pub(crate) use serve::{Job, Serving};

/// Contacts kept: those met last.
const CONTACTS_KEPT: u32 = 512;

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
    pub(crate) outbox: OutboxId,
    pub(crate) mail: Vec<(PeerId, KeptMail)>,
    pub(crate) receipts: bool,
    pub(crate) retention: Retention,
    pub(crate) takes_files: bool,
    pub(crate) transfers: Vec<(Key, Parcel, Stage)>,
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
        let mut connection = Connection::open(path)?;
        // FULL: what the other side was told is stored must be there after the power failed, too.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")?;
        migrate::migrate(&mut connection)?;
        Ok(Self { connection })
    }

    /// Reads everything and counts this start.
    pub(crate) fn load(&self, random: u64, new_outbox: OutboxId) -> Result<Loaded, rusqlite::Error> {
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
        let outbox = match self.setting("outbox")?.and_then(|id| id.parse().ok()) {
            Some(outbox) => outbox,
            None => {
                self.set("outbox", &new_outbox.to_string())?;
                new_outbox
            }
        };
        Ok(Loaded {
            outbox,
            mail: mail::all(&self.connection)?,
            receipts: self.setting("receipts")?.is_none_or(|on| on == "true"),
            retention: retention::chosen(&self.connection)?,
            takes_files: self.setting("takes_files")?.is_some_and(|on| on == "true"),
            transfers: offers::unfinished(&self.connection)?,
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
            Kept::Receipts(on) => self.set("receipts", &on.to_string()),
            Kept::TakesFiles(on) => self.set("takes_files", &on.to_string()),
            Kept::Retention(retention) => self.set(retention::SETTING, &encode(retention)),
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
                        "DELETE FROM contact WHERE verified = 0 AND peer NOT IN (SELECT peer FROM entry) AND peer NOT IN
                         (SELECT peer FROM contact ORDER BY met DESC LIMIT ?1)",
                        [CONTACTS_KEPT],
                    )
                    .map(drop)
            }
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
