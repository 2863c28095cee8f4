//! VP8 and H.264 in any order.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dogeller_media::stack::hostile::picture(input));
