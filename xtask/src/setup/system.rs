//! Which system this is.

use std::{env, fs};

/// As far as installing packages differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    /// Debian, or made from it.
    Debian,
    /// Ubuntu, or made from it: its Chromium is a snap.
    Ubuntu,
    OtherLinux(Family),
    MacOs,
    Windows,
    /// Some other Unix, say. Nothing is known about it, so nothing is in its way.
    Unknown,
}

/// Who installs packages on a Linux without apt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Fedora,
    Suse,
    Arch,
    Alpine,
    Other,
}

impl System {
    pub(super) fn of_this_machine() -> Self {
        match env::consts::OS {
            // The second path is where the first links to, and all that some small images have.
            "linux" => ["/etc/os-release", "/usr/lib/os-release"]
                .iter()
                .find_map(|path| fs::read_to_string(path).ok())
                .map_or(Self::OtherLinux(Family::Other), |text| Self::from_os_release(&text)),
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            _ => Self::Unknown,
        }
    }

    pub(super) fn is_linux(self) -> bool {
        match self {
            Self::Debian | Self::Ubuntu | Self::OtherLinux(_) => true,
            Self::MacOs | Self::Windows | Self::Unknown => false,
        }
    }

    /// Reads os-release(5): its ID or, failing that, what it says it is like.
    fn from_os_release(text: &str) -> Self {
        let ids = [value(text, "ID"), value(text, "ID_LIKE")].join(" ");
        // In this order within one line too: Ubuntu's children say "ubuntu debian".
        let known = |id: &str| match id {
            "ubuntu" => Some(Self::Ubuntu),
            "debian" => Some(Self::Debian),
            "fedora" | "rhel" | "centos" => Some(Self::OtherLinux(Family::Fedora)),
            "suse" | "opensuse" | "opensuse-tumbleweed" | "opensuse-leap" => Some(Self::OtherLinux(Family::Suse)),
            "arch" => Some(Self::OtherLinux(Family::Arch)),
            "alpine" => Some(Self::OtherLinux(Family::Alpine)),
            _ => None,
        };
        let named: Vec<Self> = ids.split_whitespace().filter_map(known).collect();
        if named.contains(&Self::Ubuntu) {
            return Self::Ubuntu;
        }
        named.first().copied().unwrap_or(Self::OtherLinux(Family::Other))
    }
}

/// A value of os-release, without its quotes. Empty when it is not there.
fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let found = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
    found.unwrap_or_default().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_what_is_made_from_it() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!(System::from_os_release(debian), System::Debian);
        assert_eq!(System::from_os_release("ID=raspbian\nID_LIKE=debian\n"), System::Debian);
    }

    #[test]
    fn ubuntu_and_what_is_made_from_it() {
        assert_eq!(System::from_os_release("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n"), System::Ubuntu);
        assert_eq!(System::from_os_release("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), System::Ubuntu);
        assert_eq!(System::from_os_release("ID='pop'\nID_LIKE='debian ubuntu'\n"), System::Ubuntu);
    }

    #[test]
    fn the_others() {
        assert_eq!(System::from_os_release("ID=fedora\n"), System::OtherLinux(Family::Fedora));
        assert_eq!(
            System::from_os_release("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
            System::OtherLinux(Family::Fedora)
        );
        assert_eq!(System::from_os_release("ID=manjaro\nID_LIKE=arch\n"), System::OtherLinux(Family::Arch));
        assert_eq!(System::from_os_release("ID=alpine\n"), System::OtherLinux(Family::Alpine));
        assert_eq!(
            System::from_os_release("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n"),
            System::OtherLinux(Family::Suse)
        );
        assert_eq!(System::from_os_release("ID=nixos\n"), System::OtherLinux(Family::Other));
        assert_eq!(System::from_os_release(""), System::OtherLinux(Family::Other));
    }
}
