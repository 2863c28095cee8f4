//! Whom a command means: a whole name, or the beginning of an id.

use dogeller_core::wire::ui::{PeerView, Presence};

/// The least digits of an id that stand for it.
pub(crate) const DIGITS: usize = 8;

/// Everybody who is meant.
pub(crate) fn meant<'a>(whom: &str, people: &'a [PeerView]) -> Vec<&'a PeerView> {
    let wanted = whom.to_lowercase();
    let is_meant = |person: &&PeerView| {
        let id = person.peer.to_string();
        person.name.as_str().to_lowercase() == wanted || (wanted.len() >= DIGITS && id.starts_with(&wanted))
    };
    people.iter().filter(is_meant).collect()
}

/// Their ids, to choose from.
pub(crate) fn ids(people: &[&PeerView]) -> String {
    people.iter().map(|person| person.peer.to_string()).collect::<Vec<_>>().join(", ")
}

/// Somebody can be reached now.
pub(crate) fn is_here(person: &PeerView) -> bool {
    match person.presence {
        Presence::Available | Presence::InCall | Presence::Away => true,
        Presence::Offline => false,
    }
}
