//! A TLS connection that believes everything it is shown.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{
    ClientConfig, ClientConnection, Connection, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    ServerConnection, SignatureScheme,
};

use super::Identity;
use crate::lab::Host;

/// How long a handshake may take before a test calls it stuck.
const PATIENCE: Duration = Duration::from_secs(10);

/// A TLS connection. Reads and writes application bytes; a read that takes longer than the time set is `WouldBlock`.
#[derive(Debug)]
pub struct Channel {
    connection: Connection,
    tcp: TcpStream,
}

impl Channel {
    /// Dials from a host and shakes hands.
    pub fn dial(host: &Host, to: impl ToSocketAddrs, identity: &Identity) -> io::Result<Self> {
        let to = to.to_socket_addrs()?.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
        Self::client(host.connect(to)?, identity)
    }

    /// Shakes hands as the dialler.
    pub fn client(tcp: TcpStream, identity: &Identity) -> io::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13])
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Gullible(provider)))
            .with_client_cert_resolver(Arc::new(Shown(identity.shown())));
        let name = ServerName::try_from("dogeller").map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        Self::shake_hands(connection.into(), tcp)
    }

    /// Shakes hands as the listener.
    pub fn server(tcp: TcpStream, identity: &Identity) -> io::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13])
            .map_err(io::Error::other)?
            .with_client_cert_verifier(Arc::new(Gullible(provider)))
            .with_cert_resolver(Arc::new(Shown(identity.shown())));
        let connection = ServerConnection::new(Arc::new(config)).map_err(io::Error::other)?;
        Self::shake_hands(connection.into(), tcp)
    }

    fn shake_hands(connection: Connection, tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(PATIENCE))?;
        tcp.set_write_timeout(Some(PATIENCE))?;
        let mut channel = Self { connection, tcp };
        while channel.connection.is_handshaking() {
            channel.send_pending()?;
            if channel.connection.is_handshaking() && channel.receive()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        channel.send_pending()?;
        Ok(channel)
    }

    /// The certificate the other side showed.
    pub fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.connection.peer_certificates()?.first().map(|certificate| certificate.clone().into_owned())
    }

    /// The longest a read waits.
    pub fn set_patience(&self, time: Duration) -> io::Result<()> {
        self.tcp.set_read_timeout(Some(time.max(Duration::from_millis(1))))
    }

    /// Reads until the other side ends the connection, in whatever way, or `time` is over; then the bytes that came and
    /// whether the connection was ended.
    pub fn read_out(&mut self, time: Duration) -> io::Result<(Vec<u8>, bool)> {
        let end = Instant::now() + time;
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok((all, false));
            }
            self.set_patience(left)?;
            match self.read(&mut buffer) {
                Ok(0) => return Ok((all, true)),
                Ok(length) => all.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Ok((all, true)),
            }
        }
    }

    fn receive(&mut self) -> io::Result<usize> {
        let length = self.connection.read_tls(&mut self.tcp)?;
        if let Err(error) = self.connection.process_new_packets() {
            // The alert is a courtesy; what went wrong is what counts.
            let _ = self.send_pending();
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Ok(length)
    }

    fn send_pending(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.tcp)?;
        }
        Ok(())
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.receive()?;
                    self.send_pending()?;
                }
                result => return result,
            }
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.connection.writer().write(bytes)?;
        self.send_pending()?;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send_pending()
    }
}

#[derive(Debug)]
struct Shown(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }
}

/// Believes every certificate and every signature: whom a node lets in is the node's decision alone.
#[derive(Debug)]
struct Gullible(Arc<CryptoProvider>);

impl ServerCertVerifier for Gullible {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Gullible {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
