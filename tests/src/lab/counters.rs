//! What went through a port.

use super::frame::{Content, Frame};

/// What went through a port in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Traffic {
    /// Ethernet frames.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Sound and picture among them.
    pub rtp_packets: u64,
    /// Their bytes.
    pub rtp_bytes: u64,
    /// Multicast DNS among them.
    pub mdns_packets: u64,
    /// Their bytes.
    pub mdns_bytes: u64,
}

/// What went through a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counters {
    /// Sent by the host, whether or not it arrived.
    pub from: Traffic,
    /// Handed to the host.
    pub to: Traffic,
    /// Sent by the host and lost on its line.
    pub lost: u64,
}

impl Traffic {
    pub(super) fn add(&mut self, frame: Frame<'_>) {
        let bytes = frame.0.len() as u64;
        self.packets += 1;
        self.bytes += bytes;
        match frame.content() {
            Content::Rtp => {
                self.rtp_packets += 1;
                self.rtp_bytes += bytes;
            }
            Content::Mdns => {
                self.mdns_packets += 1;
                self.mdns_bytes += bytes;
            }
            Content::Other => {}
        }
    }
}
