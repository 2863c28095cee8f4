//! The echo contact: a second node in this process, which sends back what it is sent. It is a peer like any other to
//! the call machine and on its link, and nobody to the network: what is decided about networks, visibility, budgets and
//! hints does not touch it, and nobody else hears of it.

use std::net::SocketAddr;

use super::{Action, Node};
use crate::candidate::FarEnd;
use crate::id::PeerId;
use crate::roster::{ECHO_NAME, Kind};
use crate::text::Name;
use crate::time::Time;

impl Node {
    /// From now on the echo contact is dialled whenever there is no link to it.
    pub(super) fn adopt_echo(&mut self, peer: PeerId, address: SocketAddr, now: Time, out: &mut Vec<Action>) {
        if peer == self.me || !address.ip().is_loopback() {
            return;
        }
        let name = Name::nearest(ECHO_NAME).unwrap_or_default();
        self.roster.adopt(peer, Kind::Echo, name, Some(address));
        self.try_dial(peer, now, out);
    }

    /// From now on this node is somebody's echo contact. It waits to be dialled.
    pub(super) fn serve_owner(&mut self, peer: PeerId) {
        if peer != self.me {
            self.roster.adopt(peer, Kind::Owner, Name::default(), None);
        }
    }

    /// Where the other side of a call is.
    pub(super) fn far_end(&self, peer: PeerId) -> FarEnd {
        if self.roster.is_inside(peer) {
            return FarEnd::Inside;
        }
        FarEnd::Network { link: self.link_of(peer).map(|link| (link.local, link.remote)) }
    }
}
