//! An input, read as steps: a byte that says what to do, two for a length, and so many bytes to do it with.

use std::time::Duration;

/// The most steps of one input, so that it ends soon.
const STEPS: usize = 96;

/// One step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) code: u8,
    pub(super) bytes: &'a [u8],
}

impl Step<'_> {
    /// From a millisecond to half a minute.
    pub(super) fn time(self) -> Duration {
        Duration::from_millis(1 << ((self.code >> 3) & 15))
    }
}

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Script<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { rest: input, left: STEPS }
    }
}

impl<'a> Iterator for Script<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        self.left = self.left.checked_sub(1)?;
        let ([code, high, low], rest) = self.rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (bytes, rest) = rest.split_at(length);
        self.rest = rest;
        Some(Step { code: *code, bytes })
    }
}
