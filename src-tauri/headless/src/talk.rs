//! What people say to each other, from the command line: who is there, a message, what was said.

use std::time::Duration;

use dogeller_core::text::MESSAGE_TEXT_BYTES;
use dogeller_core::wire::encode;
use dogeller_core::wire::talk::{Ask, Author, Entry, EntryKind, News, NotWritten};
use dogeller_core::wire::ui::{Command, Notice, PeerKind, PeerView, Presence, Snapshot};
use dogeller_core::{MessageId, PeerId};
use serde::Serialize;
use tokio::io::{AsyncReadExt, stdout};
use tokio::time::{Instant, timeout_at};

use crate::args::{HistoryArgs, TextArgs};
use crate::attached::{Attached, Gone};
use crate::report::put;
use crate::whom::{DIGITS, ids, is_here, meant};

/// How long a node that was just started looks for people; on a network they are there within a second.
const LOOKING: Duration = Duration::from_secs(3);

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TalkError {
    #[error(transparent)]
    Gone(#[from] Gone),
    #[error("Nobody called {0} is known here. `dogeller-headless peers` shows who is.")]
    Nobody(String),
    #[error("There is more than one {0}: use the id instead: {1}")]
    Several(String, String),
    #[error("The message could not be read: {0}")]
    Unreadable(std::io::Error),
    #[error("The message was not sent: {0}")]
    NotWritten(&'static str),
    #[error("{0} is not here now. The message waits and is delivered as soon as both are here and Dogeller runs.")]
    Waits(String),
    #[error("The files were not offered: {0}")]
    NotOffered(&'static str),
    #[error("The files were not taken: {0}.")]
    NotTaken(&'static str),
    #[error("Not all of what {0} sends is here yet. It goes on as soon as both are here and Dogeller runs.")]
    FilesCome(String),
    #[error("{0} does not have all of it yet. It goes on as soon as both are here and Dogeller runs.")]
    FilesWait(String),
}

impl TalkError {
    /// The exit code for it.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Gone(_) => crate::run::COULD_NOT_START,
            Self::Nobody(_) | Self::Several(..) => 4,
            Self::Unreadable(_) | Self::NotWritten(_) | Self::NotOffered(_) => 7,
            Self::Waits(_) | Self::FilesWait(_) | Self::FilesCome(_) => 8,
            Self::NotTaken(_) => 9,
        }
    }
}

/// One person, for a script.
#[derive(Serialize)]
struct PeerLine<'a> {
    peer_id: PeerId,
    name: &'a str,
    presence: Presence,
    verified: bool,
}

/// Everybody known, one a line.
pub(crate) async fn peers(mut node: Attached, json: bool) -> Result<(), TalkError> {
    let people = people(&mut node, Wanted::Everybody).await;
    node.close().await;
    let mut lines = String::new();
    for person in people?.1 {
        let PeerView { peer, name, presence, verified, .. } = &person;
        if json {
            lines +=
                &encode(&PeerLine { peer_id: *peer, name: name.as_str(), presence: *presence, verified: *verified });
            lines.push('\n');
        } else {
            let state = match presence {
                Presence::Available => "available",
                Presence::InCall => "in a call",
                Presence::Away => "not at the screen",
                Presence::Offline => "not here now",
            };
            let mark = if *verified { ", verified" } else { "" };
            lines += &format!("{}  {name}  ({state}{mark})\n", &peer.to_string()[..DIGITS]);
        }
    }
    if lines.is_empty() && !json {
        lines = "Nobody is here.\n".to_owned();
    }
    print(&lines).await;
    Ok(())
}

/// Writes to somebody, and waits until it is delivered.
pub(crate) async fn text(mut node: Attached, args: TextArgs) -> Result<(), TalkError> {
    let sent = send(&mut node, args).await;
    node.close().await;
    sent
}

async fn send(node: &mut Attached, TextArgs { whom, text, wait }: TextArgs) -> Result<(), TalkError> {
    let text = if text == "-" { from_stdin().await? } else { text };
    let (person, _) = people(node, Wanted::One(&whom)).await?;
    let person = person.ok_or(TalkError::Nobody(whom))?;
    let message = MessageId::from_bytes(rand::random());
    let ask = Ask::Write { peer: person.peer, message, text, reply: None };
    node.send(Command::Talk { ask }).await?;
    let deadline = Instant::now() + Duration::from_secs(wait);
    let mut number = None;
    let mut delivered = 0;
    while number.is_none_or(|n| n > delivered) {
        let late = || TalkError::Waits(person.name.to_string());
        // Until it is kept it is not sent, and the disk answers.
        let notice = node.next_before(number.map(|_| deadline)).await?.ok_or_else(late)?;
        let Notice::Talk { news } = notice else { continue };
        match *news {
            News::Entry {
                entry: Entry { what: EntryKind::Text { message: id, author: Author::Me { n }, .. }, .. },
                ..
            } if id == message => {
                number = Some(n);
            }
            News::Conversation { conversation } if conversation.peer == person.peer => {
                delivered = conversation.marks.delivered;
            }
            News::NotWritten { message: id, why, .. } if id == message => {
                return Err(TalkError::NotWritten(words(why)));
            }
            News::Conversation { .. }
            | News::Entry { .. }
            | News::Entries { .. }
            | News::Gone { .. }
            | News::Typing { .. }
            | News::NotWritten { .. }
            | News::NotOffered { .. }
            | News::Going { .. }
            | News::Hits { .. }
            | News::Thumbnail { .. }
            | News::Exported { .. } => {}
        }
    }
    Ok(())
}

pub(crate) fn words(why: NotWritten) -> &'static str {
    match why {
        NotWritten::Empty => "it says nothing.",
        NotWritten::TooLong => "it is longer than 16 KiB. Send it in parts, or as a file.",
        NotWritten::Unshowable => "it holds characters that cannot be shown.",
        NotWritten::Nobody => "this person is not known any more.",
        NotWritten::TooManyWait => "too many messages wait for this person already.",
        NotWritten::NoSuchMessage => "there is no such message.",
        NotWritten::DiskFull => "the disk is full. Make some room and try again.",
        NotWritten::NotKept => "the disk did not take it. The log says why.",
    }
}

async fn from_stdin() -> Result<String, TalkError> {
    let mut text = String::new();
    // One byte more than is allowed, so that a longer one is refused and not cut.
    let most = MESSAGE_TEXT_BYTES as u64 * 2 + 1;
    tokio::io::stdin().take(most).read_to_string(&mut text).await.map_err(TalkError::Unreadable)?;
    Ok(text)
}

/// One entry, for a script.
#[derive(Serialize)]
struct EntryLine<'a> {
    position: u64,
    at_ms: u64,
    from_me: bool,
    #[serde(flatten)]
    what: &'a EntryKind,
}

/// What was said with somebody, the oldest first.
pub(crate) async fn history(mut node: Attached, args: HistoryArgs, json: bool) -> Result<(), TalkError> {
    let told = tell(&mut node, &args, json).await;
    node.close().await;
    print(&told?).await;
    Ok(())
}

async fn tell(node: &mut Attached, HistoryArgs { whom, last }: &HistoryArgs, json: bool) -> Result<String, TalkError> {
    let (person, _) = people(node, Wanted::One(whom)).await?;
    let person = person.ok_or_else(|| TalkError::Nobody(whom.clone()))?;
    let mut all: Vec<Entry> = Vec::new();
    let mut before = None;
    loop {
        node.send(Command::Talk { ask: Ask::Entries { peer: person.peer, before } }).await?;
        let (mut entries, more) = loop {
            if let Notice::Talk { news } = node.next().await?
                && let News::Entries { peer, before: asked, entries, more } = *news
                && (peer, asked) == (person.peer, before)
            {
                break (entries, more);
            }
        };
        before = entries.first().map(|entry| entry.position);
        entries.append(&mut all);
        all = entries;
        if !more || before.is_none() || all.len() >= *last {
            break;
        }
    }
    let from = all.len().saturating_sub(*last);
    let line = |entry: &Entry| if json { as_json(entry) } else { dogeller_lan::line(entry, &person.name) };
    Ok(all[from..].iter().map(|entry| line(entry) + "\n").collect())
}

fn as_json(entry: &Entry) -> String {
    let from_me = match &entry.what {
        EntryKind::Text { author, .. } | EntryKind::Withdrawn { author, .. } | EntryKind::Files { author, .. } => {
            matches!(author, Author::Me { .. })
        }
        EntryKind::Call { caller, .. } => *caller,
    };
    encode(&EntryLine { position: entry.position, at_ms: entry.at_ms, from_me, what: &entry.what })
}

/// Whom a command is about.
pub(crate) enum Wanted<'a> {
    Everybody,
    One(&'a str),
}

/// Who is known, by name; and the one that is wanted, as soon as they are. A node that was just started is given the time
/// to find people.
pub(crate) async fn people(
    node: &mut Attached,
    wanted: Wanted<'_>,
) -> Result<(Option<PeerView>, Vec<PeerView>), TalkError> {
    let mut people: Vec<PeerView> = Vec::new();
    let deadline = Instant::now() + LOOKING;
    let mut told = false;
    loop {
        if told {
            let one = match wanted {
                Wanted::Everybody => None,
                Wanted::One(whom) => find(whom, &people)?,
            };
            let here = one.as_ref().is_some_and(is_here);
            // A node that runs knows everybody, but for one that it met a moment ago.
            let known = match wanted {
                Wanted::Everybody => true,
                Wanted::One(_) => one.is_some(),
            };
            if here || (known && !node.is_own()) || Instant::now() >= deadline {
                people.sort_by(|a, b| a.name.cmp(&b.name).then(a.peer.cmp(&b.peer)));
                return Ok((one, people));
            }
        }
        let Ok(notice) = timeout_at(deadline, node.next()).await else { continue };
        match notice? {
            Notice::Snapshot { snapshot } => {
                let Snapshot { peers, .. } = *snapshot;
                people = peers.into_iter().filter(is_person).collect();
                told = true;
            }
            Notice::Peer { peer } => {
                people.retain(|other| other.peer != peer.peer);
                people.extend(Some(peer).filter(is_person));
            }
            Notice::PeerGone { peer } => people.retain(|other| other.peer != peer),
            Notice::Me { .. }
            | Notice::Call { .. }
            | Notice::Engine { .. }
            | Notice::Talk { .. }
            | Notice::Open { .. }
            | Notice::Refused { .. } => {}
        }
    }
}

fn is_person(view: &PeerView) -> bool {
    view.kind == PeerKind::Person
}

/// Somebody by their whole name or the beginning of their id; who is here comes before who is not.
fn find(whom: &str, people: &[PeerView]) -> Result<Option<PeerView>, TalkError> {
    let meant = meant(whom, people);
    let here: Vec<&PeerView> = meant.iter().copied().filter(|person| is_here(person)).collect();
    match (here.as_slice(), meant.as_slice()) {
        ([one], _) | ([], [one]) => Ok(Some((*one).clone())),
        ([], []) => Ok(None),
        _ => Err(TalkError::Several(whom.to_owned(), ids(&meant))),
    }
}

/// Writes to standard output; who closes it early (`head`) wants no more.
pub(crate) async fn print(text: &str) {
    let _closed = put(&mut stdout(), text).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::person;

    #[test]
    fn somebody_is_found_by_name_or_id_and_whoever_is_here_comes_first() {
        let (ada, ben) = (person(1, "Ada", Presence::Available), person(2, "Ben", Presence::Offline));
        let old = person(3, "Ada", Presence::Offline);
        let people = [ada.clone(), ben.clone(), old.clone()];
        assert_eq!(find("ada", &people).unwrap().unwrap().peer, ada.peer);
        assert_eq!(find("BEN", &people).unwrap().unwrap().peer, ben.peer);
        assert_eq!(find(&old.peer.to_string()[..8], &people).unwrap().unwrap().peer, old.peer);
        assert!(find("Cleo", &people).unwrap().is_none());
        let two = [ada, person(4, "Ada", Presence::Away)];
        assert!(matches!(find("Ada", &two), Err(TalkError::Several(..))));
    }
}
