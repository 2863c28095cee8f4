//! Installers of Windows.

use roxmltree::Document;

use super::{config, said, text};

const FIREWALL: &str = "http://schemas.microsoft.com/wix/FirewallExtension";

#[test]
fn the_firewall_lets_others_in_where_one_is_at_home_or_at_work_and_no_longer_once_it_is_gone() {
    let hooks = text("packaging/windows/hooks.nsh");
    let (installs, removes) = hooks.split_once("!macro NSIS_HOOK_PREUNINSTALL").unwrap();
    let added = installs.lines().find(|line| line.contains("add rule")).unwrap();
    for part in ["dir=in", "action=allow", r#"program="$INSTDIR\dogeller.exe""#, "profile=private,domain"] {
        assert!(added.contains(part), "{part}");
    }
    assert!(removes.contains(r#"delete rule name="Dogeller""#));
    assert!(installs.contains("NSIS_HOOK_POSTINSTALL") && hooks.matches("Pop $0").count() == 3);

    let fragment = text("packaging/windows/firewall.wxs");
    let fragment = Document::parse(&fragment).unwrap();
    let rules = fragment.descendants().filter(|node| node.has_tag_name((FIREWALL, "FirewallException")));
    let mut profiles: Vec<_> = rules
        .inspect(|rule| assert_eq!(rule.attribute("Program"), Some(r"[INSTALLDIR]dogeller.exe")))
        .filter_map(|rule| rule.attribute("Profile"))
        .collect();
    profiles.sort_unstable();
    assert_eq!(profiles, ["domain", "private"]);
    let component = fragment.descendants().find(|node| node.tag_name().name() == "Component").unwrap();
    assert_eq!(component.attribute("Id").unwrap(), said(&config(), "/bundle/windows/wix/componentRefs/0"));
}

#[test]
fn an_administrator_installs_it_for_all_and_the_webviews_installer_comes_along() {
    let config = config();
    // Only who installs for all may change the firewall.
    assert_eq!(said(&config, "/bundle/windows/nsis/installMode"), "perMachine");
    assert_eq!(said(&config, "/bundle/windows/webviewInstallMode/type"), "embedBootstrapper");
    let upgrade: Vec<usize> = said(&config, "/bundle/windows/wix/upgradeCode").split('-').map(str::len).collect();
    assert_eq!(upgrade, [8, 4, 4, 4, 12], "an MSI that finds the one before needs one code for ever");
}
