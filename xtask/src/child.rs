//! Other programs, run to their end.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    #[error("`{program}` is not installed, or not in PATH")]
    Missing { program: String },
    #[error("`{program}` cannot be started: {source}")]
    Start { program: String, source: io::Error },
    #[error("`{line}` failed ({status})")]
    Failed { line: String, status: ExitStatus },
    #[error("`{line}` printed something that is not text")]
    NotText { line: String },
}

/// A command without the variables that `cargo run` set for xtask: a cargo below it would take them for its own, and
/// compile again what has not changed.
pub(crate) fn clean(program: OsString) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_cargos_own) {
            command.env_remove(name);
        }
    }
    command
}

fn is_cargos_own(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_BIN_")
        || matches!(name, "CARGO_MANIFEST_DIR" | "CARGO_MANIFEST_PATH" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE")
}

/// Runs a program whose output the person sees.
pub(crate) fn run(mut command: Command) -> Result<(), ChildError> {
    let status = command.status().map_err(|error| start_error(&command, error))?;
    if status.success() { Ok(()) } else { Err(ChildError::Failed { line: line(&command), status }) }
}

/// Runs a program that must not ask anything: it finds its input closed.
pub(crate) fn run_unattended(mut command: Command) -> Result<(), ChildError> {
    command.stdin(Stdio::null());
    run(command)
}

/// What a program printed. Its errors go to the terminal.
pub(crate) fn capture(mut command: Command) -> Result<String, ChildError> {
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| start_error(&command, error))?;
    if !output.status.success() {
        return Err(ChildError::Failed { line: line(&command), status: output.status });
    }
    String::from_utf8(output.stdout).map_err(|_| ChildError::NotText { line: line(&command) })
}

/// Whether a program runs and says yes. Whatever it prints is nobody's business.
pub(crate) fn succeeds(mut command: Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let mut line = name(command);
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned()
}

fn start_error(command: &Command, source: io::Error) -> ChildError {
    let program = name(command);
    if source.kind() == io::ErrorKind::NotFound {
        ChildError::Missing { program }
    } else {
        ChildError::Start { program, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let error = run(Command::new("/nowhere/dogeller-does-not-exist")).unwrap_err();
        assert_eq!(error.to_string(), "`dogeller-does-not-exist` is not installed, or not in PATH");
    }

    #[test]
    fn a_failure_shows_the_line_that_failed() {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg("--no-such-option").stdout(Stdio::null()).stderr(Stdio::null());
        let ChildError::Failed { line, .. } = run(command).unwrap_err() else { panic!("it should have failed") };
        assert!(line.ends_with(" --no-such-option"), "{line}");
    }

    #[test]
    fn a_folder_of_the_users_choice_is_not_cargos_own() {
        assert!(is_cargos_own("CARGO_PKG_NAME"));
        assert!(is_cargos_own("CARGO_MANIFEST_DIR"));
        assert!(!is_cargos_own("CARGO_HOME"));
        assert!(!is_cargos_own("CARGO_BUILD_JOBS"));
    }
}
