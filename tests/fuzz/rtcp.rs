//! Reports in the chain that all of them pass.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dogeller_media::stack::hostile::rtcp(input));
