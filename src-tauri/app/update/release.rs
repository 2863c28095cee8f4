//! What a place offers, in the form of Tauri's updater, and whether it is what it says: everything is read up to a bound, no
//! older version passes for a newer one, and nothing counts that the project has not signed for this very version.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::{PublicKey, Signature};
use semver::Version;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};

use super::UpdateError;
use super::source::{Opened, Source};

/// What lies beside the bundles and tells of them.
pub(super) const MANIFEST: &str = "latest.json";
/// The most bytes of it: some 30 times what eight bundles and the notes of a version take.
const MANIFEST_BYTES: u64 = 256 * 1024;
/// The most characters of a version's notes that are shown.
const NOTES_CHARS: usize = 8_000;
/// The most characters of a version: more than any has.
const VERSION_CHARS: usize = 64;
/// The most characters of a file's name.
const NAME_CHARS: usize = 128;
/// The most bytes of a bundle: 10 times what the largest has.
pub(super) const BUNDLE_BYTES: u64 = 256 * 1024 * 1024;
const PIECE_BYTES: usize = 64 * 1024;

/// A `latest.json`. What else stands in it does not matter here.
#[derive(Deserialize)]
struct Manifest {
    version: String,
    #[serde(default)]
    notes: Option<String>,
    platforms: HashMap<String, Bundle>,
}

#[derive(Deserialize)]
struct Bundle {
    url: String,
    signature: String,
}

/// A newer version, and what of it is for this system.
#[derive(Clone)]
pub(super) struct Release {
    pub(super) version: Version,
    notes: String,
    file: String,
    signature: Signature,
}

/// What the page shows of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Offer {
    version: String,
    /// As the place tells them: text, and nothing that was signed.
    notes: String,
}

/// The public half of the project's key, as `tauri signer generate` writes it.
pub(super) fn key(text: &str) -> Option<PublicKey> {
    PublicKey::decode(&decoded(text)?).ok()
}

/// Looks what a place has that is newer than `current` and made for `target`.
pub(super) fn look(source: &Source, current: &Version, target: &str) -> Result<Option<Release>, UpdateError> {
    let mut text = Vec::new();
    let content = source.open(MANIFEST)?.content;
    content.take(MANIFEST_BYTES + 1).read_to_end(&mut text).map_err(broken_off)?;
    let known = if text.len() as u64 > MANIFEST_BYTES { None } else { serde_json::from_slice(&text).ok() };
    let Some(Manifest { version, notes, mut platforms }) = known else {
        tracing::warn!(bytes = text.len(), "what lies where updates should be is no {MANIFEST}");
        return Err(UpdateError::NoRelease);
    };
    let short = Some(version).filter(|text| text.len() <= VERSION_CHARS).ok_or(UpdateError::NoRelease)?;
    let version = Version::parse(short.trim_start_matches('v')).map_err(|_| UpdateError::NoRelease)?;
    if version.cmp_precedence(current).is_le() {
        return Ok(None);
    }
    let Bundle { url, signature } = platforms.remove(target).ok_or(UpdateError::NotForThis)?;
    let file = name(&url).ok_or(UpdateError::NoRelease)?;
    let signature =
        decoded(&signature).and_then(|text| Signature::decode(&text).ok()).ok_or(UpdateError::NotGenuine)?;
    let shown = |letter: &char| !letter.is_control() || *letter == '\n';
    let notes = notes.unwrap_or_default().chars().filter(shown).take(NOTES_CHARS).collect();
    Ok(Some(Release { version, notes, file, signature }))
}

impl Release {
    pub(super) fn offer(&self) -> Offer {
        Offer { version: self.version.to_string(), notes: self.notes.clone() }
    }

    /// Copies the bundle, and succeeds only if the project has signed just that, for just this version. What was copied
    /// before that is known is worth nothing. `tell` hears how many bytes are there, of how many, and says whether it is still
    /// wanted. What was copied is named by its SHA-512, so that it can be known again.
    pub(super) fn fetch(
        &self,
        source: &Source,
        key: &PublicKey,
        into: &mut dyn Write,
        tell: &mut dyn FnMut(u64, Option<u64>) -> bool,
    ) -> Result<Hash, UpdateError> {
        // Another key's is not even fetched.
        let mut check = key.verify_stream(&self.signature).map_err(not_genuine)?;
        let Opened { mut content, bytes } = source.open(&self.file)?;
        let mut piece = vec![0; PIECE_BYTES];
        let mut copied = 0;
        let mut hash = Sha512::new();
        loop {
            if bytes.unwrap_or(copied).max(copied) > BUNDLE_BYTES {
                return Err(not_genuine("larger than any bundle"));
            }
            let count = content.read(&mut piece).map_err(broken_off)?;
            let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
            check.update(read);
            hash.update(read);
            into.write_all(read).map_err(UpdateError::from_disk)?;
            copied += read.len() as u64;
            if !tell(copied, bytes) {
                return Err(UpdateError::LookAgain);
            }
        }
        check.finalize().map_err(not_genuine)?;
        into.flush().map_err(UpdateError::from_disk)?;
        // From here on the comment is known to be the project's. Without this, an old bundle could pass for a new version.
        match signed_for(self.signature.trusted_comment()) {
            Some(version) if version == self.version => Ok(Hash(hash.finalize().into())),
            Some(_) | None => Err(not_genuine("signed for another version")),
        }
    }
}

/// What was found to be genuine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Hash([u8; 64]);

impl Hash {
    #[cfg(test)]
    pub(super) fn of_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    pub(super) fn digits(self) -> String {
        hex::encode(self.0)
    }

    /// Whether this is the same.
    pub(super) fn is_of(self, mut content: impl Read) -> bool {
        let mut hash = Sha512::new();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match content.read(&mut piece) {
                Ok(0) => return Self(hash.finalize().into()) == self,
                Ok(count) => hash.update(piece.get(..count).unwrap_or_default()),
                Err(_) => return false,
            }
        }
    }
}

/// The version that `tauri signer sign --app-version` wrote down: fields with tabs between them.
fn signed_for(comment: &str) -> Option<Version> {
    let version = comment.split('\t').find_map(|field| field.strip_prefix("version:"))?;
    Version::parse(version.trim_start_matches('v')).ok()
}

/// The name of the file at the end of an address; `None` where it could lead out of its folder.
fn name(url: &str) -> Option<String> {
    let name = url.rsplit('/').next()?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._+~-".contains(letter);
    let fine = name.starts_with(|first: char| first.is_ascii_alphanumeric()) && name.chars().all(plain);
    (fine && name.len() <= NAME_CHARS).then(|| name.to_owned())
}

/// Keys and signatures of Tauri are texts, packed once more.
fn decoded(packed: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(packed.trim()).ok()?).ok()
}

fn broken_off(error: io::Error) -> UpdateError {
    tracing::warn!(%error, "reading an update broke off");
    UpdateError::Unreachable
}

fn not_genuine(why: impl std::fmt::Display) -> UpdateError {
    tracing::error!(%why, "an update is not what the project has signed");
    UpdateError::NotGenuine
}

#[cfg(test)]
mod tests;
