//! Packages of Linux.

use dogeller_core::wire::DEFAULT_PORT;
use roxmltree::Document;

use super::{config, said, text};

#[test]
fn the_description_for_software_centres_names_this_version_and_these_programs() {
    let metainfo = text("packaging/linux/app.dogeller.dogeller.metainfo.xml");
    let metainfo = Document::parse(&metainfo).unwrap();
    let all = |name: &str| metainfo.descendants().filter(|node| node.has_tag_name(name)).collect::<Vec<_>>();
    let newest = all("release")[0].attribute("version").unwrap();
    assert_eq!(newest, env!("CARGO_PKG_VERSION"));
    let binaries: Vec<_> = all("binary").iter().filter_map(roxmltree::Node::text).collect();
    assert_eq!(binaries, ["dogeller", "dogeller-headless"]);
    let launched = all("launchable")[0].text().unwrap();
    assert_eq!(launched, format!("{}.desktop", said(&config(), "/productName")), "as Tauri's bundler calls it");
}

#[test]
fn firewalls_are_told_the_ports_that_are_used() {
    let service = text("packaging/linux/firewalld.xml");
    let service = Document::parse(&service).unwrap();
    let ports: Vec<String> = service
        .descendants()
        .filter(|node| node.has_tag_name("port"))
        .map(|port| format!("{}/{}", port.attribute("port").unwrap(), port.attribute("protocol").unwrap()))
        .collect();
    let wanted = [String::from("5353/udp"), format!("{DEFAULT_PORT}/tcp")];
    assert_eq!(ports, wanted);
    let profile = text("packaging/linux/ufw");
    let line = profile.lines().find_map(|line| line.strip_prefix("ports=")).unwrap();
    assert_eq!(line.split('|').collect::<Vec<_>>(), wanted);
}

#[test]
fn the_desktop_entry_opens_links_and_the_unit_starts_what_is_installed() {
    let entry = text("packaging/linux/dogeller.desktop");
    let has = |line: &str| entry.lines().any(|other| other == line);
    assert!(has("Exec={{exec}} %u") && has("MimeType={{mime_type}};") && has("Icon={{icon}}"));
    let unit = text("packaging/linux/dogeller-headless.service");
    let of = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    assert_eq!(of("ExecStart="), "/usr/bin/dogeller-headless --json");
    assert_eq!(of("StandardOutput="), "null", "what it prints there is the key to its page");
    assert_eq!(of("WantedBy="), "default.target");
}

#[test]
fn what_shows_pictures_and_takes_sound_comes_along() {
    let config = config();
    let names = |kind: &str| {
        let list = config.pointer(&format!("/bundle/linux/{kind}/depends")).unwrap().as_array().unwrap();
        list.iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for wanted in ["gstreamer1.0-plugins-good", "gstreamer1.0-plugins-bad", "gstreamer1.0-pipewire"] {
        assert!(names("deb").iter().any(|name| name == wanted), "{wanted}");
    }
    for wanted in ["gstreamer1-plugins-good", "gstreamer1-plugins-bad-free", "pipewire-gstreamer"] {
        assert!(names("rpm").iter().any(|name| name == wanted), "{wanted}");
    }
}
