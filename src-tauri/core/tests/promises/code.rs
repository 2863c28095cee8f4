//! A caller cannot choose its part of the short code after it has seen the callee's: whoever tries loses the call.

use dogeller_core::id::{Commitment, Nonce};
use dogeller_core::text::Sdp;
use dogeller_core::wire::peer::{Description, DescriptionKind, EndReason, Media, Signal};
use dogeller_core::wire::ui::Command;
use dogeller_core::{Attempt, CallId};

use crate::support::scripted::{Scripted, signals};

const CALL: CallId = CallId::from_bytes([9; 16]);

fn described(kind: DescriptionKind, print: &str) -> Description {
    Description { kind, sdp: Sdp::new(format!("v=0\r\na=fingerprint:sha-256 {print}\r\n")).unwrap() }
}

/// A call from a peer, accepted here, as far as the callee's nonce.
fn accepted() -> Scripted {
    let mut me = Scripted::new();
    me.page(1, true);
    me.linked(1, 1);
    let commitment = Commitment::from_bytes([0; 32]);
    me.says(1, 1, Signal::Invite { call: CALL, media: Media::Video, commitment, members: Vec::new() });
    me.click(1, Command::Accept { call: CALL, media: Media::Video });
    let attempt = Attempt::FIRST;
    let description = described(DescriptionKind::Offer, "AA");
    me.says(1, 1, Signal::Description { call: CALL, attempt, description });
    let description = described(DescriptionKind::Answer, "BB");
    let said = signals(&me.click(1, Command::Description { call: CALL, attempt, description }));
    assert!(matches!(said[..], [Signal::Description { .. }, Signal::Nonce { .. }]), "{said:?}");
    me
}

#[test]
fn a_reveal_that_was_not_promised_ends_the_call() {
    let mut me = accepted();
    let nonce = Nonce::from_bytes([1; 16]);
    let said = signals(&me.says(1, 1, Signal::Reveal { call: CALL, attempt: Attempt::FIRST, nonce }));
    assert_eq!(said, [Signal::Bye { call: CALL, reason: EndReason::CodeMismatch }]);
    let past = me.node.line().past().last().unwrap();
    assert_eq!(past.reason, EndReason::CodeMismatch);
}

#[test]
fn the_callee_says_its_nonce_only_after_it_accepted() {
    let mut me = Scripted::new();
    me.page(1, true);
    me.linked(1, 1);
    let commitment = Commitment::from_bytes([0; 32]);
    me.says(1, 1, Signal::Invite { call: CALL, media: Media::Video, commitment, members: Vec::new() });
    let attempt = Attempt::FIRST;
    let description = described(DescriptionKind::Offer, "AA");
    me.says(1, 1, Signal::Description { call: CALL, attempt, description });
    let description = described(DescriptionKind::Answer, "BB");
    let said = signals(&me.click(1, Command::Description { call: CALL, attempt, description }));
    assert!(!said.iter().any(|signal| matches!(signal, Signal::Nonce { .. })), "{said:?}");
    let said = signals(&me.click(1, Command::Accept { call: CALL, media: Media::Video }));
    assert!(said.iter().any(|signal| matches!(signal, Signal::Nonce { .. })), "{said:?}");
}
