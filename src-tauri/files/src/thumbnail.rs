//! What pictures look like, in short. A picture comes from anybody: how much work and memory it asks for is known from its
//! first bytes, and refused there.

use std::fs::File;
use std::io::{Cursor, Read};
use std::panic::catch_unwind;
use std::sync::{Mutex, PoisonError};

use dogeller_core::wire::files::{PictureSize, THUMBNAIL_BYTES, THUMBNAIL_SIDE, Thumbnail};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageReader, Limits, RgbImage, Rgba, RgbaImage, imageops};

use crate::manifest::{Item, Kind, Manifest};

/// Of several pictures the first are shown together.
const TOGETHER: usize = 4;
/// The most bytes of a picture's file: twice what the largest cameras of phones write.
const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// The most pixels: phones have 50 million.
const PIXELS: u64 = 64_000_000;
/// The longest side, so that no single row is a bomb.
const SIDE: u32 = 20_000;
/// The most bytes of memory that decoding takes, beside the file: as many pixels of four bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// A side is shown at most so many times as long as the other; the rest is cut off at both ends.
const ODD: u32 = 3;
/// Sharp enough first; what is too long is told more roughly.
const QUALITIES: [u8; 3] = [80, 60, 35];
/// Between pictures that are shown together, in pixels.
const GAP: u32 = 4;
/// It is seen on light bubbles and on dark ones.
const JOINT: Rgba<u8> = Rgba([128, 128, 128, 255]);
/// What shows through.
const PAPER: Rgba<u8> = Rgba([255, 255, 255, 255]);

/// One after the other: each may take [`MEMORY`].
static ALONE: Mutex<()> = Mutex::new(());

/// Those that look like pictures by their names, and are not too large to be looked at.
pub fn pictures(manifest: &Manifest) -> impl Iterator<Item = (usize, &Item)> {
    let is_one = |item: &Item| match item.is {
        Kind::File { size, .. } => (1..=FILE_BYTES).contains(&size) && is_named_like_one(&item.path),
        Kind::Folder => false,
    };
    manifest.items().iter().enumerate().filter(move |(_, item)| is_one(item)).take(TOGETHER)
}

fn is_named_like_one(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "jpg" | "jpeg" | "png" | "gif" | "webp"))
}

/// Looks at pictures, one at a time; `None` where none of them is one.
pub fn draw(files: Vec<File>) -> Option<Thumbnail> {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut small = Vec::new();
    for file in files.into_iter().take(TOGETHER) {
        // A fault in a decoder costs this picture, not the transfer.
        match catch_unwind(|| looked_at(file)) {
            Ok(Ok(picture)) => small.push(picture),
            Ok(Err(error)) => tracing::info!(%error, "no picture"),
            Err(_) => tracing::error!("a picture's decoder broke down"),
        }
    }
    let sheet = together(small)?;
    let size = PictureSize { width: sheet.width(), height: sheet.height() };
    let opaque = DynamicImage::from(sheet).into_rgb8();
    let jpeg = QUALITIES.into_iter().find_map(|quality| written(&opaque, quality))?;
    Some(Thumbnail { size, jpeg })
}

#[derive(Debug, thiserror::Error)]
enum NoPicture {
    #[error("its file cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error("it cannot be decoded: {0}")]
    Coded(#[from] image::ImageError),
    #[error("{0} by {1} pixels are too many")]
    TooLarge(u32, u32),
}

/// A picture the right way up, no side longer than [`THUMBNAIL_SIDE`], on paper.
fn looked_at(file: File) -> Result<RgbaImage, NoPicture> {
    let mut bytes = Vec::new();
    file.take(FILE_BYTES).read_to_end(&mut bytes)?;
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let is_fine = (1..=SIDE).contains(&width) && (1..=SIDE).contains(&height);
    if !is_fine || u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > MEMORY {
        return Err(NoPicture::TooLarge(width, height));
    }
    let turned = decoder.orientation()?;
    let mut small = fitted(DynamicImage::from_decoder(decoder)?);
    small.apply_orientation(turned);
    Ok(on_paper(&small.into_rgba8()))
}

/// What is longer than it may be is cut and made smaller; what is small stays as it is.
fn fitted(picture: DynamicImage) -> DynamicImage {
    let (width, height) = picture.dimensions();
    let (wide, high) = (width.min(height.saturating_mul(ODD)), height.min(width.saturating_mul(ODD)));
    let picture = if (wide, high) == (width, height) {
        picture
    } else {
        picture.crop_imm((width - wide) / 2, (height - high) / 2, wide, high)
    };
    if wide.max(high) <= THUMBNAIL_SIDE { picture } else { picture.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE) }
}

fn on_paper(picture: &RgbaImage) -> RgbaImage {
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), PAPER);
    imageops::overlay(&mut paper, picture, 0, 0);
    paper
}

/// One alone, two side by side, more in two rows.
fn together(pictures: Vec<RgbaImage>) -> Option<RgbaImage> {
    let mut pictures = pictures;
    if pictures.len() <= 1 {
        return pictures.pop();
    }
    let side = (THUMBNAIL_SIDE - GAP) / 2;
    let rows = if pictures.len() == 2 { 1 } else { 2 };
    let mut sheet = RgbaImage::from_pixel(THUMBNAIL_SIDE, rows * (side + GAP) - GAP, JOINT);
    let odd = pictures.len() % 2 == 1;
    let last = pictures.len() - 1;
    for (at, picture) in (0_u32..).zip(pictures) {
        // The last of three has a row to itself.
        let width = if odd && at as usize == last { THUMBNAIL_SIDE } else { side };
        let tile = DynamicImage::from(picture).resize_to_fill(width, side, FilterType::Triangle);
        let (x, y) = ((at % 2) * (side + GAP), (at / 2) * (side + GAP));
        imageops::overlay(&mut sheet, &tile.into_rgba8(), x.into(), y.into());
    }
    Some(sheet)
}

fn written(picture: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(picture).ok()?;
    (jpeg.len() <= THUMBNAIL_BYTES).then_some(jpeg)
}

#[cfg(test)]
mod tests;
