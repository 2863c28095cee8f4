//! Tauri's build step: the context, the icons, what the page may ask for.
use tauri_build::{AppManifest, Attributes};

fn main() {
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
