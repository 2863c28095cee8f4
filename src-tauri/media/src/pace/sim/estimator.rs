//! GCC, crudely: the delay half by the growth of the wait, the loss half as in draft-ietf-rmcat-gcc-02.

use std::time::Duration;

use crate::pace::Feedback;

pub(super) enum Estimator {
    /// Falls to 0.85 of what arrives when the wait grows, by half the loss above 10 %, and grows 8 % a second.
    Crude { estimate: f64, waited: Duration },
    /// The sender had little to send, and the estimate grew to its limit.
    Blind,
}

impl Estimator {
    pub(super) const fn crude() -> Self {
        Self::Crude { estimate: 600_000.0, waited: Duration::ZERO }
    }

    pub(super) fn report(&mut self, report: &Feedback, acked: f64, over: Duration) -> u64 {
        match self {
            Self::Blind => 4_000_000,
            Self::Crude { estimate, waited } => {
                let wait = report.queueing.unwrap_or(*waited);
                let loss = f64::from(report.lost) / f64::from((report.lost + report.arrived).max(1));
                if wait > *waited + Duration::from_millis(10) {
                    *estimate = estimate.min(acked * 0.85);
                } else if loss > 0.10 {
                    *estimate *= 1.0 - 0.5 * loss;
                } else if loss < 0.02 {
                    *estimate *= 1.08f64.powf(over.as_secs_f64());
                }
                *waited = wait;
                *estimate = estimate.clamp(50_000.0, 4_000_000.0);
                *estimate as u64
            }
        }
    }
}
