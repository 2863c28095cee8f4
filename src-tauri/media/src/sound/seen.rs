//! Which packets have come.

/// How far back it remembers: 2.56 s of packets of 20 ms.
const REACH: u64 = 128;

/// The last [`REACH`] sequence numbers, one bit each, as an SRTP replay list keeps them (RFC 3711, 3.3.2).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    newest: u64,
    bits: u128,
}

impl Seen {
    /// Only this one has come.
    pub(crate) const fn only(sequence: u64) -> Self {
        Self { newest: sequence, bits: 1 }
    }

    /// The highest number that has come.
    pub(crate) const fn newest(&self) -> u64 {
        self.newest
    }

    /// Notes that this one has come; false when it had come before. What lies too far back counts as new.
    pub(crate) fn note(&mut self, sequence: u64) -> bool {
        if sequence > self.newest {
            let step = sequence - self.newest;
            self.bits = if step < REACH { self.bits << step } else { 0 };
            self.bits |= 1;
            self.newest = sequence;
            return true;
        }
        let back = self.newest - sequence;
        if back >= REACH {
            return true;
        }
        let bit = 1 << back;
        let fresh = self.bits & bit == 0;
        self.bits |= bit;
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn it_knows_every_recent_number(numbers in prop::collection::vec(1000_u64..1100, 1..200)) {
            let mut seen = Seen::only(1000);
            let mut all = HashSet::from([1000]);
            for number in numbers {
                prop_assert_eq!(seen.note(number), all.insert(number));
                prop_assert_eq!(Some(seen.newest()), all.iter().max().copied());
            }
        }
    }

    #[test]
    fn a_great_leap_forgets() {
        let mut seen = Seen::only(5);
        assert!(seen.note(5000));
        assert!(seen.note(5), "too long ago to know");
        assert!(!seen.note(5000));
    }
}
