//! What a page's microphone takes, as the engine's clock wants it: a block every 10 ms.
//!
//! The page takes sound by the clock of its sound card and sends it through two other programs; the engine asks by its
//! own. In between some blocks wait: few, as long as they come evenly, more after one came too late.

use std::collections::VecDeque;

use dogeller_media::sound::{BLOCK, Block};

/// Blocks that wait at the start: the second is on its way while the first is said.
const LEAST: usize = 2;
/// The most that are waited for.
const MOST: usize = 8;
/// The most that are kept at all. More come only after a standstill, and nobody wants to hear it.
const KEPT: usize = 25;
/// So many more than wanted are not worked off but left out at once: a word may suffer, the talk does not lag.
const FAR: usize = 4;
/// A second of blocks.
const SECOND: u32 = 100;
/// After so many seconds without a gap one block less is waited for.
const CALM: u32 = 20;

/// See the module.
#[derive(Debug)]
pub(super) struct Microphone {
    blocks: VecDeque<Box<Block>>,
    wanted: usize,
    /// Waits until enough are there.
    filling: bool,
    /// The fewest that waited in this second, and how far it is.
    fewest: usize,
    asked: u32,
    calm: u32,
    /// Blocks of silence put in, and blocks left out.
    pub(super) inserted: u64,
    pub(super) dropped: u64,
}

impl Default for Microphone {
    fn default() -> Self {
        Self {
            blocks: VecDeque::new(),
            wanted: LEAST,
            filling: true,
            fewest: usize::MAX,
            asked: 0,
            calm: 0,
            inserted: 0,
            dropped: 0,
        }
    }
}

impl Microphone {
    /// The page took a block.
    pub(super) fn took(&mut self, block: Box<Block>) {
        self.blocks.push_back(block);
        while self.blocks.len() > KEPT {
            self.blocks.pop_front();
            self.dropped += 1;
        }
    }

    /// The next 10 ms; false while there is nothing.
    pub(super) fn say(&mut self, said: &mut Block) -> bool {
        if self.filling {
            if self.blocks.len() < self.wanted {
                return false;
            }
            // What gathered while nobody asked is over.
            self.forget_all_but_wanted();
            self.filling = false;
        }
        self.second();
        match self.blocks.pop_front() {
            Some(block) => {
                *said = *block;
                true
            }
            None => {
                self.inserted += 1;
                self.filling = true;
                self.wanted = (self.wanted + 1).min(MOST);
                self.calm = 0;
                false
            }
        }
    }

    /// Once a second, looks whether blocks wait that never need to.
    fn second(&mut self) {
        self.fewest = self.fewest.min(self.blocks.len());
        self.asked += 1;
        if self.asked < SECOND {
            return;
        }
        if self.fewest > self.wanted + FAR {
            self.forget_all_but_wanted();
        } else if self.fewest > self.wanted {
            self.leave_out();
        }
        (self.asked, self.fewest) = (0, usize::MAX);
        self.calm += 1;
        if self.calm >= CALM {
            self.calm = 0;
            self.wanted = (self.wanted - 1).max(LEAST);
        }
    }

    fn forget_all_but_wanted(&mut self) {
        while self.blocks.len() > self.wanted {
            self.blocks.pop_front();
            self.dropped += 1;
        }
    }

    /// Makes one block of the first two.
    fn leave_out(&mut self) {
        let Some(first) = self.blocks.pop_front() else {
            return;
        };
        if let Some(second) = self.blocks.front_mut() {
            for (n, (to, from)) in (0..).zip(second.iter_mut().zip(first.iter())) {
                *to = from + (*to - from) * (n as f32 / BLOCK as f32);
            }
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(value: f32) -> Box<Block> {
        Box::new([value; BLOCK])
    }

    #[test]
    fn what_comes_evenly_is_said_evenly_and_20_ms_later() {
        let mut microphone = Microphone::default();
        let mut said = [0.0; BLOCK];
        let mut all = Vec::new();
        for n in 0..1000 {
            microphone.took(block(n as f32));
            if microphone.say(&mut said) {
                all.push(said[0] as usize);
            }
        }
        assert_eq!(all, (0..999).collect::<Vec<_>>());
        assert_eq!((microphone.inserted, microphone.dropped), (0, 0));
    }

    #[test]
    fn after_a_gap_more_is_waited_for_and_after_a_calm_time_less() {
        let mut microphone = Microphone::default();
        let mut said = [0.0; BLOCK];
        for _ in 0..2 {
            microphone.took(block(1.0));
        }
        assert!(microphone.say(&mut said) && microphone.say(&mut said) && !microphone.say(&mut said));
        assert_eq!((microphone.inserted, microphone.wanted), (1, 3));
        microphone.took(block(1.0));
        microphone.took(block(1.0));
        assert!(!microphone.say(&mut said));
        for _ in 0..3000 {
            microphone.took(block(1.0));
            microphone.say(&mut said);
        }
        assert_eq!((microphone.inserted, microphone.wanted), (1, 2));
    }

    #[test]
    fn a_burst_is_worked_off_slowly_and_without_a_jump() {
        let mut microphone = Microphone::default();
        let mut said = [0.0; BLOCK];
        for _ in 0..LEAST {
            microphone.took(block(0.0));
        }
        assert!(microphone.say(&mut said));
        for _ in 0..FAR {
            microphone.took(block(0.0));
        }
        let mut value = 0.0_f32;
        let mut last = None::<f32>;
        for _ in 0..2000 {
            value += 0.001;
            microphone.took(block(value));
            assert!(microphone.say(&mut said));
            for sample in said {
                assert!((sample - last.unwrap_or(sample)).abs() < 0.003);
                last = Some(sample);
            }
        }
        assert_eq!(microphone.blocks.len(), LEAST - 1);
        assert_eq!((microphone.dropped, microphone.inserted), (4, 0));
    }

    #[test]
    fn a_standstill_is_forgotten() {
        let mut microphone = Microphone::default();
        for n in 0..1000 {
            microphone.took(block(n as f32));
        }
        assert_eq!(microphone.blocks.len(), KEPT);
        let mut said = [0.0; BLOCK];
        assert!(microphone.say(&mut said));
        assert_eq!(said[0], 998.0, "what is said is the present");
        // And in the middle of a call within a second or two.
        for n in 0..KEPT {
            microphone.took(block(n as f32));
        }
        for _ in 0..200 {
            microphone.took(block(0.0));
            microphone.say(&mut said);
        }
        assert!(microphone.blocks.len() <= LEAST, "{} blocks wait", microphone.blocks.len());
    }
}
