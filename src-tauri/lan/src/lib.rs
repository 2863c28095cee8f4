//! Talks: identity, discovery, links, and the one task that owns the core.
//!
//! | file | what it does |
//! | --- | --- |
//! | `start.rs` | the public handle: [`Node::start`], [`Node::start_echo`], [`Page`] |
//! | `run.rs` | the one task that owns the core's state: events in, actions out |
//! | `central.rs` | what an administrator settled for this machine |
//! | `folder.rs` | the data folder and its lock |
//! | `identity.rs` | the key, and the certificate and [`PeerId`](dogeller_core::PeerId) made from it |
//! | `tls.rs` | TLS 1.3 with both certificates; the expected key is checked inside the handshake |
//! | `links/` | the listener with its bounds, the dialler, and a link's own task |
//! | `files/` | connections for files: what is carried now, and by which thread |
//! | `discovery/` | who is there: mDNS, Bonjour, or a system that is asked elsewhere |
//! | `networks.rs` | the networks this machine is on |
//! | `store/` | SQLite: settings, contacts, conversations |

mod central;
mod discovery;
mod files;
pub mod folder;
mod identity;
mod links;
mod networks;
mod run;
mod start;
mod store;
mod tls;

pub use central::{Central, CentralError};
pub use discovery::{Announce, Announcement, Sighting};
pub use files::Uploads;
pub use folder::{DataFolder, FolderError};
pub use identity::IdentityError;
pub use start::{Ended, Node, Options, Page, PageSender, StartError};
pub use store::{StoreError, line};
