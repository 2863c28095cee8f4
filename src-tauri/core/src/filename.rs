//! Names of files that others, or people's names, have a say in.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The most bytes of a name: what every file system takes, less what is added to tell two files apart.
pub const FILE_NAME_BYTES: usize = 200;

/// Names that Windows keeps for devices, whatever follows a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name that is safe as one file's or folder's on every system: no separator, no device, nothing hidden or invisible.
///
/// Whatever somebody calls a file, it is read as the nearest safe name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FileName(String);

impl<'de> Deserialize<'de> for FileName {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d).map(|text| Self::nearest(&text))
    }
}

impl FileName {
    /// The nearest safe name to a text; `file` where nothing is left of it.
    pub fn nearest(text: &str) -> Self {
        let clean: String = text
            .chars()
            .map(|c| if matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
            .filter(|&c| !crate::text::is_unshowable(c))
            .take(FILE_NAME_BYTES)
            .collect();
        // Windows drops dots and spaces at the end; a dot in front hides a file.
        let dropped = |c: char| c == '.' || c.is_whitespace();
        let clean = clean.trim_start_matches(dropped);
        let mut clean = clean[..clean.floor_char_boundary(FILE_NAME_BYTES)].trim_end_matches(dropped).to_owned();
        if clean.is_empty() || clean.chars().all(|c| c == '_') {
            clean = "file".to_owned();
        }
        if is_device(&clean) {
            clean.insert(0, '_');
        }
        Self(clean)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name for another file beside it: `a (2).txt`.
    #[must_use]
    pub fn another(&self, count: u32) -> Self {
        let (stem, end) = match self.0.rsplit_once('.').filter(|(stem, end)| !stem.is_empty() && end.len() <= 10) {
            Some((stem, end)) => (stem, format!(" ({count}).{end}")),
            None => (self.0.as_str(), format!(" ({count})")),
        };
        // Still a name that is its own nearest.
        let cut = stem.floor_char_boundary(FILE_NAME_BYTES.saturating_sub(end.len()));
        Self(format!("{}{end}", &stem[..cut]))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `CON`, `con.txt`, `COM1`, `lpt9.log` and their like.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |port: &str| {
        stem.strip_prefix(port)
            .is_some_and(|n| matches!(n, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_safe_name() {
        let cases = [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\Windows\\a.exe", "C__Windows_a.exe"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("CON", "_CON"),
            ("com1.txt", "_com1.txt"),
            ("Lpt¹", "_Lpt¹"),
            ("console.log", "console.log"),
            (" .hidden. ", "hidden"),
            ("...", "file"),
            ("a\n\u{7}b", "ab"),
            ("Oma 👵🏽", "Oma 👵🏽"),
        ];
        for (text, name) in cases {
            assert_eq!(FileName::nearest(text).as_str(), name);
        }
        let long = FileName::nearest(&"é".repeat(300));
        assert_eq!(long.as_str().len(), FILE_NAME_BYTES);
        assert_eq!(FileName::nearest(long.as_str()), long);
    }

    #[test]
    fn a_second_file_has_another_name() {
        assert_eq!(FileName::nearest("a.txt").another(2).as_str(), "a (2).txt");
        assert_eq!(FileName::nearest("Makefile").another(3).as_str(), "Makefile (3)");
        assert_eq!(FileName::nearest("a.tar.gz").another(2).as_str(), "a.tar (2).gz");
        let long = FileName::nearest(&"é".repeat(300)).another(12);
        assert!(long.as_str().ends_with(" (12)") && FileName::nearest(long.as_str()) == long);
    }
}
