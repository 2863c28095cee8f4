//! How long packets wait now.

use super::delay::Micros;

/// 200 ms of blocks. A page may ask for several blocks at once and then for none: the last of such a burst waits least.
const BLOCKS: usize = 20;

/// The waits at the last pulls. What counts is the least of them: that one must not be too short.
#[derive(Debug, Default)]
pub(crate) struct Level {
    waits: [Micros; BLOCKS],
    at: usize,
    known: usize,
}

impl Level {
    pub(crate) fn note(&mut self, wait: Micros) {
        if let Some(oldest) = self.waits.get_mut(self.at) {
            *oldest = wait;
        }
        self.at = (self.at + 1) % BLOCKS;
        self.known = (self.known + 1).min(BLOCKS);
    }

    /// The least wait, when there is any.
    pub(crate) fn least(&self) -> Option<Micros> {
        self.waits.iter().take(self.known).min().copied()
    }

    /// Sound was put in (or, when negative, taken out): all waits are longer by that.
    pub(crate) fn shift(&mut self, by: Micros) {
        for wait in &mut self.waits {
            *wait = wait.saturating_add(by);
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_the_last_200_ms_counts() {
        let mut level = Level::default();
        assert_eq!(level.least(), None);
        for wait in [40, 30, 20, 50].into_iter().chain([60; 18]) {
            level.note(wait);
        }
        assert_eq!(level.least(), Some(20));
        level.note(60);
        level.shift(-15);
        assert_eq!(level.least(), Some(35));
        level.clear();
        assert_eq!(level.least(), None);
    }
}
