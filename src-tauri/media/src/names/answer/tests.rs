use proptest::prelude::*;

use super::*;

const NAME: &str = "3e1c8c0e.local";
const ENCODED: &[u8] = b"\x083E1C8C0E\x05local\0";
const POINTER: &[u8] = &[0xc0, 12];
const A: u16 = 1;
const AAAA: u16 = 28;
const FLUSHED: u16 = 0x8001;

/// A message with these flags, numbers of questions, answers, authorities and additions, and contents.
fn message(flags: u16, numbers: [u16; 4], contents: &[&[u8]]) -> Vec<u8> {
    let mut message = vec![0, 0];
    message.extend(flags.to_be_bytes());
    numbers.iter().for_each(|number| message.extend(number.to_be_bytes()));
    contents.iter().for_each(|content| message.extend(*content));
    message
}

fn record(name: &[u8], kind: u16, class: u16, seconds: u32, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [name, &kind.to_be_bytes(), &class.to_be_bytes(), &seconds.to_be_bytes(), &length.to_be_bytes(), data].concat()
}

/// What is believed of a response with one record.
fn one(kind: u16, class: u16, seconds: u32, data: &[u8]) -> Vec<String> {
    said(&message(0x8400, [0, 1, 0, 0], &[&record(ENCODED, kind, class, seconds, data)]))
}

fn said(message: &[u8]) -> Vec<String> {
    addresses(message, NAME).iter().map(ToString::to_string).collect()
}

fn v6(text: &str) -> [u8; 16] {
    text.parse::<Ipv6Addr>().unwrap().octets()
}

#[test]
fn addresses_of_both_families_are_found() {
    assert_eq!(one(A, FLUSHED, 120, &[192, 168, 1, 7]), ["192.168.1.7"]);
    assert_eq!(one(AAAA, FLUSHED, 120, &v6("fd00::7")), ["fd00::7"]);
}

#[test]
fn an_answer_to_a_query_from_any_port_repeats_the_question() {
    // RFC 6762 section 6.7: no cache-flush bit, and the name is a pointer to the question's.
    let answer = record(POINTER, A, INTERNET, 10, &[10, 0, 0, 7]);
    assert_eq!(said(&message(0x8400, [1, 1, 0, 0], &[ENCODED, &[0, 1, 0, 1], &answer])), ["10.0.0.7"]);
}

#[test]
fn an_address_added_to_a_no_is_found() {
    // What Chromium says to a question for IPv6 when it has IPv4.
    let no = record(ENCODED, 47, FLUSHED, 120, &[0xc0, 12, 0, 1, 0x40]);
    let added = record(ENCODED, A, FLUSHED, 120, &[10, 0, 0, 7]);
    assert_eq!(said(&message(0x8400, [0, 1, 0, 1], &[&no, &added])), ["10.0.0.7"]);
}

#[test]
fn other_names_types_and_classes_are_passed_over() {
    let others = [
        record(b"\x083e1c8c0f\x05local\0", A, FLUSHED, 120, &[10, 0, 0, 1]),
        record(b"\x083e1c8c0e\0", A, FLUSHED, 120, &[10, 0, 0, 2]),
        record(b"\x01x\x083e1c8c0e\x05local\0", A, FLUSHED, 120, &[10, 0, 0, 3]),
        record(b"\x083e1c8c0e\x05local\x01x\0", A, FLUSHED, 120, &[10, 0, 0, 4]),
        record(b"\x0e3e1c8c0e.local\0", A, FLUSHED, 120, &[10, 0, 0, 5]),
        record(b"\0", A, FLUSHED, 120, &[10, 0, 0, 6]),
        record(ENCODED, 16, FLUSHED, 120, &[10, 0, 0, 7]),
        record(ENCODED, A, 3, 120, &[10, 0, 0, 8]),
    ];
    let ours = record(ENCODED, A, FLUSHED, 120, &[10, 0, 0, 9]);
    let mut contents: Vec<&[u8]> = others.iter().map(Vec::as_slice).collect();
    contents.push(&ours);
    assert_eq!(said(&message(0x8400, [0, 9, 0, 0], &contents)), ["10.0.0.9"]);
}

#[test]
fn a_goodbye_gives_no_address() {
    assert!(one(A, FLUSHED, 0, &[10, 0, 0, 7]).is_empty());
}

#[test]
fn an_address_of_the_wrong_length_is_none() {
    assert!(one(A, FLUSHED, 120, &[10, 0, 0]).is_empty());
    assert!(one(A, FLUSHED, 120, &v6("fd00::7")).is_empty());
    assert!(one(AAAA, FLUSHED, 120, &[10, 0, 0, 7]).is_empty());
}

#[test]
fn addresses_that_lead_nowhere_are_dropped() {
    for ip in [[0, 0, 0, 0], [0, 1, 2, 3], [127, 0, 0, 1], [224, 0, 0, 251], [255, 255, 255, 255], [240, 0, 0, 1]] {
        assert!(one(A, FLUSHED, 120, &ip).is_empty(), "{ip:?}");
    }
    for ip in ["::", "::1", "fe80::7", "ff02::fb", "::ffff:10.0.0.7"] {
        assert!(one(AAAA, FLUSHED, 120, &v6(ip)).is_empty(), "{ip}");
    }
    // A cable between two machines has nothing else.
    assert_eq!(one(A, FLUSHED, 120, &[169, 254, 3, 4]), ["169.254.3.4"]);
}

#[test]
fn only_a_response_without_error_is_an_answer() {
    let answer = record(ENCODED, A, FLUSHED, 120, &[10, 0, 0, 7]);
    for flags in [0x0000, 0x0400, 0x8403, 0x8c00] {
        assert!(said(&message(flags, [0, 1, 0, 0], &[&answer])).is_empty(), "{flags:#x}");
    }
    for flags in [0x8000, 0x8400, 0x8580] {
        assert_eq!(said(&message(flags, [0, 1, 0, 0], &[&answer])), ["10.0.0.7"], "{flags:#x}");
    }
}

#[test]
fn each_address_is_said_once_and_four_at_most() {
    let same = record(ENCODED, A, FLUSHED, 120, &[10, 0, 0, 7]);
    assert_eq!(said(&message(0x8400, [0, 2, 0, 0], &[&same, &same])), ["10.0.0.7"]);
    let many: Vec<Vec<u8>> = (1..=9).map(|n| record(ENCODED, A, FLUSHED, 120, &[10, 0, 0, n])).collect();
    let contents: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    assert_eq!(said(&message(0x8400, [0, 9, 0, 0], &contents)).len(), ADDRESSES);
}

#[test]
fn what_came_before_a_message_broke_counts() {
    let good = record(ENCODED, A, FLUSHED, 120, &[10, 0, 0, 7]);
    assert_eq!(said(&message(0x8400, [0, 2, 0, 0], &[&good, &[0x40]])), ["10.0.0.7"]);
    assert!(said(&message(0x8400, [0, 2, 0, 0], &[&[0x40], &good])).is_empty());
}

#[test]
fn pointers_that_lead_to_themselves_forward_or_out_of_the_message_end_it() {
    for pointer in [[0xc0, 12], [0xc0, 13], [0xff, 0xff]] {
        let answer = record(&pointer, A, FLUSHED, 120, &[10, 0, 0, 7]);
        assert!(said(&message(0x8400, [0, 1, 0, 0], &[&answer])).is_empty(), "{pointer:?}");
    }
    // A label, and then a pointer to that label: a name without end.
    let answer = record(b"\x01x\xc0\x0c", A, FLUSHED, 120, &[10, 0, 0, 7]);
    assert!(said(&message(0x8400, [0, 1, 0, 0], &[&answer])).is_empty());
}

#[test]
fn a_name_in_pieces_is_put_together() {
    // "local" stands at 12, "3e1c8c0e" and a pointer to it at 19, and the record points there.
    let first = record(b"\x05local\0", 16, FLUSHED, 120, b"\x083e1c8c0e\xc0\x0c");
    let second = record(&[0xc0, 12 + 7 + 10], A, FLUSHED, 120, &[10, 0, 0, 7]);
    assert_eq!(said(&message(0x8400, [0, 2, 0, 0], &[&first, &second])), ["10.0.0.7"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(addresses(&bytes, NAME).len() <= ADDRESSES);
    }

    /// The same with a good head and pointers everywhere, so that more of the reading is reached.
    #[test]
    fn any_records_are_read_without_harm(
        numbers: [u16; 4],
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0_u8..20, Just(0xc0)], 0..900),
    ) {
        let found = addresses(&message(0x8400, numbers, &[&bytes]), NAME);
        prop_assert!(found.len() <= ADDRESSES && found.iter().all(|address| usable(*address)));
    }

    #[test]
    fn a_cut_answer_says_nothing_else(cut in 0_usize..80) {
        let answer = record(POINTER, AAAA, INTERNET, 10, &v6("fd00::7"));
        let whole = message(0x8400, [1, 1, 0, 0], &[ENCODED, &[0, 28, 0, 1], &answer]);
        let end = cut.min(whole.len());
        prop_assert_eq!(said(&whole[..end]).len(), usize::from(end == whole.len()));
    }

    #[test]
    fn every_usable_address_comes_through(address: IpAddr) {
        let answer = match address {
            IpAddr::V4(ip) => record(ENCODED, A, FLUSHED, 120, &ip.octets()),
            IpAddr::V6(ip) => record(ENCODED, AAAA, FLUSHED, 120, &ip.octets()),
        };
        let found = addresses(&message(0x8400, [0, 1, 0, 0], &[&answer]), NAME);
        prop_assert_eq!(found, if usable(address) { vec![address] } else { vec![] });
    }
}
