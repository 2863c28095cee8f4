//! Where a robot's pictures are painted and encoded: a thread of its own, since that takes longer than sound may wait.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dogeller_media::booth::Terms;
use dogeller_media::picture::painter::Painter;
use dogeller_media::picture::{self, Encoder};
use dogeller_media::video::{Codec, Frame};
use tokio::sync::mpsc;

/// A picture to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) size: (usize, usize),
    pub(crate) since_start: Duration,
    pub(crate) terms: Terms,
    /// What it may take, in bits.
    pub(crate) bits: usize,
}

/// See the module. Its thread ends with it.
pub(crate) struct Studio {
    wanted: SyncSender<Wanted>,
    made: mpsc::Receiver<Frame>,
}

impl Studio {
    pub(crate) fn open() -> io::Result<Self> {
        let (wanted, orders) = sync_channel(1);
        let (done, made) = mpsc::channel(2);
        thread::Builder::new().name("pictures".to_owned()).spawn(move || work(&orders, &done))?;
        Ok(Self { wanted, made })
    }

    /// Wants a picture; one that comes while two are in the making is left out.
    pub(crate) fn want(&self, wanted: Wanted) {
        let _busy = self.wanted.try_send(wanted);
    }

    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Frame> {
        match self.made.poll_recv(context) {
            Poll::Ready(Some(frame)) => Poll::Ready(frame),
            // A thread that has ended makes no pictures.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

fn work(orders: &Receiver<Wanted>, done: &mpsc::Sender<Frame>) {
    let mut easel: Option<((usize, usize), Painter)> = None;
    let mut encoder: Option<(Codec, Box<dyn Encoder>)> = None;
    // A key frame that could not be made is owed.
    let mut owed = false;
    while let Ok(Wanted { size, since_start, terms, bits }) = orders.recv() {
        let painter = match easel.take() {
            Some((before, painter)) if before == size => painter,
            Some(_) | None => Painter::new(size.0, size.1),
        };
        let (_, painter) = easel.insert((size, painter));
        let coding = match encoder.take() {
            Some((before, encoder)) if before == terms.codec => encoder,
            Some(_) | None => picture::encoder(terms.codec),
        };
        let (codec, encoder) = encoder.insert((terms.codec, coding));
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        owed |= terms.key;
        match encoder.encode(painter.paint(since_start, wall), owed, bits) {
            Ok(encoded) => {
                owed &= !encoded.key;
                let data = encoded.data.into();
                let frame = Frame { codec: *codec, key: encoded.key, timestamp: terms.timestamp, data };
                if done.blocking_send(frame).is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "a picture was not encoded"),
        }
    }
}
