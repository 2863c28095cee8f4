//! How long conversations are kept.

use dogeller_core::PeerId;
use dogeller_core::mail::Outside;
use dogeller_core::wire::talk::Retention;
use rusqlite::{Connection, OptionalExtension, params};

use super::mail::{count, number};
use super::{entries, unix_millis};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The setting's name.
pub(super) const SETTING: &str = "retention";

/// As it was chosen; for ever where nothing was.
pub(super) fn chosen(connection: &Connection) -> Result<Retention, rusqlite::Error> {
    let sql = "SELECT value FROM setting WHERE name = ?1";
    let value: Option<String> = connection.query_row(sql, [SETTING], |row| row.get(0)).optional()?;
    Ok(value.and_then(|value| serde_json::from_str(&value).ok()).unwrap_or_default())
}

/// Lets go of what was kept long enough, but for what still waits to be delivered. Gives each conversation that lost
/// something, up to which entry, and how it looks now.
pub(super) fn expire(connection: &mut Connection) -> Result<Vec<(PeerId, u64, Outside)>, rusqlite::Error> {
    let Some(days) = chosen(connection)?.days() else { return Ok(Vec::new()) };
    let before = number(unix_millis().saturating_sub(days * DAY_MS));
    let transaction = connection.transaction()?;
    let old =
        "at_ms < ?1 AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.peer = entry.peer AND outbox.message = entry.id)";
    let mut gone = Vec::new();
    {
        let sql = format!("SELECT peer, max(position) FROM entry WHERE {old} GROUP BY peer");
        let mut rows = transaction.prepare(&sql)?;
        let rows = rows.query_map([before], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        for row in rows {
            let (peer, through) = row?;
            if let Ok(peer) = peer.parse::<PeerId>() {
                gone.push((peer, count(through)));
            }
        }
    }
    transaction.execute(&format!("DELETE FROM entry WHERE {old}"), params![before])?;
    transaction.commit()?;
    gone.into_iter().map(|(peer, through)| Ok((peer, through, entries::outside(connection, peer)?))).collect()
}
