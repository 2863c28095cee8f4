//! From Opus packets to samples, and from missing ones to something that can be listened to.

use super::{BLOCK, RATE, SoundError};

/// The longest packet Opus has: 120 ms (RFC 6716, 3.4).
const LONGEST: usize = 5760;
/// Opus decodes, and conceals, in steps of 2.5 ms.
const STEP: usize = 120;

/// Decodes one stream. Each call appends to the samples it is given.
pub(crate) struct Decoder {
    opus: opus::Decoder,
    room: Vec<f32>,
}

impl Decoder {
    pub(crate) fn new() -> Result<Self, SoundError> {
        let opus = opus::Decoder::new(RATE, opus::Channels::Mono).map_err(SoundError::SetUp)?;
        Ok(Self { opus, room: vec![0.0; LONGEST] })
    }

    /// How many samples this packet holds; `None` when it is no Opus packet.
    pub(crate) fn samples(payload: &[u8]) -> Option<u32> {
        if payload.is_empty() {
            return None;
        }
        let samples = opus::packet::get_nb_samples(payload, RATE).ok()?;
        (1..=LONGEST).contains(&samples).then_some(u32::try_from(samples).ok()?)
    }

    /// How many samples before this packet it can rebuild; `None` when it carries no repair data ("LBRR").
    ///
    /// The flag follows one voice activity flag for each 20 ms (RFC 6716, 4.2.4), in the first bits of the first frame.
    pub(crate) fn repair(payload: &[u8]) -> Option<u32> {
        let toc = *payload.first()?;
        // Above hybrid there is CELT alone, which has no repair data.
        if toc >> 3 > 15 {
            return None;
        }
        let packet = opus::packet::parse(payload).ok()?;
        let flags = *packet.frames.first()?.first()?;
        let samples = opus::packet::get_samples_per_frame(payload, RATE).ok()?;
        let frames = (samples / 960).clamp(1, 3);
        let stereo = toc & 4 != 0;
        let middle = flags >> (7 - frames) & 1 == 1;
        let side = stereo && frames < 3 && flags >> (6 - 2 * frames) & 1 == 1;
        (middle || side).then_some(u32::try_from(samples).ok()?)
    }

    /// Decodes a packet and says how many samples came of it. What can't be decoded is concealed.
    pub(crate) fn packet(&mut self, payload: &[u8], samples: usize, pcm: &mut Vec<f32>) -> usize {
        match self.opus.decode_float(payload, &mut self.room, false) {
            Ok(count) if count > 0 => self.append(count, pcm),
            Ok(_) | Err(_) => self.conceal(samples, pcm),
        }
    }

    /// Rebuilds the `samples` before this packet from its repair data.
    pub(crate) fn rebuild(&mut self, payload: &[u8], samples: usize, pcm: &mut Vec<f32>) -> usize {
        let room = self.room.get_mut(..samples).unwrap_or_default();
        match self.opus.decode_float(payload, room, true) {
            Ok(count) if count == samples => self.append(count, pcm),
            Ok(_) | Err(_) => self.conceal(samples, pcm),
        }
    }

    /// Makes up samples: what was last said goes on, fades within some 60 ms, and leaves the noise of the room.
    pub(crate) fn conceal(&mut self, samples: usize, pcm: &mut Vec<f32>) -> usize {
        let mut left = samples;
        while left > 0 {
            let part = left.min(2 * BLOCK);
            let whole = part.next_multiple_of(STEP);
            let room = self.room.get_mut(..whole).unwrap_or_default();
            if self.opus.decode_float(&[], room, false).is_err() {
                room.fill(0.0);
            }
            self.append(part, pcm);
            left -= part;
        }
        samples
    }

    /// Forgets the stream.
    pub(crate) fn reset(&mut self) {
        // It can only fail for a decoder that does not exist.
        let _ = self.opus.reset_state();
    }

    fn append(&self, count: usize, pcm: &mut Vec<f32>) -> usize {
        let made = self.room.iter().take(count);
        pcm.extend(made.map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }));
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_length_of_a_packet_is_in_its_first_byte() {
        // Configurations of RFC 6716, table 2, with one frame.
        let packet = |config: u8| Decoder::samples(&[config << 3, 0]);
        assert_eq!(packet(0), Some(480));
        assert_eq!(packet(3), Some(2880));
        assert_eq!(packet(15), Some(960));
        assert_eq!(packet(16), Some(120));
        assert_eq!(packet(30), Some(480));
        assert_eq!(Decoder::samples(&[]), None);
        // Three frames of 60 ms are too long.
        assert_eq!(Decoder::samples(&[3 << 3 | 3, 3, 0]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_give_as_much_sound_as_they_claim(
            payload in prop::collection::vec(any::<u8>(), 0..200),
            lost: bool,
        ) {
            let mut decoder = Decoder::new().unwrap();
            let mut pcm = Vec::new();
            let repair = Decoder::repair(&payload);
            if let Some(samples) = repair.filter(|_| lost) {
                prop_assert_eq!(decoder.rebuild(&payload, samples as usize, &mut pcm), samples as usize);
            }
            if let Some(samples) = Decoder::samples(&payload) {
                prop_assert_eq!(decoder.packet(&payload, samples as usize, &mut pcm), samples as usize);
            }
            prop_assert!(pcm.iter().all(|sample| sample.abs() <= 1.0));
        }
    }
}
