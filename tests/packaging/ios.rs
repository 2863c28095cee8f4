//! The Xcode project and the plugin in Swift: what they say is what Tauri, Rust and Android's half say.

use std::collections::BTreeSet;
use std::fs;

use plist::{Dictionary, Value as Plist};
use roxmltree::Document;
use serde_json::Value;

use super::{at, config, said, text};

const PLUGIN: &str = "src-tauri/android/src/main/java/app/dogeller/plugin";

fn project() -> Value {
    serde_saphyr::from_str(&text("gen/apple/project.yml")).unwrap()
}

fn target() -> Value {
    project()["targets"]["dogeller_iOS"].clone()
}

fn listed<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().filter_map(|entry| entry[key].as_str()).collect()
}

fn dictionary(path: &str) -> Dictionary {
    Plist::from_file(at(path)).unwrap().into_dictionary().unwrap()
}

fn swift() -> Vec<String> {
    let files = fs::read_dir(at("src-tauri/ios/Sources")).unwrap();
    files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// What stands between two texts, wherever it does.
fn between<'a>(text: &'a str, before: &str, after: &str) -> BTreeSet<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split_once(after)).map(|(word, _)| word).collect()
}

#[test]
fn xcode_is_told_the_names_and_the_oldest_system_that_tauri_is_told() {
    let (project, config) = (project(), config());
    // Tauri looks for a project of the package's name, and for a target of that name with this suffix.
    let package = format!("[package]\nname = {}\n", project["name"]);
    assert!(text("Cargo.toml").starts_with(&package), "{package}");
    assert!(!target().is_null());
    let settings = &project["settingGroups"]["app"]["base"];
    assert_eq!(settings["PRODUCT_BUNDLE_IDENTIFIER"], said(&config, "/identifier"));
    assert_eq!(settings["PRODUCT_NAME"], said(&config, "/productName"));
    let oldest = said(&config, "/bundle/iOS/minimumSystemVersion");
    assert_eq!(project["options"]["deploymentTarget"]["iOS"].as_f64().unwrap(), oldest.parse::<f64>().unwrap());
    assert!(text("gen/apple/Podfile").contains(&format!("platform :ios, '{oldest}'")));
    let (major, _) = oldest.split_once('.').unwrap();
    assert!(text("src-tauri/ios/Package.swift").contains(&format!(".iOS(.v{major})")));
}

#[test]
fn xcodegen_finds_what_the_project_names_and_cargo_is_started_by_the_locked_cli() {
    let (project, target) = (project(), target());
    for group in project["fileGroups"].as_array().unwrap() {
        assert!(at("gen/apple").join(group.as_str().unwrap()).is_dir(), "XcodeGen refuses a missing {group}");
    }
    // Made by `tauri ios init` and each build.
    let made = ["Externals", "assets"];
    for source in listed(&target["sources"], "path") {
        assert!(made.contains(&source) || at("gen/apple").join(source).exists(), "{source}");
    }
    let scripts = listed(&target["preBuildScripts"], "script");
    assert_eq!(scripts.len(), 1);
    assert!(scripts[0].starts_with("node ../../node_modules/@tauri-apps/cli/tauri.js ios xcode-script -v "));
    let package: Value = serde_json::from_str(&text("package.json")).unwrap();
    assert!(package["devDependencies"]["@tauri-apps/cli"].is_string());
    assert!(listed(&target["dependencies"], "framework").contains(&"libapp.a"));
    assert!(text("gen/apple/Sources/dogeller/main.mm").contains("ffi::start_app()"));
    let screen = target["info"]["properties"]["UILaunchStoryboardName"].as_str().unwrap();
    let screen = text(&format!("gen/apple/{screen}.storyboard"));
    assert!(Document::parse(&screen).unwrap().root_element().has_attribute("initialViewController"));
    assert!(dictionary("gen/apple/ExportOptions.plist").contains_key("method"));
}

#[test]
fn nothing_is_said_twice_and_no_entitlement_is_asked_for() {
    let target = target();
    let ours = target["info"]["properties"].as_object().unwrap();
    let theirs = dictionary("packaging/ios/Info.plist");
    let twice: Vec<_> = ours.keys().filter(|key| theirs.contains_key(key)).collect();
    assert!(twice.is_empty(), "the last of two wins, without a word: {twice:?}");
    let versions = ["CFBundleVersion", "CFBundleShortVersionString"];
    assert!(versions.iter().all(|key| !ours.contains_key(*key)), "Tauri writes both at each build");
    let links = &ours["CFBundleURLTypes"][0]["CFBundleURLSchemes"];
    assert_eq!(Some(links), config().pointer("/plugins/deep-link/desktop/schemes"));
    // Raw multicast needs one that Apple gives to nobody who could use Bonjour.
    let path = format!("gen/apple/{}", target["entitlements"]["path"].as_str().unwrap());
    assert!(dictionary(&path).is_empty());
    assert_eq!(target["entitlements"].as_object().unwrap().len(), 1, "XcodeGen would write more into {path}");
}

#[test]
fn every_icon_is_there_in_its_size_and_opaque() {
    let folder = "gen/apple/Assets.xcassets/AppIcon.appiconset";
    let contents: Value = serde_json::from_str(&text(&format!("{folder}/Contents.json"))).unwrap();
    let images = contents["images"].as_array().unwrap();
    assert!(!images.is_empty());
    for image in images {
        let number =
            |key: &str, end: char| image[key].as_str().unwrap().split(end).next().unwrap().parse::<f64>().unwrap();
        let wanted = number("size", 'x') * number("scale", 'x');
        let name = image["filename"].as_str().unwrap();
        let png = fs::read(at(folder).join(name)).unwrap();
        let pixels = |from: usize| f64::from(u32::from_be_bytes(png[from..from + 4].try_into().unwrap()));
        assert_eq!((pixels(16), pixels(20)), (wanted, wanted), "{name}");
        assert_eq!(png[25], 2, "{name}: the store takes no icon with an alpha channel");
    }
}

#[test]
fn the_plugin_is_the_package_that_rust_links() {
    let package = text("src-tauri/ios/Package.swift");
    assert_eq!(between(&package, "name: \"", "\""), BTreeSet::from(["DogellerPlugin", "Tauri"]));
    assert!(package.contains("type: .static"), "Rust links an archive");
    assert!(package.contains("path: \"../.tauri/tauri-api\"") && !package.contains("url:"));
    assert!(swift().concat().contains("@_cdecl(\"init_plugin_dogeller\")"));
}

#[test]
fn both_phones_have_the_same_commands_and_words() {
    let plugin = text(&format!("{PLUGIN}/DogellerPlugin.kt"));
    let mut commands = between(&plugin, "  fun ", "(invoke: Invoke)");
    // Bonjour is asked from Rust.
    assert!(commands.remove("appear"));
    let swift = swift().concat();
    assert_eq!(between(&swift, "@objc func ", "(_ invoke: Invoke)"), commands);
    let events = between(&swift, "Answer(event: \"", "\"");
    assert_eq!(events, BTreeSet::from(["accepted", "declined"]));
    let (permissions, routes) = (text(&format!("{PLUGIN}/Permissions.kt")), text(&format!("{PLUGIN}/AudioRoute.kt")));
    let mut words = between(&permissions, "(\"", "\"),\n");
    words.append(&mut between(&routes, "(\"", "\"),\n"));
    words.append(&mut between(&permissions, ".put(\"", "\""));
    words.retain(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    assert!(words.contains("ringing") && words.contains("speaker") && words.contains("full_screen"), "{words:?}");
    for word in words {
        assert!(swift.contains(&format!("\"{word}\"")) || named(&swift, word), "{word}");
    }
}

/// A case without a text of its own: `case wired, bluetooth`.
fn named(swift: &str, word: &str) -> bool {
    let cases = swift.lines().filter_map(|line| line.trim_start().strip_prefix("case "));
    cases.flat_map(|cases| cases.split(", ")).any(|case| case == word)
}

#[test]
fn nothing_quarrels_with_webkit_about_sound_and_what_is_used_is_linked() {
    let swift = swift().concat();
    let used: BTreeSet<_> = swift.lines().filter_map(|line| line.strip_prefix("import ")).collect();
    let target = target();
    let linked = listed(&target["dependencies"], "sdk");
    for module in used.iter().filter(|module| !["Foundation", "Tauri"].contains(module)) {
        assert!(linked.contains(&format!("{module}.framework").as_str()), "{module}");
    }
    // Either takes the sound from the page, whose microphone and speaker belong to a process of WebKit's.
    let code: Vec<_> = swift.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    for name in ["AVAudioSession", "CallKit", "CXProvider", "PushKit"] {
        assert!(code.iter().all(|line| !line.contains(name)), "{name}");
    }
    // Its first use asks the person, and without these texts the system ends the app.
    let keys = dictionary("packaging/ios/Info.plist");
    for (used, key) in [("for: .audio", "NSMicrophoneUsageDescription"), ("for: .video", "NSCameraUsageDescription")] {
        assert!(swift.contains(used) && keys.contains_key(key), "{key}");
    }
}
