//! Telling linked peers whom else there is, for those whom multicast does not reach.

use super::{Action, Node};
use crate::id::{LinkId, PeerId};
use crate::link::Link;
use crate::wire::peer::{Frame, PEERS_NAMED, PeerHint};

impl Node {
    /// Peers linked now that are on the network of this link, for the other end to find. The echo contact is on none.
    pub(super) fn hints_for(&self, link: &Link) -> Vec<PeerHint> {
        if self.roster.is_inside(link.peer) {
            return Vec::new();
        }
        let near = |ip| self.networks.iter().any(|n| n.holds(link.local.ip()) && n.holds(ip));
        self.roster
            .linked()
            .filter(|(peer, person, _)| *peer != link.peer && !person.kind.is_inside())
            .filter_map(|(peer, person, id)| {
                let remote = self.links.get(&id)?.remote;
                let address = std::net::SocketAddr::new(remote.ip(), person.port?);
                near(remote.ip()).then(|| PeerHint { peer, addresses: vec![address] })
            })
            .take(PEERS_NAMED)
            .collect()
    }

    /// Tells somebody whom multicast does not reach of those who came while the two were still saying hello.
    pub(super) fn make_up(&self, id: LinkId, peer: PeerId, out: &mut Vec<Action>) {
        let deaf = self.roster.get(peer).is_some_and(|person| !person.announced);
        let Some(link) = self.links.get(&id).filter(|link| deaf && link.met_before != self.met) else {
            return;
        };
        let peers = self.hints_for(link);
        out.push(Action::Send { link: id, frame: Frame::Peers { peers } });
    }

    /// Tells those whom multicast does not seem to reach about somebody new.
    pub(super) fn pass_on(&self, newcomer: PeerId, out: &mut Vec<Action>) {
        for (peer, person, id) in self.roster.linked() {
            if peer == newcomer || person.announced {
                continue;
            }
            let Some(link) = self.links.get(&id) else {
                continue;
            };
            let peers: Vec<_> = self.hints_for(link).into_iter().filter(|hint| hint.peer == newcomer).collect();
            if !peers.is_empty() {
                out.push(Action::Send { link: id, frame: Frame::Peers { peers } });
            }
        }
    }
}
