//! Arbitrary messages that fit the protocol's types: few ids, so that they meet, and every kind of signal.

use dogeller_core::id::{Commitment, Nonce};
use dogeller_core::text::{CandidateLine, MessageText, Sdp};
use dogeller_core::wire::peer::{
    Candidate, Description, DescriptionKind, Devices, EndReason, Farewell, Frame, Hello, Media, NumberedSignal,
    PeerHint, Picture, Signal, Status,
};
use dogeller_core::wire::post::{NumberedPost, Post};
use dogeller_core::wire::talk::Ask;
use dogeller_core::wire::ui::{Command, Path};
use dogeller_core::{Attempt, BootId, CallId, MessageId, Name, OutboxId, PeerId};
use proptest::prelude::*;
use proptest::sample::select;

use super::scripted::{BOOT, address, boot, peer};

pub(crate) fn call() -> impl Strategy<Value = CallId> {
    (0..4u8).prop_map(|n| CallId::from_bytes([n * 80; 16]))
}

fn attempt() -> impl Strategy<Value = Attempt> {
    select(vec![Attempt(0), Attempt(1), Attempt(1), Attempt(2), Attempt(3), Attempt(u32::MAX)])
}

pub(crate) fn media() -> impl Strategy<Value = Media> {
    select(vec![Media::Video, Media::Voice])
}

pub(crate) fn who() -> impl Strategy<Value = PeerId> {
    select(vec![1u8, 2, 100, 200]).prop_map(peer)
}

fn name() -> impl Strategy<Value = Name> {
    "[a-zäß <>&'\"]{1,64}".prop_filter_map("a name", |text| Name::new(&text).ok())
}

fn status() -> impl Strategy<Value = Status> {
    select(vec![Status::Available, Status::InCall, Status::Away])
}

fn devices() -> impl Strategy<Value = Devices> {
    let picture = select(vec![Picture::Off, Picture::Camera, Picture::Screen]);
    (any::<bool>(), picture).prop_map(|(microphone, picture)| Devices { microphone, picture })
}

pub(crate) fn reason() -> impl Strategy<Value = EndReason> {
    select(vec![
        EndReason::CodeMismatch,
        EndReason::Cancelled,
        EndReason::Declined,
        EndReason::Busy,
        EndReason::NotAtScreen,
        EndReason::Unanswered,
        EndReason::HungUp,
        EndReason::NoPath,
        EndReason::EngineFailed,
        EndReason::Lost,
        EndReason::Superseded,
    ])
}

fn farewell() -> impl Strategy<Value = Farewell> {
    select(vec![
        Farewell::Leaving,
        Farewell::Replaced,
        Farewell::Full,
        Farewell::Hidden,
        Farewell::Version,
        Farewell::Protocol,
    ])
}

fn description() -> impl Strategy<Value = Description> {
    let kind = select(vec![DescriptionKind::Offer, DescriptionKind::Answer]);
    let text = "(v=0\r\n|a=fingerprint:sha-256 A[A-C]\r\n|a=candidate:x\r\n|a=mid:0\n){1,4}";
    (kind, text).prop_map(|(kind, text)| Description { kind, sdp: Sdp::new(text).unwrap() })
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let line = select(vec![
        "",
        "candidate:1 1 udp 1 10.0.0.1 5000 typ host",
        "candidate:1 1 udp 1 ab-1.local 5000 typ host",
        "candidate:1 1 udp 1 8.8.8.8 53 typ host",
        "candidate:",
        "nonsense",
    ]);
    (line, any::<u16>()).prop_map(|(line, index)| Candidate { line: CandidateLine::new(line.into()).unwrap(), index })
}

fn nonce() -> impl Strategy<Value = Nonce> {
    (0..2u8).prop_map(|n| Nonce::from_bytes([n; 16]))
}

pub(crate) fn signal() -> impl Strategy<Value = Signal> {
    let members = prop::collection::vec(who(), 0..3);
    prop_oneof![
        4 => (call(), media(), members).prop_map(|(call, media, members)| {
            Signal::Invite { call, media, commitment: Commitment::from_bytes([1; 32]), members }
        }),
        2 => call().prop_map(|call| Signal::Ringing { call }),
        3 => (call(), media()).prop_map(|(call, media)| Signal::Accept { call, media }),
        1 => (call(), attempt(), nonce()).prop_map(|(call, attempt, nonce)| Signal::Nonce { call, attempt, nonce }),
        1 => (call(), attempt(), nonce()).prop_map(|(call, attempt, nonce)| Signal::Reveal { call, attempt, nonce }),
        2 => (call(), reason()).prop_map(|(call, reason)| Signal::Bye { call, reason }),
        2 => (call(), attempt(), description())
            .prop_map(|(call, attempt, description)| Signal::Description { call, attempt, description }),
        2 => (call(), attempt(), candidate())
            .prop_map(|(call, attempt, candidate)| Signal::Candidate { call, attempt, candidate }),
        2 => (call(), attempt()).prop_map(|(call, attempt)| Signal::Renew { call, attempt }),
        1 => (call(), devices()).prop_map(|(call, devices)| Signal::Devices { call, devices }),
    ]
}

fn some_boot() -> impl Strategy<Value = BootId> {
    select(vec![boot(0), boot(1), boot(1), boot(2), BOOT])
}

fn hints() -> impl Strategy<Value = Vec<PeerHint>> {
    let hint = (who(), prop::collection::vec((0..=255u8).prop_map(address), 0..9)).prop_map(|(peer, mut addresses)| {
        addresses.truncate(8);
        PeerHint { peer, addresses }
    });
    prop::collection::vec(hint, 0..5)
}

pub(crate) fn hello() -> impl Strategy<Value = Hello> {
    let version = select(vec![1u32, 1, 1, 1, 0, 2]);
    let fields = (version, some_boot(), name(), status(), any::<u16>(), any::<bool>(), hints());
    fields.prop_map(|(version, boot, name, status, port, wanted, peers)| Hello {
        version,
        boot,
        name,
        status,
        port,
        wanted,
        peers,
    })
}

fn numbered() -> impl Strategy<Value = NumberedSignal> {
    let n = select(vec![0u64, 1, 2, 3, 60, 65, 1000, u64::MAX]);
    let age = select(vec![0u64, 0, 44_000, 60_000, u64::MAX]);
    (n, some_boot(), some_boot(), age, signal()).prop_map(|(n, to, from, age_ms, signal)| NumberedSignal {
        n,
        to,
        from,
        age_ms,
        signal,
    })
}

pub(crate) fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        hello().prop_map(|hello| Frame::Hello(Box::new(hello))),
        any::<u32>().prop_map(|n| Frame::Ping { n }),
        (0..4u32).prop_map(|n| Frame::Pong { n }),
        (name(), status()).prop_map(|(name, status)| Frame::Presence { name, status }),
        hints().prop_map(|peers| Frame::Peers { peers }),
        numbered().prop_map(|numbered| Frame::Signal(Box::new(numbered))),
        select(vec![0u64, 1, 2, 5, u64::MAX]).prop_map(|n| Frame::Ack { n }),
        farewell().prop_map(|reason| Frame::Goodbye { reason }),
        (outbox(), number(), number(), any::<u64>(), post()).prop_map(|(outbox, n, follows, age_ms, post)| {
            Frame::Post(Box::new(NumberedPost { outbox, n, follows, age_ms, post }))
        }),
        (outbox(), number()).prop_map(|(outbox, n)| Frame::Stored { outbox, n }),
        Just(Frame::Typing),
    ]
}

fn number() -> impl Strategy<Value = u64> {
    select(vec![0u64, 1, 2, 3, 1000, u64::MAX])
}

fn outbox() -> impl Strategy<Value = OutboxId> {
    select(vec![1u8, 2, 100]).prop_map(|n| OutboxId::from_bytes([n; 16]))
}

fn message() -> impl Strategy<Value = MessageId> {
    (0..4u8).prop_map(|n| MessageId::from_bytes([n; 16]))
}

fn text() -> impl Strategy<Value = MessageText> {
    "\\PC{1,200}".prop_filter_map("a message", |text| MessageText::new(&text).ok())
}

fn post() -> impl Strategy<Value = Post> {
    prop_oneof![
        3 => (message(), text(), proptest::option::of(message()))
            .prop_map(|(message, text, reply)| Post::Text { message, text, reply }),
        1 => (message(), text()).prop_map(|(message, text)| Post::Edit { message, text }),
        1 => message().prop_map(|message| Post::Withdraw { message }),
        1 => (outbox(), number()).prop_map(|(outbox, through)| Post::Read { outbox, through }),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let typed = || "\\PC{0,200}";
    prop_oneof![
        3 => (who(), message(), typed(), proptest::option::of(message()))
            .prop_map(|(peer, message, text, reply)| Ask::Write { peer, message, text, reply }),
        1 => (who(), message(), typed()).prop_map(|(peer, message, text)| Ask::Edit { peer, message, text }),
        1 => (who(), message()).prop_map(|(peer, message)| Ask::Withdraw { peer, message }),
        1 => (who(), number()).prop_map(|(peer, position)| Ask::Seen { peer, position }),
        1 => who().prop_map(|peer| Ask::Typing { peer }),
        1 => (who(), proptest::option::of(number())).prop_map(|(peer, before)| Ask::Entries { peer, before }),
        1 => ("\\PC{0,300}", proptest::option::of(who())).prop_map(|(text, peer)| Ask::Search { text, peer }),
        1 => who().prop_map(|peer| Ask::Clear { peer }),
        1 => any::<bool>().prop_map(|on| Ask::SetReceipts { on }),
    ]
}

/// A command about a call given.
pub(crate) fn command(call: CallId) -> impl Strategy<Value = Command> {
    let path = select(vec![Path::Up, Path::Up, Path::Down]);
    prop_oneof![
        2 => (who(), media()).prop_map(|(peer, media)| Command::Call { peer, media }),
        3 => media().prop_map(move |media| Command::Accept { call, media }),
        1 => Just(Command::Decline { call }),
        1 => Just(Command::HangUp { call }),
        1 => Just(Command::TakeOver { call }),
        1 => Just(Command::Dismiss),
        1 => "\\PC{0,70}".prop_map(|name| Command::SetName { name }),
        1 => any::<bool>().prop_map(|visible| Command::SetVisible { visible }),
        1 => "[0-9.:a-f]{0,20}|10.0.0.7".prop_map(|address| Command::AddPeer { address }),
        1 => (who(), any::<bool>()).prop_map(|(peer, verified)| Command::Verify { peer, verified }),
        2 => (attempt(), description())
            .prop_map(move |(attempt, description)| Command::Description { call, attempt, description }),
        2 => (attempt(), candidate()).prop_map(move |(attempt, candidate)| Command::Candidate { call, attempt, candidate }),
        4 => (attempt(), path).prop_map(move |(attempt, path)| Command::Path { call, attempt, path }),
        1 => attempt().prop_map(move |attempt| Command::Renew { call, attempt }),
        1 => Just(Command::EngineFailed { call }),
        1 => devices().prop_map(move |devices| Command::Devices { call, devices }),
        2 => numbered().prop_map(move |n| Command::Relayed { call, frame: dogeller_core::wire::encode(&n) }),
        1 => "\\PC{0,40}".prop_map(move |frame| Command::Relayed { call, frame }),
        4 => ask().prop_map(|ask| Command::Talk { ask }),
    ]
}
