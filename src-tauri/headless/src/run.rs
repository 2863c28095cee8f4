//! The run of one node, from the data folder to the goodbye.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use dogeller_http::running::{self, Kind};
use dogeller_http::{Http, HttpError};
use dogeller_lan::{DataFolder, FolderError, Node, StartError};
use tokio::io::{AsyncWriteExt, Stdout, stdout};

use crate::args::Args;
use crate::report::{Event, Roll};

/// Exit code: the node could not start, or ended by itself.
pub(crate) const COULD_NOT_START: u8 = 1;
/// Exit code: another one runs with the data folder. (2 is a wrong command line.)
const IN_USE: u8 = 3;

/// Why a run ended otherwise than asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error("Another Dogeller{} already runs with the data folder {}.\nEnd it first, or give this one a folder of its own with --data-dir.", process(*pid), folder.display())]
    InUse { folder: PathBuf, pid: Option<u32> },
    #[error("Dogeller could not start: {0}")]
    Folder(FolderError),
    #[error("Dogeller could not start: {0}")]
    Node(#[from] StartError),
    #[error("Dogeller could not start: {0}")]
    Http(#[from] HttpError),
    #[error("Dogeller could not start: cannot listen for signals: {0}")]
    Signals(io::Error),
    #[error("Dogeller ended by itself; the log says why.")]
    Ended,
}

impl RunError {
    /// The exit code for it.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::InUse { .. } => IN_USE,
            Self::Folder(_) | Self::Node(_) | Self::Http(_) | Self::Signals(_) | Self::Ended => COULD_NOT_START,
        }
    }
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

/// Runs a node until it is asked to end.
pub(crate) async fn run(args: Args) -> Result<(), RunError> {
    // Before anything is up, so that a signal is never lost.
    let asked = asked_to_end().map_err(RunError::Signals)?;
    let folder = DataFolder::open(args.data_dir).map_err(|error| match error {
        FolderError::InUse(folder) => {
            RunError::InUse { pid: running::read(&folder).ok().map(|other| other.pid), folder }
        }
        error @ (FolderError::Unusable { .. } | FolderError::NoHome) => RunError::Folder(error),
    })?;
    let url = Arc::new(OnceLock::new());
    let node = Node::start(
        folder,
        dogeller_lan::Options {
            name: args.name,
            port: args.port,
            peers: args.peers,
            open_page: Some(tell(&url, args.json)),
        },
    )
    .await?;
    let options =
        dogeller_http::Options { ui_port: args.ui_port, kind: Kind::Headless, on_front: tell(&url, args.json) };
    let http = match Http::start(&node, options).await {
        Ok(http) => http,
        Err(error) => {
            node.shutdown().await;
            return Err(error.into());
        }
    };
    let ui_url = url.get_or_init(|| http.url()).clone();
    let ended = tokio::select! {
        // The script that read the lines is gone.
        () = report(&node, ui_url, args.json) => Ok(()),
        () = asked => Ok(()),
        () = node.ended() => Err(RunError::Ended),
    };
    node.shutdown().await;
    http.shutdown().await;
    ended
}

/// Tells a person where the page is: a node without a window opens none. A script knows the address from `ready`, and
/// the log never shows it.
fn tell(url: &Arc<OnceLock<String>>, json: bool) -> Box<dyn Fn() + Send + Sync> {
    let url = url.clone();
    Box::new(move || match url.get() {
        Some(url) if !json => {
            eprintln!("To see Dogeller, open {url} in a browser on this machine.")
        }
        Some(_) | None => tracing::info!("asked to show its page"),
    })
}

/// Writes lines; returns when a script's standard output is closed. A person's may be: the page still shows all.
async fn report(node: &Node, ui_url: String, json: bool) {
    let mut out = stdout();
    let ready = Event::Ready { peer_id: node.peer_id(), name: node.name(), port: node.port(), ui_url };
    let mut written = write(&mut out, &ready, json).await;
    if let Ok(mut views) = node.observe().await {
        let mut roll = Roll::default();
        while written.is_ok()
            && let Some(view) = views.recv().await
        {
            if let Some(event) = roll.event(view) {
                written = write(&mut out, &event, json).await;
            }
        }
    }
    match written {
        Err(error) if json => tracing::info!(%error, "standard output is closed"),
        // Closed, or the node is ending and says so itself.
        Ok(()) | Err(_) => std::future::pending().await,
    }
}

async fn write(out: &mut Stdout, event: &Event, json: bool) -> io::Result<()> {
    out.write_all(event.line(json).as_bytes()).await?;
    out.flush().await
}

/// Returns a future that is ready once a signal asks this process to end.
#[cfg(unix)]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    })
}

/// Returns a future that is ready once Ctrl-C asks this process to end.
#[cfg(not(unix))]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot listen for Ctrl-C");
            std::future::pending::<()>().await;
        }
    })
}
