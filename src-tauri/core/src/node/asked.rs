//! What pages ask for.

use std::net::{IpAddr, SocketAddr};

use super::{Action, Dial, Kept, Node};
use crate::candidate::{FarEnd, Outgoing, outgoing};
use crate::id::{CallId, PageId, PeerId};
use crate::text::Name;
use crate::time::Time;
use crate::wire::peer::{Candidate, NumberedSignal, dialable};
use crate::wire::ui::{ADDRESS_BYTES, Command, FailureCode, Notice, PageCaps, Viewer};
use crate::wire::{DEFAULT_PORT, decode};

impl Node {
    pub(super) fn page_attached(&mut self, page: PageId, caps: PageCaps, now: Time, out: &mut Vec<Action>) {
        self.pages.attach(page, caps);
        let snapshot = self.snapshot(page, now);
        if let Some(call) = &snapshot.call {
            self.shown_calls.insert(page, call.clone());
        }
        out.push(Action::Notify(page, Notice::Snapshot { snapshot: Box::new(snapshot) }));
        if caps.viewer == Viewer::Person {
            if let Some(peer) = self.to_show.take() {
                self.open(page, peer, out);
            }
            self.on_line(now, out, |line, cx| line.page_attached(page, caps.engine, cx));
        }
    }

    /// Shows whom a link names in every page that somebody looks at, or in the first that comes.
    pub(super) fn show_person(&mut self, peer: PeerId, out: &mut Vec<Action>) {
        if self.pages.is_empty() {
            self.to_show = Some(peer);
        }
        for page in self.pages.seen() {
            self.open(page, peer, out);
        }
    }

    fn open(&self, page: PageId, peer: PeerId, out: &mut Vec<Action>) {
        let somebody = self.roster.get(peer).is_some_and(|person| !person.kind.is_inside());
        let notice = if somebody { Notice::Open { peer } } else { Notice::Refused { code: FailureCode::NotHere } };
        out.push(Action::Notify(page, notice));
    }

    pub(super) fn page_detached(&mut self, page: PageId, now: Time, out: &mut Vec<Action>) {
        self.pages.detach(page, now);
        self.shown_calls.remove(&page);
        self.on_line(now, out, |line, cx| line.page_detached(page, cx));
    }

    pub(super) fn asked(&mut self, page: PageId, command: Command, now: Time, out: &mut Vec<Action>) {
        if self.pages.has_engine(page).is_none() {
            return;
        }
        if let Err(code) = self.carry_out(page, command, now, out) {
            out.push(Action::Notify(page, Notice::Refused { code }));
        }
    }

    fn carry_out(
        &mut self,
        page: PageId,
        command: Command,
        now: Time,
        out: &mut Vec<Action>,
    ) -> Result<(), FailureCode> {
        match command {
            Command::SetName { name } => self.set_name(&name, now, out),
            Command::SetVisible { visible } => {
                self.set_visible(visible, now, out);
                Ok(())
            }
            Command::AddPeer { address } => self.add_peer(page, &address, out),
            Command::Verify { peer, verified } => self.verify(peer, verified, out),
            Command::Call { peer, media } => {
                if self.roster.get(peer).is_none_or(|person| !person.is_here()) {
                    return Err(FailureCode::NotHere);
                }
                self.on_line(now, out, |line, cx| line.place(page, peer, media, cx))?;
                // Somebody only listed has no link yet.
                self.try_dial(peer, now, out);
                Ok(())
            }
            Command::Accept { call, media } => self.on_line(now, out, |line, cx| line.accept(page, call, media, cx)),
            Command::Decline { call } | Command::HangUp { call } => {
                self.on_line(now, out, |line, cx| line.hang_up(call, cx))
            }
            Command::TakeOver { call } => self.on_line(now, out, |line, cx| line.take_over(page, call, cx)),
            Command::Dismiss => {
                self.on_line(now, out, |line, cx| line.dismiss(cx));
                Ok(())
            }
            Command::Description { call, attempt, description } => {
                self.on_line(now, out, |line, cx| line.engine_described(page, call, attempt, description, cx))
            }
            Command::Candidate { call, attempt, candidate } => {
                let candidates = self.candidates_to_tell(call, &candidate);
                self.on_line(now, out, |line, cx| line.engine_found(page, call, attempt, candidates, cx))
            }
            Command::Path { call, attempt, path } => {
                self.on_line(now, out, |line, cx| line.engine_path(page, call, attempt, path, cx))
            }
            Command::Renew { call, attempt } => {
                self.on_line(now, out, |line, cx| line.engine_renew(page, call, attempt, cx))
            }
            Command::EngineFailed { call } => self.on_line(now, out, |line, cx| line.engine_failed(page, call, cx)),
            Command::Devices { call, devices } => {
                self.on_line(now, out, |line, cx| line.engine_devices(page, call, devices, cx))
            }
            Command::Talk { ask } => self.ask(page, ask, now, out),
            Command::Relayed { call, frame } => self.relayed(page, call, &frame, now, out),
        }
    }

    fn set_name(&mut self, text: &str, now: Time, out: &mut Vec<Action>) -> Result<(), FailureCode> {
        let name = Name::new(text).map_err(|_| FailureCode::BadName)?;
        self.first_start = false;
        out.push(Action::Keep(Kept::Name(name.clone())));
        if name != self.name {
            self.name = name;
            self.tell_presence(now, out);
            self.appear(now, out);
        }
        self.tell_me(out);
        Ok(())
    }

    fn set_visible(&mut self, visible: bool, now: Time, out: &mut Vec<Action>) {
        let network = self.network_key();
        if visible {
            self.hidden_on.remove(&network);
        } else {
            self.hidden_on.insert(network.clone());
        }
        out.push(Action::Keep(Kept::Hidden { network, hidden: !visible }));
        self.appear(now, out);
        self.tell_me(out);
    }

    /// An address typed by hand may be routed elsewhere; the person chose it.
    fn add_peer(&mut self, page: PageId, text: &str, out: &mut Vec<Action>) -> Result<(), FailureCode> {
        let text = text.trim();
        if text.len() > ADDRESS_BYTES {
            return Err(FailureCode::BadAddress);
        }
        let address = text
            .parse::<SocketAddr>()
            .or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DEFAULT_PORT)))
            .map_err(|_| FailureCode::BadAddress)?;
        if !dialable(&address) {
            return Err(FailureCode::BadAddress);
        }
        out.push(Action::Dial { dial: Dial::Address(page), addresses: vec![address] });
        Ok(())
    }

    pub(super) fn nobody_there(&mut self, page: PageId, out: &mut Vec<Action>) {
        out.push(Action::Notify(page, Notice::Refused { code: FailureCode::NobodyThere }));
    }

    fn verify(&mut self, peer: PeerId, verified: bool, out: &mut Vec<Action>) -> Result<(), FailureCode> {
        // There is nobody between a node and its echo contact.
        let person = self.roster.get_mut(peer).filter(|person| !person.kind.is_inside());
        person.ok_or(FailureCode::NotHere)?.verified = verified;
        self.remember(peer, out);
        // Others who use this name are marked from now on.
        self.touched.extend(self.roster.iter().map(|(peer, _)| peer).collect::<Vec<_>>());
        Ok(())
    }

    fn candidates_to_tell(&self, call: CallId, candidate: &Candidate) -> Outgoing<Candidate> {
        let call = self.line.call().filter(|c| c.id == call);
        let far = call.map_or(FarEnd::Network { link: None }, |call| self.far_end(call.with));
        let lines = outgoing(&candidate.line, far, &self.networks);
        lines.map(|line| Candidate { line, index: candidate.index })
    }

    /// A copy of a signal that came by the call's data channel, whose other end the call's certificates prove.
    fn relayed(
        &mut self,
        page: PageId,
        call: CallId,
        frame: &str,
        now: Time,
        out: &mut Vec<Action>,
    ) -> Result<(), FailureCode> {
        // The link may have been quicker: then the call is over, and the copy says nothing new.
        if self.line.is_past(call) {
            return Ok(());
        }
        let held = self.line.call().filter(|c| c.id == call).ok_or(FailureCode::NoSuchCall)?;
        let (peer, holder) = (held.with, held.page());
        let numbered: NumberedSignal = decode(frame).map_err(|_| FailureCode::BadMessage)?;
        if holder == Some(page)
            && let Some(session) = self.roster.get_mut(peer).and_then(|person| person.session.as_mut())
        {
            let heard = session.hear(numbered).map_err(|_| FailureCode::BadMessage)?;
            self.apply(peer, heard, now, out);
        }
        Ok(())
    }
}
