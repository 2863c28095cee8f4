//! When to ask for a key frame (picture loss indication, RFC 4585, section 6.3.1).

use std::time::{Duration, Instant};

/// At most this often, and this often at first: a key frame is large, and asking before it can be here makes two.
const SOON: Duration = Duration::from_millis(300);

/// From then on: who did not answer so far is busy, and more key frames would not help a link that loses them.
const LATER: Duration = Duration::from_secs(1);

/// So many times in a row soon.
const SOON_TIMES: u32 = 4;

/// For how long a key frame on its way is waited for.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// Whether a key frame is needed, and when it was asked for.
#[derive(Debug, Default)]
pub(super) struct KeyRequest {
    needed: bool,
    /// How often since the last key frame.
    times: u32,
    last: Option<Instant>,
    /// The newest packet that shows a key frame, and when it came.
    on_its_way: Option<(u64, Instant)>,
}

impl KeyRequest {
    /// Only a key frame helps.
    pub(super) fn need(&mut self) {
        self.needed = true;
    }

    /// A packet came that shows that its frame is a key frame.
    pub(super) fn begins(&mut self, at: u64, now: Instant) {
        self.on_its_way = Some((at, now));
    }

    /// Packets before `next` are used or given up.
    pub(super) fn passed(&mut self, next: u64) {
        self.on_its_way = self.on_its_way.filter(|(at, _)| *at >= next);
    }

    /// A key frame is here.
    pub(super) fn answered(&mut self) {
        self.needed = false;
        self.times = 0;
    }

    /// When to ask next. `seen` is the last time known.
    pub(super) fn due(&self, seen: Option<Instant>) -> Option<Instant> {
        if !self.needed {
            return None;
        }
        let pause = if self.times < SOON_TIMES { SOON } else { LATER };
        let allowed = self.last.map(|last| last + pause).or(seen);
        let hopeless = self.on_its_way.map(|(_, began)| began + ON_ITS_WAY);
        allowed.max(hopeless)
    }

    /// Whether to ask now; then it counts as asked.
    pub(super) fn ask(&mut self, now: Instant) -> bool {
        let ask = self.due(Some(now)).is_some_and(|due| due <= now);
        if ask {
            self.last = Some(now);
            self.times += 1;
        }
        ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_every_300_ms_and_later_every_second() {
        let start = Instant::now();
        let mut request = KeyRequest::default();
        assert_eq!(request.due(Some(start)), None);
        assert!(!request.ask(start));
        request.need();
        let asked: Vec<u64> = (0..5000).filter(|ms| request.ask(start + Duration::from_millis(*ms))).collect();
        assert_eq!(asked, [0, 300, 600, 900, 1900, 2900, 3900, 4900]);
        request.answered();
        assert!(!request.ask(start + Duration::from_secs(60)));
    }

    #[test]
    fn two_losses_in_a_row_are_limited_together() {
        let start = Instant::now();
        let mut request = KeyRequest::default();
        request.need();
        assert!(request.ask(start));
        request.answered();
        request.need();
        assert!(!request.ask(start + Duration::from_millis(299)));
        assert_eq!(request.due(None), Some(start + SOON));
        assert!(request.ask(start + SOON));
    }

    #[test]
    fn a_key_frame_on_its_way_is_waited_for_but_not_for_ever() {
        let start = Instant::now();
        let mut request = KeyRequest::default();
        request.need();
        request.begins(7, start);
        assert!(!request.ask(start + Duration::from_millis(999)));
        assert!(request.ask(start + ON_ITS_WAY));
        request.begins(9, start + Duration::from_secs(5));
        request.passed(9);
        assert!(!request.ask(start + Duration::from_secs(5)));
        request.passed(10);
        assert!(request.ask(start + Duration::from_secs(5)));
    }
}
