//! Congestion control of a call: how fast packets leave, and what the encoder may use.
//!
//! The estimate of crate `rtc` (GCC) is one input and no more. Its own pacer is not used: on a link of 400 kbit/s its
//! queue, which has no age limit and no order of importance, fed itself with retransmissions and showed no frame for
//! 9 s. Its estimate is blind while the sender has little to send, and halves itself for loss that has nothing to do
//! with the rate.
//!
//! Pure: time comes in, and nothing is read, sent or slept for. All bytes are those of RTP packets; what UDP, IP and
//! the link add is not counted.
//!
//! | file | what it decides |
//! | --- | --- |
//! | `pace/pacer.rs` | which packet leaves when |
//! | `pace/picture.rs` | which frames wait, and which are too old |
//! | `pace/repair.rs` | which retransmissions are allowed |
//! | `pace/rate.rs` | what the encoder may use |
//! | `pace/window.rs` | what the feedback of the last second says |
//! | `pace/meter.rs` | how much of one kind leaves |
//! | `pace/delay.rs` | how long packets wait in the network |
//! | `pace/sim.rs` | a narrow link in virtual time, for the tests |

mod delay;
mod meter;
mod pacer;
mod picture;
mod rate;
mod repair;
#[cfg(test)]
mod sim;
mod window;

pub use delay::OneWay;
pub use pacer::{Counts, Pacer};
pub use rate::{Decision, Rate};
pub use window::Feedback;

/// What a packet carries: the order of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Speech: leaves at once.
    Sound,
    /// A part of a frame of video: leaves at the pace.
    Picture,
    /// A packet sent again because the other end asked for it.
    Repair {
        /// The stream of the packet that was lost.
        ssrc: u32,
        /// Its RTP sequence number there.
        sequence: u16,
    },
}
