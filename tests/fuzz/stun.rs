//! Datagrams while a path is sought, signed and not.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dogeller_media::stack::hostile::stun(input));
