//! Debian and Ubuntu: what is missing is installed.

use std::io::IsTerminal;
use std::process::Command;

use super::system::System;
use super::things::{self, Sign, Thing};
use super::{Need, chromium, has_library, has_program};
use crate::child::{self, ChildError};
use crate::place::Place;

/// Why packages could not be installed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AptError {
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("these packages can be installed only by root, and there is no sudo here. As root:\n  {0}")]
    NoSudo(String),
    #[error(
        "{source}. Dogeller needs Debian 12, Ubuntu 22.04 or newer. The lines above say what apt-get found wrong; when it \
         is mended, run the command again, or install them by hand:\n  {line}"
    )]
    NotInstalled { line: String, source: ChildError },
}

/// One package to install, and what for.
type Package = (&'static str, &'static str);

/// Installs what is missing and says so first. Asks nothing.
pub(super) fn install_missing(place: &Place, system: &System, need: Need) -> Result<(), AptError> {
    let missing = missing(place, system, need)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Dogeller needs {} package(s) of this system that are not installed yet:\n", missing.len());
    for (name, why) in &missing {
        println!("  {name:<26} {why}");
    }
    let rights = Rights::of_this_user(place)?;
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    let install = apt_get(place, rights, &[&INSTALL[..], &names[..]].concat());
    let line = child::line(&install);
    if rights == Rights::None {
        return Err(AptError::NoSudo(line));
    }
    if rights == Rights::Sudo {
        println!("\nOnly root may install packages, so sudo may ask for your password.");
    }
    println!("\n{line}\n");
    // A package list that is partly out of reach may still do.
    if let Err(error) = child::run_unattended(apt_get(place, rights, &["update"])) {
        eprintln!("{error}; trying with the package lists that are here");
    }
    child::run_unattended(install).map_err(|source| AptError::NotInstalled { line, source })
}

/// Without "recommended" packages, which would bring half a desktop; and waiting for another apt-get that is at work.
const INSTALL: [&str; 5] = ["install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"];

fn missing(place: &Place, system: &System, need: Need) -> Result<Vec<Package>, ChildError> {
    let wanted: Vec<&Thing> = things::for_need(need).collect();
    let installed = installed(place, &wanted)?;
    let absent = wanted.iter().filter(|thing| !installed.iter().any(|name| name == thing.apt));
    let mut missing: Vec<Package> =
        absent.filter(|thing| !is_there(place, thing.sign)).map(|thing| (thing.apt, thing.why)).collect();
    // Ubuntu's package is a snap, which cannot run inside the tests' namespaces.
    if need == Need::Tests && *system == System::Debian && chromium::in_path().is_none() {
        missing.push(("chromium", "the browser that the tests call with"));
    }
    Ok(missing)
}

/// Installed by hand, say, or under another name.
fn is_there(place: &Place, sign: Sign) -> bool {
    match sign {
        Sign::Program(name) => has_program(name),
        Sign::Library(name) => has_library(place, name),
        Sign::None => false,
    }
}

fn installed(place: &Place, wanted: &[&Thing]) -> Result<Vec<String>, ChildError> {
    let mut query = place.command("dpkg-query");
    query
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n"])
        .args(wanted.iter().map(|thing| thing.apt));
    // It fails as soon as one is unknown, and prints the others all the same.
    let output = query.output().map_err(|source| ChildError::Start { program: "dpkg-query".to_owned(), source })?;
    Ok(names_installed(&String::from_utf8_lossy(&output.stdout)))
}

/// The names whose files are there: not those removed with their configuration kept, nor those half installed.
fn names_installed(answer: &str) -> Vec<String> {
    answer.lines().filter_map(|line| line.strip_suffix(" installed")).map(str::to_owned).collect()
}

/// How this user may install packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    Root,
    Sudo,
    None,
}

impl Rights {
    fn of_this_user(place: &Place) -> Result<Self, ChildError> {
        let mut id = place.command("id");
        id.arg("-u");
        if child::capture(id)?.trim() == "0" {
            return Ok(Self::Root);
        }
        Ok(if has_program("sudo") { Self::Sudo } else { Self::None })
    }
}

fn apt_get(place: &Place, rights: Rights, args: &[&str]) -> Command {
    let mut command = match rights {
        Rights::Root | Rights::None => place.command("env"),
        Rights::Sudo => {
            let mut sudo = place.command("sudo");
            // Nobody there to type a password: a clear failure at once instead of a wait for ever.
            if !std::io::stdin().is_terminal() {
                sudo.arg("--non-interactive");
            }
            sudo.arg("env");
            sudo
        }
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(args);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wholly_installed_counts() {
        let answer = "xvfb installed\nchromium config-files\ndbus half-configured\nlibwebkit2gtk-4.1-dev installed\nip not-installed\n";
        assert_eq!(names_installed(answer), ["xvfb", "libwebkit2gtk-4.1-dev"]);
        assert!(names_installed("").is_empty());
    }

    #[test]
    fn the_line_shown_is_one_a_person_can_type() {
        let place = Place { root: "/".into(), target: "/".into() };
        let line = child::line(&apt_get(&place, Rights::Root, &[&INSTALL[..], &["xvfb"][..]].concat()));
        let wanted = "env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
                      -o DPkg::Lock::Timeout=600 xvfb";
        assert_eq!(line, wanted);
    }
}
