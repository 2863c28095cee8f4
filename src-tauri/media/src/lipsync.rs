//! Keeps the sound and the picture of one peer together.
//!
//! Sender reports (RFC 3550, 6.4.1) say at which moment of the sender's clock each was taken. What is heard now then
//! tells how far behind the sender the ear is, and each picture is shown when it is as far behind. People notice sound
//! that is 45 ms early or 125 ms late (ITU-R BT.1359); 80 ms is the bound here.
//!
//! Pictures that come early wait for their sound. When they are late all the time, the sound is held back, slowly.

use std::time::{Duration, Instant};

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 48 kHz.
    Sound,
    /// 90 kHz.
    Picture,
}

/// Microseconds.
type Micros = i64;

/// A picture may be so much before its sound: seven eighths of what is allowed, since nobody notices it and everybody
/// notices a picture that is late. On a quiet network sound is some 85 ms behind its picture in a desktop's window (jitter
/// buffer, page, loudspeaker), and each millisecond here is one less that pictures wait.
const LEAD: Micros = 70_000;
/// The longest that a picture waits.
const MOST_WAIT: Micros = 200_000;
/// The most that sound is held back.
const MOST_BACK: Micros = 200_000;
/// How fast that changes, for each second: 25 ms are played 2.5 % slower, which is not noticed, and 120 ms are gone in
/// 5 s.
const PACE: Micros = 25_000;
/// So little is left alone.
const LITTLE: Micros = 10_000;
/// What is further apart than this is not believed: one of the reports is wrong.
const FAR: Micros = 2_000_000;
/// When nothing was heard for so long, pictures do not wait for sound.
const STALE: Micros = 2_000_000;
/// Time constant of what is smoothed.
const SMOOTH: Micros = 500_000;
/// The longest step between two pictures that counts in full, lest a pause makes a leap.
const LONGEST_STEP: Micros = 200_000;

/// Which moment of the sender's clock an RTP timestamp is.
#[derive(Debug, Clone, Copy)]
struct Mapping {
    ntp: u64,
    rtp: u32,
}

impl Mapping {
    /// The moment of this timestamp, in microseconds of the sender's clock.
    fn moment(self, timestamp: u64, rate: Micros) -> Micros {
        // The nearest place modulo 2^32: hours away for both clocks, and reports come every few seconds.
        let ticks = Micros::from((timestamp as u32).wrapping_sub(self.rtp).cast_signed());
        // The year 2036, where NTP's seconds wrap, lies at 0 so.
        let seconds_32 = i128::from(self.ntp.cast_signed());
        let reported = Micros::try_from((seconds_32 * 1_000_000) >> 32).unwrap_or(0);
        reported.saturating_add(ticks * 1_000_000 / rate)
    }
}

/// A value that follows its samples with a time constant of [`SMOOTH`].
#[derive(Debug, Clone, Copy)]
struct Smooth {
    value: f64,
    at: Micros,
}

impl Smooth {
    fn follow(smooth: &mut Option<Self>, sample: Micros, at: Micros) -> f64 {
        let sample = sample as f64;
        let value = smooth.map_or(sample, |before| {
            let step = at.saturating_sub(before.at).clamp(0, SMOOTH) as f64;
            before.value + (sample - before.value) * step / SMOOTH as f64
        });
        *smooth = Some(Self { value, at });
        value
    }
}

/// The sound and the picture of one peer.
#[derive(Debug, Default)]
pub struct LipSync {
    origin: Option<Instant>,
    sound: Option<Mapping>,
    picture: Option<Mapping>,
    /// When something was last heard.
    heard: Option<Micros>,
    /// How far what is heard lies behind the sender's clock, smoothed, with any constant added.
    behind: Option<Smooth>,
    /// How late pictures come, negative when they are early, and how late they are handed on.
    late: Option<Smooth>,
    skew: Option<Smooth>,
    back: Micros,
    last_picture: Option<Micros>,
    handed_on: Micros,
}

impl LipSync {
    /// A sender report said that the sender's clock showed `ntp` (seconds since 1900, 32.32) at the RTP time `rtp`. A
    /// sender without a clock says 0, which is ignored.
    pub fn report(&mut self, kind: Kind, ntp: u64, rtp: u32) {
        if ntp == 0 {
            return;
        }
        let mapping = Some(Mapping { ntp, rtp });
        match kind {
            Kind::Sound => self.sound = mapping,
            Kind::Picture => self.picture = mapping,
        }
    }

    /// Sound with this RTP timestamp is played now. To be called after each pull.
    pub fn heard(&mut self, timestamp: u64, now: Instant) {
        let at = self.since(now);
        if self.heard.is_none_or(|before| at.saturating_sub(before) > STALE) {
            self.behind = None;
        }
        self.heard = Some(at);
        if let Some(sound) = self.sound {
            let behind = at.saturating_sub(sound.moment(timestamp, 48_000));
            if self.behind.is_some_and(|before| (before.value - behind as f64).abs() > FAR as f64) {
                self.behind = None;
            }
            Smooth::follow(&mut self.behind, behind, at);
        }
    }

    /// When to hand on the picture with this RTP timestamp, which arrived just now: at most 70 ms before its sound, but
    /// never more than 200 ms from now, and never before one that came earlier. At once when not enough is known.
    pub fn show_at(&mut self, timestamp: u64, arrived: Instant) -> Instant {
        let at = self.since(arrived);
        // Not before the one that came before.
        let soonest = self.handed_on.clamp(at, at.saturating_add(MOST_WAIT));
        let due = self.due(timestamp, at);
        let wanted = due.map_or(at, |due| due.saturating_sub(LEAD));
        let handed_on = wanted.clamp(soonest, at.saturating_add(MOST_WAIT));
        self.handed_on = handed_on;
        if let Some(due) = due {
            Smooth::follow(&mut self.skew, handed_on.saturating_sub(due), at);
            let late = Smooth::follow(&mut self.late, at.saturating_sub(due), at);
            self.hold_back(late, at);
        } else {
            self.skew = None;
            self.late = None;
        }
        arrived + Duration::from_micros(u64::try_from(handed_on.saturating_sub(at)).unwrap_or(0))
    }

    /// How much the sound should be held back, up to 200 ms: for [`Ear::hold_back`](crate::sound::Ear::hold_back). It
    /// changes by 25 ms in a second.
    pub fn sound_delay(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.back).unwrap_or(0))
    }

    /// How many milliseconds the picture is handed on after its sound is played, negative when it is before, smoothed;
    /// `None` until both are known.
    pub fn skew(&self) -> Option<f64> {
        self.skew.map(|skew| skew.value / 1000.0)
    }

    /// When the sound of this picture is played.
    fn due(&self, timestamp: u64, at: Micros) -> Option<Micros> {
        let heard = self.heard?;
        let picture = self.picture?;
        let behind = self.behind?.value as Micros;
        let due = picture.moment(timestamp, 90_000).saturating_add(behind);
        let believed = due.saturating_sub(at).saturating_abs() <= FAR && at.saturating_sub(heard) <= STALE;
        believed.then_some(due)
    }

    /// Pictures come `late`: hold the sound back a little more, or less.
    fn hold_back(&mut self, late: f64, at: Micros) {
        let step = self.last_picture.map_or(0, |before| at.saturating_sub(before).clamp(0, LONGEST_STEP));
        self.last_picture = Some(at);
        let late = late as Micros;
        if late.abs() > LITTLE {
            let change = (PACE * step / 1_000_000).min(late.abs());
            self.back = (self.back + change * late.signum()).clamp(0, MOST_BACK);
        }
    }

    fn since(&mut self, now: Instant) -> Micros {
        let origin = *self.origin.get_or_insert(now);
        Micros::try_from(now.saturating_duration_since(origin).as_micros()).unwrap_or(Micros::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Where both RTP clocks begin, near their wraps.
    const SOUND_ZERO: u32 = u32::MAX - 48_000;
    const PICTURE_ZERO: u32 = u32::MAX - 2 * 90_000;
    /// Seconds of the sender's clock at the beginning: in 2026.
    const NTP_ZERO: u64 = 4_000_000_000 << 32;

    fn place(zero: u32, millis: u64, kilohertz: u64) -> u64 {
        (1 << 32) + u64::from(zero) + millis * kilohertz
    }

    /// A call in which sound is heard, and pictures come, so long after they were taken.
    struct Call {
        sync: LipSync,
        start: Instant,
        sound_ms: u64,
        picture_ms: u64,
        jitter_ms: u64,
        /// What the ear has done of what it was asked for.
        held_ms: f64,
        reports: bool,
    }

    /// What happened in the last second.
    #[derive(Debug)]
    struct Second {
        /// How much later than its sound a picture was shown, or how much more than [`LEAD`] before it.
        worst_ms: f64,
        longest_wait_ms: f64,
    }

    impl Call {
        fn new(sound_ms: u64, picture_ms: u64) -> Self {
            let (sync, start) = (LipSync::default(), Instant::now());
            Self { sync, start, sound_ms, picture_ms, jitter_ms: 0, held_ms: 0.0, reports: true }
        }

        fn run(&mut self, seconds: u64) -> Second {
            let mut last = Second { worst_ms: 0.0, longest_wait_ms: 0.0 };
            for millis in (1000..1000 + seconds * 1000).step_by(10) {
                let now = self.start + Duration::from_millis(millis);
                if millis % 1000 == 0 && self.reports {
                    let ntp = NTP_ZERO + ((millis << 32) / 1000);
                    self.sync.report(Kind::Sound, ntp, SOUND_ZERO.wrapping_add(millis as u32 * 48));
                    self.sync.report(Kind::Picture, ntp, PICTURE_ZERO.wrapping_add(millis as u32 * 90));
                }
                // An ear stretches by some 5 %.
                let asked = self.sync.sound_delay().as_secs_f64() * 1e3;
                self.held_ms += (asked - self.held_ms).clamp(-0.5, 0.5);
                let heard = millis - self.sound_ms - self.held_ms as u64;
                self.sync.heard(place(SOUND_ZERO, heard, 48), now);
                if millis % 30 == 0 {
                    let taken = millis - self.picture_ms;
                    let now = now + Duration::from_millis(millis / 30 * 7919 % (self.jitter_ms + 1));
                    let shown = self.sync.show_at(place(PICTURE_ZERO, taken, 90), now);
                    let wait = shown.duration_since(now).as_secs_f64() * 1e3;
                    let shown_ms = shown.duration_since(self.start).as_secs_f64() * 1e3;
                    let skew = shown_ms - taken as f64 - (self.sound_ms as f64 + self.held_ms);
                    if millis > seconds * 1000 {
                        last.worst_ms = last.worst_ms.max(skew).max(-skew - LEAD as f64 / 1e3);
                        last.longest_wait_ms = last.longest_wait_ms.max(wait);
                    }
                }
            }
            self.start += Duration::from_secs(1000);
            last
        }
    }

    #[test]
    fn a_faster_picture_waits_for_its_sound() {
        let mut call = Call::new(150, 30);
        let second = call.run(5);
        assert!(second.worst_ms < 20.0, "{second:?}");
        let skew = call.sync.skew().unwrap();
        assert!((-70.0..-20.0).contains(&skew), "{skew}");
        assert_eq!(call.sync.sound_delay(), Duration::ZERO);
    }

    #[test]
    fn a_picture_that_is_little_faster_is_shown_at_once() {
        let mut call = Call::new(50, 20);
        let second = call.run(5);
        assert!(second.longest_wait_ms <= 0.0 && second.worst_ms <= 0.0, "{second:?}");
    }

    #[test]
    fn sound_is_held_back_for_a_slower_picture() {
        let mut call = Call::new(50, 170);
        let second = call.run(6);
        assert!(second.worst_ms < 40.0, "{second:?}");
        let back = call.sync.sound_delay();
        assert!((80..=140).contains(&back.as_millis()), "{back:?}");
        let mut call = Call::new(50, 170);
        assert!(call.run(5).worst_ms < 80.0);
    }

    #[test]
    fn it_settles_and_does_not_swing() {
        for (sound, picture) in [(50, 170), (170, 50), (60, 60)] {
            let mut call = Call::new(sound, picture);
            call.jitter_ms = 30;
            let second = call.run(60);
            assert!(second.worst_ms < 50.0, "{sound} and {picture}: {second:?}");
            let skew = call.sync.skew().unwrap();
            assert!((-70.0..30.0).contains(&skew), "{skew}");
        }
    }

    #[test]
    fn the_sound_is_let_go_again() {
        let mut sync = LipSync { back: MOST_BACK, ..LipSync::default() };
        let start = Instant::now();
        for n in 0..=200 {
            sync.hold_back(-100_000.0, n * 50_000);
        }
        assert_eq!(sync.sound_delay(), Duration::ZERO);
        assert_eq!(sync.show_at(0, start), start);
    }

    #[test]
    fn nobody_waits_for_more_than_200_ms() {
        let mut call = Call::new(900, 30);
        let second = call.run(5);
        assert!((199.0..=200.0).contains(&second.longest_wait_ms), "{second:?}");
    }

    #[test]
    fn nobody_waits_without_reports_or_for_sound_that_is_silent_or_nonsense() {
        let mut call = Call::new(150, 30);
        call.reports = false;
        assert!(call.run(5).longest_wait_ms <= 0.0);
        assert_eq!(call.sync.skew(), None);
        let mut call = Call::new(150, 30);
        call.run(5);
        let later = call.start + Duration::from_secs(3);
        assert_eq!(call.sync.show_at(place(PICTURE_ZERO, 8000, 90), later), later, "nothing was heard for 3 s");
        let mut call = Call::new(150, 30);
        call.run(5);
        call.sync.report(Kind::Sound, 1 << 60, 0);
        call.reports = false;
        assert!(call.run(5).longest_wait_ms <= 0.0);
        call.sync.report(Kind::Picture, 0, 12_345);
        assert_ne!(call.sync.picture.map(|mapping| mapping.ntp), Some(0));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Report { picture: bool, ntp: u64, rtp: u32 },
        Heard { timestamp: u64 },
        Show { timestamp: u64 },
        Time { millis: u16 },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (any::<bool>(), any::<u64>(), any::<u32>()).prop_map(|(picture, ntp, rtp)| Step::Report {
                picture,
                ntp,
                rtp
            }),
            (any::<bool>(), 0..200_u64, 0..9000_u32).prop_map(|(picture, ntp, rtp)| Step::Report {
                picture,
                ntp: ntp << 28,
                rtp
            }),
            prop_oneof![any::<u64>(), 0..9000_u64].prop_map(|timestamp| Step::Heard { timestamp }),
            prop_oneof![any::<u64>(), 0..9000_u64].prop_map(|timestamp| Step::Show { timestamp }),
            any::<u16>().prop_map(|millis| Step::Time { millis }),
        ]
    }

    proptest! {
        #[test]
        fn anything_may_be_reported(steps in prop::collection::vec(step(), 0..100)) {
            let mut sync = LipSync::default();
            let mut now = Instant::now();
            let mut last = now;
            for step in steps {
                match step {
                    Step::Report { picture, ntp, rtp } => {
                        sync.report(if picture { Kind::Picture } else { Kind::Sound }, ntp, rtp);
                    }
                    Step::Heard { timestamp } => sync.heard(timestamp, now),
                    Step::Show { timestamp } => {
                        let shown = sync.show_at(timestamp, now);
                        prop_assert!(shown >= now && shown <= now + Duration::from_millis(200));
                        prop_assert!(shown >= last, "in order");
                        last = shown;
                    }
                    Step::Time { millis } => now += Duration::from_millis(millis.into()),
                }
                prop_assert!(sync.sound_delay() <= Duration::from_millis(200));
            }
        }
    }
}
