//! The right to make networks: root has it, and anybody has it inside a user namespace of their own.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{env, io, thread};

use super::kernel;

/// Set for the copy of this program that runs inside its own user namespace.
const INSIDE: &str = "DOGELLER_LAB_INSIDE";

/// How this process came to the right to make networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// It had it: root.
    Root,
    /// It started itself again in a user namespace of its own; its callers are outside of that.
    UserNamespace,
}

/// Why no network can be made.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Not root, and user namespaces do not help.
    #[error(
        "the lab needs root, or a system that lets anybody make user namespaces (kernel.unprivileged_userns_clone=1, \
         kernel.apparmor_restrict_unprivileged_userns=0): {0}"
    )]
    NotAllowed(io::Error),
    /// `unshare` of util-linux cannot be started.
    #[error("the lab is not root and cannot start `unshare` (package util-linux): {0}")]
    NoUnshare(io::Error),
}

/// Makes sure that this process may make networks. Without the right, the whole program starts again inside a user
/// namespace, with the same arguments, and this call does not return.
pub fn enter() -> Result<World, WorldError> {
    let inside = env::var_os(INSIDE).is_some();
    // On a thread that ends at once, so that the caller keeps its network.
    match thread::spawn(kernel::own_network).join() {
        Ok(Ok(())) => Ok(if inside { World::UserNamespace } else { World::Root }),
        Ok(Err(error)) if inside => Err(WorldError::NotAllowed(error)),
        Ok(Err(_)) | Err(_) => Err(start_again()),
    }
}

fn start_again() -> WorldError {
    let program = match env::current_exe() {
        Ok(program) => program,
        Err(error) => return WorldError::NotAllowed(error),
    };
    // The network too, so that even the program's own traffic stays inside.
    let error = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--mount", "--"])
        .arg(program)
        .args(env::args_os().skip(1))
        .env(INSIDE, "1")
        .exec();
    WorldError::NoUnshare(error)
}
