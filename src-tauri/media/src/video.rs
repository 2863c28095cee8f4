//! Encoded pictures over RTP: [`Splitter`] makes payloads of a frame, [`Assembler`] makes frames of packets that were
//! lost, late, doubled or out of order, and says when only a key frame helps. VP8 as in RFC 7741, H.264 as in RFC 6184
//! with packetization mode 1.
//!
//! A frame is handed out with its last packet and does not wait for the first of the next: at 30 frames a second that
//! would cost 33 ms. No clock and no I/O: the time comes in with each call.

mod assembler;
mod buffer;
mod h264;
mod request;
mod splitter;
mod sps;
#[cfg(test)]
mod tests;
mod vp8;

pub use assembler::{Assembler, Counts};
pub use splitter::Splitter;
pub(crate) use vp8::size as vp8_size;

use bytes::Bytes;
use std::fmt;
use std::time::Duration;

/// The largest payload sent, in bytes. With RTP header and extensions, SRTP tag, UDP and IPv6 it stays below 1280, the
/// smallest MTU of IPv6 (RFC 8200, section 5): never a fragment, also inside a VPN.
pub const PAYLOAD_BYTES: usize = 1180;

/// For how long a missing packet may hold up what came after it. On a local network a retransmission takes a few
/// milliseconds; behind a Wi-Fi that stalls, up to some hundred. Then a new key frame is sooner here.
pub const GIVE_UP: Duration = Duration::from_millis(250);

/// How pictures are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// RFC 6386.
    Vp8,
    /// ITU-T H.264.
    H264,
}

/// One encoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// How it is encoded.
    pub codec: Codec,
    /// Whether a decoder can begin with it. For H.264: it has an IDR picture, and its parameter sets.
    pub key: bool,
    /// When it was taken: 90 kHz, modulo 2^32.
    pub timestamp: u32,
    /// VP8: the frame of RFC 6386. H.264: Annex B; received ones have start codes of four bytes.
    pub data: Bytes,
}

impl Frame {
    /// A VP8 frame as an encoder made it, which says itself whether it needs others.
    pub fn vp8(timestamp: u32, data: Bytes) -> Self {
        let key = data.first().is_some_and(|tag| vp8::is_key(*tag));
        Self { codec: Codec::Vp8, key, timestamp, data }
    }

    /// Width and height in pixels, from the header of a key frame. `None` for other frames and for headers that make no
    /// sense.
    pub fn size(&self) -> Option<(u16, u16)> {
        match self.codec {
            _ if !self.key => None,
            Codec::Vp8 => vp8::size(&self.data),
            Codec::H264 => h264::size(&self.data),
        }
    }
}

impl fmt::Debug for Frame {
    /// Without the picture: nobody reads it, and a log is no place for it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { codec, key, timestamp, data } = self;
        let kind = if *key { "key" } else { "inter" };
        write!(f, "{codec:?} {kind} frame of {} bytes at {timestamp}", data.len())
    }
}

/// What matters here of an RTP packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Its number, modulo 2^16.
    pub sequence: u16,
    /// When its picture was taken: 90 kHz, modulo 2^32.
    pub timestamp: u32,
    /// Set in the last packet of a picture.
    pub marker: bool,
    /// What is behind the RTP header. Empty in a packet that only fills a probe for bandwidth.
    pub payload: Bytes,
}

/// Why a payload is taken for lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Malformed {
    #[error("the payload ends too early")]
    Truncated,
    #[error("the payload has a structure that was not agreed on")]
    Unsupported,
}
