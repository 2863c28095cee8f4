//! The echo contact is a peer like any other in a call, and nobody to everybody else.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use dogeller_core::candidate::Network;
use dogeller_core::link::Dialler;
use dogeller_core::node::{Action, Dial, Event, LINKS_KEPT, LINKS_TAKEN, Node, Setup};
use dogeller_core::text::CandidateLine;
use dogeller_core::wire::peer::{Candidate, Farewell, Frame, Media, PeerHint, Signal, Status};
use dogeller_core::wire::talk::Retention;
use dogeller_core::wire::ui::{Command, EngineOrder, FailureCode, Notice, PageCaps, PeerKind, Phase, Presence};
use dogeller_core::{Attempt, CallId, LinkId, Name, OutboxId, PageId, Time};

use crate::support::scripted::{Scripted, address, boot, hello, peer, sent, signals};

const ECHO: u8 = 150;
const LINK: u64 = 900;

fn at() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 4100).into()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// Where the echo contact was dialled.
fn dialled(actions: &[Action]) -> Vec<SocketAddr> {
    let to_echo = actions.iter().filter_map(|action| {
        let Action::Dial { dial, addresses } = action else { return None };
        (*dial == Dial::Peer(peer(ECHO))).then(|| addresses.clone())
    });
    to_echo.flatten().collect()
}

fn adopted() -> (Scripted, Vec<Action>) {
    let mut me = Scripted::new();
    let actions = me.give(Event::Echo { peer: peer(ECHO), address: at() });
    (me, actions)
}

fn link_echo(me: &mut Scripted, link: u64) -> Vec<Action> {
    let local = (Ipv4Addr::LOCALHOST, 50_000).into();
    let (link, dialler) = (LinkId(link), Dialler::Me);
    let mut actions = me.give(Event::LinkUp { link, peer: peer(ECHO), dialler, local, remote: at() });
    let mut says = hello(boot(1));
    says.name = name("Echo test");
    actions.extend(me.give(Event::Frame { link, frame: Frame::Hello(Box::new(says)) }));
    actions
}

/// With the echo contact linked.
fn ready() -> Scripted {
    let (mut me, _) = adopted();
    link_echo(&mut me, LINK);
    me
}

fn kinds_told(actions: &[Action]) -> Vec<(PeerKind, Presence)> {
    let told = actions.iter().filter_map(|action| {
        let Action::Notify(_, Notice::Peer { peer }) = action else { return None };
        Some((peer.kind, peer.presence))
    });
    told.collect()
}

fn is_gone(actions: &[Action]) -> bool {
    actions.iter().any(|a| matches!(a, Action::Notify(_, Notice::PeerGone { peer: gone }) if *gone == peer(ECHO)))
}

fn call_echo(me: &mut Scripted) -> CallId {
    let actions = me.click(1, Command::Call { peer: peer(ECHO), media: Media::Video });
    signals(&actions).iter().find_map(|s| matches!(s, Signal::Invite { .. }).then(|| s.call())).unwrap()
}

#[test]
fn it_is_dialled_on_loopback_and_again_whenever_its_link_is_gone() {
    let (mut me, actions) = adopted();
    assert_eq!(dialled(&actions), [at()]);
    for _ in 0..20 {
        me.give(Event::DialFailed { dial: Dial::Peer(peer(ECHO)), refused: true });
        assert_eq!(dialled(&me.pass(Duration::from_millis(4100))), [at()]);
    }
    link_echo(&mut me, LINK);
    me.pass(Duration::from_secs(1));
    assert!(dialled(&me.pass(Duration::from_secs(1))).is_empty());
    let lost = me.give(Event::LinkClosed { link: LinkId(LINK) });
    assert!(!lost.contains(&Action::Verify(peer(ECHO))), "mDNS knows nothing of it");
    assert_eq!(dialled(&lost), [at()]);
    link_echo(&mut me, LINK + 1);
    me.frame(LINK + 1, Frame::Goodbye { reason: Farewell::Leaving });
    assert_eq!(dialled(&me.pass(Duration::from_millis(4100))), [at()]);
}

#[test]
fn it_needs_no_network_and_stays_while_this_node_hides() {
    let mut me = Scripted::new();
    me.page(1, true);
    me.give(Event::Networks { networks: Vec::new() });
    me.click(1, Command::SetVisible { visible: false });
    let actions = me.give(Event::Echo { peer: peer(ECHO), address: at() });
    assert_eq!(dialled(&actions), [at()]);
    let taken = link_echo(&mut me, LINK);
    assert!(sent(&taken).any(|frame| matches!(frame, Frame::Hello(_))), "{taken:?}");
    me.click(1, Command::SetVisible { visible: true });
    let call = call_echo(&mut me);
    let hides = me.click(1, Command::SetVisible { visible: false });
    assert!(!hides.iter().any(|action| matches!(action, Action::Close { .. })));
    assert_eq!(me.node.line().call().map(|call| call.id), Some(call));
    me.give(Event::LinkClosed { link: LinkId(LINK) });
    me.give(Event::DialFailed { dial: Dial::Peer(peer(ECHO)), refused: false });
    assert_eq!(dialled(&me.pass(Duration::from_secs(5))), [at()]);
}

#[test]
fn pages_show_it_while_it_can_answer_and_observers_never() {
    let (mut me, _) = adopted();
    me.page(1, true);
    let mut all = link_echo(&mut me, LINK);
    assert_eq!(kinds_told(&all), [(PeerKind::Echo, Presence::Available)]);
    let snapshot = me.node.snapshot(PageId(1), me.now);
    assert_eq!(snapshot.peers.iter().map(|peer| peer.kind).collect::<Vec<_>>(), [PeerKind::Echo]);
    assert!(me.node.people().is_empty());

    let says = |status| Frame::Presence { name: name("Echo test"), status };
    let busy = me.frame(LINK, says(Status::InCall));
    assert_eq!(kinds_told(&busy), [(PeerKind::Echo, Presence::InCall)]);
    let away = me.frame(LINK, says(Status::Away));
    assert!(is_gone(&away));
    let back = me.frame(LINK, says(Status::Available));
    assert_eq!(kinds_told(&back), [(PeerKind::Echo, Presence::Available)]);
    me.give(Event::LinkClosed { link: LinkId(LINK) });
    let lost = me.pass(Duration::from_secs(1));
    assert!(is_gone(&lost));
    all.extend([busy, away, back, lost].concat());
    assert!(!all.iter().any(|action| matches!(action, Action::Observed(_))));
}

#[test]
fn nobody_is_told_of_it_and_it_is_told_of_nobody() {
    let (mut me, _) = adopted();
    // A network that holds every address, as some VPNs claim.
    let network = Network { address: [10, 0, 0, 100].into(), prefix: 0, card: None };
    me.give(Event::Networks { networks: vec![network] });
    me.linked(1, 1);
    let mut told = link_echo(&mut me, LINK);
    told.extend(me.link_up(2, 2, Dialler::Them));
    told.extend(me.frame(2, Frame::Hello(Box::new(hello(boot(1))))));
    told.extend(me.pass(Duration::from_secs(3)));
    for action in &told {
        let Action::Send { link, frame } = action else { continue };
        let mut hints = Vec::new();
        if let Frame::Hello(hello) = frame {
            hints.extend(hello.peers.iter().map(|hint| hint.peer));
        }
        if let Frame::Peers { peers } = frame {
            hints.extend(peers.iter().map(|hint| hint.peer));
        }
        assert!(!hints.contains(&peer(ECHO)), "{action:?}");
        assert!(link.0 != LINK || hints.is_empty(), "{action:?}");
    }
    let named = PeerHint { peer: peer(3), addresses: vec![address(3)] };
    let actions = me.frame(LINK, Frame::Peers { peers: vec![named] });
    assert!(actions.is_empty(), "{actions:?}");
}

#[test]
fn what_the_network_says_of_it_leads_nowhere() {
    let (mut me, _) = adopted();
    me.linked(1, 1);
    me.give(Event::DialFailed { dial: Dial::Peer(peer(ECHO)), refused: true });
    let addresses = vec![address(9)];
    let (found, status) = (peer(ECHO), Status::Available);
    me.give(Event::Found { peer: found, name: name("Echo test"), status, addresses: addresses.clone() });
    me.frame(1, Frame::Peers { peers: vec![PeerHint { peer: found, addresses }] });
    me.give(Event::Vanished { peer: found });
    assert_eq!(dialled(&me.pass(Duration::from_secs(5))), [at()]);
    // With its key, from somewhere else.
    let actions = me.link_up(2, ECHO, Dialler::Them);
    assert_eq!(actions, [Action::Close { link: LinkId(2), farewell: Some(Farewell::Protocol) }]);
}

#[test]
fn it_is_neither_remembered_nor_verified_nor_taken_for_somebody() {
    let mut me = ready();
    me.page(1, true);
    me.link_up(1, 1, Dialler::Them);
    let mut says = hello(boot(1));
    says.name = name("Echo test");
    me.frame(1, Frame::Hello(Box::new(says)));
    me.click(1, Command::Verify { peer: peer(1), verified: true });
    let views = me.node.snapshot(PageId(1), me.now).peers;
    assert!(views.iter().all(|view| view.not_the_verified.is_none()), "{views:?}");

    let refused = me.click(1, Command::Verify { peer: peer(ECHO), verified: true });
    assert_eq!(refused, [Action::Notify(PageId(1), Notice::Refused { code: FailureCode::NotHere })]);
    let call = call_echo(&mut me);
    assert_eq!(me.node.status(), Status::InCall);
    let accepted = me.says(LINK, ECHO, Signal::Accept { call, media: Media::Video });
    assert_eq!(me.node.snapshot(PageId(1), me.now).call.map(|call| call.phase), Some(Phase::Connecting));
    assert!(!accepted.iter().any(|action| matches!(action, Action::Keep(_))), "{accepted:?}");
}

#[test]
fn it_takes_nobodys_place() {
    let mut me = ready();
    for n in 1..LINKS_KEPT as u64 {
        me.link_somebody(n);
    }
    let addresses = vec![address(99)];
    let last = me.give(Event::Found { peer: peer(99), name: name("Last"), status: Status::Away, addresses });
    assert!(last.iter().any(|action| matches!(action, Action::Dial { .. })), "{last:?}");
}

#[test]
fn a_crowd_takes_not_its_place() {
    let (mut me, _) = adopted();
    for n in 1..=LINKS_TAKEN as u64 + 20 {
        me.link_somebody(n);
    }
    let taken = link_echo(&mut me, LINK);
    assert!(!taken.iter().any(|action| matches!(action, Action::Close { .. })), "{taken:?}");
    assert!(me.node.roster().get(peer(ECHO)).unwrap().is_here());
}

fn candidate(address: &str) -> Candidate {
    let line = CandidateLine::new(format!("candidate:1 1 udp 2122 {address} 50000 typ host")).unwrap();
    Candidate { line, index: 0 }
}

/// Which of a page's candidates leave while it rings with somebody, and which of theirs reach the page.
fn exchanged(me: &mut Scripted, link: u64, who: u8, addresses: &[&str]) -> (Vec<String>, Vec<String>) {
    let actions = me.click(1, Command::Call { peer: peer(who), media: Media::Video });
    let call = signals(&actions).iter().map(Signal::call).next().unwrap();
    me.says(link, who, Signal::Ringing { call });
    let attempt = Attempt::FIRST;
    let (mut told, mut heard) = (Vec::new(), Vec::new());
    for address in addresses {
        let candidate = candidate(address);
        let leaves = me.click(1, Command::Candidate { call, attempt, candidate: candidate.clone() });
        let lines = signals(&leaves).into_iter().filter_map(|signal| {
            let Signal::Candidate { candidate, .. } = signal else { return None };
            candidate.line.as_str().split(' ').nth(4).map(str::to_owned)
        });
        told.extend(lines);
        let comes = me.says(link, who, Signal::Candidate { call, attempt, candidate });
        let reaches =
            |a: &Action| matches!(a, Action::Notify(_, Notice::Engine { order: EngineOrder::Candidate { .. } }));
        heard.extend(comes.iter().any(reaches).then(|| (*address).to_owned()));
    }
    me.click(1, Command::HangUp { call });
    (told, heard)
}

#[test]
fn candidates_of_this_machine_are_for_it_alone() {
    let mut me = ready();
    me.page(1, true);
    let own = ["127.0.0.1", "10.0.0.100", "a-b.local"];
    let (told, heard) = exchanged(&mut me, LINK, ECHO, &own);
    assert_eq!(told, ["127.0.0.1", "10.0.0.100", "a-b.local", "10.0.0.100", "127.0.0.1"]);
    assert_eq!(heard, own);
    let (_, heard) = exchanged(&mut me, LINK, ECHO, &["10.0.0.7", "8.8.8.8"]);
    assert!(heard.is_empty(), "{heard:?}");

    // Somebody else on this machine, who typed its address.
    let (link, local) = (LinkId(1), (Ipv4Addr::LOCALHOST, 1).into());
    let remote = (Ipv4Addr::LOCALHOST, 2).into();
    me.give(Event::LinkUp { link, peer: peer(1), dialler: Dialler::Them, local, remote });
    me.frame(1, Frame::Hello(Box::new(hello(boot(1)))));
    let (told, heard) = exchanged(&mut me, 1, 1, &["127.0.0.1", "a-b.local"]);
    assert_eq!((told, heard), (vec!["a-b.local".to_owned()], vec!["a-b.local".to_owned()]));
}

#[test]
fn without_a_network_loopback_is_left() {
    let mut me = ready();
    me.page(1, true);
    me.give(Event::Networks { networks: Vec::new() });
    let (told, heard) = exchanged(&mut me, LINK, ECHO, &["a-b.local", "127.0.0.1"]);
    assert_eq!(told, ["a-b.local", "127.0.0.1", "127.0.0.1"]);
    assert_eq!(heard, ["a-b.local", "127.0.0.1"]);
}

#[test]
fn an_ordinary_peer_at_loopback_is_still_not_dialled() {
    let (mut me, _) = adopted();
    me.linked(1, 1);
    let found = Event::Found { peer: peer(2), name: name("x"), status: Status::Available, addresses: vec![at()] };
    let hint = PeerHint { peer: peer(3), addresses: vec![at()] };
    let actions = [me.give(found), me.frame(1, Frame::Peers { peers: vec![hint] })].concat();
    assert!(!actions.iter().any(|action| matches!(action, Action::Dial { .. })), "{actions:?}");
}

#[test]
fn an_echo_contact_somewhere_else_is_none() {
    let mut me = Scripted::new();
    assert!(me.give(Event::Echo { peer: peer(ECHO), address: address(9) }).is_empty());
    assert!(me.node.roster().get(peer(ECHO)).is_none());
}

/// The echo contact itself and its owner, by a link without delay.
struct InOne {
    owner: Scripted,
    echo: Node,
}

impl InOne {
    fn new() -> Self {
        let mut owner = Scripted::new();
        owner.page(1, true);
        let mut echo = Node::new(Setup {
            me: peer(ECHO),
            boot: boot(3),
            seed: [6; 32],
            name: name("Echo test"),
            first_start: false,
            hidden_on: BTreeSet::new(),
            contacts: Vec::new(),
            port: 4100,
            outbox: OutboxId::from_bytes([101; 16]),
            mail: Vec::new(),
            receipts: true,
            retention: Retention::default(),
            takes_files: false,
            transfers: Vec::new(),
        });
        let caps = PageCaps::seen(true);
        echo.handle(Event::Owner { peer: peer(100) }, Time::default());
        echo.handle(Event::PageAttached { page: PageId(1), caps }, Time::default());
        owner.give(Event::Echo { peer: peer(ECHO), address: at() });
        let mut this = Self { owner, echo };
        let (link, there) = (LinkId(1), (Ipv4Addr::LOCALHOST, 50_000).into());
        let up = |peer, dialler, local, remote| Event::LinkUp { link, peer, dialler, local, remote };
        let from_owner = this.owner.give(up(peer(ECHO), Dialler::Me, there, at()));
        let from_echo = this.echo.handle(up(peer(100), Dialler::Them, at(), there), this.owner.now);
        this.carry(from_owner, from_echo);
        this
    }

    /// Carries frames until none is left; gives what pages were told at the echo contact.
    fn carry(&mut self, mut from_owner: Vec<Action>, mut from_echo: Vec<Action>) -> Vec<Notice> {
        let mut notices = Vec::new();
        while !(from_owner.is_empty() && from_echo.is_empty()) {
            let (to_echo, to_owner): (Vec<Frame>, Vec<Frame>) =
                (sent(&from_owner).cloned().collect(), sent(&from_echo).cloned().collect());
            notices.extend(from_echo.into_iter().filter_map(|action| {
                let Action::Notify(_, notice) = action else { return None };
                Some(notice)
            }));
            let (link, now) = (LinkId(1), self.owner.now);
            from_echo =
                to_echo.into_iter().flat_map(|frame| self.echo.handle(Event::Frame { link, frame }, now)).collect();
            from_owner = to_owner.into_iter().flat_map(|frame| self.owner.give(Event::Frame { link, frame })).collect();
        }
        notices
    }
}

#[test]
fn it_takes_its_owners_link_on_no_network_and_is_called() {
    let mut both = InOne::new();
    assert!(both.owner.node.roster().get(peer(ECHO)).unwrap().is_here());
    let invited = both.owner.click(1, Command::Call { peer: peer(ECHO), media: Media::Video });
    let notices = both.carry(invited, Vec::new());
    let call = notices.iter().find_map(|notice| {
        let Notice::Call { call: Some(view) } = notice else { return None };
        (view.phase == Phase::Incoming).then(|| view.clone())
    });
    let call = call.unwrap();
    assert_eq!((call.with.peer, call.with.kind), (peer(100), PeerKind::Person));
    let command = Command::Accept { call: call.call, media: Media::Video };
    let accepted = both.echo.handle(Event::Command { page: PageId(1), command }, both.owner.now);
    assert!(!accepted.iter().any(|action| matches!(action, Action::Keep(_))));
    both.carry(Vec::new(), accepted);
    assert!(both.owner.node.line().call().unwrap().stage.consented());
    assert!(both.echo.line().call().unwrap().stage.consented());
}

#[test]
fn it_takes_nobody_elses_link() {
    let mut both = InOne::new();
    let network = Network { address: [10, 0, 0, 100].into(), prefix: 24, card: None };
    both.echo.handle(Event::Networks { networks: vec![network] }, Time::default());
    let (link, peer) = (LinkId(2), peer(1));
    let (local, remote) = (at(), (Ipv4Addr::LOCALHOST, 3).into());
    let actions =
        both.echo.handle(Event::LinkUp { link, peer, dialler: Dialler::Them, local, remote }, Time::default());
    assert_eq!(actions, [Action::Close { link, farewell: Some(Farewell::Protocol) }]);
}
