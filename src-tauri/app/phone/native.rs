//! The handle to the system's own half: `src-tauri/android` in Kotlin, `src-tauri/ios` in Swift. It decides nothing about calls.
//!
//! Tauri's `run_mobile_plugin` without `_async` waits on the main thread for an answer that the main thread has to give
//! (read in tauri 2.12.5): it is never used.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dogeller_core::CallId;
use dogeller_core::wire::ui::CallView;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use tauri::ipc::Channel;
use tauri::plugin::{Builder, PluginHandle, TauriPlugin};
use tauri::{AppHandle, Manager, State, Wry};
use tokio::sync::mpsc;

use super::events;
use super::{Route, Routes};

/// Words for the system that wait: a call makes some ten.
const WAITING: usize = 128;
/// The page asks for a microphone alone right after camera and microphone were refused. Nobody is asked twice for that.
const SAME_QUESTION: Duration = Duration::from_secs(1);

/// What the person granted.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Granted {
    microphone: bool,
    camera: bool,
}

/// One word for the system: they are said in the order in which they were meant.
pub(super) struct Word {
    command: &'static str,
    payload: serde_json::Value,
}

/// What was last asked, for which call, and the answer.
struct Asked {
    call: Option<CallId>,
    camera: bool,
    granted: Granted,
    at: Instant,
}

/// What this half remembers.
#[derive(Default)]
pub(super) struct Seen {
    /// The call that rings here.
    pub(super) rings: Option<CallView>,
    /// The call of this phone.
    pub(super) talks: Option<CallView>,
    /// The call that the system keeps alive, and whether with pictures.
    pub(super) began: Option<(CallId, bool)>,
    /// The system was asked whether it may ring.
    pub(super) asked_to_ring: bool,
    asked: Option<Asked>,
}

/// See the module.
pub(crate) struct Phone {
    native: PluginHandle<Wry>,
    words: mpsc::Sender<Word>,
    seen: Mutex<Seen>,
}

pub(crate) fn phone(app: &AppHandle) -> State<'_, Phone> {
    app.state()
}

/// Registers the native half. The page may use none of its commands.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new("dogeller")
        .setup(|app, api| {
            #[cfg(target_os = "android")]
            let native = api.register_android_plugin("app.dogeller.plugin", "DogellerPlugin")?;
            #[cfg(target_os = "ios")]
            let native = swift::register(&api)?;
            let (words, waiting) = mpsc::channel(WAITING);
            tauri::async_runtime::spawn(say(native.clone(), waiting));
            app.manage(Phone { native, words, seen: Mutex::default() });
            Ok(())
        })
        .build()
}

/// Listens to the native half, and asks for the local network. Once, when the node runs.
pub(crate) fn begin(app: &AppHandle) {
    #[derive(Serialize)]
    struct Listen {
        events: Channel<()>,
    }
    let events = events::channel(app);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let phone = phone(&app);
        let listens = phone.native.run_mobile_plugin_async::<IgnoredAny>("listen", Listen { events }).await;
        if let Err(error) = listens {
            tracing::error!(%error, "nothing of this phone is heard");
        }
        // It announced itself before there was anybody to tell.
        #[cfg(target_os = "android")]
        app.state::<crate::shell::Shell>().announced.tell(&app);
        phone.question("network");
    });
}

/// The node announces itself anew, or is withdrawn.
#[cfg(target_os = "android")]
pub(crate) fn appear(app: &AppHandle, announcement: Option<dogeller_lan::Announcement>) {
    use dogeller_lan::Announcement;
    let payload = match announcement {
        Some(Announcement { port, id, v, n, s }) => {
            serde_json::json!({ "port": port, "id": id, "v": v, "n": n, "s": s })
        }
        None => serde_json::json!({ "port": 0 }),
    };
    phone(app).tell("appear", payload);
}

impl Phone {
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks its person for something that nothing waits for. Not among the words: a question may be on the screen for hours.
    pub(super) fn question(&self, need: &'static str) {
        let native = self.native.clone();
        tauri::async_runtime::spawn(async move {
            let _answer: Option<IgnoredAny> = prepare(&native, need, false).await;
        });
    }

    /// Whoever tells must not wait for the system.
    pub(super) fn tell(&self, command: &'static str, payload: serde_json::Value) {
        if self.words.try_send(Word { command, payload }).is_err() {
            tracing::warn!(command, "this phone has no time for a word");
        }
    }

    pub(super) async fn prepare_call(&self, microphone: bool, camera: bool) -> bool {
        let call = self.seen().talks.as_ref().map(|call| call.call);
        let known = self.seen().asked.as_ref().and_then(|asked| asked.answers(call, camera));
        let granted = match known {
            Some(granted) => granted,
            None => match prepare(&self.native, "call", camera).await {
                Some(granted) => granted,
                // Nobody could be asked: opening the devices shows what is allowed.
                None => {
                    self.call_began(&mut self.seen(), camera);
                    return true;
                }
            },
        };
        let mut seen = self.seen();
        seen.asked = Some(Asked { call, camera, granted, at: Instant::now() });
        self.call_began(&mut seen, camera && granted.camera);
        (!microphone || granted.microphone) && (!camera || granted.camera)
    }

    /// Only once its devices were asked for: Android refuses the service of a call without the permissions it needs. A call that
    /// has pictures keeps them when its microphone is opened once more.
    fn call_began(&self, seen: &mut Seen, video: bool) {
        let Some(talks) = &seen.talks else { return };
        let video = video || seen.began == Some((talks.call, true));
        self.tell("callBegan", serde_json::json!({ "name": talks.with.name.to_string(), "video": video }));
        seen.began = Some((talks.call, video));
    }

    pub(super) async fn routes(&self, route: Option<Route>) -> Option<Routes> {
        let asked = match route {
            Some(route) => {
                let payload = serde_json::json!({ "route": route });
                self.native.run_mobile_plugin_async("chooseRoute", payload).await
            }
            None => self.native.run_mobile_plugin_async("routes", ()).await,
        };
        asked.inspect_err(|error| tracing::warn!(%error, "the system did not say where a call is heard")).ok()
    }
}

/// Asks its person; `None` when that was not possible.
async fn prepare<T: DeserializeOwned>(native: &PluginHandle<Wry>, need: &str, video: bool) -> Option<T> {
    let asked = native.run_mobile_plugin_async("prepare", serde_json::json!({ "need": need, "video": video })).await;
    asked.inspect_err(|error| tracing::warn!(need, %error, "nobody was asked")).ok()
}

impl Asked {
    fn answers(&self, call: Option<CallId>, camera: bool) -> Option<Granted> {
        let same = self.call == call && (self.camera || !camera) && self.at.elapsed() < SAME_QUESTION;
        same.then_some(self.granted)
    }
}

async fn say(native: PluginHandle<Wry>, mut waiting: mpsc::Receiver<Word>) {
    while let Some(Word { command, payload }) = waiting.recv().await {
        if let Err(error) = native.run_mobile_plugin_async::<IgnoredAny>(command, payload).await {
            tracing::warn!(command, %error, "the system did not take a word");
        }
    }
}

#[cfg(target_os = "ios")]
mod swift {
    use tauri::Wry;
    use tauri::plugin::mobile::PluginInvokeError;
    use tauri::plugin::{PluginApi, PluginHandle};

    tauri::ios_plugin_binding!(init_plugin_dogeller);

    pub(super) fn register(api: &PluginApi<Wry, ()>) -> Result<PluginHandle<Wry>, PluginInvokeError> {
        api.register_ios_plugin(init_plugin_dogeller)
    }
}
