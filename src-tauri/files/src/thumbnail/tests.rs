//! Pictures of honest people, and what is none.

use std::io::Write;

use image::codecs::gif::GifEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat, RgbImage};
use proptest::prelude::*;

use super::*;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    file
}

/// Red on its left half, blue on its right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| image::Rgb(if x < width / 2 { [220, 0, 0] } else { [0, 0, 220] }))
}

fn coded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn drawn(files: &[&[u8]]) -> Option<RgbImage> {
    let Thumbnail { size, jpeg } = draw(files.iter().map(|bytes| file(bytes)).collect())?;
    assert!(jpeg.len() <= THUMBNAIL_BYTES);
    let picture = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (size.width, size.height));
    Some(picture)
}

fn colour(picture: &RgbImage, x: u32, y: u32) -> &'static str {
    let [r, g, b] = picture.get_pixel(x, y).0;
    match (r > 150, g > 150, b > 150) {
        (true, false, false) => "red",
        (false, false, true) => "blue",
        (true, true, true) => "white",
        (_, _, _) => "other",
    }
}

#[test]
fn a_picture_of_each_kind_is_shown_in_its_shape() {
    let picture = halves(1600, 1200);
    let mut gif = Vec::new();
    GifEncoder::new(&mut gif).encode(&halves(1600, 1200), 1600, 1200, ExtendedColorType::Rgb8).unwrap();
    let mut webp = Vec::new();
    WebPEncoder::new_lossless(&mut webp).write_image(&picture, 1600, 1200, ExtendedColorType::Rgb8).unwrap();
    let (png, jpeg) = (coded(&picture, ImageFormat::Png), coded(&picture, ImageFormat::Jpeg));
    for bytes in [png, jpeg, gif, webp] {
        let small = drawn(&[&bytes]).unwrap();
        assert_eq!(small.dimensions(), (480, 360));
        assert_eq!((colour(&small, 10, 180), colour(&small, 470, 180)), ("red", "blue"));
    }
}

#[test]
fn a_photograph_taken_upright_stands_upright() {
    // What a camera writes that was turned: its orientation is 6, a quarter turn clockwise (Exif 2.3, 4.6.4).
    let jpeg = coded(&halves(400, 300), ImageFormat::Jpeg);
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let turned = [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat();
    let small = drawn(&[&turned]).unwrap();
    assert_eq!(small.dimensions(), (300, 400));
    assert_eq!((colour(&small, 150, 10), colour(&small, 150, 390)), ("red", "blue"));
}

#[test]
fn small_ones_stay_small_long_ones_are_cut_and_what_is_clear_lies_on_paper() {
    assert_eq!(drawn(&[&coded(&halves(16, 16), ImageFormat::Png)]).unwrap().dimensions(), (16, 16));
    let banner = drawn(&[&coded(&halves(6000, 10), ImageFormat::Png)]).unwrap();
    assert_eq!(banner.dimensions(), (30, 10));
    let tower = drawn(&[&coded(&halves(100, 9000), ImageFormat::Png)]).unwrap();
    assert_eq!(tower.dimensions(), (100, 300));
    let mut clear = Cursor::new(Vec::new());
    RgbaImage::new(40, 40).write_to(&mut clear, ImageFormat::Png).unwrap();
    assert_eq!(colour(&drawn(&[clear.get_ref()]).unwrap(), 20, 20), "white");
}

#[test]
fn several_are_shown_together_and_what_is_none_is_left_out() {
    let one = coded(&halves(800, 600), ImageFormat::Png);
    let one = one.as_slice();
    let sizes: Vec<_> = (1..=6).map(|n| drawn(&vec![one; n]).unwrap().dimensions()).collect();
    assert_eq!(sizes, [(480, 360), (480, 238), (480, 480), (480, 480), (480, 480), (480, 480)]);
    assert_eq!(drawn(&[b"no picture", one, b"", one]).unwrap().dimensions(), (480, 238));
    assert!(drawn(&[b"no picture"]).is_none());
    assert!(drawn(&[]).is_none());
}

#[test]
fn what_asks_for_more_than_a_camera_does_is_refused_by_its_first_bytes() {
    // A PNG whose head alone speaks of 60,000 by 60,000 pixels, and one that is just above what is allowed.
    for (width, height) in [(60_000_u32, 60_000_u32), (19_999, 3_300), (u32::MAX, 1), (0, 10)] {
        let mut png = coded(&halves(10, 10), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let checksum = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert!(drawn(&[&png]).is_none(), "{width} by {height}");
    }
    // A GIF's screen of 65,535 by 65,535.
    let mut gif = Vec::new();
    GifEncoder::new(&mut gif).encode(&halves(10, 10), 10, 10, ExtendedColorType::Rgb8).unwrap();
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert!(drawn(&[&gif]).is_none());
    // A JPEG whose frame says 65,500 lines.
    let mut jpeg = coded(&halves(640, 480), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    assert!(drawn(&[&jpeg]).is_none());
}

/// A PNG of one colour: few bytes, whatever it becomes in memory.
fn plain(width: u32, height: u32, colour: ExtendedColorType) -> Vec<u8> {
    let bytes = u64::from(width) * u64::from(height) * u64::from(colour.bits_per_pixel()) / 8;
    let mut png = Vec::new();
    let blank = vec![0; usize::try_from(bytes).unwrap()];
    PngEncoder::new(&mut png).write_image(&blank, width, height, colour).unwrap();
    png
}

#[test]
fn a_whole_picture_that_asks_for_too_much_is_refused_and_a_camera_s_is_not() {
    assert!(drawn(&[&plain(8000, 8000, ExtendedColorType::L8)]).is_some(), "64 million pixels");
    for (what, bomb) in [
        ("pixels", plain(9000, 8000, ExtendedColorType::L8)),
        ("memory", plain(6000, 6000, ExtendedColorType::Rgba16)),
        ("a row", plain(20_001, 1, ExtendedColorType::L8)),
        ("a column", plain(1, 20_001, ExtendedColorType::L8)),
    ] {
        assert!(bomb.len() < 2_000_000, "a bomb is small: {} bytes", bomb.len());
        assert!(drawn(&[&bomb]).is_none(), "{what}");
    }
}

#[test]
fn pictures_are_known_by_their_names_and_no_more_than_four() {
    let file = |path: &str, size| Item { path: path.into(), is: Kind::File { size, modified_ms: 0 } };
    let mut items = vec![file("a.TXT", 5), file("a.JPG", 5), file("huge.png", FILE_BYTES + 1), file("empty.gif", 0)];
    items.extend((0..5).map(|n| file(&format!("{n}.webp"), 1)));
    let manifest = Manifest::checked(items).unwrap();
    assert_eq!(pictures(&manifest).map(|(at, _)| at).collect::<Vec<_>>(), [1, 4, 5, 6]);
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Damage anywhere in a file is a picture or none, and nothing else.
    #[test]
    fn damage_is_a_picture_or_none(
        kind in 0..3_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let format = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP][kind];
        let mut bytes = coded(&halves(60, 40), format);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        let _picture_or_none = drawn(&[&bytes]);
    }
}
