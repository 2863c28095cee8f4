//! Offers of files on the disk, and what becomes of them.

use dogeller_core::transfer::Key;
use dogeller_core::wire::files::{Answer, Parcel, Stage, Thumbnail};
use dogeller_core::wire::{decode_bounded, encode};
use dogeller_core::{MessageId, PeerId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// Every offer that is not over.
pub(super) fn unfinished(connection: &Connection) -> Result<Vec<(Key, Parcel, Stage)>, rusqlite::Error> {
    let mut rows = connection.prepare("SELECT peer, id, mine, parcel, stage FROM entry WHERE kind = 'files'")?;
    let rows = rows.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, bool>(2)?,
            row.get::<_, String>(3)?,
            row.get::<_, String>(4)?,
        ))
    })?;
    let mut unfinished = Vec::new();
    for row in rows {
        let (peer, message, mine, parcel, stage) = row?;
        // Written by this program; a file that somebody else changed leaves it out.
        if let (Ok(peer), Ok(message), Ok(parcel), Ok(stage)) =
            (peer.parse(), message.parse(), decode_bounded::<Parcel>(&parcel), decode_bounded::<Stage>(&stage))
            && !stage.is_over()
        {
            unfinished.push((Key { peer, message, mine }, parcel, stage));
        }
    }
    Ok(unfinished)
}

/// An answer to an offer; gives the entry it changed, if it says something new. What one was offered one takes or not; stop
/// it may either.
pub(super) fn answered(
    to: &Transaction<'_>,
    peer: PeerId,
    message: MessageId,
    answer: Answer,
    by_me: bool,
) -> Result<Option<i64>, rusqlite::Error> {
    for mine in [!by_me, by_me] {
        if mine == by_me && answer != Answer::Cancelled {
            continue;
        }
        if let Some((position, stage)) = find(to, Key { peer, message, mine })?
            && let Some(stage) = stage.answered(answer, by_me)
        {
            set(to, position, stage)?;
            return Ok(Some(position));
        }
    }
    Ok(None)
}

/// Halts a transfer, or lets it go on; `None` where it is not under way.
pub(super) fn pause(to: &Transaction<'_>, key: Key, paused: bool) -> Result<Option<i64>, rusqlite::Error> {
    match find(to, key)? {
        Some((position, Stage::Accepted { .. })) => {
            set(to, position, Stage::Accepted { paused })?;
            Ok(Some(position))
        }
        Some((_, Stage::Offered | Stage::Received | Stage::Declined | Stage::Cancelled { .. })) | None => Ok(None),
    }
}

/// What came has its place.
pub(super) fn placed(to: &Transaction<'_>, key: Key, place: &str) -> Result<Option<i64>, rusqlite::Error> {
    let Some((position, _)) = find(to, key)? else { return Ok(None) };
    to.execute("UPDATE entry SET place = ?2 WHERE position = ?1", params![position, place])?;
    Ok(Some(position))
}

/// What its pictures look like; nothing where the offer is gone by now.
pub(super) fn pictured(to: &Transaction<'_>, key: Key, thumbnail: &Thumbnail) -> Result<Option<i64>, rusqlite::Error> {
    let Some((position, _)) = find(to, key)? else { return Ok(None) };
    let Thumbnail { size, jpeg } = thumbnail;
    let sql = "UPDATE entry SET thumbnail = ?2, size = ?3 WHERE position = ?1";
    to.execute(sql, params![position, jpeg, encode(size)])?;
    Ok(Some(position))
}

/// The JPEG of an offer's pictures.
pub(super) fn thumbnail(connection: &Connection, key: Key) -> Result<Option<Vec<u8>>, rusqlite::Error> {
    let sql = "SELECT thumbnail FROM entry WHERE peer = ?1 AND id = ?2 AND mine = ?3 AND kind = 'files'";
    let found = connection
        .prepare_cached(sql)?
        .query_row(params![key.peer.to_string(), key.message.to_string(), key.mine], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

fn find(to: &Transaction<'_>, key: Key) -> Result<Option<(i64, Stage)>, rusqlite::Error> {
    let sql = "SELECT position, stage FROM entry WHERE peer = ?1 AND id = ?2 AND mine = ?3 AND kind = 'files'";
    let found: Option<(i64, String)> = to
        .query_row(sql, params![key.peer.to_string(), key.message.to_string(), key.mine], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found.and_then(|(position, stage)| Some((position, decode_bounded(&stage).ok()?))))
}

fn set(to: &Transaction<'_>, position: i64, stage: Stage) -> Result<(), rusqlite::Error> {
    to.execute("UPDATE entry SET stage = ?2 WHERE position = ?1", params![position, encode(&stage)]).map(drop)
}
