//! Packets that wait become blocks: in their order, at a pace that keeps their wait near its target, and with something
//! in the place of those that are missing.
//!
//! A gap in timestamps with no number missing is a pause of the sender: its silence lasts as long as the gap, and costs
//! no delay. A missing number is a loss: it is repaired from what came later, or concealed. While nothing is there,
//! nobody knows which of the two it is, or whether a packet is merely late; so time is counted (`waiting`) and settled
//! when something comes.

use super::counts::Counts;
use super::decoder::Decoder;
use super::delay::{Delay, MS, Micros};
use super::ear::Pulled;
use super::level::Level;
use super::queue::{Held, Queue};
use super::stretch::{self, NEEDED};
use super::{BLOCK, Block, SoundError};

/// So much above the target is left alone ...
const ABOVE: Micros = 10 * MS;
/// ... and so much below: more would cost packets.
const BELOW: Micros = 2 * MS;
/// In a pause the delay is set right to within this, unheard.
const PAUSE: Micros = 10 * MS;
/// From here on it is stretched as often as possible.
const FAR: Micros = 100 * MS;
/// So much above the target is not caught up with but left out.
const HOPELESS: Micros = 400 * MS;
/// Blocks between two stretches.
const REST: u8 = 4;
/// How alike two periods must be to be joined, at first. It falls with each try, since noise is never alike ...
const LIKENESS: f32 = 0.8;
/// ... by this: after 1.6 s anything will do ...
const IMPATIENCE: f32 = 0.005;
/// ... and rises with each success.
const RELIEF: f32 = 0.1;
/// A frame is played from repair data, late, when no longer than this was filled with something else: 40 ms.
const REPAIR_WAIT: u64 = 1920;
/// After a second without anything this is silence, whatever the reason.
const LONG: u64 = 48_000;
/// What is no longer says only "still silent" (RFC 7587, 3.1.3).
const SILENT: usize = 2;

/// The playing half of an ear.
pub(crate) struct Playout {
    decoder: Decoder,
    queue: Queue,
    /// Decoded, not yet played.
    pcm: Vec<f32>,
    playing: bool,
    /// Timestamp of the next sample to decode.
    next: u64,
    /// Number of the packet that was played last, and how many copies since.
    last: Option<u64>,
    copies: u64,
    /// Samples made up since the last packet, which `next` does not count, and the blocks of them that may be a loss.
    waiting: u64,
    doubtful: u64,
    /// The sender said that it falls silent.
    quiet: bool,
    kind: Pulled,
    /// What is decoded next must not begin with a click.
    rise: bool,
    level: Level,
    rest: u8,
    likeness: f32,
}

impl Playout {
    pub(crate) fn new() -> Result<Self, SoundError> {
        Ok(Self {
            decoder: Decoder::new()?,
            queue: Queue::default(),
            pcm: Vec::new(),
            playing: false,
            next: 0,
            last: None,
            copies: 0,
            waiting: 0,
            doubtful: 0,
            quiet: false,
            kind: Pulled::Silence,
            rise: true,
            level: Level::default(),
            rest: 0,
            likeness: LIKENESS,
        })
    }

    /// Holds a packet for its turn; false when that is over.
    pub(crate) fn offer(&mut self, timestamp: u64, held: Held) -> bool {
        let in_time = !self.playing || timestamp >= self.next;
        if in_time {
            self.queue.put(timestamp, held);
        }
        in_time
    }

    /// Whether this frame is neither held nor over.
    pub(crate) fn lacks(&self, timestamp: u64) -> bool {
        (!self.playing || timestamp >= self.next) && !self.queue.holds(timestamp)
    }

    /// How many packets wait.
    pub(crate) fn held(&self) -> usize {
        self.queue.len()
    }

    /// Gives up the packet that waits longest.
    pub(crate) fn drop_oldest(&mut self) {
        self.queue.pop();
    }

    /// The timestamp of the next sample to be heard.
    pub(crate) fn playing(&self) -> Option<u64> {
        let made = u64::try_from(self.pcm.len()).unwrap_or_default();
        self.playing.then(|| self.next.saturating_add(self.waiting).saturating_sub(made))
    }

    /// How long the fastest packets wait.
    pub(crate) fn level(&self) -> Micros {
        self.level.least().unwrap_or(0)
    }

    /// Ends softly, forgets all, and waits for another beginning.
    pub(crate) fn restart(&mut self) {
        if self.playing {
            self.end_softly();
        }
        self.decoder.reset();
        self.queue.clear();
        self.playing = false;
        self.quiet = false;
        self.forget();
    }

    /// The next block.
    pub(crate) fn pull(
        &mut self,
        out: &mut Block,
        delay: &Delay,
        target: Micros,
        now: std::time::Instant,
        counts: &mut Counts,
    ) -> Pulled {
        if !self.playing {
            let first = self.queue.first().map(|(timestamp, _)| timestamp);
            match first.filter(|first| delay.waited(*first, now) >= target && self.pcm.is_empty()) {
                Some(first) => {
                    self.playing = true;
                    self.next = first;
                }
                None => return self.hand_out(out, Pulled::Silence),
            }
        }
        if let Some(playing) = self.playing() {
            self.level.note(delay.waited(playing, now));
        }
        let excess = self.excess(target);
        if excess > HOPELESS && self.queue.first().is_some() {
            self.leave_out(excess, counts);
        }
        while self.pcm.len() < BLOCK {
            self.fill(target, counts);
        }
        self.steer(target, counts);
        self.hand_out(out, self.kind)
    }

    fn hand_out(&mut self, out: &mut Block, kind: Pulled) -> Pulled {
        let count = self.pcm.len().min(BLOCK);
        out.fill(0.0);
        for (to, from) in out.iter_mut().zip(self.pcm.drain(..count)) {
            *to = from;
        }
        kind
    }

    /// Decodes, rebuilds, conceals or skips: one step towards the next block.
    fn fill(&mut self, target: Micros, counts: &mut Counts) {
        counts.late += self.queue.drop_before(self.next);
        let Some((first, held)) = self.queue.first() else { return self.wait() };
        let gap = first - self.next;
        if gap == 0 {
            return self.play(counts);
        }
        let lost = self.lost_before_first();
        let repair = Decoder::repair(&held.payload).map(u64::from).filter(|repair| lost && *repair <= gap);
        if let Some(samples) = repair.filter(|repair| *repair == gap && self.waiting <= REPAIR_WAIT) {
            let payload = held.payload.clone();
            self.settle(true, counts);
            self.make(Pulled::Fec, |decoder, pcm| decoder.rebuild(&payload, count(samples), pcm));
            counts.fec += 1;
            self.next = first;
            return;
        }
        if self.waiting > 0 {
            self.next += gap.min(self.waiting);
            return self.settle(lost, counts);
        }
        if lost {
            let step = gap.saturating_sub(repair.unwrap_or(0)).clamp(1, BLOCK as u64);
            self.make(Pulled::Concealed, |decoder, pcm| decoder.conceal(count(step), pcm));
            counts.concealed_blocks += 1;
            self.next += step;
            return;
        }
        let excess = self.excess(target);
        if excess > PAUSE {
            let skipped = gap.min(samples(excess).max(1));
            self.next += skipped;
            self.level.shift(-micros(count(skipped)));
            return;
        }
        let step = gap.min(BLOCK as u64);
        self.make(Pulled::Silence, |decoder, pcm| decoder.conceal(count(step), pcm));
        if excess < -PAUSE {
            self.level.shift(micros(count(step)));
        } else {
            self.next += step;
        }
    }

    /// Nothing is there: it may come yet.
    fn wait(&mut self) {
        let silent = self.quiet || self.waiting > LONG;
        self.doubtful += u64::from(!silent);
        self.waiting = self.waiting.saturating_add(BLOCK as u64);
        let kind = if silent { Pulled::Silence } else { Pulled::Concealed };
        self.make(kind, |decoder, pcm| decoder.conceal(BLOCK, pcm));
    }

    /// Something came: what was made up meanwhile was a gap, or the pause that it should be.
    fn settle(&mut self, gap: bool, counts: &mut Counts) {
        if gap {
            counts.concealed_blocks += self.doubtful;
        }
        self.doubtful = 0;
        self.waiting = 0;
    }

    /// Plays the first packet.
    fn play(&mut self, counts: &mut Counts) {
        let Some((timestamp, held)) = self.queue.pop() else { return };
        self.settle(true, counts);
        let mut kind = Pulled::Normal;
        if let Some(number) = held.sequence {
            counts.lost += self.last.map_or(0, |last| number.saturating_sub(last.saturating_add(1)));
            self.last = Some(number);
            self.copies = 0;
        } else {
            kind = Pulled::Red;
            counts.red += 1;
            self.copies += 1;
        }
        self.quiet = held.payload.len() <= SILENT;
        if self.quiet {
            kind = Pulled::Silence;
        }
        let samples = count(u64::from(held.samples));
        let made = self.make(kind, |decoder, pcm| decoder.packet(&held.payload, samples, pcm));
        self.next = timestamp.saturating_add(made as u64);
    }

    /// Whether a number is missing between what was played last and what waits.
    fn lost_before_first(&self) -> bool {
        match (self.last, self.queue.first_number()) {
            (Some(last), Some((number, copies))) => number.saturating_sub(last) > self.copies + copies + 1,
            // Only copies wait: their packets are missing.
            (_, None) => true,
            (None, Some(_)) => false,
        }
    }

    fn make(&mut self, kind: Pulled, decode: impl FnOnce(&mut Decoder, &mut Vec<f32>) -> usize) -> usize {
        let before = self.pcm.len();
        let made = decode(&mut self.decoder, &mut self.pcm);
        if std::mem::take(&mut self.rise) {
            stretch::fade_in(self.pcm.get_mut(before..).unwrap_or_default());
        }
        self.kind = kind;
        made
    }

    fn excess(&self, target: Micros) -> Micros {
        self.level.least().map_or(0, |least| least.saturating_sub(target))
    }

    /// Brings the wait nearer to its target, when there is sound to do it with.
    fn steer(&mut self, target: Micros, counts: &mut Counts) {
        self.rest = self.rest.saturating_sub(1);
        let sound = matches!(self.kind, Pulled::Normal | Pulled::Fec | Pulled::Red);
        let excess = self.excess(target);
        if self.rest > 0 || !sound || (-BELOW..=ABOVE).contains(&excess) {
            return;
        }
        while self.pcm.len() < NEEDED && self.queue.first().is_some_and(|(first, _)| first == self.next) {
            self.play(counts);
        }
        let taken = excess > 0;
        let change = if taken { stretch::shorten } else { stretch::lengthen };
        // Not so far that the other would be next.
        let longest = if taken { excess.saturating_add(BELOW) } else { ABOVE.saturating_sub(excess) };
        let by = change(&mut self.pcm, self.likeness, count(samples(longest)));
        if by == 0 {
            self.likeness -= IMPATIENCE;
            return;
        }
        self.likeness = (self.likeness + RELIEF).min(LIKENESS);
        self.rest = if excess > FAR { 1 } else { REST };
        if taken {
            counts.shortened_samples += by as u64;
            self.level.shift(-micros(by));
        } else {
            counts.expanded_samples += by as u64;
            self.level.shift(micros(by));
        }
    }

    /// Leaves out what would have to be caught up with.
    fn leave_out(&mut self, excess: Micros, counts: &mut Counts) {
        self.end_softly();
        let to = self.next.saturating_add(samples(excess));
        self.queue.drop_before(to);
        let first = self.queue.first().map_or(to, |(first, _)| first);
        self.next = first.min(to.saturating_add(2 * BLOCK as u64));
        self.forget();
        counts.resets += 1;
    }

    /// One block more, which fades out.
    fn end_softly(&mut self) {
        let missing = BLOCK.saturating_sub(self.pcm.len());
        self.decoder.conceal(missing, &mut self.pcm);
        self.pcm.truncate(BLOCK);
        stretch::fade_out(&mut self.pcm);
        self.kind = Pulled::Concealed;
    }

    /// What was learnt about the sound so far says nothing about what comes now.
    fn forget(&mut self) {
        self.last = None;
        self.copies = 0;
        self.waiting = 0;
        self.doubtful = 0;
        self.rise = true;
        self.level.clear();
        self.rest = REST;
        self.likeness = LIKENESS;
    }
}

/// 6 samples are 125 us.
const fn samples(micros: Micros) -> u64 {
    (micros.saturating_mul(6) / 125).unsigned_abs()
}

const fn micros(samples: usize) -> Micros {
    (samples as i64).saturating_mul(125) / 6
}

fn count(samples: u64) -> usize {
    usize::try_from(samples).unwrap_or(BLOCK)
}
