//! What a node said and applied, for tests to compare with what the other end applied and said. Nothing is kept unless
//! a test asked for it.

use super::Node;
use crate::id::{BootId, PeerId};
use crate::signals::{Heard, Session};
use crate::wire::peer::{NumberedSignal, Signal};

/// One signal's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Traced {
    /// It was given its number.
    Said(NumberedSignal),
    /// It was applied.
    Applied {
        /// The boot that said it.
        from: BootId,
        /// The boot that applied it.
        to: BootId,
        /// Its number.
        n: u64,
        /// What it says.
        signal: Signal,
    },
}

impl Node {
    /// From now on what is said and applied is recorded.
    pub fn record(&mut self) {
        self.recording = Some(Vec::new());
    }

    /// What was recorded since this was last asked.
    pub fn recorded(&mut self) -> Vec<Traced> {
        self.recording.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn record_said(&mut self, numbered: &NumberedSignal) {
        if let Some(recording) = &mut self.recording {
            recording.push(Traced::Said(numbered.clone()));
        }
    }

    /// Records signals that are about to be applied; they are the last that the session has heard.
    pub(super) fn record_heard(&mut self, peer: PeerId, heard: &[Heard]) {
        let session = self.roster.get(peer).and_then(|person| person.session.as_ref());
        if let (Some(recording), Some(session)) = (&mut self.recording, session) {
            let (to, from) = Session::boots(session);
            let first = session.last_heard() + 1 - heard.len() as u64;
            recording.extend((first..).zip(heard).map(|(n, heard)| Traced::Applied {
                from,
                to,
                n,
                signal: heard.signal.clone(),
            }));
        }
    }
}
