//! Candidates that hide an address behind a name, and what is answered to the question whose it is.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dogeller_media::names::hostile(input));
