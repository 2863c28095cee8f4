//! What the system's own half tells. Names and addresses in it come from the network; nothing of them is believed.

use dogeller_core::CallId;
use dogeller_core::wire::ui::Command;
use serde::Deserialize;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{AppHandle, Emitter, Manager};
use tokio::sync::mpsc;

use super::native::phone;
use crate::shell::Shell;
use crate::window;

/// Events that wait: a network that announces everybody at once makes some hundreds.
const WAITING: usize = 512;
/// The window's page asks where a call is heard when it hears this (`ui/src/host/tauri.ts`).
const ROUTES: &str = "routes";

#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    #[cfg(target_os = "android")]
    Found {
        instance: String,
        addresses: Vec<String>,
        txt: Txt,
    },
    #[cfg(target_os = "android")]
    Lost {
        instance: String,
    },
    Route {},
    Accepted {
        call: String,
    },
    Declined {
        call: String,
    },
}

/// The bytes of an announcement, in hexadecimal: strings from Kotlin come as the JVM's own UTF-8, and Tauri takes an emoji in
/// them for a reason to end the process (2.12.5).
#[cfg(target_os = "android")]
#[derive(Debug, Deserialize)]
struct Txt {
    id: String,
    v: String,
    n: String,
    s: String,
}

/// A channel for the native half. It calls on the main thread, which must not wait: what cannot be kept is dropped.
pub(super) fn channel(app: &AppHandle) -> Channel<()> {
    let (events, mut waiting) = mpsc::channel::<String>(WAITING);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        while let Some(text) = waiting.recv().await {
            match serde_json::from_str(&text) {
                Ok(event) => happened(&app, event).await,
                Err(error) => tracing::warn!(%error, "an event of this phone is not understood"),
            }
        }
    });
    Channel::new(move |body| {
        if let InvokeResponseBody::Json(text) = body
            && events.try_send(text).is_err()
        {
            tracing::warn!("more happens on this phone than can be told");
        }
        Ok(())
    })
}

async fn happened(app: &AppHandle, event: Event) {
    match event {
        #[cfg(target_os = "android")]
        Event::Found { instance, addresses, txt } => {
            if let Some(sighting) = sighting(&addresses, &txt) {
                let _ended = app.state::<Shell>().node.sighted(instance, Some(sighting)).await;
            }
        }
        #[cfg(target_os = "android")]
        Event::Lost { instance } => {
            let _ended = app.state::<Shell>().node.sighted(instance, None).await;
        }
        Event::Route {} => {
            if let Err(error) = app.emit_to(window::LABEL, ROUTES, ()) {
                tracing::warn!(%error, "the page does not hear where the call is heard");
            }
        }
        Event::Accepted { call } => answer(app, &call, true),
        Event::Declined { call } => answer(app, &call, false),
    }
}

#[cfg(target_os = "android")]
fn sighting(addresses: &[String], txt: &Txt) -> Option<dogeller_lan::Sighting> {
    let text = |hexadecimal: &str| String::from_utf8(hex::decode(hexadecimal).ok()?).ok();
    Some(dogeller_lan::Sighting {
        id: text(&txt.id)?,
        v: text(&txt.v)?,
        n: text(&txt.n)?,
        s: text(&txt.s)?,
        addresses: addresses.iter().filter_map(|address| address.parse().ok()).collect(),
    })
}

/// An answer in a notification or on the lock screen is a click in the page, which holds the engine.
fn answer(app: &AppHandle, call: &str, accepted: bool) {
    let Ok(call) = call.parse::<CallId>() else { return };
    let rings = phone(app).seen().rings.as_ref().filter(|rings| rings.call == call).map(|rings| rings.theirs);
    // Over meanwhile: the page says so.
    let Some(media) = rings else { return };
    let command = if accepted { Command::Accept { call, media } } else { Command::Decline { call } };
    app.state::<Shell>().bridge.click(command);
}
