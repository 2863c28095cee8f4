use super::*;

const SPS_UNIT: &[u8] = &[0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x3d, 0xb0, 0x11];
const PPS_UNIT: &[u8] = &[0x68, 0xce, 0x38, 0x80];

fn annex_b(units: &[&[u8]]) -> Vec<u8> {
    units.iter().flat_map(|unit| [START_CODE, unit].concat()).collect()
}

fn part(payload: &[u8]) -> Part {
    parse(&Bytes::copy_from_slice(payload)).unwrap()
}

fn join(sets: &mut ParameterSets, payloads: &[&[u8]], key: bool) -> Joined {
    let parts: Vec<Part> = payloads.iter().map(|payload| part(payload)).collect();
    sets.join(&parts.iter().collect::<Vec<_>>(), key)
}

fn picture(units: &[&[u8]]) -> Joined {
    Joined::Picture(annex_b(units).into())
}

#[test]
fn start_codes_of_three_and_four_bytes_and_zeros_between() {
    let stream = [0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 0, 0, 3, 0, 0, 0, 0, 1, 0x65, 0, 1, 0, 0];
    assert_eq!(units(&stream), [&[0x67, 1][..], &[0x68, 0, 0, 3], &[0x65, 0, 1]]);
    assert!(units(&[]).is_empty());
    assert!(units(&[0, 0, 1]).is_empty());
    assert!(units(&[1, 2, 3]).is_empty());
}

#[test]
fn parameter_sets_travel_together_and_large_pictures_in_fragments() {
    let idr = [&[0x65][..], &vec![7; 3000]].concat();
    let payloads = split(&annex_b(&[&[0x09, 0xf0], SPS_UNIT, PPS_UNIT, &idr]));
    assert_eq!(payloads.len(), 4);
    assert_eq!(payloads[0][..5], [0x60 | 24, 0, 2, 0x09, 0xf0]);
    assert_eq!(payloads[1][..3], [0x60 | 28, 0x80 | 5, 7]);
    assert_eq!(payloads[2][..3], [0x60 | 28, 5, 7]);
    assert_eq!(payloads[3][..3], [0x60 | 28, 0x40 | 5, 7]);
    assert!(payloads.iter().all(|payload| payload.len() <= PAYLOAD_BYTES));
}

#[test]
fn sizes_around_the_limit() {
    for length in [1179, 1180, 1181, 1182, 2356, 2357, 2358] {
        for header in [0x65, 0x06] {
            let unit = [&[header][..], &vec![9; length - 1]].concat();
            let payloads = split(&annex_b(&[&unit]));
            assert!(payloads.iter().all(|payload| payload.len() <= PAYLOAD_BYTES), "{length}");
            assert_eq!(payloads.len() == 1, length <= PAYLOAD_BYTES, "{length}");
        }
    }
    // More than fits in one aggregate.
    let sei = [&[0x06][..], &vec![9; 500]].concat();
    let payloads = split(&annex_b(&[&sei, &sei, &sei, &[0x41, 1]]));
    assert_eq!(payloads.iter().map(Bytes::len).collect::<Vec<_>>(), [1 + 2 * 503, 501, 2]);
}

#[test]
fn what_makes_no_sense_is_malformed() {
    let truncated: [&[u8]; 6] = [&[], &[24], &[24, 0], &[24, 0, 0], &[24, 0, 5, 1], &[24, 0, 1, 0x41, 9]];
    for payload in truncated {
        assert_eq!(parse(&Bytes::copy_from_slice(payload)).err(), Some(Malformed::Truncated), "{payload:?}");
    }
    for payload in [&[28][..], &[28, 0x85]] {
        assert_eq!(parse(&Bytes::copy_from_slice(payload)).err(), Some(Malformed::Truncated), "{payload:?}");
    }
    // No type, STAP in STAP, FU of a STAP, both first and last fragment, other modes.
    let unsupported: [&[u8]; 9] = [
        &[0, 1],
        &[24, 0, 2, 24, 0],
        &[28, 0x98, 1],
        &[28, 0xc5, 1],
        &[25, 0, 0, 1],
        &[26, 0],
        &[27, 0],
        &[29, 0x85, 0, 0, 1],
        &[31, 1],
    ];
    for payload in unsupported {
        assert_eq!(parse(&Bytes::copy_from_slice(payload)).err(), Some(Malformed::Unsupported), "{payload:?}");
    }
}

#[test]
fn what_begins_a_frame_and_what_makes_it_key() {
    let seen = |payload: &[u8]| (part(payload).starts, part(payload).key);
    assert_eq!(seen(&[0x41, 1]), (false, false));
    assert_eq!(seen(SPS_UNIT), (true, false));
    assert_eq!(seen(&[0x09, 0xf0]), (true, false));
    assert_eq!(seen(&[24, 0, 2, 6, 1, 0, 2, 0x67, 1, 0, 2, 0x65, 1]), (true, true));
    assert_eq!(seen(&[28, 0x85, 1]), (false, true));
    assert_eq!(seen(&[28, 0x05, 1]), (false, false));
}

#[test]
fn parameter_sets_are_put_in_front_of_an_idr_without() {
    let idr: &[u8] = &[0x65, 1, 2];
    let mut sets = ParameterSets::default();
    assert_eq!(join(&mut sets, &[idr], true), Joined::Broken);
    assert_eq!(join(&mut sets, &[SPS_UNIT, PPS_UNIT], false), Joined::NoPicture);
    assert_eq!(join(&mut sets, &[idr], true), picture(&[SPS_UNIT, PPS_UNIT, idr]));
    assert_eq!(join(&mut sets, &[SPS_UNIT, PPS_UNIT, idr], true), picture(&[SPS_UNIT, PPS_UNIT, idr]));
    assert_eq!(join(&mut sets, &[&[0x41, 1]], false), picture(&[&[0x41, 1]]));
    // The newest counts, also from a frame that was never handed out.
    let newer: &[u8] = &[0x67, 9, 9];
    sets.remember(&part(newer));
    assert_eq!(join(&mut sets, &[idr], true), picture(&[newer, PPS_UNIT, idr]));
}

#[test]
fn fragments_that_do_not_fit_are_broken() {
    let mut sets = ParameterSets::default();
    let (start, middle, end): (&[u8], &[u8], &[u8]) = (&[0x3c, 0x81, 1], &[0x3c, 0x01, 2], &[0x3c, 0x41, 3]);
    assert_eq!(join(&mut sets, &[start, middle, end], false), picture(&[&[0x21, 1, 2, 3]]));
    let broken: [&[&[u8]]; 6] = [
        &[start, middle],
        &[middle, end],
        &[start, start, end],
        &[start, &[0x41, 1], end],
        &[end],
        &[start, &[0x3c, 0x42, 3]],
    ];
    for payloads in broken {
        assert_eq!(join(&mut sets, payloads, false), Joined::Broken, "{payloads:?}");
    }
}
