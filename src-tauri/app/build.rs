//! Tauri's build step: the context, the icons, what the page may ask for.
use tauri_build::{AppManifest, Attributes};

fn main() {
    #[cfg(target_os = "macos")]
    if let Err(error) = swift::link() {
        println!("cargo::error=the Swift of iOS's half cannot be built: {error}");
    }
    println!("cargo::rerun-if-changed=src-tauri/app/capabilities");
    println!("cargo::rerun-if-changed=src-tauri/app/permissions");
    let attributes = Attributes::new()
        .capabilities_path_pattern("src-tauri/app/capabilities/**/*")
        // Naming permissions switches Tauri's access list on for the app's own commands too.
        .app_manifest(AppManifest::new().permissions_path_pattern("src-tauri/app/permissions/**/*"));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}

/// iOS's half (`src-tauri/ios`), which can be built on a Mac alone. Xcode only links the result.
#[cfg(target_os = "macos")]
mod swift {
    use std::{env, fs, io, path::Path};

    /// Where its Package.swift looks for Tauri's own package, which SwiftPM writes into: it is copied.
    const TAURI: &str = "src-tauri/.tauri/tauri-api";

    pub(super) fn link() -> io::Result<()> {
        println!("cargo::rerun-if-changed=src-tauri/ios");
        if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("ios") {
            return Ok(());
        }
        let tauri = env::var_os("DEP_TAURI_IOS_LIBRARY_PATH").ok_or(io::ErrorKind::NotFound)?;
        copy(Path::new(&tauri), Path::new(TAURI))?;
        tauri_utils::build::link_apple_library("DogellerPlugin", "src-tauri/ios");
        Ok(())
    }

    fn copy(from: &Path, to: &Path) -> io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let to = to.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                copy(&entry.path(), &to)?;
            } else {
                fs::copy(entry.path(), to)?;
            }
        }
        Ok(())
    }
}
