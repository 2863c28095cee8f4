//! Conversations on the disk: each write as a whole or not at all, and on the disk for good when it returns.

use dogeller_core::call::{Past, Role};
use dogeller_core::mail::{Heard, KeptMail, Load, Outside, WAITING};
use dogeller_core::node::{Changed, Unkept, Write};
use dogeller_core::text::MessageText;
use dogeller_core::wire::files::{Parcel, Stage};
use dogeller_core::wire::post::{NumberedPost, Post};
use dogeller_core::wire::{decode_bounded, encode};
use dogeller_core::{MessageId, OutboxId, PeerId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::entries::{self, Call};
use super::{offers, unix_millis};

/// Entries kept of somebody whom this node's person never wrote to or verified: a stranger cannot fill the disk.
const OF_A_STRANGER: u64 = 1000;
/// Strangers whose conversations are kept.
const STRANGERS: u64 = 256;

/// Every conversation.
pub(super) fn all(connection: &Connection) -> Result<Vec<(PeerId, KeptMail)>, rusqlite::Error> {
    let mut rows = connection.prepare("SELECT peer, given, delivered, read, their_outbox, heard FROM conversation")?;
    let rows = rows.query_map([], |row| {
        let heard: Option<OutboxId> = row.get::<_, Option<String>>(4)?.and_then(|id| id.parse().ok());
        let n: i64 = row.get(5)?;
        let mail = KeptMail {
            given: count(row.get(1)?),
            delivered: count(row.get(2)?),
            read: count(row.get(3)?),
            heard: heard.map(|outbox| Heard { outbox, n: count(n) }),
            outside: Outside::default(),
        };
        Ok((row.get::<_, String>(0)?, mail))
    })?;
    let mut all = Vec::new();
    for row in rows {
        let (peer, mail) = row?;
        if let Ok(peer) = peer.parse::<PeerId>() {
            let outside = entries::outside(connection, peer)?;
            all.push((peer, KeptMail { outside, ..mail }));
        }
    }
    Ok(all)
}

/// Why a write was not done.
enum Wrong {
    Disk(rusqlite::Error),
    Misfit,
    TooMany,
}

impl From<rusqlite::Error> for Wrong {
    fn from(error: rusqlite::Error) -> Self {
        Self::Disk(error)
    }
}

/// Does one write.
pub(super) fn write(connection: &mut Connection, write: &Write) -> Result<Changed, Unkept> {
    attempt(connection, write).map_err(|wrong| match wrong {
        Wrong::Misfit => Unkept::Refused,
        Wrong::TooMany => Unkept::TooMany,
        Wrong::Disk(error) => {
            tracing::warn!(%error, "a conversation could not be written");
            unkept(&error)
        }
    })
}

fn unkept(error: &rusqlite::Error) -> Unkept {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => Unkept::Full,
        _ => Unkept::Failed,
    }
}

fn attempt(connection: &mut Connection, write: &Write) -> Result<Changed, Wrong> {
    let transaction = connection.transaction()?;
    let peer = write.peer();
    let mut changed = Changed::default();
    let mut position = None;
    match write {
        Write::Mine { post, .. } => {
            let n = count(given(&transaction, peer)?) + 1;
            let said = mine(&transaction, peer, n, post)?;
            position = said.position;
            changed.number = said.new.then_some(n);
        }
        Write::Theirs { place, after, age_ms, post, .. } => {
            position = theirs(&transaction, peer, (*place, *after), *age_ms, post)?;
        }
        Write::Delivered { through, .. } => delivered(&transaction, peer, *through)?,
        Write::Pause { key, paused } => {
            position = Some(offers::pause(&transaction, *key, *paused)?.ok_or(Wrong::Misfit)?);
        }
        Write::Placed { key, place } => position = offers::placed(&transaction, *key, place)?,
        Write::Thumbnail { key, thumbnail } => position = offers::pictured(&transaction, *key, thumbnail)?,
        Write::PutBack { through, .. } => {
            for position in put_back(&transaction, peer, *through)? {
                changed.entries.extend(entries::at(&transaction, peer, position)?);
            }
            changed.number = Some(count(given(&transaction, peer)?));
        }
        Write::Seen { position, .. } => changed.seen = seen(&transaction, peer, *position)?,
        Write::Call(past) => position = call(&transaction, past)?,
        Write::Clear { .. } => changed.gone = clear(&transaction, peer)?,
    }
    if let Some(position) = position {
        changed.entries.extend(entries::at(&transaction, peer, position)?);
    }
    changed.outside = entries::outside(&transaction, peer)?;
    transaction.commit()?;
    Ok(changed)
}

/// The last number given to what is said to somebody.
fn given(to: &Transaction<'_>, peer: PeerId) -> Result<i64, rusqlite::Error> {
    let sql = "SELECT coalesce(max(given), 0) FROM conversation WHERE peer = ?1";
    to.query_row(sql, [peer.to_string()], |row| row.get(0))
}

/// What became of what this node's person says.
struct Said {
    /// The entry it made or changed.
    position: Option<i64>,
    /// It waits from now on, with a number of its own.
    new: bool,
}

/// What this node's person says.
fn mine(to: &Transaction<'_>, peer: PeerId, n: u64, post: &Post) -> Result<Said, Wrong> {
    conversation(to, peer)?;
    let position = match post {
        Post::Text { message, text, reply } => {
            let new = New { text: Some(text), reply: *reply, ..New::of(*message, "text") };
            match add(to, peer, Writer::Me { n }, &new)? {
                Some(position) => Some(position),
                // Asked for twice, as by a page that was reloaded: it is there.
                None => return Ok(Said { position: find(to, peer, *message, true)?, new: false }),
            }
        }
        Post::Edit { message, text } => {
            if !edit(to, peer, *message, text, true)? {
                return Err(Wrong::Misfit);
            }
            find(to, peer, *message, true)?
        }
        Post::Withdraw { message } => {
            if !withdraw(to, peer, *message, true)? {
                return Err(Wrong::Misfit);
            }
            let sql = "DELETE FROM outbox WHERE peer = ?1 AND message = ?2";
            to.execute(sql, params![peer.to_string(), message.to_string()])?;
            find(to, peer, *message, true)?
        }
        Post::Offer { message, parcel } => {
            let new = New { parcel: Some(parcel), ..New::of(*message, "files") };
            match add(to, peer, Writer::Me { n }, &new)? {
                Some(position) => Some(position),
                None => return Ok(Said { position: find(to, peer, *message, true)?, new: false }),
            }
        }
        Post::Answer { message, answer } => {
            let answered = offers::answered(to, peer, *message, *answer, true)?;
            Some(answered.ok_or(Wrong::Misfit)?)
        }
        Post::Read { .. } => {
            to.execute("DELETE FROM outbox WHERE peer = ?1 AND kind = 'read'", [peer.to_string()])?;
            None
        }
    };
    let waits: u64 =
        to.query_row("SELECT count(*) FROM outbox WHERE peer = ?1", [peer.to_string()], |row| row.get(0)).map(count)?;
    // What stops something is taken however much waits.
    if waits >= WAITING && !matches!(post, Post::Read { .. } | Post::Answer { .. }) {
        return Err(Wrong::TooMany);
    }
    let kind = match post {
        Post::Text { .. } => "text",
        Post::Edit { .. } => "edit",
        Post::Withdraw { .. } => "withdraw",
        Post::Offer { .. } => "offer",
        Post::Answer { .. } => "answer",
        Post::Read { .. } => "read",
    };
    to.execute(
        "INSERT INTO outbox (peer, n, at_ms, kind, message, post) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            peer.to_string(),
            number(n),
            number(unix_millis()),
            kind,
            post.message().map(|message| message.to_string()),
            encode(post)
        ],
    )?;
    to.execute("UPDATE conversation SET given = ?2 WHERE peer = ?1", params![peer.to_string(), number(n)])?;
    Ok(Said { position, new: true })
}

/// Gives what waits, and its entries, numbers above `through`; gives those entries.
fn put_back(to: &Transaction<'_>, peer: PeerId, through: u64) -> Result<Vec<i64>, rusqlite::Error> {
    conversation(to, peer)?;
    let (peer, through) = (peer.to_string(), number(through));
    let shift: i64 = to.query_row(
        "SELECT max(0, ?2 - delivered) FROM conversation WHERE peer = ?1",
        params![peer, through],
        |row| row.get(0),
    )?;
    // From the last to the first, so that no two have one number in between.
    let sql = "SELECT n FROM outbox WHERE peer = ?1 ORDER BY n DESC";
    let waiting: Vec<i64> = to.prepare(sql)?.query_map([&peer], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for n in waiting {
        to.execute("UPDATE outbox SET n = n + ?3 WHERE peer = ?1 AND n = ?2", params![peer, n, shift])?;
    }
    let sql = "UPDATE entry SET n = n + ?2 WHERE peer = ?1 AND mine = 1 AND kind IN ('text', 'withdrawn', 'files')
               AND n > (SELECT delivered FROM conversation WHERE peer = ?1) RETURNING position";
    let moved = to.prepare(sql)?.query_map(params![peer, shift], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let sql = "UPDATE conversation SET given = max(given + ?3, ?2), delivered = max(delivered, ?2) WHERE peer = ?1";
    to.execute(sql, params![peer, through, shift])?;
    Ok(moved)
}

/// What somebody says; gives the entry it made or changed.
fn theirs(
    to: &Transaction<'_>,
    peer: PeerId,
    (place, after): (Heard, Option<Heard>),
    age_ms: u64,
    post: &Post,
) -> Result<Option<i64>, Wrong> {
    conversation(to, peer)?;
    let (outbox, heard): (Option<String>, i64) =
        to.query_row("SELECT their_outbox, heard FROM conversation WHERE peer = ?1", [peer.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let there = outbox.and_then(|id| id.parse().ok()).map(|outbox| Heard { outbox, n: count(heard) });
    if there != after {
        return Err(Wrong::Misfit);
    }
    let position = match post {
        Post::Text { message, text, reply } => {
            let new = New { text: Some(text), reply: *reply, ..New::of(*message, "text") };
            come(to, peer, Writer::Them { place, age_ms }, &new)?
        }
        Post::Offer { message, parcel } => {
            let new = New { parcel: Some(parcel), ..New::of(*message, "files") };
            come(to, peer, Writer::Them { place, age_ms }, &new)?
        }
        Post::Answer { message, answer } => offers::answered(to, peer, *message, *answer, false)?,
        Post::Edit { message, text } => {
            edit(to, peer, *message, text, false)?;
            find(to, peer, *message, false)?
        }
        Post::Withdraw { message } => {
            withdraw(to, peer, *message, false)?;
            find(to, peer, *message, false)?
        }
        Post::Read { outbox, through } => {
            // Of a counting that was lost here nothing is left to be read.
            to.execute(
                "UPDATE conversation SET read = max(read, min(?2, given)) WHERE peer = ?1
                 AND ?3 = (SELECT value FROM setting WHERE name = 'outbox')",
                params![peer.to_string(), number(*through), outbox.to_string()],
            )?;
            None
        }
    };
    to.execute(
        "UPDATE conversation SET their_outbox = ?2, heard = ?3 WHERE peer = ?1",
        params![peer.to_string(), place.outbox.to_string(), number(place.n)],
    )?;
    Ok(position)
}

/// What is new in a conversation: a text, or an offer of files.
struct New<'a> {
    message: MessageId,
    kind: &'static str,
    text: Option<&'a MessageText>,
    reply: Option<MessageId>,
    parcel: Option<&'a Parcel>,
}

impl New<'_> {
    fn of(message: MessageId, kind: &'static str) -> Self {
        Self { message, kind, text: None, reply: None, parcel: None }
    }
}

/// Who says it, and where in their counting.
enum Writer {
    Me { n: u64 },
    Them { place: Heard, age_ms: u64 },
}

/// Adds what somebody else says, if more of theirs is kept.
fn come(to: &Transaction<'_>, peer: PeerId, writer: Writer, new: &New<'_>) -> Result<Option<i64>, Wrong> {
    if is_too_much(to, peer)? {
        return Err(Wrong::Misfit);
    }
    Ok(add(to, peer, writer, new)?)
}

/// Gives the new entry; `None` where it is there already.
fn add(to: &Transaction<'_>, peer: PeerId, writer: Writer, new: &New<'_>) -> Result<Option<i64>, rusqlite::Error> {
    let (mine, outbox, n, age_ms) = match writer {
        Writer::Me { n } => (true, None, n, 0),
        Writer::Them { place, age_ms } => (false, Some(place.outbox.to_string()), place.n, age_ms),
    };
    let sql = "INSERT INTO entry (peer, kind, mine, id, outbox, n, at_ms, counts, text, reply, parcel, stage)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING";
    let added = to.execute(
        sql,
        params![
            peer.to_string(),
            new.kind,
            mine,
            new.message.to_string(),
            outbox,
            number(n),
            number(unix_millis().saturating_sub(age_ms)),
            !mine,
            new.text.map(MessageText::as_str),
            new.reply.map(|reply| reply.to_string()),
            new.parcel.map(encode),
            new.parcel.map(|_| encode(&Stage::Offered))
        ],
    )?;
    Ok((added > 0).then(|| to.last_insert_rowid()))
}

/// A message says something else; false where there is no such message.
fn edit(
    to: &Transaction<'_>,
    peer: PeerId,
    message: MessageId,
    text: &MessageText,
    mine: bool,
) -> Result<bool, rusqlite::Error> {
    let sql = "UPDATE entry SET text = ?4, edited = 1 WHERE peer = ?1 AND id = ?2 AND mine = ?3 AND kind = 'text'";
    Ok(to.execute(sql, params![peer.to_string(), message.to_string(), mine, text.as_str()])? > 0)
}

/// The text of a message is forgotten; false where there is no such message.
fn withdraw(to: &Transaction<'_>, peer: PeerId, message: MessageId, mine: bool) -> Result<bool, rusqlite::Error> {
    let sql = "UPDATE entry SET kind = 'withdrawn', text = NULL, reply = NULL, counts = 0
               WHERE peer = ?1 AND id = ?2 AND mine = ?3 AND kind = 'text'";
    Ok(to.execute(sql, params![peer.to_string(), message.to_string(), mine])? > 0)
}

fn delivered(to: &Transaction<'_>, peer: PeerId, through: u64) -> Result<(), rusqlite::Error> {
    let sql = "UPDATE conversation SET delivered = max(delivered, ?2) WHERE peer = ?1";
    to.execute(sql, params![peer.to_string(), number(through)])?;
    to.execute("DELETE FROM outbox WHERE peer = ?1 AND n <= ?2", params![peer.to_string(), number(through)])?;
    Ok(())
}

/// Gives the last post of the other's that was seen, if more was seen now than before.
fn seen(to: &Transaction<'_>, peer: PeerId, position: u64) -> Result<Option<Heard>, rusqlite::Error> {
    let before: Option<i64> = to
        .query_row("SELECT seen FROM conversation WHERE peer = ?1", [peer.to_string()], |row| row.get(0))
        .optional()?;
    let Some(before) = before else { return Ok(None) };
    to.execute(
        "UPDATE conversation SET seen = max(seen, min(?2,
             (SELECT coalesce(max(position), 0) FROM entry WHERE peer = ?1))) WHERE peer = ?1",
        params![peer.to_string(), number(position)],
    )?;
    let sql = "SELECT outbox, n FROM entry WHERE peer = ?1 AND mine = 0 AND outbox IS NOT NULL
               AND position > ?2 AND position <= ?3 ORDER BY position DESC LIMIT 1";
    let last: Option<(String, i64)> = to
        .query_row(sql, params![peer.to_string(), before, number(position)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.and_then(|(outbox, n)| Some(Heard { outbox: outbox.parse().ok()?, n: count(n) })))
}

/// Gives its entry.
fn call(to: &Transaction<'_>, past: &Past) -> Result<Option<i64>, Wrong> {
    let peer = past.with;
    conversation(to, peer)?;
    let is_new = "SELECT NOT EXISTS (SELECT 1 FROM entry WHERE peer = ?1 AND id = ?2 AND kind = 'call')";
    let is_new = to.query_row(is_new, params![peer.to_string(), past.id.to_string()], |row| row.get(0))?;
    if is_new && past.role == Role::Callee && is_too_much(to, peer)? {
        return Err(Wrong::Misfit);
    }
    let talked_ms = past.talked.map(|talked| u64::try_from(talked.as_millis()).unwrap_or(u64::MAX));
    let caller = past.role == Role::Caller;
    let call = Call { caller, media: past.media, reason: past.reason, talked_ms };
    let sql =
        "INSERT INTO entry (peer, kind, mine, id, n, at_ms, counts, call) VALUES (?1, 'call', ?2, ?3, 0, ?4, ?5, ?6)
               ON CONFLICT DO UPDATE SET call = ?6, counts = ?5 RETURNING position";
    let at_ms = unix_millis().saturating_sub(talked_ms.unwrap_or(0));
    let position = to.query_row(
        sql,
        params![peer.to_string(), caller, past.id.to_string(), number(at_ms), past.missed(), encode(&call)],
        |row| row.get(0),
    )?;
    Ok(Some(position))
}

/// Forgets all entries and the texts that wait; what else waits (that something was taken back) is still to be said.
fn clear(to: &Transaction<'_>, peer: PeerId) -> Result<Option<u64>, rusqlite::Error> {
    let last: Option<i64> =
        to.query_row("SELECT max(position) FROM entry WHERE peer = ?1", [peer.to_string()], |row| row.get(0))?;
    to.execute("DELETE FROM entry WHERE peer = ?1", [peer.to_string()])?;
    to.execute("DELETE FROM outbox WHERE peer = ?1 AND kind IN ('text', 'edit', 'offer')", [peer.to_string()])?;
    Ok(last.map(count))
}

/// Posts that wait for somebody, the oldest first.
pub(super) fn load(
    connection: &Connection,
    outbox: OutboxId,
    peer: PeerId,
    load: Load,
) -> Result<Vec<NumberedPost>, rusqlite::Error> {
    let mut rows = connection
        .prepare_cached("SELECT n, at_ms, post FROM outbox WHERE peer = ?1 AND n > ?2 ORDER BY n LIMIT ?3")?;
    let now = unix_millis();
    let rows = rows.query_map(params![peer.to_string(), number(load.after), number(load.most)], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
    })?;
    let sql = "SELECT coalesce(max(n), 0) FROM outbox WHERE peer = ?1 AND n <= ?2";
    let before: i64 =
        connection.prepare_cached(sql)?.query_row(params![peer.to_string(), number(load.after)], |row| row.get(0))?;
    let mut follows = count(before);
    let mut posts = Vec::new();
    for row in rows {
        let (n, at_ms, post) = row?;
        // Written by this program; a file that somebody else changed leaves it out.
        if let Ok(post) = decode_bounded::<Post>(&post) {
            let age_ms = now.saturating_sub(count(at_ms));
            posts.push(NumberedPost { outbox, n: count(n), follows, age_ms, post });
            follows = count(n);
        }
    }
    Ok(posts)
}

fn find(to: &Transaction<'_>, peer: PeerId, message: MessageId, mine: bool) -> Result<Option<i64>, rusqlite::Error> {
    let sql = "SELECT position FROM entry WHERE peer = ?1 AND id = ?2 AND mine = ?3";
    to.query_row(sql, params![peer.to_string(), message.to_string(), mine], |row| row.get(0)).optional()
}

fn conversation(to: &Transaction<'_>, peer: PeerId) -> Result<(), rusqlite::Error> {
    to.execute("INSERT INTO conversation (peer) VALUES (?1) ON CONFLICT DO NOTHING", [peer.to_string()]).map(drop)
}

/// A stranger's conversation is as long as it may be, or so many strangers are kept that another may not begin one: nothing
/// that somebody was told is kept goes to make room, and whoever looks through them and clears them makes some.
fn is_too_much(to: &Transaction<'_>, peer: PeerId) -> Result<bool, rusqlite::Error> {
    let own = "EXISTS (SELECT 1 FROM entry WHERE entry.peer = c.peer AND mine = 1) OR
               EXISTS (SELECT 1 FROM contact WHERE contact.peer = c.peer AND verified = 1)";
    let sql = format!("SELECT {own} FROM (SELECT ?1 AS peer) AS c");
    if to.prepare_cached(&sql)?.query_row([peer.to_string()], |row| row.get(0))? {
        return Ok(false);
    }
    let sql = "SELECT count(*) FROM (SELECT 1 FROM entry WHERE peer = ?1 LIMIT ?2)";
    let has = to
        .prepare_cached(sql)?
        .query_row(params![peer.to_string(), number(OF_A_STRANGER)], |row| row.get(0))
        .map(count)?;
    if has > 0 {
        return Ok(has >= OF_A_STRANGER);
    }
    let sql = format!(
        "SELECT count(*) FROM conversation AS c WHERE NOT ({own}) AND EXISTS (SELECT 1 FROM entry WHERE entry.peer = c.peer)"
    );
    Ok(to.prepare_cached(&sql)?.query_row([], |row| row.get(0)).map(count)? >= STRANGERS)
}

/// SQLite's integers are signed.
pub(super) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub(super) fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
