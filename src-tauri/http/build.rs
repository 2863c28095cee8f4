//! The page must be built before this crate can hold it.
use std::path::Path;

fn main() {
    let page = Path::new("../../ui/dist");
    println!("cargo::rerun-if-changed={}", page.display());
    if !page.join("index.html").is_file() {
        println!(
            "cargo::error=the page is not built yet (ui/dist/index.html is missing): run `cargo xtask run`, which builds it"
        );
    }
}
