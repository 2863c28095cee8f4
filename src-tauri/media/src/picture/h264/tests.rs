use super::*;
use crate::picture::film::{encode, sum};

const SIZE: (usize, usize) = (320, 240);

#[test]
fn only_the_first_frame_and_those_asked_for_are_key_frames() {
    let frames = encode(&mut H264Encoder::new(), SIZE, 500_000, &[5], 10);
    let keys: Vec<usize> = (0..10).filter(|at| frames[*at].key).collect();
    assert_eq!(keys, [0, 5]);
    assert!(frames[6..].iter().all(|frame| frame.data.len() < frames[5].data.len()));
}

#[test]
fn key_frames_carry_parameter_sets_of_constrained_baseline() {
    let frames = encode(&mut H264Encoder::new(), SIZE, 500_000, &[2], 3);
    for at in [0, 2] {
        let units = split_annex_b(&frames[at].data);
        let kinds: Vec<u8> = units.iter().map(|unit| unit[0] & 31).collect();
        assert_eq!(kinds, [7, 8, 5]);
        // Baseline, constraint_set1, and level 3.1: what 42e01f in a description allows.
        assert_eq!((units[0][1], units[0][2] & 0x40, units[0][3]), (0x42, 0x40, 31));
    }
}

#[test]
fn the_bitrate_is_followed() {
    for rate in [100_000, 500_000, 1_000_000] {
        let second = sum(&encode(&mut H264Encoder::new(), SIZE, rate, &[60], 120)) / 4;
        assert!(second.abs_diff(rate) < rate * 2 / 5, "{rate}: {second}");
    }
}

#[test]
fn another_bitrate_is_followed_and_a_slight_change_costs_no_key_frame() {
    let mut encoder = H264Encoder::new();
    encode(&mut encoder, SIZE, 1_000_000, &[], 30);
    assert!(encode(&mut encoder, SIZE, 900_000, &[], 10).iter().all(|frame| !frame.key));
    let frames = encode(&mut encoder, SIZE, 200_000, &[], 60);
    assert!(frames[0].key);
    assert!(sum(&frames[30..]) < 200_000 * 14 / 10, "{}", sum(&frames[30..]));
}

#[test]
fn pictures_whose_planes_do_not_fit_are_refused() {
    let mut picture = I420::black(64, 64);
    picture.v.pop();
    assert_eq!(H264Encoder::new().encode(&picture, false, 10_000), Err(EncodeError::unsound(&picture)));
}
