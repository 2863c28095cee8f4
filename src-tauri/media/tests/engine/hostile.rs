//! What a hostile peer, who has the key of a link, could send for the connection.

use dogeller_core::text::{CandidateLine, Sdp};
use dogeller_core::wire::peer::{Candidate, Description, DescriptionKind};
use dogeller_media::engine::Order;

use crate::pair::Pair;

fn description(kind: DescriptionKind, text: &str) -> Order {
    Order::Description(Description { kind, sdp: Sdp::new(text.to_owned()).unwrap() })
}

const NONSENSE: [&str; 8] = [
    "x",
    "v=0\r\n",
    "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n",
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\na=fingerprint:sha-256 00\r\na=setup:active\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\n",
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 0 0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\na=sctp-port:99999999\r\n",
    "v=0\r\na=a=a=a=\r\nm=\r\nm=audio\r\nm=audio -1 x y z\r\n",
    "\t\t\t\r\n\r\n",
];

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_in_a_call_harms_nothing() {
    let pair = Pair::call().await;
    tokio::join!(pair.caller.perceives(10), pair.callee.perceives(10));
    for text in NONSENSE {
        pair.callee.engine.order(description(DescriptionKind::Answer, text)).unwrap();
    }
    for line in ["candidate:", "candidate:1 1 udp 1 999.1.1.1 1 typ host", "x", "candidate:1 1 udp 1 ::1 0 typ"] {
        let line = CandidateLine::new(line.to_owned()).unwrap();
        pair.callee.engine.order(Order::Candidate(Candidate { line, index: 65_535 })).unwrap();
    }
    tokio::join!(pair.caller.perceives(20), pair.callee.perceives(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_offers_end_at_most_the_call_they_came_in() {
    for text in NONSENSE {
        let pair = Pair::ring().await;
        pair.callee.engine.order(description(DescriptionKind::Offer, text)).unwrap();
        pair.caller.engine.order(description(DescriptionKind::Answer, text)).unwrap();
    }
    // And the next call is as good as ever.
    let pair = Pair::call().await;
    tokio::join!(pair.caller.perceives(10), pair.callee.perceives(10));
}
