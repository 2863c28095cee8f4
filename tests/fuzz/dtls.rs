//! Handshakes that go wrong.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dogeller_media::stack::hostile::dtls(input));
