//! The browser that the tests call with.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::find_program;
use super::system::System;
use crate::child::{self, ChildError};
use crate::place::Place;

/// Why there is no browser.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChromiumError {
    #[error("DOGELLER_CHROMIUM is {0}, and no such file is there")]
    NotThere(PathBuf),
    #[error(
        "{0}. The tests need a Chromium that is no snap, and Playwright could not download its own. Install one and \
         give its path in DOGELLER_CHROMIUM"
    )]
    NoDownload(ChildError),
    #[error("Playwright has downloaded a Chromium that is not where it says: {0}")]
    Lost(PathBuf),
}

/// What the person chose, else one in PATH, else Playwright's own, which is downloaded once.
pub(super) fn find_or_get(place: &Place, system: &System) -> Result<PathBuf, ChromiumError> {
    if let Some(chosen) = env::var_os("DOGELLER_CHROMIUM").filter(|value| !value.is_empty()) {
        let chosen = PathBuf::from(chosen);
        return if chosen.is_file() { Ok(chosen) } else { Err(ChromiumError::NotThere(chosen)) };
    }
    if let Some(path) = in_path() {
        return Ok(path);
    }
    let own = playwrights_own(place).map_err(ChromiumError::NoDownload)?;
    if own.is_file() {
        return Ok(own);
    }
    println!("No Chromium here that can run inside the tests' networks: Playwright downloads its own.\n");
    let mut download = place.node();
    download.args(["node_modules/playwright-core/cli.js", "install"]);
    if *system == System::Ubuntu {
        println!("It installs the libraries that Chromium needs, by apt-get and with sudo when you are not root.\n");
        download.arg("--with-deps");
    }
    download.arg("chromium");
    child::run_unattended(download).map_err(ChromiumError::NoDownload)?;
    if own.is_file() { Ok(own) } else { Err(ChromiumError::Lost(own)) }
}

/// A Chromium in PATH that namespaces do not stop.
pub(super) fn in_path() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names.into_iter().filter_map(find_program).find(|path| !is_snap(path))
}

fn playwrights_own(place: &Place) -> Result<PathBuf, ChildError> {
    let mut node = place.node();
    node.args(["--print", "require('playwright-core').chromium.executablePath()"]);
    Ok(child::capture(node)?.trim().into())
}

/// Ubuntu's packages hold links or small scripts that start a snap.
fn is_snap(path: &Path) -> bool {
    let leads_there = path.canonicalize().is_ok_and(|real| mentions_snap(real.to_string_lossy().as_bytes()));
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4096).read_to_end(&mut beginning));
    leads_there || (read.is_ok() && beginning.starts_with(b"#!") && mentions_snap(&beginning))
}

fn mentions_snap(text: &[u8]) -> bool {
    let snap = b"/snap";
    text.windows(snap.len()).any(|part| part == snap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_script_that_starts_a_snap_is_told_from_one_that_starts_a_browser() {
        let folder = env::temp_dir().join(format!("dogeller-xtask-chromium-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (ubuntus, debians) = (folder.join("chromium-browser"), folder.join("chromium"));
        fs::write(
            &ubuntus,
            "#!/bin/sh\nif ! [ -x /snap/bin/chromium ]; then exit 1; fi\nexec /snap/bin/chromium \"$@\"\n",
        )
        .unwrap();
        fs::write(&debians, "#!/bin/sh\nLIBDIR=/usr/lib/chromium\nexec $LIBDIR/chromium \"$@\"\n").unwrap();
        assert!(is_snap(&ubuntus));
        assert!(!is_snap(&debians));
        fs::remove_dir_all(&folder).unwrap();
    }
}
