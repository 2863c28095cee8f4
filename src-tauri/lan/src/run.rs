//! The one task that owns the core: events in, actions out. It never waits for a link, a page or the disk: what their
//! queues do not take is given up there and then.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use dogeller_core::node::{Appearance, Dial, Unkept, Write};
use dogeller_core::wire::peer::{Farewell, Frame};
use dogeller_core::wire::ui::{Notice, PageCaps, PeerView};
use dogeller_core::{Action, Event, LinkId, Node as Core, PageId, Time};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep_until, timeout};

use crate::discovery::Discovery;
use crate::files::{Carriers, Knock};
use crate::links::{self, FRAMES_WAITING, Fresh, Handle, Order};
use crate::start::NOTICES_WAITING;
use crate::store::Job;
use crate::tls::Tls;

/// Observers at once (terminals, scripts).
const OBSERVERS: usize = 16;
/// Pages at once.
const PAGES: usize = 64;
/// Of the jobs that wait for the disk so many are for what this node's person does.
const OWN_JOBS: usize = 64;
/// How long links may take to say goodbye.
const FAREWELL: Duration = Duration::from_millis(500);

/// What reaches the task.
pub(crate) enum Input {
    /// Something for the core.
    Event(Event),
    /// A link whose keys are proven.
    Fresh(Box<Fresh>),
    /// Somebody dialled for files.
    Knock(Box<Knock>),
    /// A page wants to attach.
    Attach(PageCaps, oneshot::Sender<(PageId, mpsc::Receiver<Notice>)>),
    /// Somebody wants to know who comes and goes.
    Observe(oneshot::Sender<mpsc::Receiver<PeerView>>),
    /// End.
    Shutdown,
}

/// The node's end of an attached page.
pub(crate) struct AttachedPage {
    notices: mpsc::Sender<Notice>,
    /// Tells the page's watcher when this is dropped.
    _kept: oneshot::Sender<Never>,
}

/// What is never sent.
enum Never {}

/// Whether the node goes on after an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    On,
    Ends,
}

/// Opens this node's page in the browser.
pub(crate) type OpenPage = Box<dyn Fn() + Send + Sync>;

/// What the task works with.
pub(crate) struct Run {
    pub(crate) core: Core,
    pub(crate) started: Instant,
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) tls: Tls,
    /// An echo contact has none: nobody but its owner is to find it.
    pub(crate) discovery: Option<Discovery>,
    pub(crate) visible: watch::Sender<bool>,
    pub(crate) store: mpsc::Sender<Job>,
    pub(crate) carriers: Carriers,
    pub(crate) open_page: Option<OpenPage>,
    pub(crate) links: HashMap<LinkId, Handle>,
    pub(crate) pages: HashMap<PageId, AttachedPage>,
    pub(crate) observers: Vec<mpsc::Sender<PeerView>>,
    pub(crate) next: u64,
    /// A task for each link.
    pub(crate) link_tasks: JoinSet<()>,
    /// Dials, and watchers of pages.
    pub(crate) tasks: JoinSet<()>,
}

impl Run {
    /// Runs until told to end; when it returns, everybody was told and every task has ended.
    pub(crate) async fn run(mut self, mut received: mpsc::Receiver<Input>) {
        loop {
            let deadline = self.core.deadline().map(|at| self.started + Duration::from_millis(at.as_millis()));
            let input = tokio::select! {
                input = received.recv() => input,
                () = wait(deadline) => Some(Input::Event(Event::Tick)),
                Some(_) = self.tasks.join_next() => continue,
                Some(_) = self.link_tasks.join_next() => continue,
                Some(()) = self.carriers.ended() => continue,
            };
            match input {
                // What came before the time was over was said in time, even if nobody has looked at it yet.
                Some(Input::Event(Event::Tick)) => {
                    let waiting: Vec<Input> = (0..received.len()).map_while(|_| received.try_recv().ok()).collect();
                    if waiting.into_iter().any(|input| self.take(input) == Goes::Ends) {
                        break;
                    }
                    self.handle(Event::Tick);
                }
                Some(input) => {
                    if self.take(input) == Goes::Ends {
                        break;
                    }
                }
                None => break,
            }
        }
        received.close();
        self.handle(Event::Shutdown);
        self.finish().await;
    }

    fn take(&mut self, input: Input) -> Goes {
        match input {
            Input::Event(event) => self.handle(event),
            Input::Fresh(fresh) => self.fresh(*fresh),
            Input::Knock(knock) => self.knock(*knock),
            Input::Attach(caps, reply) => self.attach(caps, reply),
            Input::Observe(reply) => self.observe(reply),
            Input::Shutdown => return Goes::Ends,
        }
        Goes::On
    }

    fn now(&self) -> Time {
        Time::from_millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn handle(&mut self, event: Event) {
        // Carrying out an action may itself be an event (a queue was full): those follow, one after the other.
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            if let Event::LinkClosed { link } = &event {
                self.links.remove(link);
            }
            if let Event::PageDetached { page } = &event {
                self.pages.remove(page);
            }
            if let Event::Carried { carrier, .. } = &event {
                self.carriers.forget(*carrier);
            }
            let now = self.now();
            for action in self.core.handle(event, now) {
                self.carry_out(action, &mut events);
            }
        }
    }

    fn carry_out(&mut self, action: Action, events: &mut Vec<Event>) {
        match action {
            Action::Send { link, frame } => self.send(link, frame, events),
            Action::Close { link, farewell } => self.close(link, farewell),
            Action::Dial { dial, addresses } => self.dial(dial, addresses),
            Action::Appear(appearance) => self.appear(appearance.as_ref()),
            Action::Browse => {
                if let Some(discovery) = &mut self.discovery {
                    discovery.browse();
                }
            }
            Action::Verify(peer) => {
                if let Some(discovery) = &self.discovery {
                    discovery.verify(peer);
                }
            }
            Action::Notify(page, notice) => self.notify(page, notice),
            Action::Observed(view) => self.observers.retain(|observer| observer.try_send(view.clone()).is_ok()),
            Action::OpenPage => match &self.open_page {
                Some(open) => open(),
                None => tracing::info!("a call waits for a page; open this node's page"),
            },
            Action::Keep(kept) => {
                if self.store.try_send(Job::Keep(kept)).is_err() {
                    events.push(Event::NotKept);
                }
            }
            Action::Write(write) => self.write(write, events),
            Action::Load { peer, load } => {
                if self.store.try_send(Job::Load(peer, load)).is_err() {
                    events.push(Event::Loaded { peer, load, posts: None });
                }
            }
            Action::Prepare { page, key, chosen } => self.carriers.prepare(page, key, chosen),
            Action::Carry { carrier, key, parcel, address } => self.carriers.carry(carrier, key, parcel, address),
            Action::Admit { knock, verdict } => self.carriers.admit(knock, verdict),
            Action::Halt { carrier } => self.carriers.halt(carrier),
            Action::Discard { key } => self.carriers.discard(key),
            Action::Talks(talks) => self.carriers.talk(talks),
            Action::Look { page, look } => {
                if self.store.try_send(Job::Look(page, look)).is_err() {
                    // It would wait for its answer: it comes back and asks again.
                    tracing::warn!(page = page.0, "the disk is too busy for a page's question; the page is dropped");
                    self.pages.remove(&page);
                }
            }
        }
    }

    fn write(&mut self, write: Box<Write>, events: &mut Vec<Event>) {
        let room = match *write {
            // It comes again by itself, and must not fill what this node's person needs.
            Write::Theirs { .. } | Write::Delivered { .. } | Write::PutBack { .. } => OWN_JOBS,
            Write::Mine { .. }
            | Write::Seen { .. }
            | Write::Pause { .. }
            | Write::Placed { .. }
            | Write::Thumbnail { .. }
            | Write::Call(_)
            | Write::Clear { .. } => 0,
        };
        if self.store.capacity() <= room {
            let why = if room > 0 { Unkept::Busy } else { Unkept::Failed };
            events.push(Event::Written { write, result: Err(why) });
        } else if let Err(full) = self.store.try_send(Job::Write(write))
            && let Job::Write(write) = full.into_inner()
        {
            events.push(Event::Written { write, result: Err(Unkept::Failed) });
        }
    }

    fn send(&mut self, link: LinkId, frame: Frame, events: &mut Vec<Event>) {
        let Some(handle) = self.links.get(&link) else {
            return;
        };
        if let Err(error) = handle.orders.try_send(Order::Send(frame)) {
            match error {
                TrySendError::Full(_) => tracing::warn!(link = link.0, "a peer does not read; its link is closed"),
                // It has ended, and says so a moment later.
                TrySendError::Closed(_) => {}
            }
            // Dropping the orders ends the link's task.
            self.links.remove(&link);
            events.push(Event::LinkClosed { link });
        }
    }

    fn close(&mut self, link: LinkId, farewell: Option<Farewell>) {
        if let Some(handle) = self.links.remove(&link) {
            tracing::debug!(link = handle.id.0, ?farewell, "closing a link");
            // Where the queue is full, dropping it ends the task too.
            let _full = handle.orders.try_send(Order::Close(farewell));
        }
    }

    fn dial(&mut self, dial: Dial, addresses: Vec<std::net::SocketAddr>) {
        let expected = match dial {
            Dial::Peer(peer) => Some(peer),
            Dial::Address(_) | Dial::Sought(_) => None,
        };
        let config = match self.tls.client(expected) {
            Ok(config) => Arc::new(config),
            Err(error) => {
                tracing::error!(%error, "no TLS for a dial");
                return;
            }
        };
        let inputs = self.inputs.clone();
        self.tasks.spawn(async move {
            let input = match links::dial(expected, addresses, config).await {
                Ok(fresh) => Input::Fresh(Box::new(fresh)),
                Err(none) => Input::Event(Event::DialFailed { dial, refused: none.refused }),
            };
            // A node that is ending needs no more links.
            let _ended = inputs.send(input).await;
        });
    }

    fn appear(&mut self, appearance: Option<&Appearance>) {
        self.visible.send_replace(appearance.is_some());
        if let Some(discovery) = &mut self.discovery {
            discovery.appear(appearance);
        }
    }

    fn notify(&mut self, page: PageId, notice: Notice) {
        let Some(attached) = self.pages.get(&page) else {
            return;
        };
        if attached.notices.try_send(notice).is_err() {
            // Its notices end, so it detaches; it comes back and gets a snapshot.
            tracing::warn!(page = page.0, "a page does not read; it is dropped");
            self.pages.remove(&page);
        }
    }

    fn fresh(&mut self, fresh: Fresh) {
        let id = LinkId(self.number());
        let (orders, received) = mpsc::channel(FRAMES_WAITING);
        self.links.insert(id, Handle { orders, id });
        let Fresh { peer, dialler, local, remote, socket, seat } = fresh;
        let inputs = self.inputs.clone();
        self.link_tasks.spawn(async move {
            links::run(id, socket, received, inputs).await;
            drop(seat);
        });
        self.handle(Event::LinkUp { link: id, peer, dialler, local, remote });
    }

    fn knock(&mut self, knock: Knock) {
        let (number, key) = (self.number(), knock.key);
        self.carriers.knocked(number, knock);
        self.handle(Event::Knocked { knock: number, key });
    }

    fn attach(&mut self, caps: PageCaps, reply: oneshot::Sender<(PageId, mpsc::Receiver<Notice>)>) {
        if self.pages.len() >= PAGES {
            tracing::warn!("too many pages");
            return;
        }
        let page = PageId(self.number());
        let (notices, received) = mpsc::channel(NOTICES_WAITING);
        let watched = notices.clone();
        let (kept, dropped) = oneshot::channel();
        self.pages.insert(page, AttachedPage { notices, _kept: kept });
        if reply.send((page, received)).is_err() {
            self.pages.remove(&page);
            return;
        }
        let inputs = self.inputs.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = watched.closed() => {}
                _ = dropped => {}
            }
            // Before the node hears of it, so that the page's own end sees its notices end.
            drop(watched);
            let _ended = inputs.send(Input::Event(Event::PageDetached { page })).await;
        });
        self.handle(Event::PageAttached { page, caps });
    }

    fn observe(&mut self, reply: oneshot::Sender<mpsc::Receiver<PeerView>>) {
        if self.observers.len() >= OBSERVERS {
            return;
        }
        let (observer, received) = mpsc::channel(NOTICES_WAITING);
        for view in self.core.people() {
            // More people than the queue holds: the observer is told of changes only.
            let _full = observer.try_send(view);
        }
        if reply.send(received).is_ok() {
            self.observers.push(observer);
        }
    }

    async fn finish(mut self) {
        self.pages.clear();
        self.observers.clear();
        // A link whose orders end says what is still queued, its goodbye last, and closes.
        self.links.clear();
        let said = async { while self.link_tasks.join_next().await.is_some() {} };
        let _late = timeout(FAREWELL, said).await;
        self.link_tasks.shutdown().await;
        self.tasks.shutdown().await;
        self.carriers.finish().await;
        if let Some(discovery) = self.discovery.take() {
            discovery.shutdown().await;
        }
    }
}

async fn wait(deadline: Option<Instant>) {
    match deadline {
        Some(at) => sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
