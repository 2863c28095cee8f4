//! What conversations show, read from the disk.

use dogeller_core::mail::Outside;
use dogeller_core::text::MessageText;
use dogeller_core::wire::decode_bounded;
use dogeller_core::wire::files::{Parcel, Stage};
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::talk::{Author, ENTRIES_TOLD, Entry, EntryKind, HITS_TOLD, Hit, QUOTE_CHARS, Quote, Quoted};
use dogeller_core::{MessageId, PeerId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::mail::{count, number};

/// Entries told at once have so many bytes of text at most, but for one.
const BYTES_TOLD: usize = 256 * 1024;

const COLUMNS: &str =
    "position, kind, mine, id, n, at_ms, text, edited, reply, call, counts, parcel, stage, place, size";

/// What is kept of a call.
#[derive(Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) caller: bool,
    pub(super) media: Media,
    pub(super) reason: EndReason,
    pub(super) talked_ms: Option<u64>,
}

/// A row as it lies there.
struct Kept {
    position: i64,
    kind: String,
    mine: bool,
    id: String,
    n: i64,
    at_ms: i64,
    text: Option<String>,
    edited: bool,
    reply: Option<String>,
    call: Option<String>,
    counts: bool,
    parcel: Option<String>,
    stage: Option<String>,
    place: Option<String>,
    size: Option<String>,
}

fn kept(row: &Row<'_>) -> Result<Kept, rusqlite::Error> {
    Ok(Kept {
        position: row.get(0)?,
        kind: row.get(1)?,
        mine: row.get(2)?,
        id: row.get(3)?,
        n: row.get(4)?,
        at_ms: row.get(5)?,
        text: row.get(6)?,
        edited: row.get(7)?,
        reply: row.get(8)?,
        call: row.get(9)?,
        counts: row.get(10)?,
        parcel: row.get(11)?,
        stage: row.get(12)?,
        place: row.get(13)?,
        size: row.get(14)?,
    })
}

/// As a page shows it; `None` where somebody else changed the file to what this program never wrote.
fn entry(connection: &Connection, peer: PeerId, kept: Kept) -> Result<Option<Entry>, rusqlite::Error> {
    let author = if kept.mine { Author::Me { n: count(kept.n) } } else { Author::Them };
    let what = match (kept.kind.as_str(), kept.text, kept.call) {
        ("text", Some(text), _) => {
            let reply = match kept.reply.and_then(|reply| reply.parse().ok()) {
                Some(message) => Some(quote(connection, peer, message)?),
                None => None,
            };
            let parsed = (kept.id.parse(), MessageText::new(&text));
            let (Ok(message), Ok(text)) = parsed else { return Ok(None) };
            EntryKind::Text { message, author, text, edited: kept.edited, reply }
        }
        ("withdrawn", _, _) => match kept.id.parse() {
            Ok(message) => EntryKind::Withdrawn { message, author },
            Err(_) => return Ok(None),
        },
        ("files", _, _) => {
            let read = |json: Option<String>| json.unwrap_or_default();
            let parsed = (
                kept.id.parse(),
                decode_bounded::<Parcel>(&read(kept.parcel)),
                decode_bounded::<Stage>(&read(kept.stage)),
            );
            let (Ok(message), Ok(parcel), Ok(stage)) = parsed else { return Ok(None) };
            let thumbnail = kept.size.and_then(|size| decode_bounded(&size).ok());
            EntryKind::Files { message, author, parcel, stage, place: kept.place, thumbnail }
        }
        ("call", _, Some(call)) => {
            let (Ok(id), Ok(call)) = (kept.id.parse(), decode_bounded::<Call>(&call)) else { return Ok(None) };
            let Call { caller, media, reason, talked_ms } = call;
            EntryKind::Call { call: id, caller, media, reason, missed: kept.counts, talked_ms }
        }
        _ => return Ok(None),
    };
    Ok(Some(Entry { position: count(kept.position), at_ms: count(kept.at_ms), what }))
}

fn quote(connection: &Connection, peer: PeerId, message: MessageId) -> Result<Quote, rusqlite::Error> {
    // Somebody could give a message of theirs the id of one of ours.
    let sql = "SELECT position, mine, text FROM entry WHERE peer = ?1 AND id = ?2 AND kind = 'text' ORDER BY mine DESC LIMIT 1";
    let found: Option<(i64, bool, String)> = connection
        .prepare_cached(sql)?
        .query_row(params![peer.to_string(), message.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let of = found.map(|(position, mine, text)| Quoted { position: count(position), mine, begins: begin(&text) });
    Ok(Quote { message, of })
}

fn begin(text: &str) -> String {
    text.chars().take(QUOTE_CHARS).collect()
}

/// One entry.
pub(super) fn at(connection: &Connection, peer: PeerId, position: i64) -> Result<Option<Entry>, rusqlite::Error> {
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE peer = ?1 AND position = ?2");
    let row = connection.prepare_cached(&sql)?.query_row(params![peer.to_string(), position], kept).optional()?;
    row.map_or(Ok(None), |row| entry(connection, peer, row))
}

/// How a conversation looks from outside.
pub(super) fn outside(connection: &Connection, peer: PeerId) -> Result<Outside, rusqlite::Error> {
    let sql = "SELECT count(*) FROM entry WHERE peer = ?1 AND counts = 1 AND position >
               (SELECT coalesce(max(seen), 0) FROM conversation WHERE peer = ?1)";
    let unread: i64 = connection.prepare_cached(sql)?.query_row([peer.to_string()], |row| row.get(0))?;
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE peer = ?1 ORDER BY position DESC LIMIT 1");
    let last = connection.prepare_cached(&sql)?.query_row([peer.to_string()], kept).optional()?;
    let last = match last {
        Some(row) => entry(connection, peer, Kept { reply: None, ..row })?,
        None => None,
    };
    Ok(Outside { unread: u32::try_from(unread).unwrap_or(u32::MAX), last: last.map(shortened) })
}

fn shortened(entry: Entry) -> Entry {
    let what = match entry.what {
        EntryKind::Text { message, author, text, edited, reply } => {
            let text = MessageText::new(&begin(text.as_str())).unwrap_or(text);
            EntryKind::Text { message, author, text, edited, reply }
        }
        same @ (EntryKind::Withdrawn { .. } | EntryKind::Files { .. } | EntryKind::Call { .. }) => same,
    };
    Entry { what, ..entry }
}

/// The newest entries before a position, the oldest of them first, and whether there are older ones.
pub(super) fn before(
    connection: &Connection,
    peer: PeerId,
    before: Option<u64>,
) -> Result<(Vec<Entry>, bool), rusqlite::Error> {
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE peer = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3");
    let most = params![peer.to_string(), before.map_or(i64::MAX, number), number(ENTRIES_TOLD as u64 + 1)];
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(most)?;
    let (mut entries, mut bytes, mut more) = (Vec::new(), 0, false);
    while let Some(row) = rows.next()? {
        let row = kept(row)?;
        bytes += row.text.as_ref().map_or(0, String::len);
        if entries.len() >= ENTRIES_TOLD || (bytes > BYTES_TOLD && !entries.is_empty()) {
            more = true;
            break;
        }
        entries.extend(entry(connection, peer, row)?);
    }
    entries.reverse();
    Ok((entries, more))
}

/// All entries of a conversation, the oldest first, one after the other.
pub(super) fn each(
    connection: &Connection,
    peer: PeerId,
    mut with: impl FnMut(Entry) -> std::io::Result<()>,
) -> Result<std::io::Result<()>, rusqlite::Error> {
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE peer = ?1 ORDER BY position");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([peer.to_string()])?;
    while let Some(row) = rows.next()? {
        if let Some(entry) = entry(connection, peer, kept(row)?)?
            && let Err(error) = with(entry)
        {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// Messages that contain a text, whatever its case, the newest first.
pub(super) fn search(connection: &Connection, text: &str, with: Option<PeerId>) -> Result<Vec<Hit>, rusqlite::Error> {
    let wanted = text.trim().to_lowercase();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS}, peer FROM entry WHERE kind = 'text' AND (?1 IS NULL OR peer = ?1) ORDER BY position DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([with.map(|peer| peer.to_string())])?;
    let mut hits = Vec::new();
    while let Some(row) = rows.next()? {
        // Compared here: SQLite folds the case of ASCII alone.
        let is_hit = row.get_ref(6)?.as_str_or_null()?.is_some_and(|text| text.to_lowercase().contains(&wanted));
        if !is_hit {
            continue;
        }
        let Ok(peer) = row.get::<_, String>(15)?.parse::<PeerId>() else { continue };
        hits.extend(entry(connection, peer, kept(row)?)?.map(|entry| Hit { peer, entry }));
        if hits.len() >= HITS_TOLD {
            break;
        }
    }
    Ok(hits)
}
