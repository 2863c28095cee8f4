//! Between the window's page and its node: notices out by a channel, commands in by a call.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use dogeller_core::MessageId;
use dogeller_core::wire::ui::{Command, FailureCode, Notice, PageCaps, Phase};
use dogeller_lan::Page;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::{Channel, InvokeBody, Request};
use tauri::{AppHandle, Manager, State, Webview};
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::shell::Shell;
use crate::window;

/// How many commands may wait for the node. A call's start makes some 30 at once, most of them candidates.
const WAITING: usize = 256;
/// The most bytes of one piece of a file.
const PIECE_BYTES: usize = 4 * 1024 * 1024;

/// Why the node did not take what the page gave: stable codes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BridgeError {
    /// The node has ended.
    NodeEnded,
    /// `attach` comes first.
    NotAttached,
    /// More commands than the node can keep up with.
    Busy,
}

/// Why a file was not taken: stable codes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HandOverError {
    /// The disk has no room.
    DiskFull,
    /// It is no file of an offer, or the disk did not take it.
    Failed,
}

/// The attached pages, one for each webview, by its label.
#[derive(Default)]
pub(crate) struct Bridge(Mutex<HashMap<String, Attached>>);

struct Attached {
    notices: Channel<Notice>,
    commands: mpsc::Sender<Command>,
    pump: JoinHandle<()>,
}

impl Bridge {
    fn pages(&self) -> MutexGuard<'_, HashMap<String, Attached>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page is gone without having said so.
    #[cfg(target_os = "linux")]
    pub(crate) fn forget(&self, label: &str) {
        self.pages().remove(label);
    }

    /// What a click in the window's page would say.
    #[cfg(mobile)]
    pub(crate) fn click(&self, command: Command) {
        if let Some(page) = self.pages().get(window::LABEL)
            && page.commands.try_send(command).is_err()
        {
            tracing::warn!("an answer from the lock screen was lost");
        }
    }

    /// Tells every page that a call cannot be opened in the browser either.
    pub(crate) fn no_engine(&self) {
        for page in self.pages().values() {
            tell(&page.notices, Notice::Refused { code: FailureCode::NoEngine });
        }
    }
}

/// Attaches the page of this webview: notices come over `channel`, a snapshot first. A page that attaches again was
/// reloaded, and takes the place of its former self.
#[tauri::command]
pub(crate) async fn attach(
    webview: Webview,
    shell: State<'_, Shell>,
    caps: PageCaps,
    channel: Channel<Notice>,
) -> Result<(), BridgeError> {
    let former = shell.bridge.pages().remove(webview.label());
    if let Some(Attached { commands, pump, .. }) = former {
        drop(commands);
        // Until it has left: the node would think the call in another page otherwise.
        let _ended = pump.await;
    }
    let page = shell.node.attach(caps).await.map_err(|_| BridgeError::NodeEnded)?;
    let (commands, waiting) = mpsc::channel(WAITING);
    let notices = channel.clone();
    let pump = tauri::async_runtime::spawn(pump(webview.app_handle().clone(), caps, page, channel, waiting));
    let attached = Attached { notices, commands, pump };
    // One that attached at the same time leaves, as its commands end.
    shell.bridge.pages().insert(webview.label().to_owned(), attached);
    Ok(())
}

/// Gives a command to the node. Not `async`: so Tauri runs them in the order in which the page made them.
#[tauri::command]
pub(crate) fn command(
    webview: Webview,
    shell: State<'_, Shell>,
    command: serde_json::Value,
) -> Result<(), BridgeError> {
    let pages = shell.bridge.pages();
    let page = pages.get(webview.label()).ok_or(BridgeError::NotAttached)?;
    let Ok(command) = serde_json::from_value(command) else {
        tracing::warn!("the page sent a message that is no command");
        tell(&page.notices, Notice::Refused { code: FailureCode::BadMessage });
        return Ok(());
    };
    page.commands.try_send(command).map_err(|error| match error {
        TrySendError::Full(_) => BridgeError::Busy,
        TrySendError::Closed(_) => BridgeError::NodeEnded,
    })
}

/// Takes a piece of a file that the page wants to send: its bytes as they are, which file in the headers. A webview knows no
/// paths that the node could read.
#[tauri::command]
pub(crate) async fn hand_over(shell: State<'_, Shell>, request: Request<'_>) -> Result<(), HandOverError> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = percent_decode_str(header("path")).decode_utf8().map_err(|_| HandOverError::Failed)?.into_owned();
    let message: MessageId = header("message").parse().map_err(|_| HandOverError::Failed)?;
    let offset: u64 = header("offset").parse().map_err(|_| HandOverError::Failed)?;
    let InvokeBody::Raw(bytes) = request.body() else { return Err(HandOverError::Failed) };
    if bytes.len() > PIECE_BYTES {
        return Err(HandOverError::Failed);
    }
    let (uploads, bytes) = (shell.node.uploads(), bytes.clone());
    let write = move || {
        if offset == 0 {
            uploads.begin(message, &path).map(drop)?;
        }
        uploads.append(message, &path, offset, &bytes)
    };
    let written = tauri::async_runtime::spawn_blocking(write).await.map_err(|_| HandOverError::Failed)?;
    written.map_err(|error: io::Error| {
        tracing::warn!(%error, "a file that is handed over was not kept");
        match matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            true => HandOverError::DiskFull,
            false => HandOverError::Failed,
        }
    })
}

/// What the page needs for the half of an engine that it does not have.
#[derive(Serialize)]
pub(crate) struct MediaOffer {
    url: String,
    token: String,
    /// The desktop lets this window share a screen.
    screen: bool,
}

/// Where the other half of an engine is; `None` where the webview has a whole one. The page asks once, before it attaches.
#[tauri::command]
pub(crate) async fn media(shell: State<'_, Shell>) -> Result<Option<MediaOffer>, BridgeError> {
    #[cfg(target_os = "linux")]
    {
        let media = shell.media().ok_or(BridgeError::NodeEnded)?;
        let screen = tauri::async_runtime::spawn_blocking(crate::linux::shares_screens).await.unwrap_or(false);
        Ok(Some(MediaOffer { url: media.url, token: media.token, screen }))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = shell;
        Ok(None)
    }
}

/// Owns one page: carries notices and commands until the page is replaced or gone, or the node ends.
async fn pump(
    app: AppHandle,
    caps: PageCaps,
    mut page: Page,
    notices: Channel<Notice>,
    mut commands: mpsc::Receiver<Command>,
) {
    loop {
        tokio::select! {
            notice = page.next() => match notice {
                Some(notice) => {
                    if rings(&notice) {
                        window::wake(&app);
                    }
                    #[cfg(mobile)]
                    crate::phone::follow(&app, &notice);
                    tell(&notices, notice);
                }
                // Dropped for falling behind: a new snapshot makes the page right again.
                None => match app.state::<Shell>().node.attach(caps).await {
                    Ok(again) => page = again,
                    Err(_) => return,
                },
            },
            command = commands.recv() => match command {
                Some(command) => if page.send(command).await.is_err() {
                    return;
                },
                None => return page.leave().await,
            }
        }
    }
}

/// Somebody calls, and it is for this node's person to answer.
fn rings(notice: &Notice) -> bool {
    let Notice::Call { call: Some(call) } = notice else { return false };
    call.phase == Phase::Incoming
}

fn tell(notices: &Channel<Notice>, notice: Notice) {
    if let Err(error) = notices.send(notice) {
        tracing::warn!(%error, "the window's page could not be told");
    }
}
