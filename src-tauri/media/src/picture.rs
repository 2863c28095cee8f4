//! Pictures that a test contact makes, sends and judges: what it shows, how that is encoded, and what colour arrived.
//!
//! Everything here is Rust: no camera, no codec of the system. VP8 is what a call uses; H.264 is for the other side
//! that has nothing else.

pub mod eye;
#[cfg(test)]
mod film;
pub mod h264;
pub mod painter;
pub mod vp8;

use thiserror::Error;

pub use crate::video::Codec;

/// One picture in I420: BT.601, limited range, both sizes even.
///
/// The chroma planes have half the width and half the height of the luma plane; rows follow each other without gaps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct I420 {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Luma, `width * height` bytes.
    pub y: Vec<u8>,
    /// Blue difference, a quarter as many bytes as luma.
    pub u: Vec<u8>,
    /// Red difference, as many bytes as `u`.
    pub v: Vec<u8>,
}

impl I420 {
    /// A black picture; odd sizes are rounded down, and none is smaller than 2.
    pub fn black(width: usize, height: usize) -> Self {
        let (width, height) = ((width & !1).max(2), (height & !1).max(2));
        let chroma = vec![128; width * height / 4];
        Self { width, height, y: vec![16; width * height], u: chroma.clone(), v: chroma }
    }

    /// Whether the planes are as long as the sizes say, and the sizes are ones that can be encoded: even, and at most
    /// [`MAX_SIDE`].
    pub fn is_sound(&self) -> bool {
        let sides = [self.width, self.height];
        sides.iter().all(|side| (2..=MAX_SIDE).contains(side) && side % 2 == 0)
            && self.y.len() == self.width * self.height
            && self.u.len() == self.y.len() / 4
            && self.v.len() == self.u.len()
    }
}

/// The longest side of a picture that is encoded or decoded, in pixels: 1080p, also upright.
pub const MAX_SIDE: usize = 1920;

/// One encoded picture.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Encoded {
    /// Whether it can be decoded without any before it.
    pub key: bool,
    /// VP8: one frame, as the payload of RTP wants it. H.264: Annex B, with SPS and PPS before each IDR picture.
    pub data: Vec<u8>,
}

/// Why a picture was not encoded.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum EncodeError {
    /// Its planes do not fit its sizes, or a side is odd or too long.
    #[error("a picture of {width} times {height} cannot be encoded")]
    Unsound {
        /// Its width in pixels.
        width: usize,
        /// Its height in pixels.
        height: usize,
    },
    /// The H.264 encoder refused.
    #[error("the H.264 encoder refused a picture")]
    Refused,
}

impl EncodeError {
    pub(crate) fn unsound(picture: &I420) -> Self {
        Self::Unsound { width: picture.width, height: picture.height }
    }
}

/// Encodes pictures one after the other, each as soon as it comes.
pub trait Encoder: Send {
    /// Encodes `picture`, as a key frame when `key` says so or when there is nothing before it.
    ///
    /// `bits` is what one picture may take on average, the bitrate divided by the pictures in a second. A key frame
    /// takes several times that, and those after it take less.
    ///
    /// # Errors
    ///
    /// When the picture cannot be encoded; the next one starts with a key frame.
    fn encode(&mut self, picture: &I420, key: bool, bits: usize) -> Result<Encoded, EncodeError>;
}

/// An encoder that makes `codec`.
pub fn encoder(codec: Codec) -> Box<dyn Encoder> {
    match codec {
        Codec::Vp8 => Box::new(vp8::Vp8Encoder::new()),
        Codec::H264 => Box::new(h264::H264Encoder::new()),
    }
}
