//! Newer versions of Dogeller. Nobody is asked for one unless its person, or an administrator, has switched that on; nothing is
//! fetched, installed or started anew before the person says so; and nothing is installed that the project has not signed.
//!
//! `settings` is whether and where, `source` how files are read there, `release` what is offered and whether it is genuine,
//! `install` how a system takes it, `error` why there is none.

mod error;
mod install;
mod release;
mod settings;
mod source;

use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use minisign_verify::PublicKey;
use semver::Version;
use serde::Serialize;
use tauri::async_runtime::spawn_blocking;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};
use tempfile::TempDir;

pub(crate) use self::error::UpdateError;
use self::install::{Kind, Left};
use self::release::{Hash, Offer, Release};
pub(crate) use self::settings::Policy;
use self::settings::{Settings, View};
use self::source::Source;
use crate::login::IN_THE_BACKGROUND;

/// The public key that releases are signed with. Who builds without one, builds what cannot update itself.
const KEY: Option<&str> = option_env!("DOGELLER_UPDATE_KEY");
/// How long a look may take, on a share that does not answer.
const LOOK: Duration = Duration::from_secs(60);
/// How often the page hears of what is fetched.
const EACH_BYTES: u64 = 256 * 1024;

/// How far an installation is.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Step {
    /// So many bytes are here, of how many.
    Fetching { bytes: u64, of: Option<u64> },
    /// The system has it, and may ask its person for a password.
    Installing,
}

/// What looks for newer versions. Tauri manages it where this one can update itself, and only there.
pub(crate) struct Updates {
    kind: Kind,
    key: PublicKey,
    now: Mutex<Now>,
}

struct Now {
    settings: Settings,
    /// What was offered last.
    found: Option<Release>,
    /// Which version was installed, or waits to be.
    left: Option<(Version, Left)>,
    busy: bool,
    /// The app is to start anew once it has said goodbye.
    again: bool,
}

impl Updates {
    /// `None` where this one cannot update itself: it was built without a key, or came in nothing that could be replaced.
    pub(crate) fn new(app: &AppHandle, policy: Policy) -> Option<Self> {
        let text = KEY.filter(|text| !text.is_empty())?;
        let key = release::key(text);
        if key.is_none() {
            tracing::error!("this Dogeller was built with something for a key that is none: it cannot update itself");
        }
        let (key, kind) = (key?, Kind::of_this()?);
        let folder = app.path().app_config_dir().ok()?;
        let settings = Settings::read(&folder, policy);
        let now = Mutex::new(Now { settings, found: None, left: None, busy: false, again: false });
        Some(Self { kind, key, now })
    }

    /// Held for a moment only, never while anything is waited for.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the person agreed to, for one installation at a time: until the second half of it is dropped.
    fn begin(&self, version: &str) -> Result<(Source, Release, Begun<'_>), UpdateError> {
        let mut now = self.now();
        let source = now.settings.source()?;
        let release = now.found.clone().filter(|release| release.version.to_string() == version);
        let release = release.ok_or(UpdateError::LookAgain)?;
        // It lies there already, or a newer one does.
        if now.left.as_ref().is_some_and(|(ready, _)| release.version.cmp_precedence(ready).is_le()) {
            return Err(UpdateError::LookAgain);
        }
        if now.busy {
            return Err(UpdateError::Busy);
        }
        now.busy = true;
        Ok((source, release, Begun(self)))
    }
}

/// An installation that has not ended.
struct Begun<'a>(&'a Updates);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.0.now().busy = false;
    }
}

fn here(app: &AppHandle) -> Result<State<'_, Updates>, UpdateError> {
    app.try_state().ok_or(UpdateError::NotHere)
}

/// How looking is set, and how far it came: what a page that is loaded anew has to know.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    #[serde(flatten)]
    view: View,
    /// The version that a new start brings.
    ready: Option<String>,
}

/// `None` where this one cannot update itself.
#[tauri::command(async)]
pub(crate) fn updates(app: AppHandle) -> Option<Shown> {
    let updates = here(&app).ok()?;
    let now = updates.now();
    Some(Shown { view: now.settings.view(), ready: now.left.as_ref().map(|(version, _)| version.to_string()) })
}

/// From now on it looks, or does not, and there.
#[tauri::command(async)]
pub(crate) fn set_updates(app: AppHandle, on: bool, source: String) -> Result<(), UpdateError> {
    let updates = here(&app)?;
    let mut now = updates.now();
    now.settings.choose(on, &source)?;
    // It may have been another's offer.
    now.found = None;
    Ok(())
}

/// Looks once; `None` where there is nothing newer.
#[tauri::command]
pub(crate) async fn look_for_update(app: AppHandle) -> Result<Option<Offer>, UpdateError> {
    let updates = here(&app)?;
    let source = updates.now().settings.source()?;
    let (current, target, place) = (app.package_info().version.clone(), updates.kind.target(), source.clone());
    let looking = spawn_blocking(move || release::look(&place, &current, &target));
    let looked = tokio::time::timeout(LOOK, looking).await.map_err(|_| UpdateError::Unreachable)?;
    let found = looked.map_err(|_| UpdateError::Unreachable)??;
    let offer = found.as_ref().map(Release::offer);
    let mut now = updates.now();
    // Another place may have been chosen meanwhile.
    if now.settings.source()? != source {
        return Err(UpdateError::LookAgain);
    }
    now.found = found;
    Ok(offer)
}

/// Fetches and installs the version that was offered last, which its person has agreed to. It runs after the next start.
#[tauri::command]
pub(crate) async fn install_update(
    app: AppHandle,
    version: String,
    progress: Channel<Step>,
) -> Result<(), UpdateError> {
    let updates = here(&app)?;
    let (source, release, _begun) = updates.begin(&version)?;
    let (kind, key, asked, fetched) = (updates.kind, updates.key.clone(), app.clone(), release.version.clone());
    let installing = spawn_blocking(move || {
        // Whoever switched it off, or chose another place, wants nothing of this one any more.
        let wanted = || here(&asked).is_ok_and(|updates| updates.now().settings.source().as_ref() == Ok(&source));
        let (folder, hash) = fetch(kind, &release, &source, &key, &progress, &wanted)?;
        if !wanted() {
            return Err(UpdateError::LookAgain);
        }
        tell(&progress, Step::Installing);
        kind.install(folder, hash)
    });
    let left = installing.await.map_err(|_| UpdateError::NotInstalled)??;
    updates.now().left = Some((fetched, left));
    Ok(())
}

/// A folder of its own with what was fetched, which is genuine.
fn fetch(
    kind: Kind,
    release: &Release,
    source: &Source,
    key: &PublicKey,
    progress: &Channel<Step>,
    wanted: &dyn Fn() -> bool,
) -> Result<(TempDir, Hash), UpdateError> {
    let folder = install::private().map_err(UpdateError::from_disk)?;
    let mut file = File::create(folder.path().join(kind.file())).map_err(UpdateError::from_disk)?;
    let mut told = 0;
    let hash = release.fetch(source, key, &mut file, &mut |bytes, of| {
        if bytes - told < EACH_BYTES {
            return true;
        }
        told = bytes;
        tell(progress, Step::Fetching { bytes, of });
        wanted()
    })?;
    Ok((folder, hash))
}

fn tell(progress: &Channel<Step>, step: Step) {
    if let Err(error) = progress.send(step) {
        tracing::debug!(%error, "the page cannot be told how far an update is");
    }
}

/// Ends this one, for the version that was installed: its person said that now is a good time.
#[tauri::command]
pub(crate) async fn restart_updated(app: AppHandle) -> Result<(), UpdateError> {
    let updates = here(&app)?;
    let kind = updates.kind;
    let (version, left) = updates.now().left.take().ok_or(UpdateError::LookAgain)?;
    if let Left::Installer(folder, held) = left {
        // Windows asks for the rights meanwhile, and its person may say no.
        let starting = spawn_blocking(move || (kind.start(folder.path()), folder));
        let (started, folder) = starting.await.map_err(|_| UpdateError::NotInstalled)?;
        if started.is_err() {
            updates.now().left = Some((version, Left::Installer(folder, held)));
            return started;
        }
        // The installer is in there, and nobody is to change it before this one has ended.
        let _stays = folder.keep();
        std::mem::forget(held);
    } else {
        updates.now().again = true;
    }
    app.exit(0);
    Ok(())
}

/// After the goodbye: starts the version that was installed, if that was asked for.
pub(crate) fn start_again(app: &AppHandle) {
    if here(app).is_ok_and(|updates| updates.now().again) {
        let mut env = app.env();
        // Whoever asked looks at the window, and at nobody in particular.
        env.args_os.retain(|arg| arg != IN_THE_BACKGROUND && !arg.as_encoded_bytes().starts_with(b"dogeller:"));
        app.cleanup_before_exit();
        tauri::process::restart(&env);
    }
}
