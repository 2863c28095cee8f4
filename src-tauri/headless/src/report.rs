//! What goes to standard output: for a script one JSON object a line, for a person a few words.

use std::collections::HashMap;

use dogeller_core::wire::ui::{PeerView, Presence};
use dogeller_core::{Name, PeerId};
use serde::Serialize;

/// One line for a script.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The node is up; always the first line.
    Ready {
        /// Who it is.
        peer_id: PeerId,
        /// The name others see.
        name: Name,
        /// The port other nodes reach it at.
        port: u16,
        /// The address of its page, with the page's token.
        ui_url: String,
    },
    /// Somebody came, left or changed their name.
    Peer {
        /// Who.
        peer_id: PeerId,
        /// Their name.
        name: Name,
        /// Whether they are here.
        state: State,
    },
}

/// Whether somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// They are.
    Online,
    /// They left.
    Offline,
}

impl Event {
    /// The line, with its end.
    pub(crate) fn line(&self, json: bool) -> String {
        if json { dogeller_core::wire::encode(self) + "\n" } else { self.words() }
    }

    fn words(&self) -> String {
        match self {
            Self::Ready { name, ui_url, .. } => format!(
                "Dogeller is running, and others see you as {name}.\n\
                 Open this page in a browser on this machine to see and call them:\n\n  {ui_url}\n\n\
                 Keep the address to yourself: whoever has it can call as you. Ctrl-C ends Dogeller.\n"
            ),
            Self::Peer { name, state: State::Online, .. } => format!("{name} is here.\n"),
            Self::Peer { name, state: State::Offline, .. } => format!("{name} left.\n"),
        }
    }
}

/// Who is here, as the lines told it so far.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    online: HashMap<PeerId, Name>,
}

impl Roll {
    /// The line a change asks for, if it is one of presence or name.
    pub(crate) fn event(&mut self, view: PeerView) -> Option<Event> {
        let (peer_id, name) = (view.peer, view.name);
        let state = match view.presence {
            Presence::Available | Presence::InCall | Presence::Away => {
                if self.online.insert(peer_id, name.clone()).as_ref() == Some(&name) {
                    return None;
                }
                State::Online
            }
            Presence::Offline => {
                self.online.remove(&peer_id)?;
                State::Offline
            }
        };
        Some(Event::Peer { peer_id, name, state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, presence: Presence) -> PeerView {
        let peer = PeerId::from_bytes([7; 32]);
        PeerView { peer, name: Name::new(name).unwrap(), presence, verified: false, not_the_verified: None }
    }

    #[test]
    fn a_line_for_each_coming_leaving_and_renaming_and_for_nothing_else() {
        let mut roll = Roll::default();
        let mut states = Vec::new();
        for view in [
            view("Ada", Presence::Offline),
            view("Ada", Presence::Away),
            view("Ada", Presence::Available),
            view("Ada", Presence::InCall),
            view("Ada L", Presence::InCall),
            view("Ada L", Presence::Offline),
            view("Ada L", Presence::Offline),
            view("Ada L", Presence::Available),
        ] {
            if let Some(Event::Peer { name, state, .. }) = roll.event(view) {
                states.push((name.to_string(), state));
            }
        }
        let expected =
            [("Ada", State::Online), ("Ada L", State::Online), ("Ada L", State::Offline), ("Ada L", State::Online)];
        assert_eq!(states, expected.map(|(name, state)| (name.to_owned(), state)));
    }

    #[test]
    fn lines_are_as_documented() {
        let peer_id = PeerId::from_bytes([7; 32]);
        let name = Name::new("Ada \"A\"").unwrap();
        let ui_url = "http://127.0.0.1:1/#t=2".to_owned();
        let ready = Event::Ready { peer_id, name: name.clone(), port: 4, ui_url }.line(true);
        let id = "07".repeat(32);
        assert_eq!(
            ready,
            format!(
                r#"{{"event":"ready","peer_id":"{id}","name":"Ada \"A\"","port":4,"ui_url":"http://127.0.0.1:1/#t=2"}}"#
            ) + "\n"
        );
        let peer = Event::Peer { peer_id, name, state: State::Offline }.line(true);
        assert_eq!(peer, format!(r#"{{"event":"peer","peer_id":"{id}","name":"Ada \"A\"","state":"offline"}}"#) + "\n");
    }
}
