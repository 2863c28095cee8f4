//! Descriptions and candidates that no browser makes.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dogeller_media::stack::hostile::sdp(input));
