use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::picture::painter::{MEAN, Painter};
use crate::picture::{I420, encoder};

fn key_frame(codec: Codec, picture: &I420) -> Vec<u8> {
    encoder(codec).encode(picture, true, 30_000).unwrap().data
}

#[test]
fn the_colour_of_the_painter_arrives() {
    for codec in [Codec::Vp8, Codec::H264] {
        let (mut encoder, mut painter) = (encoder(codec), Painter::new(322, 242));
        for second in 0..8 {
            let now = Duration::from_millis(second * 1700);
            let frame = encoder.encode(painter.paint(now, now), true, 10_000).unwrap();
            let seen = Eye::new(codec).see(&frame.data).unwrap();
            assert_eq!((seen.width, seen.height), (322, 242));
            let near = seen.colour.iter().zip(MEAN).all(|(one, two)| one.abs_diff(two) < 30);
            assert!(near, "{codec:?} {seen:?}");
        }
    }
}

#[test]
fn black_and_white_are_told_apart() {
    for codec in [Codec::Vp8, Codec::H264] {
        let mut picture = I420::black(64, 64);
        assert!(Eye::new(codec).see(&key_frame(codec, &picture)).unwrap().colour.iter().all(|value| *value < 4));
        picture.y.fill(235);
        assert!(Eye::new(codec).see(&key_frame(codec, &picture)).unwrap().colour.iter().all(|value| *value > 250));
    }
}

#[test]
fn frames_that_need_others_are_not_seen() {
    for codec in [Codec::Vp8, Codec::H264] {
        let (mut encoder, mut painter) = (encoder(codec), Painter::new(64, 64));
        for (at, visible) in [true, false, false].into_iter().enumerate() {
            let now = Duration::from_millis(at as u64 * 33);
            let frame = encoder.encode(painter.paint(now, now), false, 10_000).unwrap();
            assert_eq!(Eye::new(codec).see(&frame.data).is_some(), visible, "{codec:?} {at}");
        }
    }
}

#[test]
fn what_claims_to_be_huge_is_refused_by_its_header() {
    let mut frame = key_frame(Codec::Vp8, &I420::black(64, 64));
    frame[6..10].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    assert_eq!(Eye::new(Codec::Vp8).see(&frame), None);
    frame[6..10].copy_from_slice(&[0, 0, 64, 0]);
    assert_eq!(Eye::new(Codec::Vp8).see(&frame), None);
    assert_eq!(Eye::new(Codec::Vp8).see(&vec![0; MAX_BYTES + 1]), None);

    // SPS and PPS for 8192 times 4320, from an encoder that may.
    let mut config = rusty_h264_encoder::EncoderConfig::baseline(8192, 4320);
    config.qp = 51;
    let data = rusty_h264_encoder::Encoder::new(config).unwrap().encode(&YuvFrame::black(8192, 4320));
    assert!(data.len() < MAX_BYTES);
    assert_eq!(Eye::new(Codec::H264).see(&data), None);
}

#[test]
fn many_slices_are_refused() {
    let frame = key_frame(Codec::H264, &I420::black(64, 64));
    let many = frame.repeat(MAX_UNITS);
    assert_eq!(Eye::new(Codec::H264).see(&many), None);
}

/// How much a frame is damaged: bytes changed, at fractions of its length, and where it is cut.
fn damage() -> impl Strategy<Value = (Vec<(f64, u8)>, Option<f64>)> {
    (prop::collection::vec((0.0..1.0, any::<u8>()), 0..12), prop::option::of(0.0..1.0))
}

fn damaged(mut frame: Vec<u8>, (changes, cut): (Vec<(f64, u8)>, Option<f64>), early: bool) -> Vec<u8> {
    let length = frame.len() as f64;
    for (place, value) in changes {
        // Headers are where damage matters most.
        let place = if early { place.powi(4) } else { place };
        frame[(place * length) as usize] = value;
    }
    if let Some(cut) = cut {
        frame.truncate((cut * length) as usize);
    }
    frame
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn damaged_frames_never_panic(damage in damage(), early in any::<bool>(), vp8 in any::<bool>(), now in 0_u64..9) {
        let codec = if vp8 { Codec::Vp8 } else { Codec::H264 };
        let now = Duration::from_secs(now);
        let frame = key_frame(codec, Painter::new(96, 64).paint(now, now));
        if let Some(seen) = Eye::new(codec).see(&damaged(frame, damage, early)) {
            prop_assert!(seen.width <= MAX_SIDE && seen.height <= MAX_SIDE);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), vp8 in any::<bool>()) {
        let (codec, start): (_, &[u8]) = if vp8 {
            (Codec::Vp8, &[0x10, 0, 0, 0x9D, 0x01, 0x2A, 64, 0, 64, 0])
        } else {
            (Codec::H264, &[0, 0, 1, 0x67])
        };
        Eye::new(codec).see(&bytes);
        Eye::new(codec).see(&[start, &bytes].concat());
    }
}
