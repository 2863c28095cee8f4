//! What the pacer promises.

use proptest::prelude::*;

use super::*;

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Pops at each deadline until nothing waits or the time is over: what left, and when.
fn drain<T>(pacer: &mut Pacer<T>, start: Instant, from: Duration, to: Duration) -> Vec<(Duration, T)> {
    let mut left = Vec::new();
    let mut at = start + from;
    loop {
        while let Some(packet) = pacer.pop(at) {
            left.push((at - start, packet));
        }
        match pacer.deadline() {
            Some(next) if next <= start + to => {
                assert!(next > at);
                at = next;
            }
            Some(_) | None => return left,
        }
    }
}

/// One that has spent its opening.
fn begun<T>(start: Instant) -> Pacer<T> {
    Pacer { credit: BURST_LEAST, opening: 0.0, ..Pacer::new(start) }
}

/// A frame of this many full packets, each named by its frame.
fn frame(pacer: &mut Pacer<u32>, number: u32, packets: usize, now: Instant) {
    for _ in 0..packets {
        pacer.push(Kind::Picture, 1200, number, number, now);
    }
}

fn repair(pacer: &mut Pacer<u32>, sequence: u16, now: Instant) {
    pacer.push(Kind::Repair { ssrc: 1, sequence }, 1200, 0, u32::from(sequence), now);
}

#[test]
fn sound_passes_by_a_key_frame() {
    let start = Instant::now();
    let mut pacer = begun(start);
    pacer.set_rate(300_000);
    frame(&mut pacer, 1, 25, start);
    for _ in 0..2 {
        assert_eq!(pacer.pop(start), Some(1), "two packets may leave at once");
    }
    assert_eq!(pacer.pop(start), None);
    pacer.push(Kind::Sound, 100, 0, 99, start + ms(1));
    assert_eq!(pacer.pop(start + ms(1)), Some(99));
}

#[test]
fn the_first_key_frame_leaves_at_once_and_no_other() {
    let start = Instant::now();
    let mut pacer = Pacer::new(start);
    pacer.set_rate(300_000);
    pacer.push(Kind::Sound, 100, 0, 99, start + ms(900));
    assert_eq!(pacer.pop(start + ms(900)), Some(99));
    let at = start + ms(1000);
    frame(&mut pacer, 1, 9, at);
    assert_eq!(std::iter::from_fn(|| pacer.pop(at)).count(), 9, "what is left of ten full packets");
    let later = at + ms(5000);
    frame(&mut pacer, 2, 9, later);
    assert_eq!(std::iter::from_fn(|| pacer.pop(later)).count(), 2, "a burst as ever");
}

#[test]
fn a_key_frame_at_a_low_rate_gets_through_whole_and_at_the_pace() {
    let start = Instant::now();
    let mut pacer = begun(start);
    pacer.set_rate(300_000);
    frame(&mut pacer, 1, 25, start);
    assert!(pacer.picture_queued() > ms(500));
    assert!(pacer.queued() > ms(500));
    // A frame that was in the encoder already waits for it, beyond its own age.
    frame(&mut pacer, 2, 1, start + ms(30));
    let left = drain(&mut pacer, start, ms(30), ms(2000));
    assert_eq!(left.len(), 26);
    assert_eq!(left.last().map(|&(_, number)| number), Some(2));
    let took = left.last().unwrap().0;
    // 30 kB at 450 kbit/s are 533 ms.
    assert!(took > ms(450) && took < ms(620), "{took:?}");
    assert_eq!(pacer.picture_queued(), Duration::ZERO);
    assert!(!pacer.lost_frame());
    assert_eq!(pacer.counts().dropped_by_age, 0);
    assert_eq!(pacer.deadline(), None);
}

#[test]
fn frames_nobody_held_back_are_dropped_whole_and_once() {
    let start = Instant::now();
    let mut pacer = begun(start);
    pacer.set_rate(100_000);
    for number in 0..10 {
        frame(&mut pacer, number, 4, start);
    }
    let left = drain(&mut pacer, start, ms(0), ms(5000));
    // 4800 bytes at 150 kbit/s are 256 ms: the first frame leaves, the second begins just before its time is over.
    let of = |number| left.iter().filter(|(_, n)| *n == number).count();
    assert!((0..10).all(|number| of(number) == 0 || of(number) == 4), "no frame is cut");
    assert!(of(0) == 4 && of(9) == 0);
    assert!(pacer.lost_frame());
    assert!(!pacer.lost_frame(), "told once");
    // The rest of the frame that came in last is refused, the next frame is not.
    frame(&mut pacer, 9, 1, start + ms(5000));
    assert_eq!(pacer.queued(), Duration::ZERO);
    frame(&mut pacer, 10, 1, start + ms(5000));
    assert_eq!(pacer.pop(start + ms(5000)), Some(10));
}

#[test]
fn a_frame_that_takes_two_seconds_is_given_up() {
    let start = Instant::now();
    let mut pacer = begun(start);
    pacer.set_rate(60_000);
    frame(&mut pacer, 1, 40, start);
    let left = drain(&mut pacer, start, ms(0), ms(10_000));
    assert!(left.last().unwrap().0 <= ms(2200));
    assert!(pacer.lost_frame());
}

#[test]
fn repairs_go_before_the_picture_but_only_their_share() {
    let start = Instant::now();
    let mut pacer = begun(start);
    pacer.set_rate(400_000);
    frame(&mut pacer, 9999, 1, start);
    repair(&mut pacer, 1, start);
    assert_eq!(pacer.pop(start), Some(1));
    // 100 requests a second for 10 s: half of 400 kbit/s, and what was saved up.
    for nth in 0..1000u16 {
        let at = ms(u64::from(nth) * 10);
        repair(&mut pacer, nth + 2, start + at);
        drain(&mut pacer, start, at, at + ms(9));
    }
    let repaired = pacer.counts().repair_bytes;
    assert!((225_000..=270_000 + 1200).contains(&repaired), "{repaired}");
    assert!(pacer.counts().repair_refused > 750);
}

#[test]
fn no_packet_is_repaired_twice_in_forty_milliseconds() {
    let start = Instant::now();
    let mut pacer = begun(start);
    for at in [0, 20, 39] {
        repair(&mut pacer, 5, start + ms(at));
    }
    assert_eq!(drain(&mut pacer, start, ms(39), ms(100)).len(), 1);
    repair(&mut pacer, 5, start + ms(60));
    assert_eq!(pacer.counts().repair_refused, 3);
    // Another stream has numbers of its own.
    pacer.push(Kind::Repair { ssrc: 2, sequence: 5 }, 1200, 0, 5, start + ms(60));
    repair(&mut pacer, 5, start + ms(80));
    assert_eq!(drain(&mut pacer, start, ms(80), ms(200)).len(), 2);
}

#[test]
fn an_old_repair_is_dropped() {
    let start = Instant::now();
    let mut pacer = begun(start);
    repair(&mut pacer, 5, start);
    assert_eq!(pacer.pop(start + ms(151)), None);
    assert_eq!(pacer.counts().dropped_by_age, 1);
    assert_eq!(pacer.deadline(), None);
}

#[test]
fn a_flood_of_one_frame_is_bounded_and_told() {
    let start = Instant::now();
    let mut pacer = begun(start);
    frame(&mut pacer, 1, 5000, start);
    assert!(pacer.lost_frame());
    assert_eq!(pacer.counts().dropped_by_size, 5000);
    frame(&mut pacer, 2, 1, start);
    assert_eq!(pacer.pop(start), Some(2));
    for _ in 0..1000 {
        pacer.push(Kind::Sound, 100, 0, 3, start);
    }
    assert_eq!(drain(&mut pacer, start, ms(0), ms(1)).len(), SOUND);
}

#[derive(Debug, Clone)]
enum Step {
    Push(u8, usize, u32),
    Pop,
    Rate(u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..3, 0usize..3000, 0u32..50).prop_map(|(kind, bytes, frame)| Step::Push(kind, bytes, frame)),
        4 => Just(Step::Pop),
        1 => any::<u64>().prop_map(Step::Rate),
        1 => (0u64..2_000_000).prop_map(Step::Rate),
        2 => (0u64..400_000).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn whatever_is_pushed_leaves_or_is_counted(steps in proptest::collection::vec(step(), 1..300)) {
        let start = Instant::now();
        let mut now = start;
        let mut pacer = begun(start);
        let (mut pushed, mut left) = (0u64, 0u64);
        for step in steps {
            match step {
                Step::Push(kind, bytes, frame) => {
                    let kind = match kind {
                        0 => Kind::Sound,
                        1 => Kind::Picture,
                        _ => Kind::Repair { ssrc: 1, sequence: frame as u16 },
                    };
                    pushed += 1;
                    pacer.push(kind, bytes, frame, (), now);
                }
                Step::Pop => while pacer.pop(now).is_some() {
                    left += 1;
                },
                Step::Rate(rate) => pacer.set_rate(rate),
                Step::Wait(micros) => now += Duration::from_micros(micros),
            }
            prop_assert!(pacer.deadline().is_none_or(|next| next > pacer.now));
            prop_assert!(pacer.credit >= -DEBT && pacer.credit <= pacer.burst());
        }
        // At every deadline something leaves, or is dropped for its age.
        pacer.set_rate(1_000_000);
        loop {
            while pacer.pop(now).is_some() {
                left += 1;
            }
            let Some(next) = pacer.deadline() else { break };
            let before = (pacer.counts().dropped_by_age, left);
            now = next;
            while pacer.pop(now).is_some() {
                left += 1;
            }
            prop_assert!((pacer.counts().dropped_by_age, left) != before);
        }
        let counts = pacer.counts();
        prop_assert_eq!(pushed, left + counts.dropped_by_age + counts.dropped_by_size + counts.repair_refused);
        prop_assert_eq!(pacer.queued(), Duration::ZERO);
    }

    #[test]
    fn the_pace_is_kept(rate in 50_000u64..5_000_000, sizes in proptest::collection::vec(50usize..1300, 1..200)) {
        let start = Instant::now();
        let mut pacer = begun(start);
        pacer.set_rate(rate);
        for &bytes in &sizes {
            pacer.push(Kind::Picture, bytes, 1, bytes, start);
        }
        let mut sent = 0.0;
        for (at, bytes) in drain(&mut pacer, start, ms(0), ms(2000)) {
            sent += bytes as f64;
            let allowed = pacer.burst() + at.as_secs_f64() * pacer.bytes_per_second() + 1.0;
            prop_assert!(sent <= allowed, "{sent} of {allowed} at {at:?}");
        }
    }
}
