//! Who this node is: an ECDSA P-256 key (browsers refuse Ed25519 in TLS), kept in a file its owner alone can read.
//!
//! The certificate is made anew at each start: only its key means anything.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dogeller_core::PeerId;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ParsedCertificate;
use sha2::{Digest, Sha256};

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The key file is there but is no key. It is left as it is: a new key would make this a stranger to everybody.
    #[error(
        "the key in {0} is damaged, so this Dogeller cannot prove who it is. Put back a copy of that file, or move it \
         away to start as somebody new"
    )]
    Damaged(PathBuf),
    /// The key file cannot be read or written.
    #[error("the key in {path} cannot be used: {source}")]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The certificate could not be made.
    #[error("no certificate could be made: {0}")]
    Certificate(String),
}

/// A key and the certificate that shows it.
#[derive(Debug)]
pub(crate) struct Identity {
    /// SHA-256 of the public key.
    pub(crate) peer: PeerId,
    /// The certificate.
    pub(crate) certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    /// Reads the key in `folder`, or makes one at the first start.
    pub(crate) fn open(folder: &Path) -> Result<Arc<Self>, IdentityError> {
        let path = folder.join("identity.pem");
        let unusable = |source| IdentityError::Unusable { path: path.clone(), source };
        let key = match fs::read_to_string(&path) {
            Ok(pem) => read_key(&pem).ok_or_else(|| IdentityError::Damaged(path.clone()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(certificate_error)?;
                write_private(&path, key.serialize_pem().as_bytes()).map_err(unusable)?;
                key
            }
            // Bytes that are not even text.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(IdentityError::Damaged(path));
            }
            Err(error) => return Err(unusable(error)),
        };
        restrict(&path).map_err(unusable)?;
        let params = CertificateParams::new(vec!["dogeller".to_owned()]).map_err(certificate_error)?;
        let certificate = params.self_signed(&key).map_err(certificate_error)?.der().clone();
        let peer = peer_id(&certificate).map_err(|error| IdentityError::Certificate(error.to_string()))?;
        Ok(Arc::new(Self { peer, certificate, key: key.serialize_der() }))
    }

    /// The private key, for TLS.
    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()))
    }
}

/// Who a certificate stands for.
///
/// # Errors
/// What is not a certificate stands for nobody.
pub(crate) fn peer_id(certificate: &CertificateDer<'_>) -> Result<PeerId, rustls::Error> {
    let parsed = ParsedCertificate::try_from(certificate)?;
    let key = parsed.subject_public_key_info();
    Ok(PeerId::from_bytes(Sha256::digest(key.as_ref()).into()))
}

fn read_key(pem: &str) -> Option<KeyPair> {
    let key = KeyPair::from_pem(pem).ok()?;
    key.is_compatible(&PKCS_ECDSA_P256_SHA256).then_some(key)
}

fn certificate_error(error: rcgen::Error) -> IdentityError {
    IdentityError::Certificate(error.to_string())
}

/// Writes beside and renames, so that a crash leaves a whole key or none.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode != 0o600 {
        tracing::warn!("others could read the key file; it is private again");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_path: &Path) -> io::Result<()> {
    // The folder lies in the user's own profile, which Windows keeps from other users.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_is_the_same_person() {
        let dir = tempfile::tempdir().unwrap();
        let first = Identity::open(dir.path()).unwrap().peer;
        assert_eq!(Identity::open(dir.path()).unwrap().peer, first);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Identity::open(dir.path()).unwrap();
        let path = dir.path().join("identity.pem");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        Identity::open(dir.path()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("identity.pem");
        for damage in [&b"-----BEGIN PRIVATE KEY-----\nAAAA\n"[..], b"", b"\xff\xfe"] {
            fs::write(&path, damage).unwrap();
            assert!(matches!(Identity::open(dir.path()), Err(IdentityError::Damaged(_))));
            assert_eq!(fs::read(&path).unwrap(), damage);
        }
    }
}
