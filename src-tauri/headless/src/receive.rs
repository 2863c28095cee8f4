//! Files from somebody, taken from the command line.

use std::collections::BTreeMap;
use std::time::Duration;

use dogeller_core::MessageId;
use dogeller_core::wire::files::{GoingView, Stage, Wish};
use dogeller_core::wire::talk::{Ask, Author, Entry, EntryKind, News};
use dogeller_core::wire::ui::{Command, Notice, PeerView};
use tokio::time::Instant;

use crate::args::ReceiveArgs;
use crate::attached::Attached;
use crate::shown::Shown;
use crate::talk::{TalkError, Wanted, people};

/// Takes what somebody offers, and waits until all of it is there. Where nothing is offered yet, it waits for that.
pub(crate) async fn receive(mut node: Attached, args: ReceiveArgs, json: bool) -> Result<(), TalkError> {
    let mut shown = Shown::new(json);
    let received = take(&mut node, args, &mut shown).await;
    shown.end().await;
    node.close().await;
    received
}

async fn take(node: &mut Attached, args: ReceiveArgs, shown: &mut Shown) -> Result<(), TalkError> {
    let ReceiveArgs { whom, wait } = args;
    let (person, _) = people(node, Wanted::One(&whom)).await?;
    let person = person.ok_or(TalkError::Nobody(whom))?;
    let peer = person.peer;
    node.send(Command::Talk { ask: Ask::Entries { peer, before: None } }).await?;
    let deadline = wait.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    // What comes, and whether it is there.
    let mut coming = BTreeMap::new();
    loop {
        let late = || TalkError::FilesCome(person.name.to_string());
        let notice = node.next_before(deadline).await?.ok_or_else(late)?;
        let Notice::Talk { news } = notice else { continue };
        let entries = match *news {
            News::Entries { peer: from, before: None, entries, .. } if from == peer => entries,
            News::Entry { peer: from, entry } if from == peer => vec![entry],
            News::Going { going: GoingView { peer: from, message, mine: false, going } } if from == peer => {
                if let Some(Some(parcel)) = coming.get(&message) {
                    shown.goes(parcel, going).await;
                }
                continue;
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
            | News::Exported { .. } => continue,
        };
        for entry in entries {
            heed(node, &person, entry, &mut coming, shown).await?;
        }
        if !coming.is_empty() && coming.values().all(Option::is_none) {
            return Ok(());
        }
    }
}

/// Accepts an offer, or follows one that was accepted.
async fn heed(
    node: &mut Attached,
    person: &PeerView,
    entry: Entry,
    coming: &mut BTreeMap<MessageId, Option<dogeller_core::wire::files::Parcel>>,
    shown: &mut Shown,
) -> Result<(), TalkError> {
    let EntryKind::Files { message, author: Author::Them, parcel, stage, place, .. } = entry.what else {
        return Ok(());
    };
    let known = coming.contains_key(&message);
    match stage {
        Stage::Offered => {
            let files = Ask::Files { peer: person.peer, message, mine: false, wish: Wish::Accept };
            node.send(Command::Talk { ask: files }).await?;
            shown.offered_by(&parcel, person.name.as_str()).await;
            coming.insert(message, Some(parcel));
        }
        Stage::Accepted { .. } => {
            coming.insert(message, Some(parcel));
        }
        Stage::Received if known => {
            if let Some(place) = place {
                shown.placed(&parcel, &place).await;
                coming.insert(message, None);
            }
        }
        Stage::Cancelled { .. } if known => return Err(TalkError::NotTaken("cancelled")),
        Stage::Received | Stage::Declined | Stage::Cancelled { .. } => {}
    }
    Ok(())
}
