//! Paths between two engines: up while both ends agree and packets get through, and what flows over them.

use super::World;
use super::engine::{Connection, Step};
use super::queue::{Happening, Run};
use crate::id::{CallId, PageId};
use crate::wire::ui::{Command, Path};

impl World {
    /// Whether this connection and its other end have agreed, and packets get through.
    pub(super) fn leads_to(&self, run: Run, page: PageId) -> Option<(Run, PageId)> {
        let here = self.look_up(run, page).filter(|_| !self.profile.firewall)?;
        let theirs = here.theirs?;
        let (there, page, other) = self.find_connection(theirs)?;
        let same = (here.call, here.attempt) == (other.call, other.attempt);
        let agreed = other.theirs == Some(here.serial) && !here.offered && !other.offered;
        let found = here.knows_candidate || other.knows_candidate;
        (same && agreed && found && self.reach(run.at, there.at)).then_some((there, page))
    }

    /// Everything that could bring a path up or down has just happened: looks at all of them soon.
    pub(super) fn stir(&mut self) {
        for (run, page, serial, up) in self.all_connections() {
            let leads = self.leads_to(run, page).is_some();
            if leads == up {
                continue;
            }
            if let Some(connection) = self.connection(run, page)
                && !std::mem::replace(&mut connection.looking, true)
            {
                let ms = if leads { (5, 150) } else { (500, 6000) };
                self.later(run, page, serial, ms, Step::Look);
            }
        }
    }

    pub(super) fn look(&mut self, run: Run, page: PageId) {
        let leads = self.leads_to(run, page).is_some();
        let Some(connection) = self.connection(run, page) else {
            return;
        };
        connection.looking = false;
        if std::mem::replace(&mut connection.up, leads) == leads {
            return;
        }
        let (call, attempt, serial) = (connection.call, connection.attempt, connection.serial);
        let path = if leads { Path::Up } else { Path::Down };
        self.page_says(run, page, Command::Path { call, attempt, path });
        if !leads {
            self.later(run, page, serial, (1000, 5000), Step::Restart);
        }
        self.check_media(run, page);
    }

    /// A page sends a frame over its connection's data channel.
    pub(super) fn relay(&mut self, run: Run, page: PageId, call: CallId, frame: String) {
        let up = self.look_up(run, page).is_some_and(|connection| connection.up && connection.call == call);
        let Some((there, other)) = self.leads_to(run, page).filter(|_| up) else {
            return;
        };
        let serial = self.look_up(there, other).map_or(0, |other| other.serial);
        let due = self.now + self.delay();
        self.queue.put(due, Happening::Relayed(there, other, serial, frame));
    }

    /// It comes out at the other end.
    pub(super) fn relayed(&mut self, run: Run, page: PageId, serial: u64, frame: String) {
        if let Some(connection) = self.connection(run, page).filter(|c| c.serial == serial) {
            let call = connection.call;
            self.page_says(run, page, Command::Relayed { call, frame });
        }
    }

    pub(super) fn look_up(&self, run: Run, page: PageId) -> Option<&Connection> {
        let life = self.devices[run.at].life.as_ref()?;
        let page = life.pages.get(&page).filter(|_| life.boot == run.boot)?;
        page.connection.as_ref()
    }

    fn find_connection(&self, serial: u64) -> Option<(Run, PageId, &Connection)> {
        self.devices.iter().enumerate().find_map(|(at, device)| {
            let life = device.life.as_ref()?;
            let run = Run { at, boot: life.boot };
            life.pages.iter().find_map(|(&page, shown)| {
                let connection = shown.connection.as_ref()?;
                (connection.serial == serial).then_some((run, page, connection))
            })
        })
    }

    fn all_connections(&self) -> Vec<(Run, PageId, u64, bool)> {
        let mut all = Vec::new();
        for (at, device) in self.devices.iter().enumerate() {
            let Some(life) = &device.life else { continue };
            let run = Run { at, boot: life.boot };
            for (&page, shown) in &life.pages {
                if let Some(connection) = shown.connection.as_ref().filter(|c| !c.looking) {
                    all.push((run, page, connection.serial, connection.up));
                }
            }
        }
        all
    }
}
