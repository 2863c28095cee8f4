//! What colour arrives: decodes key frames of others and takes the mean of them.
//!
//! All of it comes from the network: it is bounded before anything is allocated, and what does not decode is not seen.

use std::thread;

use image_webp::vp8::Vp8Decoder;
use rusty_h264_common::nal::{emulation_unprevent, split_annex_b};
use rusty_h264_common::{NalUnitType, YuvFrame};
use rusty_h264_decoder::{Decoder, Sps};

use super::{Codec, MAX_SIDE};
use crate::video;

/// The largest encoded picture that is looked at, in bytes. A key frame of 1080p at any bitrate of a call is less.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The most units of a picture in H.264, parameter sets and slices: more than any camera makes, and few enough that
/// each may cost the memory of a picture.
const MAX_UNITS: usize = 64;

/// The profile of constrained baseline, `profile_idc` (H.264, A.2.1).
const BASELINE: u8 = 66;

/// What a decoded picture shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seen {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// The mean colour in red, green and blue.
    pub colour: [u8; 3],
}

/// Looks at the pictures of one stream.
#[derive(Clone, Copy, Debug)]
pub struct Eye {
    codec: Codec,
}

impl Eye {
    /// An eye for pictures of one codec.
    pub fn new(codec: Codec) -> Self {
        Self { codec }
    }

    /// The mean colour of an encoded picture, when it is a key frame within [`MAX_BYTES`] and [`MAX_SIDE`].
    ///
    /// Others need those before them, which are not kept: ask the sender for a key frame (RFC 4585, PLI) to see again.
    pub fn see(&self, data: &[u8]) -> Option<Seen> {
        if data.len() > MAX_BYTES {
            return None;
        }
        match self.codec {
            Codec::Vp8 => vp8(data),
            Codec::H264 => apart(data.to_vec()),
        }
    }
}

fn vp8(data: &[u8]) -> Option<Seen> {
    let (width, height) = video::vp8_size(data)?;
    let (width, height) = (usize::from(width), usize::from(height));
    if !is_allowed(width, height) {
        return None;
    }
    let frame = Vp8Decoder::decode_frame(data).ok()?;
    let stride = width.next_multiple_of(16);
    let luma = mean(&frame.ybuf, stride, (width, height))?;
    let chroma = (width.div_ceil(2), height.div_ceil(2));
    let blue = mean(&frame.ubuf, stride / 2, chroma)?;
    let red = mean(&frame.vbuf, stride / 2, chroma)?;
    Some(Seen { width, height, colour: rgb(luma, blue, red) })
}

/// The decoder of H.264 still panics on some bytes that no camera makes (found by the fuzz targets). It has a thread of its
/// own, so that all it can end is that.
fn apart(data: Vec<u8>) -> Option<Seen> {
    let decoder = thread::Builder::new().name("judge".to_owned()).spawn(move || h264(&data)).ok()?;
    decoder.join().ok()?
}

fn h264(data: &[u8]) -> Option<Seen> {
    let units = split_annex_b(data);
    if units.len() > MAX_UNITS || !units.iter().all(|unit| is_harmless(unit)) {
        return None;
    }
    let frame = Decoder::new().decode(data).ok()??;
    let YuvFrame { width, height, y, u, v } = &frame;
    let chroma = (width.div_ceil(2), height.div_ceil(2));
    let colour = rgb(mean(y, *width, (*width, *height))?, mean(u, chroma.0, chroma)?, mean(v, chroma.0, chroma)?);
    Some(Seen { width: *width, height: *height, colour })
}

/// Whether a unit may go to the decoder: it allocates what the parameter sets say, up to 8K, and of its many tools calls use
/// those of the constrained baseline profile alone.
fn is_harmless(unit: &[u8]) -> bool {
    let Some((header, rest)) = unit.split_first() else { return true };
    match NalUnitType::from_id(*header) {
        NalUnitType::Sps => {
            rest.first() == Some(&BASELINE)
                && Sps::parse(&emulation_unprevent(rest)).is_ok_and(|sps| {
                    is_allowed(sps.pic_width_in_mbs.saturating_mul(16), sps.pic_height_in_mbs.saturating_mul(16))
                })
        }
        // A picture that needs others is none that can be seen.
        NalUnitType::NonIdrSlice => false,
        NalUnitType::Pps => is_plain(&emulation_unprevent(rest)),
        NalUnitType::IdrSlice | NalUnitType::Sei | NalUnitType::AccessUnitDelimiter | NalUnitType::Other(_) => true,
    }
}

/// Whether picture parameters (H.264, 7.3.2.2) ask for CAVLC and one slice group, as the constrained baseline profile does.
fn is_plain(parameters: &[u8]) -> bool {
    let mut bits = parameters.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1 == 1));
    let (Some(_own), Some(_sequence)) = (number(&mut bits), number(&mut bits)) else { return false };
    let (arithmetic, _bottom_first) = (bits.next(), bits.next());
    arithmetic == Some(false) && number(&mut bits) == Some(0)
}

/// An unsigned number in Exp-Golomb code (H.264, 9.1).
fn number(bits: &mut impl Iterator<Item = bool>) -> Option<u32> {
    let zeros = bits.by_ref().take(32).take_while(|bit| !bit).count();
    if zeros > 15 {
        return None;
    }
    bits.take(zeros)
        .try_fold((1_u32, 0), |(value, read), bit| Some((value * 2 + u32::from(bit), read + 1)))
        .filter(|(_, read)| *read == zeros)
        .map(|(value, _)| value - 1)
}

fn is_allowed(width: usize, height: usize) -> bool {
    (1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height)
}

/// The mean of the part of a plane that is shown.
fn mean(plane: &[u8], stride: usize, (width, height): (usize, usize)) -> Option<f32> {
    let mut sum = 0_u64;
    for line in 0..height {
        let row = plane.get(line * stride..line * stride + width)?;
        sum += row.iter().map(|value| u64::from(*value)).sum::<u64>();
    }
    let count = width * height;
    (count > 0).then(|| sum as f32 / count as f32)
}

/// From BT.601 in limited range. The mean of the colours is the colour of the means but for what is clamped.
fn rgb(luma: f32, blue: f32, red: f32) -> [u8; 3] {
    let (luma, blue, red) = (1.164 * (luma - 16.0), blue - 128.0, red - 128.0);
    [luma + 1.596 * red, luma - 0.392 * blue - 0.813 * red, luma + 2.017 * blue].map(|value| value.round() as u8)
}

#[cfg(test)]
mod tests;
