//! The public handle to a running node.

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dogeller_core::node::Setup;
use dogeller_core::roster::ECHO_NAME;
use dogeller_core::wire::DEFAULT_PORT;
use dogeller_core::wire::ui::{Command, Notice, PageCaps, PeerView};
use dogeller_core::{Event, Name, Node as Core, OutboxId, PageId, PeerId};
use rand::Rng;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::discovery::{Announce, Discovery, Sighting, Sightings};
use crate::files::{Carriers, Uploads};
use crate::folder::DataFolder;
use crate::identity::{Identity, IdentityError};
use crate::links::{self, Acceptor};
use crate::networks;
use crate::run::{Input, OpenPage, Run};
use crate::store::{Job, Serving, Store, StoreError};
use crate::tls::Tls;

/// Inputs waiting for the core's task. Links wait while it is full, so a flood slows its sender.
const INPUTS_WAITING: usize = 1024;
/// How often the disk is looked through for what was kept long enough.
const EXPIRE: Duration = Duration::from_secs(60 * 60);
/// Notices waiting for one page.
pub(crate) const NOTICES_WAITING: usize = 1024;

/// How a node is to run.
#[derive(Default)]
pub struct Options {
    /// The name others see; the kept one, or the user's and machine's, when `None`.
    pub name: Option<Name>,
    /// The port for links. `None` takes the kept one, else [`DEFAULT_PORT`], else any free one; `Some(0)` any free one.
    pub port: Option<u16>,
    /// Peers to look for by address at once.
    pub peers: Vec<SocketAddr>,
    /// Called on the node's task (it must not block) when a call needs this node's page opened in the browser.
    pub open_page: Option<OpenPage>,
    /// Called on the node's task (it must not block) when this node announces itself, or something of it changes, and with
    /// `None` when it withdraws: for a system that has a DNS-SD of its own. What that one sees is given to
    /// [`Node::sighted`].
    pub announce: Option<Announce>,
    /// Where files of others and exported conversations go; the user's folder for downloads when `None`.
    pub downloads: Option<PathBuf>,
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// No settings.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings cannot be read.
    #[error("the settings cannot be read: {0}")]
    Settings(String),
    /// The port is taken or forbidden.
    #[error("no links can come in at port {port}: {source}")]
    Listen {
        /// Which port.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
    /// TLS refuses our own certificate.
    #[error("TLS cannot be used: {0}")]
    Tls(String),
    /// The system gives no thread.
    #[error("no thread for the settings: {0}")]
    Thread(std::io::Error),
}

/// The node has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the node has ended")]
pub struct Ended;

/// Who may link with a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Everybody on the network.
    Network,
    /// The node in this process whose echo contact this is, and nobody else.
    Owner(PeerId),
}

/// A running node; clones are handles to the same one. It runs until [`Node::shutdown`].
#[derive(Clone)]
pub struct Node {
    shared: Arc<Shared>,
}

struct Shared {
    peer: PeerId,
    name: Name,
    port: u16,
    folder: DataFolder,
    inputs: mpsc::Sender<Input>,
    /// An echo contact looks for nobody.
    sightings: Option<Sightings>,
    ended: watch::Receiver<bool>,
    store: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Node {
    /// Starts a node: returns once its listener is open and everything runs.
    ///
    /// # Errors
    /// [`StartError`], each with a sentence for the person who started it; nothing runs then.
    pub async fn start(folder: DataFolder, options: Options) -> Result<Self, StartError> {
        Self::start_for(Reach::Network, folder, options).await
    }

    /// Starts the echo contact of `owner`, a node of its own in this process; `folder` is for it alone. It listens on
    /// loopback only, announces and looks for nothing, and takes links of its owner's key only. The owner calls it once
    /// [`Node::adopt_echo`] has told it where; an attached page with an engine is to answer.
    ///
    /// # Errors
    /// As [`Node::start`].
    pub async fn start_echo(folder: DataFolder, owner: PeerId) -> Result<Self, StartError> {
        let options = Options { name: Name::nearest(ECHO_NAME), ..Options::default() };
        Self::start_for(Reach::Owner(owner), folder, options).await
    }

    async fn start_for(reach: Reach, folder: DataFolder, options: Options) -> Result<Self, StartError> {
        let identity = Identity::open(folder.path())?;
        let store = Store::open(folder.path())?;
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        let mut outbox = [0; 16];
        rand::rng().fill_bytes(&mut outbox);
        let loaded = store
            .load(rand::rng().next_u64(), OutboxId::from_bytes(outbox))
            .map_err(|error| StartError::Settings(error.to_string()))?;
        let listener = match reach {
            Reach::Network => listen(options.port, loaded.port)?,
            Reach::Owner(_) => links::listen_inside().map_err(|source| StartError::Listen { port: 0, source })?,
        };
        let port = listener.local_addr().map_err(|source| StartError::Listen { port: 0, source })?.port();
        if reach == Reach::Network
            && options.port.is_none()
            && loaded.port.is_none()
            && let Err(error) = store.keep_port(port)
        {
            tracing::warn!(%error, "the port could not be kept");
        }
        let first_start = options.name.is_none() && loaded.name.is_none();
        let name = options.name.or(loaded.name).unwrap_or_else(default_name);
        let peer = identity.peer;
        let tls = Tls::new(identity);
        let owner = match reach {
            Reach::Network => None,
            Reach::Owner(owner) => Some(owner),
        };
        let server = tls.server(owner).map_err(|error| StartError::Tls(error.to_string()))?;
        let unfinished: Vec<_> = loaded.transfers.iter().map(|(key, ..)| *key).collect();
        let setup = Setup {
            me: peer,
            boot: loaded.boot,
            seed,
            name: name.clone(),
            first_start,
            hidden_on: loaded.hidden_on,
            contacts: loaded.contacts,
            port,
            outbox: loaded.outbox,
            mail: loaded.mail,
            receipts: loaded.receipts,
            retention: loaded.retention,
            takes_files: loaded.takes_files,
            transfers: loaded.transfers,
        };
        let (inputs, received) = mpsc::channel(INPUTS_WAITING);
        let asked = inputs.clone().downgrade();
        let downloads = options.downloads.unwrap_or_else(|| default_downloads(folder.path()));
        let carriers =
            Carriers::new(folder.path(), downloads.clone(), tls.clone(), inputs.clone(), unfinished.into_iter());
        let serving = Serving { outbox: loaded.outbox, downloads };
        let (jobs, thread) = store
            .serve(serving, move |event| {
                // A node that has ended asks for nothing any more.
                let _ended = asked.upgrade().map(|inputs| inputs.blocking_send(Input::Event(event)));
            })
            .map_err(StartError::Thread)?;
        let discovery = match reach {
            Reach::Network => Some(Discovery::start(peer, port, loaded.boot.random, options.announce, inputs.clone())),
            Reach::Owner(_) => None,
        };
        // An echo contact takes its owner's link on no network, too.
        let (visible, open) = watch::channel(owner.is_some());
        let sightings = discovery.as_ref().map(Discovery::sightings);
        let run = Run {
            core: Core::new(setup),
            started: Instant::now(),
            inputs: inputs.clone(),
            tls,
            discovery,
            visible,
            store: jobs.clone(),
            carriers,
            open_page: options.open_page,
            links: Default::default(),
            pages: Default::default(),
            observers: Vec::new(),
            next: 0,
            link_tasks: JoinSet::new(),
            tasks: JoinSet::new(),
        };
        let acceptor = Acceptor { listener, tls: TlsAcceptor::from(Arc::new(server)), open, inputs: inputs.clone() };
        let (over, ended) = watch::channel(false);
        let seen = networks::look();
        let edges = [
            tokio::spawn(acceptor.run()),
            tokio::spawn(networks::watch(seen.clone(), inputs.clone())),
            tokio::spawn(expire(jobs.downgrade())),
        ];
        drop(jobs);
        let served = owner.map(|peer| Event::Owner { peer });
        let sought = options.peers.into_iter().map(|address| Event::Seek { address });
        let first: Vec<Event> =
            served.into_iter().chain(std::iter::once(Event::Networks { networks: seen })).chain(sought).collect();
        tokio::spawn(supervise(run, received, edges, over));
        let node = Self {
            shared: Arc::new(Shared {
                peer,
                name,
                port,
                folder,
                inputs,
                sightings,
                ended,
                store: Mutex::new(Some(thread)),
            }),
        };
        for event in first {
            // It was started in this function; that it has ended already shows at the next call.
            let _ended = node.shared.inputs.send(Input::Event(event)).await;
        }
        Ok(node)
    }

    /// Makes a running node of this process, started by [`Node::start_echo`] for this one, this one's echo contact:
    /// dialled at `address` on loopback whenever there is no link to it, and shown to pages while it can answer. Nobody
    /// else hears of it. What is not on loopback is not adopted.
    ///
    /// # Errors
    /// [`Ended`] when this node has.
    pub async fn adopt_echo(&self, peer: PeerId, address: SocketAddr) -> Result<(), Ended> {
        self.shared.inputs.send(Input::Event(Event::Echo { peer, address })).await.map_err(|_| Ended)
    }

    /// Who this node is.
    pub fn peer_id(&self) -> PeerId {
        self.shared.peer
    }

    /// The name others saw at the start.
    pub fn name(&self) -> Name {
        self.shared.name.clone()
    }

    /// The port links come in at.
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// The locked data folder.
    pub fn folder(&self) -> &Path {
        self.shared.folder.path()
    }

    /// Where pages hand over files that are to be sent.
    pub fn uploads(&self) -> Uploads {
        Uploads::new(self.folder())
    }

    /// Attaches a page; the first notice is a snapshot. Dropping the page detaches it.
    ///
    /// # Errors
    /// [`Ended`] when the node has, or has more pages than it keeps.
    pub async fn attach(&self, caps: PageCaps) -> Result<Page, Ended> {
        let (reply, answer) = oneshot::channel();
        self.shared.inputs.send(Input::Attach(caps, reply)).await.map_err(|_| Ended)?;
        let (id, notices) = answer.await.map_err(|_| Ended)?;
        Ok(Page { notices, sender: PageSender { id, inputs: self.shared.inputs.clone() } })
    }

    /// Shows somebody in the pages of this node: a person opened a link that names them.
    ///
    /// # Errors
    /// [`Ended`] when the node has.
    pub async fn show(&self, peer: PeerId) -> Result<(), Ended> {
        self.shared.inputs.send(Input::Event(Event::ShowPerson { peer })).await.map_err(|_| Ended)
    }

    /// The system that [`Options::announce`] tells saw an instance under this name, or (`None`) lost it. Nothing of it is
    /// believed.
    ///
    /// # Errors
    /// [`Ended`] when the node has.
    pub async fn sighted(&self, name: String, sighting: Option<Sighting>) -> Result<(), Ended> {
        match &self.shared.sightings {
            Some(sightings) => sightings.tell(name, sighting).await.then_some(()).ok_or(Ended),
            None => Ok(()),
        }
    }

    /// Everybody known now, then each change, for a terminal or a script; it does not count as a page.
    ///
    /// # Errors
    /// [`Ended`] when the node has, or has more observers than it keeps.
    pub async fn observe(&self) -> Result<mpsc::Receiver<PeerView>, Ended> {
        let (reply, answer) = oneshot::channel();
        self.shared.inputs.send(Input::Observe(reply)).await.map_err(|_| Ended)?;
        answer.await.map_err(|_| Ended)
    }

    /// Says goodbye to everybody, ends every task and thread, and returns when all have ended.
    pub async fn shutdown(&self) {
        // An error means that it has ended already.
        let _ended = self.shared.inputs.send(Input::Shutdown).await;
        self.ended().await;
        let store = self.shared.store.lock().await.take();
        if let Some(store) = store {
            let joined = tokio::task::spawn_blocking(move || store.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the settings' thread did not end well");
            }
        }
    }

    /// Returns when the node has ended, for whatever reason.
    pub async fn ended(&self) {
        let mut ended = self.shared.ended.clone();
        // The sender's end is the node's end too.
        let _gone = ended.wait_for(|over| *over).await;
    }
}

/// Has the store let go of what was kept long enough, now and then.
async fn expire(store: mpsc::WeakSender<Job>) {
    let mut hours = tokio::time::interval(EXPIRE);
    loop {
        hours.tick().await;
        let Some(store) = store.upgrade() else { return };
        // A disk that is too busy now is asked again in an hour.
        let _full = store.try_send(Job::Expire);
    }
}

/// The user's folder for downloads; a folder beside the data where the system names none.
fn default_downloads(data: &Path) -> PathBuf {
    let dirs = directories::UserDirs::new();
    let downloads = dirs.as_ref().and_then(directories::UserDirs::download_dir).map(Path::to_owned);
    downloads.unwrap_or_else(|| data.join("downloads"))
}

/// Runs the node and its edges; whatever ends it, all end.
async fn supervise(run: Run, received: mpsc::Receiver<Input>, edges: [JoinHandle<()>; 3], over: watch::Sender<bool>) {
    run.run(received).await;
    for edge in edges {
        edge.abort();
        // Aborted is what it should be.
        let _aborted = edge.await;
    }
    over.send_replace(true);
}

fn listen(asked: Option<u16>, kept: Option<u16>) -> Result<TcpListener, StartError> {
    let open = |port| links::listen(port).map_err(|source| StartError::Listen { port, source });
    match asked {
        Some(port) => open(port),
        None => open(kept.unwrap_or(DEFAULT_PORT)).or_else(|_| open(0)),
    }
}

/// "Anna on laptop": the user's and the machine's name, as far as the system tells them.
fn default_name() -> Name {
    let user = whoami::realname().ok().filter(|name| !name.trim().is_empty()).or_else(|| whoami::username().ok());
    let machine = whoami::devicename().ok().or_else(|| whoami::hostname().ok());
    let text = match (user, machine) {
        (Some(user), Some(machine)) => format!("{user} on {machine}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    };
    Name::nearest(&text).unwrap_or_default()
}

/// One attached page.
pub struct Page {
    notices: mpsc::Receiver<Notice>,
    sender: PageSender,
}

impl Page {
    /// The next notice; `None` once the node has ended or has dropped this page for not reading.
    pub async fn next(&mut self) -> Option<Notice> {
        self.notices.recv().await
    }

    /// Gives a command to the node, waiting while its queue is full.
    ///
    /// # Errors
    /// [`Ended`] when the node has.
    pub async fn send(&self, command: Command) -> Result<(), Ended> {
        self.sender.send(command).await
    }

    /// Detaches before anything else that the node is told from now on: so that whoever takes this page's place finds it
    /// gone. Dropping a page detaches it too, a moment later.
    pub async fn leave(self) {
        let event = Event::PageDetached { page: self.sender.id };
        // A node that has ended has no pages.
        let _ended = self.sender.inputs.send(Input::Event(event)).await;
    }

    /// A handle for sending while another task reads the notices.
    pub fn sender(&self) -> PageSender {
        self.sender.clone()
    }
}

/// Sends commands for a page; it does not keep the page attached.
#[derive(Clone)]
pub struct PageSender {
    id: PageId,
    inputs: mpsc::Sender<Input>,
}

impl PageSender {
    /// Gives a command to the node, waiting while its queue is full.
    ///
    /// # Errors
    /// [`Ended`] when the node has.
    pub async fn send(&self, command: Command) -> Result<(), Ended> {
        let event = Event::Command { page: self.id, command };
        self.inputs.send(Input::Event(event)).await.map_err(|_| Ended)
    }
}
