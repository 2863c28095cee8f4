//! The source files that the rules read.

use std::fs;
use std::path::Path;

use super::RuleError;

/// One file of the repository.
pub(super) struct Source {
    /// From the top, with `/` on every system.
    pub(super) path: String,
    pub(super) text: String,
}

/// The rooms, and the endings of what people write in them.
const FOLDERS: [&str; 4] = ["src-tauri", "ui/src", "tests", "xtask/src"];
const ENDINGS: [&str; 5] = [".rs", ".ts", ".tsx", ".mjs", ".css"];

pub(super) fn read_all(root: &Path) -> Result<Vec<Source>, RuleError> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(root, folder, &mut files)?;
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn collect(root: &Path, folder: &str, files: &mut Vec<Source>) -> Result<(), RuleError> {
    let read_error = |source| RuleError::Read { path: folder.into(), source };
    for entry in fs::read_dir(root.join(folder)).map_err(read_error)? {
        let entry = entry.map_err(read_error)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        let kind = entry.file_type().map_err(read_error)?;
        // Links are not followed: they could lead round in a circle.
        if kind.is_dir() && !matches!(name.as_str(), "node_modules" | "target" | "dist" | "gen") {
            collect(root, &path, files)?;
        } else if kind.is_file() && is_written_by_hand(&name) {
            let text =
                fs::read_to_string(entry.path()).map_err(|source| RuleError::Read { path: entry.path(), source })?;
            files.push(Source { path, text });
        }
    }
    Ok(())
}

fn is_written_by_hand(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending)) && !name.contains(".gen.")
}

#[cfg(test)]
mod tests {
    use super::is_written_by_hand;

    #[test]
    fn generated_files_answer_to_their_generator() {
        assert!(is_written_by_hand("call.rs"));
        assert!(is_written_by_hand("Lobby.tsx"));
        assert!(!is_written_by_hand("wire.gen.ts"));
        assert!(!is_written_by_hand("logo.svg"));
    }
}
