//! One transfer of files that is not over: what goes on with it now.
//!
//! ```text
//!  waiting ──dialled, or knocked──▶ carried ──lost──▶ waiting, a while longer each time
//!     ▲                               │ │ └──all is there──▶ (its stage: received)
//!     │                               │ └──it cannot go on──▶ stuck, here or there
//!     └──somebody goes on, new link── halted there
//! ```
//!
//! What has become of it for good is its [`Stage`], and on the disk.

use std::time::Duration;

use crate::id::{CarrierId, MessageId, PeerId};
use crate::time::Time;
use crate::wire::files::{Going, Parcel, Stage, Trouble};

/// The longest rest between two tries.
const REST: Duration = Duration::from_secs(30);
/// The rate is that of the last few seconds: of each quarter of a second a tenth.
const OF_NEWEST: u64 = 10;

/// Which transfer: with whom, of which offer, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// With whom.
    pub peer: PeerId,
    /// The offer's message.
    pub message: MessageId,
    /// This node's person offered it.
    pub mine: bool,
}

/// How far a connection for a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// What came in an earlier run is being compared.
    Checking,
    /// So many bytes have arrived in all.
    Bytes(u64),
}

/// How a connection for a transfer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// All is there; where, if it came here.
    Whole {
        /// The file or folder.
        place: Option<String>,
    },
    /// It broke, or none came about.
    Lost,
    /// The other end does not go on now.
    Refused(NotNow),
    /// This end cannot go on.
    Stuck(Trouble),
    /// It was told to end.
    Halted,
}

/// Why an end does not go on with a transfer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// It knows nothing of it, or it is over.
    Unknown,
    /// A person has halted it.
    Halted,
    /// It cannot go on there until somebody does something about it.
    Stuck,
    /// Others go first.
    Busy,
}

#[derive(Debug, Clone, Copy)]
enum Run {
    Waiting { from: Time, failures: u32 },
    Carried { carrier: CarrierId, moved: Option<Moved>, at: Time, rate: u64, failures: u32 },
    HaltedThere,
    Stuck(Trouble),
    StuckThere,
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// What was offered.
    pub parcel: Parcel,
    /// What has become of it.
    pub stage: Stage,
    run: Run,
}

impl Transfer {
    /// One of which nothing is under way.
    pub fn new(parcel: Parcel, stage: Stage) -> Self {
        Self { parcel, stage, run: Run::Waiting { from: Time::default(), failures: 0 } }
    }

    /// The connection that carries it.
    pub fn carrier(&self) -> Option<CarrierId> {
        match self.run {
            Run::Carried { carrier, .. } => Some(carrier),
            Run::Waiting { .. } | Run::HaltedThere | Run::Stuck(_) | Run::StuckThere => None,
        }
    }

    /// Whether it is to be dialled for, now that there is a link whose other end can be dialled.
    pub fn wants_carrier(&self, now: Time) -> bool {
        self.wanted() && matches!(self.run, Run::Waiting { from, .. } if now >= from)
    }

    /// Both sides want it to go on, as far as this one knows.
    pub fn wanted(&self) -> bool {
        self.stage == Stage::Accepted { paused: false }
    }

    /// Why a connection for it is not taken now. Who asks for what was offered to them has accepted it.
    pub fn refusal(&self, key: Key) -> Option<NotNow> {
        match (self.stage, self.run) {
            (Stage::Accepted { paused: true }, _) => Some(NotNow::Halted),
            (Stage::Offered, _) if !key.mine => Some(NotNow::Unknown),
            (Stage::Received | Stage::Declined | Stage::Cancelled { .. }, _) => Some(NotNow::Unknown),
            (_, Run::Stuck(_)) => Some(NotNow::Stuck),
            (
                Stage::Offered | Stage::Accepted { paused: false },
                Run::Waiting { .. } | Run::Carried { .. } | Run::HaltedThere | Run::StuckThere,
            ) => None,
        }
    }

    /// A connection carries it from now on.
    pub fn carried_by(&mut self, carrier: CarrierId, now: Time) {
        let failures = match self.run {
            Run::Waiting { failures, .. } | Run::Carried { failures, .. } => failures,
            Run::HaltedThere | Run::Stuck(_) | Run::StuckThere => 0,
        };
        self.run = Run::Carried { carrier, moved: None, at: now, rate: 0, failures };
    }

    /// It moves.
    pub fn moves(&mut self, news: Moved, now: Time) {
        let Run::Carried { moved, at, rate, failures, .. } = &mut self.run else { return };
        let since = u64::try_from(now.since(*at).as_millis()).unwrap_or(u64::MAX).max(1);
        if let (Moved::Bytes(bytes), Some(Moved::Bytes(before))) = (news, *moved) {
            let latest = bytes.saturating_sub(before).saturating_mul(1000) / since;
            *rate = if *rate == 0 { latest } else { (*rate * (OF_NEWEST - 1) + latest) / OF_NEWEST };
            *failures = 0;
        }
        (*moved, *at) = (Some(news), now);
    }

    /// Its connection ended, but not with all of it.
    pub fn ended(&mut self, how: &Carried, now: Time) {
        let failures = match self.run {
            Run::Carried { failures, .. } | Run::Waiting { failures, .. } => failures,
            Run::HaltedThere | Run::Stuck(_) | Run::StuckThere => 0,
        };
        self.run = match how {
            Carried::Refused(NotNow::Halted) => Run::HaltedThere,
            Carried::Refused(NotNow::Stuck) => Run::StuckThere,
            Carried::Stuck(trouble) => Run::Stuck(*trouble),
            Carried::Halted => Run::Waiting { from: now, failures: 0 },
            Carried::Whole { .. } | Carried::Lost | Carried::Refused(NotNow::Unknown | NotNow::Busy) => {
                let rest = Duration::from_secs(1 << failures.min(5)).min(REST);
                Run::Waiting { from: now + rest, failures: failures + 1 }
            }
        };
    }

    /// The other end says that it does not go on now. What carries it is to be halted first: it is known here no longer.
    pub fn not_now_there(&mut self, why: NotNow) {
        match (why, self.run) {
            // Nothing is to be tried here before a person does something about it.
            (_, Run::Stuck(_)) | (NotNow::Unknown | NotNow::Busy, _) => {}
            (NotNow::Halted, _) => self.run = Run::HaltedThere,
            (NotNow::Stuck, _) => self.run = Run::StuckThere,
        }
    }

    /// Something may be different: it is tried again at once.
    pub fn again(&mut self, now: Time) {
        match self.run {
            Run::Carried { .. } => {}
            Run::Waiting { .. } | Run::HaltedThere | Run::Stuck(_) | Run::StuckThere => {
                self.run = Run::Waiting { from: now, failures: 0 };
            }
        }
    }

    /// The other end may be different: tried again unless it is this one that cannot go on.
    pub fn again_there(&mut self, now: Time) {
        match self.run {
            Run::Carried { .. } | Run::Stuck(_) => {}
            Run::Waiting { .. } | Run::HaltedThere | Run::StuckThere => self.again(now),
        }
    }

    /// When to try again.
    pub fn due(&self) -> Option<Time> {
        match self.run {
            Run::Waiting { from, .. } if self.wanted() => Some(from),
            Run::Waiting { .. } | Run::Carried { .. } | Run::HaltedThere | Run::Stuck(_) | Run::StuckThere => None,
        }
    }

    /// What a page shows.
    pub fn going(&self) -> Going {
        match self.run {
            Run::Waiting { .. } | Run::Carried { moved: None, .. } => Going::Waiting,
            Run::Carried { moved: Some(Moved::Checking), .. } => Going::Checking,
            Run::Carried { moved: Some(Moved::Bytes(bytes)), rate, .. } => {
                let left = self.parcel.bytes.saturating_sub(bytes);
                let left_ms = (rate > 0).then(|| left.saturating_mul(1000) / rate);
                Going::Moving { bytes, rate, left_ms }
            }
            Run::HaltedThere => Going::HaltedThere,
            Run::Stuck(trouble) => Going::Stuck { trouble },
            Run::StuckThere => Going::StuckThere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filename::FileName;

    fn at(ms: u64) -> Time {
        Time::from_millis(ms)
    }

    fn accepted() -> Transfer {
        let parcel = Parcel::new(1, 0, 1_000_000, std::iter::once(FileName::nearest("a")));
        Transfer::new(parcel, Stage::Accepted { paused: false })
    }

    #[test]
    fn each_try_rests_longer_and_what_moved_begins_anew() {
        let mut transfer = accepted();
        let mut due = Vec::new();
        for n in 0..7 {
            transfer.carried_by(CarrierId(n), at(0));
            assert!(!transfer.wants_carrier(at(99)));
            transfer.ended(&Carried::Lost, at(0));
            due.push(transfer.due().unwrap().as_millis());
        }
        assert_eq!(due, [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        transfer.carried_by(CarrierId(9), at(0));
        transfer.moves(Moved::Bytes(0), at(0));
        transfer.moves(Moved::Bytes(10), at(1000));
        transfer.ended(&Carried::Lost, at(1000));
        assert_eq!(transfer.due(), Some(at(2000)));
    }

    #[test]
    fn the_rate_tells_what_is_left() {
        let mut transfer = accepted();
        transfer.carried_by(CarrierId(1), at(0));
        assert_eq!(transfer.going(), Going::Waiting);
        transfer.moves(Moved::Checking, at(10));
        assert_eq!(transfer.going(), Going::Checking);
        transfer.moves(Moved::Bytes(500_000), at(20));
        assert_eq!(transfer.going(), Going::Moving { bytes: 500_000, rate: 0, left_ms: None });
        transfer.moves(Moved::Bytes(600_000), at(1020));
        assert_eq!(transfer.going(), Going::Moving { bytes: 600_000, rate: 100_000, left_ms: Some(4000) });
    }

    #[test]
    fn what_is_stuck_here_waits_for_a_person_and_what_is_halted_there_for_the_other() {
        let key = Key { peer: PeerId::from_bytes([1; 32]), message: MessageId::from_bytes([1; 16]), mine: false };
        let mut transfer = accepted();
        transfer.carried_by(CarrierId(1), at(0));
        transfer.ended(&Carried::Stuck(Trouble::NotWritable), at(0));
        transfer.again_there(at(1));
        assert_eq!((transfer.due(), transfer.refusal(key)), (None, Some(NotNow::Stuck)));
        transfer.again(at(2));
        assert_eq!((transfer.due(), transfer.refusal(key)), (Some(at(2)), None));
        transfer.ended(&Carried::Refused(NotNow::Halted), at(3));
        assert_eq!((transfer.due(), transfer.going()), (None, Going::HaltedThere));
        transfer.again_there(at(4));
        assert!(transfer.wants_carrier(at(4)));
        transfer.stage = Stage::Accepted { paused: true };
        assert_eq!((transfer.due(), transfer.refusal(key)), (None, Some(NotNow::Halted)));
    }

    #[test]
    fn whoever_asks_for_what_was_offered_to_them_has_accepted_it() {
        let key = Key { peer: PeerId::from_bytes([1; 32]), message: MessageId::from_bytes([1; 16]), mine: true };
        let mut transfer = accepted();
        transfer.stage = Stage::Offered;
        assert_eq!(transfer.refusal(key), None);
        assert_eq!(transfer.refusal(Key { mine: false, ..key }), Some(NotNow::Unknown));
    }
}
