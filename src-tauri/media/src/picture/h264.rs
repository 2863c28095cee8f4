//! H.264 for the other side that has no VP8: constrained baseline, level 3.1, one slice a picture.

use rusty_h264_common::nal::split_annex_b;
use rusty_h264_common::{NalUnitType, YuvPlanes};
use rusty_h264_encoder::{Encoder as Rusty, EncoderConfig};

use super::{EncodeError, Encoded, Encoder, I420};

/// Pictures in a second that the rate is counted in. Only its product with the bits of a picture matters.
const PACE: f32 = 30.0;

/// Encodes one stream of H.264.
///
/// The encoder below keeps the bitrate it was made with. When what a picture may take becomes a quarter less or a half
/// more, a new one goes on, with a key frame.
#[derive(Default)]
pub struct H264Encoder {
    stream: Option<Stream>,
}

struct Stream {
    encoder: Rusty,
    size: (usize, usize),
    bits: usize,
}

impl H264Encoder {
    /// An encoder whose first frame will be a key frame.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Encoder for H264Encoder {
    fn encode(&mut self, picture: &I420, key: bool, bits: usize) -> Result<Encoded, EncodeError> {
        let before = self.stream.take();
        if !picture.is_sound() {
            return Err(EncodeError::unsound(picture));
        }
        let size = (picture.width, picture.height);
        let fits = |stream: &Stream| {
            stream.size == size
                && bits.saturating_mul(4) >= stream.bits * 3
                && bits <= stream.bits.saturating_mul(3) / 2
        };
        let mut stream = match before.filter(fits) {
            Some(stream) => stream,
            None => Stream::new(size, bits)?,
        };
        if key {
            stream.encoder.request_keyframe();
        }
        let planes = YuvPlanes {
            width: picture.width,
            height: picture.height,
            y: &picture.y,
            u: &picture.u,
            v: &picture.v,
            stride_y: picture.width,
            stride_c: picture.width / 2,
        };
        let data = stream.encoder.encode_planes(&planes).map_err(|_| EncodeError::Refused)?;
        self.stream = Some(stream);
        Ok(Encoded { key: is_key(&data), data })
    }
}

impl Stream {
    fn new(size: (usize, usize), bits: usize) -> Result<Self, EncodeError> {
        let mut config = EncoderConfig::baseline(size.0, size.1);
        config.level_idc = 31;
        // The rate control stays within 18 of this: from nearly perfect down to the coarsest.
        config.qp = 33;
        config.bitrate = (bits as f64 * f64::from(PACE)).clamp(1.0, f64::from(u32::MAX)) as u32;
        config.framerate = PACE;
        // Key frames are for who asks; this is only what the encoder insists on.
        config.gop_size = u32::MAX;
        // Not in baseline.
        config.weightp = false;
        let encoder = Rusty::new(config).map_err(|_| EncodeError::Refused)?;
        Ok(Self { encoder, size, bits: bits.max(1) })
    }
}

/// Whether an access unit is an IDR picture.
fn is_key(data: &[u8]) -> bool {
    let kind = |unit: &&[u8]| unit.first().map(|header| NalUnitType::from_id(*header));
    split_annex_b(data).iter().any(|unit| kind(unit) == Some(NalUnitType::IdrSlice))
}

#[cfg(test)]
mod tests;
