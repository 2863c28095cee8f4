//! TLS 1.3 between nodes: both show a certificate, both prove its key, and the dialler checks inside the handshake that
//! it is the key it expects. So an impostor gets no byte of ours.
//!
//! Dates and names in certificates mean nothing here; keys mean everything. The signatures of the handshake are always
//! verified: whoever skips that lets in anybody with a copy of the public certificate. Sessions are never resumed, so
//! that every link proves its key anew.

use std::sync::Arc;

use dogeller_core::PeerId;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible, ServerConfig,
    SignatureScheme,
};

use crate::files::FILES;
use crate::identity::{Identity, peer_id};

/// Makes the two ends' configurations from one identity.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    identity: Arc<Identity>,
    provider: Arc<CryptoProvider>,
}

impl Tls {
    pub(crate) fn new(identity: Arc<Identity>) -> Self {
        Self { identity, provider: Arc::new(ring::default_provider()) }
    }

    /// For links that come in: of `expected` alone, or of anybody when `None`.
    pub(crate) fn server(&self, expected: Option<PeerId>) -> Result<ServerConfig, Error> {
        let verifier = Arc::new(KeyCheck { expected, provider: self.provider.clone() });
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![self.identity.certificate.clone()], self.identity.key())?;
        // Links name no protocol, and are taken as ever.
        config.alpn_protocols = vec![FILES.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    /// For files of or for `expected`.
    pub(crate) fn files(&self, expected: PeerId) -> Result<ClientConfig, Error> {
        let mut config = self.client(Some(expected))?;
        config.alpn_protocols = vec![FILES.to_vec()];
        Ok(config)
    }

    /// For a link to `expected`; to whoever answers, when `None` (an address typed by hand).
    pub(crate) fn client(&self, expected: Option<PeerId>) -> Result<ClientConfig, Error> {
        let verifier = Arc::new(KeyCheck { expected, provider: self.provider.clone() });
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_auth_cert(vec![self.identity.certificate.clone()], self.identity.key())?;
        config.resumption = Resumption::disabled();
        config.enable_sni = false;
        Ok(config)
    }
}

/// Accepts a certificate for its key alone.
#[derive(Debug)]
struct KeyCheck {
    expected: Option<PeerId>,
    provider: Arc<CryptoProvider>,
}

impl KeyCheck {
    fn check(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let found = peer_id(certificate)?;
        match self.expected {
            Some(expected) if expected != found => {
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }
}

impl ServerCertVerifier for KeyCheck {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls12NotOfferedOrEnabled))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}

impl ClientCertVerifier for KeyCheck {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::PeerIncompatible(PeerIncompatible::Tls12NotOfferedOrEnabled))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}
