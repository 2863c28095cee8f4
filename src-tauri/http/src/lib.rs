//! Opens: this node's page on loopback, for a plain browser.
//!
//! Everybody who can open a socket on this machine can talk to this server: other programs, other users, and every web
//! page in the browser. So it listens on `127.0.0.1` alone, answers only to its own `Host` (against DNS rebinding), lets
//! only its own page open the control socket (`Origin`), and takes no command before the page has shown the token, 256
//! random bits of this start.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`start`](Http) | listening, and ending all of it |
//! | `site` | the one address this page has, and the headers every answer carries |
//! | `assets` | the page itself, embedded |
//! | `socket` | one page's control socket: notices out, commands in |
//! | `upload` | files that a page hands over to be sent |
//! | `media` | the Rust half of the window's engine, where its webview has none |
//! | `token`, `ticket` | the secret, and a one-time address that leads to it |
//! | `port` | the kept port |
//! | [`running`] | `running.json`: how a second start finds the first |
//! | [`claim`] | the data folder, or who already runs on it |

mod assets;
mod claim;
mod door;
mod file;
mod line;
mod media;
mod port;
pub mod running;
mod site;
mod socket;
mod start;
mod ticket;
mod token;
mod upload;

pub use claim::{Claim, ClaimError, claim};
pub use start::{Http, HttpError, Media, Options};
