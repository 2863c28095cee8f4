//! Systems whose packages Dogeller does not install: it says exactly what is missing and how to get it.

use super::system::Family;
use super::things::{self, Sign, Thing};
use super::{Need, has_library, has_program};
use crate::child;
use crate::place::Place;

/// What the person has to install first.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ElsewhereError {
    #[error("this machine lacks what Dogeller is built from:\n\n{list}\n{how}")]
    Missing { list: String, how: String },
    #[error("the compiler of Apple's command line tools is missing. Install it with: xcode-select --install")]
    NoAppleTools,
}

pub(super) fn check_macos(place: &Place) -> Result<(), ElsewhereError> {
    let mut path = place.command("xcode-select");
    path.arg("--print-path");
    if child::succeeds(path) { Ok(()) } else { Err(ElsewhereError::NoAppleTools) }
}

pub(super) fn check_linux(place: &Place, family: Family, need: Need) -> Result<(), ElsewhereError> {
    let wanted: Vec<&Thing> = things::for_need(need).collect();
    let unseen: Vec<&Thing> = wanted.iter().copied().filter(|thing| matches!(thing.sign, Sign::None)).collect();
    let missing: Vec<&Thing> = wanted.into_iter().filter(|thing| is_missing(place, thing.sign)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // Those that cannot be seen go into the same command: to install them twice harms nobody.
    let all: Vec<&Thing> = missing.iter().chain(&unseen).copied().collect();
    let list = missing.iter().map(|thing| format!("  {:<24} {}\n", shown(thing.sign), thing.why)).collect();
    Err(ElsewhereError::Missing { list, how: how_to_install(family, &all) })
}

fn is_missing(place: &Place, sign: Sign) -> bool {
    match sign {
        Sign::Program(name) => !has_program(name),
        Sign::Library(name) => !has_library(place, name),
        Sign::None => false,
    }
}

fn shown(sign: Sign) -> &'static str {
    match sign {
        Sign::Program(name) | Sign::Library(name) => name,
        Sign::None => "",
    }
}

fn how_to_install(family: Family, things: &[&Thing]) -> String {
    let command = match family {
        Family::Fedora => "sudo dnf install",
        Family::Suse => "sudo zypper install",
        Family::Arch => "sudo pacman -S --needed",
        Family::Alpine => "sudo apk add",
        Family::Other => {
            let names: Vec<&str> = things.iter().map(|thing| thing.apt).collect();
            return format!("Debian's packages for these are: {}. Yours may go by other names.", names.join(" "));
        }
    };
    let known: Vec<String> = things.iter().filter_map(|thing| thing.package(family)).collect();
    let mut text = format!("This installs them:\n  {command} {}", known.join(" "));
    let unknown: Vec<&str> =
        things.iter().filter(|thing| thing.package(family).is_none()).map(|thing| shown(thing.sign)).collect();
    if !unknown.is_empty() {
        text.push_str(&format!("\nand the package(s) that hold: {}", unknown.join(" ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_gets_a_command_it_knows() {
        let window: Vec<&Thing> = things::for_need(Need::Window).collect();
        let arch = how_to_install(Family::Arch, &window);
        assert!(arch.contains("sudo pacman -S --needed base-devel pkgconf cmake webkit2gtk-4.1"), "{arch}");
        let fedora = how_to_install(Family::Fedora, &window);
        assert!(fedora.contains("sudo dnf install gcc ") && fedora.contains("'pkgconfig(webkit2gtk-4.1)'"), "{fedora}");
        let other = how_to_install(Family::Other, &window);
        assert!(other.contains("Debian's packages for these are: build-essential"), "{other}");
    }

    #[test]
    fn what_has_no_known_name_is_still_named_by_its_program() {
        let tests: Vec<&Thing> = things::for_need(Need::Tests).collect();
        assert!(how_to_install(Family::Arch, &tests).contains("that hold: WebKitWebDriver"));
    }
}
