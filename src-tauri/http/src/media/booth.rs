//! The page's end of a connection. What it shows and plays goes to the page as packets, what it takes comes from there.

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use dogeller_core::wire::media::EngineWord;
use dogeller_media::booth::{Booth, Terms};
use dogeller_media::sound::{Block, Clean, Ears, RATE, cleaner};
use dogeller_media::stack::TrackNumber;
use dogeller_media::unwrap::Timestamp;
use dogeller_media::video::{Codec, Frame};
use tokio::sync::mpsc;

use super::camera::Camera;
use super::microphone::Microphone;
use super::packet;

/// Pictures and words of the page that may wait for the engine, and blocks of its sound: 320 ms.
const PICTURES_WAITING: usize = 16;
const WORDS_WAITING: usize = 16;
const SOUND_WAITING: usize = 32;
/// What may wait for the page to read it: more than a second of sound and pictures.
const PAGE_WAITING: usize = 160;
/// A page that asks for key frames is listened to so often.
const KEYS_EVERY: Duration = Duration::from_millis(300);
/// The longest that pictures wait for sound that lies at the page.
const MOST_FILL: Duration = Duration::from_millis(200);

/// What goes to the page.
#[derive(Debug)]
pub(super) enum Down {
    /// A picture or sound.
    Packet(Bytes),
    /// A word.
    Word(EngineWord),
}

/// A picture of the page, and when it was taken by the page's clock, in microseconds.
#[derive(Debug)]
pub(super) struct Shot {
    pub(super) taken: f64,
    pub(super) data: Bytes,
}

/// What the page says of its pictures and of what it shows and plays.
#[derive(Debug)]
pub(super) enum Seen {
    /// There is one to send, or none any more.
    On(bool),
    /// The page can show nothing without a key frame.
    Key,
    /// Where the far end is heard.
    Ears(Ears),
    /// Samples that wait at the page to be played.
    Fill(u32),
}

/// What the page's microphone took, and what was played meanwhile.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) block: Box<Block>,
    pub(super) played: Box<Block>,
}

/// The page's side of a booth. What the engine is too slow for is left out.
pub(super) struct Ends {
    pub(super) shots: mpsc::Sender<Shot>,
    pub(super) seen: mpsc::Sender<Seen>,
    pub(super) taken: mpsc::Sender<Taken>,
    pub(super) down: mpsc::Receiver<Down>,
}

/// See the module.
pub(super) struct PageBooth {
    shots: mpsc::Receiver<Shot>,
    seen: mpsc::Receiver<Seen>,
    taken: mpsc::Receiver<Taken>,
    down: mpsc::Sender<Down>,
    camera: Camera,
    microphone: Microphone,
    cleaner: Box<dyn Clean>,
    ears: Ears,
    fill: Duration,
    track: Option<TrackNumber>,
    /// A picture of the page came.
    took: bool,
    shown: Timestamp,
    /// The place of the first picture on that line.
    first_shown: Option<f64>,
    /// A picture did not reach the page: the next it can show is a key frame.
    broken: bool,
    key_wanted: bool,
    key_asked: Option<Instant>,
}

impl PageBooth {
    pub(super) fn new(ears: Ears, now: Instant) -> (Self, Ends) {
        let (shoots, shots) = mpsc::channel(PICTURES_WAITING);
        let (to_booth, seen) = mpsc::channel(WORDS_WAITING);
        let (says, taken) = mpsc::channel(SOUND_WAITING);
        let (down, from_booth) = mpsc::channel(PAGE_WAITING);
        let booth = Self {
            shots,
            seen,
            taken,
            down,
            camera: Camera::new(now),
            microphone: Microphone::default(),
            cleaner: cleaner(ears),
            ears,
            fill: Duration::ZERO,
            track: None,
            took: false,
            shown: Timestamp::default(),
            first_shown: None,
            broken: false,
            key_wanted: false,
            key_asked: None,
        };
        (booth, Ends { shots: shoots, seen: to_booth, taken: says, down: from_booth })
    }

    fn word(&mut self, word: Option<EngineWord>) {
        if let Some(word) = word
            && self.down.try_send(Down::Word(word)).is_err()
        {
            self.camera.unsaid();
        }
    }

    fn wear(&mut self, ears: Ears) {
        if self.ears != ears {
            self.ears = ears;
            self.cleaner = cleaner(ears);
        }
    }

    /// A picture of the page, ready to leave.
    fn shot(&mut self, Shot { taken, data }: Shot, now: Instant) -> Option<Frame> {
        let mut frame = Frame::vp8(0, data);
        frame.timestamp = self.camera.taken(taken, frame.key, now)?;
        if !std::mem::replace(&mut self.took, true) {
            tracing::debug!(bytes = frame.data.len(), "the first picture of the page");
        }
        Some(frame)
    }

    fn take(&mut self, seen: Seen, now: Instant) {
        match seen {
            Seen::On(on) => self.camera.switch(on, now),
            Seen::Key => self.key_wanted = true,
            Seen::Ears(ears) => self.wear(ears),
            Seen::Fill(samples) => {
                let fill = Duration::from_micros(u64::from(samples) * 1_000_000 / u64::from(RATE));
                self.fill = fill.min(MOST_FILL);
            }
        }
    }

    /// The time of a picture for the page, in microseconds since the first.
    fn time(&mut self, timestamp: u32) -> f64 {
        let place = self.shown.of(timestamp) as f64;
        (place - *self.first_shown.get_or_insert(place)) / 0.09
    }
}

impl Booth for PageBooth {
    fn see(&mut self, track: TrackNumber, frame: &Frame, _now: Instant) {
        // A second track is a screen shared beside the camera; one picture is shown. The page decodes VP8, which every
        // side can send.
        if *self.track.get_or_insert(track) != track || frame.codec != Codec::Vp8 {
            return;
        }
        if self.broken && !frame.key {
            return;
        }
        if self.first_shown.is_none() {
            tracing::debug!(bytes = frame.data.len(), "the first picture for the page");
        }
        let time = self.time(frame.timestamp);
        let sent = self.down.try_send(Down::Packet(packet::picture(frame.key, time, &frame.data)));
        self.broken = sent.is_err();
        self.key_wanted |= self.broken;
    }

    fn hear(&mut self, heard: &Block, _now: Instant) {
        // A page that does not read hears nothing.
        let _full = self.down.try_send(Down::Packet(packet::sound(heard)));
    }

    fn say(&mut self, said: &mut Block, _now: Instant) -> bool {
        while let Ok(Taken { mut block, played }) = self.taken.try_recv() {
            self.cleaner.played(&played);
            self.cleaner.clean(&mut block);
            self.microphone.took(block);
        }
        self.microphone.say(said)
    }

    fn picture_due(&self) -> Option<Instant> {
        self.camera.due()
    }

    fn want_picture(&mut self, terms: Terms, now: Instant) {
        let word = self.camera.want(terms, now);
        self.word(word);
    }

    fn poll_picture(&mut self, context: &mut Context<'_>) -> Poll<Frame> {
        while let Poll::Ready(Some(seen)) = self.seen.poll_recv(context) {
            self.take(seen, Instant::now());
        }
        // A page that has gone takes no pictures.
        while let Poll::Ready(Some(shot)) = self.shots.poll_recv(context) {
            if let Some(frame) = self.shot(shot, Instant::now()) {
                return Poll::Ready(frame);
            }
        }
        Poll::Pending
    }

    fn skip(&mut self, now: Instant) {
        let word = self.camera.skip(now);
        self.word(word);
    }

    fn wants_key(&mut self) -> bool {
        let now = Instant::now();
        let asked = self.key_asked.is_some_and(|at| now.saturating_duration_since(at) < KEYS_EVERY);
        if asked || !std::mem::take(&mut self.key_wanted) {
            return false;
        }
        self.key_asked = Some(now);
        true
    }

    fn heard_after(&self) -> Duration {
        self.fill
    }
}

impl Drop for PageBooth {
    fn drop(&mut self) {
        let Microphone { inserted, dropped, .. } = self.microphone;
        tracing::debug!(inserted, dropped, "blocks of the page's microphone");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    fn frame(key: bool, timestamp: u32) -> Frame {
        let data = Bytes::from_static(if key { &[0x10, 0, 0, 0x9d, 1, 0x2a, 0, 1, 0, 1] } else { &[0x11, 0, 0] });
        Frame { codec: Codec::Vp8, key, timestamp, data }
    }

    fn read(ends: &mut Ends) -> Option<(u8, u8)> {
        match ends.down.try_recv().ok()? {
            Down::Packet(bytes) => Some((bytes[0], bytes[1])),
            Down::Word(_) => None,
        }
    }

    #[test]
    fn after_a_picture_that_did_not_reach_the_page_none_is_shown_before_a_key_frame() {
        let now = Instant::now();
        let (mut booth, mut ends) = PageBooth::new(Ears::Headset, now);
        for n in 0..PAGE_WAITING as u32 {
            booth.see(TrackNumber(0), &frame(n == 0, n), now);
        }
        assert!(!booth.wants_key());
        booth.see(TrackNumber(0), &frame(false, 1000), now);
        assert!(booth.wants_key() && !booth.wants_key());
        while read(&mut ends).is_some() {}
        booth.see(TrackNumber(0), &frame(false, 1001), now);
        assert_eq!(read(&mut ends), None);
        booth.see(TrackNumber(0), &frame(true, 1002), now);
        assert_eq!(read(&mut ends), Some((1, 1)));
    }

    #[test]
    fn one_track_is_shown_and_only_what_the_page_can_decode() {
        let now = Instant::now();
        let (mut booth, mut ends) = PageBooth::new(Ears::Headset, now);
        booth.see(TrackNumber(3), &Frame { codec: Codec::H264, ..frame(true, 0) }, now);
        booth.see(TrackNumber(4), &frame(true, 0), now);
        assert_eq!(read(&mut ends), None);
        booth.see(TrackNumber(3), &frame(true, 0), now);
        assert_eq!(read(&mut ends), Some((1, 1)));
    }

    #[test]
    fn a_picture_of_the_page_leaves_once_it_was_wanted() {
        let now = Instant::now();
        let (mut booth, ends) = PageBooth::new(Ears::Loudspeaker, now);
        let poll = |booth: &mut PageBooth| booth.poll_picture(&mut Context::from_waker(Waker::noop()));
        let picture = || Shot { taken: 5.0, data: frame(true, 0).data };
        ends.seen.try_send(Seen::On(true)).unwrap();
        ends.shots.try_send(picture()).unwrap();
        assert!(poll(&mut booth).is_pending(), "nobody wanted it");
        assert!(booth.picture_due().is_some());
        booth.want_picture(Terms { codec: Codec::Vp8, bits: 500_000, key: true, timestamp: 90 }, now);
        ends.shots.try_send(picture()).unwrap();
        assert!(matches!(poll(&mut booth), Poll::Ready(Frame { key: true, .. })));
    }

    #[test]
    fn what_the_microphone_takes_is_said_and_a_page_that_floods_is_left_out() {
        let now = Instant::now();
        let (mut booth, ends) = PageBooth::new(Ears::Headset, now);
        let mut said = [0.0; 480];
        assert!(!booth.say(&mut said, now));
        let taken = || Taken { block: Box::new([0.1; 480]), played: Box::new([0.0; 480]) };
        let mut refused = 0;
        for _ in 0..100 {
            refused += usize::from(ends.taken.try_send(taken()).is_err());
        }
        assert_eq!(refused, 100 - SOUND_WAITING);
        assert!(booth.say(&mut said, now));
        ends.seen.try_send(Seen::Fill(u32::MAX)).unwrap();
        assert!(booth.poll_picture(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(booth.heard_after(), MOST_FILL);
    }
}
