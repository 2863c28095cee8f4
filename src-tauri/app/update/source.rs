//! Where newer versions lie, side by side with their `latest.json`: on a web server, or in a folder of a share.
//!
//! Nothing else is asked than the one place that the person, or an administrator, has chosen: addresses inside a
//! `latest.json` only give names of files, and a server of this network sends nobody elsewhere.

use std::fs::{self, File};
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tauri::Url;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::UpdateError;
use super::release::MANIFEST;

/// The most characters of a place: more than any path of a share has.
const PLACE_CHARS: usize = 1024;
/// How long a server may say nothing.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take to give a whole `latest.json`, and a whole bundle.
const SHORT: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(60 * 60);
/// The most redirects. GitHub needs two: from "latest" to a version, and from there to where its files lie.
const REDIRECTS: u32 = 5;
/// How names end that no server of the Internet has: RFC 6762, RFC 8375, ICANN's own for that, and what routers like to give.
const LOCAL: [&str; 4] = [".local", ".home.arpa", ".internal", ".lan"];

/// A place that is known to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The folder's address.
    Server(Url),
    /// From the top of a disk, or of a share.
    Folder(PathBuf),
}

/// A file that is being read.
pub(super) struct Opened {
    pub(super) content: Box<dyn Read + Send>,
    /// How large it says it is.
    pub(super) bytes: Option<u64>,
}

impl Source {
    /// The place that somebody wrote: an https address, an http address of this network, or the full path of a folder. The
    /// name of its `latest.json` may stand behind it.
    pub(super) fn new(text: &str) -> Result<Self, UpdateError> {
        let text = text.trim();
        let text = text.strip_suffix(MANIFEST).filter(|place| place.ends_with(['/', '\\'])).unwrap_or(text);
        if text.chars().count() > PLACE_CHARS || text.chars().any(char::is_control) {
            return Err(UpdateError::BadSource);
        }
        if !text.contains("://") {
            let folder = PathBuf::from(text);
            return if folder.is_absolute() { Ok(Self::Folder(folder)) } else { Err(UpdateError::BadSource) };
        }
        let url: Url = text.parse().map_err(|_| UpdateError::BadSource)?;
        let plain = url.query().is_none() && url.fragment().is_none();
        // A password would lie readable in the settings.
        let nobody = url.username().is_empty() && url.password().is_none();
        let safe = match url.scheme() {
            "https" => true,
            // What is fetched is signed either way; who looks, and for what, is seen by everybody on the way.
            "http" => url.host_str().is_some_and(is_local),
            _ => false,
        };
        if plain && nobody && safe { Ok(Self::Server(url)) } else { Err(UpdateError::BadSource) }
    }

    /// Opens a file of this name. May take as long as the server or the share does.
    pub(super) fn open(&self, name: &str) -> Result<Opened, UpdateError> {
        match self {
            Self::Folder(folder) => open(folder, name),
            Self::Server(folder) => {
                let mut url = folder.clone();
                url.path_segments_mut().map_err(|()| UpdateError::BadSource)?.pop_if_empty().push(name);
                fetch(&url, if name == MANIFEST { SHORT } else { LONG })
            }
        }
    }
}

/// Whether a host is one of this network, as far as its name tells.
fn is_local(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        Ok(IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_loopback(),
        Err(_) => !host.contains('.') || LOCAL.iter().any(|ending| host.ends_with(ending)),
    }
}

fn open(folder: &Path, name: &str) -> Result<Opened, UpdateError> {
    let path = folder.join(name);
    let opened = fs::metadata(&path).and_then(|told| {
        // Opening a pipe would wait for somebody to write into it.
        let file = if told.is_file() { Some(File::open(&path)?) } else { None };
        Ok(file.map(|file| Opened { content: Box::new(file), bytes: Some(told.len()) }))
    });
    match opened {
        Ok(Some(opened)) => Ok(opened),
        Ok(None) => Err(UpdateError::NoRelease),
        Err(error) => {
            tracing::warn!(%error, name, "a file of the updates cannot be read");
            Err(if folder.is_dir() { UpdateError::NoRelease } else { UpdateError::Unreachable })
        }
    }
}

fn fetch(url: &Url, whole: Duration) -> Result<Opened, UpdateError> {
    let secure = url.scheme() == "https";
    // Whom the system trusts: a company's own servers, too.
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .https_only(secure)
        .max_redirects(if secure { REDIRECTS } else { 0 })
        .timeout_resolve(Some(PATIENCE))
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .timeout_per_read(Some(PATIENCE))
        .timeout_global(Some(whole))
        // Not which version asks.
        .user_agent("Dogeller")
        .tls_config(tls);
    // A proxy leads out of this network.
    let config = if secure { config } else { config.proxy(None) };
    match config.build().new_agent().get(url.as_str()).call() {
        Ok(answer) if answer.status() == 200 => {
            let body = answer.into_body();
            let bytes = body.content_length();
            Ok(Opened { content: Box::new(body.into_reader()), bytes })
        }
        Ok(answer) => {
            tracing::warn!(status = %answer.status(), "the server of the updates has no file there");
            Err(UpdateError::NoRelease)
        }
        Err(error) => {
            tracing::warn!(%error, "the server of the updates gives no answer");
            let nothing = matches!(error, ureq::Error::StatusCode(404 | 410));
            Err(if nothing { UpdateError::NoRelease } else { UpdateError::Unreachable })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_or_a_folder() {
        let server = |text: &str| Source::Server(text.parse().unwrap());
        for (text, place) in [
            ("https://example.org/dogeller", "https://example.org/dogeller"),
            (" https://example.org/dogeller/latest.json\n", "https://example.org/dogeller/"),
            ("http://10.0.0.7:8080/updates", "http://10.0.0.7:8080/updates"),
            ("http://[fd00::7]/", "http://[fd00::7]/"),
            ("http://nas/updates", "http://nas/updates"),
            ("http://nas.local", "http://nas.local/"),
        ] {
            assert_eq!(Source::new(text), Ok(server(place)), "{text}");
        }
        #[cfg(unix)]
        for text in ["/mnt/share/dogeller", "/mnt/share/dogeller/latest.json"] {
            assert!(
                matches!(Source::new(text), Ok(Source::Folder(folder)) if folder == Path::new("/mnt/share/dogeller"))
            );
        }
        #[cfg(windows)]
        for text in [r"\\server\share\dogeller", r"Z:\dogeller\latest.json"] {
            assert!(matches!(Source::new(text), Ok(Source::Folder(_))), "{text}");
        }
    }

    #[test]
    fn everything_else_is_none() {
        let long = format!("/{}", "a".repeat(PLACE_CHARS));
        for text in [
            "",
            "updates",
            "./updates",
            "latest.json",
            "http://example.org/dogeller",
            "http://8.8.8.8/",
            "http://local.example.org/",
            "https://anna:secret@example.org/",
            "https://example.org/?next=",
            "https://",
            "ftp://nas/updates",
            "smb://nas/updates",
            "file:///mnt/share",
            "javascript://nas/%0aalert(1)",
            "/mnt/\u{0}share",
            &long,
        ] {
            assert_eq!(Source::new(text), Err(UpdateError::BadSource), "{text}");
        }
    }
}
