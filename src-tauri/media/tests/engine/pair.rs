//! Two engines and the signaling between them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dogeller_core::wire::peer::{Description, DescriptionKind};
use dogeller_core::wire::ui::Path;
use dogeller_media::booth::{Booth, Terms};
use dogeller_media::engine::{Engine, Live, Order, Report, Start};
use dogeller_media::picture::vp8::Vp8Encoder;
use dogeller_media::picture::{Encoder, I420};
use dogeller_media::sound::Block;
use dogeller_media::stack::{Reach, TrackNumber};
use dogeller_media::stats::Stats;
use dogeller_media::video::Frame;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than a person would wait; a test that takes it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a booth of a test counted.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) frames: AtomicU64,
    pub(crate) loud_blocks: AtomicU64,
    pub(crate) wants_key: AtomicBool,
}

/// A booth that shows small pictures, hums, and counts.
pub(crate) struct Counter {
    counted: Arc<Counted>,
    next: Instant,
    encoder: Vp8Encoder,
    ready: Option<Frame>,
    shade: u8,
    sample: u32,
}

impl Counter {
    pub(crate) fn booth() -> (Box<dyn Booth>, Arc<Counted>) {
        let counted = Arc::new(Counted::default());
        let booth = Self {
            counted: counted.clone(),
            next: Instant::now(),
            encoder: Vp8Encoder::new(),
            ready: None,
            shade: 0,
            sample: 0,
        };
        (Box::new(booth), counted)
    }
}

impl Booth for Counter {
    fn see(&mut self, _track: TrackNumber, _frame: &Frame, _now: Instant) {
        self.counted.frames.fetch_add(1, Ordering::Relaxed);
    }

    fn hear(&mut self, heard: &Block, _now: Instant) {
        if heard.iter().any(|sample| sample.abs() > 0.1) {
            self.counted.loud_blocks.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn say(&mut self, said: &mut Block, _now: Instant) -> bool {
        for sample in said {
            *sample = 0.4 * (std::f32::consts::TAU * 440.0 * (self.sample % 48_000) as f32 / 48_000.0).sin();
            self.sample += 1;
        }
        true
    }

    fn picture_due(&self) -> Option<Instant> {
        Some(self.next)
    }

    fn want_picture(&mut self, terms: Terms, now: Instant) {
        self.next = now + Duration::from_millis(33);
        self.shade = self.shade.wrapping_add(3);
        let mut picture = I420::black(64, 48);
        picture.y.fill(self.shade);
        let encoded = self.encoder.encode(&picture, terms.key, terms.bits as usize / 30).unwrap();
        let data = encoded.data.into();
        self.ready = Some(Frame { codec: terms.codec, key: encoded.key, timestamp: terms.timestamp, data });
    }

    fn poll_picture(&mut self, _context: &mut Context<'_>) -> Poll<Frame> {
        self.ready.take().map_or(Poll::Pending, Poll::Ready)
    }

    fn skip(&mut self, now: Instant) {
        self.next = now + Duration::from_millis(33);
    }

    fn wants_key(&mut self) -> bool {
        self.counted.wants_key.swap(false, Ordering::Relaxed)
    }
}

/// What one end told so far.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) path: Option<Path>,
    pub(crate) relayed: Vec<String>,
    pub(crate) stats: Option<Stats>,
    pub(crate) offers: u32,
    pub(crate) useless: bool,
}

/// One end of the pair.
pub(crate) struct End {
    pub(crate) engine: Arc<Engine>,
    pub(crate) counted: Arc<Counted>,
    pub(crate) told: Arc<Mutex<Told>>,
}

/// Two engines, connected.
pub(crate) struct Pair {
    pub(crate) caller: End,
    pub(crate) callee: End,
    carriers: [JoinHandle<()>; 2],
}

impl Pair {
    /// Two that ring: the path is being made, and nobody said yes.
    pub(crate) async fn ring() -> Self {
        let start = |offerer| Start { offerer, reach: Reach::ThisMachine, live: None };
        let (booth, counted) = Counter::booth();
        let (engine, caller_reports) = Engine::start(start(true), booth).await.unwrap();
        let caller = End { engine: Arc::new(engine), counted, told: Arc::default() };
        let (booth, counted) = Counter::booth();
        let (engine, callee_reports) = Engine::start(start(false), booth).await.unwrap();
        let callee = End { engine: Arc::new(engine), counted, told: Arc::default() };
        let carriers = [
            carry(caller_reports, caller.told.clone(), Arc::downgrade(&callee.engine)),
            carry(callee_reports, callee.told.clone(), Arc::downgrade(&caller.engine)),
        ];
        Self { caller, callee, carriers }
    }

    /// Two in a call.
    pub(crate) async fn call() -> Self {
        let pair = Self::ring().await;
        pair.accept().await;
        pair
    }

    /// Ends both, and waits until they have ended.
    pub(crate) async fn stop(self) {
        for carrier in self.carriers {
            carrier.abort();
            let _aborted = carrier.await;
        }
        self.caller.stop().await;
        self.callee.stop().await;
    }

    /// The caller ends; returns once it has, with the callee.
    pub(crate) async fn caller_leaves(self) -> End {
        let Self { caller, callee, carriers: [from_caller, _from_callee] } = self;
        caller.stop().await;
        from_caller.abort();
        callee
    }

    pub(crate) async fn accept(&self) {
        for end in [&self.caller, &self.callee] {
            end.engine.order(Order::Live(Live::Video)).unwrap();
        }
    }
}

impl End {
    async fn stop(self) {
        let mut shared = self.engine;
        let engine = loop {
            match Arc::try_unwrap(shared) {
                Ok(engine) => break engine,
                // A carrier is just giving it an order.
                Err(held) => shared = held,
            }
            tokio::task::yield_now().await;
        };
        assert!(timeout(PATIENCE, engine.stop()).await.is_ok(), "an engine did not stop");
    }

    pub(crate) async fn until(&self, what: &str, so: impl Fn(&Counted, &Told) -> bool) {
        let holds = async {
            while !so(&self.counted, &self.told.lock().unwrap()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let told = timeout(PATIENCE, holds).await;
        assert!(told.is_ok(), "{what} did not happen");
    }

    pub(crate) async fn is_up(&self) {
        self.until("the path", |_, told| told.path == Some(Path::Up)).await;
    }

    /// So many more pictures and sounds come, from now on.
    pub(crate) async fn perceives(&self, more: u64) {
        let read =
            |counted: &Counted| (counted.frames.load(Ordering::Relaxed), counted.loud_blocks.load(Ordering::Relaxed));
        let (frames, blocks) = read(&self.counted);
        self.until("sound and picture", |counted, _| {
            let (f, b) = read(counted);
            f >= frames + more && b >= blocks + more
        })
        .await;
    }
}

/// Carries what one end tells to the other, as the nodes would.
fn carry(mut reports: mpsc::Receiver<Report>, told: Arc<Mutex<Told>>, other: Weak<Engine>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(report) = reports.recv().await {
            let order = match report {
                Report::Description(description) => {
                    if description.kind == DescriptionKind::Offer {
                        told.lock().unwrap().offers += 1;
                    }
                    // The node strips candidates: they travel alone.
                    let sdp = description.sdp.without_candidates();
                    Order::Description(Description { kind: description.kind, sdp })
                }
                Report::Candidate(candidate) => Order::Candidate(candidate),
                Report::Path(path) => {
                    told.lock().unwrap().path = Some(path);
                    continue;
                }
                Report::Relayed(text) => {
                    told.lock().unwrap().relayed.push(text);
                    continue;
                }
                Report::Useless => {
                    told.lock().unwrap().useless = true;
                    continue;
                }
                Report::Stats(stats) => {
                    told.lock().unwrap().stats = Some(*stats);
                    continue;
                }
            };
            if let Some(other) = other.upgrade() {
                // What floods it is the test's own matter.
                let _overrun = other.order(order);
            }
        }
    })
}
