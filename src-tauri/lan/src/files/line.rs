//! Dialling for a transfer, the first words of both ends, and the blocking half of a connection.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dogeller_core::PeerId;
use dogeller_core::transfer::{Carried, Key, NotNow};
use dogeller_files::frame::{self, End, Opening};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::{TlsConnector, server};

use super::Job;
use super::carry::{Ended, carry};
use crate::links::{HANDSHAKE, Seat};

/// The protocol of these connections, as it is named in TLS's handshake (RFC 7301). Links name none.
pub(crate) const FILES: &[u8] = b"dogeller-files/1";
/// How long a host on the same network may take to answer at all.
const CONNECT: Duration = Duration::from_secs(3);
/// How long the other end's core may take to say whether it goes on.
const VERDICT: Duration = Duration::from_secs(10);
/// How long nothing may come, or leave: a machine that sleeps is not waited for, it comes back.
const SILENCE: Duration = Duration::from_secs(30);
/// Files give way to calls in routers and radios that look at this: class selector 1 (RFC 8325, section 4).
const BULK: u32 = 0x20;

/// Somebody dialled for a transfer: the key is proven, and it is known which transfer it is.
pub(crate) struct Knock {
    pub(crate) key: Key,
    stream: server::TlsStream<TcpStream>,
    /// Counts this connection among those from its address, until it is dropped.
    pub(crate) seat: Option<Seat>,
}

impl Knock {
    /// Hears which transfer somebody dialled for.
    pub(crate) async fn hear(peer: PeerId, mut stream: server::TlsStream<TcpStream>) -> io::Result<Self> {
        let mut opening = [0; Opening::BYTES];
        stream.read_exact(&mut opening).await?;
        let Opening { message, dialler } = Opening::read(&opening).ok_or(io::ErrorKind::InvalidData)?;
        // Whoever takes, takes what this node's person offered.
        Ok(Self { key: Key { peer, message, mine: dialler == End::Taker }, stream, seat: None })
    }
}

/// Dials, asks, and carries.
pub(super) async fn dial(job: Job, address: SocketAddr, config: Arc<ClientConfig>) -> Ended {
    match ask(&job, address, config).await {
        Ok(Ok((socket, connection))) => run(job, socket, |socket| StreamOwned::new(connection, socket)).await,
        Ok(Err(why)) => Carried::Refused(why).into(),
        Err(error) => {
            tracing::debug!(%address, %error, "no connection for files");
            Carried::Lost.into()
        }
    }
}

type Asked = Result<(TcpStream, ClientConnection), NotNow>;

async fn ask(job: &Job, address: SocketAddr, config: Arc<ClientConfig>) -> io::Result<Asked> {
    let stream = timeout(CONNECT, TcpStream::connect(address)).await??;
    // The name is never sent and never checked; rustls wants one.
    let name = ServerName::try_from("dogeller").map_err(io::Error::other)?;
    let mut stream = timeout(HANDSHAKE, TlsConnector::from(config).connect(name, stream)).await??;
    let dialler = if job.key.mine { End::Giver } else { End::Taker };
    stream.write_all(&Opening { message: job.key.message, dialler }.bytes()).await?;
    stream.flush().await?;
    let verdict = timeout(VERDICT, stream.read_u8()).await??;
    Ok(frame::verdict(verdict).map(|()| stream.into_inner()))
}

/// Lets in, and carries.
pub(super) async fn admit(job: Job, knock: Knock) -> Ended {
    let Knock { mut stream, seat, .. } = knock;
    let said = async {
        stream.write_u8(frame::answer(Ok(()))).await?;
        stream.flush().await
    };
    let ended = match timeout(HANDSHAKE, said).await {
        Ok(Ok(())) => {
            let (socket, connection) = stream.into_inner();
            run(job, socket, |socket| StreamOwned::new(connection, socket)).await
        }
        Ok(Err(_)) | Err(_) => Carried::Lost.into(),
    };
    drop(seat);
    ended
}

/// Says why not.
pub(super) async fn refuse(knock: Knock, why: NotNow) {
    let Knock { mut stream, seat, .. } = knock;
    let said = async {
        stream.write_u8(frame::answer(Err(why))).await?;
        stream.shutdown().await
    };
    // Whoever is gone needs no reason.
    let _gone = timeout(HANDSHAKE, said).await;
    drop(seat);
}

/// Carries on a thread of its own.
async fn run<L: Read + Write>(
    job: Job,
    socket: TcpStream,
    line: impl FnOnce(std::net::TcpStream) -> L + Send + 'static,
) -> Ended {
    match blocking(&job, socket) {
        Ok(socket) => {
            let done = tokio::task::spawn_blocking(move || carry(&job, &mut line(socket))).await;
            done.unwrap_or_else(|_| Carried::Lost.into())
        }
        Err(error) => {
            tracing::warn!(%error, "a socket cannot be used for files");
            Carried::Lost.into()
        }
    }
}

fn blocking(job: &Job, socket: TcpStream) -> io::Result<std::net::TcpStream> {
    let socket = socket.into_std()?;
    socket.set_nonblocking(false)?;
    socket.set_read_timeout(Some(SILENCE))?;
    socket.set_write_timeout(Some(SILENCE))?;
    socket.set_nodelay(true)?;
    // Where the system does not let us, files are only slower to give way.
    let _not_here = SockRef::from(&socket).set_tos_v4(BULK);
    job.halter.holds(&socket)?;
    Ok(socket)
}
