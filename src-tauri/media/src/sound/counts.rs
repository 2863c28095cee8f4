//! What became of the packets.

/// Counters since an [`Ear`](super::Ear) was made; they only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that were handed in, whatever became of them. Redundant copies do not count.
    pub packets: u64,
    /// Packets that had not come when it was their turn. `fec` and `red` of them were played all the same.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that had come before.
    pub duplicates: u64,
    /// Packets that nobody could play: empty, too long, no Opus, or from a stream that is not to be followed.
    pub refused: u64,
    /// Packets dropped because more than [`MOST_HELD`](super::MOST_HELD) waited.
    pub overflowed: u64,
    /// Frames rebuilt from the next packet.
    pub fec: u64,
    /// Frames played from a redundant copy.
    pub red: u64,
    /// Blocks of 10 ms that were made up because nothing was there. A pause of the sender does not count.
    pub concealed_blocks: u64,
    /// Samples put in to play more slowly.
    pub expanded_samples: u64,
    /// Samples taken out to play faster.
    pub shortened_samples: u64,
    /// How often playing began anew: the sender restarted, or the delay had become hopeless.
    pub resets: u64,
}
