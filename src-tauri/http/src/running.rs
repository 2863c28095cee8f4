//! `running.json` in the data folder: how a second start on the same folder finds the first and brings it to the front.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dogeller_core::PeerId;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::door::PERSON;
use crate::file;
use crate::token::is_token;

const FILE: &str = "running.json";
/// The file has some 150 bytes.
const FILE_BYTES: u64 = 1024;
/// How long the other one may take to come to the front.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most bytes of its answer, which has some 1,200.
const ANSWER_BYTES: u64 = 8 * 1024;

/// What runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The app, with a window.
    App,
    /// A node without one.
    Headless,
}

/// Who runs on a data folder.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Running {
    /// Its process.
    pub pid: u32,
    /// The address of its page, which holds its token: never to be shown or logged.
    pub url: String,
    /// What it is.
    pub kind: Kind,
}

impl Running {
    /// The port of its page on 127.0.0.1, and the token that opens its socket; `None` where the address is none of ours.
    pub fn door(&self) -> Option<(u16, &str)> {
        door(&self.url)
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("pid", &self.pid).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Why the running one could not be found or brought to the front.
#[derive(Debug, thiserror::Error)]
pub enum RunningError {
    /// There is no `running.json`, or it cannot be read.
    #[error("cannot read running.json: {0}")]
    File(io::Error),
    /// It is not what Dogeller writes.
    #[error("running.json is damaged")]
    Damaged,
    /// Its page does not answer.
    #[error("the running Dogeller does not answer: {0}")]
    Silent(io::Error),
    /// Something else answers there.
    #[error("the running Dogeller refused")]
    Refused,
}

/// Reads who runs on the data folder `folder`.
///
/// # Errors
/// [`RunningError::File`] or [`RunningError::Damaged`].
pub fn read(folder: &Path) -> Result<Running, RunningError> {
    let text = file::read(&folder.join(FILE), FILE_BYTES).map_err(RunningError::File)?;
    let running: Running = serde_json::from_str(&text).map_err(|_| RunningError::Damaged)?;
    running.door().ok_or(RunningError::Damaged)?;
    Ok(running)
}

/// Asks the running one to come to the front, with the conversation with `person`. Returns an address of its page that works once, within a minute: for a
/// browser, when the running one has no window.
///
/// # Errors
/// [`RunningError`], when within 3 seconds nobody or somebody else answered.
pub async fn bring_to_front(running: &Running, person: Option<PeerId>) -> Result<String, RunningError> {
    let (port, token) = running.door().ok_or(RunningError::Damaged)?;
    let answer = timeout(PATIENCE, ask(port, token, person))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(RunningError::Silent)?;
    let mut lines = answer.lines();
    if !lines.next().is_some_and(|status| status.starts_with("HTTP/1.1 204")) {
        return Err(RunningError::Refused);
    }
    let begin = format!("http://127.0.0.1:{port}/open/");
    lines
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("location"))
        .filter(|(_, url)| url.strip_prefix(&begin).is_some_and(is_token))
        .map(|(_, url)| url.to_owned())
        .ok_or(RunningError::Refused)
}

/// One request, written by hand: an HTTP client would be the largest part of this crate.
async fn ask(port: u16, token: &str, person: Option<PeerId>) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let person = person.map(|person| format!("{PERSON}: {person}\r\n")).unwrap_or_default();
    let request = format!(
        "POST /front HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n{person}\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES).read_to_end(&mut answer).await?;
    String::from_utf8(answer).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Port and token of a page's address.
fn door(url: &str) -> Option<(u16, &str)> {
    let (port, token) = url.strip_prefix("http://127.0.0.1:")?.split_once("/#t=")?;
    Some((port.parse().ok()?, Some(token).filter(|token| is_token(token))?))
}

/// `running.json` of this process, there until dropped.
pub(crate) struct RunningFile(PathBuf);

impl RunningFile {
    /// Writes it.
    pub(crate) fn put(folder: &Path, kind: Kind, url: String) -> io::Result<Self> {
        let path = folder.join(FILE);
        let text = serde_json::to_string(&Running { pid: std::process::id(), url, kind })?;
        file::write(&path, &text)?;
        Ok(Self(path))
    }
}

impl Drop for RunningFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, "running.json could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_back_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("http://127.0.0.1:4711/#t={}", "a7".repeat(32));
        let file = RunningFile::put(folder.path(), Kind::Headless, url.clone()).unwrap();
        let running = read(folder.path()).unwrap();
        assert_eq!(running, Running { pid: std::process::id(), url, kind: Kind::Headless });
        assert!(!format!("{running:?}").contains("a7a7"));
        drop(file);
        assert!(matches!(read(folder.path()), Err(RunningError::File(_))));
    }

    #[test]
    fn only_an_address_of_a_page_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let token = "0".repeat(64);
        for url in [
            format!("http://evil.example:80/#t={token}"),
            format!("http://127.0.0.1:99999/#t={token}"),
            format!("http://127.0.0.1:80@evil.example/#t={token}"),
            format!("file:///etc/passwd#t={token}"),
            "http://127.0.0.1:80/#t=0\r\nX: y".to_owned(),
        ] {
            let text = serde_json::json!({ "pid": 1, "url": url, "kind": "app" }).to_string();
            std::fs::write(folder.path().join(FILE), text).unwrap();
            assert!(matches!(read(folder.path()), Err(RunningError::Damaged)), "{url}");
        }
        std::fs::write(folder.path().join(FILE), "x".repeat(2000)).unwrap();
        assert!(matches!(read(folder.path()), Err(RunningError::File(_))));
    }

    #[tokio::test]
    async fn nobody_there_is_an_error() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{free}/#t={}", "0".repeat(64));
        let gone = Running { pid: 1, url, kind: Kind::App };
        assert!(matches!(bring_to_front(&gone, None).await, Err(RunningError::Silent(_))));
    }
}
