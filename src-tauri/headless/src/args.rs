//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use dogeller_core::Name;

const EXIT_CODES: &str = "\
Exit codes:
  0  ended as asked (SIGTERM, SIGINT, or with --json standard output was closed)
  1  could not start, or ended by itself; the reason is on standard error
  2  the command line is wrong
  3  another Dogeller runs with this data folder

Logs go to standard error; RUST_LOG chooses what is logged.";

/// See and call everybody on your local network, in the browser, with no window of its own.
#[derive(Debug, Parser)]
#[command(name = "dogeller-headless", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The name others see, 1 to 64 characters [default: the kept one, or yours and the machine's]
    #[arg(long, value_parser = Name::new)]
    pub(crate) name: Option<Name>,
    /// The folder for this node's identity and settings [default: your own folder for Dogeller]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The port other nodes reach this one at, 0 for any free one [default: the kept one, or any free one]
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The port of the page on 127.0.0.1, 0 for any free one [default: the kept one, or any free one]
    #[arg(long, value_name = "PORT")]
    pub(crate) ui_port: Option<u16>,
    /// Look for a node at this address at once, such as 10.0.0.7:4433; may be given more than once
    #[arg(long = "peer", value_name = "ADDR:PORT")]
    pub(crate) peers: Vec<SocketAddr>,
    /// Print one JSON object a line on standard output, and nothing else: ready first, then each change of who is there
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, clap::error::ErrorKind> {
        Args::try_parse_from(line.split(' ')).map_err(|error| error.kind())
    }

    #[test]
    fn reads_every_flag() {
        let line = "x --name Ada --data-dir /tmp/a --port 0 --ui-port 8080 --peer 10.0.0.7:1 --peer [fe80::1]:2 --json";
        let args = parse(line).unwrap();
        assert_eq!(args.name, Name::new("Ada").ok());
        assert_eq!((args.port, args.ui_port, args.peers.len(), args.json), (Some(0), Some(8080), 2, true));
    }

    #[test]
    fn refuses_what_cannot_be() {
        for line in ["x --port 65536", "x --peer ada", "x --peer 10.0.0.7", "x --name \u{7}", "x dog"] {
            assert!(parse(line).is_err(), "{line}");
        }
        assert!(Args::try_parse_from(["x", "--name", &"x".repeat(65)]).is_err());
    }
}
