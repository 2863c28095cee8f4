//! The workflows that test, build and release on other machines.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{at, text};

fn workflow(name: &str) -> Value {
    serde_saphyr::from_str(&text(&format!(".github/workflows/{name}.yml"))).unwrap()
}

/// Everything that stands under a key, wherever it stands.
fn all<'a>(value: &'a Value, key: &str) -> Vec<&'a Value> {
    match value {
        Value::Object(map) => {
            let inside = map.values().flat_map(|value| all(value, key));
            map.get(key).into_iter().chain(inside).collect()
        }
        Value::Array(list) => list.iter().flat_map(|value| all(value, key)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[test]
fn what_others_wrote_is_named_by_its_very_commit() {
    for name in ["bundle", "ci", "nightly", "release"] {
        let workflow = workflow(name);
        for used in all(&workflow, "uses") {
            let used = used.as_str().unwrap();
            match used.strip_prefix("./") {
                Some(ours) => {
                    assert!(at(ours).is_file() || at(ours).join("action.yml").is_file(), "{name}: {used}");
                }
                None => {
                    let (_, commit) = used.split_once('@').unwrap();
                    let hex = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
                    assert!(commit.len() == 40 && hex, "{name}: {used} can be changed by somebody else");
                }
            }
        }
    }
}

#[test]
fn six_targets_are_built_each_night_and_for_each_release() {
    let bundle = workflow("bundle");
    let targets: BTreeSet<_> = all(&bundle, "target").into_iter().filter_map(Value::as_str).collect();
    let wanted = ["android", "ios", "linux-aarch64", "linux-x86_64", "macos-universal", "windows-x86_64"];
    assert_eq!(targets, BTreeSet::from(wanted));
    for name in ["nightly", "release"] {
        let uses: Vec<Value> = all(&workflow(name), "uses").into_iter().cloned().collect();
        assert!(uses.iter().any(|used| used == "./.github/workflows/bundle.yml"), "{name}");
    }
}

#[test]
fn a_release_passes_just_the_secrets_that_bundles_take_and_nothing_else_gets_any() {
    let bundle = workflow("bundle");
    let taken: BTreeSet<_> = bundle["on"]["workflow_call"]["secrets"].as_object().unwrap().keys().cloned().collect();
    let release = workflow("release");
    let passed = release["jobs"]["bundle"]["secrets"].as_object().unwrap();
    assert_eq!(passed.keys().cloned().collect::<BTreeSet<_>>(), taken);
    for name in ["ci", "nightly"] {
        assert!(!text(&format!(".github/workflows/{name}.yml")).contains("secrets."), "{name}");
    }
    for name in ["bundle", "ci", "nightly", "release"] {
        assert!(!workflow(name)["permissions"].is_null(), "{name} has whatever rights are usual");
    }
}
