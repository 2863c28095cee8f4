//! A conversation as a file of its own, for its owner to keep.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use dogeller_core::PeerId;
use dogeller_core::filename::FileName;
use dogeller_core::text::Name;
use dogeller_core::wire::encode;
use dogeller_core::wire::files::Stage;
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::talk::{Author, Entry, EntryKind, ExportFormat};
use dogeller_files::place::first_free;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::entries;

/// Files of one name at most: `a (99).txt`.
const OF_ONE_NAME: u32 = 99;

/// Why a conversation is not in a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    #[error("the conversation cannot be read: {0}")]
    Read(#[from] rusqlite::Error),
    #[error("the file cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Writes a conversation to a new file in `folder`; no file that is there is touched. A file that could not be finished is
/// taken away again.
pub(super) fn export(
    connection: &Connection,
    folder: &Path,
    (peer, name): (PeerId, &Name),
    format: ExportFormat,
) -> Result<PathBuf, ExportError> {
    std::fs::create_dir_all(folder)?;
    let end = match format {
        ExportFormat::Text => "txt",
        ExportFormat::Json => "json",
    };
    let day = Timestamp::now().to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string();
    let wanted = FileName::nearest(&format!("Dogeller {} {day}.{end}", FileName::nearest(name.as_str())));
    let new = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
    let (file, path) = first_free(folder, &wanted, OF_ONE_NAME, new)?;
    let written = write(connection, BufWriter::new(file), (peer, name), format);
    if written.is_err() {
        let _gone = std::fs::remove_file(&path);
    }
    written.map(|()| path)
}

fn write(
    connection: &Connection,
    mut to: BufWriter<File>,
    (peer, name): (PeerId, &Name),
    format: ExportFormat,
) -> Result<(), ExportError> {
    match format {
        ExportFormat::Text => {
            writeln!(to, "Conversation with {name}\n")?;
            entries::each(connection, peer, |entry| writeln!(to, "{}", line(&entry, name)))??;
        }
        ExportFormat::Json => {
            write!(to, "{{\"with\":{},\"peer\":\"{peer}\",\"entries\":[", encode(name))?;
            let mut between = "\n";
            entries::each(connection, peer, |entry| {
                write!(to, "{between}{}", encode(&entry))?;
                between = ",\n";
                Ok(())
            })??;
            writeln!(to, "\n]}}")?;
        }
    }
    to.flush()?;
    to.get_ref().sync_all()?;
    Ok(())
}

/// An entry of the conversation with somebody of this name as a line of text; a message's other lines are indented.
pub fn line(entry: &Entry, name: &Name) -> String {
    let who = |author: Author| match author {
        Author::Me { .. } => "Me",
        Author::Them => name.as_str(),
    };
    let what = match &entry.what {
        EntryKind::Text { author, text, edited, .. } => {
            let edited = if *edited { " (edited)" } else { "" };
            format!("{}{edited}: {}", who(*author), text.as_str().replace('\n', "\n    "))
        }
        EntryKind::Withdrawn { author, .. } => format!("{} deleted a message", who(*author)),
        EntryKind::Files { author, parcel, stage, place, .. } => {
            let names: Vec<&str> = parcel.names.iter().map(FileName::as_str).collect();
            let more = if parcel.more > 0 { format!(" and {} more", parcel.more) } else { String::new() };
            let became = match (stage, place) {
                (_, Some(place)) => format!("in {place}"),
                (Stage::Offered, None) => "offered".to_owned(),
                (Stage::Accepted { .. }, None) => "under way".to_owned(),
                (Stage::Received, None) => "received".to_owned(),
                (Stage::Declined, None) => "declined".to_owned(),
                (Stage::Cancelled { .. }, None) => "cancelled".to_owned(),
            };
            format!("{} sent {}{more} ({} bytes): {became}", who(*author), names.join(", "), parcel.bytes)
        }
        EntryKind::Call { caller, media, reason, talked_ms, .. } => {
            let media = match media {
                Media::Video => "Video call",
                Media::Voice => "Voice call",
            };
            let from = if *caller { "Me" } else { name.as_str() };
            format!("{media} from {from}: {}", ended(*reason, *talked_ms))
        }
    };
    format!("[{}] {what}", moment(entry.at_ms))
}

fn ended(reason: EndReason, talked_ms: Option<u64>) -> String {
    if let Some(ms) = talked_ms {
        return format!("{}:{:02}", ms / 60_000, ms / 1000 % 60);
    }
    match reason {
        EndReason::Declined => "declined",
        EndReason::Busy => "busy",
        EndReason::Cancelled | EndReason::Unanswered | EndReason::NotAtScreen => "not answered",
        EndReason::HungUp | EndReason::Superseded => "ended",
        EndReason::CodeMismatch | EndReason::NoPath | EndReason::EngineFailed | EndReason::Lost => "failed",
    }
    .to_owned()
}

fn moment(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let at = at.map(|at| at.to_zoned(TimeZone::system()));
    at.map_or_else(|| "?".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}
