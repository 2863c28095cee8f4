//! The command line.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{CommandFactory, Parser};
use clap_complete::Shell;
use dogeller_core::{Name, PeerId};

use crate::link;
use crate::shell::Wanted;

const EXIT_CODES: &str = "\
Exit codes:
  0  ended as asked, or another Dogeller with this data folder was brought to the front
  1  could not start, or ended by itself; the reason is on standard error
  2  the command line is wrong
  3  another Dogeller runs with this data folder and does not answer

Logs go to standard error; RUST_LOG chooses what is logged.";

/// See and call everybody on your local network.
#[derive(Debug, Parser)]
#[command(name = "dogeller", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// A link that names somebody: `dogeller://person/ID` shows the conversation with them
    #[arg(value_name = "LINK", value_parser = link::person)]
    pub(crate) person: Option<PeerId>,
    /// The name others see, 1 to 64 characters [default: the kept one, or yours and the machine's]
    #[arg(long, value_parser = Name::new)]
    name: Option<Name>,
    /// The folder for this node's identity and settings [default: your own folder for Dogeller]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The port other nodes reach this one at, 0 for any free one [default: the kept one, else 36430, else any free one]
    #[arg(long)]
    port: Option<u16>,
    /// The port of the page on 127.0.0.1, 0 for any free one [default: the kept one, or any free one]
    #[arg(long, value_name = "PORT")]
    ui_port: Option<u16>,
    /// Look for a node at this address at once, such as 10.0.0.7:4433; may be given more than once
    #[arg(long = "peer", value_name = "ADDR:PORT")]
    peers: Vec<SocketAddr>,
    /// Start without showing the window: it comes when somebody calls, or when Dogeller is started once more
    #[arg(long)]
    background: bool,
    /// Print what a shell needs to complete this program's words
    #[arg(long, value_name = "SHELL")]
    pub(crate) completions: Option<Shell>,
    /// For packages: write the man page into this folder
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) man: Option<PathBuf>,
}

impl Args {
    /// Writes what the command line asks for instead of a window; whether it did.
    pub(crate) fn write_instead(&self) -> std::io::Result<bool> {
        if let Some(shell) = self.completions {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Self::command(), "dogeller", &mut script);
            std::io::stdout().write_all(&script)?;
        }
        if let Some(folder) = &self.man {
            clap_mangen::generate_to(Self::command(), folder)?;
        }
        Ok(self.completions.is_some() || self.man.is_some())
    }
}

impl From<Args> for Wanted {
    fn from(args: Args) -> Self {
        let Args { name, port, peers, ui_port, background, .. } = args;
        Self { name, port, peers, ui_port, background }
    }
}
