//! The run of one node, from the data folder to the goodbye.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use dogeller_contact::{EchoStarting, Options as SeatOptions, SeatEvent, Sitting, Who};
use dogeller_core::wire::ui::PeerView;
use dogeller_http::running::{self, Kind};
use dogeller_http::{Http, HttpError};
use dogeller_lan::{Central, CentralError, DataFolder, FolderError, Node, StartError};
use tokio::io::{Stdout, stdout};
use tokio::sync::mpsc;

use crate::args::{Answer, Args, CallArgs, Command, NodeArgs};
use crate::attached::Attached;
use crate::call::{CallError, Placed};
use crate::report::{Calls, Event, Roll, put};
use crate::talk::{self, TalkError};
use crate::{manual, receive, send};

/// Events of the seat waiting for the lines they become.
const EVENTS_WAITING: usize = 256;

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
    Central(#[from] CentralError),
    #[error("Dogeller could not start: {0}")]
    Node(#[from] StartError),
    #[error("Dogeller could not start: {0}")]
    Http(#[from] HttpError),
    #[error("Dogeller could not start: cannot listen for signals: {0}")]
    Signals(io::Error),
    #[error("Dogeller ended by itself; the log says why.")]
    Ended,
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("The Dogeller that runs with this data folder does not answer: {0}.\nEnd it and try again.")]
    Silent(String),
    #[error(transparent)]
    Talk(#[from] TalkError),
    #[error("It could not be written: {0}")]
    Unwritten(io::Error),
}

impl RunError {
    /// The exit code for it.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::InUse { .. } => IN_USE,
            Self::Call(error) => error.code(),
            Self::Talk(error) => error.code(),
            Self::Folder(_)
            | Self::Central(_)
            | Self::Node(_)
            | Self::Http(_)
            | Self::Signals(_)
            | Self::Ended
            | Self::Silent(_)
            | Self::Unwritten(_) => COULD_NOT_START,
        }
    }
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

/// Does what the command line says.
pub(crate) async fn run(args: Args) -> Result<(), RunError> {
    let Args { node, command } = args;
    match command {
        None => serve(node, None).await,
        Some(Command::Call(call)) => serve(node, Some(call)).await,
        Some(Command::Peers) => {
            let json = node.json;
            Ok(talk::peers(attach(node).await?, json).await?)
        }
        Some(Command::Text(text)) => Ok(talk::text(attach(node).await?, text).await?),
        Some(Command::Send(files)) => {
            let json = node.json;
            Ok(send::send(attach(node).await?, files, json).await?)
        }
        Some(Command::Receive(files)) => {
            let json = node.json;
            Ok(receive::receive(attach(node).await?, files, json).await?)
        }
        Some(Command::History(history)) => {
            let json = node.json;
            Ok(talk::history(attach(node).await?, history, json).await?)
        }
        Some(Command::Completions { shell }) => manual::completions(shell).map_err(RunError::Unwritten),
        Some(Command::Man { folder }) => manual::pages(&folder).map_err(RunError::Unwritten),
    }
}

async fn attach(node: NodeArgs) -> Result<Attached, RunError> {
    let NodeArgs { name, data_dir, downloads, port, peers, .. } = node;
    let mut options = dogeller_lan::Options { name, port, peers, downloads, ..Default::default() };
    Central::of_this_machine()?.settle(&mut options);
    Attached::open(data_dir, options).await
}

/// Runs a node until it is asked to end, or the call it was started for is over.
async fn serve(node: NodeArgs, call: Option<CallArgs>) -> Result<(), RunError> {
    // Before anything is up, so that a signal is never lost.
    let asked = asked_to_end().map_err(RunError::Signals)?;
    let NodeArgs { name, data_dir, downloads, port, ui_port, peers, json, answer, renegotiate } = node;
    let folder = DataFolder::open(data_dir).map_err(|error| match error {
        FolderError::InUse(folder) => {
            RunError::InUse { pid: running::read(&folder).ok().map(|other| other.pid), folder }
        }
        error @ (FolderError::Unusable { .. } | FolderError::NoHome) => RunError::Folder(error),
    })?;
    let url = Arc::new(OnceLock::new());
    let mut options =
        dogeller_lan::Options { name, port, peers, open_page: Some(tell(&url, json)), downloads, announce: None };
    Central::of_this_machine()?.settle(&mut options);
    let node = Node::start(folder, options).await?;
    let options = dogeller_http::Options { ui_port, kind: Kind::Headless, window: None, on_front: tell(&url, json) };
    let http = match Http::start(&node, options).await {
        Ok(http) => http,
        Err(error) => {
            node.shutdown().await;
            return Err(error.into());
        }
    };
    let ui_url = url.get_or_init(|| http.url()).clone();
    let echo = EchoStarting::begin(&node);
    let who = match (answer, &call) {
        (Some(Answer::Echo), _) => Some(Who::Echo),
        (Some(Answer::Tone), _) | (None, Some(_)) => Some(Who::Robot),
        (None, None) => None,
    };
    let (told, events) = mpsc::channel(EVENTS_WAITING);
    let seat = who.map(|who| {
        let options = SeatOptions { who, answers: answer.is_some(), renegotiate };
        Sitting::at(node.clone(), options, told)
    });
    let placed = seat.as_ref().zip(call).map(|(seat, call)| Placed::new(call, seat.orders()));
    let quiet = placed.is_some() && !json;
    let ended = tokio::select! {
        ended = report(&node, ui_url, Lines { json, quiet }, events, placed) => ended.map_err(RunError::from),
        () = asked => Ok(()),
        () = node.ended() => Err(RunError::Ended),
    };
    // The node first: what it has to say of a call still goes through the seat's connection.
    node.shutdown().await;
    if let Some(seat) = seat {
        seat.end().await;
    }
    echo.shutdown().await;
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

/// How lines are written.
#[derive(Debug, Clone, Copy)]
struct Lines {
    /// For a script.
    json: bool,
    /// Only what is said of the call.
    quiet: bool,
}

/// Writes lines; returns when the call to be placed is over, or when a script's standard output is closed. A person's may
/// be: the page still shows all.
async fn report(
    node: &Node,
    ui_url: String,
    lines: Lines,
    mut seat: mpsc::Receiver<SeatEvent>,
    mut placed: Option<Placed>,
) -> Result<(), CallError> {
    let Lines { json, quiet } = lines;
    let mut out = Some(stdout());
    let ready = Event::Ready { peer_id: node.peer_id(), name: node.name(), port: node.port(), ui_url };
    if !quiet {
        write(&mut out, &ready, json).await;
    }
    let mut people = node.observe().await.ok();
    let (mut roll, mut calls) = (Roll::default(), Calls::default());
    loop {
        if out.is_none() && json && placed.is_none() {
            tracing::info!("standard output is closed");
            return Ok(());
        }
        // Read on when nobody reads what is written: calls go on, and the page still shows all.
        let line = tokio::select! {
            view = next(&mut people) => roll.event(view).filter(|_| !quiet),
            Some(event) = seat.recv() => {
                if let Some(placed) = &mut placed {
                    placed.heard(&event).await;
                }
                calls.event(&event)
            }
            over = wait(&mut placed) => return over,
        };
        if let Some(line) = line {
            write(&mut out, &line, json).await;
        }
    }
}

/// The next change of who is here; never, once the node has ended.
async fn next(people: &mut Option<mpsc::Receiver<PeerView>>) -> PeerView {
    if let Some(receiver) = people
        && let Some(view) = receiver.recv().await
    {
        return view;
    }
    *people = None;
    std::future::pending().await
}

async fn wait(placed: &mut Option<Placed>) -> Result<(), CallError> {
    match placed {
        Some(placed) => placed.wait().await,
        None => std::future::pending().await,
    }
}

/// Writes a line; a standard output that takes none is closed from then on.
async fn write(out: &mut Option<Stdout>, event: &Event, json: bool) {
    let Some(open) = out else {
        return;
    };
    if put(open, &event.line(json)).await.is_err() {
        *out = None;
    }
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
