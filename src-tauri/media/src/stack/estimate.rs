//! What the other side says arrived, and what the crate's estimator makes of it.

use std::time::{Duration, Instant};

use rtc::interceptor::{BandwidthEstimator, EstimatorStats, Gcc, PacketReport};
use tokio::sync::mpsc;

use super::shared::{Arrived, Digest, Shared};

/// Bounds of the crate's estimate, in bits per second: what a thumbnail and a large clear picture take.
const LEAST: f64 = 100_000.0;
const MOST: f64 = 8_000_000.0;

/// The crate's GCC, listened to: its estimate and the raw arrivals go to the engine, which decides.
pub(super) struct Listened {
    inner: Gcc,
    shared: Shared,
    digests: mpsc::Sender<Digest>,
}

impl Listened {
    pub(super) fn new(start_bits: u64, shared: Shared, digests: mpsc::Sender<Digest>) -> Self {
        Self { inner: Gcc::new(start_bits as f64, LEAST, MOST), shared, digests }
    }
}

impl BandwidthEstimator for Listened {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        self.inner.on_reports(now, reports);
        let packets: Vec<Arrived> = reports
            .iter()
            .map(|report| Arrived {
                departure: report.departure,
                arrival: if report.arrived { report.arrival } else { None },
                bytes: report.size,
            })
            .collect();
        if let Some(newest) = packets.iter().filter(|packet| packet.arrival.is_some()).map(|p| p.departure).max() {
            self.shared.round_trip(now.saturating_duration_since(newest).min(Duration::from_secs(2)));
        }
        let estimate = self.inner.target_bitrate().max(0.0) as u64;
        // An engine that does not listen now decides by the next one.
        let _full = self.digests.try_send(Digest { estimate, packets });
    }

    fn target_bitrate(&self) -> f64 {
        self.inner.target_bitrate()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.inner.handle_timeout(now);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.inner.poll_timeout()
    }

    fn stats(&self) -> EstimatorStats {
        self.inner.stats()
    }
}
