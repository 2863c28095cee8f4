//! The page's port, the same at every start: browsers remember by port that they may use the camera.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;

use tokio::net::{TcpListener, TcpSocket};

use crate::file;

const FILE: &str = "ui-port";
/// How many bytes the system keeps for a page that does not read. Left to itself, Linux keeps up to 4 MB, and it would
/// take that much news to find out.
const SEND_BUFFER: u32 = 256 * 1024;
/// How many connections wait to be taken.
const WAITING: u32 = 128;

/// Why no port could be opened.
#[derive(Debug, thiserror::Error)]
#[error("port {port} of 127.0.0.1 cannot be opened for the page: {source}")]
pub struct PortError {
    /// Which; 0 for any free one.
    port: u16,
    source: io::Error,
}

impl PortError {
    pub(crate) fn unknown(source: io::Error) -> Self {
        Self { port: 0, source }
    }
}

/// Opens the wanted port (0: any free one), or the kept one when none is wanted. When the kept one is taken, another
/// free one serves for this run and the kept one stays kept: whoever holds it now may be gone at the next start.
pub(crate) fn open(folder: &Path, wanted: Option<u16>) -> Result<TcpListener, PortError> {
    if let Some(port) = wanted {
        return bind(port);
    }
    let path = folder.join(FILE);
    if let Some(kept) = kept(&path) {
        match bind(kept) {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                tracing::warn!(%error, "using another port this time; the browser will ask for camera and microphone again");
                return bind(0);
            }
        }
    }
    let listener = bind(0)?;
    let port = listener.local_addr().map_err(|source| PortError { port: 0, source })?.port();
    if let Err(error) = file::write(&path, &format!("{port}\n")) {
        tracing::warn!(%error, "the page's port could not be kept; it will be another one next time");
    }
    Ok(listener)
}

fn kept(path: &Path) -> Option<u16> {
    let text = match file::read(path, 8) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(%error, "the kept port of the page cannot be read; taking a new one");
            return None;
        }
    };
    let port = text.trim().parse().ok().filter(|port| *port != 0);
    if port.is_none() {
        tracing::warn!("the kept port of the page is not a port; taking a new one");
    }
    port
}

fn bind(port: u16) -> Result<TcpListener, PortError> {
    let listen = || {
        let socket = TcpSocket::new_v4()?;
        // A port of the last start can be had again at once; on Windows this would let another program take ours.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        // Every connection inherits it.
        socket.set_send_buffer_size(SEND_BUFFER)?;
        socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
        socket.listen(WAITING)
    };
    listen().map_err(|source| PortError { port, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port_of(listener: &TcpListener) -> u16 {
        listener.local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn keeps_its_port_even_through_a_start_at_which_it_was_taken() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path(), None).unwrap();
        let kept = port_of(&first);

        let other = open(folder.path(), None).unwrap();
        assert_ne!(port_of(&other), kept);
        assert!(open(folder.path(), Some(kept)).is_err());

        drop((first, other));
        assert_eq!(port_of(&open(folder.path(), None).unwrap()), kept);
    }

    #[tokio::test]
    async fn a_port_wanted_for_once_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path(), Some(0)).unwrap();
        assert!(!folder.path().join(FILE).exists());
    }

    #[tokio::test]
    async fn a_damaged_file_costs_only_the_old_port() {
        let folder = tempfile::tempdir().unwrap();
        for damaged in ["", "0", "65536", "dog", "80808080808080", "\u{0}\u{0}"] {
            std::fs::write(folder.path().join(FILE), damaged).unwrap();
            let listener = open(folder.path(), None).unwrap();
            assert_eq!(kept(&folder.path().join(FILE)), Some(port_of(&listener)), "{damaged:?}");
        }
    }
}
