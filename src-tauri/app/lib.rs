//! Shows: a window around the page, and a bridge between the page and its node. It holds no rule of calls.
//!
//! `shell` holds the node from start to goodbye, `bridge` carries notices and commands, `window` is the window and what
//! its page may do, `linux` what WebKitGTK needs for calls, `phone` what Android and iOS are asked and told, `update` newer
//! versions of the app, `args` the command line.

#[cfg(desktop)]
mod args;
mod bridge;
#[cfg(any(desktop, target_os = "ios"))]
mod link;
#[cfg(target_os = "linux")]
mod linux;
mod login;
mod phone;
mod shell;
#[cfg(desktop)]
mod update;
mod window;

use std::io::IsTerminal;

use tauri::{App, RunEvent};
use tracing_subscriber::EnvFilter;

use crate::shell::StartError;

/// Where a phone's system enters.
#[cfg(mobile)]
mod entry {
    #[tauri::mobile_entry_point]
    fn enter() {
        super::run();
    }
}

/// Runs the app until its window is closed.
pub fn run() {
    let chosen = EnvFilter::try_from_default_env();
    let filter = chosen.unwrap_or_else(|_| EnvFilter::new(format!("info,{}", dogeller_contact::QUIET)));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let app = tauri::Builder::default();
    #[cfg(desktop)]
    let app = app.plugin(tauri_plugin_autostart::Builder::new().args([login::IN_THE_BACKGROUND]).build());
    #[cfg(mobile)]
    let app = app.plugin(phone::plugin());
    let app = app
        .invoke_handler(tauri::generate_handler![
            bridge::attach,
            bridge::command,
            bridge::hand_over,
            bridge::media,
            phone::prepare_call,
            phone::routes,
            login::starts_at_login,
            login::start_at_login,
            #[cfg(desktop)]
            update::updates,
            #[cfg(desktop)]
            update::set_updates,
            #[cfg(desktop)]
            update::look_for_update,
            #[cfg(desktop)]
            update::install_update,
            #[cfg(desktop)]
            update::restart_updated
        ])
        // Tauri answers an error of this hook with a panic.
        .setup(|app| prepare(app).or_else(|error| fail(&error)));
    #[cfg_attr(mobile, expect(unused_mut, reason = "a phone's page reaches nothing of this machine"))]
    let mut context = tauri::generate_context!();
    #[cfg(desktop)]
    let app = match desktop() {
        Ok(Some(shell)) => {
            admit(&mut context, &shell);
            app.manage(shell)
        }
        Ok(None) => return,
        Err(error) => fail(&error),
    };
    match app.build(context) {
        Ok(app) => app.run(|app, event| {
            #[cfg(any(target_os = "macos", target_os = "ios"))]
            if let RunEvent::Opened { urls } = &event {
                urls.iter().for_each(|url| shell::show(app, url.as_str()));
            }
            if let RunEvent::Exit = event {
                shell::end(app);
                #[cfg(desktop)]
                update::start_again(app);
            }
        }),
        Err(error) => fail(&error.into()),
    }
}

/// Lets the window's page reach the other half of its engine, and nothing else of this machine.
#[cfg(target_os = "linux")]
fn admit(context: &mut tauri::Context, shell: &shell::Shell) {
    use tauri::utils::config::Csp;
    if let (Some(Csp::Policy(policy)), Some(media)) = (&mut context.config_mut().app.security.csp, shell.media()) {
        *policy = policy.replace("connect-src ", &format!("connect-src {} ", media.url));
    }
}

#[cfg(all(desktop, not(target_os = "linux")))]
fn admit(_context: &mut tauri::Context, _shell: &shell::Shell) {}

/// Starts the node before there is a window; `None` when another Dogeller runs already and came to the front.
#[cfg(desktop)]
fn desktop() -> Result<Option<shell::Shell>, StartError> {
    use dogeller_http::{Claim, claim, running::Kind};
    let args = <args::Args as clap::Parser>::parse();
    if args.write_instead().map_err(StartError::Unwritten)? {
        return Ok(None);
    }
    tauri::async_runtime::block_on(async {
        let person = args.person;
        match claim(args.data_dir.clone(), person).await? {
            Claim::Free(folder) => {
                #[cfg(target_os = "linux")]
                window::display()?;
                let shell = shell::start(folder, args.into()).await?;
                if let Some(person) = person {
                    // One that has ended by now says so by itself.
                    let _ended = shell.node.show(person).await;
                }
                Ok(Some(shell))
            }
            Claim::Running { kind: Kind::App, .. } => Ok(None),
            Claim::Running { kind: Kind::Headless, page } => {
                webbrowser::open(&page).map_err(StartError::Browser)?;
                Ok(None)
            }
        }
    })
}

#[cfg(desktop)]
fn prepare(app: &mut App) -> Result<(), StartError> {
    use tauri::Manager;
    shell::watch(app.handle());
    let policy = app.state::<shell::Shell>().updates.clone();
    if let Some(updates) = update::Updates::new(app.handle(), policy) {
        app.manage(updates);
    }
    window::open(app.handle())
}

/// On a phone the system names the data folder, and only to a running app.
#[cfg(mobile)]
fn prepare(app: &mut App) -> Result<(), StartError> {
    use tauri::Manager;
    let folder = dogeller_lan::DataFolder::open(Some(app.path().app_data_dir()?))?;
    let started = shell::start(folder, shell::Wanted::default());
    app.manage(tauri::async_runtime::block_on(started)?);
    shell::watch(app.handle());
    phone::begin(app.handle());
    window::open(app.handle())
}

/// Says why there is no window, and ends with the code for it.
fn fail(error: &StartError) -> ! {
    eprintln!("{error}");
    std::process::exit(error.code())
}
