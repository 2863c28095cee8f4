//! What people write to each other in a simulated world, and what must have come of it in the end: each message is with
//! whom it was written to, once, in the order in which it was written, and says what it said last.

use super::World;
use super::disk::{Kept, What};
use super::queue::{At, Run};
use crate::id::{MessageId, PageId, PeerId};
use crate::text::MessageText;
use crate::wire::talk::Ask;
use crate::wire::ui::Command;

impl World {
    /// The person writes, changes or takes back something, or reads what came.
    pub(super) fn writes(&mut self, run: Run, page: PageId, peer: PeerId) {
        let mine: Vec<MessageId> = self.messages(run.at, peer, true).into_iter().map(|(message, _)| message).collect();
        let last = self.devices[run.at].disk.talks.get(&peer).and_then(|talk| talk.entries.last()).map(|e| e.position);
        let ask = match (self.dice.between(0, 99), self.dice.pick(&mine), last) {
            (0..8, Some(message), _) => Ask::Edit { peer, message, text: format!("{} now", self.dice.bits()) },
            (8..14, Some(message), _) => Ask::Withdraw { peer, message },
            (14..40, _, Some(position)) => Ask::Seen { peer, position },
            (40..42, _, Some(_)) => Ask::Clear { peer },
            (42..46, ..) => Ask::Typing { peer },
            _ => {
                let message = MessageId::from_bytes(self.dice.bytes());
                Ask::Write { peer, message, text: format!("{}", self.dice.bits()), reply: None }
            }
        };
        self.devices[run.at].cleared |= matches!(ask, Ask::Clear { .. });
        self.page_says(run, page, Command::Talk { ask });
    }

    /// Messages between two people as one's disk has them, without those taken back.
    fn messages(&self, at: At, with: PeerId, by_me: bool) -> Vec<(MessageId, MessageText)> {
        let entries = self.devices[at].disk.talks.get(&with).into_iter().flat_map(|talk| &talk.entries);
        let message = |kept: &Kept| match &kept.what {
            What::Message { mine, message, text: Some(text), .. } if *mine == by_me => Some((*message, text.clone())),
            What::Message { .. } | What::Files { .. } | What::Call(_) => None,
        };
        entries.filter_map(message).collect()
    }

    /// What was written has arrived, once and in order.
    pub(super) fn letters_missing(&self, at: At) -> Option<String> {
        for (&peer, talk) in &self.devices[at].disk.talks {
            let Some(other) = self.at_of(peer) else { continue };
            let visible = self.devices[at].is_visible() && self.devices[other].is_visible();
            if !visible || self.run_of(other).is_none() {
                continue;
            }
            if !talk.waiting.is_empty() {
                return Some(format!("{} posts to {other} wait", talk.waiting.len()));
            }
            // Whoever cleared a conversation has no word in what it was.
            if self.devices[at].cleared || self.devices[other].cleared {
                continue;
            }
            let me = self.devices[at].peer;
            let (written, arrived) = (self.messages(at, peer, true), self.messages(other, me, false));
            if written != arrived {
                return Some(format!("{} messages to {other} arrived as {}", written.len(), arrived.len()));
            }
        }
        None
    }

    /// Nothing is there twice.
    pub(super) fn check_letters(&mut self, at: At) {
        let twice = self.devices[at].disk.talks.values().any(|talk| {
            let mut ids: Vec<_> = talk
                .entries
                .iter()
                .filter_map(|kept| match kept.what {
                    What::Message { mine, message, .. } | What::Files { mine, message, .. } => Some((mine, message)),
                    What::Call(_) => None,
                })
                .collect();
            ids.sort_unstable();
            ids.windows(2).any(|two| two[0] == two[1])
        });
        if twice {
            self.fail(at, "a message is there twice");
        }
    }

    /// How many messages came to a device.
    pub(super) fn letters_at(&self, at: At) -> u64 {
        let talks = self.devices[at].disk.talks.keys();
        talks.map(|&peer| self.messages(at, peer, false).len() as u64).sum()
    }
}
