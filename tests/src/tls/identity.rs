//! What a hand-made peer shows in the handshake.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SigningKey};
use sha2::{Digest, Sha256};

/// No identity could be made.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// No certificate.
    #[error("no certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// No usable key.
    #[error("no key: {0}")]
    Key(#[from] rustls::Error),
}

/// A certificate and the key that signs for it, which need not belong together.
#[derive(Debug, Clone)]
pub struct Identity {
    peer_id: String,
    signer: Arc<dyn SigningKey>,
    shown: Option<Arc<CertifiedKey>>,
}

impl Identity {
    /// A new honest one: ECDSA P-256, self-signed, as a node's own.
    pub fn new() -> Result<Self, IdentityError> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec!["dogeller".to_owned()])?.self_signed(&key)?;
        let peer_id = hex::encode(Sha256::digest(key.subject_public_key_info()));
        let signer = any_supported_type(&PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())))?;
        let shown = Arc::new(CertifiedKey::new(vec![certificate.der().clone()], Arc::clone(&signer)));
        Ok(Self { peer_id, signer, shown: Some(shown) })
    }

    /// A liar: shows somebody's real certificate, but signs with its own key, for it has no other.
    pub fn showing(certificate: CertificateDer<'static>) -> Result<Self, IdentityError> {
        let mut own = Self::new()?;
        own.shown = Some(Arc::new(CertifiedKey::new(vec![certificate], Arc::clone(&own.signer))));
        Ok(own)
    }

    /// Somebody without any certificate; can dial only.
    pub fn without_certificate() -> Result<Self, IdentityError> {
        Ok(Self { shown: None, ..Self::new()? })
    }

    /// The `PeerId` of its own key, 64 lower-case hexadecimal digits.
    pub fn peer_id(&self) -> &str {
        &self.peer_id
    }

    pub(super) fn shown(&self) -> Option<Arc<CertifiedKey>> {
        self.shown.clone()
    }
}
