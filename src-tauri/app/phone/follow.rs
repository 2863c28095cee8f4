//! Follows what the page is told of calls: the system is to ring, and to keep a call that goes on.

use dogeller_core::wire::peer::Media;
use dogeller_core::wire::ui::{CallView, Notice, PeerKind, PeerView, Phase, Presence};
use tauri::AppHandle;

use super::native::{Phone, Seen, phone};

/// To be called with each notice, before the page has it.
pub(crate) fn follow(app: &AppHandle, notice: &Notice) {
    let phone = phone(app);
    let mut seen = phone.seen();
    let call = match notice {
        Notice::Call { call } => call.as_ref(),
        Notice::Snapshot { snapshot } => {
            somebody(&phone, &mut seen, &snapshot.peers);
            snapshot.call.as_ref()
        }
        Notice::Peer { peer } => return somebody(&phone, &mut seen, std::slice::from_ref(peer)),
        Notice::Me { .. }
        | Notice::PeerGone { .. }
        | Notice::Engine { .. }
        | Notice::Talk { .. }
        | Notice::Open { .. }
        | Notice::Refused { .. } => return,
    };
    ring(&phone, &mut seen, call);
    keep(&phone, &mut seen, call);
}

/// Once somebody could call, the system is asked whether it may ring.
fn somebody(phone: &Phone, seen: &mut Seen, peers: &[PeerView]) {
    let calls = |peer: &PeerView| peer.kind == PeerKind::Person && peer.presence != Presence::Offline;
    if !seen.asked_to_ring && peers.iter().any(calls) {
        seen.asked_to_ring = true;
        phone.question("ringing");
    }
}

fn ring(phone: &Phone, seen: &mut Seen, call: Option<&CallView>) {
    let rings = call.filter(|call| call.phase == Phase::Incoming);
    if rings.map(|call| call.call) != seen.rings.as_ref().map(|call| call.call) {
        match rings {
            Some(call) => phone.tell(
                "ring",
                serde_json::json!({
                    "call": call.call.to_string(),
                    "name": call.with.name.to_string(),
                    "video": call.theirs == Media::Video,
                }),
            ),
            None => phone.tell("stopRinging", serde_json::json!({})),
        }
    }
    seen.rings = rings.cloned();
}

/// A call begins for the system once the page has asked for its devices (`native.rs`).
fn keep(phone: &Phone, seen: &mut Seen, call: Option<&CallView>) {
    let talks = call.filter(|call| match call.phase {
        Phase::Outgoing { .. } | Phase::Connecting | Phase::Connected | Phase::Reconnecting => true,
        Phase::Incoming | Phase::Ended { .. } => false,
    });
    if talks.is_none() && seen.talks.is_some() {
        phone.tell("callEnded", serde_json::json!({}));
        seen.began = None;
    }
    seen.talks = talks.cloned();
}
