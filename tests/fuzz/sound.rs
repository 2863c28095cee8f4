//! Opus, plain and with redundant copies.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dogeller_media::stack::hostile::sound(input));
