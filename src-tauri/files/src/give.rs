//! The sender's end.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use dogeller_core::wire::files::Trouble;

use crate::Watch;
use crate::frame::{FrameError, Said};
use crate::manifest::{Item, Kind};
use crate::pace::{BLOCK, Pace};
use crate::part;
use crate::scan::{Scanned, modified_ms};

/// How often the other end is told that something still goes on.
const WORKING: Duration = Duration::from_secs(1);

/// What is done while bytes are compared: the other end is told that it still goes on. Whether that failed, or the disk did, is
/// told apart.
pub(crate) struct Working<'a, L, W> {
    line: &'a mut L,
    watch: &'a mut W,
    told: Instant,
    cut: Option<Cut>,
}

impl<'a, L: Write, W: Watch> Working<'a, L, W> {
    pub(crate) fn new(line: &'a mut L, watch: &'a mut W) -> Self {
        Self { line, watch, told: Instant::now(), cut: None }
    }

    pub(crate) fn go_on(&mut self) -> io::Result<()> {
        if self.told.elapsed() < WORKING {
            return Ok(());
        }
        self.told = Instant::now();
        let said = Said::Working.say(self.line).and_then(|()| self.line.flush());
        self.cut = match said {
            Err(error) => Some(error.into()),
            Ok(()) if self.watch.checking() => return Ok(()),
            Ok(()) => Some(Cut::Stopped),
        };
        Err(io::ErrorKind::Interrupted.into())
    }

    /// Why it ended: here, or as the disk says.
    pub(crate) fn why(self, disk: impl FnOnce() -> Cut) -> Cut {
        self.cut.unwrap_or_else(disk)
    }
}

/// How long the other end is listened to after it was told that nothing more comes of this.
const LISTENS: Duration = Duration::from_secs(5);

/// Why a transfer did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Cut {
    /// The connection ended, or the other end spoke nonsense: another may go on.
    #[error(transparent)]
    Gone(#[from] FrameError),
    /// It cannot go on here.
    #[error("it cannot go on here: {0:?}")]
    Stuck(Trouble),
    /// It cannot go on at the other end.
    #[error("it cannot go on at the other end")]
    StuckThere,
    /// It was told to stop.
    #[error("stopped")]
    Stopped,
}

impl From<io::Error> for Cut {
    fn from(error: io::Error) -> Self {
        Self::Gone(error.into())
    }
}

/// Sends what was found on the disk, from wherever the other end wants it.
///
/// # Errors
/// [`Cut`].
pub fn give(line: &mut (impl Read + Write), scanned: &Scanned, watch: &mut impl Watch) -> Result<(), Cut> {
    let result = Giver { line, scanned, watch, pace: Pace::default(), acknowledged: 0 }.run();
    if let Err(Cut::Stuck(_)) = &result {
        say_stuck(line);
    }
    result
}

/// Tells the other end that nothing more comes of this. What it said meanwhile is heard to its end: a socket that is closed
/// with something unread takes back what was just said.
pub(crate) fn say_stuck(line: &mut (impl Read + Write)) {
    let said = Instant::now();
    let mut rest = [0; 16 * 1024];
    // If it is gone, it comes back and is told so then.
    let mut told = Said::Stuck.say(line).and_then(|()| line.flush()).is_ok();
    while told && said.elapsed() < LISTENS {
        told = line.read(&mut rest).is_ok_and(|n| n > 0);
    }
}

struct Giver<'a, L, W> {
    line: &'a mut L,
    scanned: &'a Scanned,
    watch: &'a mut W,
    pace: Pace,
    acknowledged: u64,
}

impl<L: Read + Write, W: Watch> Giver<'_, L, W> {
    fn run(&mut self) -> Result<(), Cut> {
        let total = self.scanned.manifest.bytes();
        let Said::Want { manifest } = self.hear()? else { return Err(FrameError::Nonsense.into()) };
        if !manifest {
            let json = serde_json::to_vec(&self.scanned.manifest).map_err(io::Error::other)?;
            Said::Manifest { length: json.len() }.say(self.line)?;
            self.line.write_all(&json)?;
            self.line.flush()?;
        }
        let Said::Have { bytes, hash } = self.hear()? else { return Err(FrameError::Nonsense.into()) };
        if bytes > total {
            return Err(FrameError::Nonsense.into());
        }
        let same = match hash {
            Some(hash) => self.hash(bytes)? == hash,
            None => true,
        };
        let from = if same { bytes } else { 0 };
        Said::From { bytes: from }.say(self.line)?;
        self.acknowledged = from;
        self.send(from, total)?;
        Said::Whole.say(self.line)?;
        self.line.flush()?;
        loop {
            let said = self.hear()?;
            if said == Said::Whole {
                return Ok(());
            }
            let Said::Written { .. } = said else { return Err(FrameError::Nonsense.into()) };
        }
    }

    /// Hears the next thing but that the other end still works. Acknowledgements are passed on.
    fn hear(&mut self) -> Result<Said, Cut> {
        loop {
            let said = Said::hear(self.line)?;
            if let Said::Written { bytes, talks } = said {
                self.acknowledged = bytes;
                self.pace.talks(talks || self.watch.talks());
                self.go_on(|watch| watch.moved(bytes))?;
            }
            match said {
                Said::Working => self.go_on(W::checking)?,
                Said::Stuck => return Err(Cut::StuckThere),
                Said::Want { .. }
                | Said::Manifest { .. }
                | Said::Have { .. }
                | Said::From { .. }
                | Said::Block { .. }
                | Said::Written { .. }
                | Said::Whole => return Ok(said),
            }
        }
    }

    fn go_on(&mut self, tell: impl FnOnce(&mut W) -> bool) -> Result<(), Cut> {
        if tell(self.watch) { Ok(()) } else { Err(Cut::Stopped) }
    }

    fn hash(&mut self, bytes: u64) -> Result<[u8; 32], Cut> {
        let Scanned { manifest, sources } = self.scanned;
        for (item, source) in manifest.items().iter().zip(sources) {
            unchanged(item, || std::fs::metadata(source))?;
        }
        let files = sources.iter().cloned().zip(manifest.items().iter().map(Item::size));
        let mut while_working = Working::new(self.line, self.watch);
        let hash = part::hash(files, bytes, &mut || while_working.go_on());
        hash.map_err(|_| while_working.why(|| Cut::Stuck(Trouble::Gone)))
    }

    /// Sends the stream from here on.
    fn send(&mut self, from: u64, total: u64) -> Result<(), Cut> {
        let mut stream = Stream::new(self.scanned, from)?;
        let mut buffer = vec![0; BLOCK];
        let mut on_the_way: VecDeque<(u64, Instant)> = VecDeque::new();
        let mut at = from;
        while at < total {
            while !self.pace.may_leave(at - self.acknowledged.min(at)) {
                let before = self.acknowledged;
                let Said::Written { bytes, .. } = self.hear()? else { return Err(FrameError::Nonsense.into()) };
                if bytes > at {
                    return Err(FrameError::Nonsense.into());
                }
                let now = Instant::now();
                let mut left = None;
                while on_the_way.front().is_some_and(|(end, _)| *end <= bytes) {
                    left = on_the_way.pop_front();
                }
                if let Some((_, left)) = left {
                    self.pace.came_back(bytes.saturating_sub(before), now - left, now);
                }
            }
            let most = usize::try_from(total - at).map_or(self.pace.block(), |left| left.min(self.pace.block()));
            let block = &mut buffer[..most];
            stream.read(block)?;
            let hash = *blake3::hash(block).as_bytes();
            Said::Block { length: block.len(), hash }.say(self.line)?;
            self.line.write_all(block)?;
            self.line.flush()?;
            at += block.len() as u64;
            on_the_way.push_back((at, Instant::now()));
        }
        // An empty file may be gone, too; the last ones are looked at here.
        stream.end()
    }
}

/// The files as one stream. Each must be what it was when it was offered, before its first byte and after its last.
struct Stream<'a> {
    scanned: &'a Scanned,
    at: usize,
    file: Option<File>,
    left: u64,
}

impl<'a> Stream<'a> {
    fn new(scanned: &'a Scanned, mut from: u64) -> Result<Self, Cut> {
        let mut stream = Self { scanned, at: 0, file: None, left: 0 };
        while let Some(item) = stream.scanned.manifest.items().get(stream.at) {
            if item.size() > from {
                stream.open(from)?;
                break;
            }
            from -= item.size();
            stream.at += 1;
        }
        Ok(stream)
    }

    /// Opens the present item, if there is something of it to read.
    fn open(&mut self, offset: u64) -> Result<(), Cut> {
        let item = &self.scanned.manifest.items()[self.at];
        if item.size() == 0 {
            return Ok(());
        }
        let gone = |_| Cut::Stuck(Trouble::Gone);
        let mut file = File::open(&self.scanned.sources[self.at]).map_err(gone)?;
        unchanged(item, || file.metadata())?;
        io::Seek::seek(&mut file, io::SeekFrom::Start(offset)).map_err(gone)?;
        self.left = item.size() - offset;
        self.file = Some(file);
        Ok(())
    }

    /// Fills a block.
    fn read(&mut self, mut block: &mut [u8]) -> Result<(), Cut> {
        while !block.is_empty() {
            let Some(file) = &mut self.file else {
                let Some(_) = self.scanned.manifest.items().get(self.at) else {
                    return Err(Cut::Stuck(Trouble::Changed));
                };
                self.open(0)?;
                if self.file.is_none() {
                    self.at += 1;
                }
                continue;
            };
            let most = usize::try_from(self.left).map_or(block.len(), |left| left.min(block.len()));
            let (now, later) = block.split_at_mut(most);
            file.read_exact(now).map_err(|_| Cut::Stuck(Trouble::Changed))?;
            self.left -= now.len() as u64;
            block = later;
            if self.left == 0 {
                let file = self.file.take();
                let item = &self.scanned.manifest.items()[self.at];
                if let Some(file) = file {
                    unchanged(item, || file.metadata())?;
                }
                self.at += 1;
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Cut> {
        let rest = self.scanned.manifest.items().iter().zip(&self.scanned.sources).skip(self.at);
        rest.into_iter().try_for_each(|(item, source)| unchanged(item, || std::fs::metadata(source)))
    }
}

fn unchanged(item: &Item, metadata: impl FnOnce() -> io::Result<std::fs::Metadata>) -> Result<(), Cut> {
    let Kind::File { size, modified_ms: modified } = item.is else { return Ok(()) };
    let now = metadata().map_err(|_| Cut::Stuck(Trouble::Gone))?;
    if now.is_file() && now.len() == size && modified_ms(&now) == modified {
        return Ok(());
    }
    Err(Cut::Stuck(Trouble::Changed))
}
