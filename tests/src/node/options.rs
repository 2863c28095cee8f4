//! The command line of a node.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::{NodeError, system};

/// How a node is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// `--name`.
    pub name: String,
    /// `--data-dir`.
    pub data_dir: PathBuf,
    /// `--port`.
    pub port: u16,
    /// `--ui-port`.
    pub ui_port: u16,
    /// `--peer`, once each.
    pub peers: Vec<SocketAddr>,
    /// `--answer tone`: it accepts every call by itself.
    pub answers: bool,
    /// Its data folder is a disk of its own, of so many KiB, which goes with its process.
    pub disk_kib: Option<u32>,
}

/// Makes a disk of `$1` KiB at `$2` and becomes the program that follows.
const ON_A_DISK: &str = r#"mount -t tmpfs -o "size=$1k" none "$2" && shift 2 && exec "$@""#;

impl Options {
    /// `--downloads`: beside the data folder.
    pub fn downloads(&self) -> PathBuf {
        self.data_dir.with_file_name("downloads")
    }

    /// The command line.
    pub(super) fn command(&self) -> Result<Command, NodeError> {
        let mut command = match self.disk_kib {
            None => Command::new(program()?),
            Some(kib) => {
                std::fs::create_dir_all(&self.data_dir).map_err(system("a data folder"))?;
                let mut command = Command::new("unshare");
                command.args(["--mount", "--", "sh", "-c", ON_A_DISK, "sh", &kib.to_string()]);
                command.arg(&self.data_dir).arg(program()?);
                command
            }
        };
        command.arg("--json").arg("--name").arg(&self.name);
        command.arg("--data-dir").arg(&self.data_dir);
        command.arg("--downloads").arg(self.downloads());
        command.args(["--port", &self.port.to_string(), "--ui-port", &self.ui_port.to_string()]);
        if self.answers {
            command.args(["--answer", "tone"]);
        }
        for peer in &self.peers {
            command.args(["--peer", &peer.to_string()]);
        }
        Ok(command)
    }
}

/// Where the program is: `DOGELLER_HEADLESS`, or beside the folder of the test programs.
pub fn program() -> Result<PathBuf, NodeError> {
    let path = match env::var_os("DOGELLER_HEADLESS") {
        Some(path) => PathBuf::from(path),
        None => {
            let test = env::current_exe().map_err(system("the path of this program"))?;
            // A test lies in `deps` below it, the bench beside it.
            let folders = test.ancestors().skip(1).take(2).map(|folder| folder.join("dogeller-headless"));
            let fallback = Path::new(".").join("dogeller-headless");
            folders.filter(|path| path.is_file()).last().unwrap_or(fallback)
        }
    };
    if path.is_file() { Ok(path) } else { Err(NodeError::NotBuilt(path)) }
}
