use image_webp::vp8::Vp8Decoder;
use proptest::prelude::*;

use super::*;
use crate::picture::film::{encode, sum};

#[test]
fn another_decoder_gets_key_frames_pixel_by_pixel_as_the_encoder_thinks() {
    for (size, rate) in [((320, 240), 60_000), ((322, 182), 400_000), ((640, 480), 2_500_000)] {
        let mut encoder = Vp8Encoder::new();
        // The second key frame follows a frame with other probabilities.
        let frames = encode(&mut encoder, size, rate, &[2], 3);
        let known = &encoder.stream.as_ref().unwrap().last;
        let decoded = Vp8Decoder::decode_frame(frames[2].data.as_slice()).unwrap();
        assert_eq!((usize::from(decoded.width), usize::from(decoded.height)), size);
        assert!(decoded.ybuf == known.y.bytes, "luma of {size:?}");
        assert!(decoded.ubuf == known.u.bytes, "blue of {size:?}");
        assert!(decoded.vbuf == known.v.bytes, "red of {size:?}");
    }
}

#[test]
fn only_the_first_frame_and_those_asked_for_are_key_frames() {
    let frames = encode(&mut Vp8Encoder::new(), (320, 240), 300_000, &[5], 10);
    let keys: Vec<usize> = (0..10).filter(|at| frames[*at].key).collect();
    assert_eq!(keys, [0, 5]);
    // The tag of the frame says the same (RFC 6386, 9.1).
    assert!(frames.iter().all(|frame| frame.key == (frame.data[0] & 1 == 0)));
}

#[test]
fn later_frames_are_smaller_than_key_frames() {
    let frames = encode(&mut Vp8Encoder::new(), (640, 480), 300_000, &[30], 60);
    let key = frames[30].data.len();
    assert!(frames[31..].iter().all(|frame| frame.data.len() * 2 < key));
}

#[test]
fn the_bitrate_is_followed() {
    for (size, rate) in [((320, 240), 100_000), ((640, 480), 100_000), ((640, 480), 1_000_000), ((640, 480), 2_500_000)]
    {
        let frames = encode(&mut Vp8Encoder::new(), size, rate, &[60], 120);
        let second = sum(&frames) / 4;
        assert!(second.abs_diff(rate) < rate / 5, "{size:?} at {rate}: {second}");
    }
}

#[test]
fn a_bitrate_that_falls_is_followed_within_a_second() {
    let mut encoder = Vp8Encoder::new();
    encode(&mut encoder, (640, 480), 2_000_000, &[], 30);
    let frames = encode(&mut encoder, (640, 480), 150_000, &[], 60);
    assert!(frames.iter().all(|frame| !frame.key));
    let second = sum(&frames[30..]);
    assert!(second < 150_000 * 13 / 10, "{second}");
}

#[test]
fn far_too_few_bits_freeze_the_picture_but_not_the_stream() {
    let frames = encode(&mut Vp8Encoder::new(), (640, 480), 20_000, &[], 90);
    assert!(frames.iter().all(|frame| !frame.data.is_empty()));
    assert!(sum(&frames[30..]) < 2 * 40_000, "{}", sum(&frames[30..]));
}

#[test]
fn another_size_begins_with_a_key_frame() {
    let mut encoder = Vp8Encoder::new();
    encode(&mut encoder, (320, 240), 300_000, &[], 2);
    assert!(encode(&mut encoder, (640, 480), 300_000, &[], 1)[0].key);
}

#[test]
fn pictures_whose_planes_do_not_fit_are_refused() {
    let mut short = I420::black(64, 64);
    short.u.pop();
    let long = I420::black(4000, 64);
    let mut odd = I420::black(64, 64);
    odd.width = 63;
    for picture in [short, long, odd] {
        let refused = Vp8Encoder::new().encode(&picture, false, 10_000);
        assert_eq!(refused, Err(EncodeError::unsound(&picture)));
    }
}

/// The decoder of RFC 6386, 7.3, in its simplest form.
struct Reader<'a> {
    bytes: std::slice::Iter<'a, u8>,
    value: u32,
    range: u32,
    shifts: u32,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut bytes = bytes.iter();
        let mut next = || u32::from(bytes.next().copied().unwrap_or_default());
        let value = next() << 8 | next();
        Self { bytes, value, range: 255, shifts: 0 }
    }

    fn bit(&mut self, probability: u8) -> bool {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        let bit = self.value >= split << 8;
        if bit {
            self.range -= split;
            self.value -= split << 8;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.value <<= 1;
            self.range <<= 1;
            self.shifts += 1;
            if self.shifts == 8 {
                self.shifts = 0;
                self.value |= u32::from(self.bytes.next().copied().unwrap_or_default());
            }
        }
        bit
    }
}

proptest! {
    #[test]
    fn booleans_come_back_as_they_were_written(
        booleans in prop::collection::vec((any::<bool>(), prop_oneof![1..=255_u8, Just(1), Just(255)]), 0..2000),
    ) {
        let mut writer = boolean::Writer::new();
        for (bit, probability) in &booleans {
            writer.bit(*bit, *probability);
        }
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        for (bit, probability) in &booleans {
            prop_assert_eq!(reader.bit(*probability), *bit);
        }
    }

    #[test]
    fn what_is_transformed_finely_comes_back(values in prop::array::uniform16(-255_i32..=255)) {
        let back = transform::inverse(&transform::forward(&values));
        for (one, two) in values.iter().zip(back) {
            prop_assert!((one - two).abs() <= 2, "{} {}", one, two);
        }
        let means = transform::inverse_means(&transform::forward_means(&values));
        for (one, two) in values.iter().zip(means) {
            prop_assert!((one - two).abs() <= 2, "{} {}", one, two);
        }
    }

    /// Noise, with edges as hard as can be, in every mode and at every quantizer.
    #[test]
    fn any_picture_decodes_as_the_encoder_thinks(
        seed in any::<u64>(),
        coarse in 1_u32..64,
        bits in 100_usize..400_000,
    ) {
        let mut state = seed;
        let mut noise = |picture: &mut I420| {
            for value in picture.y.iter_mut().chain(&mut picture.u).chain(&mut picture.v) {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                if ((state >> 33) as u32).is_multiple_of(coarse) {
                    *value = (state >> 56) as u8;
                }
            }
        };
        let mut picture = I420::black(48, 50);
        let mut encoder = Vp8Encoder::new();
        for _ in 0..3 {
            noise(&mut picture);
            let frame = encoder.encode(&picture, true, bits).unwrap();
            let decoded = Vp8Decoder::decode_frame(frame.data.as_slice()).unwrap();
            let known = &encoder.stream.as_ref().unwrap().last;
            prop_assert!(decoded.ybuf == known.y.bytes);
            prop_assert!(decoded.ubuf == known.u.bytes && decoded.vbuf == known.v.bytes);
            noise(&mut picture);
            encoder.encode(&picture, false, bits).unwrap();
        }
    }
}
