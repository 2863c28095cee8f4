//! The connection under attack: what the fuzz targets in `tests/fuzz` run. Only with the feature `fuzz`, and so in no release.
//!
//! Nothing here is a stand-in: it is the very set-up of every connection ([`super::build`]) without its sockets, and the
//! time is the input's. Each function takes any bytes and is to return, soon and without a panic.
//!
//! | file | what it is |
//! | --- | --- |
//! | `hostile/script.rs` | what an input says, step by step |
//! | `hostile/side.rs` | this side of a connection, whose time and network are the script's |
//! | `hostile/opponent.rs` | the other side: it behaves until the script says otherwise |
//! | `hostile/association.rs` | the other side's half of the data channel's transport (SCTP) |
//! | `hostile/chain.rs` | the packets' chain alone, hundreds of times as quick |
//! | `hostile/senses.rs` | what is done with what comes out: sound, pictures |

mod association;
mod chain;
mod opponent;
mod script;
mod senses;
mod side;

pub use chain::{rtcp, rtp};
pub use senses::{picture, sound};

use std::time::Duration;

use dogeller_core::text::{CandidateLine, Sdp};

use opponent::Opponent;
use script::Script;
use side::{Role, Side};

/// The most descriptions and candidates of one input.
const DESCRIPTIONS: usize = 12;

/// Descriptions and candidates of the other side, as text: each part begins with a line that says what it is (`offer`,
/// `answer`, `candidate`, `roll back`, or `we offer`, which is ours), and ends at a line `--`.
pub fn sdp(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let mut side = Side::new();
    for part in text.split("\n--\n").take(DESCRIPTIONS) {
        let (kind, rest) = part.split_once('\n').unwrap_or((part, ""));
        match kind.trim_end() {
            "we offer" => side.offer(false),
            "we restart" => side.offer(true),
            "roll back" => side.roll_back(),
            "offer" => drop(Sdp::new(rest.to_owned()).map(|offer| side.answer(&offer))),
            "answer" => drop(Sdp::new(rest.to_owned()).map(|answer| side.take_answer(&answer))),
            "candidate" => drop(CandidateLine::new(rest.to_owned()).map(|line| side.add_candidate(&line))),
            _ => {}
        }
        side.pass(Duration::from_millis(50));
    }
    side.pass(Duration::from_secs(8));
}

/// Datagrams while a path is sought: STUN with and without the right password, and anything else.
pub fn stun(input: &[u8]) {
    let Some((mut opponent, script)) = meet(input) else {
        return;
    };
    for step in script {
        match step.code % 8 {
            0 => opponent.send(step.bytes),
            1 => opponent.send_from_elsewhere(step.code >> 3, step.bytes),
            2 => opponent.send_signed(step.bytes),
            3 => opponent.answer_signed(step.bytes),
            4 => opponent.answer_checks(),
            5 => opponent.check(step.code >> 3),
            _ => opponent.pass(step.time()),
        }
    }
    opponent.pass(Duration::from_secs(8));
}

/// Datagrams during and after the handshake: records made up, and those of an honest handshake bent.
pub fn dtls(input: &[u8]) {
    let Some((mut opponent, script)) = meet(input) else {
        return;
    };
    opponent.connect();
    for step in script {
        match step.code % 8 {
            0 => opponent.send(step.bytes),
            1 => opponent.shake(),
            2 => opponent.shake_bent(step.bytes),
            3 => opponent.shake_twice(step.bytes),
            4 => opponent.lose(),
            5 => opponent.answer_checks(),
            6 => opponent.retransmit(),
            _ => opponent.pass(step.time()),
        }
    }
    opponent.pass(Duration::from_secs(8));
}

/// What a peer with the right keys can send: media, reports and the data channel, whole and broken.
pub fn peer(input: &[u8]) {
    let Some((mut opponent, script)) = meet(input) else {
        return;
    };
    opponent.connect();
    for _ in 0..6 {
        opponent.shake();
    }
    for step in script {
        match step.code % 8 {
            0 => opponent.send_rtp(step.bytes),
            1 => opponent.send_rtcp(step.bytes),
            2 => opponent.send_data(step.bytes),
            3 => opponent.send_chunks(step.bytes),
            4 => opponent.associate(),
            5 => opponent.answer_checks(),
            6 => opponent.describe(step.bytes),
            _ => opponent.pass(step.time()),
        }
    }
    opponent.pass(Duration::from_secs(8));
}

/// The first byte says who offers, and who begins the handshake.
fn meet(input: &[u8]) -> Option<(Opponent, Script<'_>)> {
    let (first, rest) = input.split_first()?;
    let role = if first & 1 == 0 { Role::Offers } else { Role::Answers };
    Some((Opponent::meet(role, first & 2 == 0)?, Script::new(rest)))
}

/// An opponent that behaves is let in; else the targets would only knock at a closed door.
pub fn rehearse() {
    for first in 0..4_u8 {
        let first = [first];
        let Some((mut opponent, _)) = meet(&first) else {
            unreachable!("the opponent's own descriptions are not taken");
        };
        opponent.connect();
        for _ in 0..6 {
            opponent.shake();
        }
        opponent.associate();
        assert!(opponent.is_up() && opponent.is_associated(), "{first:?}: an honest peer is kept out");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_opponent_that_behaves_is_let_in() {
        super::rehearse();
    }
}
