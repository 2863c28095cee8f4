//! How long conversations are kept.

use std::collections::HashMap;

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

/// Lets go of the beginning of each conversation that was kept long enough, up to what still waits to be delivered, to be
/// seen or to be carried: times are the writers', and what waited long is old when it comes. Gives each conversation that lost something,
/// up to which entry, and how it looks now.
pub(super) fn expire(connection: &mut Connection) -> Result<Vec<(PeerId, u64, Outside)>, rusqlite::Error> {
    let Some(days) = chosen(connection)?.days() else { return Ok(Vec::new()) };
    let before = number(unix_millis().saturating_sub(days * DAY_MS));
    let transaction = connection.transaction()?;
    let mut first = HashMap::new();
    {
        let stays = r#"SELECT peer, min(position) FROM entry WHERE at_ms >= ?1
            OR (counts = 1 AND position > (SELECT coalesce(max(seen), 0) FROM conversation AS c WHERE c.peer = entry.peer))
            OR stage LIKE '{"is":"offered"%' OR stage LIKE '{"is":"accepted"%'
            OR EXISTS (SELECT 1 FROM outbox WHERE outbox.peer = entry.peer AND outbox.message = entry.id)
            GROUP BY peer"#;
        let mut rows = transaction.prepare(stays)?;
        let rows = rows.query_map([before], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        for row in rows {
            let (peer, position) = row?;
            first.insert(peer, position);
        }
    }
    let old: Vec<(String, i64)> = transaction
        .prepare("SELECT peer, min(position) FROM entry WHERE at_ms < ?1 GROUP BY peer")?
        .query_map([before], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut gone = Vec::new();
    for (peer, oldest) in old {
        let end = first.get(&peer).copied().unwrap_or(i64::MAX);
        if oldest >= end {
            continue;
        }
        let sql = "SELECT max(position) FROM entry WHERE peer = ?1 AND position < ?2";
        let through: i64 = transaction.query_row(sql, params![peer, end], |row| row.get(0))?;
        transaction.execute("DELETE FROM entry WHERE peer = ?1 AND position < ?2", params![peer, end])?;
        if let Ok(peer) = peer.parse::<PeerId>() {
            gone.push((peer, count(through)));
        }
    }
    transaction.commit()?;
    gone.into_iter().map(|(peer, through)| Ok((peer, through, entries::outside(connection, peer)?))).collect()
}
