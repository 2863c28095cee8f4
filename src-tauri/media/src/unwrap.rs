//! RTP counts modulo 2^16 (sequence numbers) and 2^32 (timestamps). These give each value its place on a line without
//! end, so that the rest compares plain `u64`.

/// Where the first value goes: far enough from zero that what was sent before it, and is late, has a place too.
const ORIGIN: u64 = 1 << 32;

/// Sequence numbers of one RTP stream (RFC 3550, section 5.1).
#[derive(Debug, Clone, Default)]
pub struct Sequence {
    last: Option<u64>,
}

impl Sequence {
    /// The place of `raw`: the one nearest to the value before it, so reordering by less than 2^15 is understood. The
    /// lower 16 bits are always `raw`; the first value is `2^32 + raw`.
    pub fn of(&mut self, raw: u16) -> u64 {
        let origin = ORIGIN + u64::from(raw);
        let place = match self.last {
            Some(last) => {
                let step = raw.wrapping_sub(last as u16).cast_signed();
                // A line that somebody walked back to zero begins anew.
                last.checked_add_signed(i64::from(step)).unwrap_or(origin)
            }
            None => origin,
        };
        self.last = Some(place);
        place
    }
}

/// Timestamps of one RTP stream (RFC 3550, section 5.1), in its clock rate.
#[derive(Debug, Clone, Default)]
pub struct Timestamp {
    last: Option<u64>,
}

impl Timestamp {
    /// The place of `raw`: the one nearest to the value before it, so reordering by less than 2^31 is understood. The
    /// lower 32 bits are always `raw`; the first value is `2^32 + raw`.
    pub fn of(&mut self, raw: u32) -> u64 {
        let origin = ORIGIN + u64::from(raw);
        let place = match self.last {
            Some(last) => {
                let step = raw.wrapping_sub(last as u32).cast_signed();
                last.checked_add_signed(i64::from(step)).unwrap_or(origin)
            }
            None => origin,
        };
        self.last = Some(place);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sequence_numbers_wrap_in_both_directions() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.of(65_534), ORIGIN + 65_534);
        assert_eq!(sequence.of(1), ORIGIN + 65_537);
        assert_eq!(sequence.of(65_535), ORIGIN + 65_535);
        assert_eq!(sequence.of(0), ORIGIN + 65_536);
    }

    #[test]
    fn what_was_sent_before_the_first_has_a_place() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.of(0), ORIGIN);
        assert_eq!(sequence.of(65_535), ORIGIN - 1);
        let mut timestamp = Timestamp::default();
        assert_eq!(timestamp.of(0), ORIGIN);
        assert_eq!(timestamp.of(u32::MAX), ORIGIN - 1);
    }

    #[test]
    fn timestamps_wrap() {
        let mut timestamp = Timestamp::default();
        let first = timestamp.of(u32::MAX - 1000);
        assert_eq!(timestamp.of(2000), first + 3001);
        assert_eq!(timestamp.of(u32::MAX - 1000), first);
    }

    proptest! {
        #[test]
        fn any_input_keeps_its_low_bits(raw in prop::collection::vec(any::<u16>(), 0..2000),
                                        wide in prop::collection::vec(any::<u32>(), 0..2000)) {
            let mut sequence = Sequence::default();
            for value in raw { prop_assert_eq!(sequence.of(value) as u16, value); }
            let mut timestamp = Timestamp::default();
            for value in wide { prop_assert_eq!(timestamp.of(value) as u32, value); }
        }

        #[test]
        fn a_shuffled_stream_keeps_its_distances(start: u16, steps in prop::collection::vec(0u64..20_000, 1..200)) {
            let mut sequence = Sequence::default();
            let first = sequence.of(start);
            let mut base = 0;
            for step in steps {
                // Forward by `step`, then a look back at an older one.
                base += step;
                prop_assert_eq!(sequence.of((u64::from(start) + base) as u16), first + base);
                let older = base.saturating_sub(500);
                prop_assert_eq!(sequence.of((u64::from(start) + older) as u16), first + older);
            }
        }
    }

    #[test]
    fn walking_back_for_ever_never_panics() {
        let mut timestamp = Timestamp::default();
        let mut raw = 0u32;
        for _ in 0..100 {
            raw = raw.wrapping_sub(1 << 30);
            assert_eq!(timestamp.of(raw) as u32, raw);
        }
    }
}
