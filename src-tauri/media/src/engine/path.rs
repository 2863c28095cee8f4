//! Watches one connection's path: says when it is up and when it is down, and has ICE start over until it is back.

use std::time::{Duration, Instant};

use dogeller_core::wire::ui::Path;

use crate::stack::PathState;

/// A short gap (a roaming phone) mends itself: only after this is a new path looked for.
const GAP: Duration = Duration::from_secs(1);
/// How long making the path secure may take the first time. On a lossy line the crate's DTLS can wait for ever: a repeated
/// question of the other side stops the timer that would repeat our answer (rtc-dtls 0.21.1, `handshaker.rs`, `wait`;
/// one call in seven at 10 % loss). A new connection is the way out.
const SECURED: Duration = Duration::from_millis(2500);
/// How long one search has before the next begins.
const SEARCH: Duration = Duration::from_secs(3);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Tell the node.
    Tell(Path),
    /// Look for a new path.
    Restart,
    /// Give this connection up.
    GiveUp,
}

/// See the module. The page's engine has the same rules, in `pathWatch.ts`.
#[derive(Debug, Default)]
pub(super) struct PathWatch {
    told: Option<Path>,
    restart: Option<Instant>,
    secured_by: Option<Instant>,
}

impl PathWatch {
    /// The path changed.
    pub(super) fn become_state(&mut self, state: PathState, now: Instant) -> Option<Step> {
        match state {
            PathState::Securing => {
                if self.told.is_none() {
                    self.secured_by.get_or_insert(now + SECURED);
                }
                None
            }
            PathState::Up => {
                self.secured_by = None;
                self.restart = None;
                self.tell(Path::Up)
            }
            PathState::Interrupted => {
                self.restart = Some(now + GAP);
                self.tell(Path::Down)
            }
            PathState::Failed => {
                self.restart = Some(now);
                self.tell(Path::Down)
            }
            // A search under way keeps its time: with the cable out it finds nothing and would wait for ever.
            PathState::Seeking => None,
        }
    }

    /// Whether a search is due.
    pub(super) fn tick(&mut self, now: Instant) -> Option<Step> {
        if self.secured_by.is_some_and(|by| by <= now) {
            self.secured_by = None;
            return Some(Step::GiveUp);
        }
        if self.restart.is_none_or(|at| now < at) {
            return None;
        }
        self.restart = Some(now + SEARCH);
        Some(Step::Restart)
    }

    /// When [`PathWatch::tick`] has something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.restart.into_iter().chain(self.secured_by).min()
    }

    /// The path is up: packets arrive.
    pub(super) fn is_up(&self) -> bool {
        self.told == Some(Path::Up)
    }

    fn tell(&mut self, path: Path) -> Option<Step> {
        if self.told == Some(path) {
            return None;
        }
        self.told = Some(path);
        Some(Step::Tell(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn a_gap_that_mends_itself_starts_no_search() {
        let start = Instant::now();
        let mut watch = PathWatch::default();
        assert_eq!(watch.become_state(PathState::Up, start), Some(Step::Tell(Path::Up)));
        assert_eq!(watch.become_state(PathState::Interrupted, start), Some(Step::Tell(Path::Down)));
        assert_eq!(watch.tick(after(start, 900)), None);
        assert_eq!(watch.become_state(PathState::Up, after(start, 950)), Some(Step::Tell(Path::Up)));
        assert_eq!((watch.tick(after(start, 5000)), watch.deadline()), (None, None));
    }

    #[test]
    fn a_path_that_does_not_get_secure_is_given_up_once() {
        let start = Instant::now();
        let mut watch = PathWatch::default();
        watch.become_state(PathState::Securing, start);
        assert_eq!(watch.tick(after(start, 2400)), None);
        assert_eq!(watch.deadline(), Some(start + SECURED));
        assert_eq!(watch.tick(after(start, 2500)), Some(Step::GiveUp));
        assert_eq!((watch.tick(after(start, 9000)), watch.deadline()), (None, None));
    }

    #[test]
    fn a_path_that_was_secure_stays_so_whatever_way_it_takes() {
        let start = Instant::now();
        let mut watch = PathWatch::default();
        watch.become_state(PathState::Securing, start);
        watch.become_state(PathState::Up, after(start, 100));
        watch.become_state(PathState::Securing, after(start, 5000));
        assert_eq!(watch.tick(after(start, 20_000)), None);
    }

    #[test]
    fn the_search_goes_on_until_the_path_is_back() {
        let start = Instant::now();
        let mut watch = PathWatch::default();
        watch.become_state(PathState::Up, start);
        watch.become_state(PathState::Interrupted, start);
        let mut searches = Vec::new();
        for ms in (0..10_000).step_by(100) {
            if watch.tick(after(start, ms)) == Some(Step::Restart) {
                searches.push(ms);
            }
            // The search itself: no reason to begin another.
            assert_eq!(watch.become_state(PathState::Seeking, after(start, ms)), None);
        }
        assert_eq!(searches, [1000, 4000, 7000]);
        assert_eq!(watch.become_state(PathState::Failed, after(start, 10_000)), None, "told already");
        assert_eq!(watch.tick(after(start, 10_000)), Some(Step::Restart));
    }

    #[test]
    fn a_path_that_never_came_up_is_not_called_down_before_it_failed() {
        let start = Instant::now();
        let mut watch = PathWatch::default();
        assert_eq!(watch.become_state(PathState::Seeking, start), None);
        assert_eq!(watch.tick(after(start, 60_000)), None);
        assert!(!watch.is_up());
    }
}
