//! One test for each promise of the assembler.

use super::*;
use std::iter::once;

#[test]
fn a_frame_is_handed_out_with_its_marker_packet() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        for bytes in [10, 5000] {
            let mut packets = stream.next(false, bytes);
            let marker = packets.pop().unwrap();
            assert_eq!(receiver.take(packets), []);
            assert_eq!(receiver.take([marker]), stream.frames[stream.frames.len() - 1..]);
        }
    }
}

#[test]
fn before_the_first_key_frame_there_is_only_the_wish_for_it() {
    for codec in BOTH {
        let (mut stream, mut receiver) = (Stream::new(codec), Receiver::new(codec));
        assert_eq!(receiver.assembler.deadline(), None);
        for _ in 0..3 {
            let packets = stream.next(false, 2000);
            assert_eq!(receiver.take(packets), []);
        }
        assert!(receiver.wants_key());
        assert!(!receiver.wants_key());
        let packets = stream.next(true, 2000);
        assert_eq!(receiver.take(packets), stream.frames[3..]);
        let packets = stream.next(false, 2000);
        assert_eq!(receiver.take(packets), stream.frames[4..]);
        receiver.pass(1000);
        assert!(!receiver.wants_key());
        assert_eq!(receiver.assembler.deadline(), None);
        assert_eq!(receiver.assembler.held().1, 0);
    }
}

#[test]
fn the_first_packets_of_a_stream_may_be_out_of_order() {
    for codec in BOTH {
        let (mut stream, mut receiver) = (Stream::new(codec), Receiver::new(codec));
        let mut packets = stream.next(true, 6000);
        packets.reverse();
        assert_eq!(receiver.take(packets), stream.frames);
    }
}

#[test]
fn an_incomplete_frame_holds_up_the_next_until_it_is_repaired() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        for lost in [0, 2, 4] {
            let mut packets = stream.next(false, 5000);
            let lost = packets.remove(lost);
            assert_eq!(receiver.take(packets), []);
            let packets = stream.next(false, 5000);
            assert_eq!(receiver.take(packets), []);
            assert_eq!(receiver.pass(249), []);
            let sent = stream.frames.len();
            assert_eq!(receiver.take([lost]), stream.frames[sent - 2..]);
            assert_eq!(receiver.assembler.deadline(), None);
            assert!(!receiver.wants_key());
        }
        assert_eq!(receiver.assembler.counts().given_up, 0);
    }
}

#[test]
fn after_250_ms_only_a_key_frame_helps() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        let mut packets = stream.next(false, 5000);
        let lost = packets.remove(1);
        let first = packets.remove(0);
        assert_eq!(receiver.take([first]), []);
        assert_eq!(receiver.assembler.deadline(), None);
        assert_eq!(receiver.pass(100), []);
        assert_eq!(receiver.take(packets), []);
        let since = receiver.now;
        assert_eq!(receiver.assembler.deadline(), Some(since + GIVE_UP));
        receiver.pass(100);
        let packets = stream.next(false, 2000);
        receiver.take(packets);
        assert_eq!(receiver.assembler.deadline(), Some(since + GIVE_UP));
        receiver.pass(149);
        assert!(!receiver.wants_key());
        assert_eq!(receiver.pass(1), []);
        assert!(receiver.wants_key());
        assert_eq!(receiver.assembler.deadline(), Some(receiver.now + Duration::from_millis(300)));
        // Too late, and neither it nor what follows can be decoded.
        assert_eq!(receiver.take([lost]), []);
        let packets = stream.next(false, 2000);
        assert_eq!(receiver.take(packets), []);
        assert_eq!(receiver.assembler.held().1, 0);
        let packets = stream.next(true, 2000);
        assert_eq!(receiver.take(packets), stream.frames[4..]);
        let counts = receiver.assembler.counts();
        assert_eq!((counts.frames, counts.key_frames, counts.given_up, counts.late), (2, 2, 3, 1));
    }
}

#[test]
fn a_frame_lost_as_a_whole_is_a_loss_too() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        for repaired in [true, false] {
            let lost = stream.next(false, 10);
            let packets = stream.next(false, 10);
            assert_eq!(receiver.take(packets), []);
            if repaired {
                assert_eq!(receiver.take(lost), stream.frames[1..3]);
            } else {
                assert_eq!(receiver.pass(250), []);
                assert!(receiver.wants_key());
                let packets = stream.next(false, 10);
                assert_eq!(receiver.take(packets), []);
            }
        }
    }
}

#[test]
fn a_whole_key_frame_is_jumped_to_at_once() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        let mut packets = stream.next(false, 5000);
        packets.remove(1);
        assert_eq!(receiver.take(packets), []);
        let packets = stream.next(true, 5000);
        assert_eq!(receiver.take(packets), stream.frames[2..]);
        let packets = stream.next(false, 5000);
        assert_eq!(receiver.take(packets), stream.frames[3..]);
        assert!(!receiver.wants_key());
        assert_eq!(receiver.assembler.counts().given_up, 1);
    }
}

#[test]
fn an_incomplete_key_frame_is_not_chosen_for_ever() {
    for codec in BOTH {
        let (mut stream, mut receiver) = (Stream::new(codec), Receiver::new(codec));
        let mut packets = stream.next(true, 5000);
        packets.remove(2);
        receiver.take(packets);
        let packets = stream.next(false, 100);
        receiver.take(packets);
        assert!(!receiver.wants_key(), "it may still be repaired");
        assert_eq!(receiver.pass(250), []);
        assert!(receiver.wants_key());
        let packets = stream.next(true, 5000);
        assert_eq!(receiver.take(packets), stream.frames[2..]);
    }
}

#[test]
fn a_key_frame_whose_last_packet_is_lost_in_silence_is_asked_for_again() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        receiver.assembler.ask_key();
        assert!(receiver.wants_key());
        let mut packets = stream.next(true, 5000);
        packets.pop();
        receiver.take(packets);
        let due = receiver.assembler.deadline().unwrap();
        assert!(due <= receiver.now + Duration::from_secs(1));
        receiver.now = due;
        assert!(receiver.wants_key());
    }
}

#[test]
fn padding_is_no_loss_and_belongs_to_no_frame() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        for _ in 0..4 {
            let padding = [stream.padding(), stream.padding()];
            assert_eq!(receiver.take(padding), []);
            let mut packets = stream.next(false, 3000);
            // Also inside of a frame, and with the marker packet before it.
            let filler = Packet { payload: Bytes::new(), ..packets[2].clone() };
            let last = Packet { sequence: stream.sequence, ..packets[2].clone() };
            stream.sequence = stream.sequence.wrapping_add(1);
            packets.splice(2.., [last, filler]);
            assert_eq!(receiver.take(packets), stream.frames[stream.frames.len() - 1..]);
        }
        receiver.pass(1000);
        assert!(!receiver.wants_key());
        assert_eq!(receiver.assembler.counts().given_up, 0);
        assert_eq!(receiver.assembler.held(), (0, 0));
    }
}

#[test]
fn a_frame_without_marker_ends_where_the_next_begins() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        let mut packets = stream.next(false, 3000);
        packets.last_mut().unwrap().marker = false;
        let next = stream.next(false, 3000);
        assert_eq!(receiver.take(packets), []);
        assert_eq!(receiver.take(next), stream.frames[1..]);
    }
}

#[test]
fn a_lost_frame_further_on_means_a_key_frame() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        receiver.assembler.ask_key();
        assert!(receiver.assembler.deadline().unwrap() <= receiver.now);
        assert!(receiver.wants_key());
        let packets = stream.next(false, 100);
        assert_eq!(receiver.take(packets), []);
        let packets = stream.next(true, 100);
        assert_eq!(receiver.take(packets), stream.frames[2..]);
        receiver.pass(5000);
        assert!(!receiver.wants_key());
    }
}

#[test]
fn a_sender_that_began_anew_is_followed() {
    for codec in BOTH {
        for jump in [2001, 30_000, -2100, -30_000] {
            let (mut stream, mut receiver) = Receiver::begun(codec);
            stream.sequence = stream.sequence.wrapping_add_signed(jump);
            let packets = stream.next(false, 100);
            assert_eq!(receiver.take(packets), [], "{jump}");
            assert!(receiver.wants_key(), "{jump}");
            let packets = stream.next(true, 5000);
            assert_eq!(receiver.take(packets), stream.frames[2..], "{jump}");
        }
    }
}

#[test]
fn the_size_may_change_with_a_key_frame() {
    let mut stream = Stream::new(Codec::Vp8);
    stream.next(true, 10);
    stream.next(false, 10);
    assert_eq!(stream.frames[0].size(), Some((640, 480)));
    assert_eq!(stream.frames[1].size(), None);
    let sps = [0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x3d, 0xb0, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01];
    let data = [&[0, 0, 1, 9, 0xf0, 0, 0, 0, 1][..], &sps, &[0, 0, 1, 0x65, 1]].concat();
    let frame = Frame { codec: Codec::H264, key: true, timestamp: 0, data: data.into() };
    assert_eq!(frame.size(), Some((640, 480)));
}

#[test]
fn duplicates_and_late_packets_are_counted() {
    let (mut stream, mut receiver) = Receiver::begun(Codec::Vp8);
    let packets = stream.next(false, 3000);
    let twice = packets.iter().cloned().flat_map(|packet| [packet.clone(), packet]);
    assert_eq!(receiver.take(twice), stream.frames[1..]);
    let counts = receiver.assembler.counts();
    // The copy of the last packet comes when the frame is gone already.
    assert_eq!((counts.duplicates, counts.late), (2, 1));
}

#[test]
fn malformed_payloads_are_taken_for_lost() {
    for (codec, payload) in [(Codec::Vp8, &[0x90, 0x80, 0x80, 0x01][..]), (Codec::H264, &[28, 0x85])] {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        let mut packets = stream.next(false, 3000);
        let proper = std::mem::replace(&mut packets[1].payload, Bytes::copy_from_slice(payload));
        let repaired = Packet { payload: proper, ..packets[1].clone() };
        assert_eq!(receiver.take(packets), []);
        assert_eq!(receiver.assembler.counts().malformed, 1);
        assert!(receiver.assembler.deadline().is_some());
        assert_eq!(receiver.take([repaired]), stream.frames[1..]);
    }
}

#[test]
fn a_broken_frame_is_a_loss_at_once() {
    for (codec, payload) in [(Codec::Vp8, &[0x00, 0x00][..]), (Codec::H264, &[0x3c, 0x41, 1])] {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        let packet = stream.packet(Bytes::copy_from_slice(payload), true);
        assert_eq!(receiver.take([packet]), []);
        assert!(receiver.wants_key());
        assert_eq!(receiver.assembler.counts().given_up, 1);
    }
}

#[test]
fn memory_is_bounded_and_a_frame_too_large_is_given_up() {
    for codec in BOTH {
        let (mut stream, mut receiver) = Receiver::begun(codec);
        let packets = stream.next(true, 3 << 20);
        let mut most = (0, 0);
        for packet in packets {
            assert_eq!(receiver.take(once(packet)), []);
            let (packets, bytes) = receiver.assembler.held();
            most = (most.0.max(packets), most.1.max(bytes));
        }
        assert!((1700..=2048).contains(&most.0), "{most:?}");
        assert!((2_000_000..=2 << 20).contains(&most.1), "{most:?}");
        assert!(receiver.wants_key());
        let packets = stream.next(true, 1_900_000);
        assert_eq!(receiver.take(packets), stream.frames[2..]);
        assert_eq!(receiver.assembler.held().1, 0);
    }
}

#[test]
fn a_flood_is_cheap() {
    // In windows of 1900 packets: backwards; every second one and then the others; padding whose beginning comes last.
    let orders: [fn(u32) -> (u32, bool); 3] =
        [|at| (1899 - at, true), |at| (at * 2 % 1899, true), |at| ((at + 1) % 1900, at == 1899)];
    for codec in BOTH {
        for order in orders {
            let mut receiver = Receiver::new(codec);
            let payload = Bytes::from_static(&[0x41, 0x01]);
            for number in 0..57_000u32 {
                let (at, media) = order(number % 1900);
                let sequence = (number / 1900 * 1900 + at) as u16;
                let payload = if media { payload.clone() } else { Bytes::new() };
                receiver.take(once(Packet { sequence, timestamp: 7, marker: false, payload }));
                assert!(receiver.assembler.held().0 <= 2048);
            }
            // Each is looked at when it comes and when what it follows becomes known, however many wait.
            let steps = receiver.assembler.steps();
            assert!((57_000..57_000 * 4).contains(&steps), "{steps}");
        }
    }
}
