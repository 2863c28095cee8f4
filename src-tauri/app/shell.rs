//! The node and its loopback page, from start to goodbye.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use dogeller_contact::EchoStarting;
use dogeller_core::Name;
use dogeller_http::{ClaimError, Http, HttpError, running::Kind};
use dogeller_lan::{Central, CentralError, DataFolder, FolderError, Node};
use tauri::{AppHandle, Manager};

use crate::bridge::Bridge;
use crate::window;

/// How long the goodbye may take before the app ends without it.
const GOODBYE: Duration = Duration::from_secs(5);

/// What the command line asked for.
#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) name: Option<Name>,
    pub(crate) port: Option<u16>,
    pub(crate) peers: Vec<SocketAddr>,
    pub(crate) ui_port: Option<u16>,
    #[cfg(desktop)]
    pub(crate) background: bool,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error("Dogeller could not start: {0}")]
    Folder(#[from] FolderError),
    #[error("Dogeller could not start: {0}")]
    Central(#[from] CentralError),
    #[error("Dogeller could not start: {0}")]
    Node(#[from] dogeller_lan::StartError),
    #[error("Dogeller could not start: {0}")]
    Http(#[from] HttpError),
    #[cfg(target_os = "linux")]
    #[error("Dogeller found no display for its window. dogeller-headless runs without one.")]
    NoDisplay,
    #[error("Dogeller could not open its window: {0}")]
    Window(#[from] tauri::Error),
    #[cfg(desktop)]
    #[error("It could not be written: {0}")]
    Unwritten(std::io::Error),
    #[cfg(desktop)]
    #[error("Dogeller already runs without a window, and no browser could be opened to show it: {0}")]
    Browser(std::io::Error),
}

impl StartError {
    /// The exit code for it. (2 is a wrong command line.)
    pub(crate) fn code(&self) -> i32 {
        if matches!(self, Self::Claim(ClaimError::Silent { .. })) { 3 } else { 1 }
    }
}

/// What the window stands on.
pub(crate) struct Shell {
    pub(crate) node: Node,
    pub(crate) bridge: Bridge,
    /// The window is not shown before somebody calls.
    #[cfg(desktop)]
    pub(crate) background: bool,
    /// What an administrator settled about newer versions.
    #[cfg(desktop)]
    pub(crate) updates: crate::update::Policy,
    /// For a plain browser; taken out when the app ends.
    http: Mutex<Option<Http>>,
    /// The contact to try camera and microphone with; taken out when the app ends.
    echo: Mutex<Option<EchoStarting>>,
    #[cfg(target_os = "android")]
    pub(crate) announced: Announced,
    /// Set once Tauri runs: what the node and the page call back to.
    app: Arc<OnceLock<AppHandle>>,
    ending: AtomicBool,
}

/// Starts the node and its loopback page.
pub(crate) async fn start(folder: DataFolder, wanted: Wanted) -> Result<Shell, StartError> {
    let app = Arc::new(OnceLock::<AppHandle>::new());
    let (opener, front) = (app.clone(), app.clone());
    #[cfg(target_os = "android")]
    let announced = Announced::default();
    let mut options = dogeller_lan::Options {
        name: wanted.name,
        port: wanted.port,
        peers: wanted.peers,
        downloads: None,
        #[cfg(target_os = "android")]
        announce: Some(announced.by(app.clone())),
        #[cfg(not(target_os = "android"))]
        announce: None,
        open_page: Some(Box::new(move || {
            if let Some(app) = opener.get().cloned() {
                // A browser's start can block for seconds, and the node's task must not.
                std::thread::spawn(move || open_page(&app));
            }
        })),
    };
    let central = Central::of_this_machine()?;
    central.settle(&mut options);
    let node = Node::start(folder, options).await?;
    let options = dogeller_http::Options {
        ui_port: wanted.ui_port,
        kind: Kind::App,
        #[cfg(target_os = "linux")]
        window: Some(crate::linux::ORIGIN),
        #[cfg(not(target_os = "linux"))]
        window: None,
        on_front: Box::new(move || front.get().into_iter().for_each(window::bring_to_front)),
    };
    let http = Mutex::new(match Http::start(&node, options).await {
        Ok(http) => Some(http),
        Err(error) => {
            node.shutdown().await;
            return Err(error.into());
        }
    });
    let echo = Mutex::new(Some(EchoStarting::begin(&node)));
    Ok(Shell {
        node,
        bridge: Bridge::default(),
        #[cfg(desktop)]
        background: wanted.background,
        #[cfg(desktop)]
        updates: crate::update::Policy { updates: central.updates, update_source: central.update_source },
        http,
        echo,
        #[cfg(target_os = "android")]
        announced,
        app,
        ending: AtomicBool::new(false),
    })
}

/// What this node says of itself, for Android, which is told once there is an app to tell it.
#[cfg(target_os = "android")]
#[derive(Clone, Default)]
pub(crate) struct Announced(Arc<Mutex<Option<dogeller_lan::Announcement>>>);

#[cfg(target_os = "android")]
impl Announced {
    /// Under the lock, as each: what is told last is what holds.
    pub(crate) fn tell(&self, app: &AppHandle) {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        crate::phone::appear(app, last.clone());
    }

    fn by(&self, app: Arc<OnceLock<AppHandle>>) -> dogeller_lan::Announce {
        let last = self.0.clone();
        Box::new(move |announcement| {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            last.clone_from(&announcement);
            if let Some(app) = app.get() {
                crate::phone::appear(app, announcement);
            }
        })
    }
}

impl Shell {
    /// Where the other half of the window's engine is. `None` while the app ends.
    #[cfg(target_os = "linux")]
    pub(crate) fn media(&self) -> Option<dogeller_http::Media> {
        self.http.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Http::media)
    }

    /// The loopback page's address, for a command line. `None` while the app ends.
    fn open_url(&self) -> Option<Result<String, HttpError>> {
        self.http.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Http::open_url)
    }
}

/// Opens the loopback page in the default browser: this window's webview has no engine for calls.
fn open_page(app: &AppHandle) {
    let shell = app.state::<Shell>();
    let opened: Result<(), String> = match shell.open_url() {
        None => return,
        #[cfg(desktop)]
        Some(Ok(url)) => webbrowser::open(&url).map_err(|error| error.to_string()),
        #[cfg(mobile)]
        Some(Ok(_)) => Err("a phone's webview has an engine".to_owned()),
        Some(Err(error)) => Err(error.to_string()),
    };
    if let Err(error) = opened {
        tracing::error!(%error, "the page could not be opened in a browser");
        shell.bridge.no_engine();
    }
}

/// A link was opened: Apple's systems hand it to the app that runs.
#[cfg(any(target_os = "macos", target_os = "ios"))]
pub(crate) fn show(app: &AppHandle, link: &str) {
    match crate::link::person(link) {
        Ok(person) => {
            let node = app.state::<Shell>().node.clone();
            tauri::async_runtime::spawn(async move {
                let _ended = node.show(person).await;
            });
            window::bring_to_front(app);
        }
        Err(error) => tracing::warn!(%error, "a link was opened"),
    }
}

/// Ends the app when its node ends by itself, or when the system asks for it.
pub(crate) fn watch(app: &AppHandle) {
    let shell = app.state::<Shell>();
    // The first and only time: nobody else sets it.
    let _ = shell.app.set(app.clone());
    let (node, app) = (shell.node.clone(), app.clone());
    tauri::async_runtime::spawn(async move {
        tokio::select! {
            () = node.ended() => if !app.state::<Shell>().ending.load(Ordering::Relaxed) {
                eprintln!("Dogeller ended by itself; the log says why.");
                app.exit(1);
            },
            () = asked_to_end() => app.exit(0),
        }
    });
}

#[cfg(all(unix, desktop))]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    if let (Ok(mut terminate), Ok(mut interrupt)) = signals {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    } else {
        tracing::warn!("cannot listen for signals: an end by one will say no goodbye");
        std::future::pending().await
    }
}

#[cfg(not(all(unix, desktop)))]
async fn asked_to_end() {
    std::future::pending().await
}

/// Says goodbye and ends every task; called when the window is gone and the process is about to end.
pub(crate) fn end(app: &AppHandle) {
    let shell = app.state::<Shell>();
    shell.ending.store(true, Ordering::Relaxed);
    let http = shell.http.lock().unwrap_or_else(PoisonError::into_inner).take();
    let echo = shell.echo.lock().unwrap_or_else(PoisonError::into_inner).take();
    let goodbye = async {
        shell.node.shutdown().await;
        if let Some(echo) = echo {
            echo.shutdown().await;
        }
        if let Some(http) = http {
            http.shutdown().await;
        }
    };
    let said = async { tokio::time::timeout(GOODBYE, goodbye).await };
    if tauri::async_runtime::block_on(said).is_err() {
        tracing::warn!("the goodbye took too long; ending without it");
    }
}
