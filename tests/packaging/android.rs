//! What Android is told of the app, and what of it the system may ask a person for.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use super::{config, said, text};

const ANDROID: &str = "http://schemas.android.com/apk/res/android";
const PLUGIN: &str = "src-tauri/android/src/main/AndroidManifest.xml";

fn named<'a>(manifest: &'a Document<'_>, tag: &str) -> Vec<Node<'a, 'a>> {
    manifest.descendants().filter(|node| node.has_tag_name(tag)).collect()
}

fn attribute<'a>(node: &Node<'a, 'a>, name: &str) -> &'a str {
    node.attribute((ANDROID, name)).unwrap_or_default()
}

#[test]
fn nothing_that_calls_need_is_missing_and_nothing_else_is_asked_for() {
    let manifest = text(PLUGIN);
    let manifest = Document::parse(&manifest).unwrap();
    let asked: BTreeSet<_> = named(&manifest, "uses-permission")
        .iter()
        .map(|node| attribute(node, "name").trim_start_matches("android.permission."))
        .collect();
    let network = ["INTERNET", "ACCESS_LOCAL_NETWORK", "ACCESS_NETWORK_STATE", "ACCESS_WIFI_STATE"];
    let multicast = ["CHANGE_WIFI_MULTICAST_STATE"];
    // wry asks for all three at once and takes one that is missing for a no.
    let devices = ["CAMERA", "RECORD_AUDIO", "MODIFY_AUDIO_SETTINGS", "BLUETOOTH", "BLUETOOTH_CONNECT"];
    let background = ["FOREGROUND_SERVICE", "FOREGROUND_SERVICE_CAMERA", "FOREGROUND_SERVICE_MICROPHONE", "WAKE_LOCK"];
    let ringing = ["POST_NOTIFICATIONS", "USE_FULL_SCREEN_INTENT", "VIBRATE"];
    let wanted = [&network[..], &multicast, &devices, &background, &ringing].concat();
    assert_eq!(asked, wanted.into_iter().collect());
    assert!(
        named(&manifest, "uses-feature").iter().all(|node| attribute(node, "required") == "false"),
        "a tablet without a camera still writes and sends files"
    );
}

#[test]
fn no_other_app_reaches_what_rings_or_holds_a_call() {
    let manifest = text(PLUGIN);
    let manifest = Document::parse(&manifest).unwrap();
    for tag in ["activity", "receiver", "service"] {
        for node in named(&manifest, tag) {
            assert_eq!(attribute(&node, "exported"), "false", "{}", attribute(&node, "name"));
        }
    }
    let service = named(&manifest, "service")[0];
    assert_eq!(attribute(&service, "foregroundServiceType"), "camera|microphone");
    let app = text("gen/android/app/src/main/AndroidManifest.xml");
    let app = Document::parse(&app).unwrap();
    let application = named(&app, "application")[0];
    assert_eq!(attribute(&application, "allowBackup"), "false", "the key that a person is must not be in two places");
    let shown: Vec<_> =
        named(&app, "activity").into_iter().filter(|node| attribute(node, "exported") == "true").collect();
    assert_eq!(shown.len(), 1, "the one that the system's launcher starts");
}

#[test]
fn gradle_takes_the_plugin_and_the_identifier_is_the_apps() {
    let settings = text("gen/android/settings.gradle");
    assert!(settings.contains("include ':dogeller'") && settings.contains("'../../src-tauri/android'"));
    let build = text("gen/android/app/build.gradle.kts");
    let id = said(&config(), "/identifier");
    assert!(build.contains(&format!("applicationId = \"{id}\"")) && build.contains("project(\":dogeller\")"));
    assert!(build.contains("targetSdk = 37") && build.contains("compileSdk = 37"));
    assert!(build.contains("keystore.properties"), "a release is signed where there is a key");
}
