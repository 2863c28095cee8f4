//! Links: TLS connections with a WebSocket inside, one JSON text message a [`Frame`].

mod accept;
mod dial;
mod socket;

use std::net::SocketAddr;
use std::time::Duration;

use dogeller_core::link::Dialler;
use dogeller_core::wire::MESSAGE_BYTES;
use dogeller_core::wire::peer::{Farewell, Frame};
use dogeller_core::{LinkId, PeerId};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub(crate) use accept::{Acceptor, Seat, listen, listen_inside};
pub(crate) use dial::dial;
pub(crate) use socket::run;

/// What a dialler asks for in the WebSocket's handshake.
pub(crate) const LINK_PATH: &str = "/link";
/// How long TLS and the WebSocket's own handshake may take together.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(5);
/// Frames waiting to be sent on one link. A peer that reads none of so many is gone or hostile.
pub(crate) const FRAMES_WAITING: usize = 256;

/// What a link's task is told.
#[derive(Debug)]
pub(crate) enum Order {
    /// Send this.
    Send(Frame),
    /// Say why, and close.
    Close(Option<Farewell>),
}

/// A connection whose both keys are proven, not yet known to the core.
pub(crate) struct Fresh {
    pub(crate) peer: PeerId,
    pub(crate) dialler: Dialler,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) socket: socket::Socket,
    /// Counts this link among those from its address, until it is dropped.
    pub(crate) seat: Option<accept::Seat>,
}

/// The node's end of a link's task.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) orders: mpsc::Sender<Order>,
    pub(crate) id: LinkId,
}

fn websocket() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES))
        .read_buffer_size(16 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * MESSAGE_BYTES)
}

/// An IPv4 address that came in through an IPv6 socket is an IPv4 address.
fn plain(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(_) => address,
        SocketAddr::V6(v6) => match v6.ip().to_ipv4_mapped() {
            Some(v4) => SocketAddr::new(v4.into(), v6.port()),
            None => address,
        },
    }
}
