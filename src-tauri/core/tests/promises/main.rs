//! What the core promises, one file for each promise, its first line. All of it runs in virtual time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap in a test is a failed assertion")]

mod code;
mod consent;
mod crossing;
mod echo;
mod endings;
mod files;
mod hostile;
mod links;
mod messages;
mod pages;
mod presence;
mod schedules;
mod support;
mod writing;
