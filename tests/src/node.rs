//! A real node on a host of the lab: the `dogeller-headless` program and what it prints.

mod error;
mod lines;
mod list;
mod options;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use tempfile::TempDir;

use crate::lab::{Host, kernel};
pub use error::NodeError;
use error::system;
use lines::Lines;
pub use lines::{Event, Heard, Ready, State};
use list::list_of;
pub use list::{List, Person, online};
pub use options::{Options, program};

/// How long a start may take on a machine with other things to do.
pub const START: Duration = Duration::from_secs(20);
/// How long an ordered end may take.
pub const END: Duration = Duration::from_secs(10);

/// A node on a host. Killed when dropped.
#[derive(Debug)]
pub struct NodeProcess {
    host: Host,
    options: Options,
    child: Child,
    lines: Arc<Lines>,
    /// Holds the data folder and the log when the node was given none.
    folder: Arc<TempDir>,
    run: u32,
}

impl NodeProcess {
    /// Starts a node with a data folder of its own on any free port, and waits until it is up.
    pub fn start(host: &Host, name: &str) -> Result<Self, NodeError> {
        let node = Self::launch(host, name, |_| {})?;
        node.ready()?;
        Ok(node)
    }

    /// Starts a node as `adjust` leaves the options, without waiting until it is up.
    pub fn launch(host: &Host, name: &str, adjust: impl FnOnce(&mut Options)) -> Result<Self, NodeError> {
        let folder = Arc::new(tempfile::tempdir().map_err(system("a temporary folder"))?);
        let data_dir = folder.path().join("data");
        let name = name.to_owned();
        let mut options =
            Options { name, data_dir, port: 0, ui_port: 0, peers: Vec::new(), answers: false, disk_kib: None };
        adjust(&mut options);
        Self::begin(host.clone(), options, folder, 1)
    }

    fn begin(host: Host, options: Options, folder: Arc<TempDir>, run: u32) -> Result<Self, NodeError> {
        let log = fs::File::create(log_path(&folder, run)).map_err(system("the node's log"))?;
        let mut command = options.command()?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = host.spawn(command).map_err(system("the node's program"))?;
        let stdout = child.stdout.take().ok_or(io::Error::other("no stdout")).map_err(system("the node's stdout"))?;
        let lines = Lines::read(stdout).map_err(system("a thread"))?;
        Ok(Self { host, options, child, lines, folder, run })
    }

    /// The host it runs on.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it was started.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Waits until it is up; then its first line, at once every further time.
    pub fn ready(&self) -> Result<Ready, NodeError> {
        self.wait(START, |heard| {
            heard.iter().find_map(|heard| match &heard.event {
                Event::Ready(ready) => Some(ready.clone()),
                Event::Peer { .. } => None,
            })
        })
    }

    /// Its `PeerId`.
    pub fn peer_id(&self) -> Result<String, NodeError> {
        Ok(self.ready()?.peer_id)
    }

    /// Where its links come in.
    pub fn address(&self) -> Result<SocketAddr, NodeError> {
        Ok(SocketAddr::from((self.host.address(), self.ready()?.port)))
    }

    /// Everything it printed, with the time of each line.
    pub fn heard(&self) -> Vec<Heard> {
        self.lines.all()
    }

    /// Its list now.
    pub fn list(&self) -> List {
        list_of(&self.lines.all())
    }

    /// Who is online on its list now, by `PeerId`.
    pub fn online(&self) -> Vec<String> {
        online(&self.list())
    }

    /// Waits until its list is as wanted; then how long that took.
    pub fn wait_for_peers(&self, wanted: impl Fn(&List) -> bool, deadline: Duration) -> Result<Duration, NodeError> {
        let start = Instant::now();
        self.wait(deadline, |heard| wanted(&list_of(heard)).then(|| start.elapsed()))
    }

    /// Waits until somebody is online, or offline, on its list.
    pub fn wait_for(&self, peer_id: &str, state: State, deadline: Duration) -> Result<Duration, NodeError> {
        self.wait_for_peers(|list| list.get(peer_id).is_some_and(|person| person.state == state), deadline)
    }

    /// Waits until what it printed gives an answer.
    pub fn wait<T>(&self, time: Duration, answer: impl Fn(&[Heard]) -> Option<T>) -> Result<T, NodeError> {
        let name = || self.options.name.clone();
        match self.lines.wait(time, answer) {
            lines::Waited::Answer(answer) => Ok(answer),
            lines::Waited::TooLate => {
                let seen = self.heard().iter().map(|heard| format!("{heard:?}\n")).collect();
                Err(NodeError::TooLate { name: name(), time, seen, log: self.log_end() })
            }
            lines::Waited::Ended => Err(NodeError::Ended { name: name(), log: self.log_end() }),
            lines::Waited::BadLine { line, why } => Err(NodeError::BadLine { name: name(), line, why }),
        }
    }

    /// What it wrote to its log since it was started last.
    pub fn log(&self) -> String {
        fs::read_to_string(log_path(&self.folder, self.run)).unwrap_or_default()
    }

    fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// Whether its process still runs.
    pub fn is_running(&mut self) -> Result<bool, NodeError> {
        Ok(self.child.try_wait().map_err(system("the node's state"))?.is_none())
    }

    /// Waits until it ends by itself.
    pub fn wait_for_end(&mut self, deadline: Duration) -> Result<ExitStatus, NodeError> {
        let end = Instant::now() + deadline;
        loop {
            if let Some(status) = self.child.try_wait().map_err(system("the node's state"))? {
                return Ok(status);
            }
            if Instant::now() >= end {
                let (name, log) = (self.options.name.clone(), self.log_end());
                return Err(NodeError::TooLate { name, time: deadline, seen: "it runs on".into(), log });
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to end (SIGTERM), so that it says goodbye, and waits for that.
    pub fn terminate(&mut self) -> Result<ExitStatus, NodeError> {
        kernel::ask_to_end(self.child.id()).map_err(system("SIGTERM"))?;
        self.wait_for_end(END)
    }

    /// Kills it (SIGKILL): it says nothing, its kernel closes its connections.
    pub fn kill9(&mut self) -> Result<(), NodeError> {
        self.child.kill().map_err(system("SIGKILL"))?;
        self.child.wait().map_err(system("the node's state"))?;
        Ok(())
    }

    /// Runs a command of the program with this node's data folder, on its host, and waits for its end.
    pub fn ask(&self, words: &[&str]) -> Result<Output, NodeError> {
        let mut command = Command::new(program()?);
        command.args(words).arg("--data-dir").arg(&self.options.data_dir).env("RUST_LOG", "error");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = self.host.spawn(command).map_err(system("a command of the program"))?;
        child.wait_with_output().map_err(system("a command of the program"))
    }

    /// Makes the disk of a node that has one of its own larger, while it runs.
    pub fn grow_disk(&self, kib: u32) -> Result<(), NodeError> {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &self.child.id().to_string()]);
        command.args(["--", "mount", "-o", &format!("remount,size={kib}k")]).arg(&self.options.data_dir);
        let grown = command.status().map_err(system("nsenter"))?;
        let failed = || io::Error::other(format!("mount: {grown}"));
        if grown.success() { Ok(()) } else { Err(system("a larger disk")(failed())) }
    }

    /// Stops it without its knowing, or lets it go on: a machine that hangs or sleeps.
    pub fn freeze(&self, frozen: bool) -> Result<(), NodeError> {
        kernel::freeze(self.child.id(), frozen).map_err(system("SIGSTOP"))
    }

    /// Starts it again with the same options and data folder, after it has ended; a running one is killed first.
    /// Does not wait until it is up.
    pub fn restart(&mut self) -> Result<(), NodeError> {
        self.kill9()?;
        *self = Self::begin(self.host.clone(), self.options.clone(), Arc::clone(&self.folder), self.run + 1)?;
        Ok(())
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log_path(folder: &TempDir, run: u32) -> PathBuf {
    folder.path().join(format!("log-{run}"))
}
