//! Files from the command line: offered, and watched until they are there.

use std::path::PathBuf;
use std::time::Duration;

use dogeller_core::MessageId;
use dogeller_core::wire::files::{GoingView, NotOffered, Parcel, Stage};
use dogeller_core::wire::talk::{Ask, EntryKind, News};
use dogeller_core::wire::ui::{Command, Notice};
use tokio::time::Instant;

use crate::args::SendArgs;
use crate::attached::Attached;
use crate::shown::Shown;
use crate::talk::{TalkError, Wanted, people, words};

/// Offers files to somebody, and waits until they are there.
pub(crate) async fn send(mut node: Attached, args: SendArgs, json: bool) -> Result<(), TalkError> {
    let mut shown = Shown::new(json);
    let sent = offer(&mut node, args, &mut shown).await;
    shown.end().await;
    node.close().await;
    sent
}

async fn offer(node: &mut Attached, args: SendArgs, shown: &mut Shown) -> Result<(), TalkError> {
    let SendArgs { whom, files, wait } = args;
    // The node that runs is somewhere else.
    let whole = |path: &PathBuf| std::path::absolute(path).ok()?.into_os_string().into_string().ok();
    let paths = files.iter().map(whole).collect::<Option<Vec<_>>>();
    let paths = paths.ok_or(TalkError::NotOffered("a path is no text."))?;
    let (person, _) = people(node, Wanted::One(&whom)).await?;
    let person = person.ok_or(TalkError::Nobody(whom))?;
    let message = MessageId::from_bytes(rand::random());
    node.send(Command::Talk { ask: Ask::Offer { peer: person.peer, message, paths: Some(paths) } }).await?;
    let deadline = wait.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut offered: Option<Parcel> = None;
    loop {
        let late = || TalkError::FilesWait(person.name.to_string());
        let notice = node.next_before(deadline.filter(|_| offered.is_some())).await?.ok_or_else(late)?;
        let Notice::Talk { news } = notice else { continue };
        match *news {
            News::NotOffered { message: id, why, .. } if id == message => {
                return Err(TalkError::NotOffered(reason(why)));
            }
            News::NotWritten { message: id, why, .. } if id == message => {
                return Err(TalkError::NotOffered(words(why)));
            }
            News::Entry { peer, entry } if peer == person.peer => {
                let EntryKind::Files { message: id, parcel, stage, .. } = entry.what else { continue };
                if id != message {
                    continue;
                }
                shown.became(&parcel, stage, person.name.as_str()).await;
                match stage {
                    Stage::Offered | Stage::Accepted { .. } => {}
                    Stage::Received => return Ok(()),
                    Stage::Declined => return Err(TalkError::NotTaken("declined")),
                    Stage::Cancelled { .. } => return Err(TalkError::NotTaken("cancelled")),
                }
                offered = Some(parcel);
            }
            News::Going { going: GoingView { peer, message: id, mine: true, going } }
                if (peer, id) == (person.peer, message) =>
            {
                if let Some(parcel) = &offered {
                    shown.goes(parcel, going).await;
                }
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
}

fn reason(why: NotOffered) -> &'static str {
    match why {
        NotOffered::Nobody => "this person is not known any more.",
        NotOffered::Unreadable => "something of it is not there or cannot be read.",
        NotOffered::NotAFile => "something of it is neither a file nor a folder.",
        NotOffered::TooMuch => "it is nothing, or more than 100000 files and folders.",
        NotOffered::NotKept => "the disk did not keep the offer. Make some room and try again.",
    }
}
