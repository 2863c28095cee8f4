//! What the rate promises, told report by report. Whole calls are in `pace/sim`.

use proptest::prelude::*;

use super::*;

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A path that answers at once: what it carries, loses and lets wait.
struct Path {
    now: Instant,
    rate: Rate,
    decision: Decision,
}

impl Path {
    fn new() -> Self {
        let start = Instant::now();
        let mut rate = Rate::new(600_000, start);
        let decision = rate.decide(start);
        Self { now: start, rate, decision }
    }

    /// For this many seconds: 50 packets of sound of 100 bytes a second, the picture, and a report each 100 ms, if any.
    fn run(&mut self, seconds: f64, loss: f64, queueing: Duration, reports: bool) {
        for _ in 0..(seconds * 10.0).round() as u64 {
            let picture = if self.decision.hold { 0 } else { self.decision.picture_bits / 80 };
            for _ in 0..5 {
                self.rate.sent(Kind::Sound, 100, self.now);
            }
            self.rate.sent(Kind::Picture, picture as usize, self.now);
            let (bytes, packets) = (500 + picture, 5 + picture / 1200);
            self.now += ms(100);
            if reports {
                let lost = (packets as f64 * loss).round() as u32;
                let report = Feedback {
                    sent_bytes: bytes,
                    acked_bytes: (bytes as f64 * (1.0 - loss)) as u64,
                    lost,
                    arrived: packets as u32 - lost,
                    queueing: Some(queueing),
                    newest: Some(self.now - ms(5)),
                    round_trip: Some(ms(5)),
                };
                self.rate.feedback(self.now, report);
            }
            self.decision = self.rate.decide(self.now);
        }
    }

    fn total(&self) -> f64 {
        self.rate.target
    }
}

#[test]
fn a_call_starts_modestly_and_is_sharp_after_four_seconds() {
    let mut path = Path::new();
    assert!(!path.decision.hold);
    assert!((500_000..=600_000).contains(&path.decision.picture_bits));
    path.run(4.0, 0.0, ms(1), true);
    assert!(path.decision.picture_bits >= 2_400_000, "{:?}", path.decision);
    path.run(10.0, 0.0, ms(1), true);
    assert!(path.total() <= 4_000_000.0);
}

#[test]
fn a_ceiling_holds_at_once() {
    let mut path = Path::new();
    path.run(5.0, 0.0, ms(1), true);
    path.rate.set_ceiling(700_000);
    path.run(0.1, 0.0, ms(1), true);
    assert!(path.decision.pacing_bits <= 700_000 && path.decision.picture_bits < 700_000);
}

#[test]
fn an_encoder_with_nothing_to_say_proves_nothing() {
    let mut path = Path::new();
    path.rate.estimate(4_000_000);
    for _ in 0..100 {
        path.rate.sent(Kind::Picture, 2500, path.now);
        path.now += ms(100);
        let report = Feedback { sent_bytes: 2500, acked_bytes: 2500, arrived: 3, ..Feedback::default() };
        path.rate.feedback(path.now, report);
        path.rate.decide(path.now);
    }
    assert!(path.total() <= 600_000.0, "200 kbit/s arrived: {}", path.total());
}

#[test]
fn a_falling_estimate_limits_and_a_slow_one_does_not() {
    let mut path = Path::new();
    path.rate.estimate(600_000);
    path.run(4.0, 0.0, ms(1), true);
    assert!(path.total() >= 2_400_000.0, "it never fell: {}", path.total());
    path.run(0.1, 0.0, ms(20), true);
    let before = path.total();
    path.rate.estimate(1_500_000);
    path.rate.estimate(700_000);
    path.run(0.1, 0.0, ms(35), true);
    // Not below 0.85 of what arrives, however far it fell.
    let share = path.total() / before;
    assert!((0.6..0.9).contains(&share), "{share}");
}

#[test]
fn a_queue_cuts_and_a_long_one_holds_until_it_is_gone() {
    let mut path = Path::new();
    path.run(4.0, 0.0, ms(1), true);
    let before = path.total();
    path.run(0.2, 0.0, ms(150), true);
    assert!(path.total() < before * 0.95 && !path.decision.hold);
    path.run(0.1, 0.0, ms(300), true);
    assert!(path.decision.hold);
    path.run(0.3, 0.0, ms(110), true);
    assert!(path.decision.hold);
    path.run(0.1, 0.0, ms(90), true);
    assert!(!path.decision.hold);
    // What was held back is not taken for what the link carries.
    assert!(path.total() > 500_000.0, "{}", path.total());
}

#[test]
fn a_link_that_became_narrow_shows_before_its_queue_does() {
    let mut path = Path::new();
    path.run(4.0, 0.0, ms(1), true);
    let before = path.total();
    // A sixth of what leaves arrives, none of which waited long: the newest reported is older each time.
    for nth in 1..=4 {
        let bytes = path.decision.picture_bits / 80;
        path.rate.sent(Kind::Picture, bytes as usize, path.now);
        path.now += ms(100);
        let report = Feedback {
            sent_bytes: bytes / 6,
            acked_bytes: bytes / 6,
            arrived: 5,
            queueing: Some(ms(1)),
            newest: Some(path.now - ms(5 + 80 * nth)),
            ..Feedback::default()
        };
        path.rate.feedback(path.now, report);
        path.decision = path.rate.decide(path.now);
    }
    assert!(path.total() < before * 0.6, "{} of {before}", path.total());
}

#[test]
fn a_queue_that_is_not_ours_does_not_hold_for_ever() {
    let mut path = Path::new();
    path.run(4.0, 0.0, ms(1), true);
    path.run(3.2, 0.0, ms(400), true);
    for _ in 0..200 {
        path.run(0.1, 0.0, ms(400), true);
        assert!(!path.decision.hold);
    }
    // The smallest picture, for it may be ours after all.
    assert!(path.decision.picture_bits < 100_000, "{:?}", path.decision);
}

#[test]
fn silence_halves_and_then_holds_but_tries_again() {
    let mut path = Path::new();
    path.run(4.0, 0.0, ms(1), true);
    let before = path.total();
    path.run(0.4, 0.0, ms(1), false);
    assert!(path.total() > before * 0.9);
    path.run(0.2, 0.0, ms(1), false);
    assert!((0.4..0.6).contains(&(path.total() / before)), "halved once");
    path.run(0.9, 0.0, ms(1), false);
    assert!(path.decision.hold);
    let mut tried = 0;
    for _ in 0..50 {
        path.run(0.1, 0.0, ms(1), false);
        tried += u32::from(!path.decision.hold);
    }
    assert!((4..=12).contains(&tried), "a moment each second: {tried}");
    path.run(3.0, 0.0, ms(1), true);
    assert!(!path.decision.hold && path.total() > before * 0.8);
}

#[test]
fn a_hold_ends_where_only_the_picture_is_reported_on() {
    let mut path = Path::new();
    path.run(4.0, 0.0, ms(1), true);
    path.run(0.2, 0.0, ms(300), true);
    assert!(path.decision.hold);
    let mut tried = 0;
    for _ in 0..50 {
        path.run(0.1, 0.0, ms(1), false);
        tried += u32::from(!path.decision.hold);
    }
    assert!(tried >= 4, "{tried}");
}

#[test]
fn a_policer_without_a_queue_is_found() {
    let mut path = Path::new();
    // It lets 300 kbit/s through and drops the rest at once.
    let mut sum = 0.0;
    for nth in 0..200 {
        let loss = (1.0 - 300_000.0 / path.total()).max(0.0);
        path.run(0.1, loss, ms(1), true);
        sum += if nth < 100 { 0.0 } else { path.total() };
    }
    assert!((200_000.0..420_000.0).contains(&(sum / 100.0)), "{sum}");
}

#[test]
fn too_little_for_a_picture_is_sound_alone() {
    let mut path = Path::new();
    path.rate.set_ceiling(80_000);
    path.run(1.0, 0.0, ms(1), true);
    assert!(path.decision.hold && path.decision.picture_bits >= 60_000);
}

proptest! {
    #[test]
    fn no_report_makes_a_rate_out_of_bounds(
        reports in proptest::collection::vec(
            (any::<u64>(), any::<u64>(), any::<u32>(), any::<u32>(), 0u64..u64::MAX, any::<u64>(), 0u64..500_000),
            0..100,
        ),
    ) {
        let start = Instant::now();
        let mut now = start;
        let mut rate = Rate::new(u64::MAX, start);
        for (sent_bytes, acked_bytes, lost, arrived, micros, bits, passed) in reports {
            now += Duration::from_micros(passed);
            let time = Duration::from_micros(micros);
            rate.sent(Kind::Picture, sent_bytes as usize, now);
            rate.sent(Kind::Sound, bits as usize, now);
            rate.estimate(bits);
            rate.feedback(now, Feedback {
                sent_bytes,
                acked_bytes,
                lost,
                arrived,
                queueing: Some(time),
                newest: start.checked_add(time),
                round_trip: Some(time),
            });
            if bits % 7 == 0 {
                rate.set_ceiling(bits);
            }
            let decision = rate.decide(now);
            prop_assert!((60_000..=4_000_000).contains(&decision.picture_bits) || bits % 7 == 0);
            prop_assert!(decision.pacing_bits >= 50_000);
        }
    }
}
