//! Where a robot's eye looks at what came: a thread of its own, since decoding takes longer than sound may wait.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use dogeller_media::picture::eye::Eye;
use dogeller_media::video::Frame;

use crate::robot::Impression;

/// See the module. Its thread ends with it.
pub(crate) struct Judge(SyncSender<Frame>);

impl Judge {
    pub(crate) fn open(impression: Impression) -> io::Result<Self> {
        let (frames, shown) = sync_channel(1);
        thread::Builder::new().name("judge".to_owned()).spawn(move || work(&shown, &impression))?;
        Ok(Self(frames))
    }

    /// Shows it a key frame; one that comes while two are looked at is left out.
    pub(crate) fn show(&self, frame: &Frame) {
        let _busy = self.0.try_send(frame.clone());
    }
}

fn work(shown: &Receiver<Frame>, impression: &Impression) {
    while let Ok(frame) = shown.recv() {
        if let Some(seen) = Eye::new(frame.codec).see(&frame.data) {
            impression.change(|perceived| perceived.colour = Some(seen.colour));
        }
    }
}
