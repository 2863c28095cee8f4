//! Carries files and folders from one disk to another, over a connection whose both keys are proven already. It decides
//! nothing: who may send what to whom, and when, is the core's.
//!
//! All files of a transfer are one stream, in the order of its manifest. It travels in blocks, each with its BLAKE3 hash;
//! a block is written once it is verified, so whatever lies on the receiver's disk was. A receiver that begins anew hashes
//! what it has, the sender does the same with what it sends, and where both agree they go on.
//!
//! | file | what it does |
//! | --- | --- |
//! | `manifest.rs` | what a transfer consists of, and what no honest one does |
//! | `scan.rs` | a manifest of what lies on the disk |
//! | `shelf.rs` | what is remembered of a transfer beside its bytes |
//! | `frame.rs` | what the two ends say to each other |
//! | `give.rs` | the sender's end |
//! | `take.rs` | the receiver's end |
//! | `part.rs` | what has come so far, under a name of its own |
//! | `place.rs` | where it goes when it is whole: over nothing that is there |
//! | `thumbnail.rs` | what pictures look like, in short |
//! | `pace.rs` | how much is on its way: little while somebody talks |

pub mod frame;
pub mod give;
pub mod manifest;
pub mod pace;
pub mod part;
pub mod place;
pub mod scan;
pub mod shelf;
pub mod take;
pub mod thumbnail;

/// What a transfer under way tells and is told.
pub trait Watch {
    /// So many bytes of the whole stream have arrived; whether to go on.
    fn moved(&mut self, bytes: u64) -> bool;
    /// Bytes that came in an earlier run are being compared.
    fn checking(&mut self) -> bool;
    /// Somebody talks over this line: files make room for it.
    fn talks(&self) -> bool;
}
