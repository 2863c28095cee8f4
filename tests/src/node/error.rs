//! What a node did not do, in words that help whoever reads a failed test.

use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

/// What a node did not do.
#[derive(thiserror::Error)]
pub enum NodeError {
    /// There is no program to run.
    #[error("{0} is not there: run `cargo build -p dogeller-headless`, or set DOGELLER_HEADLESS to its path")]
    NotBuilt(PathBuf),
    /// The system refused something.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// It ended by itself.
    #[error("{name} has ended; its log:\n{log}")]
    Ended {
        /// Which node.
        name: String,
        /// The end of its log.
        log: String,
    },
    /// It printed a line that is none of those it should.
    #[error("{name} printed {line:?}: {why}")]
    BadLine {
        /// Which node.
        name: String,
        /// The line.
        line: String,
        /// What is wrong with it.
        why: String,
    },
    /// It did not come to be so in time.
    #[error("{name}: not within {time:?}; it printed:\n{seen}\nits log:\n{log}")]
    TooLate {
        /// Which node.
        name: String,
        /// How long was waited.
        time: Duration,
        /// What it printed until then.
        seen: String,
        /// The end of its log.
        log: String,
    },
}

// Tests show errors by Debug; the sentence is what helps there.
impl fmt::Debug for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(super) fn system(what: &'static str) -> impl FnOnce(io::Error) -> NodeError {
    move |source| NodeError::System { what, source }
}
