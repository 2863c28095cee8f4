//! What the page's end of a connection promises.

use super::*;
use std::task::Waker;

fn frame(key: bool, timestamp: u32) -> Frame {
    let data = Bytes::from_static(if key { &[0x10, 0, 0, 0x9d, 1, 0x2a, 0, 1, 0, 1] } else { &[0x11, 0, 0] });
    Frame { codec: Codec::Vp8, key, timestamp, data }
}

fn read(ends: &mut Ends) -> Option<(u8, u8)> {
    match ends.down.try_recv().ok()? {
        Down::Packet(bytes) => Some((bytes[0], bytes[1])),
        Down::Word(_) => None,
    }
}

#[test]
fn after_a_picture_that_did_not_reach_the_page_none_is_shown_before_a_key_frame() {
    let now = Instant::now();
    let (mut booth, mut ends) = PageBooth::new(Ears::Headset, now);
    for n in 0..PAGE_WAITING as u32 {
        booth.see(TrackNumber(0), &frame(n == 0, n), now);
    }
    assert!(!booth.wants_key());
    booth.see(TrackNumber(0), &frame(false, 1000), now);
    assert!(booth.wants_key() && !booth.wants_key());
    while read(&mut ends).is_some() {}
    booth.see(TrackNumber(0), &frame(false, 1001), now);
    assert_eq!(read(&mut ends), None);
    booth.see(TrackNumber(0), &frame(true, 1002), now);
    assert_eq!(read(&mut ends), Some((1, 1)));
}

#[test]
fn one_track_is_shown_and_only_what_the_page_can_decode() {
    let now = Instant::now();
    let (mut booth, mut ends) = PageBooth::new(Ears::Headset, now);
    booth.see(TrackNumber(3), &Frame { codec: Codec::H264, ..frame(true, 0) }, now);
    booth.see(TrackNumber(4), &frame(true, 0), now);
    assert_eq!(read(&mut ends), None);
    booth.see(TrackNumber(3), &frame(true, 0), now);
    assert_eq!(read(&mut ends), Some((1, 1)));
}

fn shot(key: bool, came: Instant) -> Shot {
    Shot { taken: 5.0, came, data: frame(key, 0).data }
}

fn poll(booth: &mut PageBooth) -> Poll<Frame> {
    booth.poll_picture(&mut Context::from_waker(Waker::noop()))
}

fn word(ends: &mut Ends) -> Option<EngineWord> {
    match ends.down.try_recv().ok()? {
        Down::Word(word) => Some(word),
        Down::Packet(_) => None,
    }
}

const FIRST: Terms = Terms { codec: Codec::Vp8, bits: 500_000, key: true, timestamp: 90_000 };

#[test]
fn a_picture_of_the_page_leaves_once_it_was_wanted() {
    let now = Instant::now();
    let (mut booth, mut ends) = PageBooth::new(Ears::Loudspeaker, now);
    ends.seen.try_send(Seen::On(true)).unwrap();
    ends.shots.try_send(shot(false, now)).unwrap();
    assert!(poll(&mut booth).is_pending(), "nobody wanted it");
    assert!(booth.picture_due().is_some());
    booth.want_picture(FIRST, now);
    assert!(poll(&mut booth).is_pending(), "it can only be shown with others");
    assert_eq!(word(&mut ends), Some(EngineWord::Encode { bits: 500_000, key: true }));
    ends.shots.try_send(shot(true, now)).unwrap();
    assert!(matches!(poll(&mut booth), Poll::Ready(Frame { key: true, .. })));
}

#[test]
fn a_key_frame_from_before_is_the_first_that_leaves() {
    for taken_by in ["the engine asked", "a poll"] {
        let start = Instant::now();
        let (mut booth, mut ends) = PageBooth::new(Ears::Loudspeaker, start);
        booth.rehearse();
        assert_eq!(word(&mut ends), Some(EngineWord::Rehearse { bits: START_BITS }));
        ends.seen.try_send(Seen::On(true)).unwrap();
        assert!(poll(&mut booth).is_pending());
        ends.shots.try_send(shot(true, start)).unwrap();
        ends.shots.try_send(shot(true, start + Duration::from_millis(100))).unwrap();
        if taken_by == "a poll" {
            assert!(poll(&mut booth).is_pending(), "both have not said yes");
        }
        booth.want_picture(FIRST, start + Duration::from_millis(200));
        assert_eq!(word(&mut ends), Some(EngineWord::Encode { bits: 500_000, key: false }), "{taken_by}");
        let Poll::Ready(Frame { key: true, timestamp, .. }) = poll(&mut booth) else {
            panic!("nothing left when {taken_by}");
        };
        assert_eq!(timestamp, 90_000 - 9000, "the time of when it came");
        assert!(poll(&mut booth).is_pending());
    }
}

#[test]
fn a_picture_that_is_old_or_of_a_camera_that_was_turned_off_never_leaves() {
    let start = Instant::now();
    for off in [true, false] {
        let (mut booth, ends) = PageBooth::new(Ears::Loudspeaker, start);
        ends.shots.try_send(shot(true, start)).unwrap();
        assert!(poll(&mut booth).is_pending());
        let mut wanted = start;
        if off {
            ends.seen.try_send(Seen::On(false)).unwrap();
            assert!(poll(&mut booth).is_pending());
        } else {
            wanted += FRESH + Duration::from_millis(1);
        }
        booth.want_picture(FIRST, wanted);
        assert!(poll(&mut booth).is_pending());
    }
}

#[test]
fn what_the_microphone_takes_is_said_and_a_page_that_floods_is_left_out() {
    let now = Instant::now();
    let (mut booth, ends) = PageBooth::new(Ears::Headset, now);
    let mut said = [0.0; 480];
    assert!(!booth.say(&mut said, now));
    let taken = || Taken { block: Box::new([0.1; 480]), played: Box::new([0.0; 480]) };
    let mut refused = 0;
    for _ in 0..100 {
        refused += usize::from(ends.taken.try_send(taken()).is_err());
    }
    assert_eq!(refused, 100 - SOUND_WAITING);
    assert!(booth.say(&mut said, now));
    ends.seen.try_send(Seen::Fill(u32::MAX)).unwrap();
    assert!(booth.poll_picture(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(booth.heard_after(), MOST_FILL);
}

#[test]
fn nothing_of_a_camera_that_was_switched_off_leaves_any_more() {
    let now = Instant::now();
    let (mut booth, ends) = PageBooth::new(Ears::Loudspeaker, now);
    ends.seen.try_send(Seen::On(true)).unwrap();
    assert!(poll(&mut booth).is_pending());
    booth.want_picture(FIRST, now);
    ends.shots.try_send(shot(true, now)).unwrap();
    ends.seen.try_send(Seen::On(false)).unwrap();
    assert!(poll(&mut booth).is_pending());
}
