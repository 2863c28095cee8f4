//! The system's own mDNS, by `dns_sd` (crate `async-dnssd`): iOS lets no app send multicast without a permission that
//! Apple gives to few (`docs/platforms-ios.md`).

use std::collections::{HashSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::str;
use std::time::Duration;

use async_dnssd::{Browse, BrowseResult, BrowsedFlags, RegisterData, Registration, ResolvedHostFlags, TxtRecord};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::announcement::{Announcement, Sighting};
use super::source::{End, Instance, Said, Source, Verify, Way};

const SERVICE: &str = "_dogeller._tcp";
/// Orders that wait: appearing and browsing, a few in a second.
const ORDERS: usize = 32;
/// Instances remembered, and those that are looked at closer at the same time: each takes a connection to the system.
const INSTANCES: usize = 1024;
const AT_ONCE: usize = 16;
/// How long an instance may take to say where it is, and how long its addresses are gathered once there is one.
const RESOLVE: Duration = Duration::from_secs(3);
const ADDRESSES: Duration = Duration::from_millis(300);
/// After the system ended it (iOS does, for an app that it froze in the back) or refused it, all is begun anew so soon.
const ANEW: Duration = Duration::from_secs(2);

enum Order {
    Appear(Option<Announcement>),
    Browse,
}

/// Its handle. Dropping it withdraws this node.
pub(super) struct Bonjour(mpsc::Sender<Order>);

impl Bonjour {
    /// Nothing is announced or asked yet. `random` is the instance's name: two with one name would hide each other.
    pub(super) fn new(random: u64, said: mpsc::Sender<Said>) -> Self {
        let (orders, obeyed) = mpsc::channel(ORDERS);
        tokio::spawn(Task::new(random, said).run(obeyed));
        Self(orders)
    }

    fn order(&self, order: Order) {
        if self.0.try_send(order).is_err() {
            tracing::warn!("Bonjour has no time for what this node says");
        }
    }
}

impl Source for Bonjour {
    fn appear(&mut self, announcement: Option<&Announcement>) {
        self.order(Order::Appear(announcement.cloned()));
    }

    fn browse(&mut self) {
        self.order(Order::Browse);
    }

    fn verifier(&self) -> (Way, Verify) {
        // The system notices by itself who is gone.
        (Way::Bonjour, Box::new(|_| {}))
    }

    fn end(self: Box<Self>) -> End {
        Box::pin(async {})
    }
}

/// What was waited for.
enum Done {
    /// The number of the announcement, and what holds it up.
    Registered(u64, io::Result<Registration>),
    /// Where an instance is.
    Resolved(Instance, Option<Sighting>),
}

struct Task {
    label: String,
    said: mpsc::Sender<Said>,
    announcement: Option<Announcement>,
    /// Which announcement is the present one.
    number: u64,
    registered: Option<Registration>,
    browses: bool,
    browser: Option<Browse>,
    /// Whom this browser found: another knows nothing of them, and would not say when they leave.
    known: HashSet<Instance>,
    waiting: VecDeque<(Instance, BrowseResult)>,
    under_way: JoinSet<Done>,
    anew: Option<Instant>,
}

impl Task {
    fn new(random: u64, said: mpsc::Sender<Said>) -> Self {
        Self {
            label: format!("{random:016x}"),
            said,
            announcement: None,
            number: 0,
            registered: None,
            browses: false,
            browser: None,
            known: HashSet::new(),
            waiting: VecDeque::new(),
            under_way: JoinSet::new(),
            anew: None,
        }
    }

    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Appear(announcement)) => {
                        self.announcement = announcement;
                        self.register();
                    }
                    Some(Order::Browse) => {
                        self.browses = true;
                        self.browse().await;
                    }
                    None => return,
                },
                found = next(&mut self.browser) => match found {
                    Some(Ok(found)) => self.found(found).await,
                    Some(Err(error)) => self.failed(&error, "Bonjour looks for nobody any more"),
                    None => self.browser = None,
                },
                Some(done) = self.under_way.join_next() => if let Ok(done) = done {
                    self.done(done).await;
                },
                () = due(self.anew) => {
                    self.anew = None;
                    self.register();
                    if self.browses {
                        self.browse().await;
                    }
                }
            }
            while self.under_way.len() < AT_ONCE
                && let Some((instance, found)) = self.waiting.pop_front()
            {
                self.under_way.spawn(async move { Done::Resolved(instance, resolve(&found).await) });
            }
        }
    }

    fn register(&mut self) {
        self.number += 1;
        // First the old one goes: its name is the new one's.
        self.registered = None;
        let Some(announcement) = &self.announcement else { return };
        let mut txt = TxtRecord::new();
        for (key, value) in announcement.entries() {
            // None is too long: a name is cut to 200 bytes.
            let _fits = txt.set_value(key.as_bytes(), value.as_bytes());
        }
        let data = RegisterData { name: Some(&self.label), txt: txt.data(), ..RegisterData::default() };
        match async_dnssd::register_extended(SERVICE, announcement.port, data) {
            Ok(register) => {
                let number = self.number;
                self.under_way.spawn(async move {
                    Done::Registered(number, register.await.map(|(registration, _)| registration))
                });
            }
            Err(error) => self.failed(&error, "Bonjour does not announce this node"),
        }
    }

    async fn browse(&mut self) {
        self.waiting.clear();
        for instance in std::mem::take(&mut self.known) {
            self.tell(Said::Gone(instance)).await;
        }
        self.browser = Some(async_dnssd::browse(SERVICE));
    }

    async fn found(&mut self, found: BrowseResult) {
        // On two networks it is two, which leave one by one.
        let name = format!("{}%{}", found.service_name, found.interface.into_raw());
        let instance = Instance { way: Way::Bonjour, name };
        if !found.flags.contains(BrowsedFlags::ADD) {
            self.waiting.retain(|(waits, _)| *waits != instance);
            if self.known.remove(&instance) {
                self.tell(Said::Gone(instance)).await;
            }
        } else if self.known.len() < INSTANCES {
            self.known.insert(instance.clone());
            self.waiting.push_back((instance, found));
        }
    }

    async fn done(&mut self, done: Done) {
        match done {
            Done::Registered(number, Ok(registration)) if number == self.number => {
                self.registered = Some(registration);
            }
            Done::Registered(number, Err(error)) if number == self.number => {
                self.failed(&error, "Bonjour does not announce this node");
            }
            Done::Registered(..) | Done::Resolved(_, None) => {}
            // It may have left meanwhile.
            Done::Resolved(instance, Some(sighting)) => {
                if self.known.contains(&instance) {
                    self.tell(Said::Seen(instance, sighting)).await;
                }
            }
        }
    }

    async fn tell(&mut self, said: Said) {
        // A node that has ended hears nothing any more; its orders end, too.
        let _ended = self.said.send(said).await;
    }

    /// -65570: the person did not allow it to see the local network; -65555: a key is missing in Info.plist.
    fn failed(&mut self, error: &io::Error, what: &str) {
        tracing::warn!(%error, "{what}");
        self.browser = None;
        self.anew = Some(Instant::now() + ANEW);
    }
}

async fn next(browser: &mut Option<Browse>) -> Option<io::Result<BrowseResult>> {
    match browser {
        Some(browser) => browser.next().await,
        None => std::future::pending().await,
    }
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Where an instance is, and what it says of itself.
async fn resolve(found: &BrowseResult) -> Option<Sighting> {
    let resolved = timeout(RESOLVE, found.resolve().next()).await.ok()??.ok()?;
    let txt = TxtRecord::parse(&resolved.txt)?;
    let mut hosts = resolved.resolve_socket_address();
    let mut addresses: Vec<SocketAddr> = Vec::new();
    let mut until = Instant::now() + RESOLVE;
    // It goes on for ever, as addresses come and go.
    while let Ok(Some(Ok(host))) = timeout_at(until, hosts.next()).await {
        if host.flags.contains(ResolvedHostFlags::ADD) {
            addresses.push(host.address.into());
            until = until.min(Instant::now() + ADDRESSES);
        }
    }
    Sighting::read(|key| str::from_utf8(txt.get(key.as_bytes())??).ok(), addresses)
}
