//! What packages say is what the program does: ports, names, permissions and versions, on systems that cannot be tried here too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod android;
mod apple;
mod ios;
mod linux;
mod windows;
mod workflows;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A file of the repository.
fn text(path: &str) -> String {
    let path = at(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn at(path: &str) -> PathBuf {
    // Where the crate lies now, not where it lay when this was compiled: clones share what they compile.
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("..").join(path)
}

fn config() -> Value {
    serde_json::from_str(&text("tauri.conf.json")).unwrap()
}

/// A text of the configuration, by its JSON pointer.
fn said(config: &Value, pointer: &str) -> String {
    config.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("nothing at {pointer}")).to_owned()
}

#[test]
fn every_file_that_a_bundle_takes_is_there() {
    let config = config();
    let mut files: Vec<String> =
        config["bundle"]["icon"].as_array().unwrap().iter().map(|icon| icon.as_str().unwrap().to_owned()).collect();
    for pointer in [
        "/bundle/linux/deb/desktopTemplate",
        "/bundle/linux/rpm/desktopTemplate",
        "/bundle/macOS/entitlements",
        "/bundle/macOS/infoPlist",
        "/bundle/iOS/infoPlist",
        "/bundle/windows/nsis/installerHooks",
        "/bundle/windows/wix/fragmentPaths/0",
    ] {
        files.push(said(&config, pointer));
    }
    for file in files {
        assert!(at(&file).is_file(), "{file}");
    }
}

#[test]
fn one_version_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(said(&config(), "/version"), version);
    let package: Value = serde_json::from_str(&text("package.json")).unwrap();
    assert_eq!(package["version"], version);
}

#[test]
fn links_of_ours_are_known_to_the_system() {
    assert_eq!(config().pointer("/plugins/deep-link/desktop/schemes/0").unwrap(), "dogeller");
}
