//! One transfer on one connection, on a thread that may block.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use dogeller_core::Event;
use dogeller_core::transfer::{Carried, Moved, NotNow};
use dogeller_core::wire::files::Trouble;
use dogeller_files::Watch;
use dogeller_files::give::{Cut, give};
use dogeller_files::take::{Taken, Taking, take};

use super::Job;
use crate::run::Input;

/// How often the core is told how far it is: a page shows no more.
const TELL: Duration = Duration::from_millis(250);

/// How a connection ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) how: Carried,
    /// What came, where it is to be looked at as pictures.
    pub(super) pictures: Vec<PathBuf>,
}

impl From<Carried> for Ended {
    fn from(how: Carried) -> Self {
        Self { how, pictures: Vec::new() }
    }
}

/// Gives or takes, until all is there or something ends it.
pub(super) fn carry(job: &Job, line: &mut (impl Read + Write)) -> Ended {
    // An earlier connection for the same may still be ending.
    let mut run = job.run.lock().unwrap_or_else(PoisonError::into_inner);
    if job.halter.is_halted() {
        return Carried::Halted.into();
    }
    let mut teller = Teller { job, told: None };
    let cut = if job.key.mine {
        let Some(scanned) = job.shelf.outgoing(job.key) else { return Carried::Stuck(Trouble::Gone).into() };
        match give(line, &scanned, &mut teller) {
            Ok(()) => return Carried::Whole { place: None }.into(),
            Err(cut) => cut,
        }
    } else {
        let (shelf, downloads) = (&job.shelf, job.downloads.as_path());
        let mut taking = Taking { key: job.key, offered: &job.parcel, shelf, downloads, verified: run.verified };
        let took = take(line, &mut taking, &mut teller);
        run.verified = taking.verified;
        match took {
            Ok(Taken { place, pictures }) => {
                let place = Some(place.to_string_lossy().into_owned());
                return Ended { how: Carried::Whole { place }, pictures };
            }
            Err(cut) => cut,
        }
    };
    match cut {
        Cut::Gone(error) => {
            tracing::info!(%error, "a connection for files broke");
            Carried::Lost
        }
        Cut::Stuck(trouble) => Carried::Stuck(trouble),
        Cut::StuckThere => Carried::Refused(NotNow::Stuck),
        Cut::Stopped => Carried::Halted,
    }
    .into()
}

struct Teller<'a> {
    job: &'a Job,
    told: Option<Instant>,
}

impl Teller<'_> {
    fn tell(&mut self, moved: Moved) -> bool {
        if self.told.is_none_or(|told| told.elapsed() >= TELL) {
            self.told = Some(Instant::now());
            // A core that has too much to do now hears of the next step.
            let carrier = self.job.carrier;
            let _full = self.job.inputs.try_send(Input::Event(Event::Moved { carrier, moved }));
        }
        !self.job.halter.is_halted()
    }
}

impl Watch for Teller<'_> {
    fn moved(&mut self, bytes: u64) -> bool {
        self.tell(Moved::Bytes(bytes))
    }

    fn checking(&mut self) -> bool {
        self.tell(Moved::Checking)
    }

    fn talks(&self) -> bool {
        self.job.talks.load(Ordering::Relaxed)
    }
}
