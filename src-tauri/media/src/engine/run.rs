//! The task of one connection.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::time::{Duration, Instant};

use dogeller_core::wire::peer::{Candidate, Description};
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::congestion::{Congestion, START_BITS};
use super::hearing::Hearing;
use super::negotiation::Negotiation;
use super::path::{PathWatch, Step};
use super::revealing::Revealing;
use super::seeing::Seeing;
use super::showing::Showing;
use super::speaking::Speaking;
use super::{EngineError, Live, Order, Report, Start};
use crate::booth::Booth;
use crate::lipsync::Kind;
use crate::sound::BLOCK;
use crate::stack::{Events, Incoming, Meaning, Media, Options, PathState, Stack, StackError, StackEvent, TrackNumber};
use crate::stats::{HeardStats, RepairStats, SaidStats, SeenStats, ShownStats, Stats};
use crate::video::{Codec, Frame};

/// The length of a block of sound.
const BLOCK_TIME: Duration = Duration::from_millis(10);
/// After a longer standstill (a suspended machine) what was missed is left out, not caught up with.
const STANDSTILL: u32 = 20;
const STATS_EVERY: Duration = Duration::from_secs(1);
/// How often the other side is told what to send at most.
const LIMITED_EVERY: Duration = Duration::from_secs(1);
/// Packets of pictures that are kept while this side does not know yet that both said yes: the other may know a little sooner.
/// Its pacer lets ten of them out at once.
const EARLY: usize = 64;
/// Packets taken in one turn before the clock is looked at again.
const BATCH: usize = 64;

/// Sending and playing, once both said yes.
struct Flow {
    live: Live,
    since: Instant,
    next_block: Instant,
    next_stats: Instant,
}

/// See the module.
pub(super) struct Run {
    stack: Stack,
    events: Events,
    booth: Box<dyn Booth>,
    reports: mpsc::Sender<Report>,
    negotiation: Negotiation,
    revealing: Revealing,
    path: PathWatch,
    hearing: Hearing,
    seeing: Seeing,
    speaking: Speaking,
    showing: Showing,
    congestion: Congestion,
    flow: Option<Flow>,
    early: VecDeque<(TrackNumber, Incoming)>,
    offerer: bool,
    keys_asked: u64,
    /// What the other side was told to send at most, and when.
    limited: Option<(u64, Instant)>,
    candidates_told: Vec<Candidate>,
    given_up: bool,
}

impl Run {
    pub(super) async fn open(
        start: Start,
        booth: Box<dyn Booth>,
        reports: mpsc::Sender<Report>,
    ) -> Result<Self, EngineError> {
        let now = Instant::now();
        let (hearing, speaking) = (Hearing::new()?, Speaking::new()?);
        let (stack, events) = Stack::open(Options { reach: start.reach, start_bits: START_BITS }).await?;
        Ok(Self {
            stack,
            events,
            booth,
            reports,
            negotiation: Negotiation::new(start.offerer),
            revealing: Revealing::default(),
            path: PathWatch::default(),
            hearing,
            seeing: Seeing::default(),
            speaking,
            showing: Showing::new(START_BITS, now),
            congestion: Congestion::new(now),
            flow: start.live.map(|live| Flow::new(live, now)),
            early: VecDeque::new(),
            offerer: start.offerer,
            keys_asked: 0,
            limited: None,
            candidates_told: Vec::new(),
            given_up: false,
        })
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        if self.offerer {
            self.offer(false).await;
        }
        loop {
            let deadline = self.deadline();
            let mut done = Ok(());
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => done = self.obey(order).await,
                    None => break,
                },
                event = self.events.control.recv() => match event {
                    // Nothing came of the handshake, say. Nobody else would notice.
                    Some(StackEvent::Ended) | None => {
                        self.tell(Report::Useless).await;
                        break;
                    }
                    Some(event) => self.happened(event).await,
                },
                packet = self.events.packets.recv(), if !self.events.packets.is_closed() => {
                    if let Some((track, packet)) = packet {
                        self.packets(track, packet);
                    }
                }
                revealed = self.revealing.next() => self.take_candidates(revealed).await,
                frame = poll_fn(|context| self.booth.poll_picture(context)) => done = self.send(&frame).await,
                () = sleep_until(deadline.into()) => {}
            }
            if done.is_err() || self.due().await.is_err() || self.given_up {
                self.tell(Report::Useless).await;
                break;
            }
        }
        if self.flow.is_some() {
            let stats = self.stats(Instant::now());
            // Whoever listened may have gone with the call.
            let _gone = self.reports.try_send(Report::Stats(Box::new(stats)));
        }
        self.stack.close().await;
    }

    async fn obey(&mut self, order: Order) -> Result<(), StackError> {
        match order {
            Order::Description(description) => return self.take(&description).await,
            Order::Candidate(candidate) => {
                let usable = self.revealing.take(candidate);
                self.take_candidates(usable).await;
            }
            Order::Live(live) => {
                if self.flow.is_none() {
                    let now = Instant::now();
                    self.flow = Some(Flow::new(live, now));
                    self.showing.want_key();
                    for (track, packet) in std::mem::take(&mut self.early) {
                        self.packet(track, packet, now);
                    }
                }
            }
            Order::Relay(text) => self.stack.relay(&text).await,
            Order::Renegotiate => self.offer(false).await,
        }
        Ok(())
    }

    /// Takes a description. One that cannot be read changes nothing; one that failed half-way leaves a connection that can
    /// agree on nothing any more.
    async fn take(&mut self, description: &Description) -> Result<(), StackError> {
        match self.negotiation.take(&self.stack, description).await {
            Ok(replies) => {
                for reply in replies {
                    self.tell(Report::Description(reply)).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a description was not taken");
                if error.is_fatal() {
                    return Err(error);
                }
            }
        }
        self.stack.refresh().await;
        Ok(())
    }

    async fn take_candidates(&mut self, candidates: Vec<Candidate>) {
        for candidate in candidates {
            self.negotiation.take_candidate(&self.stack, candidate).await;
        }
    }

    async fn offer(&mut self, restart: bool) {
        if restart {
            self.candidates_told.clear();
        }
        match self.negotiation.offer(&self.stack, restart).await {
            Ok(Some(offer)) => self.tell(Report::Description(offer)).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "no offer could be made"),
        }
    }

    async fn happened(&mut self, event: StackEvent) {
        let now = Instant::now();
        match event {
            // The stack gathers twice for one restart.
            StackEvent::Candidate(candidate) => {
                if self.candidates_told.last() != Some(&candidate) && !is_among(&candidate, &self.candidates_told) {
                    self.candidates_told.push(candidate.clone());
                    self.tell(Report::Candidate(candidate)).await;
                }
            }
            StackEvent::Path(state) => self.path_became(state, now).await,
            StackEvent::Track { track, media: Media::Sound } => {
                self.hearing.track.get_or_insert(track);
            }
            StackEvent::Track { media: Media::Picture, .. } => {}
            StackEvent::Clock { track, ntp, rtp } => {
                let kind = if self.hearing.track == Some(track) { Kind::Sound } else { Kind::Picture };
                self.seeing.clock(track, kind, ntp, rtp);
            }
            StackEvent::KeyWanted => {
                self.keys_asked += 1;
                self.showing.want_key();
            }
            StackEvent::Ceiling(bits) => {
                tracing::trace!(bits, "ceiling");
                self.congestion.ceiling(bits);
            }
            StackEvent::Loss(Media::Sound, fraction) => self.speaking.lost(fraction, now),
            StackEvent::Loss(Media::Picture, _) => {}
            StackEvent::Digest(digest) => self.congestion.digest(&digest, self.stack.round_trip(), now),
            StackEvent::Text(text) => self.tell(Report::Relayed(text)).await,
            // The node hears of the end by its link; here only nothing comes any more.
            StackEvent::Closed | StackEvent::Ended => tracing::debug!("the other side closed the connection"),
        }
    }

    async fn path_became(&mut self, state: PathState, now: Instant) {
        if state == PathState::Up {
            self.stack.refresh().await;
            // What was written while it was down is lost without an error.
            self.showing.want_key();
        }
        if let Some(step) = self.path.become_state(state, now) {
            self.step(step).await;
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Tell(path) => self.tell(Report::Path(path)).await,
            Step::Restart => self.offer(true).await,
            Step::GiveUp => self.given_up = true,
        }
    }

    /// Takes a packet, and those right behind it.
    fn packets(&mut self, track: TrackNumber, packet: Incoming) {
        let now = Instant::now();
        self.packet(track, packet, now);
        for _ in 1..BATCH {
            let Ok((track, packet)) = self.events.packets.try_recv() else {
                return;
            };
            self.packet(track, packet, now);
        }
    }

    fn packet(&mut self, track: TrackNumber, packet: Incoming, now: Instant) {
        let meaning = self.stack.meaning(packet.payload_type);
        if self.flow.is_none() {
            // Nothing is looked into before this side knows of the yes. A first key frame would be missed; sound would not.
            if let Meaning::Picture(_) = meaning {
                if self.early.len() >= EARLY {
                    self.early.pop_front();
                }
                self.early.push_back((track, packet));
            }
            return;
        }
        match meaning {
            Meaning::Sound => self.hearing.packet(track, packet, now),
            Meaning::RedundantSound => self.hearing.redundant_packet(track, packet, now),
            Meaning::Picture(codec) => self.seeing.packet(track, packet, codec, now),
            Meaning::Unknown => self.seeing.unknown += 1,
        }
    }

    /// Does what the time asks for.
    async fn due(&mut self) -> Result<(), StackError> {
        let now = Instant::now();
        if let Some(step) = self.path.tick(now) {
            self.step(step).await;
        }
        if self.flow.is_none() {
            return Ok(());
        }
        self.blocks(now).await?;
        while let Some((track, frame)) = self.seeing.ready(now) {
            self.booth.see(track, &frame, now);
        }
        self.ask_keys(now).await;
        self.control(now).await;
        if self.sends_pictures() && self.booth.picture_due().is_some_and(|at| at <= now) {
            self.showing.want(self.booth.as_mut(), &self.stack, now);
        }
        if let Some(flow) = self.flow.as_mut().filter(|flow| flow.next_stats <= now) {
            flow.next_stats = now + STATS_EVERY;
            let stats = self.stats(now);
            // Numbers must not hold up the call; there are new ones in a second.
            let _full = self.reports.try_send(Report::Stats(Box::new(stats)));
        }
        Ok(())
    }

    /// Both said yes to pictures, and there is a way for them.
    fn sends_pictures(&self) -> bool {
        self.path.is_up() && self.flow.as_ref().is_some_and(|flow| flow.live == Live::Video)
    }

    async fn send(&mut self, frame: &Frame) -> Result<(), StackError> {
        if self.sends_pictures() {
            self.showing.send(frame, &mut self.stack, Instant::now()).await?;
        }
        Ok(())
    }

    /// Plays and says what the time since the last block asks for.
    async fn blocks(&mut self, now: Instant) -> Result<(), StackError> {
        for played in 0.. {
            let Some(flow) = self.flow.as_mut().filter(|flow| flow.next_block <= now) else {
                return Ok(());
            };
            if played >= STANDSTILL {
                let missed = now.saturating_duration_since(flow.next_block).as_millis() / BLOCK_TIME.as_millis();
                let missed = u32::try_from(missed).unwrap_or(u32::MAX);
                flow.next_block += BLOCK_TIME.saturating_mul(missed);
                self.speaking.left_out(missed);
                return Ok(());
            }
            flow.next_block += BLOCK_TIME;
            self.block(now).await?;
        }
        Ok(())
    }

    async fn block(&mut self, now: Instant) -> Result<(), StackError> {
        let mut block = [0.0; BLOCK];
        let playing = self.hearing.ear.playing();
        self.hearing.ear.hold_back(self.seeing.sound_delay());
        self.hearing.pull(&mut block, now);
        if let Some(timestamp) = playing {
            self.seeing.heard(timestamp, now + self.booth.heard_after());
        }
        self.booth.hear(&block, now);
        if !self.booth.say(&mut block, now) {
            block.fill(0.0);
        }
        let Some(types) = self.stack.sound_types().filter(|_| self.path.is_up()) else {
            self.speaking.left_out(1);
            return Ok(());
        };
        match self.speaking.block(&block, types) {
            Ok(Some(spoken)) => self.stack.send_sound(spoken.payload_type, spoken.timestamp, spoken.payload).await,
            Ok(None) => Ok(()),
            Err(error) => {
                tracing::debug!(%error, "10 ms of sound were not sent");
                Ok(())
            }
        }
    }

    async fn ask_keys(&mut self, now: Instant) {
        let mut tracks = self.seeing.keys_wanted(now);
        if self.booth.wants_key() {
            tracks = self.seeing.seen().iter().map(|seen| seen.track).collect();
        }
        for track in tracks {
            self.stack.ask_key(track).await;
        }
        // When it changed by a twentieth, and once in a while, since any may be lost.
        let stale = |&(before, at): &(u64, Instant), bits: u64| {
            bits.abs_diff(before) > before / 20 || now.saturating_duration_since(at) >= LIMITED_EVERY
        };
        if let Some(bits) = self.booth.limit()
            && self.limited.as_ref().is_none_or(|limited| stale(limited, bits))
        {
            for seen in self.seeing.seen() {
                self.limited = Some((bits, now));
                self.stack.limit(seen.track, bits).await;
            }
        }
    }

    async fn control(&mut self, now: Instant) {
        if let Some(decision) = self.congestion.decide(self.stack.traffic(), now) {
            self.stack.pace(decision.pacing_bits);
            self.showing.bits = decision.picture_bits;
            self.showing.hold = decision.hold;
            self.booth.carried(decision.picture_bits);
        }
        if self.stack.lost_frame() {
            self.showing.want_key();
        }
    }

    fn deadline(&self) -> Instant {
        let path = self.path.deadline();
        let Some(flow) = &self.flow else {
            return path.unwrap_or_else(|| Instant::now() + STATS_EVERY);
        };
        let picture = self.booth.picture_due().filter(|_| self.sends_pictures());
        let all = [path, picture, self.seeing.deadline(), Some(self.congestion.deadline()), Some(flow.next_stats)];
        all.into_iter().flatten().fold(flow.next_block, Instant::min)
    }

    async fn tell(&mut self, report: Report) {
        // Whoever made the engine is gone: its orders end too.
        let _gone = self.reports.send(report).await;
    }

    fn stats(&self, now: Instant) -> Stats {
        let heard = self.hearing.ear.counts();
        let traffic = self.stack.traffic();
        Stats {
            live_ms: self.flow.as_ref().map_or(0, |flow| now.saturating_duration_since(flow.since).as_millis() as u64),
            round_trip_ms: self.stack.round_trip().as_secs_f64() * 1000.0,
            seen: self.seeing.seen().into_iter().map(seen_stats).collect(),
            heard: HeardStats {
                packets: heard.packets,
                lost: heard.lost,
                fec: heard.fec,
                red: heard.red,
                concealed_ms: heard.concealed_blocks * 10,
                delay_ms: self.hearing.ear.delay().as_millis() as u64,
            },
            shown: ShownStats {
                frames: self.showing.frames,
                key_frames: self.showing.key_frames,
                skipped: self.showing.skipped,
                bytes: self.showing.bytes,
                target_bits: self.showing.bits,
                held: self.showing.hold,
                keys_asked: self.keys_asked,
                waiting_ms: self.stack.waiting().as_millis() as u64,
            },
            said: SaidStats {
                packets: self.speaking.packets,
                copies: self.speaking.copies,
                lost_percent: self.speaking.loss * 100.0,
            },
            repair: RepairStats {
                missing: traffic.missing,
                asked: traffic.asked,
                repaired: traffic.repaired,
                asked_of_us: traffic.asked_of_us,
                sent_again: traffic.repairs,
                refused: traffic.repairs_refused,
                dropped_by_age: traffic.dropped_by_age,
            },
            malformed: self.hearing.malformed + self.seeing.malformed(),
        }
    }
}

/// Told already. The end of candidates (an empty line) is told after each round of them.
fn is_among(candidate: &Candidate, told: &[Candidate]) -> bool {
    !candidate.line.as_str().is_empty() && told.contains(candidate)
}

impl Flow {
    fn new(live: Live, now: Instant) -> Self {
        Self { live, since: now, next_block: now, next_stats: now + STATS_EVERY }
    }
}

fn seen_stats(seen: super::seeing::Seen) -> SeenStats {
    SeenStats {
        track: seen.track.0,
        codec: match seen.codec {
            Codec::Vp8 => "VP8",
            Codec::H264 => "H264",
        },
        frames: seen.counts.frames,
        key_frames: seen.counts.key_frames,
        given_up: seen.counts.given_up,
        bytes: seen.counts.bytes,
        longest_gap_ms: seen.longest_gap.as_millis() as u64,
        skew_ms: seen.skew,
    }
}
