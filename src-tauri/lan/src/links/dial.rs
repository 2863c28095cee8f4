//! Links that go out: all known addresses are tried, each a moment after the one before (RFC 8305 in small), and the
//! first that proves the right key is the link.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dogeller_core::PeerId;
use dogeller_core::link::Dialler;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::client_async_with_config;

use super::{Fresh, HANDSHAKE, LINK_PATH, plain, websocket};
use crate::identity::peer_id;

/// The head start of an address before the next.
const HEAD_START: Duration = Duration::from_millis(200);
/// How long a host on the same network may take to answer at all.
const CONNECT: Duration = Duration::from_secs(3);

/// No link came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoLink {
    /// Every address refused: nothing listens there.
    pub(crate) refused: bool,
}

/// Dials.
pub(crate) async fn dial(
    expected: Option<PeerId>,
    addresses: Vec<SocketAddr>,
    config: Arc<ClientConfig>,
) -> Result<Fresh, NoLink> {
    let mut tries = JoinSet::new();
    for (n, address) in addresses.into_iter().enumerate() {
        let connector = TlsConnector::from(config.clone());
        tries.spawn(async move {
            sleep(HEAD_START * u32::try_from(n).unwrap_or(u32::MAX)).await;
            (address, dial_one(address, connector).await)
        });
    }
    let mut refused = true;
    while let Some(tried) = tries.join_next().await {
        match tried {
            Ok((_, Ok(fresh))) => return Ok(fresh),
            Ok((address, Err(error))) => {
                // A process that was killed resets what came to its listener a moment before.
                let gone = [io::ErrorKind::ConnectionRefused, io::ErrorKind::ConnectionReset];
                refused &= gone.contains(&error.kind());
                // A wrong key is worth a line: somebody else answers in a known name.
                if error.kind() == io::ErrorKind::InvalidData {
                    tracing::warn!(%address, ?expected, %error, "what answered did not prove the key expected");
                } else {
                    tracing::debug!(%address, %error, "no link");
                }
            }
            Err(_) => refused = false,
        }
    }
    Err(NoLink { refused })
}

async fn dial_one(address: SocketAddr, connector: TlsConnector) -> io::Result<Fresh> {
    let stream = timeout(CONNECT, TcpStream::connect(address)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    timeout(HANDSHAKE, handshake(stream, address, connector)).await.map_err(|_| io::ErrorKind::TimedOut)?
}

async fn handshake(stream: TcpStream, remote: SocketAddr, connector: TlsConnector) -> io::Result<Fresh> {
    stream.set_nodelay(true)?;
    let local = plain(stream.local_addr()?);
    // The name is never sent and never checked; rustls wants one.
    let name = ServerName::try_from("dogeller").map_err(io::Error::other)?;
    let stream = connector.connect(name, stream).await?;
    let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let certificate = certificates.first().ok_or_else(|| io::Error::other("no certificate"))?;
    let peer = peer_id(certificate).map_err(io::Error::other)?;
    let (socket, _response) =
        client_async_with_config(format!("ws://dogeller{LINK_PATH}"), stream.into(), Some(websocket()))
            .await
            .map_err(io::Error::other)?;
    Ok(Fresh { peer, dialler: Dialler::Me, local, remote, socket, seat: None })
}
