//! The echo contact over real sockets on loopback. Both nodes here are started as echo contacts, the owner of nobody's:
//! so neither announces itself on the network of whoever runs this.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dogeller_core::PeerId;
use dogeller_core::wire::peer::{EndReason, Media};
use dogeller_core::wire::ui::{CallView, Command, Notice, PageCaps, PeerKind, PeerView, Phase, Presence};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Node, Page};
use crate::folder::DataFolder;
use crate::identity::Identity;
use crate::links;
use crate::networks;
use crate::tls::Tls;

const SOON: Duration = Duration::from_secs(10);

async fn start(owner: PeerId) -> (Node, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(Some(dir.path().to_owned())).unwrap();
    (Node::start_echo(folder, owner).await.unwrap(), dir)
}

async fn page(node: &Node) -> Page {
    node.attach(PageCaps::seen(true)).await.unwrap()
}

fn inside(node: &Node) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, node.port()).into()
}

/// The first notice that is what is waited for.
async fn wait<T>(page: &mut Page, wanted: impl Fn(Notice) -> Option<T>) -> T {
    let seen = async {
        loop {
            let notice = page.next().await.unwrap();
            if let Some(found) = wanted(notice) {
                return found;
            }
        }
    };
    timeout(SOON, seen).await.unwrap()
}

async fn wait_peer(page: &mut Page, presence: Presence) -> PeerView {
    wait(page, |notice| {
        if let Notice::Peer { peer } = notice
            && peer.presence == presence
        {
            Some(peer)
        } else {
            None
        }
    })
    .await
}

async fn wait_call(page: &mut Page, wanted: impl Fn(Phase) -> bool) -> CallView {
    wait(page, |notice| {
        if let Notice::Call { call: Some(call) } = notice
            && wanted(call.phase)
        {
            Some(call)
        } else {
            None
        }
    })
    .await
}

/// A link to a node, as somebody with a key of their own.
async fn link_as(identity: Arc<Identity>, node: &Node) -> Option<links::Fresh> {
    let config = Tls::new(identity).client(Some(node.peer_id())).unwrap();
    links::dial(Some(node.peer_id()), vec![inside(node)], config.into()).await.ok()
}

#[tokio::test]
async fn an_echo_contact_takes_links_of_its_owner_alone_and_on_loopback_alone() {
    let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (owner, stranger) = (Identity::open(own.path()).unwrap(), Identity::open(other.path()).unwrap());
    let (echo, _dir) = start(owner.peer).await;
    let mut shown = page(&echo).await;
    assert!(link_as(stranger.clone(), &echo).await.is_none());
    let _link = link_as(owner, &echo).await.unwrap();
    assert!(link_as(stranger, &echo).await.is_none());
    for network in networks::look().iter().filter(|network| network.address.is_ipv4()) {
        assert!(TcpStream::connect((network.address, echo.port())).await.is_err(), "{network:?}");
    }
    let peers =
        wait(&mut shown, |notice| if let Notice::Snapshot { snapshot } = notice { Some(snapshot.peers) } else { None });
    assert!(peers.await.is_empty());
    timeout(SOON, echo.shutdown()).await.unwrap();
}

#[tokio::test]
async fn an_adopted_echo_contact_is_shown_called_and_gone_with_its_page() {
    let (owner, _dir) = start(PeerId::from_bytes([7; 32])).await;
    let (echo, echo_dir) = start(owner.peer_id()).await;
    let (mut person, mut answering) = (page(&owner).await, page(&echo).await);
    let mut observed = owner.observe().await.unwrap();
    owner.adopt_echo(echo.peer_id(), inside(&echo)).await.unwrap();

    let contact = wait_peer(&mut person, Presence::Available).await;
    assert_eq!((contact.kind, contact.name.as_str()), (PeerKind::Echo, "Echo test"));
    person.send(Command::Call { peer: contact.peer, media: Media::Video }).await.unwrap();
    let rings = wait_call(&mut answering, |phase| phase == Phase::Incoming).await;
    assert_eq!(rings.with.peer, owner.peer_id());
    answering.send(Command::Accept { call: rings.call, media: Media::Video }).await.unwrap();
    wait_call(&mut person, |phase| phase == Phase::Connecting).await;
    person.send(Command::HangUp { call: rings.call }).await.unwrap();
    let over = Phase::Ended { reason: EndReason::HungUp };
    wait_call(&mut answering, |phase| phase == over).await;
    wait_peer(&mut person, Presence::Available).await;

    timeout(SOON, echo.shutdown()).await.unwrap();
    let gone = wait(&mut person, |notice| if let Notice::PeerGone { peer } = notice { Some(peer) } else { None });
    assert_eq!(gone.await, contact.peer);
    timeout(SOON, owner.shutdown()).await.unwrap();
    assert!(observed.recv().await.is_none(), "nobody came");
    let kept = crate::store::Store::open(echo_dir.path())
        .unwrap()
        .load(1, dogeller_core::OutboxId::from_bytes([0; 16]))
        .unwrap();
    assert!(kept.contacts.is_empty() && kept.name.is_none() && kept.port.is_none(), "{kept:?}");
}

#[tokio::test]
async fn a_new_echo_contact_of_the_same_key_is_found_at_its_new_port() {
    let (owner, _dir) = start(PeerId::from_bytes([7; 32])).await;
    let mut person = page(&owner).await;
    let (first, echo_dir) = start(owner.peer_id()).await;
    owner.adopt_echo(first.peer_id(), inside(&first)).await.unwrap();
    let answering = page(&first).await;
    let before = wait_peer(&mut person, Presence::Available).await;
    drop(answering);
    timeout(SOON, first.shutdown()).await.unwrap();
    drop(first);

    let folder = DataFolder::open(Some(echo_dir.path().to_owned())).unwrap();
    let again = Node::start_echo(folder, owner.peer_id()).await.unwrap();
    let _answering = page(&again).await;
    owner.adopt_echo(again.peer_id(), inside(&again)).await.unwrap();
    assert_eq!(wait_peer(&mut person, Presence::Available).await.peer, before.peer);
    timeout(SOON, again.shutdown()).await.unwrap();
    timeout(SOON, owner.shutdown()).await.unwrap();
}
