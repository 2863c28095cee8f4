//! A node with its page, on a network of its own, and clients that say just what a test wants.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dogeller_http::running::Kind;
use dogeller_http::{Http, Options};
use dogeller_lan::{DataFolder, Node};
use dogeller_tests::lab::Lab;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// After this a person would call it broken.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Where the app's window has its page.
pub(crate) const WINDOW: &str = "tauri://localhost";

/// A running node and its page.
pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) node: Node,
    pub(crate) http: Http,
    pub(crate) port: u16,
    pub(crate) token: String,
    /// How often it was asked to come to the front.
    pub(crate) fronted: Arc<AtomicUsize>,
}

/// Runs a test with a site, and ends the site in order.
pub(crate) fn with_site(test: impl AsyncFnOnce(&Site) + Send + 'static) {
    alone(async || {
        let site = Site::start(TempDir::new().unwrap()).await;
        test(&site).await;
        site.end().await;
    });
}

/// Runs a test on a network of its own.
pub(crate) fn alone(test: impl AsyncFnOnce() + Send + 'static) {
    let lab = Lab::new(1).unwrap();
    let body = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(test());
    };
    if let Err(cause) = lab.host(0).thread(body).unwrap().join() {
        std::panic::resume_unwind(cause);
    }
}

impl Site {
    pub(crate) async fn start(folder: TempDir) -> Self {
        let data = DataFolder::open(Some(folder.path().to_owned())).unwrap();
        let options = dogeller_lan::Options { port: Some(0), ..Default::default() };
        let node = Node::start(data, options).await.unwrap();
        let fronted = Arc::new(AtomicUsize::new(0));
        let count = fronted.clone();
        let on_front = Box::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let options = Options { ui_port: None, kind: Kind::Headless, window: Some(WINDOW), on_front };
        let http = Http::start(&node, options).await.unwrap();
        let url = http.url();
        let (port, token) = url.strip_prefix("http://127.0.0.1:").unwrap().split_once("/#t=").unwrap();
        let (port, token) = (port.parse().unwrap(), token.to_owned());
        Self { folder, node, http, port, token, fronted }
    }

    /// Ends page and node; a task that does not end fails the test.
    pub(crate) async fn end(self) -> TempDir {
        timeout(SOON, self.http.shutdown()).await.expect("the page's tasks end");
        timeout(SOON, self.node.shutdown()).await.expect("the node's tasks end");
        self.folder
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.host())
    }

    pub(crate) async fn tcp(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.unwrap()
    }

    /// Sends a request as it stands and reads the answer to its end.
    pub(crate) async fn ask(&self, request: &str) -> Answer {
        let mut stream = self.tcp().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A refused request may be left unread, and the connection reset after the answer.
        let _ = timeout(SOON, stream.read_to_end(&mut answer)).await.expect("an answer");
        Answer(String::from_utf8_lossy(&answer).into_owned())
    }

    /// An ordinary request with further header lines, each with its `\r\n`.
    pub(crate) async fn request(&self, method: &str, path: &str, lines: &str) -> Answer {
        let host = self.host();
        self.ask(&format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n")).await
    }

    /// Opens a socket as a page of `origin` would; the status when it is refused.
    pub(crate) async fn socket_from(&self, origin: Option<&str>) -> Result<Socket, u16> {
        self.open("socket", origin).await
    }

    /// Opens a media socket as a page of `origin` would; the status when it is refused.
    pub(crate) async fn media_from(&self, origin: Option<&str>) -> Result<Socket, u16> {
        self.open("media", origin).await
    }

    /// Opens a media socket as the window does, and shows the token.
    pub(crate) async fn media(&self) -> Socket {
        let mut socket = self.media_from(Some(WINDOW)).await.unwrap();
        socket.send(&json!({ "token": self.http.media().token }).to_string()).await;
        socket
    }

    async fn open(&self, path: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let mut request = format!("ws://{}/{path}", self.host()).into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("Origin", origin.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket(stream)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a socket that has not shown the token yet.
    pub(crate) async fn stranger(&self) -> Socket {
        self.socket_from(Some(&self.origin())).await.unwrap()
    }

    /// Opens a socket, shows the token, and takes the snapshot.
    pub(crate) async fn page(&self) -> Socket {
        let mut socket = self.stranger().await;
        socket.send(&json!({ "token": self.token, "caps": { "engine": true } }).to_string()).await;
        assert_eq!(socket.notice().await["type"], "snapshot");
        socket
    }
}

/// What came back for a request.
#[derive(Debug)]
pub(crate) struct Answer(String);

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.0.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).map_or(0, |code| code.parse().unwrap())
    }

    /// A header's value; it must not come twice.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = self.0.split("\r\n\r\n").next().unwrap();
        let mut values =
            head.lines().filter_map(|line| line.split_once(": ")).filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| value);
        assert_eq!(values.next(), None);
        value
    }

    pub(crate) fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}

/// What comes on a media socket.
pub(crate) enum Down {
    Word(Value),
    Packet(Vec<u8>),
}

/// A page's socket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, text: &str) {
        self.give(Message::text(text)).await;
    }

    /// Sends anything. That the other side closed meanwhile is seen by reading.
    pub(crate) async fn give(&mut self, message: Message) {
        let _ = self.0.send(message).await;
    }

    /// The next word on a media socket.
    pub(crate) async fn word(&mut self) -> Value {
        self.notice().await
    }

    /// The next word or packet on a media socket.
    pub(crate) async fn down(&mut self) -> Down {
        loop {
            match timeout(SOON, self.0.next()).await.expect("a word or a packet") {
                Some(Ok(Message::Text(text))) => return Down::Word(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Binary(bytes))) => return Down::Packet(bytes.to_vec()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("expected a word or a packet, got {other:?}"),
            }
        }
    }

    /// The next notice.
    pub(crate) async fn notice(&mut self) -> Value {
        loop {
            match timeout(SOON, self.0.next()).await.expect("a notice") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("expected a notice, got {other:?}"),
            }
        }
    }

    /// The first notice of this type.
    pub(crate) async fn notice_of(&mut self, kind: &str) -> Value {
        loop {
            let notice = self.notice().await;
            if notice["type"] == kind {
                return notice;
            }
        }
    }

    /// Reads to the end; the code it was closed with.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        let mut code = None;
        let read = async {
            while let Some(Ok(message)) = self.0.next().await {
                if let Message::Close(frame) = message {
                    code = frame.map(|frame| frame.code.into());
                }
            }
        };
        timeout(SOON, read).await.expect("the socket is closed");
        code
    }
}
