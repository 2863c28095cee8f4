//! The page's camera as the engine sees it: when its next picture is wanted, on which terms, and when one was taken.
//!
//! A camera has a clock of its own, and asking about each picture would delay it by the way to the page and back, and
//! leave some out where that takes long. So the page is told beforehand how to encode what comes, and told otherwise when
//! that changes. With each picture the engine is asked about the next.

use std::time::{Duration, Instant};

use dogeller_core::wire::media::EngineWord;
use dogeller_media::booth::Terms;
use dogeller_media::video::Codec;

/// The time of a picture at 30 a second. When none came for so long, the engine is asked again.
const INTERVAL: Duration = Duration::from_millis(33);
/// Ticks of a picture's RTP clock in a millisecond (RFC 7741).
const TICKS: i64 = 90;
/// How often the two clocks are compared anew: what was found in the last two of these counts.
const COMPARED: Duration = Duration::from_secs(5);
/// A key frame comes with the next picture or the one after.
const OVERDUE: Duration = Duration::from_millis(500);
/// A change of the terms by less than a tenth is not worth a word.
const LITTLE: u64 = 10;

/// See the module.
#[derive(Debug)]
pub(super) struct Camera {
    on: bool,
    /// When the engine shall next be asked whether it wants a picture.
    next: Instant,
    told: Told,
    /// The terms of the present, and when they were given.
    terms: Option<(Terms, Instant)>,
    /// A key frame was asked for and has not come, since when.
    owed: Option<Instant>,
    clock: Clock,
    last: Option<u32>,
}

/// What the page was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nothing, or it may not have heard it, or another connection told it something.
    Unknown,
    Hold,
    Encode {
        bits: u64,
        key: bool,
    },
}

impl Camera {
    pub(super) fn new(now: Instant) -> Self {
        Self { on: false, next: now, told: Told::Unknown, terms: None, owed: None, clock: Clock::new(now), last: None }
    }

    /// There is a picture now, or there is none any more.
    pub(super) fn switch(&mut self, on: bool, now: Instant) {
        self.on = on;
        self.next = now;
    }

    /// When the engine may want a picture.
    pub(super) fn due(&self) -> Option<Instant> {
        self.on.then_some(self.next)
    }

    /// The engine wants one; the word for the page, where there is one to be said.
    pub(super) fn want(&mut self, terms: Terms, now: Instant) -> Option<EngineWord> {
        self.next = now + INTERVAL;
        if terms.key {
            self.owed.get_or_insert(now);
        }
        if terms.codec != Codec::Vp8 {
            return None;
        }
        self.terms = Some((terms, now));
        let told = Told::Encode { bits: terms.bits, key: self.owed.is_some() };
        // One that was asked for long ago was lost on its way.
        let lost = self.owed.is_some_and(|since| now.saturating_duration_since(since) >= OVERDUE);
        if lost {
            self.owed = Some(now);
        }
        if !lost && self.told.is_nearly(told) {
            return None;
        }
        self.told = told;
        Some(EngineWord::Encode { bits: terms.bits, key: self.owed.is_some() })
    }

    /// The engine wants none for now.
    pub(super) fn skip(&mut self, now: Instant) -> Option<EngineWord> {
        self.next = now + INTERVAL;
        (std::mem::replace(&mut self.told, Told::Hold) != Told::Hold).then_some(EngineWord::Hold)
    }

    /// The last word did not reach the page.
    pub(super) fn unsaid(&mut self) {
        self.told = Told::Unknown;
    }

    /// Whether a picture was ever wanted.
    pub(super) fn is_wanted(&self) -> bool {
        self.terms.is_some()
    }

    /// A picture came that was taken at this moment of the page's clock: its RTP time. `None` when none was ever wanted.
    pub(super) fn taken(&mut self, at: f64, key: bool, now: Instant) -> Option<u32> {
        let (terms, told) = self.terms?;
        if key {
            self.owed = None;
            // The page takes its word as kept.
            if let Told::Encode { key, .. } = &mut self.told {
                *key = false;
            }
        }
        self.next = now;
        let behind = self.clock.behind(at, now);
        // The first may have come before it was wanted.
        let since = match now.checked_duration_since(told) {
            Some(since) => since.as_micros() as i64,
            None => -(told.saturating_duration_since(now).as_micros() as i64),
        };
        let since = since - behind;
        let timestamp = terms.timestamp.wrapping_add((since * TICKS / 1000) as u32);
        // Never backwards, whatever the page's clock does.
        let timestamp = match self.last {
            Some(last) if timestamp.wrapping_sub(last).cast_signed() <= 0 => last.wrapping_add(1),
            Some(_) | None => timestamp,
        };
        self.last = Some(timestamp);
        Some(timestamp)
    }
}

impl Told {
    fn is_nearly(self, other: Self) -> bool {
        match (self, other) {
            (Self::Encode { bits, key }, Self::Encode { bits: others, key: other }) => {
                key == other && bits.abs_diff(others) <= bits / LITTLE
            }
            (Self::Unknown | Self::Hold | Self::Encode { .. }, Self::Unknown | Self::Hold | Self::Encode { .. }) => {
                false
            }
        }
    }
}

/// The page's clock against ours: what comes soonest after it was taken shows how far they are apart.
#[derive(Debug)]
struct Clock {
    origin: Instant,
    turned: Instant,
    /// The least difference since the last turn, and in the time before, in microseconds.
    least: Option<i64>,
    before: Option<i64>,
}

impl Clock {
    fn new(now: Instant) -> Self {
        Self { origin: now, turned: now, least: None, before: None }
    }

    /// How long ago something was taken that comes now, in microseconds, over the soonest.
    fn behind(&mut self, taken: f64, now: Instant) -> i64 {
        if now.saturating_duration_since(self.turned) >= COMPARED {
            self.turned = now;
            self.before = self.least.take();
        }
        let here = now.saturating_duration_since(self.origin).as_micros() as i64;
        let difference = here.saturating_sub(taken as i64);
        let least = self.least.map_or(difference, |least| least.min(difference));
        self.least = Some(least);
        let soonest = self.before.map_or(least, |before| before.min(least));
        difference.saturating_sub(soonest).clamp(0, 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(bits: u64, key: bool, timestamp: u32) -> Terms {
        Terms { codec: Codec::Vp8, bits, key, timestamp }
    }

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_camera_that_is_off_is_not_asked() {
        let now = Instant::now();
        let mut camera = Camera::new(now);
        assert_eq!(camera.due(), None);
        camera.switch(true, now);
        assert_eq!(camera.due(), Some(now));
        camera.switch(false, now);
        assert_eq!(camera.due(), None);
    }

    #[test]
    fn the_page_is_told_once_and_again_when_something_changes() {
        let now = Instant::now();
        let mut camera = Camera::new(now);
        camera.switch(true, now);
        let first = camera.want(terms(1000, true, 0), now);
        assert_eq!(first, Some(EngineWord::Encode { bits: 1000, key: true }));
        // The key frame is owed until it came, whatever is asked for meanwhile.
        assert_eq!(camera.want(terms(1050, false, 0), now + ms(33)), None);
        assert_eq!(
            camera.want(terms(2000, false, 0), now + ms(66)),
            Some(EngineWord::Encode { bits: 2000, key: true })
        );
        assert!(camera.taken(0.0, true, now + ms(70)).is_some());
        assert_eq!(camera.due(), Some(now + ms(70)));
        // The page takes one key frame for the word it was told.
        assert_eq!(camera.want(terms(2000, false, 0), now + ms(70)), None);
        assert!(camera.want(terms(2000, true, 0), now + ms(133)).is_some());
    }

    #[test]
    fn a_word_that_is_lost_is_said_again() {
        let now = Instant::now();
        let mut camera = Camera::new(now);
        camera.switch(true, now);
        assert!(camera.want(terms(1000, true, 0), now).is_some());
        camera.unsaid();
        assert!(camera.want(terms(1000, false, 0), now + ms(33)).is_some());
        assert_eq!(camera.want(terms(1000, false, 0), now + ms(66)), None);
        // The key frame itself was lost, and the page thinks it kept its word.
        let again = camera.want(terms(1000, false, 0), now + ms(500));
        assert_eq!(again, Some(EngineWord::Encode { bits: 1000, key: true }));
        assert!(camera.skip(now + ms(533)).is_some());
        camera.unsaid();
        assert!(camera.skip(now + ms(566)).is_some());
    }

    #[test]
    fn a_full_path_takes_the_word_back() {
        let now = Instant::now();
        let mut camera = Camera::new(now);
        camera.switch(true, now);
        // What another connection told the page is not known here.
        assert_eq!(camera.skip(now), Some(EngineWord::Hold));
        assert_eq!(camera.skip(now), None);
        camera.want(terms(1000, false, 0), now);
        assert_eq!(camera.skip(now + ms(33)), Some(EngineWord::Hold));
        assert_eq!(camera.skip(now + ms(66)), None);
        assert_eq!(camera.due(), Some(now + ms(99)));
    }

    #[test]
    fn a_picture_has_the_time_it_was_taken_at_however_long_it_was_under_way() {
        let now = Instant::now();
        let mut camera = Camera::new(now);
        camera.switch(true, now);
        assert_eq!(camera.taken(0.0, true, now), None, "nothing was ever wanted");
        // Taken every 40 ms on a clock that shows something else; under way for 5, 5, 30 and 5 ms.
        let mut times = Vec::new();
        for (n, way) in [5, 5, 30, 5].into_iter().enumerate() {
            let taken = 40 * n as u64;
            let arrives = now + ms(taken + way);
            camera.want(terms(1000, false, (taken as u32 + 3) * 90), now + ms(taken + 3));
            times.push(camera.taken(7e9 + taken as f64 * 1000.0, false, arrives).unwrap() / 90);
        }
        assert_eq!(times, [5, 45, 85, 125]);
    }

    #[test]
    fn time_never_goes_back() {
        let now = Instant::now();
        let mut camera = Camera::new(now);
        camera.switch(true, now);
        camera.want(terms(1000, false, 9000), now);
        let first = camera.taken(1e6, false, now + ms(10)).unwrap();
        let second = camera.taken(-1e300, false, now + ms(10)).unwrap();
        assert_eq!(second.wrapping_sub(first), 1);
    }
}
