//! Pictures and sound in bytes: 16 bytes of header, little endian, then the content.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0 | 1 for a picture, 2 for sound |
//! | 1 | 1 for a key frame; only downwards, since a frame says it itself |
//! | 2 to 7 | 0 |
//! | 8 to 15 | a picture's time in microseconds, a double |
//!
//! A picture is a VP8 frame. Sound is a block of 480 samples of 32 bits; upwards a second block follows it, which was
//! played while the first was taken.

use bytes::{BufMut, Bytes, BytesMut};
use dogeller_media::sound::{BLOCK, Block};

/// Keeps what follows at a place where a page can lay 32-bit numbers over it.
const HEADER: usize = 16;
const PICTURE: u8 = 1;
const SOUND: u8 = 2;
/// Bytes of a sample.
const SAMPLE: usize = 4;
/// The most bytes of a frame that a page may send, as many as the engine takes from the other side. A key frame of a
/// 1920x1080 screen full of noise comes near one half of them; the page drops what is larger.
const FRAME_BYTES: usize = 2 << 20;
/// The most bytes of a message.
pub(super) const PACKET_BYTES: usize = HEADER + FRAME_BYTES;

/// What came from the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Up {
    /// A picture, and when it was taken on the page's own clock, in microseconds.
    Picture { taken: f64, data: Bytes },
    /// What the microphone took, and what was played meanwhile.
    Sound { taken: Box<Block>, played: Box<Block> },
}

/// The bytes are no packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a packet of picture or sound")]
pub(super) struct Malformed;

/// Reads a packet of the page.
pub(super) fn parse(bytes: &Bytes) -> Result<Up, Malformed> {
    let (header, content) = bytes.split_first_chunk::<HEADER>().ok_or(Malformed)?;
    let [kind, _, _, _, _, _, _, _, time @ ..] = *header;
    match kind {
        PICTURE => {
            let taken = f64::from_le_bytes(time);
            let plausible = taken.is_finite() && !content.is_empty() && content.len() <= FRAME_BYTES;
            plausible.then(|| Up::Picture { taken, data: bytes.slice(HEADER..) }).ok_or(Malformed)
        }
        SOUND => {
            let (taken, played) = content.split_at_checked(BLOCK * SAMPLE).ok_or(Malformed)?;
            Ok(Up::Sound { taken: block(taken)?, played: block(played)? })
        }
        _ => Err(Malformed),
    }
}

fn block(bytes: &[u8]) -> Result<Box<Block>, Malformed> {
    let (samples, []) = bytes.as_chunks::<SAMPLE>() else {
        return Err(Malformed);
    };
    let samples: Vec<f32> = samples.iter().map(|sample| f32::from_le_bytes(*sample)).collect();
    samples.into_boxed_slice().try_into().map_err(|_| Malformed)
}

/// A picture for the page, with its time in microseconds.
pub(super) fn picture(key: bool, time: f64, data: &[u8]) -> Bytes {
    let mut bytes = header(PICTURE, key.into(), time, data.len());
    bytes.put_slice(data);
    bytes.freeze()
}

/// 10 ms for the page to play.
pub(super) fn sound(block: &Block) -> Bytes {
    let mut bytes = header(SOUND, 0, 0.0, BLOCK * SAMPLE);
    for sample in block {
        bytes.put_f32_le(*sample);
    }
    bytes.freeze()
}

fn header(kind: u8, flags: u8, time: f64, content: usize) -> BytesMut {
    let mut bytes = BytesMut::with_capacity(HEADER + content);
    bytes.put_slice(&[kind, flags, 0, 0, 0, 0, 0, 0]);
    bytes.put_f64_le(time);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(kind: u8, time: f64, content: &[u8]) -> Bytes {
        let mut bytes = header(kind, 0, time, content.len());
        bytes.put_slice(content);
        bytes.freeze()
    }

    #[test]
    fn what_a_page_sends_is_read() {
        assert_eq!(parse(&up(1, 5.5, b"frame")), Ok(Up::Picture { taken: 5.5, data: Bytes::from_static(b"frame") }));
        let samples: Vec<u8> = (0..2 * BLOCK).flat_map(|n| (n as f32).to_le_bytes()).collect();
        let Ok(Up::Sound { taken, played }) = parse(&up(2, 0.0, &samples)) else { panic!("not sound") };
        assert_eq!((taken[0], taken[479], played[0], played[479]), (0.0, 479.0, 480.0, 959.0));
    }

    #[test]
    fn what_is_neither_is_refused() {
        let short = vec![0; 2 * BLOCK * SAMPLE - 1];
        let long = vec![0; 2 * BLOCK * SAMPLE + 4];
        let huge = vec![0; FRAME_BYTES + 1];
        for bytes in [
            Bytes::new(),
            Bytes::from_static(&[1; 15]),
            up(0, 0.0, b"x"),
            up(3, 0.0, b"x"),
            up(1, 0.0, b""),
            up(1, f64::NAN, b"x"),
            up(1, f64::INFINITY, b"x"),
            up(1, 0.0, &huge),
            up(2, 0.0, b""),
            up(2, 0.0, &short),
            up(2, 0.0, &long),
        ] {
            assert_eq!(parse(&bytes), Err(Malformed), "{} bytes", bytes.len());
        }
    }

    #[test]
    fn what_a_page_gets_has_its_samples_where_it_can_lay_numbers_over_them() {
        let mut block = [0.0; BLOCK];
        block[1] = 0.5;
        let bytes = sound(&block);
        assert_eq!((bytes.len(), bytes[0]), (HEADER + BLOCK * SAMPLE, 2));
        assert_eq!(bytes[HEADER + 4..HEADER + 8], 0.5_f32.to_le_bytes());
        let bytes = picture(true, 7.0, b"frame");
        assert_eq!(
            (&bytes[..2], &bytes[8..16], &bytes[16..]),
            (&[1, 1][..], &7.0_f64.to_le_bytes()[..], &b"frame"[..])
        );
    }
}
