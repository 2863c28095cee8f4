//! Names in place of addresses: a page without permission to use a camera hides its addresses from the other side
//! behind random names under `.local`, and only its own browser knows them (draft-ietf-mmusic-mdns-ice-candidates).
//! Here such a name is found in a candidate line, and its address asked for on the local networks.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `question` | what is sent |
//! | `answer` | what is believed of what comes back |
//! | `network` | where is asked, and who is believed |
//! | `ask` | the sockets; the only part with I/O |

use std::net::IpAddr;

mod answer;
mod ask;
mod network;
mod question;

/// The longest name in DNS as text, in bytes (RFC 1035 section 2.3.4, less its length bytes).
const LONGEST_NAME: usize = 253;

/// The longest part of a name between two dots, in bytes (RFC 1035 section 2.3.4).
const LONGEST_LABEL: usize = 63;

/// The most addresses one name stands for. A browser makes a name for each address; one host has an IPv4 and some IPv6.
const ADDRESSES: usize = 4;

/// The name behind which a candidate line (RFC 8839 section 5.1, with or without `a=`) hides its address; nothing when
/// it says an address, or a name that multicast DNS cannot know.
pub fn hidden(line: &str) -> Option<&str> {
    let name = line.split(' ').nth(4)?;
    well_formed(name).then_some(name)
}

/// The same candidate line with the address in place of the name; nothing when it hides none.
pub fn revealed(line: &str, address: IpAddr) -> Option<String> {
    let name = hidden(line)?;
    let before: usize = line.split(' ').take(4).map(|field| field.len() + 1).sum();
    let head = line.get(..before)?;
    let tail = line.get(before + name.len()..)?;
    Some(format!("{head}{address}{tail}"))
}

/// The addresses of a name, as the local networks say them: at most 4, in the order they came. Takes 2 seconds when
/// nobody knows the name, and else at most 50 ms longer than the first answer. It asks multicast DNS alone, needs no
/// default route, opens 4 sockets for each of at most 16 cards, and must run in a Tokio runtime with time and I/O.
pub async fn resolve(name: &str) -> Vec<IpAddr> {
    if !well_formed(name) {
        return Vec::new();
    }
    ask::ask(name, &ask::networks_now(), ask::MDNS).await
}

/// A candidate line, and behind its end any bytes that came as an answer: for `tests/fuzz`.
#[cfg(feature = "fuzz")]
pub fn hostile(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (line, message) = input.split_at(end);
    let line = String::from_utf8_lossy(line);
    let name = hidden(&line).unwrap_or("a.local");
    let found = answer::addresses(message.get(1..).unwrap_or_default(), name);
    assert!(found.len() <= ADDRESSES, "{found:?}");
    for address in found {
        let told = revealed(&line, address);
        assert!(told.is_none_or(|told| hidden(&told).is_none()), "{line}");
    }
}

/// Whether this is a name that multicast DNS answers for, in the letters of host names.
fn well_formed(name: &str) -> bool {
    let Some((labels, top)) = name.rsplit_once('.') else { return false };
    top.eq_ignore_ascii_case("local")
        && name.len() <= LONGEST_NAME
        && labels.split('.').all(|label| {
            (1..=LONGEST_LABEL).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "3e1c8c0e-5d2b-4f6e-9a57-0d4c1f2b3a49.local";

    fn line(name: &str) -> String {
        format!("candidate:842163049 1 udp 1677729535 {name} 54321 typ host generation 0 ufrag /x+1 network-cost 999")
    }

    #[test]
    fn a_line_of_a_browser_says_its_name() {
        assert_eq!(hidden(&line(NAME)), Some(NAME));
        assert_eq!(hidden(&format!("a={}\r\n", line("Kitchen.LOCAL"))), Some("Kitchen.LOCAL"));
    }

    #[test]
    fn a_line_with_an_address_or_a_name_of_the_internet_hides_nothing() {
        for other in ["192.168.1.7", "fd00::7", "example.com", "local", ".local", "a..local", "x.local.", "ü.local"] {
            assert_eq!(hidden(&line(other)), None, "{other}");
        }
        for other in ["", "candidate:1 1 udp 1", "candidate:1 1 udp 1 ", "a b c d e.locally f"] {
            assert_eq!(hidden(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_has_the_bounds_of_dns() {
        let label = "x".repeat(63);
        assert!(well_formed(&format!("{label}.local")));
        assert!(!well_formed(&format!("x{label}.local")));
        // 3 * 64 + 55 + 6 = 253.
        let long = format!("{label}.{label}.{label}.{}.local", "y".repeat(55));
        assert_eq!(long.len(), 253);
        assert!(well_formed(&long));
        assert!(!well_formed(&long.replace(".local", "y.local")));
    }

    #[test]
    fn the_address_takes_the_place_of_the_name_and_nothing_else_changes() {
        let shown = revealed(&line(NAME), "10.0.0.7".parse().unwrap());
        assert_eq!(shown, Some(line("10.0.0.7")));
        assert_eq!(revealed(&line(NAME), "fd00::7".parse().unwrap()), Some(line("fd00::7")));
        assert_eq!(revealed(&line("10.0.0.7"), "10.0.0.8".parse().unwrap()), None);
    }

    #[tokio::test]
    async fn a_name_that_cannot_be_asked_for_is_nobodys() {
        assert!(resolve("example.com").await.is_empty());
    }

    proptest! {
        #[test]
        fn any_line_is_taken_and_a_shown_one_hides_no_more(text in "\\PC{0,80}", address: IpAddr) {
            prop_assert!(hidden(&text).is_none_or(|name| name.len() <= LONGEST_NAME));
            prop_assert!(revealed(&text, address).is_none_or(|shown| hidden(&shown).is_none()));
        }

        #[test]
        fn fields_around_the_name_stay(head in "([^ ]{0,9} ){3}[^ ]{0,9}", tail in "\\PC{0,40}", address: IpAddr) {
            let shown = revealed(&format!("{head} {NAME} {tail}"), address);
            prop_assert_eq!(shown, Some(format!("{head} {address} {tail}")));
        }
    }
}
