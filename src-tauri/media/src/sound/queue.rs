//! Packets that wait to be played, in the order of their timestamps.

use std::collections::BTreeMap;

use bytes::Bytes;

/// A packet that waits.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// Its number; `None` for a redundant copy, whose number nobody says.
    pub(crate) sequence: Option<u64>,
    pub(crate) payload: Bytes,
    /// How long it lasts.
    pub(crate) samples: u32,
}

/// The packets that wait. Its owner bounds it.
#[derive(Debug, Default)]
pub(crate) struct Queue(BTreeMap<u64, Held>);

impl Queue {
    /// Holds a packet. One that is held already stays, except that a packet takes the place of its copy.
    pub(crate) fn put(&mut self, timestamp: u64, held: Held) {
        let known = self.0.entry(timestamp).or_insert_with(|| held.clone());
        if known.sequence.is_none() {
            *known = held;
        }
    }

    pub(crate) fn holds(&self, timestamp: u64) -> bool {
        self.0.contains_key(&timestamp)
    }

    pub(crate) fn first(&self) -> Option<(u64, &Held)> {
        self.0.first_key_value().map(|(timestamp, held)| (*timestamp, held))
    }

    pub(crate) fn pop(&mut self) -> Option<(u64, Held)> {
        self.0.pop_first()
    }

    /// Drops what should have been played before this, and says how much that was.
    pub(crate) fn drop_before(&mut self, timestamp: u64) -> u64 {
        let mut dropped = 0;
        while self.first().is_some_and(|(first, _)| first < timestamp) {
            self.pop();
            dropped += 1;
        }
        dropped
    }

    /// The number of the first packet that is no copy, and how many copies come before it.
    pub(crate) fn first_number(&self) -> Option<(u64, u64)> {
        self.0.values().zip(0..).find_map(|(held, copies)| Some((held.sequence?, copies)))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(sequence: Option<u64>) -> Held {
        Held { sequence, payload: Bytes::from_static(b"x"), samples: 960 }
    }

    #[test]
    fn a_packet_takes_the_place_of_its_copy_and_not_the_other_way_round() {
        let mut queue = Queue::default();
        queue.put(960, held(None));
        queue.put(1920, held(Some(2)));
        assert_eq!(queue.first_number(), Some((2, 1)));
        queue.put(960, held(Some(1)));
        queue.put(960, held(None));
        assert_eq!(queue.first_number(), Some((1, 0)));
        assert_eq!(queue.len(), 2);
    }

    #[test]
    fn what_is_too_old_is_dropped_and_counted() {
        let mut queue = Queue::default();
        for n in 0..5 {
            queue.put(n * 960, held(Some(n)));
        }
        assert_eq!(queue.drop_before(1900), 2);
        assert_eq!(queue.first().map(|(timestamp, _)| timestamp), Some(1920));
    }
}
