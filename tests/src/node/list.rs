//! A node's list, as its lines tell it.

use std::collections::BTreeMap;

use super::{Event, Heard, State};

/// Somebody on a node's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name shown.
    pub name: String,
    /// Whether the node says they are there.
    pub state: State,
}

/// A node's list by `PeerId`.
pub type List = BTreeMap<String, Person>;

pub(super) fn list_of(heard: &[Heard]) -> List {
    let mut list = List::new();
    for heard in heard {
        match &heard.event {
            Event::Ready(_) => {}
            Event::Peer { peer_id, name, state } => {
                list.insert(peer_id.clone(), Person { name: name.clone(), state: *state });
            }
        }
    }
    list
}

/// Who is online on a list, by `PeerId`.
pub fn online(list: &List) -> Vec<String> {
    list.iter().filter(|(_, person)| person.state == State::Online).map(|(id, _)| id.clone()).collect()
}
