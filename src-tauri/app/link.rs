//! Links of ours, as they stand in a mail or a wiki. They come from anywhere: one only ever shows something, and never calls.

use dogeller_core::PeerId;

/// Why a link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this link leads nowhere; one of Dogeller's looks like dogeller://person/ followed by 64 digits and letters")]
pub(crate) struct LinkError;

/// Whom a link names.
pub(crate) fn person(link: &str) -> Result<PeerId, LinkError> {
    let id = link.strip_prefix("dogeller://person/").ok_or(LinkError)?;
    // Some programs add one.
    id.strip_suffix('/').unwrap_or(id).parse().map_err(|_| LinkError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_a_person_and_nothing_else() {
        let id = "a7".repeat(32);
        let named = person(&format!("dogeller://person/{id}")).unwrap();
        assert_eq!(named.to_string(), id);
        assert_eq!(person(&format!("dogeller://person/{id}/")), Ok(named));
        for link in [
            "dogeller://person/",
            "dogeller://call/a7",
            "https://example.com",
            "",
            "dogeller://person/../etc",
            "--data-dir=/tmp",
        ] {
            assert_eq!(person(link), Err(LinkError), "{link}");
        }
        assert_eq!(person(&format!("dogeller://person/{id}a7")), Err(LinkError));
    }
}
