//! What is sent: a query for the addresses of one name (RFC 6762 section 5.1, in the format of RFC 1035 section 4).

use super::answer::Family;

/// The class of the Internet (RFC 1035 section 3.2.4). Its top bit, which asks for a unicast answer (RFC 6762 section
/// 5.4), is not set: Chromium drops a query that has it (`net/dns/dns_query.cc`), and those who answer by unicast do so
/// because of our port.
const INTERNET: u16 = 1;

/// One message with one question. Each family is a message of its own: Chromium drops a query with more than one
/// question (`net/dns/dns_query.cc`). The name keeps its case, which Chromium and Firefox compare. It must be well
/// formed, so it is at most 253 bytes and the message at most 271.
pub(super) fn question(name: &str, family: Family) -> Vec<u8> {
    let mut message = Vec::with_capacity(name.len() + 18);
    // Number 0 and no flags (RFC 6762 section 18), one question, and nothing else.
    message.extend([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        message.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
        message.extend(label.as_bytes());
    }
    message.push(0);
    message.extend(family.kind().to_be_bytes());
    message.extend(INTERNET.to_be_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_in_the_bytes_of_dns() {
        let header = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        let asked = question("Ab-1.local", Family::V4);
        assert_eq!(asked, [&header[..], b"\x04Ab-1\x05local\0", &[0, 1, 0, 1]].concat());
        let asked = question("Ab-1.local", Family::V6);
        assert_eq!(asked, [&header[..], b"\x04Ab-1\x05local\0", &[0, 28, 0, 1]].concat());
    }

    #[test]
    fn the_longest_question_is_small() {
        let label = "x".repeat(63);
        let long = format!("{label}.{label}.{label}.{}.local", "y".repeat(55));
        assert_eq!(question(&long, Family::V6).len(), 12 + 255 + 4);
    }
}
