//! Anything a peer with the right keys can send.
#![no_main]

use dogeller_media::stack::hostile;

libfuzzer_sys::fuzz_target!(init: hostile::rehearse(), |input: &[u8]| hostile::peer(input));
