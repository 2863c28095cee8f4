//! What Apple's systems ask a person, and what they let a program do.

use plist::{Dictionary, Value};

use super::{at, config, said};

fn dictionary(path: &str) -> Dictionary {
    Value::from_file(at(path)).unwrap().into_dictionary().unwrap()
}

/// Without these keys a camera is not there, and nobody is found, without a word (macOS 15, iOS 14).
fn asks(keys: &Dictionary) {
    for key in ["NSCameraUsageDescription", "NSMicrophoneUsageDescription", "NSLocalNetworkUsageDescription"] {
        let words = keys.get(key).and_then(Value::as_string).unwrap_or_else(|| panic!("no {key}"));
        assert!(words.len() > 20 && words.ends_with('.'), "a person reads this: {words}");
    }
    let services: Vec<_> = keys["NSBonjourServices"].as_array().unwrap().iter().filter_map(Value::as_string).collect();
    assert_eq!(services, ["_dogeller._tcp"]);
}

#[test]
fn macos_asks_for_camera_microphone_and_network() {
    asks(&dictionary("packaging/macos/Info.plist"));
    assert_eq!(said(&config(), "/bundle/macOS/infoPlist"), "packaging/macos/Info.plist");
}

#[test]
fn ios_asks_for_the_same_and_goes_on_with_a_call_in_the_background() {
    let keys = dictionary("packaging/ios/Info.plist");
    asks(&keys);
    let modes: Vec<_> = keys["UIBackgroundModes"].as_array().unwrap().iter().filter_map(Value::as_string).collect();
    assert_eq!(modes, ["audio"]);
    assert_eq!(said(&config(), "/bundle/iOS/infoPlist"), "packaging/ios/Info.plist");
}

#[test]
fn under_the_hardened_runtime_camera_and_microphone_are_named_and_nothing_else() {
    let entitled = dictionary("packaging/macos/Entitlements.plist");
    let mut named: Vec<&String> = entitled.keys().collect();
    named.sort();
    assert_eq!(named, ["com.apple.security.device.audio-input", "com.apple.security.device.camera"]);
    assert!(entitled.values().all(|value| value.as_boolean() == Some(true)));
    assert_eq!(config().pointer("/bundle/macOS/hardenedRuntime").unwrap(), true);
}
