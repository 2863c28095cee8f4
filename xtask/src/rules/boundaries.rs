//! Who may name what. A boundary that nobody checks is a wish. Most of the page's are Biome's to check (biome.json).

use super::sources::Source;

/// A word that only some files may name.
struct Boundary {
    /// As it stands in the code.
    word: Word,
    /// Where the rule holds.
    within: &'static [&'static str],
    /// Files and folders that are free of it.
    allowed: &'static [&'static str],
    /// What to do instead.
    instead: &'static str,
}

/// What counts as naming it.
enum Word {
    /// A Rust crate: `name::`, `use name;`, `extern crate name`.
    Crate(&'static str),
    /// An import of TypeScript, by how its path begins.
    Import(&'static str),
}

const BOUNDARIES: [Boundary; 12] = [
    Boundary {
        word: Word::Crate("mdns_sd"),
        within: &["src-tauri/"],
        allowed: &["src-tauri/lan/src/discovery/"],
        instead: "use the events of lan's discovery",
    },
    Boundary {
        word: Word::Crate("async_dnssd"),
        within: &["src-tauri/"],
        allowed: &["src-tauri/lan/src/discovery/"],
        instead: "use the events of lan's discovery",
    },
    Boundary {
        word: Word::Crate("tauri"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/app/"],
        instead: "the window is only a shell: put the rule in core and the work in lan or http",
    },
    Boundary {
        word: Word::Crate("webrtc"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/media/src/stack.rs", "src-tauri/media/src/stack/"],
        instead: "go through dogeller_media::stack, so that another stack could take its place",
    },
    Boundary {
        word: Word::Crate("rtc"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/media/src/stack.rs", "src-tauri/media/src/stack/"],
        instead: "go through dogeller_media::stack, so that another stack could take its place",
    },
    Boundary {
        word: Word::Crate("opus"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/media/src/sound/"],
        instead: "go through dogeller_media::sound",
    },
    Boundary {
        word: Word::Crate("sonora"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/media/src/sound/"],
        instead: "go through dogeller_media::sound::Clean",
    },
    Boundary {
        word: Word::Crate("image_webp"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/media/src/picture/"],
        instead: "go through dogeller_media::picture",
    },
    Boundary {
        word: Word::Crate("rusqlite"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/lan/"],
        instead: "ask lan's store",
    },
    Boundary {
        word: Word::Crate("axum"),
        within: &["src-tauri/"],
        allowed: &["src-tauri/http/"],
        instead: "serve it from http",
    },
    Boundary {
        word: Word::Crate("ureq"),
        within: &["src-tauri/", "tests/"],
        allowed: &["src-tauri/app/update/source.rs"],
        instead: "nothing but updates is fetched from anywhere, and that only once somebody has switched it on",
    },
    Boundary {
        word: Word::Import("preact"),
        within: &["ui/src/call/"],
        allowed: &[],
        instead: "view models are plain TypeScript with @preact/signals-core, and outlive the view library",
    },
];

pub(super) fn broken(files: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for file in files {
        for boundary in BOUNDARIES.iter().filter(|boundary| holds_in(boundary, &file.path)) {
            for (number, line) in file.text.lines().enumerate() {
                if names(&boundary.word, line) {
                    broken.push(format!("{}:{}: {} ({})", file.path, number + 1, line.trim(), boundary.instead));
                }
            }
        }
    }
    broken
}

fn holds_in(boundary: &Boundary, path: &str) -> bool {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    starts(boundary.within) && !starts(boundary.allowed)
}

fn names(word: &Word, line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    match word {
        Word::Crate(name) => mentions(code, name, |rest| {
            rest.starts_with("::") || (code.trim_start().starts_with("use ") && rest.starts_with([';', ' ']))
        }),
        // The path of a package may hold `//` only inside its quotes, which none of ours does.
        Word::Import(path) => {
            let imports = code.contains("import") || code.contains(" from ");
            imports
                && ['"', '\'']
                    .iter()
                    .any(|quote| code.contains(&format!("{quote}{path}")) && !is_other_package(code, path))
        }
    }
}

/// `preact` must not be taken for `preact-something`, nor `@preact/…` for it.
fn is_other_package(code: &str, path: &str) -> bool {
    !path.ends_with('/') && !mentions(code, path, |rest| rest.starts_with(['"', '\'', '/']))
}

/// Whether `name` stands in the code as a word of its own, followed by what is wanted.
fn mentions(code: &str, name: &str, wanted: impl Fn(&str) -> bool) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let rest = &code[at + name.len()..];
        let part_of_a_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
        !before.is_some_and(part_of_a_word) && !rest.starts_with(part_of_a_word) && wanted(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        broken(&[Source { path: path.into(), text: text.into() }]).len()
    }

    #[test]
    fn only_discovery_names_mdns_sd() {
        assert_eq!(count("src-tauri/lan/src/discovery/daemon.rs", "use mdns_sd::ServiceDaemon;"), 0);
        assert_eq!(count("src-tauri/lan/src/links.rs", "use mdns_sd::ServiceDaemon;"), 1);
        assert_eq!(count("src-tauri/lan/src/links.rs", "// mdns_sd::ServiceDaemon is elsewhere"), 0);
    }

    #[test]
    fn only_the_app_names_tauri_and_an_address_is_no_name() {
        assert_eq!(count("src-tauri/http/src/guard.rs", "let ours = \"tauri://localhost\";"), 0);
        assert_eq!(count("src-tauri/http/src/guard.rs", "let app = tauri::Builder::default();"), 1);
        assert_eq!(count("src-tauri/app/lib.rs", "let app = tauri::Builder::default();"), 0);
        assert_eq!(count("src-tauri/core/src/id.rs", "my_tauri::thing();"), 0);
    }

    #[test]
    fn call_models_use_signals_and_no_view_library() {
        assert_eq!(count("ui/src/call/model.ts", "import { signal } from \"@preact/signals-core\";"), 0);
        assert_eq!(count("ui/src/call/model.ts", "import { h } from \"preact\";"), 1);
        assert_eq!(count("ui/src/call/model.ts", "import { useState } from 'preact/hooks';"), 1);
    }
}
