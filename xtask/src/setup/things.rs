//! Everything the system itself must bring, and what each is for.

use super::Need;
use super::system::Family;

/// One thing, by the names that systems know it under.
#[derive(Debug)]
pub(super) struct Thing {
    /// Debian's and Ubuntu's package.
    pub(super) apt: &'static str,
    /// What it is for, as the person is told before it is installed.
    pub(super) why: &'static str,
    /// The least that needs it.
    pub(super) need: Need,
    /// How to see that it is there without asking a package manager.
    pub(super) sign: Sign,
    rpm: Option<&'static str>,
    pacman: Option<&'static str>,
    apk: Option<&'static str>,
}

/// What shows that a thing is there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sign {
    Program(&'static str),
    /// A name that pkg-config knows.
    Library(&'static str),
    /// Nothing quick does.
    None,
}

const fn thing(need: Need, apt: &'static str, sign: Sign, why: &'static str) -> Thing {
    Thing { apt, why, need, sign, rpm: None, pacman: None, apk: None }
}

impl Thing {
    const fn named(mut self, rpm: &'static str, pacman: &'static str, apk: &'static str) -> Self {
        self.rpm = Some(rpm);
        self.pacman = Some(pacman);
        self.apk = Some(apk);
        self
    }

    /// What to hand to the package manager of a family. None where the name is not known.
    pub(super) fn package(&self, family: Family) -> Option<String> {
        match family {
            // dnf and zypper find a package by what it holds, whatever it is called this year.
            Family::Fedora | Family::Suse => self.rpm.map(str::to_owned).or(match self.sign {
                Sign::Program(name) => Some(format!("/usr/bin/{name}")),
                Sign::Library(name) => Some(format!("'pkgconfig({name})'")),
                Sign::None => None,
            }),
            Family::Arch => self.pacman.map(str::to_owned),
            Family::Alpine => self.apk.map(str::to_owned),
            Family::Other => None,
        }
    }
}

/// The list. Chromium is not in it: which one will do is a question of its own.
const THINGS: [Thing; 23] = [
    thing(
        Need::Node,
        "build-essential",
        Sign::Program("cc"),
        "a C compiler, for SQLite and cryptography, and a linker",
    )
    .named("gcc", "base-devel", "build-base"),
    thing(Need::Node, "pkg-config", Sign::Program("pkg-config"), "finds the libraries to build against").named(
        "pkgconf-pkg-config",
        "pkgconf",
        "pkgconf",
    ),
    thing(Need::Node, "cmake", Sign::Program("cmake"), "builds Opus, the codec of sound")
        .named("cmake", "cmake", "cmake"),
    thing(
        Need::Window,
        "libwebkit2gtk-4.1-dev",
        Sign::Library("webkit2gtk-4.1"),
        "the webview that the window shows its page in",
    )
    .named("'pkgconfig(webkit2gtk-4.1)'", "webkit2gtk-4.1", "webkit2gtk-4.1-dev"),
    thing(Need::Window, "libdbus-1-dev", Sign::Library("dbus-1"), "how the window talks to the desktop").named(
        "'pkgconfig(dbus-1)'",
        "dbus",
        "dbus-dev",
    ),
    thing(Need::Window, "gstreamer1.0-plugins-good", Sign::None, "camera, microphone and ringing in the window").named(
        "gstreamer1-plugins-good",
        "gst-plugins-good",
        "gst-plugins-good",
    ),
    thing(Need::Tests, "gstreamer1.0-plugins-bad", Sign::None, "the webview's media, as most desktops have it").named(
        "gstreamer1-plugins-bad-free",
        "gst-plugins-bad",
        "gst-plugins-bad",
    ),
    thing(Need::Tests, "gstreamer1.0-libav", Sign::None, "the webview's codecs, as most desktops have them").named(
        "gstreamer1-plugin-libav",
        "gst-libav",
        "gst-libav",
    ),
    thing(Need::Tests, "xvfb", Sign::Program("Xvfb"), "a screen nobody sees, for the window tests").named(
        "/usr/bin/Xvfb",
        "xorg-server-xvfb",
        "xvfb",
    ),
    thing(Need::Tests, "xauth", Sign::Program("xauth"), "the key to that screen").named("xauth", "xorg-xauth", "xauth"),
    thing(
        Need::Tests,
        "webkit2gtk-driver",
        Sign::Program("WebKitWebDriver"),
        "presses the window's buttons in the tests",
    ),
    thing(Need::Tests, "dbus", Sign::Program("dbus-run-session"), "a desktop bus of their own for the window tests")
        .named("/usr/bin/dbus-run-session", "dbus", "dbus"),
    thing(Need::Tests, "g++", Sign::Program("c++"), "builds libFuzzer, which tries hostile bytes at the engine")
        .named("gcc-c++", "gcc", "g++"),
    thing(Need::Tests, "iproute2", Sign::Program("ip"), "the networks that the LAN tests build")
        .named("iproute", "iproute2", "iproute2"),
    thing(Need::Tests, "util-linux", Sign::Program("unshare"), "the namespaces those networks live in").named(
        "util-linux",
        "util-linux",
        "util-linux",
    ),
    thing(Need::Tests, "fonts-dejavu-core", Sign::None, "letters, for the screenshots").named(
        "dejavu-sans-fonts",
        "ttf-dejavu",
        "font-dejavu",
    ),
    thing(Need::Tests, "fonts-noto-color-emoji", Sign::None, "the pictures of a call's security code").named(
        "google-noto-color-emoji-fonts",
        "noto-fonts-emoji",
        "font-noto-emoji",
    ),
    thing(Need::Bundles, "lintian", Sign::Program("lintian"), "finds what is wrong with a Debian package"),
    thing(Need::Bundles, "rpm", Sign::Program("rpm"), "reads the packages of Red Hat's relatives"),
    thing(Need::Bundles, "appstream", Sign::Program("appstreamcli"), "reads what software centres are told"),
    thing(Need::Bundles, "desktop-file-utils", Sign::Program("desktop-file-validate"), "reads the entry in the menu"),
    thing(
        Need::Bundles,
        "debootstrap",
        Sign::Program("debootstrap"),
        "makes the fresh systems that packages are tried in",
    ),
    thing(Need::Icons, "librsvg2-bin", Sign::Program("rsvg-convert"), "draws the icons from the logo").named(
        "/usr/bin/rsvg-convert",
        "librsvg",
        "rsvg-convert",
    ),
];

/// What `need` takes.
pub(super) fn for_need(need: Need) -> impl Iterator<Item = &'static Thing> {
    THINGS.iter().filter(move |thing| match need {
        Need::Node => thing.need == Need::Node,
        Need::Window => matches!(thing.need, Need::Node | Need::Window),
        Need::Tests => matches!(thing.need, Need::Node | Need::Window | Need::Tests),
        Need::Bundles => thing.need == Need::Bundles,
        Need::Icons => thing.need == Need::Icons,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(need: Need) -> Vec<&'static str> {
        for_need(need).map(|thing| thing.apt).collect()
    }

    #[test]
    fn who_only_runs_it_installs_nothing_for_tests() {
        assert!(!packages(Need::Node).contains(&"libwebkit2gtk-4.1-dev"));
        assert!(packages(Need::Window).contains(&"libwebkit2gtk-4.1-dev"));
        assert!(!packages(Need::Window).contains(&"xvfb"));
        assert!(packages(Need::Tests).contains(&"xvfb") && packages(Need::Tests).contains(&"build-essential"));
        assert!(packages(Need::Node).contains(&"cmake"), "every program holds the engine");
        assert_eq!(packages(Need::Icons), ["librsvg2-bin"]);
    }

    #[test]
    fn where_no_name_is_known_dnf_is_asked_for_the_program() {
        let driver = for_need(Need::Tests).find(|thing| thing.apt == "webkit2gtk-driver").unwrap();
        assert_eq!(driver.package(Family::Fedora).as_deref(), Some("/usr/bin/WebKitWebDriver"));
        assert_eq!(driver.package(Family::Arch), None);
    }
}
