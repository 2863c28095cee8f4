//! Takes out of what a microphone takes what nobody wants to hear: the far end's own voice, the room's noise, and
//! a voice that is now too faint and now too loud.

#[cfg(test)]
mod room;
#[cfg(test)]
mod tests;

use sonora::config::{
    AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression,
    NoiseSuppressionLevel, Pipeline,
};
use sonora::{AudioProcessing, Config, Error, StreamConfig};

use super::{BLOCK, Block, RATE};

/// What a voice is lifted by before anything is known of it. The crate's 15 dB lift what is left of the echo as well,
/// which was 10 dB louder then.
const FIRST_GAIN_DB: f32 = 3.0;
/// What a faint voice is lifted by at most. The crate's 50 dB would bring in the next room.
const MOST_GAIN_DB: f32 = 18.0;
/// How quickly the gain follows; nobody hears it move.
const GAIN_DB_PER_SECOND: f32 = 3.0;

/// Where the far end is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ears {
    /// In the room, by the microphone as well.
    Loudspeaker,
    /// By one person only.
    Headset,
}

/// Makes a microphone fit to be sent. One thread owns it, and of each 10 ms tells it first what is played and then
/// what was taken. The voice comes out 15 ms late, or 7 ms with a headset. A faint one, from -40 dBFS on, comes out at
/// about -23 dBFS within ten seconds; a louder one stays as it is.
///
/// No sample can harm it: what is beyond -1 to 1 is cut to that, and what is no number is silence. The microphone's
/// block comes back within -1 to 1, even when nothing could be cleaned.
pub trait Clean: Send {
    /// 10 ms as the loudspeaker plays it; before the microphone's block of the same time.
    ///
    /// That is all of what is played, mixed, when it is handed over: an echo may lag behind it by up to 500 ms, but is
    /// not found when it comes first.
    fn played(&mut self, block: &Block);
    /// 10 ms of the microphone, taken while that was played; cleaned in place.
    fn clean(&mut self, block: &mut Block);
}

/// A cleaner for these ears. With a headset there is no echo, and cancelling would only harm double talk: what cannot
/// find an echo suspects one in everything, and cuts a voice for most of a second.
pub fn cleaner(ears: Ears) -> Box<dyn Clean> {
    Box::new(Sonora::new(ears, StreamConfig::new(RATE, 1)))
}

/// Crate `sonora`, which is the audio processing of WebRTC.
struct Sonora {
    processing: AudioProcessing,
    ears: Ears,
    /// The crate writes here, so that a failure spoils nothing.
    out: Block,
    /// One line in the log is enough: there are a hundred blocks in a second.
    complained: bool,
}

impl Sonora {
    fn new(ears: Ears, stream: StreamConfig) -> Self {
        let builder = AudioProcessing::builder().config(config(ears));
        let processing = builder.capture_config(stream).render_config(stream).build();
        Self { processing, ears, out: [0.0; BLOCK], complained: false }
    }

    fn complain(&mut self, error: Error) {
        if !std::mem::replace(&mut self.complained, true) {
            tracing::debug!(%error, "sound is not cleaned");
        }
    }
}

impl Clean for Sonora {
    fn played(&mut self, block: &Block) {
        if self.ears == Ears::Headset {
            return;
        }
        let block = block.map(sane);
        if let Err(error) = self.processing.process_render_f32(&[&block], &mut [&mut self.out]) {
            self.complain(error);
        }
    }

    fn clean(&mut self, block: &mut Block) {
        *block = block.map(sane);
        match self.processing.process_capture_f32(&[block], &mut [&mut self.out]) {
            Ok(()) => *block = self.out.map(sane),
            Err(error) => self.complain(error),
        }
    }
}

/// One sample that is none would stay in the filters for ever.
fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

fn config(ears: Ears) -> Config {
    Config {
        pipeline: Pipeline {
            // The default of 32 kHz loses all above 16 kHz.
            maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
            ..Pipeline::default()
        },
        high_pass_filter: Some(HighPassFilter::default()),
        echo_canceller: match ears {
            Ears::Loudspeaker => Some(EchoCanceller::default()),
            Ears::Headset => None,
        },
        noise_suppression: Some(NoiseSuppression {
            level: NoiseSuppressionLevel::Moderate,
            ..NoiseSuppression::default()
        }),
        gain_controller2: Some(GainController2 {
            adaptive_digital: Some(AdaptiveDigital {
                initial_gain_db: FIRST_GAIN_DB,
                max_gain_db: MOST_GAIN_DB,
                max_gain_change_db_per_second: GAIN_DB_PER_SECOND,
                ..AdaptiveDigital::default()
            }),
            ..GainController2::default()
        }),
        ..Config::default()
    }
}
