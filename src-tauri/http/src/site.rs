//! The one address this page has, and the headers every answer carries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Camera, microphone and screen for our own page; what it never uses, for nobody.
const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), accelerometer=(), geolocation=(), \
    gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), midi=(), payment=(), \
    publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()";
/// The most bytes of a foreign header that a log line shows.
const SHOWN: usize = 80;

/// The site `http://127.0.0.1:PORT`.
#[derive(Debug)]
pub(crate) struct Site {
    host: String,
    origin: String,
    /// The origin of the app's own window, where there is one with an engine in two halves.
    window: Option<&'static str>,
    policy: HeaderValue,
}

impl Site {
    pub(crate) fn new(port: u16, window: Option<&'static str>) -> Self {
        let host = format!("127.0.0.1:{port}");
        let policy = format!(
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
             worker-src 'self' blob:; connect-src 'self' ws://{host}; object-src 'none'; base-uri 'none'; frame-src 'none'; \
             frame-ancestors 'none'; form-action 'none'"
        );
        Self {
            origin: format!("http://{host}"),
            // Made of ASCII above; the fallback is the strictest policy there is.
            policy: HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
            window,
            host,
        }
    }

    /// `http://127.0.0.1:PORT`, without a slash.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether a request was made for exactly this site: another name that leads here is DNS rebinding.
    fn is_asked_for(&self, request: &Request) -> bool {
        let target = request.uri().authority().is_none_or(|authority| authority.as_str() == self.host);
        target && is_only(request.headers(), &header::HOST, &self.host)
    }

    /// Whether a request comes from a page of exactly this site.
    pub(crate) fn is_origin_of(&self, headers: &HeaderMap) -> bool {
        is_only(headers, &header::ORIGIN, &self.origin)
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether a request comes from the app's own window.
    pub(crate) fn is_window_of(&self, headers: &HeaderMap) -> bool {
        self.window.is_some_and(|window| is_only(headers, &header::ORIGIN, window))
    }

    fn stamp(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        for (name, value) in [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("permissions-policy"), PERMISSIONS),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// Wraps every route: refuses what is not for this site, and puts the headers on every answer.
pub(crate) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = if site.is_asked_for(&request) {
        next.run(request).await
    } else {
        tracing::warn!(host = %shown(request.headers(), &header::HOST), "refused a request for another host");
        StatusCode::FORBIDDEN.into_response()
    };
    site.stamp(response.headers_mut());
    response
}

/// The header occurs once and is exactly `value`.
fn is_only(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    let mut all = headers.get_all(name).iter();
    all.next().is_some_and(|first| first.as_bytes() == value.as_bytes()) && all.next().is_none()
}

/// A header as a log line may show it: short, and escaped.
pub(crate) fn shown(headers: &HeaderMap, name: &HeaderName) -> String {
    let bytes = headers.get(name).map_or(&[][..], HeaderValue::as_bytes);
    bytes[..bytes.len().min(SHOWN)].escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn asked(target: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().uri(target);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        Site::new(4711, None).is_asked_for(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_its_own_host() {
        assert!(asked("/", &["127.0.0.1:4711"]));
        assert!(asked("http://127.0.0.1:4711/", &["127.0.0.1:4711"]));
        for hosts in [
            &[][..],
            &["127.0.0.1"],
            &["127.0.0.1:4712"],
            &["localhost:4711"],
            &["[::1]:4711"],
            &["evil.example:4711"],
            &["127.0.0.1:4711.evil.example"],
            &["127.0.0.1:4711", "evil.example"],
            &["evil.example", "127.0.0.1:4711"],
        ] {
            assert!(!asked("/", hosts), "{hosts:?}");
        }
        assert!(!asked("http://evil.example/", &["127.0.0.1:4711"]));
    }

    #[test]
    fn foreign_headers_are_logged_short_and_escaped() {
        let mut headers = HeaderMap::new();
        let long = "\t".repeat(1000);
        headers.insert(header::HOST, HeaderValue::from_bytes(long.as_bytes()).unwrap());
        assert_eq!(shown(&headers, &header::HOST), "\\t".repeat(SHOWN));
        assert_eq!(shown(&headers, &header::ORIGIN), "");
    }
}
