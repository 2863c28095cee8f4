//! What the two ends of a transfer say to each other: a byte that says what follows, four that say how much, and that.
//! Nothing is taken that is longer than what it says it is may be, and nobody is waited for without end.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use dogeller_core::MessageId;
use dogeller_core::transfer::NotNow;

use crate::manifest::MANIFEST_BYTES;
use crate::pace::BLOCK;

/// How long one thing that is said may take from its first byte to its last: a block at 35 KB/s. Whoever is slower is taken
/// to be gone, and comes back.
pub const SLOWEST: Duration = Duration::from_secs(30);
/// Bytes of a BLAKE3 hash.
pub const HASH: usize = 32;

/// The two ends of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It sends.
    Giver,
    /// It receives.
    Taker,
}

/// What whoever dialled says first: which transfer, and which end it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Which.
    pub message: MessageId,
    /// What the dialler is.
    pub dialler: End,
}

impl Opening {
    /// Bytes of it.
    pub const BYTES: usize = 18;
    const VERSION: u8 = 1;

    /// As it is said.
    pub fn bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = Self::VERSION;
        bytes[1] = match self.dialler {
            End::Giver => 1,
            End::Taker => 2,
        };
        bytes[2..].copy_from_slice(self.message.as_bytes());
        bytes
    }

    /// As it was said; `None` where it is none.
    pub fn read(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (head, id) = bytes.split_first_chunk::<2>()?;
        let dialler = match head {
            [Self::VERSION, 1] => End::Giver,
            [Self::VERSION, 2] => End::Taker,
            _ => return None,
        };
        Some(Self { message: MessageId::from_bytes(id.try_into().ok()?), dialler })
    }
}

/// The answer to an [`Opening`], as one byte.
pub fn answer(verdict: Result<(), NotNow>) -> u8 {
    match verdict {
        Ok(()) => 0,
        Err(NotNow::Unknown) => 1,
        Err(NotNow::Halted) => 2,
        Err(NotNow::Stuck) => 3,
        Err(NotNow::Busy) => 4,
    }
}

/// What that byte says; one that nobody knows says that the transfer is not known.
pub fn verdict(byte: u8) -> Result<(), NotNow> {
    match byte {
        0 => Ok(()),
        2 => Err(NotNow::Halted),
        3 => Err(NotNow::Stuck),
        4 => Err(NotNow::Busy),
        _ => Err(NotNow::Unknown),
    }
}

/// What is said after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The taker: whether it knows what comes.
    Want {
        /// It does.
        manifest: bool,
    },
    /// The giver: what comes. So many bytes of JSON follow.
    Manifest {
        /// How many.
        length: usize,
    },
    /// The taker: so much is here.
    Have {
        /// Bytes of the stream.
        bytes: u64,
        /// Their hash; `None` where they came in this run, and nothing has touched them.
        hash: Option<[u8; HASH]>,
    },
    /// The giver: from here on.
    From {
        /// Where in the stream.
        bytes: u64,
    },
    /// The giver: a block. So many bytes follow.
    Block {
        /// How many.
        length: usize,
        /// Their hash.
        hash: [u8; HASH],
    },
    /// The taker: so much is written.
    Written {
        /// Bytes of the stream.
        bytes: u64,
        /// Somebody talks over this line.
        talks: bool,
    },
    /// Either: what takes time still goes on.
    Working,
    /// The giver: that was all. The taker: all is where it belongs.
    Whole,
    /// Either: it cannot go on here.
    Stuck,
}

/// Why the other end is not listened to any more.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The connection ended, or nothing came for too long.
    #[error(transparent)]
    Gone(#[from] io::Error),
    /// It says what nobody does.
    #[error("the other end does not speak this protocol")]
    Nonsense,
}

/// The longest fixed part.
const FIXED: usize = 41;

impl Said {
    fn kind(self) -> u8 {
        match self {
            Self::Want { .. } => 1,
            Self::Manifest { .. } => 2,
            Self::Have { .. } => 3,
            Self::From { .. } => 4,
            Self::Block { .. } => 5,
            Self::Written { .. } => 6,
            Self::Working => 7,
            Self::Whole => 8,
            Self::Stuck => 9,
        }
    }

    /// Says it; what follows is the caller's.
    ///
    /// # Errors
    /// The connection's.
    pub fn say(self, to: &mut impl Write) -> io::Result<()> {
        let mut fixed = Vec::with_capacity(FIXED + 5);
        fixed.push(self.kind());
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
        match self {
            Self::Want { manifest } => fixed.push(u8::from(manifest)),
            Self::Manifest { length } => fixed.extend(number(length)),
            Self::Have { bytes, hash } => {
                fixed.extend(bytes.to_be_bytes());
                fixed.push(u8::from(hash.is_some()));
                fixed.extend(hash.unwrap_or_default());
            }
            Self::From { bytes } => fixed.extend(bytes.to_be_bytes()),
            Self::Block { length, hash } => {
                fixed.extend(number(length));
                fixed.extend(hash);
            }
            Self::Written { bytes, talks } => {
                fixed.extend(bytes.to_be_bytes());
                fixed.push(u8::from(talks));
            }
            Self::Working | Self::Whole | Self::Stuck => {}
        }
        to.write_all(&fixed)
    }

    /// Hears the next thing.
    ///
    /// # Errors
    /// [`FrameError`].
    pub fn hear(from: &mut impl Read) -> Result<Self, FrameError> {
        let [kind] = take(from)?;
        let flag = |byte: [u8; 1]| match byte {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(FrameError::Nonsense),
        };
        let length = |bytes: [u8; 4], most: usize| {
            usize::try_from(u32::from_be_bytes(bytes))
                .ok()
                .filter(|n| (1..=most).contains(n))
                .ok_or(FrameError::Nonsense)
        };
        Ok(match kind {
            1 => Self::Want { manifest: flag(take(from)?)? },
            2 => Self::Manifest { length: length(take(from)?, MANIFEST_BYTES)? },
            3 => {
                let bytes = u64::from_be_bytes(take(from)?);
                let hashed = flag(take(from)?)?;
                let hash = take(from)?;
                Self::Have { bytes, hash: hashed.then_some(hash) }
            }
            4 => Self::From { bytes: u64::from_be_bytes(take(from)?) },
            5 => Self::Block { length: length(take(from)?, BLOCK)?, hash: take(from)? },
            6 => Self::Written { bytes: u64::from_be_bytes(take(from)?), talks: flag(take(from)?)? },
            7 => Self::Working,
            8 => Self::Whole,
            9 => Self::Stuck,
            _ => return Err(FrameError::Nonsense),
        })
    }
}

fn take<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    fill(from, &mut bytes)?;
    Ok(bytes)
}

/// Reads so much, in no more than [`SLOWEST`]: a time-out for each single read would let somebody send a byte a minute.
///
/// # Errors
/// The connection's; [`io::ErrorKind::TimedOut`].
pub fn fill(from: &mut impl Read, bytes: &mut [u8]) -> io::Result<()> {
    fill_within(from, bytes, SLOWEST)
}

fn fill_within(from: &mut impl Read, mut bytes: &mut [u8], slowest: Duration) -> io::Result<()> {
    let mut begun = None;
    while !bytes.is_empty() {
        match from.read(bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => bytes = &mut bytes[n..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if begun.get_or_insert_with(Instant::now).elapsed() > slowest && !bytes.is_empty() {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard() {
        let said = [
            Said::Want { manifest: true },
            Said::Manifest { length: 5 },
            Said::Have { bytes: 7, hash: Some([3; HASH]) },
            Said::Have { bytes: 7, hash: None },
            Said::From { bytes: u64::MAX },
            Said::Block { length: BLOCK, hash: [9; HASH] },
            Said::Written { bytes: 1, talks: true },
            Said::Working,
            Said::Whole,
            Said::Stuck,
        ];
        let mut wire = Vec::new();
        said.iter().for_each(|one| one.say(&mut wire).unwrap());
        let mut wire = wire.as_slice();
        for one in said {
            assert_eq!(Said::hear(&mut wire).unwrap(), one);
        }
        assert!(matches!(Said::hear(&mut wire), Err(FrameError::Gone(_))));
        for dialler in [End::Giver, End::Taker] {
            let opening = Opening { message: MessageId::from_bytes([4; 16]), dialler };
            assert_eq!(Opening::read(&opening.bytes()), Some(opening));
        }
        for refusal in [NotNow::Unknown, NotNow::Halted, NotNow::Stuck, NotNow::Busy] {
            assert_eq!(verdict(answer(Err(refusal))), Err(refusal));
        }
    }

    #[test]
    fn a_byte_now_and_then_is_not_waited_for() {
        struct Drip;
        impl Read for Drip {
            fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
                std::thread::sleep(Duration::from_millis(5));
                bytes[0] = 0;
                Ok(1)
            }
        }
        let late = fill_within(&mut Drip, &mut [0; BLOCK], Duration::from_millis(50)).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
        fill_within(&mut Drip, &mut [0; 3], Duration::from_secs(60)).unwrap();
    }

    #[test]
    fn what_is_too_long_or_unknown_is_not_heard() {
        let long = u32::try_from(BLOCK + 1).unwrap().to_be_bytes();
        for bytes in [
            &[5, long[0], long[1], long[2], long[3]][..],
            &[2, 255, 255, 255, 255],
            &[2, 0, 0, 0, 0],
            &[1, 7],
            &[0],
            &[200],
        ] {
            assert!(matches!(Said::hear(&mut &*bytes), Err(FrameError::Nonsense)), "{bytes:?}");
        }
    }
}
