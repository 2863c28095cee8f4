//! What goes to standard output: for a script one JSON object a line, for a person a few words.

use std::collections::HashMap;
use std::io;

use dogeller_contact::SeatEvent;
use dogeller_contact::perceive::Perceived;
use dogeller_core::wire::peer::EndReason;
use dogeller_core::wire::ui::{CallView, PeerView, Phase, Presence};
use dogeller_core::{CallId, Name, PeerId};
use dogeller_media::stats::Stats;
use serde::Serialize;
use tokio::io::{AsyncWriteExt, Stdout};

/// One line for a script.
#[derive(Debug, PartialEq, Serialize)]
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
    /// A call that this node holds by itself changed.
    Call {
        /// Which.
        call: CallId,
        /// With whom.
        peer_id: PeerId,
        /// Their name.
        name: Name,
        /// Whether this node placed it.
        caller: bool,
        /// How far it is.
        state: CallState,
        /// How it ended.
        reason: Option<EndReason>,
    },
    /// What such a call carried so far: once a second, and at its end.
    Media {
        /// Which.
        call: CallId,
        /// In numbers.
        stats: Box<Stats>,
        /// As seen and heard.
        perceived: Perceived,
    },
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CallState {
    Outgoing,
    Incoming,
    Connecting,
    Connected,
    Reconnecting,
    Ended,
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
            Self::Call { name, state, reason, .. } => match state {
                CallState::Outgoing => format!("Calling {name}.\n"),
                CallState::Incoming => format!("{name} calls.\n"),
                CallState::Connecting => format!("Connecting to {name}.\n"),
                CallState::Connected => format!("In a call with {name}.\n"),
                CallState::Reconnecting => format!("Reconnecting to {name}.\n"),
                CallState::Ended => match reason {
                    Some(reason) => format!("The call with {name} has ended: {}.\n", word(*reason)),
                    None => format!("The call with {name} has ended.\n"),
                },
            },
            Self::Media { stats, perceived, .. } => media_words(stats, perceived),
        }
    }
}

/// Writes to standard output at once.
pub(crate) async fn put(out: &mut Stdout, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes()).await?;
    out.flush().await
}

/// `hung up` for `HungUp`, as scripts read it too.
pub(crate) fn word(reason: EndReason) -> String {
    dogeller_core::wire::encode(&reason).trim_matches('"').replace('_', " ")
}

fn media_words(stats: &Stats, perceived: &Perceived) -> String {
    let (frames, gaps) = stats.seen.first().map_or((0, 0), |seen| (seen.frames, seen.given_up));
    let colour = perceived.colour.map_or_else(String::new, |[r, g, b]| format!(", colour {r},{g},{b}"));
    let tone = perceived.tone_hz.map_or_else(String::new, |hertz| format!(", tone {hertz:.0} Hz"));
    format!(
        "{:>4} s  in: {frames} pictures ({gaps} given up) {}x{}{colour}, {} sounds ({} lost){tone}  out: {} pictures \
         ({} left out), {} kbit/s  round trip {:.0} ms\n",
        stats.live_ms / 1000,
        perceived.width,
        perceived.height,
        stats.heard.packets,
        stats.heard.lost,
        stats.shown.frames,
        stats.shown.skipped,
        stats.shown.target_bits / 1000,
        stats.round_trip_ms,
    )
}

/// Calls and media as lines: a call only when its state changed.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    last: Option<(CallId, CallState)>,
}

impl Calls {
    /// The line an event asks for, if any.
    pub(crate) fn event(&mut self, event: &SeatEvent) -> Option<Event> {
        match event {
            SeatEvent::People(_) | SeatEvent::Person(_) | SeatEvent::Refused(_) => None,
            SeatEvent::Media(call, stats, perceived) => {
                Some(Event::Media { call: *call, stats: stats.clone(), perceived: *perceived })
            }
            SeatEvent::Call(view) => self.call(view),
        }
    }

    fn call(&mut self, view: &CallView) -> Option<Event> {
        let (state, reason) = match view.phase {
            Phase::Outgoing { .. } => (CallState::Outgoing, None),
            Phase::Incoming => (CallState::Incoming, None),
            Phase::Connecting => (CallState::Connecting, None),
            Phase::Connected => (CallState::Connected, None),
            Phase::Reconnecting => (CallState::Reconnecting, None),
            Phase::Ended { reason } => (CallState::Ended, Some(reason)),
        };
        if self.last.replace((view.call, state)) == Some((view.call, state)) {
            return None;
        }
        let (call, peer_id, name) = (view.call, view.with.peer, view.with.name.clone());
        Some(Event::Call { call, peer_id, name, caller: view.caller, state, reason })
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
pub(crate) mod tests {
    use super::*;
    use dogeller_core::wire::ui::PeerKind;

    /// Somebody whose id is this byte again and again.
    pub(crate) fn person(byte: u8, name: &str, presence: Presence) -> PeerView {
        PeerView {
            peer: PeerId::from_bytes([byte; 32]),
            kind: PeerKind::Person,
            name: Name::new(name).unwrap(),
            presence,
            verified: false,
            not_the_verified: None,
        }
    }

    #[test]
    fn a_line_for_each_coming_leaving_and_renaming_and_for_nothing_else() {
        let mut roll = Roll::default();
        let mut states = Vec::new();
        for view in [
            person(7, "Ada", Presence::Offline),
            person(7, "Ada", Presence::Away),
            person(7, "Ada", Presence::Available),
            person(7, "Ada", Presence::InCall),
            person(7, "Ada L", Presence::InCall),
            person(7, "Ada L", Presence::Offline),
            person(7, "Ada L", Presence::Offline),
            person(7, "Ada L", Presence::Available),
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
