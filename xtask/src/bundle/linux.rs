//! Packages of Linux: the window by Tauri's bundler, and around it what a distribution's own package would bring.

use std::fs;
use std::path::{Path, PathBuf};

use super::{BundleError, file, files, is_of_kind, tauri};
use crate::changelog::part;
use crate::child;
use crate::place::Place;

/// Who answers for the packages. A package needs an address, and this one takes no mail.
const MAINTAINER: &str = "The Dogeller contributors <dogeller@users.noreply.github.com>";

/// What lies where, once it is installed.
type Placed = Vec<(String, PathBuf)>;

pub(super) fn make(place: &Place) -> Result<(), BundleError> {
    // Both at once, so that they share every dependency; the feature is what `tauri build` would set.
    let mut build = place.cargo("build");
    build.args(["--release", "--package", "dogeller", "--package", "dogeller-headless", "--bins"]);
    build.args(["--features", "tauri/custom-protocol"]);
    child::run_unattended(build)?;
    let stage = place.target.join("bundle-linux");
    let _not_there = fs::remove_dir_all(&stage);
    fs::create_dir_all(&stage).map_err(file(&stage))?;
    let both = both(place, &stage)?;
    let deb = [&both[..], &debian(place, &stage)?].concat();
    let config = stage.join("bundle.json");
    write(&config, &merged(&deb, &[&there(&both)[..], &red_hat(place)].concat()))?;
    let config = config.to_string_lossy().into_owned();
    child::run_unattended(tauri(place, &["bundle", "--ci", "--bundles", "deb,rpm", "--config", &config]))?;
    for path in files(&place.target.join("release/bundle/deb"))? {
        if is_of_kind(&path, "deb") {
            pack_anew(place, &path, &stage.join("deb"))?;
        }
    }
    Ok(())
}

/// Tauri's bundler packs with gzip, a third larger than what Debian's own tools make, and knows no configuration files.
fn pack_anew(place: &Place, deb: &Path, scratch: &Path) -> Result<(), BundleError> {
    let run = |args: &[&str], paths: [&Path; 2]| {
        let mut dpkg = place.command("dpkg-deb");
        dpkg.args(args).args(paths);
        child::run_unattended(dpkg)
    };
    run(&["--raw-extract"], [deb, scratch])?;
    write(&scratch.join("DEBIAN/conffiles"), "/etc/ufw/applications.d/dogeller\n")?;
    run(&["--root-owner-group", "-Zxz", "-z9", "--build"], [scratch, deb])?;
    Ok(())
}

/// What both kinds of packages bring.
fn both(place: &Place, stage: &Path) -> Result<Placed, BundleError> {
    let ours = place.root.join("packaging/linux");
    let programs = place.target.join("release");
    let mut placed: Placed = [
        ("/usr/bin/dogeller-headless", programs.join("dogeller-headless")),
        ("/usr/share/metainfo/app.dogeller.dogeller.metainfo.xml", ours.join("app.dogeller.dogeller.metainfo.xml")),
        ("/usr/share/icons/hicolor/scalable/apps/dogeller.svg", place.root.join("icons/logo.svg")),
        ("/usr/lib/firewalld/services/dogeller.xml", ours.join("firewalld.xml")),
        ("/usr/lib/systemd/user/dogeller-headless.service", ours.join("dogeller-headless.service")),
    ]
    .map(|(to, from)| (to.to_owned(), from))
    .into();
    let manual = stage.join("man");
    fs::create_dir_all(&manual).map_err(file(&manual))?;
    for (program, word) in [("dogeller", "--man"), ("dogeller-headless", "man")] {
        let mut written = place.command(programs.join(program));
        written.arg(word).arg(&manual);
        child::run_unattended(written)?;
        for (shell, to) in [
            ("bash", format!("/usr/share/bash-completion/completions/{program}")),
            ("zsh", format!("/usr/share/zsh/vendor-completions/_{program}")),
            ("fish", format!("/usr/share/fish/vendor_completions.d/{program}.fish")),
        ] {
            let mut printed = place.command(programs.join(program));
            printed.args(if program == "dogeller" { ["--completions", shell] } else { ["completions", shell] });
            let script = stage.join(format!("{program}.{shell}"));
            write(&script, &child::capture(printed)?)?;
            placed.push((to, script));
        }
    }
    for page in files(&manual)? {
        let page = packed(place, &page)?;
        let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
        placed.push((format!("/usr/share/man/man1/{name}"), page));
    }
    Ok(placed)
}

/// What Debian's packages bring beside: who may copy it, and what changed, in Debian's own form.
fn debian(place: &Place, stage: &Path) -> Result<Placed, BundleError> {
    let changes = stage.join("changelog");
    let told = fs::read_to_string(place.root.join("CHANGELOG.md")).map_err(file(&place.root.join("CHANGELOG.md")))?;
    let mut date = place.command("git");
    date.args(["log", "-1", "--format=%cD"]);
    let date = child::capture(date)?;
    write(&changes, &changelog(&told, env!("CARGO_PKG_VERSION"), date.trim()).ok_or(BundleError::NoChanges)?)?;
    let ours = place.root.join("packaging/linux");
    Ok(vec![
        ("/usr/share/doc/dogeller/changelog.gz".to_owned(), packed(place, &changes)?),
        ("/usr/share/doc/dogeller/copyright".to_owned(), ours.join("copyright")),
        ("/etc/ufw/applications.d/dogeller".to_owned(), ours.join("ufw")),
    ])
}

/// Red Hat's zsh looks elsewhere.
fn there(placed: &Placed) -> Placed {
    let moved =
        |(to, from): &(String, PathBuf)| (to.replace("zsh/vendor-completions", "zsh/site-functions"), from.clone());
    placed.iter().map(moved).collect()
}

fn red_hat(place: &Place) -> Placed {
    ["LICENSE-MIT", "LICENSE-APACHE"]
        .map(|name| (format!("/usr/share/licenses/dogeller/{name}"), place.root.join(name)))
        .into()
}

/// `debian/changelog` (Debian Policy 4.4) of one version, or of what is to come where it is not out yet.
fn changelog(told: &str, version: &str, date: &str) -> Option<String> {
    let entries = part(told, version).or_else(|| part(told, "Unreleased"))?.entries;
    if entries.is_empty() {
        return None;
    }
    let entries: String = entries.iter().map(|entry| folded(entry)).collect();
    Some(format!("dogeller ({version}) stable; urgency=medium\n\n{entries}\n -- {MAINTAINER}  {date}\n"))
}

/// An entry in lines of at most 80 characters.
fn folded(entry: &str) -> String {
    let mut text = String::from("  *");
    let mut length = 3;
    for word in entry.split_whitespace() {
        if length + 1 + word.len() > 80 {
            text.push_str("\n   ");
            length = 3;
        }
        text.push(' ');
        text.push_str(word);
        length += 1 + word.len();
    }
    text.push('\n');
    text
}

/// A file as gzip packs it best, without its name and time: the same each time.
fn packed(place: &Place, path: &Path) -> Result<PathBuf, BundleError> {
    let mut gzip = place.command("gzip");
    gzip.args(["--best", "--no-name", "--force"]).arg(path);
    child::run_unattended(gzip)?;
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    Ok(name.into())
}

/// What is merged into tauri.conf.json.
fn merged(deb: &[(String, PathBuf)], rpm: &[(String, PathBuf)]) -> String {
    let list = |placed: &[(String, PathBuf)]| {
        let lines = placed.iter().map(|(to, from)| format!("{}: {}", quoted(to), quoted(&from.to_string_lossy())));
        format!("{{ \"files\": {{ {} }} }}", lines.collect::<Vec<_>>().join(", "))
    };
    format!(
        "{{ \"bundle\": {{ \"publisher\": {}, \"linux\": {{ \"deb\": {}, \"rpm\": {} }} }} }}\n",
        quoted(MAINTAINER),
        list(deb),
        list(rpm)
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn write(path: &Path, text: &str) -> Result<(), BundleError> {
    fs::write(path, text).map_err(file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "# Changelog\n\n## Unreleased\n\n### Added\n\n- New.\n\n## 0.2.0 - 2026-12-01\n\nSome words.\n\n### Added\n\n\
                        - One thing that takes more than one line, since it is told here\n  at some length.\n- Another.\n\n## 0.1.0\n\n- Old.\n";

    #[test]
    fn what_changed_is_told_in_debians_form() {
        let told = changelog(TOLD, "0.2.0", "Tue, 01 Dec 2026 10:00:00 +0000").unwrap();
        let wanted = format!(
            "dogeller (0.2.0) stable; urgency=medium\n\n  * One thing that takes more than one line, since it is told here at some\n    \
             length.\n  * Another.\n\n -- {MAINTAINER}  Tue, 01 Dec 2026 10:00:00 +0000\n"
        );
        assert_eq!(told, wanted);
        assert!(told.lines().all(|line| line.len() <= 80 || line.starts_with(" --")));
    }

    #[test]
    fn a_version_that_is_not_out_yet_tells_what_is_to_come() {
        assert!(changelog(TOLD, "0.3.0", "now").unwrap().contains("  * New.\n"));
        assert_eq!(changelog("# Changelog\n", "0.3.0", "now"), None);
        assert_eq!(changelog("## 0.3.0\n\nNothing.\n", "0.3.0", "now"), None);
    }

    #[test]
    fn paths_are_quoted() {
        let placed = vec![("/usr/bin/a".to_owned(), PathBuf::from("C:\\a \"b\""))];
        assert!(merged(&placed, &[]).contains(r#""/usr/bin/a": "C:\\a \"b\"""#));
    }
}
