//! `CHANGELOG.md`: what it says of one version.

/// What stands below a version's heading, up to the next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// What follows the version in its heading: the day it went out.
    pub(crate) day: &'a str,
    /// What changed, each on one line.
    pub(crate) entries: Vec<String>,
}

/// What the changelog says below `## VERSION`; `None` without such a heading.
pub(crate) fn part<'a>(changelog: &'a str, version: &str) -> Option<Part<'a>> {
    let mut lines = changelog.lines();
    let title = lines.find_map(|line| {
        let title = line.strip_prefix("## ")?.strip_prefix(version)?;
        // Not 0.1.0 for 0.1.
        (title.is_empty() || title.starts_with(' ')).then_some(title)
    })?;
    let mut entries: Vec<String> = Vec::new();
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        if let Some(entry) = line.strip_prefix("- ") {
            entries.push(entry.to_owned());
        } else if let (Some(entry), Some(more)) = (entries.last_mut(), line.strip_prefix("  ")) {
            *entry = format!("{entry} {more}");
        }
    }
    Some(Part { day: title.trim_start_matches([' ', '-']), entries })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "## Unreleased\n\n## 1.2.0 - 2026-12-31\n\n### Added\n\n- More\n  than a line.\n- Less.\n\n## 1.1.0\n\n- Old.\n";

    #[test]
    fn a_version_has_what_stands_below_it_and_nothing_of_its_neighbours() {
        let more = Part { day: "2026-12-31", entries: vec!["More than a line.".to_owned(), "Less.".to_owned()] };
        assert_eq!(part(TOLD, "1.2.0"), Some(more));
        assert_eq!(part(TOLD, "1.1.0"), Some(Part { day: "", entries: vec!["Old.".to_owned()] }));
        assert_eq!(part(TOLD, "Unreleased"), Some(Part { day: "", entries: Vec::new() }));
        assert_eq!(part(TOLD, "1.2"), None);
    }
}
