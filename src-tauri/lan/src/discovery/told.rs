//! A system that has a DNS-SD of its own, and is asked by whoever runs this node: Android's NsdManager, which works on
//! phones that keep multicast from apps.

use super::announcement::Announcement;
use super::source::{End, Source, Verify, Way};

/// See [`Options::announce`](crate::Options::announce).
pub type Announce = Box<dyn Fn(Option<Announcement>) + Send>;

/// Announces by somebody else; what that one sees comes by [`Node::sighted`](crate::Node::sighted).
pub(super) struct Told(pub(super) Announce);

impl Source for Told {
    fn appear(&mut self, announcement: Option<&Announcement>) {
        (self.0)(announcement.cloned());
    }

    fn browse(&mut self) {
        // The system looks all the time, and says itself what changed.
    }

    fn verifier(&self) -> (Way, Verify) {
        // It cannot be asked; what does not answer is dialled in vain, and vanishes when the system says so.
        (Way::Told, Box::new(|_| {}))
    }

    fn end(self: Box<Self>) -> End {
        (self.0)(None);
        Box::pin(async {})
    }
}
