//! What sits at this end of a call: it hears, sees, speaks and shows. A page with camera and microphone is one booth, a
//! contact that answers by itself another; the engine does not care which.

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::sound::Block;
use crate::stack::TrackNumber;
use crate::video::{Codec, Frame};

/// How the next picture is to be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// As agreed with the other side.
    pub codec: Codec,
    /// What the path carries now, in bits per second.
    pub bits: u64,
    /// It must be one that needs no other to be shown.
    pub key: bool,
    /// Its time, on the picture's clock of 90 kHz.
    pub timestamp: u32,
}

/// How much picture may wait to leave before an encoder leaves one out: no frame of average size ever waits for so long.
pub const PATIENCE: Duration = Duration::from_millis(50);
/// The same where pictures only pass through. One that is left out costs a key frame, which fills the path for longer
/// than it would have waited; after 250 ms all is dropped.
pub const PATIENCE_IN_PASSING: Duration = Duration::from_millis(200);

/// One end of a call. Its methods are called by the engine's own task and must not wait.
pub trait Booth: Send {
    /// A picture of the other side, to be shown now.
    fn see(&mut self, track: TrackNumber, frame: &Frame, now: Instant);

    /// 10 ms of the other side's sound, to be heard now.
    fn hear(&mut self, heard: &Block, now: Instant);

    /// The 10 ms that this side says meanwhile; false for silence.
    fn say(&mut self, said: &mut Block, now: Instant) -> bool;

    /// When the next picture of this side is due; `None` while there is none.
    fn picture_due(&self) -> Option<Instant>;

    /// The picture that is due is wanted, on these terms; it comes by [`Booth::poll_picture`] once it is encoded, or not
    /// at all.
    fn want_picture(&mut self, terms: Terms, now: Instant);

    /// A picture that is ready to leave. `Pending` wakes the engine when there is one.
    fn poll_picture(&mut self, context: &mut Context<'_>) -> Poll<Frame>;

    /// The picture that is due is left out, before it is encoded: the path is full.
    fn skip(&mut self, now: Instant);

    /// How much picture may wait to leave before the next is left out: [`PATIENCE`], or [`PATIENCE_IN_PASSING`].
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// Whether a key frame of the other side is needed here; asked often, answered with true once for each need.
    fn wants_key(&mut self) -> bool;

    /// What the other side should send at most, in bits per second, where what it sends must go on from here.
    fn limit(&self) -> Option<u64> {
        None
    }

    /// How much later than [`Booth::hear`] what is handed over is heard; pictures wait as long.
    fn heard_after(&self) -> Duration {
        Duration::ZERO
    }

    /// What this side's own way out carries now, for a booth that sends on what it gets.
    fn carried(&mut self, _bits: u64) {}
}
