//! What every source of discovery can do, and what it says.

use std::pin::Pin;

use dogeller_core::PeerId;

use super::announcement::{Announcement, Sighting};

/// One way to be found and to find. Its methods are called on the node's task and do not wait.
pub(super) trait Source: Send {
    /// Announces this node, again if it changed; or withdraws it.
    fn appear(&mut self, announcement: Option<&Announcement>);

    /// Looks for others, anew if it did already.
    fn browse(&mut self);

    /// What checks whether an instance is still there; its end is then said as any other.
    fn verifier(&self) -> (Way, Verify);

    /// Says goodbye, and ends all that runs.
    fn end(self: Box<Self>) -> End;
}

pub(super) type Verify = Box<dyn Fn(&str) + Send>;
pub(super) type End = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who saw an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// mDNS of our own.
    #[cfg(not(target_os = "ios"))]
    Mdns,
    /// The system's, by `dns_sd`.
    #[cfg(target_os = "ios")]
    Bonjour,
    /// A system that is asked elsewhere.
    Told,
}

/// One announcement, as one source sees it: the same name from two sources are two.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Instance {
    pub(super) way: Way,
    pub(super) name: String,
}

/// What a source says, on its way to the node.
#[derive(Debug)]
pub(super) enum Said {
    /// An instance is there, or changed.
    Seen(Instance, Sighting),
    /// It is not any more.
    Gone(Instance),
    /// The node asks whether somebody is still there.
    Verify(PeerId),
}
