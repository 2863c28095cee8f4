//! What a connection carried so far, for the quality sheet, the terminal and the tests. Counters only grow; they are those
//! of one connection.

use serde::Serialize;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Milliseconds since both said yes, or since this connection was made, if that was later.
    pub live_ms: u64,
    /// The round trip in milliseconds.
    pub round_trip_ms: f64,
    /// Each track of pictures that came.
    pub seen: Vec<SeenStats>,
    /// The sound that came.
    pub heard: HeardStats,
    /// The pictures sent.
    pub shown: ShownStats,
    /// The sound sent.
    pub said: SaidStats,
    /// Packets sent again and asked for again.
    pub repair: RepairStats,
    /// Packets that could not be read.
    pub malformed: u64,
}

/// One track of pictures that came.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SeenStats {
    /// Its number, in order of appearance.
    pub track: u32,
    /// "VP8" or "H264".
    pub codec: &'static str,
    /// Whole frames.
    pub frames: u64,
    /// Those that need no other.
    pub key_frames: u64,
    /// Frames given up.
    pub given_up: u64,
    /// Bytes of frames.
    pub bytes: u64,
    /// The longest time between two frames, in milliseconds.
    pub longest_gap_ms: u64,
    /// Picture minus sound as they are shown and played, in milliseconds; `null` until both clocks are known.
    pub skew_ms: Option<f64>,
}

/// The sound that came.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HeardStats {
    /// Packets.
    pub packets: u64,
    /// Packets that were missing when it was their turn.
    pub lost: u64,
    /// Of those, played from the next packet's repair data.
    pub fec: u64,
    /// Of those, played from a redundant copy.
    pub red: u64,
    /// Milliseconds made up.
    pub concealed_ms: u64,
    /// How long a packet waits to be played, in milliseconds.
    pub delay_ms: u64,
}

/// The pictures sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ShownStats {
    /// Frames.
    pub frames: u64,
    /// Those that need no other.
    pub key_frames: u64,
    /// Left out before they were encoded.
    pub skipped: u64,
    /// Bytes of frames.
    pub bytes: u64,
    /// What the encoder may use now, in bits per second.
    pub target_bits: u64,
    /// No picture at all for now: the path carries sound only.
    pub held: bool,
    /// Key frames that the other side asked for.
    pub keys_asked: u64,
    /// Milliseconds that what waits to leave takes.
    pub waiting_ms: u64,
}

/// The sound sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SaidStats {
    /// Packets.
    pub packets: u64,
    /// Copies of earlier packets that went with them.
    pub copies: u64,
    /// Percent that the other side last said was lost.
    pub lost_percent: f32,
}

/// Packets sent again and asked for again.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RepairStats {
    /// Packets of the other side found missing.
    pub missing: u64,
    /// Questions for them.
    pub asked: u64,
    /// Those that came then.
    pub repaired: u64,
    /// Our packets that the other side asked for.
    pub asked_of_us: u64,
    /// Those sent again.
    pub sent_again: u64,
    /// Those refused, so that repairs do not crowd out the rest.
    pub refused: u64,
    /// Packets of picture dropped because they waited too long.
    pub dropped_by_age: u64,
}
