//! The page itself, embedded in the binary when it was built.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../ui/dist"]
struct Assets;

/// Answers with a file of the page. A path is looked up as it came, among the names embedded: there is no decoding, no
/// folder and no file system behind it that `..` could climb.
pub(crate) async fn asset(uri: Uri) -> Response {
    let name = match uri.path() {
        "/" => "index.html",
        path => path.strip_prefix('/').unwrap_or(path),
    };
    let Some(file) = Assets::get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    ([(CONTENT_TYPE, content_type(name)), (CACHE_CONTROL, cache_control(name))], file.data).into_response()
}

/// By the end of the name: a closed list of what a page consists of.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/vnd.microsoft.icon",
        "webp" => "image/webp",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "webm" => "video/webm",
        _ => "application/octet-stream",
    }
}

/// Vite puts a hash of the content into every name below `assets/`; all else can change under its name.
fn cache_control(name: &str) -> &'static str {
    if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-store" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_has_a_type() {
        assert!(Assets::get("index.html").is_some());
        for name in Assets::iter() {
            assert_ne!(content_type(&name), "application/octet-stream", "{name} needs a line above");
        }
    }

    #[test]
    fn only_hashed_names_are_kept() {
        assert_eq!(cache_control("index.html"), "no-store");
        assert!(cache_control("assets/index-B1xY.js").contains("immutable"));
    }
}
