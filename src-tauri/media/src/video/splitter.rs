//! From frames to RTP payloads.

use super::{Codec, Frame, h264, vp8};
use bytes::Bytes;

/// Splits the frames of one stream into RTP payloads.
#[derive(Debug)]
pub struct Splitter {
    codec: Codec,
    /// VP8's number of the next picture.
    picture: u16,
}

impl Splitter {
    /// For a stream of this codec.
    pub fn new(codec: Codec) -> Self {
        Self { codec, picture: 0 }
    }

    /// The payloads of a frame, in order, each of at most [`super::PAYLOAD_BYTES`]; the last one's packet gets the
    /// marker. None for a frame without content, or of another codec than the stream's.
    pub fn split(&mut self, frame: &Frame) -> Vec<Bytes> {
        if frame.codec != self.codec {
            return Vec::new();
        }
        match self.codec {
            Codec::Vp8 => {
                let payloads = vp8::split(&frame.data, self.picture);
                if !payloads.is_empty() {
                    self.picture = self.picture.wrapping_add(1);
                }
                payloads
            }
            Codec::H264 => h264::split(&frame.data),
        }
    }
}
