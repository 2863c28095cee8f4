//! Sound between two devices: a voice becomes Opus packets ([`Voice`]), and packets that come late, twice, out of order
//! or not at all become an even stream of blocks again ([`Ear`]). Before that, what only disturbs is taken out of what
//! a microphone took ([`Clean`]). Nothing here opens a device, a socket or a clock.
//!
//! All sound is 48 kHz mono, in blocks of 10 ms, with samples from -1 to 1.

mod clean;
mod counts;
mod decoder;
mod delay;
mod ear;
mod error;
mod level;
mod playout;
mod queue;
mod red;
mod redundancy;
mod seen;
#[cfg(test)]
mod sim;
mod stretch;
mod voice;

pub use clean::{Clean, Ears, cleaner};
pub use counts::Counts;
pub use ear::{Ear, LONGEST_PAYLOAD, MOST_HELD, Pulled, SoundPacket};
pub use error::SoundError;
pub use red::{MOST_PARTS, Part, RedError, pack, unpack};
pub use redundancy::Redundancy;
pub use voice::{Pushed, Voice};

/// Samples in a second, which is also the RTP clock of Opus whatever it codes (RFC 7587, 4.1).
pub const RATE: u32 = 48_000;
/// Samples in a block: 10 ms of 48 kHz mono.
pub const BLOCK: usize = 480;
/// 10 ms of sound.
pub type Block = [f32; BLOCK];
