//! Files that a page hands over to be sent: a browser knows no paths that its node could read.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use dogeller_core::MessageId;
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::door::Door;
use crate::site::shown;

/// Pieces of a body that wait for the disk.
const WAITING: usize = 16;
/// How long a page may send nothing in the middle of a file.
const SILENCE: Duration = Duration::from_secs(30);

/// How many files a connection is bringing now: it lives as long as that takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bringing(Arc<AtomicUsize>);

impl Bringing {
    pub(crate) fn is_anything(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    fn hold(&self) -> Held {
        self.0.fetch_add(1, Ordering::Relaxed);
        Held(self.clone())
    }
}

struct Held(Bringing);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Where {
    /// Names joined by `/`.
    path: String,
}

/// Takes one file of an offer.
pub(crate) async fn take(
    State(door): State<Arc<Door>>,
    Extension(bringing): Extension<Bringing>,
    Path(message): Path<String>,
    Query(Where { path }): Query<Where>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let given =
        headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    if !door.site.is_origin_of(&headers) || !given.is_some_and(|given| door.token.matches(given)) {
        let origin = shown(&headers, &axum::http::header::ORIGIN);
        tracing::warn!(%origin, "refused a file that is handed over: not from this page");
        return StatusCode::FORBIDDEN;
    }
    let Ok(message) = message.parse::<MessageId>() else { return StatusCode::BAD_REQUEST };
    let _held = bringing.hold();
    match receive(&door, message, path, body).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::warn!(%error, "a file that is handed over was not kept");
            code(&error)
        }
    }
}

fn code(error: &io::Error) -> StatusCode {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        StatusCode::INSUFFICIENT_STORAGE
    } else if error.kind() == io::ErrorKind::InvalidInput {
        StatusCode::BAD_REQUEST
    } else if error.kind() == io::ErrorKind::AlreadyExists {
        StatusCode::CONFLICT
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

async fn receive(door: &Door, message: MessageId, path: String, body: Body) -> io::Result<()> {
    let uploads = door.node.uploads();
    let (sender, mut pieces) = mpsc::channel::<Option<bytes::Bytes>>(WAITING);
    let written = tokio::task::spawn_blocking(move || {
        let mut file = uploads.begin(message, &path)?;
        let mut write = || {
            while let Some(piece) = pieces.blocking_recv() {
                let Some(piece) = piece else { return Ok(()) };
                file.write_all(&piece)?;
            }
            // The page went in the middle of it.
            Err(io::ErrorKind::UnexpectedEof.into())
        };
        let written = write();
        if written.is_err() {
            uploads.forget(message, &path);
        }
        written
    });
    let mut body = body.into_data_stream();
    let whole = loop {
        match timeout(SILENCE, body.next()).await {
            Ok(Some(Ok(piece))) => {
                if sender.send(Some(piece)).await.is_err() {
                    break Ok(());
                }
            }
            Ok(None) => {
                // One that has failed to write says so below.
                let _failed = sender.send(None).await;
                break Ok(());
            }
            Ok(Some(Err(error))) => break Err(io::Error::other(error)),
            Err(_) => break Err(io::ErrorKind::TimedOut.into()),
        }
    };
    drop(sender);
    let written = written.await.map_err(io::Error::other)?;
    whole.and(written)
}
