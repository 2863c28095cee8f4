//! What two people write to each other: posts, numbered for each pair of people and kept until they have arrived.

use serde::{Deserialize, Serialize};

use super::files::{Answer, Parcel};
use crate::id::{MessageId, OutboxId};
use crate::text::MessageText;

/// One post on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberedPost {
    /// Whose counting: another one begins where the writer's data was lost.
    pub outbox: OutboxId,
    /// Counted from 1 for each reader. It only grows; a number may be left out, where a post was taken back in time.
    pub n: u64,
    /// The post before it, if the writer does not know yet that it is stored; else 0. A reader who could not store that one
    /// does not take this one: both come again.
    pub follows: u64,
    /// How long ago it was written, in milliseconds on the writer's clock: clocks of two machines may differ by hours.
    pub age_ms: u64,
    /// What was written.
    pub post: Post,
}

/// What one person says to another, in the order in which it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "post", rename_all = "snake_case", deny_unknown_fields)]
pub enum Post {
    /// A message.
    Text {
        /// Its id.
        message: MessageId,
        /// What it says.
        text: MessageText,
        /// The message it answers.
        #[serde(default)]
        reply: Option<MessageId>,
    },
    /// A message of the writer's says something else now.
    Edit {
        /// Which.
        message: MessageId,
        /// What it says now.
        text: MessageText,
    },
    /// A message of the writer's is taken back: its text is to be forgotten.
    Withdraw {
        /// Which.
        message: MessageId,
    },
    /// Files and folders, which the other may have.
    Offer {
        /// The message's id.
        message: MessageId,
        /// What they are.
        parcel: Parcel,
    },
    /// What the writer says to an offer, their own or the other's.
    Answer {
        /// Which.
        message: MessageId,
        /// What.
        answer: Answer,
    },
    /// The writer has read the other's posts.
    Read {
        /// In whose counting: the reader's of this post.
        outbox: OutboxId,
        /// Up to which number.
        through: u64,
    },
}

impl Post {
    /// The message it is about, if it is about one.
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::Text { message, .. }
            | Self::Edit { message, .. }
            | Self::Withdraw { message }
            | Self::Offer { message, .. }
            | Self::Answer { message, .. } => Some(*message),
            Self::Read { .. } => None,
        }
    }
}
