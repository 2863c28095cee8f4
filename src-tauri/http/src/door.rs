//! The routes, and what they share.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use dogeller_lan::Node;
use rand::rngs::SysError;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::site::{Site, guard};
use crate::ticket::Tickets;
use crate::token::Token;
use crate::{assets, media, socket, upload};

/// Whom a second start was asked to show.
pub(crate) const PERSON: &str = "dogeller-person";

/// What the routes share.
pub(crate) struct Door {
    pub(crate) site: Arc<Site>,
    pub(crate) token: Token,
    pub(crate) tickets: Tickets,
    pub(crate) node: Node,
    pub(crate) on_front: Box<dyn Fn() + Send + Sync>,
    /// The secret of media sockets: what opens the one must not open the other.
    pub(crate) media_token: Token,
    /// Room for media sockets, see [`media::socket::MEDIA_SOCKETS`].
    pub(crate) media_sockets: Arc<Semaphore>,
    /// Room for sockets, see [`socket::SOCKETS`].
    pub(crate) sockets: Arc<Semaphore>,
    /// Room for sockets whose page has not shown the token yet, see [`socket::STRANGERS`].
    pub(crate) strangers: Arc<Semaphore>,
    /// Closed when all of this is to end.
    pub(crate) ending: watch::Receiver<()>,
    /// Never used to send: closed once the last task that holds the door has ended.
    pub(crate) _held: mpsc::Sender<Infallible>,
}

impl Door {
    /// The page's address with the token.
    pub(crate) fn url(&self) -> String {
        format!("{}/#t={}", self.site.origin(), self.token.digits())
    }

    /// An address that leads to the page once, for a command line that others can read.
    pub(crate) fn open_url(&self) -> Result<String, SysError> {
        let ticket = self.tickets.issue(Instant::now())?;
        Ok(format!("{}/open/{}", self.site.origin(), ticket.digits()))
    }
}

/// All routes.
pub(crate) fn router(door: Arc<Door>) -> Router {
    let site = door.site.clone();
    Router::new()
        .route("/socket", any(socket::open))
        .route("/media", any(media::socket::open))
        .route("/front", post(front))
        .route("/files/{message}", post(upload::take))
        .route("/open/{ticket}", get(open))
        .fallback_service(get(assets::asset))
        .with_state(door)
        .layer(from_fn_with_state(site, guard))
}

/// A second start of the app asks the first to come to the front. The answer names a one-time address of the page, for
/// a second start that finds a node without a window.
async fn front(State(door): State<Arc<Door>>, headers: HeaderMap) -> Response {
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !given.is_some_and(|given| door.token.matches(given)) {
        tracing::warn!("refused a request to come to the front: wrong token");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    (door.on_front)();
    if let Some(peer) = headers.get(PERSON).and_then(|value| value.to_str().ok()?.parse().ok()) {
        // A node that has ended shows nobody.
        let _ended = door.node.show(peer).await;
    }
    match door.open_url() {
        Ok(url) => (StatusCode::NO_CONTENT, [(LOCATION, url)]).into_response(),
        Err(error) => {
            tracing::warn!(%error, "no random bits for an address of the page");
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

/// A one-time address: leads on to the page, with its token in the fragment, which no server and no log ever sees.
async fn open(State(door): State<Arc<Door>>, Path(ticket): Path<String>) -> Response {
    if !door.tickets.redeem(&ticket, Instant::now()) {
        tracing::warn!("refused an address of the page that was used before, or too late");
        let words = "This address of Dogeller works only once. Go back to Dogeller and open its page again.";
        return (StatusCode::FORBIDDEN, [(CACHE_CONTROL, "no-store")], words).into_response();
    }
    let Ok(location) = HeaderValue::from_str(&door.url()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (StatusCode::SEE_OTHER, [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))])
        .into_response()
}
