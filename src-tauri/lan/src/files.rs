//! Connections for files: TLS of their own, with the same keys as links, told apart from those by the protocol they name in
//! the handshake. The core says which transfer is carried by which; a thread each does the work, since disks block.
//!
//! | file | what it does |
//! | --- | --- |
//! | `files.rs` | what is carried now |
//! | `files/line.rs` | dialling, the first words, and the blocking half of a connection |
//! | `files/carry.rs` | one transfer on one connection |
//! | `files/upload.rs` | what a page hands over |

mod carry;
mod line;
mod upload;

use std::collections::HashMap;
use std::fs::File;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dogeller_core::node::Chosen;
use dogeller_core::transfer::{Carried, Key, NotNow};
use dogeller_core::wire::files::{NotOffered, Parcel};
use dogeller_core::{CarrierId, Event, PageId};
use dogeller_files::scan::{ScanError, Scanned, scan};
use dogeller_files::shelf::Shelf;
use dogeller_files::take::discard;
use dogeller_files::thumbnail::{draw, pictures};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::carry::Ended;
pub(crate) use self::line::{FILES, Knock};
pub use self::upload::Uploads;
use crate::run::Input;
use crate::tls::Tls;

/// What is remembered of a transfer in this run. Locked for as long as a connection carries it, so that two never write to
/// one file, and nothing is thrown away that is being written.
#[derive(Debug, Default)]
struct Run {
    /// Bytes that came in this run.
    verified: Option<u64>,
}

/// Ends a connection from outside.
#[derive(Debug, Clone, Default)]
struct Halter {
    halted: Arc<AtomicBool>,
    socket: Arc<Mutex<Option<TcpStream>>>,
}

impl Halter {
    fn halt(&self) {
        self.halted.store(true, Ordering::Relaxed);
        if let Some(socket) = &*self.socket.lock().unwrap_or_else(PoisonError::into_inner) {
            // It may have ended already.
            let _ended = socket.shutdown(Shutdown::Both);
        }
    }

    fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
    }

    fn holds(&self, socket: &TcpStream) -> std::io::Result<()> {
        *self.socket.lock().unwrap_or_else(PoisonError::into_inner) = Some(socket.try_clone()?);
        Ok(())
    }
}

/// What one connection works with.
#[derive(Clone)]
struct Job {
    carrier: CarrierId,
    key: Key,
    parcel: Parcel,
    run: Arc<Mutex<Run>>,
    halter: Halter,
    shelf: Shelf,
    downloads: PathBuf,
    talks: Arc<AtomicBool>,
    inputs: mpsc::Sender<Input>,
}

/// See the module.
pub(crate) struct Carriers {
    tls: Tls,
    shelf: Shelf,
    downloads: PathBuf,
    inputs: mpsc::Sender<Input>,
    talks: Arc<AtomicBool>,
    runs: HashMap<Key, Arc<Mutex<Run>>>,
    halters: HashMap<CarrierId, Halter>,
    /// Who waits for the core's word, which answers it in the same turn.
    knock: Option<(u64, Knock)>,
    tasks: JoinSet<()>,
}

impl Carriers {
    /// `unfinished` are the transfers that are not over: of others nothing is needed any more.
    pub(crate) fn new(
        data: &Path,
        downloads: PathBuf,
        tls: Tls,
        inputs: mpsc::Sender<Input>,
        unfinished: impl Iterator<Item = Key>,
    ) -> Self {
        let shelf = Shelf::new(data);
        shelf.sweep(unfinished);
        Self {
            tls,
            shelf,
            downloads,
            inputs,
            talks: Arc::default(),
            runs: HashMap::new(),
            halters: HashMap::new(),
            knock: None,
            tasks: JoinSet::new(),
        }
    }

    /// A task of these has ended.
    pub(crate) async fn ended(&mut self) -> Option<()> {
        self.tasks.join_next().await.map(drop)
    }

    /// Looks through what a person chose, and remembers where it lies.
    pub(crate) fn prepare(&mut self, page: PageId, key: Key, chosen: Chosen) {
        let (shelf, inputs) = (self.shelf.clone(), self.inputs.clone());
        self.tasks.spawn_blocking(move || {
            let prepared = prepared(&shelf, key, chosen);
            // Opened before anybody can have taken them away again, as happens to what a page handed over.
            let pictures: Vec<File> = prepared.as_ref().map(|scanned| opened(sources(scanned))).unwrap_or_default();
            let result = prepared.map(|scanned| scanned.manifest.parcel());
            // A node that is ending offers nothing.
            if inputs.blocking_send(Input::Event(Event::Prepared { page, key, result })).is_ok() {
                picture(&inputs, key, pictures);
            }
        });
    }

    /// Dials, and carries.
    pub(crate) fn carry(&mut self, carrier: CarrierId, key: Key, parcel: Parcel, address: SocketAddr) {
        let job = self.job(carrier, key, parcel);
        let config = self.tls.files(key.peer);
        self.tasks.spawn(async move {
            let ended = match config {
                Ok(config) => line::dial(job.clone(), address, Arc::new(config)).await,
                Err(error) => {
                    tracing::error!(%error, "no TLS for files");
                    Carried::Lost.into()
                }
            };
            tell(job, ended).await;
        });
    }

    /// Keeps whoever dialled until the core has its say.
    pub(crate) fn knocked(&mut self, number: u64, knock: Knock) {
        self.knock = Some((number, knock));
    }

    /// Lets in whoever dialled, or says why not.
    pub(crate) fn admit(&mut self, number: u64, verdict: Result<(CarrierId, Parcel), NotNow>) {
        let Some((_, knock)) = self.knock.take_if(|(waits, _)| *waits == number) else { return };
        match verdict {
            Ok((carrier, parcel)) => {
                let job = self.job(carrier, knock.key, parcel);
                self.tasks.spawn(async move {
                    let ended = line::admit(job.clone(), knock).await;
                    tell(job, ended).await;
                });
            }
            Err(why) => {
                self.tasks.spawn(line::refuse(knock, why));
            }
        }
    }

    /// Ends a connection; its transfer's end is told as ever.
    pub(crate) fn halt(&mut self, carrier: CarrierId) {
        if let Some(halter) = self.halters.remove(&carrier) {
            halter.halt();
        }
    }

    /// Forgets what is remembered of a transfer, and throws away what has come of it.
    pub(crate) fn discard(&mut self, key: Key) {
        let run = self.runs.remove(&key).unwrap_or_default();
        let (shelf, downloads) = (self.shelf.clone(), self.downloads.clone());
        self.tasks.spawn_blocking(move || {
            let _alone = run.lock().unwrap_or_else(PoisonError::into_inner);
            discard(key, &shelf, &downloads);
        });
    }

    /// Whether somebody talks.
    pub(crate) fn talk(&self, talks: bool) {
        self.talks.store(talks, Ordering::Relaxed);
    }

    /// A connection has ended.
    pub(crate) fn forget(&mut self, carrier: CarrierId) {
        self.halters.remove(&carrier);
    }

    /// Ends all, and returns when all have ended.
    pub(crate) async fn finish(mut self) {
        self.halters.values().for_each(Halter::halt);
        // They tell a node that no longer listens.
        drop(self.inputs);
        while self.tasks.join_next().await.is_some() {}
    }

    fn job(&mut self, carrier: CarrierId, key: Key, parcel: Parcel) -> Job {
        let halter = Halter::default();
        self.halters.insert(carrier, halter.clone());
        Job {
            carrier,
            key,
            parcel,
            run: self.runs.entry(key).or_default().clone(),
            halter,
            shelf: self.shelf.clone(),
            downloads: self.downloads.clone(),
            talks: self.talks.clone(),
            inputs: self.inputs.clone(),
        }
    }
}

async fn tell(job: Job, ended: Ended) {
    let Ended { how, pictures } = ended;
    let how = if job.halter.is_halted() && !matches!(how, Carried::Whole { .. }) { Carried::Halted } else { how };
    tracing::debug!(carrier = job.carrier.0, ?how, "a connection for files ended");
    // A node that is ending needs to know nothing.
    let _ended = job.inputs.send(Input::Event(Event::Carried { carrier: job.carrier, how })).await;
    if !pictures.is_empty() {
        let looked = tokio::task::spawn_blocking(move || picture(&job.inputs, job.key, opened(pictures.iter())));
        if let Err(error) = looked.await {
            tracing::error!(%error, "pictures could not be looked at");
        }
    }
}

/// Those of what is to be sent that look like pictures.
fn sources(scanned: &Scanned) -> impl Iterator<Item = &PathBuf> {
    pictures(&scanned.manifest).filter_map(|(at, _)| scanned.sources.get(at))
}

/// One that cannot be opened is none.
fn opened<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Vec<File> {
    paths.filter_map(|path| File::open(path).ok()).collect()
}

/// Tells what pictures look like, if they are any.
fn picture(inputs: &mpsc::Sender<Input>, key: Key, pictures: Vec<File>) {
    if let Some(thumbnail) = draw(pictures) {
        // A node that is ending shows nothing.
        let _ended = inputs.blocking_send(Input::Event(Event::Pictured { key, thumbnail }));
    }
}

fn prepared(shelf: &Shelf, key: Key, chosen: Chosen) -> Result<Scanned, NotOffered> {
    let paths = match chosen {
        Chosen::Paths(paths) => paths,
        Chosen::HandedOver => {
            let listed = std::fs::read_dir(shelf.uploads(key.message)).map_err(|_| NotOffered::Unreadable)?;
            let mut paths: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            paths
        }
    };
    let scanned = scan(&paths).map_err(|error| {
        tracing::info!(%error, "files are not offered");
        match error {
            ScanError::Unreadable { .. } => NotOffered::Unreadable,
            ScanError::NotAFile(_) => NotOffered::NotAFile,
            ScanError::Manifest(_) => NotOffered::TooMuch,
        }
    })?;
    if !scanned.manifest.fits() {
        return Err(NotOffered::TooMuch);
    }
    shelf.keep_outgoing(key, &scanned).map_err(|error| {
        tracing::warn!(%error, "an offer cannot be kept");
        NotOffered::NotKept
    })?;
    Ok(scanned)
}
