//! `cargo xtask platforms`: reads the Rust of both programs as the compiler of every other system would.
//!
//! What checks Rust needs no linker and nothing of the C code that some crates bring. So their build scripts get tools
//! that compile nothing, and a machine without Xcode, Visual Studio or Android's NDK finds what would end a build there.
//! It makes no program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::Place;
use crate::setup::{self, Need};
use crate::{CommandError, child};

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlatformsError {
    #[cfg(not(unix))]
    #[error("the tools that compile nothing are shell scripts, which need a system with a shell")]
    NoShell,
    #[error("cannot write {path}: {source}", path = path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// What runs there: the window alone, or the program for terminals too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Programs {
    Both,
    Window,
}

const TARGETS: [(&str, Programs); 6] = [
    ("x86_64-pc-windows-msvc", Programs::Both),
    ("aarch64-apple-darwin", Programs::Both),
    ("x86_64-apple-darwin", Programs::Both),
    ("aarch64-linux-android", Programs::Window),
    ("armv7-linux-androideabi", Programs::Window),
    ("aarch64-apple-ios", Programs::Window),
];

/// Makes an empty file wherever an output is named, in the words of every compiler there is.
const COMPILER: &str = r#"#!/bin/sh
before=""
for word in "$@"; do
  [ "$before" = "-o" ] && : > "$word"
  case "$word" in
    -Fo*) : > "${word#-Fo}" ;;
    --version) echo "clang version 19.0.0" ;;
  esac
  before="$word"
done
exit 0
"#;
/// The same for what makes libraries.
const ARCHIVER: &str = r#"#!/bin/sh
for word in "$@"; do
  case "$word" in
    -out:*) : > "${word#-out:}" ;;
    *.a | *.lib) : > "$word" ;;
  esac
done
exit 0
"#;
/// Where Apple's headers would lie.
const XCRUN: &str = "#!/bin/sh\ndirname \"$0\"\n";
const NOTHING: &str = "#!/bin/sh\nexit 0\n";

pub(crate) fn run(place: &Place) -> Result<(), CommandError> {
    setup::make_ready(place, Need::Window)?;
    let tools = place.target.join("tools-that-compile-nothing");
    write_tools(&tools)?;
    for (target, programs) in TARGETS {
        println!("\n-- {target} --\n");
        let mut rustup = place.command("rustup");
        rustup.args(["target", "add", target]);
        child::run_unattended(rustup)?;
        child::run_unattended(check(place, &tools, target, programs))?;
    }
    println!("\nChecked for {} targets. Nothing was built, and nothing was run.", TARGETS.len());
    Ok(())
}

fn check(place: &Place, tools: &Path, target: &str, programs: Programs) -> Command {
    let mut clippy = place.cargo("clippy");
    clippy.args(["--quiet", "--target", target, "--package", "dogeller", "--lib"]);
    if programs == Programs::Both {
        clippy.args(["--bins", "--package", "dogeller-headless"]);
    }
    clippy.args(["--", "--deny", "warnings"]);
    let name = target.replace('-', "_");
    for (variable, tool) in
        [("CC", "compiler"), ("CXX", "compiler"), ("AR", "archiver"), ("RANLIB", "archiver"), ("CMAKE", "nothing")]
    {
        clippy.env(format!("{variable}_{name}"), tools.join(tool));
    }
    // Else CMake's crate looks for Visual Studio.
    clippy.env(format!("CMAKE_GENERATOR_{name}"), "Ninja");
    let mut path = tools.join("bin").into_os_string();
    if let Some(before) = std::env::var_os("PATH") {
        path.push(":");
        path.push(before);
    }
    clippy.env("PATH", path);
    clippy
}

fn write_tools(folder: &Path) -> Result<(), PlatformsError> {
    let tools = [("compiler", COMPILER), ("archiver", ARCHIVER), ("nothing", NOTHING), ("bin/xcrun", XCRUN)];
    for (name, text) in tools {
        let path = folder.join(name);
        put(&path, text).map_err(|source| PlatformsError::Write { path: path.clone(), source })?;
        make_executable(&path)?;
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<(), PlatformsError> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(|source| PlatformsError::Write { path: path.to_path_buf(), source })
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> Result<(), PlatformsError> {
    Err(PlatformsError::NoShell)
}
