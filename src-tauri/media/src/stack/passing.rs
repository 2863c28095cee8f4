//! What every interceptor of ours has: two queues that packets pass through.

use std::collections::VecDeque;

use rtc::interceptor::TaggedPacket;

/// Packets on their way through one interceptor.
#[derive(Default)]
pub(super) struct Passing {
    pub(super) inbound: VecDeque<TaggedPacket>,
    pub(super) outbound: VecDeque<TaggedPacket>,
}
