//! docs/dependencies.md says of every direct dependency why it is there, and of nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::RuleError;

const PAGE: &str = "docs/dependencies.md";

pub(super) fn broken(root: &Path) -> Result<Vec<String>, RuleError> {
    let read = |file: &str| {
        let path = root.join(file);
        fs::read_to_string(&path).map_err(|source| RuleError::Read { path, source })
    };
    let mut used = in_package_json(&read("package.json")?);
    let workspace = read("Cargo.toml")?;
    used.extend(in_manifest(&workspace));
    for member in members(&workspace) {
        used.extend(in_manifest(&read(&format!("{member}/Cargo.toml"))?));
    }
    let explained = in_page(&read(PAGE)?);
    let missing = used.difference(&explained).map(|name| format!("{PAGE}: nothing says why {name} is a dependency"));
    let stale = explained.difference(&used).map(|name| format!("{PAGE}: {name} is no dependency any more"));
    Ok(missing.chain(stale).collect())
}

/// The folders of the workspace's other crates.
fn members(workspace: &str) -> Vec<&str> {
    let list = workspace.split_once("\nmembers = [").and_then(|(_, rest)| rest.split_once(']'));
    list.map_or_else(Vec::new, |(list, _)| list.split('"').skip(1).step_by(2).collect())
}

/// The keys of every table of dependencies but the workspace's, which only gives versions. Our own crates need no reason.
fn in_manifest(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]") && line != "[workspace.dependencies]";
        } else if inside && !line.starts_with('#') && line.contains('=') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if !name.starts_with("dogeller-") {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// The keys of "dependencies" and "devDependencies", which npm writes one to a line.
fn in_package_json(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("\"dependencies\"") || line.starts_with("\"devDependencies\"") {
            inside = true;
        } else if line.starts_with('}') {
            inside = false;
        } else if inside {
            names.extend(line.split('"').nth(1).map(str::to_owned));
        }
    }
    names
}

/// The first cell of each row.
fn in_page(text: &str) -> BTreeSet<String> {
    let cell = |line: &str| Some(line.strip_prefix("| `")?.split('`').next()?.to_owned());
    text.lines().filter_map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_table_of_a_manifest_counts_but_the_workspaces() {
        let text = "[package]\nname = \"a\"\n[dependencies]\ndogeller-core.workspace = true\nserde.workspace = true\n\
                    # why\nts-rs = { version = \"12\" }\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n\
                    [dev-dependencies]\nproptest=\"1\"\n[workspace.dependencies]\nunused = \"1\"\n";
        assert_eq!(in_manifest(text), names(&["libc", "proptest", "serde", "ts-rs"]));
    }

    #[test]
    fn the_crates_are_those_of_the_workspace() {
        let text = "[workspace]\nmembers = [\"src-tauri/core\", \"tests\"]\nresolver = \"3\"\n";
        assert_eq!(members(text), ["src-tauri/core", "tests"]);
    }

    #[test]
    fn both_lists_of_package_json_count() {
        let text = "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"preact\": \"11\"\n  },\n  \"scripts\": {\n    \"a\": \"b\"\n  },\n\
                    \"devDependencies\": {\n    \"@biomejs/biome\": \"2\",\n    \"vite\": \"8\"\n  }\n}\n";
        assert_eq!(in_package_json(text), names(&["@biomejs/biome", "preact", "vite"]));
    }

    #[test]
    fn a_row_begins_with_the_name() {
        assert_eq!(in_page("| crate | why |\n| --- | --- |\n| `serde` | `json` too |\n"), names(&["serde"]));
    }
}
