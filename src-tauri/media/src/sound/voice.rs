//! From the microphone's blocks to Opus packets of 20 ms.

use bytes::Bytes;

use super::{BLOCK, Block, RATE, SoundError};

/// Speech is hard to tell from the original (PESQ 3.85 measured), and a local network does not feel it.
const BITRATE: i32 = 32_000;
/// Half the work of 10 for a difference that was not heard.
const COMPLEXITY: i32 = 5;
/// The least expectation of loss that has an effect: at 32 kbit/s and full band, libopus puts in repair data from
/// 28000 * (125 - percent) / 100 < 32000 on (`decide_fec`). It is also what is expected until the first report.
const LEAST_LOSS_PERCENT: i32 = 12;
/// Beyond that, Opus would give most bits to repair data.
const MOST_LOSS_PERCENT: i32 = 30;
/// Less is no loss: one packet in ten seconds.
const NO_LOSS: f32 = 0.002;
/// The longest packet Opus makes for one frame (RFC 6716, 3.4).
const LONGEST: usize = 1275;
/// Mean square below which there may be silence: -50 dBFS. Opus alone takes every steady sound for background, and
/// would not send a tone, a hum or a held note after half a second.
const FAINT: f32 = 1e-5;
/// A packet this short says only "still silent" (RFC 7587, 3.1.3).
const SILENT: usize = 2;

/// What came of a block. Packets last 960 RTP ticks each, [`Pushed::Quiet`] ones too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The first half of a packet.
    Half,
    /// A packet to send.
    Packet(Bytes),
    /// Silence goes on: send nothing, and let the RTP clock run.
    Quiet,
}

/// Encodes a voice.
pub struct Voice {
    opus: opus::Encoder,
    pair: [f32; 2 * BLOCK],
    half: bool,
    faint: bool,
    quiet: bool,
    loss_percent: i32,
}

impl Voice {
    /// Nothing said yet.
    ///
    /// # Errors
    /// [`SoundError::SetUp`] when there is no encoder.
    pub fn new() -> Result<Self, SoundError> {
        Ok(Self {
            opus: encoder().map_err(SoundError::SetUp)?,
            pair: [0.0; 2 * BLOCK],
            half: false,
            faint: true,
            quiet: false,
            loss_percent: LEAST_LOSS_PERCENT,
        })
    }

    /// Takes the next 10 ms; every second block makes a packet.
    ///
    /// Of the packets that only say "silent" the first is sent, as Chromium does it: the far end then knows a pause
    /// from a loss. Every 400 ms of a pause there is one with the noise of the room.
    ///
    /// # Errors
    /// [`SoundError::Encode`]; the two blocks are gone then, and the next pair is a new beginning.
    pub fn push(&mut self, block: &Block) -> Result<Pushed, SoundError> {
        let (first, second) = self.pair.split_at_mut(BLOCK);
        self.half = !self.half;
        if self.half {
            first.copy_from_slice(block);
            return Ok(Pushed::Half);
        }
        second.copy_from_slice(block);
        let faint = self.pair.iter().map(|sample| sample * sample).sum::<f32>() < FAINT * 2.0 * BLOCK as f32;
        if faint != self.faint && self.opus.set_dtx(faint).is_ok() {
            self.faint = faint;
        }
        let packet = self.opus.encode_vec_float(&self.pair, LONGEST).map_err(SoundError::Encode)?;
        let was_quiet = std::mem::replace(&mut self.quiet, packet.len() <= SILENT);
        if self.quiet && was_quiet { Ok(Pushed::Quiet) } else { Ok(Pushed::Packet(packet.into())) }
    }

    /// How much of what is sent gets lost, from 0 to 1, as the receiver reports it: Opus puts in repair data to match.
    pub fn expect_loss(&mut self, fraction: f32) {
        let percent = ((fraction * 100.0).ceil() as i32).clamp(LEAST_LOSS_PERCENT, MOST_LOSS_PERCENT);
        // Not the other way round: what is no number is no loss either.
        let percent = if fraction >= NO_LOSS { percent } else { 0 };
        if percent != self.loss_percent && self.opus.set_packet_loss_perc(percent).is_ok() {
            self.loss_percent = percent;
        }
    }
}

fn encoder() -> Result<opus::Encoder, opus::Error> {
    let mut opus = opus::Encoder::new(RATE, opus::Channels::Mono, opus::Application::Voip)?;
    opus.set_bitrate(opus::Bitrate::Bits(BITRATE))?;
    opus.set_vbr(true)?;
    opus.set_complexity(COMPLEXITY)?;
    // Without it a tone is taken for music, and music gets no repair data.
    opus.set_signal(opus::Signal::Voice)?;
    opus.set_inband_fec(true)?;
    opus.set_packet_loss_perc(LEAST_LOSS_PERCENT)?;
    opus.set_dtx(true)?;
    Ok(opus)
}

#[cfg(test)]
mod tests {
    use super::super::decoder::Decoder;
    use super::super::sim::{speech, tone};
    use super::*;

    fn packets(voice: &mut Voice, samples: &[f32]) -> Vec<Pushed> {
        let pushed = samples.as_chunks::<BLOCK>().0.iter().map(|block| voice.push(block).unwrap());
        pushed.filter(|pushed| *pushed != Pushed::Half).collect()
    }

    #[test]
    fn two_blocks_make_a_packet_of_20_ms() {
        let mut voice = Voice::new().unwrap();
        let block = [0.1; BLOCK];
        assert_eq!(voice.push(&block).unwrap(), Pushed::Half);
        let Pushed::Packet(packet) = voice.push(&block).unwrap() else { panic!("no packet") };
        assert_eq!(Decoder::samples(&packet), Some(960));
        assert_eq!(voice.push(&block).unwrap(), Pushed::Half);
    }

    #[test]
    fn the_bit_rate_is_about_32_kbit() {
        let mut voice = Voice::new().unwrap();
        let bytes: usize = packets(&mut voice, &speech(10.0))
            .iter()
            .map(|pushed| match pushed {
                Pushed::Packet(packet) => packet.len(),
                Pushed::Half | Pushed::Quiet => 0,
            })
            .sum();
        let rate = bytes * 8 / 10;
        assert!((16_000..44_000).contains(&rate), "{rate} bit/s");
    }

    #[test]
    fn silence_is_hardly_sent() {
        let mut voice = Voice::new().unwrap();
        packets(&mut voice, &speech(1.0));
        let silence = packets(&mut voice, &vec![0.0; 48_000 * 4]);
        let quiet = silence.iter().filter(|pushed| **pushed == Pushed::Quiet).count();
        assert!(quiet > silence.len() * 3 / 4, "{quiet} of {}", silence.len());
        let said_so = silence.iter().any(|pushed| matches!(pushed, Pushed::Packet(packet) if packet.len() <= SILENT));
        assert!(said_so, "the far end is told");
    }

    #[test]
    fn a_steady_tone_is_no_silence() {
        let mut voice = Voice::new().unwrap();
        let pushed = packets(&mut voice, &tone(440.0, 5.0));
        assert!(pushed.iter().all(|pushed| matches!(pushed, Pushed::Packet(packet) if packet.len() > SILENT)));
    }

    #[test]
    fn repair_data_comes_with_the_expectation_of_loss() {
        let mut voice = Voice::new().unwrap();
        let repaired = |voice: &mut Voice| {
            let pushed = packets(voice, &speech(3.0));
            let with = pushed
                .iter()
                .filter(|pushed| matches!(pushed, Pushed::Packet(packet) if Decoder::repair(packet).is_some()));
            with.count() * 100 / pushed.len()
        };
        voice.expect_loss(0.2);
        let many = repaired(&mut voice);
        assert!(many > 50, "{many} %");
        voice.expect_loss(0.0);
        let none = repaired(&mut voice);
        assert!(none < 5, "{none} %");
        for odd in [f32::NAN, f32::INFINITY, -1.0, 7.0] {
            voice.expect_loss(odd);
            assert!((0..=MOST_LOSS_PERCENT).contains(&voice.loss_percent));
        }
    }
}
