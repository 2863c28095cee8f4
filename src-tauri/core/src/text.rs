//! Text from people and peers, checked once where it comes in: bounded, and without characters that could make one
//! name look like another's or spill over its line.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// The most characters a name may have.
pub const NAME_CHARS: usize = 64;
/// The most bytes a session description may have: 64 KiB. Chromium's own with every codec is 6 KB.
pub const SDP_BYTES: usize = 64 * 1024;
/// The most bytes one ICE candidate line may have: 1 KiB.
pub const CANDIDATE_BYTES: usize = 1024;

/// The most bytes a message may have: 16 KiB, some ten pages.
pub const MESSAGE_TEXT_BYTES: usize = 16 * 1024;

/// Why a text was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing visible is left.
    #[error("the text is empty")]
    Empty,
    /// Longer than its bound.
    #[error("the text is longer than {0} allows")]
    TooLong(&'static str),
    /// A control character, a line break or an invisible direction mark.
    #[error("the text holds characters that cannot be shown")]
    Unshowable,
}

/// A display name: 1 to 64 characters, one line, nothing invisible that reorders or hides text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Checks a name; surrounding white space is dropped.
    pub fn new(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        // Bytes first: counting the characters of megabytes would cost the reader.
        if text.len() > NAME_CHARS * 4 || text.chars().count() > NAME_CHARS {
            return Err(TextError::TooLong("a name"));
        }
        if text.chars().any(is_unshowable) {
            return Err(TextError::Unshowable);
        }
        if text.chars().all(is_blank) {
            return Err(TextError::Empty);
        }
        Ok(Self(text.to_owned()))
    }

    /// The nearest valid name to `text`, for names the system gives (a user's, a machine's); `None` if nothing is left.
    pub fn nearest(text: &str) -> Option<Self> {
        let clean: String = text.chars().filter(|&c| !is_unshowable(c)).take(NAME_CHARS).collect();
        Self::new(&clean).ok()
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name cut to at most `bytes` bytes at a character's end, for places with less room (a DNS TXT value).
    pub fn cut(&self, bytes: usize) -> &str {
        self.0[..self.0.floor_char_boundary(bytes)].trim_end()
    }
}

/// Controls, line and paragraph separators, and the direction marks with which `exe.doc` passes for `doc.exe`
/// (Unicode TR 36, section 2.9; CVE-2021-42574).
pub(crate) fn is_unshowable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Characters that take part in names (joiners in emoji) but show nothing alone.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{00ad}' | '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{ffa0}' | '\u{fe00}'..='\u{fe0f}')
}

/// For a machine that tells neither its user's name nor its own.
impl Default for Name {
    fn default() -> Self {
        Self("Dogeller".to_owned())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A session description (RFC 8866), opaque but for its fingerprint lines; at most 64 KiB.
#[derive(Clone, PartialEq, Eq)]
pub struct Sdp(String);

impl Sdp {
    /// Checks the size and that it is lines of text.
    pub fn new(text: String) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > SDP_BYTES {
            return Err(TextError::TooLong("a session description"));
        }
        if text.chars().any(|c| c.is_control() && c != '\r' && c != '\n' && c != '\t') {
            return Err(TextError::Unshowable);
        }
        Ok(Self(text))
    }

    /// The description as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same description without its candidate lines: candidates travel alone, where they are filtered and counted.
    #[must_use]
    pub fn without_candidates(&self) -> Self {
        let kept = self.0.split_inclusive('\n').filter(|line| !line.starts_with("a=candidate:"));
        Self(kept.collect())
    }

    /// The DTLS certificate's fingerprint (RFC 8122), upper-cased; `None` without one, or where two lines disagree.
    pub fn fingerprint(&self) -> Option<String> {
        let mut found = self
            .0
            .lines()
            .filter_map(|line| line.strip_prefix("a=fingerprint:"))
            .map(|value| value.trim().to_ascii_uppercase());
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

impl fmt::Debug for Sdp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sdp({} bytes)", self.0.len())
    }
}

/// One ICE candidate line (RFC 8839) as the engine gave it, at most 1 KiB. Empty means "no more will come".
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CandidateLine(String);

impl CandidateLine {
    /// Checks the size and that it is one line.
    pub fn new(text: String) -> Result<Self, TextError> {
        if text.len() > CANDIDATE_BYTES {
            return Err(TextError::TooLong("a candidate"));
        }
        if text.chars().any(char::is_control) {
            return Err(TextError::Unshowable);
        }
        Ok(Self(text))
    }

    /// The line as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CandidateLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CandidateLine({} bytes)", self.0.len())
    }
}

/// What somebody writes to somebody: at most 16 KiB, several lines, something visible in it. Direction marks are letters
/// of its language here: whoever shows it keeps it apart from everything else.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    /// Checks a message; white space around it is dropped, and line ends become one kind.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if text.len() > MESSAGE_TEXT_BYTES * 2 {
            return Err(TextError::TooLong("a message"));
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_matches(|c: char| c == '\n' || is_blank(c));
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > MESSAGE_TEXT_BYTES {
            return Err(TextError::TooLong("a message"));
        }
        if text.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{fff9}'..='\u{fffb}')) {
            return Err(TextError::Unshowable);
        }
        Ok(Self(text.to_owned()))
    }

    /// The message as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What people write is theirs: no log has it.
impl fmt::Debug for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageText({} bytes)", self.0.len())
    }
}

macro_rules! text_serde {
    ($name:ident, |$text:ident| $parse:expr) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let $text = String::deserialize(d)?;
                $parse.map_err(de::Error::custom)
            }
        }
    };
}

text_serde!(Name, |text| Name::new(&text));
text_serde!(Sdp, |text| Sdp::new(text));
text_serde!(CandidateLine, |text| CandidateLine::new(text));
text_serde!(MessageText, |text| MessageText::new(&text));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_visible_bounded_line() {
        assert_eq!(Name::new("  Grandma 👵🏽 ").unwrap().as_str(), "Grandma 👵🏽");
        assert_eq!(Name::new(" \u{200b}\u{3164} "), Err(TextError::Empty));
        assert_eq!(Name::new("a\nb"), Err(TextError::Unshowable));
        assert_eq!(Name::new("eve\u{202e}"), Err(TextError::Unshowable));
        assert!(Name::new(&"x".repeat(64)).is_ok());
        assert_eq!(Name::new(&"x".repeat(65)), Err(TextError::TooLong("a name")));
        assert_eq!(Name::new("<img src=x onerror=alert(1)>").unwrap().as_str(), "<img src=x onerror=alert(1)>");
    }

    #[test]
    fn a_system_name_is_made_valid() {
        assert_eq!(Name::nearest("root\u{7}").unwrap().as_str(), "root");
        assert_eq!(Name::nearest(&"é".repeat(100)).unwrap().as_str(), "é".repeat(64));
        assert_eq!(Name::nearest("\n"), None);
        assert_eq!(Name::new("ééé").unwrap().cut(3), "é");
    }

    #[test]
    fn a_message_is_bounded_visible_text_of_several_lines() {
        assert_eq!(MessageText::new(" \r\nHi 👋🏽\r\n\tyou \n").unwrap().as_str(), "Hi 👋🏽\n\tyou");
        assert_eq!(MessageText::new("\n\u{200b} \n"), Err(TextError::Empty));
        assert_eq!(MessageText::new("a\u{7}b"), Err(TextError::Unshowable));
        assert!(MessageText::new(&"x".repeat(MESSAGE_TEXT_BYTES)).is_ok());
        assert_eq!(MessageText::new(&"x".repeat(MESSAGE_TEXT_BYTES + 1)), Err(TextError::TooLong("a message")));
        let right_to_left = "\u{200f}שלום\u{200f}";
        assert_eq!(MessageText::new(right_to_left).unwrap().as_str(), right_to_left);
        let kept = MessageText::new("e\u{301}\u{200d}x").unwrap();
        assert_eq!(MessageText::new(kept.as_str()).unwrap(), kept, "what was taken once is taken again as it is");
    }

    #[test]
    fn a_description_gives_up_its_candidates_and_its_fingerprint() {
        let sdp = Sdp::new(
            "v=0\r\na=fingerprint:sha-256 ab:cd\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=mid:0\r\n".into(),
        )
        .unwrap();
        assert_eq!(sdp.fingerprint().as_deref(), Some("SHA-256 AB:CD"));
        assert_eq!(sdp.without_candidates().as_str(), "v=0\r\na=fingerprint:sha-256 ab:cd\r\na=mid:0\r\n");
        let two = Sdp::new("a=fingerprint:sha-256 AA\na=fingerprint:sha-256 BB\n".into()).unwrap();
        assert_eq!(two.fingerprint(), None);
        assert!(Sdp::new("x".repeat(SDP_BYTES + 1)).is_err());
    }
}
