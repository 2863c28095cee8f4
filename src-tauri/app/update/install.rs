//! How each system takes a new version: Linux by its package manager, macOS by another app in the place of this one, Windows by
//! an installer that runs once this one has ended.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tauri::utils::config::BundleType;
use tauri::utils::platform;
use tempfile::TempDir;

use super::UpdateError;
use super::release::{BUNDLE_BYTES, Hash};

/// What this one came in; the bundler writes it into the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Debian and its relatives.
    Deb,
    /// Fedora and its relatives.
    Rpm,
    /// An app of macOS, from a disk image.
    App,
    /// Windows, by an installer.
    Nsis,
    /// Windows, by its own installer.
    Msi,
}

/// What is left to do with a version that was fetched.
pub(super) enum Left {
    /// Nothing but a new start: it lies in its place.
    Restart,
    /// Its installer waits in this folder: it replaces what runs. As long as it is held open nobody writes over it.
    Installer(TempDir, File),
}

/// What root does: it takes a copy of its own of the file $1, and only if that has the hash $2 it runs what stands behind them with
/// it. A person needs a while for their password, and what lies in a folder of theirs could be another file by then.
const AS_ROOT: &str = r#"set -eu
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
copy=$own/${1##*/}
head -c "$3" -- "$1" > "$copy"
echo "$2  $copy" | sha512sum --check --status
shift 3
"$@" "$copy""#;

impl Kind {
    /// `None` where it came in nothing that could be replaced: built here, or put somewhere by somebody else.
    pub(super) fn of_this() -> Option<Self> {
        let kind = match platform::bundle_type()? {
            BundleType::Deb => Self::Deb,
            BundleType::Rpm => Self::Rpm,
            BundleType::App => Self::App,
            BundleType::Nsis => Self::Nsis,
            BundleType::Msi => Self::Msi,
            BundleType::AppImage | BundleType::Dmg => return None,
        };
        let replaceable = match kind {
            // A flatpak, a snap, or what somebody made of the .deb holds the same program, and is replaced as a whole by who made it.
            Self::Deb => Path::new("/var/lib/dpkg/info/dogeller.list").exists() && is_where_packages_put_it(),
            Self::Rpm => Path::new("/usr/bin/rpm").exists() && is_where_packages_put_it(),
            Self::App => app().is_some(),
            Self::Nsis | Self::Msi => true,
        };
        replaceable.then_some(kind)
    }

    /// What a `latest.json` calls this one: `linux-x86_64-deb`.
    pub(super) fn target(self) -> String {
        let (system, kind) = match self {
            Self::Deb => ("linux", "deb"),
            Self::Rpm => ("linux", "rpm"),
            Self::App => ("darwin", "app"),
            Self::Nsis => ("windows", "nsis"),
            Self::Msi => ("windows", "msi"),
        };
        format!("{system}-{}-{kind}", env::consts::ARCH)
    }

    /// A name of ours for the fetched file, with the ending that its installer goes by.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Deb => "Dogeller.deb",
            Self::Rpm => "Dogeller.rpm",
            Self::App => "Dogeller.app.tar.gz",
            Self::Nsis => "Dogeller-setup.exe",
            Self::Msi => "Dogeller.msi",
        }
    }

    /// Installs what lies in a folder, as far as that goes while this one runs. Takes as long as a person needs for a password.
    pub(super) fn install(self, folder: TempDir, hash: Hash) -> Result<Left, UpdateError> {
        let file = folder.path().join(self.file());
        match self {
            Self::Deb | Self::Rpm => {
                run(as_root(self.line(&file), &file, hash))?;
                Ok(Left::Restart)
            }
            Self::App => {
                replace(&app().ok_or(UpdateError::NotInstalled)?, &file)?;
                Ok(Left::Restart)
            }
            Self::Nsis | Self::Msi => {
                let held = held(&file).map_err(UpdateError::from_disk)?;
                // From here on it is what it is; it was somebody's to change until here.
                if hash.is_of(&held) { Ok(Left::Installer(folder, held)) } else { Err(UpdateError::NotGenuine) }
            }
        }
    }

    /// Starts the installer that lies in a folder. It ends this one itself, if this one has not ended by then.
    pub(super) fn start(self, folder: &Path) -> Result<(), UpdateError> {
        let mut command = self.line(&folder.join(self.file()));
        command.current_dir(folder);
        match self {
            // It asks for the rights it needs by itself, and ends with the installation.
            Self::Msi => command.spawn().map(drop).map_err(refused),
            Self::Deb | Self::Rpm | Self::App | Self::Nsis => run(command),
        }
    }

    /// What installs a file; on Linux root names the file, which is a copy of its own.
    fn line(self, file: &Path) -> Command {
        let mut command = match self {
            // Not dpkg, which would leave half of it where a new version needs another package. What the administrator has
            // changed in a firewall's definition stays, and is not asked about: nobody could answer.
            Self::Deb => {
                let mut command = Command::new("/usr/bin/apt-get");
                command.args(["install", "--yes", "-o", "DPkg::Lock::Timeout=60"]);
                command.args(["-o", "Dpkg::Options::=--force-confold"]);
                command
            }
            // dnf fetches what a new version needs, too. Where there is none, as on openSUSE, rpm has to do; whether the package is
            // genuine is known already, and its own signature is none that rpm would know.
            Self::Rpm => {
                if Path::new("/usr/bin/dnf").exists() {
                    let mut command = Command::new("/usr/bin/dnf");
                    command.args(["install", "--assumeyes"]);
                    command
                } else {
                    let mut command = Command::new("/usr/bin/rpm");
                    command.args(["--upgrade", "--replacepkgs", "--nosignature"]);
                    command
                }
            }
            // Its own program: it knows what macOS puts into archives.
            Self::App => {
                let mut command = Command::new("/usr/bin/tar");
                command.arg("-xzf").arg(file);
                command
            }
            // `start` asks for an administrator's rights where they are needed. The name alone: a path may hold what means
            // something to cmd, and what it runs at its start may lead elsewhere. /P shows its progress and asks nothing, /R starts Dogeller again.
            Self::Nsis => {
                let mut command = Command::new("cmd");
                command.args(["/D", "/C", "start", "", r".\Dogeller-setup.exe", "/P", "/R", "/UPDATE"]);
                command
            }
            Self::Msi => {
                let mut command = Command::new("msiexec");
                command.arg("/i").arg(file).args(["/passive", "/promptrestart", "AUTOLAUNCHAPP=True"]);
                command
            }
        };
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            // CREATE_NO_WINDOW: cmd would show one.
            command.creation_flags(0x0800_0000);
        }
        command.stdin(Stdio::null());
        command
    }
}

/// The app that this program is the inside of.
fn app() -> Option<PathBuf> {
    // Dogeller.app/Contents/MacOS/dogeller
    let app = env::current_exe().ok()?.ancestors().nth(3)?.to_path_buf();
    app.extension().is_some_and(|ending| ending == "app").then_some(app)
}

fn is_where_packages_put_it() -> bool {
    env::current_exe().is_ok_and(|program| program == Path::new("/usr/bin/dogeller"))
}

/// Has root run what installs a file, once root has seen that it is the right one.
fn as_root(line: Command, file: &Path, hash: Hash) -> Command {
    let mut command = Command::new("pkexec");
    command.args(["/bin/sh", "-c", AS_ROOT, "dogeller"]).arg(file).arg(hash.digits()).arg(BUNDLE_BYTES.to_string());
    command.arg(line.get_program()).args(line.get_args()).stdin(Stdio::null());
    command
}

/// Opens a file so that nobody can write, rename or delete it meanwhile, where a system has that.
fn held(path: &Path) -> io::Result<File> {
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // FILE_SHARE_READ alone.
        fs::OpenOptions::new().read(true).share_mode(1).open(path)
    }
    #[cfg(not(windows))]
    {
        File::open(path)
    }
}

/// A folder that only this person may enter: tempfile's own goes by the umask, which some systems set for a group.
pub(super) fn private() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("dogeller-");
    closed(&mut builder);
    builder.tempdir()
}

#[cfg(unix)]
fn closed(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o700));
}

#[cfg(not(unix))]
fn closed(_builder: &mut tempfile::Builder<'_, '_>) {}

fn run(mut command: Command) -> Result<(), UpdateError> {
    let status = command.status().map_err(refused)?;
    if status.success() {
        return Ok(());
    }
    tracing::warn!(%status, "a new version was not installed");
    // pkexec's own: dismissed, or not allowed (https://polkit.pages.freedesktop.org/polkit/pkexec.1.html). cmd's: Windows was
    // not given leave.
    match status.code() {
        Some(126 | 127) => Err(UpdateError::NotAllowed),
        Some(_) if cfg!(windows) => Err(UpdateError::NotAllowed),
        Some(_) | None => Err(UpdateError::NotInstalled),
    }
}

/// Puts the app of an archive in the place of `app`, wholly or not at all.
fn replace(app: &Path, archive: &Path) -> Result<(), UpdateError> {
    let beside = app.parent().ok_or(UpdateError::NotInstalled)?;
    // On the same disk, so that nothing is left to do but to rename.
    let mut stage = tempfile::Builder::new();
    stage.prefix(".dogeller-");
    closed(&mut stage);
    let stage = stage.tempdir_in(beside).map_err(refused)?;
    let mut unpack = Kind::App.line(archive);
    unpack.arg("-C").arg(stage.path());
    run(unpack)?;
    let (new, old) = (stage.path().join("Dogeller.app"), stage.path().join("before.app"));
    if !new.is_dir() {
        return Err(UpdateError::NotInstalled);
    }
    fs::rename(app, &old).map_err(refused)?;
    let Err(error) = fs::rename(&new, app) else { return Ok(()) };
    if let Err(back) = fs::rename(&old, app) {
        // The only app there is lies in there.
        let kept = stage.keep();
        tracing::error!(%back, kept = %kept.display(), "neither app could take its place");
    }
    Err(refused(error))
}

fn refused(error: io::Error) -> UpdateError {
    use io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem};
    // Without pkexec there is nobody to ask for the rights.
    if matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | NotFound) {
        tracing::warn!(%error, "a new version may not be installed");
        return UpdateError::NotAllowed;
    }
    UpdateError::from_disk(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(kind: Kind) -> String {
        let line = kind.line(Path::new("/tmp/x y/Dogeller.deb"));
        let words: Vec<_> = [line.get_program()].into_iter().chain(line.get_args()).collect();
        words.join(std::ffi::OsStr::new("|")).into_string().unwrap()
    }

    #[test]
    fn packages_are_installed_by_who_looks_after_them() {
        assert!(words(Kind::Deb).starts_with("/usr/bin/apt-get|install|--yes|"));
        assert!(words(Kind::Rpm).starts_with("/usr/bin/"));
        assert_eq!(words(Kind::Nsis), r"cmd|/D|/C|start||.\Dogeller-setup.exe|/P|/R|/UPDATE");
        assert_eq!(Path::new(r".\Dogeller-setup.exe").to_str().map(|name| &name[2..]), Some(Kind::Nsis.file()));
    }

    #[test]
    fn what_was_built_here_is_replaced_by_nobody() {
        assert_eq!(Kind::of_this(), None);
        assert_eq!(Kind::Deb.target(), format!("linux-{}-deb", env::consts::ARCH));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn root_runs_nothing_with_another_file_than_the_one_that_was_checked() {
        use sha2::{Digest, Sha512};
        use std::os::unix::fs::PermissionsExt;
        let folder = private().unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let (file, seen) = (folder.path().join("Dogeller.deb"), folder.path().join("seen"));
        fs::write(&file, "genuine").unwrap();
        let hash = Hash::of_bytes(Sha512::digest("genuine").into());
        let mut installs = Command::new("/bin/sh");
        installs.args(["-c", r#"cat "$1" > "$0"; exit 7"#]).arg(&seen);
        // All but the question for a password.
        let asked = as_root(installs, &file, hash);
        let again = || {
            let mut line: Vec<_> = asked.get_args().map(std::ffi::OsStr::to_owned).collect();
            let mut command = Command::new(line.remove(0));
            command.args(line);
            command
        };
        assert_eq!(again().status().unwrap().code(), Some(7), "the installer's own word");
        assert_eq!(fs::read_to_string(&seen).unwrap(), "genuine");
        fs::remove_file(&seen).unwrap();
        fs::write(&file, "another").unwrap();
        assert_eq!(again().status().unwrap().code(), Some(1));
        assert!(!seen.exists(), "it did not run");
        assert!(!hash.is_of(File::open(&file).unwrap()));
    }

    #[cfg(unix)]
    #[test]
    fn whoever_says_no_is_told_apart_from_an_installer_that_fails() {
        let ended = |code: &str| {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", &format!("exit {code}")]);
            run(command)
        };
        assert_eq!(ended("0"), Ok(()));
        assert_eq!(ended("126"), Err(UpdateError::NotAllowed));
        assert_eq!(ended("100"), Err(UpdateError::NotInstalled));
        assert_eq!(run(Command::new("/nowhere/pkexec")), Err(UpdateError::NotAllowed));
    }

    #[cfg(unix)]
    #[test]
    fn an_app_takes_the_place_of_another_or_nothing_changes() {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("Applications/Dogeller.app");
        let what = |name: &str| fs::read_to_string(app.join(name)).ok();
        let put = |at: &Path, name: &str| {
            fs::create_dir_all(at).unwrap();
            fs::write(at.join(name), name).unwrap();
        };
        let archive = folder.path().join("Dogeller.app.tar.gz");
        let pack = |name: &str| {
            let mut tar = Command::new("/usr/bin/tar");
            tar.arg("-czf").arg(&archive).arg("-C").arg(folder.path().join("built")).arg(name);
            assert!(tar.status().unwrap().success());
        };
        put(&app, "old");
        put(&folder.path().join("built/Other.app"), "other");
        put(&folder.path().join("built/Dogeller.app"), "new");

        pack("Other.app");
        assert_eq!(replace(&app, &archive), Err(UpdateError::NotInstalled));
        fs::write(&archive, "no archive").unwrap();
        assert_eq!(replace(&app, &archive), Err(UpdateError::NotInstalled));
        assert_eq!(what("old").as_deref(), Some("old"));

        pack("Dogeller.app");
        assert_eq!(replace(&app, &archive), Ok(()));
        assert_eq!((what("old"), what("new").as_deref()), (None, Some("new")));
        // Nothing is left beside it.
        assert_eq!(fs::read_dir(folder.path().join("Applications")).unwrap().count(), 1);
    }
}
