//! Whether somebody looks for newer versions, and where: what a person chose, below what an administrator has settled.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::UpdateError;
use super::source::Source;

/// Where the project puts its releases.
const PROJECT: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/releases/latest/download");
/// What was chosen, in the app's own folder for settings.
const FILE: &str = "updates.json";
const FILE_BYTES: u64 = 8 * 1024;

/// What an administrator has settled for everybody on this machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    /// Whether it looks.
    pub(crate) updates: Option<bool>,
    /// Where it looks: any place that a person could choose. It switches nothing on.
    pub(crate) update_source: Option<String>,
}

/// What the page shows.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct View {
    pub(super) on: bool,
    pub(super) source: String,
    /// Whether it looks is an administrator's to say.
    pub(super) fixed: bool,
    /// Where it looks is.
    pub(super) source_fixed: bool,
}

pub(super) struct Settings {
    file: PathBuf,
    policy: Policy,
    kept: Kept,
}

/// What a person chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    on: bool,
    /// `None`: where the project puts them.
    source: Option<String>,
}

impl Settings {
    /// Reads what was chosen, in a folder that need not be there yet.
    pub(super) fn read(folder: &Path, policy: Policy) -> Self {
        let file = folder.join(FILE);
        let kept = Kept::read(&file);
        Self { file, policy, kept }
    }

    pub(super) fn view(&self) -> View {
        let Self { policy, kept, .. } = self;
        let source = policy.update_source.as_deref().or(kept.source.as_deref()).unwrap_or(PROJECT);
        View {
            on: policy.updates.unwrap_or(kept.on),
            source: source.to_owned(),
            fixed: policy.updates.is_some(),
            source_fixed: policy.update_source.is_some(),
        }
    }

    /// Where to look; an error while nobody is to be asked.
    pub(super) fn source(&self) -> Result<Source, UpdateError> {
        let View { on, source, .. } = self.view();
        if on { Source::new(&source) } else { Err(UpdateError::Off) }
    }

    /// Keeps what a person chose, if it is theirs to choose.
    pub(super) fn choose(&mut self, on: bool, source: &str) -> Result<(), UpdateError> {
        let source = source.trim();
        let view = self.view();
        if (view.fixed && on != view.on) || (view.source_fixed && source != view.source.trim()) {
            return Err(UpdateError::Settled);
        }
        let mut kept = self.kept.clone();
        if !view.fixed {
            kept.on = on;
        }
        // One that was kept and is none here must not keep it from being switched off.
        if !view.source_fixed && source != view.source.trim() {
            Source::new(source)?;
            kept.source = Some(source).filter(|source| *source != PROJECT).map(str::to_owned);
        }
        kept.write(&self.file).map_err(|error| {
            tracing::warn!(%error, "what was chosen about updates could not be kept");
            UpdateError::NotKept
        })?;
        self.kept = kept;
        Ok(())
    }
}

impl Kept {
    /// What cannot be read counts as nothing chosen: off.
    fn read(path: &Path) -> Self {
        let mut text = String::new();
        let read = File::open(path).and_then(|file| file.take(FILE_BYTES).read_to_string(&mut text));
        let known = read.and_then(|_| Ok(serde_json::from_str(&text)?));
        known.unwrap_or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, "what was chosen about updates cannot be read, so they are off");
            }
            Self::default()
        })
    }

    /// Wholly or not at all.
    fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: &str = "https://updates.example.org/dogeller";

    fn settled(updates: Option<bool>, source: Option<&str>) -> Policy {
        Policy { updates, update_source: source.map(str::to_owned) }
    }

    #[test]
    fn nobody_is_asked_before_somebody_switched_it_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::read(&folder.path().join("new"), Policy::default());
        let view = settings.view();
        assert_eq!((view.on, view.fixed, view.source_fixed), (false, false, false));
        assert_eq!(view.source, "https://github.com/dogeller/dogeller/releases/latest/download");
        assert_eq!(settings.source(), Err(UpdateError::Off));
        settings.choose(true, PROJECT).unwrap();
        assert_eq!(settings.source(), Source::new(PROJECT));
    }

    #[test]
    fn what_was_chosen_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new");
        Settings::read(&place, Policy::default()).choose(true, &format!(" {SHARE} ")).unwrap();
        let mut settings = Settings::read(&place, Policy::default());
        assert_eq!(settings.source(), Source::new(SHARE));
        assert_eq!(settings.choose(false, "not a place"), Err(UpdateError::BadSource));
        assert!(settings.view().on);
        settings.choose(false, SHARE).unwrap();
        assert_eq!(Settings::read(&place, Policy::default()).view().source, SHARE);
        // Nothing but the file itself is there.
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_is_none_any_more_can_be_switched_off() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), r#"{"on":true,"source":"nowhere"}"#).unwrap();
        let mut settings = Settings::read(folder.path(), Policy::default());
        settings.choose(false, "nowhere").unwrap();
        assert!(!settings.view().on);
        let mut settings = Settings::read(folder.path(), settled(None, Some(&format!("{SHARE} "))));
        settings.choose(true, &format!("{SHARE} ")).unwrap();
        assert_eq!(settings.source(), Source::new(SHARE));
    }

    #[test]
    fn a_damaged_file_switches_nothing_on() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{", r#"{"on":"yes"}"#, &format!(r#"{{"on":true,"source":"{}"}}"#, "a".repeat(9000))] {
            fs::write(folder.path().join(FILE), text).unwrap();
            assert!(!Settings::read(folder.path(), Policy::default()).view().on, "{text}");
        }
        fs::write(folder.path().join(FILE), r#"{"on":true,"of":"a later version"}"#).unwrap();
        assert!(Settings::read(folder.path(), Policy::default()).view().on);
    }

    #[test]
    fn a_file_that_cannot_be_written_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("taken"), "").unwrap();
        let mut settings = Settings::read(&folder.path().join("taken"), Policy::default());
        assert_eq!(settings.choose(true, PROJECT), Err(UpdateError::NotKept));
        assert!(!settings.view().on);
    }

    #[test]
    fn what_an_administrator_settled_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::read(folder.path(), settled(Some(false), None));
        assert_eq!(settings.choose(true, PROJECT), Err(UpdateError::Settled));
        assert_eq!(settings.source(), Err(UpdateError::Off));
        // Where is still the person's own to say.
        settings.choose(false, SHARE).unwrap();

        let mut settings = Settings::read(folder.path(), settled(None, Some(SHARE)));
        assert_eq!(settings.choose(true, PROJECT), Err(UpdateError::Settled));
        settings.choose(true, SHARE).unwrap();
        assert_eq!(settings.source(), Source::new(SHARE));
        let view = settings.view();
        assert_eq!((view.fixed, view.source_fixed), (false, true));

        // A place that is none is no reason to ask another one.
        let settings = Settings::read(folder.path(), settled(Some(true), Some("nowhere")));
        assert_eq!(settings.source(), Err(UpdateError::BadSource));
    }
}
