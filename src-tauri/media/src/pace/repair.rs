//! Which retransmissions are allowed. Without a limit they are what fills a narrow link: measured at 400 kbit/s, 163
//! to 264 kbit/s of repairs for a picture that was no longer sent.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The share of the rate repairs may use. A picture cannot be shown before what it builds on, so they may take half of it: where
/// a line suddenly carries a quarter, a quarter of the rate for repairs leaves the picture late by up to 1.5 s.
const SHARE: f64 = 0.5;
/// What may be saved up, in bytes: one key frame of a call.
const BURST: f64 = 20_000.0;
/// The same packet not again within this time: the answer to the first is still on its way, and two requests of one
/// round trip ask for one loss.
const AGAIN: Duration = Duration::from_millis(40);
/// A repair that waited longer comes too late for a receiver that gives up after 250 ms.
pub(super) const AGE: Duration = Duration::from_millis(150);
/// Repairs remembered, and repairs that may wait: five seconds of a link of 1 Mbit/s.
const REMEMBERED: usize = 512;
const WAITING: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Name {
    ssrc: u32,
    sequence: u16,
}

#[derive(Debug)]
struct Waiting<T> {
    name: Name,
    bytes: usize,
    since: Instant,
    packet: T,
}

/// Repairs that wait, and those that left lately.
#[derive(Debug)]
pub(super) struct Repairs<T> {
    tokens: f64,
    refilled: Instant,
    waiting: VecDeque<Waiting<T>>,
    bytes: usize,
    left: VecDeque<(Name, Instant)>,
}

impl<T> Repairs<T> {
    pub(super) const fn new(now: Instant) -> Self {
        Self { tokens: BURST, refilled: now, waiting: VecDeque::new(), bytes: 0, left: VecDeque::new() }
    }

    /// Takes a repair; false when it was refused, which costs no more than that the other end asks again.
    pub(super) fn push(&mut self, (ssrc, sequence): (u32, u16), bytes: usize, packet: T, now: Instant) -> bool {
        let name = Name { ssrc, sequence };
        while self.left.front().is_some_and(|&(_, at)| now.saturating_duration_since(at) >= AGAIN) {
            self.left.pop_front();
        }
        let twice = self.left.iter().any(|&(other, _)| other == name) || self.waiting.iter().any(|w| w.name == name);
        if twice || self.waiting.len() >= WAITING || self.tokens < bytes as f64 {
            return false;
        }
        self.tokens -= bytes as f64;
        self.bytes += bytes;
        self.waiting.push_back(Waiting { name, bytes, since: now, packet });
        true
    }

    /// Fills the bucket up to `now` at this rate in bits per second.
    pub(super) fn refill(&mut self, rate: f64, now: Instant) {
        let passed = now.saturating_duration_since(self.refilled).as_secs_f64();
        self.tokens = (self.tokens + passed * rate * SHARE / 8.0).min(BURST);
        self.refilled = self.refilled.max(now);
    }

    /// Drops what waited too long; how many.
    pub(super) fn expire(&mut self, now: Instant) -> u64 {
        let mut dropped = 0;
        while let Some(old) = self.waiting.pop_front_if(|w| now.saturating_duration_since(w.since) > AGE) {
            self.bytes -= old.bytes;
            dropped += 1;
        }
        dropped
    }

    pub(super) fn next_bytes(&self) -> Option<usize> {
        self.waiting.front().map(|w| w.bytes)
    }

    pub(super) fn pop(&mut self, now: Instant) -> Option<(usize, T)> {
        let next = self.waiting.pop_front()?;
        self.bytes -= next.bytes;
        if self.left.len() >= REMEMBERED {
            self.left.pop_front();
        }
        self.left.push_back((next.name, now));
        Some((next.bytes, next.packet))
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}
