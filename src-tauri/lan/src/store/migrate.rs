//! The tables, and how an older file becomes a newer one.

use rusqlite::Connection;

/// What leads from each version to the next; the first makes a new file. None is ever changed once it was released.
const STEPS: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
     CREATE TABLE IF NOT EXISTS hidden (network TEXT PRIMARY KEY) STRICT;
     CREATE TABLE IF NOT EXISTS contact (
         peer TEXT PRIMARY KEY, name TEXT NOT NULL, verified INTEGER NOT NULL, met INTEGER NOT NULL) STRICT;",
    // `entry`: what a conversation shows, in the order of `position`, which is never given twice. Of a text and of one
    // withdrawn (`kind`), `id` is the message's, of a call the call's. `n` is the post's number in its writer's counting.
    // `outbox`: what waits for somebody. `conversation`: how far both ways have come.
    "CREATE TABLE entry (
         position INTEGER PRIMARY KEY AUTOINCREMENT,
         peer TEXT NOT NULL,
         kind TEXT NOT NULL,
         mine INTEGER NOT NULL,
         id TEXT NOT NULL,
         outbox TEXT,
         n INTEGER NOT NULL,
         at_ms INTEGER NOT NULL,
         counts INTEGER NOT NULL,
         text TEXT,
         edited INTEGER NOT NULL DEFAULT 0,
         reply TEXT,
         call TEXT,
         UNIQUE (peer, id, mine)) STRICT;
     CREATE INDEX entry_of ON entry (peer, position);
     CREATE INDEX entry_at ON entry (at_ms);
     CREATE TABLE outbox (
         peer TEXT NOT NULL,
         n INTEGER NOT NULL,
         at_ms INTEGER NOT NULL,
         kind TEXT NOT NULL,
         message TEXT,
         post TEXT NOT NULL,
         PRIMARY KEY (peer, n)) STRICT, WITHOUT ROWID;
     CREATE TABLE conversation (
         peer TEXT PRIMARY KEY,
         given INTEGER NOT NULL DEFAULT 0,
         delivered INTEGER NOT NULL DEFAULT 0,
         read INTEGER NOT NULL DEFAULT 0,
         their_outbox TEXT,
         heard INTEGER NOT NULL DEFAULT 0,
         seen INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;",
    // Of an offer of files (`kind` is `files`, `id` the offer's): what it is, what has become of it, where it lies.
    "ALTER TABLE entry ADD COLUMN parcel TEXT;
     ALTER TABLE entry ADD COLUMN stage TEXT;
     ALTER TABLE entry ADD COLUMN place TEXT;",
    // What its pictures look like, a JPEG, and how large that is.
    "ALTER TABLE entry ADD COLUMN size TEXT;
     ALTER TABLE entry ADD COLUMN thumbnail BLOB;",
];

/// Brings a file to the present version, each step as a whole or not at all.
///
/// # Errors
/// SQLite's; also where the file is of a later version than this program.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = STEPS.len() as u32;
    if version > known {
        // Written by a later Dogeller: what it means is not known here.
        return Err(rusqlite::Error::InvalidParameterName(format!(
            "its version is {version}, this Dogeller knows {known}"
        )));
    }
    for (next, sql) in (1u32..).zip(STEPS).skip(version as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", next)?;
        transaction.commit()?;
    }
    Ok(())
}
