//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use dogeller_core::Name;

const EXIT_CODES: &str = "\
Exit codes:
  0  ended as asked (SIGTERM, SIGINT, or with --json standard output was closed)
  1  could not start, or ended by itself; the reason is on standard error
  2  the command line is wrong
  3  another Dogeller runs with this data folder
  4  nobody of that name is here (send, receive, text, history: is known), or more than one
  5  call: not accepted
  6  call: sound or picture did not come, or the call was lost
  7  text, send: not sent
  8  text, send, receive: not delivered yet; it waits and goes on as soon as both are here
  9  send, receive: declined, or cancelled

peers, send, receive, text and history use the Dogeller that runs with this data folder, or start one for as long as they need it.

Logs go to standard error; RUST_LOG chooses what is logged.";

/// See and call everybody on your local network, in the browser, with no window of its own.
#[derive(Debug, Parser)]
#[command(name = "dogeller-headless", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What a node is to be.
#[derive(Debug, clap::Args)]
pub(crate) struct NodeArgs {
    /// The name others see, 1 to 64 characters [default: the kept one, or yours and the machine's]
    #[arg(long, global = true, value_parser = Name::new)]
    pub(crate) name: Option<Name>,
    /// The folder for this node's identity and settings [default: your own folder for Dogeller]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The folder for files of others and conversations that are exported [default: your own folder for downloads]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) downloads: Option<PathBuf>,
    /// The port other nodes reach this one at, 0 for any free one [default: the kept one, else 36430, else any free one]
    #[arg(long, global = true)]
    pub(crate) port: Option<u16>,
    /// The port of the page on 127.0.0.1, 0 for any free one [default: the kept one, or any free one]
    #[arg(long, global = true, value_name = "PORT")]
    pub(crate) ui_port: Option<u16>,
    /// Look for a node at this address at once, such as 10.0.0.7:4433; may be given more than once
    #[arg(long = "peer", global = true, value_name = "ADDR:PORT")]
    pub(crate) peers: Vec<SocketAddr>,
    /// Print one JSON object a line on standard output, and nothing else: ready first, then each change of who is there, and of
    /// calls that this node holds by itself
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Answer every call by itself: `echo` sends picture and sound back half a second later, `tone` sends a clock and a
    /// tone and reports what it gets
    #[arg(long, value_enum)]
    pub(crate) answer: Option<Answer>,
    /// For tests: a new offer every so many seconds of a call
    #[arg(long, global = true, hide = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) renegotiate: Option<u64>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Answer {
    Echo,
    Tone,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Call somebody, send a clock and a tone, and report what comes back
    Call(CallArgs),
    /// Show who is known, and who is here
    Peers,
    /// Send files and folders to somebody
    Send(SendArgs),
    /// Take what somebody sends, and wait until it is there
    Receive(ReceiveArgs),
    /// Write to somebody
    Text(TextArgs),
    /// Show what was said with somebody
    History(HistoryArgs),
    /// Print what a shell needs to complete this program's words
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// For packages: write the man pages into a folder
    #[command(hide = true)]
    Man {
        /// The folder
        folder: PathBuf,
    },
}

/// A message.
#[derive(Debug, clap::Args)]
pub(crate) struct TextArgs {
    /// The name, or the first eight digits or more of the id
    #[arg(value_name = "NAME-OR-ID")]
    pub(crate) whom: String,
    /// What to say; `-` reads it from standard input
    pub(crate) text: String,
    /// How many seconds to wait until it is delivered
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) wait: u64,
}

/// Files.
#[derive(Debug, clap::Args)]
pub(crate) struct SendArgs {
    /// The name, or the first eight digits or more of the id
    #[arg(value_name = "NAME-OR-ID")]
    pub(crate) whom: String,
    /// Files and folders
    #[arg(required = true, value_name = "FILE", num_args = 1..=1000)]
    pub(crate) files: Vec<PathBuf>,
    /// How many seconds to wait until all of it is there [default: until it is]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) wait: Option<u64>,
}

/// Files of somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct ReceiveArgs {
    /// The name, or the first eight digits or more of the id
    #[arg(value_name = "NAME-OR-ID")]
    pub(crate) whom: String,
    /// How many seconds to wait until all of it is there [default: until it is]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) wait: Option<u64>,
}

/// A conversation.
#[derive(Debug, clap::Args)]
pub(crate) struct HistoryArgs {
    /// The name, or the first eight digits or more of the id
    #[arg(value_name = "NAME-OR-ID")]
    pub(crate) whom: String,
    /// So many entries at most, the newest
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true, value_name = "COUNT")]
    pub(crate) last: usize,
}

/// A call to be placed.
#[derive(Debug, clap::Args)]
pub(crate) struct CallArgs {
    /// The name, or the first eight digits or more of the id
    #[arg(value_name = "NAME-OR-ID")]
    pub(crate) whom: String,
    /// How long to talk; while the path is gone none of it passes
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) seconds: u64,
    /// Sound alone
    #[arg(long)]
    pub(crate) voice: bool,
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
        assert_eq!(args.node.name, Name::new("Ada").ok());
        let NodeArgs { port, ui_port, peers, json, answer, .. } = args.node;
        assert_eq!((port, ui_port, peers.len(), json, answer), (Some(0), Some(8080), 2, true, None));
    }

    #[test]
    fn a_call_takes_the_options_of_a_node_too() {
        let args = parse("x call Ada --seconds 3 --voice --json --port 0").unwrap();
        let Some(Command::Call(call)) = args.command else { panic!("no call") };
        assert_eq!((call.whom.as_str(), call.seconds, call.voice), ("Ada", 3, true));
        assert_eq!((args.node.json, args.node.port), (true, Some(0)));
        assert_eq!(parse("x --answer echo").unwrap().node.answer, Some(Answer::Echo));
    }

    #[test]
    fn a_message_and_a_history_are_somebodys() {
        let Some(Command::Text(text)) = parse("x text Ada hello --wait 3 --json").unwrap().command else { panic!() };
        assert_eq!((text.whom.as_str(), text.text.as_str(), text.wait), ("Ada", "hello", 3));
        let Some(Command::History(history)) = parse("x history Ada --last 5").unwrap().command else { panic!() };
        assert_eq!(history.last, 5);
        let Some(Command::Send(send)) = parse("x send Ada a b --wait 9").unwrap().command else { panic!() };
        assert_eq!((send.whom.as_str(), send.files.len(), send.wait), ("Ada", 2, Some(9)));
        assert!(parse("x send Ada").is_err());
        assert!(parse("x text Ada").is_err() && parse("x history").is_err() && parse("x peers Ada").is_err());
    }

    #[test]
    fn refuses_what_cannot_be() {
        for line in [
            "x --port 65536",
            "x --peer ada",
            "x --peer 10.0.0.7",
            "x --name \u{7}",
            "x dog",
            "x call",
            "x call a --seconds 0",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
        assert!(Args::try_parse_from(["x", "--name", &"x".repeat(65)]).is_err());
    }
}
