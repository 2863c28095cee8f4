//! The few numbers that the engine and the packets' path tell each other. The path runs on the stack's own task, so they
//! are atomics: nobody waits for anybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::pace::Counts;

/// How a packet that was sent fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// When it left.
    pub departure: Instant,
    /// When it arrived, on the other side's clock, whose zero is unknown; `None` when it was lost.
    pub arrival: Option<Duration>,
    /// Its size.
    pub bytes: usize,
}

/// One report of the other side about what arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// What the crate's estimator makes of it, in bits per second.
    pub estimate: u64,
    /// Each packet.
    pub packets: Vec<Arrived>,
}

/// Counters of one connection's packets, since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes of sound that left.
    pub sound_bytes: u64,
    /// Bytes of picture that left.
    pub picture_bytes: u64,
    /// Bytes sent again.
    pub repair_bytes: u64,
    /// Packets sent again.
    pub repairs: u64,
    /// Packets that the other side asked for again.
    pub asked_of_us: u64,
    /// Packets not sent again, because too many were asked for.
    pub repairs_refused: u64,
    /// Packets of picture that waited too long to be of use.
    pub dropped_by_age: u64,
    /// Packets this side asked for again.
    pub asked: u64,
    /// Packets that came again.
    pub repaired: u64,
    /// Packets found missing.
    pub missing: u64,
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<Numbers>);

#[derive(Debug, Default)]
struct Numbers {
    pacing_bits: AtomicU64,
    round_trip_us: AtomicU64,
    waiting_us: AtomicU64,
    picture_waiting_us: AtomicU64,
    frame_lost: AtomicBool,
    sound_bytes: AtomicU64,
    picture_bytes: AtomicU64,
    repair_bytes: AtomicU64,
    repairs: AtomicU64,
    asked_of_us: AtomicU64,
    repairs_refused: AtomicU64,
    dropped_by_age: AtomicU64,
    asked: AtomicU64,
    repaired: AtomicU64,
    missing: AtomicU64,
}

/// Before anything is known: a LAN with a slow Wi-Fi in it.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(40);

impl Shared {
    pub(super) fn new(pacing_bits: u64) -> Self {
        Self(Arc::new(Numbers {
            pacing_bits: pacing_bits.into(),
            round_trip_us: (FIRST_ROUND_TRIP.as_micros() as u64).into(),
            ..Numbers::default()
        }))
    }

    pub(super) fn pace(&self, bits: u64) {
        self.0.pacing_bits.store(bits, Ordering::Relaxed);
    }

    pub(super) fn pacing_bits(&self) -> u64 {
        self.0.pacing_bits.load(Ordering::Relaxed)
    }

    /// Feedback waits up to 100 ms for its turn, so the quickest of late says most: down at once, up by an eighth.
    pub(super) fn round_trip(&self, seen: Duration) {
        let seen = seen.as_micros() as u64;
        let before = self.0.round_trip_us.load(Ordering::Relaxed);
        let now = if seen < before { seen } else { before + (seen - before) / 8 };
        self.0.round_trip_us.store(now, Ordering::Relaxed);
    }

    pub(super) fn round_trip_now(&self) -> Duration {
        Duration::from_micros(self.0.round_trip_us.load(Ordering::Relaxed))
    }

    pub(super) fn waiting(&self, all: Duration, picture: Duration) {
        self.0.waiting_us.store(all.as_micros() as u64, Ordering::Relaxed);
        self.0.picture_waiting_us.store(picture.as_micros() as u64, Ordering::Relaxed);
    }

    pub(super) fn waiting_now(&self) -> Duration {
        Duration::from_micros(self.0.waiting_us.load(Ordering::Relaxed))
    }

    pub(super) fn picture_waiting_now(&self) -> Duration {
        Duration::from_micros(self.0.picture_waiting_us.load(Ordering::Relaxed))
    }

    pub(super) fn lost_a_frame(&self) {
        self.0.frame_lost.store(true, Ordering::Relaxed);
    }

    /// True once for each time a frame was given up on the way out.
    pub(super) fn take_lost_frame(&self) -> bool {
        self.0.frame_lost.swap(false, Ordering::Relaxed)
    }

    /// What left, and what was kept back, in all so far.
    pub(super) fn left(&self, counts: Counts) {
        let store = |number: &AtomicU64, value| number.store(value, Ordering::Relaxed);
        store(&self.0.sound_bytes, counts.sound_bytes);
        store(&self.0.picture_bytes, counts.picture_bytes);
        store(&self.0.repair_bytes, counts.repair_bytes);
        store(&self.0.repairs_refused, counts.repair_refused);
        store(&self.0.dropped_by_age, counts.dropped_by_age + counts.dropped_by_size);
    }

    pub(super) fn sent_again(&self) {
        self.0.repairs.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn asked_of_us(&self, packets: u64) {
        self.0.asked_of_us.fetch_add(packets, Ordering::Relaxed);
    }

    pub(super) fn asked(&self, packets: u64) {
        self.0.asked.fetch_add(packets, Ordering::Relaxed);
    }

    pub(super) fn repaired(&self) {
        self.0.repaired.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn missing(&self, packets: u64) {
        self.0.missing.fetch_add(packets, Ordering::Relaxed);
    }

    pub(super) fn traffic(&self) -> Traffic {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Traffic {
            sound_bytes: read(&self.0.sound_bytes),
            picture_bytes: read(&self.0.picture_bytes),
            repair_bytes: read(&self.0.repair_bytes),
            repairs: read(&self.0.repairs),
            asked_of_us: read(&self.0.asked_of_us),
            repairs_refused: read(&self.0.repairs_refused),
            dropped_by_age: read(&self.0.dropped_by_age),
            asked: read(&self.0.asked),
            repaired: read(&self.0.repaired),
            missing: read(&self.0.missing),
        }
    }
}
