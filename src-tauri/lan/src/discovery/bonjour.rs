//! The system's own mDNS, by `dns_sd` (crate `astro-dnssd`): iOS lets no app send multicast without a permission that
//! Apple gives to few (`docs/platforms-ios.md`). The crate waits for the system, so one thread does all of it.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use astro_dnssd::{BrowseError, DNSServiceBuilder, RegisteredDnsService, Service, ServiceBrowser};
use astro_dnssd::{ServiceBrowserBuilder, ServiceEventType};
use tokio::sync::mpsc;

use super::announcement::{Announcement, Sighting};
use super::source::{End, Instance, Said, Source, Verify, Way};

const SERVICE: &str = "_dogeller._tcp";
/// How soon an order is obeyed while nothing is found.
const LOOK: Duration = Duration::from_millis(200);
/// After the system ended it (iOS does, for an app that it froze in the back) or refused it, all is begun anew so soon.
const ANEW: Duration = Duration::from_secs(2);
/// How long a machine that was found may take to name its addresses: on a local network they come at once.
const ADDRESSES: Duration = Duration::from_secs(1);

enum Order {
    Appear(Option<Announcement>),
    Browse,
}

/// The thread's handle. Dropping it ends the thread, which withdraws this node.
pub(super) struct Bonjour(Sender<Order>);

impl Bonjour {
    /// Nothing is announced or asked yet. `random` is the instance's name: two with one name would hide each other.
    pub(super) fn new(random: u64, said: mpsc::Sender<Said>) -> Self {
        let (orders, obeyed) = channel();
        let run = move || Thread::new(random, said).run(&obeyed);
        if let Err(error) = thread::Builder::new().name("bonjour".into()).spawn(run) {
            tracing::error!(%error, "no thread for Bonjour; people are found by address only");
        }
        Self(orders)
    }

    fn order(&self, order: Order) {
        // Without a thread nothing is announced, which was said when it could not be made.
        let _ended = self.0.send(order);
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

struct Thread {
    label: String,
    said: mpsc::Sender<Said>,
    announcement: Option<Announcement>,
    registered: Option<RegisteredDnsService>,
    browses: bool,
    browser: Option<ServiceBrowser>,
    /// Whom this browser found: another knows nothing of them, and would not say when they leave.
    known: HashSet<String>,
    anew: Option<Instant>,
}

impl Thread {
    fn new(random: u64, said: mpsc::Sender<Said>) -> Self {
        Self {
            label: format!("{random:016x}"),
            said,
            announcement: None,
            registered: None,
            browses: false,
            browser: None,
            known: HashSet::new(),
            anew: None,
        }
    }

    fn run(mut self, orders: &Receiver<Order>) {
        while !self.said.is_closed() {
            let order = match &self.browser {
                Some(_) => orders.try_recv().map_err(|error| error == TryRecvError::Disconnected),
                None => orders.recv_timeout(LOOK).map_err(|error| error == RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(Order::Appear(announcement)) => {
                    self.announcement = announcement;
                    self.register();
                }
                Ok(Order::Browse) => {
                    self.browses = true;
                    self.browse();
                }
                Err(true) => return,
                Err(false) => self.look(),
            }
            if self.anew.is_some_and(|at| at <= Instant::now()) {
                self.anew = None;
                self.register();
                if self.browses {
                    self.browse();
                }
            }
        }
    }

    fn register(&mut self) {
        // First the old one goes: its name is the new one's.
        self.registered = None;
        let Some(announcement) = &self.announcement else { return };
        let entries = announcement.entries().map(|(key, value)| (key.to_owned(), value.to_owned()));
        let service = DNSServiceBuilder::new(SERVICE, announcement.port)
            .with_name(&self.label)
            .with_txt_record(HashMap::from(entries));
        match service.register() {
            Ok(registered) => self.registered = Some(registered),
            Err(error) => self.failed(&error, "Bonjour does not announce this node"),
        }
    }

    fn browse(&mut self) {
        self.browser = None;
        for name in std::mem::take(&mut self.known) {
            let _ended = self.said.blocking_send(Said::Gone(Instance { way: Way::Bonjour, name }));
        }
        match ServiceBrowserBuilder::new(SERVICE).browse() {
            Ok(browser) => self.browser = Some(browser),
            Err(error) => self.failed(&error, "Bonjour does not look for others"),
        }
    }

    fn look(&mut self) {
        let Some(browser) = &self.browser else { return };
        match browser.recv_timeout(LOOK) {
            Ok(service) => {
                if let Some(said) = read(&service) {
                    match &said {
                        Said::Seen(instance, _) => self.known.insert(instance.name.clone()),
                        Said::Gone(instance) => self.known.remove(&instance.name),
                        Said::Verify(_) => false,
                    };
                    // A node that has ended hears nothing any more, and ends this thread.
                    let _ended = self.said.blocking_send(said);
                }
            }
            Err(BrowseError::Timeout) => {}
            Err(error) => {
                self.browser = None;
                self.failed(&error, "Bonjour looks for nobody any more");
            }
        }
    }

    /// -65570: the person did not allow it to see the local network; -65555: a key is missing in Info.plist.
    fn failed(&mut self, error: &dyn std::fmt::Display, what: &str) {
        tracing::warn!(%error, "{what}");
        self.anew = Some(Instant::now() + ANEW);
    }
}

fn read(service: &Service) -> Option<Said> {
    let instance = Instance { way: Way::Bonjour, name: service.name.clone() };
    match service.event_type {
        ServiceEventType::Removed => Some(Said::Gone(instance)),
        ServiceEventType::Added => {
            let addresses = service
                .resolve_socket_addrs(ADDRESSES)
                .inspect_err(|error| tracing::debug!(%error, "somebody has no address"))
                .ok()?;
            let entries = service.txt_record.as_ref()?;
            Some(Said::Seen(instance, Sighting::read(|key| entries.get(key).map(String::as_str), addresses)?))
        }
    }
}
