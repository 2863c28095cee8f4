//! The receiver's end.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dogeller_core::transfer::Key;
use dogeller_core::wire::files::{Parcel, Trouble};

use crate::Watch;
use crate::frame::{FrameError, Said, fill};
use crate::give::{Cut, Working, say_stuck};
use crate::manifest::Manifest;
use crate::pace::BLOCK;
use crate::part::{Part, folder_of};
use crate::place::place;
use crate::shelf::{Shelf, name_of};
use crate::thumbnail::pictures;

/// What a disk is left, whatever comes.
const LEFT_FREE: u64 = 16 * 1024 * 1024;

/// What is to come, and where it goes.
#[derive(Debug)]
pub struct Taking<'a> {
    /// Which.
    pub key: Key,
    /// What was offered, and accepted.
    pub offered: &'a Parcel,
    /// What is remembered of it.
    pub shelf: &'a Shelf,
    /// Where it goes.
    pub downloads: &'a Path,
    /// Bytes that came in this run, so that nobody need look at them again.
    pub verified: Option<u64>,
}

/// Where what came is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The one file or folder, or the folder where several are.
    pub place: PathBuf,
    /// What is to be looked at as pictures.
    pub pictures: Vec<PathBuf>,
}

/// Receives, from wherever it was left. Gives where it is now.
///
/// # Errors
/// [`Cut`].
pub fn take(line: &mut (impl Read + Write), taking: &mut Taking<'_>, watch: &mut impl Watch) -> Result<Taken, Cut> {
    let result = Taker { line, taking, watch }.run();
    if let Err(Cut::Stuck(_)) = &result {
        say_stuck(line);
    }
    result
}

/// Throws away what has come of a transfer.
pub fn discard(key: Key, shelf: &Shelf, downloads: &Path) {
    if !key.mine {
        let _not_there = std::fs::remove_dir_all(folder_of(downloads, &name_of(key)));
    }
    shelf.forget(key);
}

struct Taker<'a, 'b, L, W> {
    line: &'a mut L,
    taking: &'a mut Taking<'b>,
    watch: &'a mut W,
}

impl<L: Read + Write, W: Watch> Taker<'_, '_, L, W> {
    fn run(&mut self) -> Result<Taken, Cut> {
        let manifest = self.manifest()?;
        let folder = folder_of(self.taking.downloads, &name_of(self.taking.key));
        let total = manifest.bytes();
        let mut part = Part::open(folder, manifest).map_err(|error| stuck(&error, 0))?;
        if self.taking.shelf.plan(self.taking.key).is_some() && !part.is_whole() {
            // It was whole, and is on its way to its place.
            Said::Have { bytes: total, hash: None }.say(self.line)?;
            self.line.flush()?;
            self.expect(Said::From { bytes: total })?;
            self.expect(Said::Whole)?;
            return self.put(&part);
        }
        let free = fs4::available_space(self.taking.downloads).unwrap_or(u64::MAX);
        let missing = (part.missing() + LEFT_FREE).saturating_sub(free);
        if missing > 0 {
            return Err(Cut::Stuck(Trouble::NoRoom { missing }));
        }
        let bytes = part.written();
        let hash = if bytes == 0 || self.taking.verified == Some(bytes) { None } else { Some(self.hash(&part)?) };
        Said::Have { bytes, hash }.say(self.line)?;
        self.line.flush()?;
        let Said::From { bytes: from } = self.hear()? else { return Err(FrameError::Nonsense.into()) };
        if from == 0 && bytes > 0 {
            tracing::info!("what is here is not what is sent: begun anew");
            part.begin_anew().map_err(|error| stuck(&error, 0))?;
        } else if from != bytes {
            return Err(FrameError::Nonsense.into());
        }
        self.taking.verified = Some(part.written());
        self.receive(&mut part)?;
        self.put(&part)
    }

    /// What comes: as it is remembered, or as the sender says.
    fn manifest(&mut self) -> Result<Manifest, Cut> {
        let known = self.taking.shelf.incoming(self.taking.key);
        Said::Want { manifest: known.is_some() }.say(self.line)?;
        self.line.flush()?;
        if let Some(known) = known {
            return Ok(known);
        }
        let Said::Manifest { length } = self.hear()? else { return Err(FrameError::Nonsense.into()) };
        let mut json = vec![0; length];
        // Each piece has its time, as blocks do.
        for piece in json.chunks_mut(BLOCK) {
            fill(self.line, piece)?;
        }
        let manifest = Manifest::read(&json, self.taking.offered).map_err(|error| {
            tracing::warn!(%error, "what comes is not what was offered");
            Cut::Stuck(Trouble::NotAsOffered)
        })?;
        self.taking.shelf.keep_incoming(self.taking.key, &manifest).map_err(|error| stuck(&error, 0))?;
        Ok(manifest)
    }

    fn hash(&mut self, part: &Part) -> Result<[u8; 32], Cut> {
        let mut while_working = Working::new(self.line, self.watch);
        let hash = part.hash(|| while_working.go_on());
        hash.map_err(|error| while_working.why(|| stuck(&error, 0)))
    }

    fn receive(&mut self, part: &mut Part) -> Result<(), Cut> {
        let mut buffer = vec![0; BLOCK];
        loop {
            match self.hear()? {
                Said::Block { length, hash } => {
                    let block = &mut buffer[..length];
                    fill(self.line, block)?;
                    if *blake3::hash(block).as_bytes() != hash {
                        // A fault of the other's memory or program: never written, and asked for again.
                        tracing::warn!("a block is not what its sender hashed");
                        return Err(FrameError::Nonsense.into());
                    }
                    if length as u64 > part.missing() {
                        return Err(Cut::Stuck(Trouble::NotAsOffered));
                    }
                    part.append(block).map_err(|error| stuck(&error, part.missing()))?;
                    let bytes = part.written();
                    self.taking.verified = Some(bytes);
                    Said::Written { bytes, talks: self.watch.talks() }.say(self.line)?;
                    self.line.flush()?;
                    if !self.watch.moved(bytes) {
                        return Err(Cut::Stopped);
                    }
                }
                Said::Whole if part.missing() == 0 => return part.append(&[]).map_err(|error| stuck(&error, 0)),
                Said::Whole => return Err(Cut::Stuck(Trouble::NotAsOffered)),
                Said::Want { .. }
                | Said::Manifest { .. }
                | Said::Have { .. }
                | Said::From { .. }
                | Said::Written { .. }
                | Said::Working
                | Said::Stuck => return Err(FrameError::Nonsense.into()),
            }
        }
    }

    fn put(&mut self, part: &Part) -> Result<Taken, Cut> {
        let Taking { shelf, key, downloads, .. } = &*self.taking;
        let plan = place(part, shelf, *key, downloads).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                // Somebody took it away meanwhile: it comes anew.
                shelf.forget_plan(*key);
            }
            stuck(&error, 0)
        })?;
        // A giver that does not hear it any more is told by a post.
        let _gone = Said::Whole.say(self.line).and_then(|()| self.line.flush());
        let pictures = pictures(part.manifest()).filter_map(|(_, item)| plan.path_of(item)).collect();
        Ok(Taken { place: plan.place(downloads), pictures })
    }

    fn expect(&mut self, expected: Said) -> Result<(), Cut> {
        if self.hear()? == expected { Ok(()) } else { Err(FrameError::Nonsense.into()) }
    }

    fn hear(&mut self) -> Result<Said, Cut> {
        loop {
            match Said::hear(self.line)? {
                Said::Working if self.watch.checking() => {}
                Said::Working => return Err(Cut::Stopped),
                Said::Stuck => return Err(Cut::StuckThere),
                said @ (Said::Want { .. }
                | Said::Manifest { .. }
                | Said::Have { .. }
                | Said::From { .. }
                | Said::Block { .. }
                | Said::Written { .. }
                | Said::Whole) => return Ok(said),
            }
        }
    }
}

fn stuck(error: &io::Error, missing: u64) -> Cut {
    tracing::warn!(%error, "files cannot be written");
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    Cut::Stuck(if full { Trouble::NoRoom { missing: missing + LEFT_FREE } } else { Trouble::NotWritable })
}
