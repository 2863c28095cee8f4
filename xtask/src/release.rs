//! `cargo xtask release-check`: whether this version can go out. Everything that is wrong is said at once.

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

use crate::changelog::part;
use crate::place::Place;
use crate::steps::{StepError, unit};

/// Why a version cannot go out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReleaseError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Packaging(#[from] StepError),
    #[error("version {version} cannot go out:\n{}", wrong.iter().map(|line| format!("  - {line}\n")).collect::<String>())]
    NotReady { version: &'static str, wrong: Vec<String> },
}

/// What tells of a version.
struct Told {
    changelog: String,
    metainfo: String,
    package: String,
    tauri: String,
    /// The tag that a release is made of, where there is one.
    tag: Option<String>,
}

pub(crate) fn check(place: &Place) -> Result<(), ReleaseError> {
    let read = |name: &str| {
        let path = place.root.join(name);
        fs::read_to_string(&path).map_err(|source| ReleaseError::File { path, source })
    };
    let told = Told {
        changelog: read("CHANGELOG.md")?,
        metainfo: read("packaging/linux/app.dogeller.dogeller.metainfo.xml")?,
        package: read("package.json")?,
        tauri: read("tauri.conf.json")?,
        // https://docs.github.com/actions/reference/workflows-and-actions/variables
        tag: env::var("GITHUB_REF_NAME").ok().filter(|_| env::var("GITHUB_REF_TYPE").is_ok_and(|kind| kind == "tag")),
    };
    let version = env!("CARGO_PKG_VERSION");
    let wrong = wrong(&told, version);
    if !wrong.is_empty() {
        return Err(ReleaseError::NotReady { version, wrong });
    }
    unit::packaging(place)?;
    println!("\nVersion {version} can go out.");
    Ok(())
}

fn wrong(told: &Told, version: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, text) in [("package.json", &told.package), ("tauri.conf.json", &told.tauri)] {
        if !text.contains(&format!("\"version\": \"{version}\"")) {
            wrong.push(format!("{name} is not of this version"));
        }
    }
    if let Some(tag) = told.tag.as_ref().filter(|tag| **tag != format!("v{version}")) {
        wrong.push(format!("the tag is {tag}, not v{version}"));
    }
    let date = match part(&told.changelog, version) {
        Some(told) => {
            if told.entries.is_empty() {
                wrong.push(format!("CHANGELOG.md says nothing of {version}"));
            }
            if !is_date(told.day) {
                wrong.push(format!("in CHANGELOG.md {version} has no day: `## {version} - 2026-12-31`"));
            }
            told.day
        }
        None => {
            wrong.push(format!("CHANGELOG.md has no part for {version}: give `## Unreleased` its number and day"));
            ""
        }
    };
    let newest = told.metainfo.lines().find(|line| line.trim_start().starts_with("<release "));
    let newest = newest.unwrap_or_default();
    if !newest.contains(&format!("version=\"{version}\"")) {
        wrong.push(format!("software centres are not told of {version}: add a <release> to the metainfo"));
    } else if is_date(date) && !newest.contains(&format!("date=\"{date}\"")) {
        wrong.push(format!("the metainfo has another day for {version} than CHANGELOG.md ({date})"));
    }
    wrong
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && digits(day, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready() -> Told {
        Told {
            changelog: "## Unreleased\n\n## 1.2.0 - 2026-12-31\n\n- More.\n\n## 1.1.0 - 2026-11-01\n\n- Old.\n"
                .to_owned(),
            metainfo: "  <release version=\"1.2.0\" date=\"2026-12-31\"/>\n  <release version=\"1.1.0\" date=\"x\"/>"
                .to_owned(),
            package: "{ \"version\": \"1.2.0\" }".to_owned(),
            tauri: "{ \"version\": \"1.2.0\" }".to_owned(),
            tag: Some("v1.2.0".to_owned()),
        }
    }

    #[test]
    fn what_is_ready_goes_out() {
        assert_eq!(wrong(&ready(), "1.2.0"), Vec::<String>::new());
        assert_eq!(wrong(&Told { tag: None, ..ready() }, "1.2.0"), Vec::<String>::new());
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        assert_eq!(wrong(&ready(), "1.3.0").len(), 5);
        let nothing = Told { changelog: "## 1.2.0 - 2026-12-31\n\n## 1.1.0\n\n- Old.\n".to_owned(), ..ready() };
        assert_eq!(wrong(&nothing, "1.2.0"), ["CHANGELOG.md says nothing of 1.2.0"]);
        let undated = Told { changelog: "## 1.2.0\n\n- More.\n".to_owned(), ..ready() };
        assert_eq!(wrong(&undated, "1.2.0"), ["in CHANGELOG.md 1.2.0 has no day: `## 1.2.0 - 2026-12-31`"]);
        let longer = Told { changelog: "## 1.2.0-beta - 2026-12-31\n\n- More.\n".to_owned(), ..ready() };
        assert!(wrong(&longer, "1.2.0")[0].starts_with("CHANGELOG.md has no part"));
        let day = Told { metainfo: ready().metainfo.replace("12-31", "12-30"), ..ready() };
        assert_eq!(wrong(&day, "1.2.0").len(), 1);
    }
}
