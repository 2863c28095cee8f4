//! Every message that comes is bounded, typed and checked: what does not fit is refused with a typed error, never with a
//! panic, and what is taken is what was meant.

use dogeller_core::CallId;
use dogeller_core::text::{CANDIDATE_BYTES, NAME_CHARS, SDP_BYTES};
use dogeller_core::wire::peer::{Frame, NumberedSignal, PEERS_NAMED};
use dogeller_core::wire::ui::{Command, Notice};
use dogeller_core::wire::{MESSAGE_BYTES, WireError, decode, encode};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::arbitrary;

/// What decodes encodes to something that decodes to the same.
fn consistent<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
    if let Ok(message) = decode::<T>(text) {
        assert_eq!(decode::<T>(&encode(&message)).as_ref(), Ok(&message));
    }
}

fn all_consistent(text: &str) {
    consistent::<Frame>(text);
    consistent::<NumberedSignal>(text);
    consistent::<Command>(text);
    consistent::<Notice>(text);
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(u64::MAX)),
        "\\PC{0,80}".prop_map(Value::from),
        (0..70_000usize).prop_map(|n| Value::from("x".repeat(n))),
        prop::collection::vec(any::<u8>(), 0..100).prop_map(Value::from),
        Just(json!({"type": "ping", "n": 1})),
        (1..200usize).prop_map(|n| (0..n).fold(json!(1), |inner, _| json!([inner]))),
    ]
}

/// Puts a value in place of the `at`-th one inside, counted through the whole tree.
fn replace(value: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *value = with.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|inner| replace(inner, at, with)),
        Value::Array(items) => items.iter_mut().for_each(|inner| replace(inner, at, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn texts() -> impl Strategy<Value = String> {
    let command = arbitrary::command(CallId::from_bytes([7; 16]));
    prop_oneof![arbitrary::frame().prop_map(|frame| encode(&frame)), command.prop_map(|command| encode(&command))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(frame in arbitrary::frame(), command in arbitrary::command(CallId::from_bytes([7; 16]))) {
        prop_assert_eq!(decode::<Frame>(&encode(&frame)), Ok(frame));
        prop_assert_eq!(decode::<Command>(&encode(&command)), Ok(command));
    }

    #[test]
    fn a_message_with_one_odd_value_is_read_or_refused(text in texts(), at in 0..40usize, with in odd_value()) {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        replace(&mut value, &mut { at }, &with);
        all_consistent(&value.to_string());
    }

    #[test]
    fn a_message_with_bytes_changed_is_read_or_refused(
        text in texts(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = text.into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        all_consistent(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}|[\\[\\]{}\":,0-9a-z]{0,200}") {
        all_consistent(&text);
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let large = " ".repeat(MESSAGE_BYTES + 1);
    assert_eq!(decode::<Frame>(&large), Err(WireError::TooLarge(MESSAGE_BYTES + 1)));
    // Deep nesting must not exhaust the stack.
    let deep = "[".repeat(MESSAGE_BYTES);
    assert!(matches!(decode::<Frame>(&deep), Err(WireError::Malformed { .. })));
    let deep = "{\"type\":".repeat(MESSAGE_BYTES / 8);
    assert!(matches!(decode::<Command>(&deep), Err(WireError::Malformed { .. })));
}

#[test]
fn every_field_has_its_bound() {
    let refused = |value: Value| decode::<Frame>(&value.to_string()).is_err();
    let presence = |name: &str| json!({"type": "presence", "name": name, "status": "away"});
    assert!(!refused(presence(&"x".repeat(NAME_CHARS))));
    assert!(refused(presence(&"x".repeat(NAME_CHARS + 1))));
    assert!(refused(presence("a\u{202e}b")));
    let peer = "ab".repeat(32);
    let hint = json!({"peer": peer, "addresses": ["10.0.0.1:1"]});
    let peers = |count: usize| json!({"type": "peers", "peers": vec![hint.clone(); count]});
    assert!(!refused(peers(PEERS_NAMED)));
    assert!(refused(peers(PEERS_NAMED + 1)));
    assert!(refused(json!({"type": "peers", "peers": [{"peer": peer, "addresses": vec!["10.0.0.1:1"; 9]}]})));
    assert!(refused(json!({"type": "ping", "n": 1, "more": 1})), "unknown fields are refused");
    assert!(refused(json!({"type": "ping", "n": -1})));
    assert!(refused(json!({"type": "unheard_of"})));
    let signal = |signal: Value| {
        let boot = json!({"count": 1, "random": 1});
        json!({"type": "signal", "n": 1, "to": boot, "from": boot, "age_ms": 0, "signal": signal})
    };
    let call = "00".repeat(16);
    let sdp = |bytes: usize| {
        let description = json!({"kind": "offer", "sdp": "x".repeat(bytes)});
        signal(json!({"signal": "description", "call": call, "attempt": 1, "description": description}))
    };
    assert!(!refused(sdp(SDP_BYTES)));
    assert!(refused(sdp(SDP_BYTES + 1)));
    let candidate = |bytes: usize| {
        let candidate = json!({"line": "x".repeat(bytes), "index": 0});
        signal(json!({"signal": "candidate", "call": call, "attempt": 1, "candidate": candidate}))
    };
    assert!(!refused(candidate(CANDIDATE_BYTES)));
    assert!(refused(candidate(CANDIDATE_BYTES + 1)));
}
