//! A hand-made peer for tests of the node's borders: any certificate with any key, any bytes at any time.
//!
//! Sockets are made on a host of the lab and can be used from any thread.

mod channel;
mod identity;
mod link;
mod trap;

pub use channel::Channel;
pub use identity::{Identity, IdentityError};
pub use link::{Link, LinkError, hello};
pub use trap::{Trap, Visit};
