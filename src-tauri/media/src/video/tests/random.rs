//! Whatever may come.

use super::streams::assert_decodable;
use super::*;
use proptest::prelude::*;

fn codec() -> impl Strategy<Value = Codec> {
    prop::sample::select(&BOTH[..])
}

/// Often near each other, and often sensible at first sight.
fn packet() -> impl Strategy<Value = (Packet, u64)> {
    let first = prop::sample::select(&[0x10u8, 0x90, 0x00, 0x41, 0x65, 0x67, 0x68, 0x09, 24, 28, 0x7c][..]);
    let payload = prop_oneof![
        1 => Just(Vec::new()),
        8 => (first, prop::collection::vec(any::<u8>(), 0..6))
            .prop_map(|(first, rest)| [vec![first], rest].concat()),
        4 => (any::<bool>(), any::<bool>())
            .prop_map(|(start, key)| vec![if start { 0x10 } else { 0 }, u8::from(!key), 1]),
        4 => (0u8..3, 1u8..9).prop_map(|(bits, kind)| vec![28, bits << 6 | kind, 1]),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    let sequence = prop_oneof![20 => (65_520u32..65_560).prop_map(|number| number as u16), 1 => 30_000u16..];
    let timestamp = prop_oneof![20 => 0u32..6, 1 => any::<u32>()];
    (sequence, timestamp, prop::bool::weighted(0.3), payload, 0u64..40).prop_map(
        |(sequence, timestamp, marker, payload, pause)| {
            (Packet { sequence, timestamp, marker, payload: payload.into() }, pause)
        },
    )
}

proptest! {
    #[test]
    fn any_packets_never_panic_and_never_block(codec in codec(), packets in prop::collection::vec(packet(), 0..300)) {
        let mut receiver = Receiver::new(codec);
        for (packet, pause) in packets {
            receiver.now += Duration::from_millis(pause);
            for frame in receiver.take([packet]) {
                frame.size();
            }
            receiver.wants_key();
            let (packets, bytes) = receiver.assembler.held();
            prop_assert!(packets <= 2048 && bytes <= 2 << 20);
        }
        // A proper stream gets through afterwards, whatever there was.
        let mut stream = Stream::new(codec);
        stream.sequence = 20_000;
        let packets = stream.next(true, 5000);
        prop_assert_eq!(receiver.take(packets), &stream.frames[..]);
        prop_assert_eq!(receiver.assembler.held().1, 0);
        receiver.pass(5000);
        prop_assert!(!receiver.wants_key());
    }

    #[test]
    fn the_deadline_is_never_past_after_its_work(codec in codec(), packets in prop::collection::vec(packet(), 0..100)) {
        let mut receiver = Receiver::new(codec);
        for (packet, pause) in packets {
            receiver.now += Duration::from_millis(pause);
            receiver.take([packet]);
            receiver.wants_key();
            prop_assert!(receiver.assembler.deadline().is_none_or(|deadline| deadline > receiver.now));
        }
    }

    #[test]
    fn a_lossy_shuffled_stream_is_decodable(
        codec in codec(),
        frames in prop::collection::vec((prop::bool::weighted(0.1), 0usize..6000), 1..40),
        // For each packet: lost, sent twice, by how many packets it is late.
        fates in prop::collection::vec((prop::bool::weighted(0.05), prop::bool::weighted(0.05), 0usize..8), 64),
        pause in 0u64..40,
    ) {
        let mut stream = Stream::new(codec);
        let mut packets = Vec::new();
        for (at, (key, bytes)) in frames.into_iter().enumerate() {
            for packet in stream.next(key || at == 0, bytes) {
                let (lost, twice, late) = fates[(packets.len() * 31 + bytes) % fates.len()];
                let place = packets.len() + late;
                packets.push((place, lost, packet.clone()));
                if twice {
                    packets.push((place + 5, lost, packet));
                }
            }
            let padding = stream.padding();
            packets.push((packets.len(), bytes % 20 == 0, padding));
        }
        packets.sort_by_key(|(place, _, _)| *place);
        let any_lost = packets.iter().any(|(_, lost, _)| *lost);
        let mut receiver = Receiver::new(codec);
        let mut received = Vec::new();
        for (_, _, packet) in packets.into_iter().filter(|(_, lost, _)| !lost) {
            received.extend(receiver.pass(pause));
            received.extend(receiver.take([packet]));
        }
        received.extend(receiver.pass(250));
        assert_decodable(&received, &stream.frames);
        // A key frame that is whole first is jumped to.
        let one_key = stream.frames.iter().filter(|frame| frame.key).count() == 1;
        if !any_lost && pause < 10 && one_key {
            prop_assert_eq!(received.len(), stream.frames.len());
        }
    }

    #[test]
    fn any_annex_b_survives(units in prop::collection::vec((1u8..6, prop::collection::vec(1u8.., 0..4000)), 1..6)) {
        let data = units.iter().flat_map(|(kind, unit)| [&[0, 0, 0, 1, 0x60 | kind], &unit[..]].concat());
        let data: Vec<u8> = data.collect();
        let sets = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3];
        let data = [&sets[..], &data].concat();
        let key = units.iter().any(|(kind, _)| *kind == 5);
        let frame = Frame { codec: Codec::H264, key, timestamp: 9, data: data.into() };
        let payloads = Splitter::new(Codec::H264).split(&frame);
        let last = payloads.len() - 1;
        let mut receiver = Receiver::new(Codec::H264);
        let mut received = Vec::new();
        for (at, payload) in payloads.into_iter().enumerate() {
            prop_assert!(payload.len() <= PAYLOAD_BYTES);
            received.extend(receiver.take([Packet { sequence: at as u16, timestamp: 9, marker: at == last, payload }]));
        }
        prop_assert_eq!(received, if frame.key { vec![frame] } else { vec![] });
    }

    #[test]
    fn any_bytes_can_be_split(
        codec in codec(),
        data in prop::collection::vec(prop_oneof![3 => 0u8..2, 1 => any::<u8>()], 0..2500),
    ) {
        let frame = Frame { codec, key: true, timestamp: 0, data: data.into() };
        frame.size();
        for payload in Splitter::new(codec).split(&frame) {
            prop_assert!((1..=PAYLOAD_BYTES).contains(&payload.len()));
        }
    }
}
