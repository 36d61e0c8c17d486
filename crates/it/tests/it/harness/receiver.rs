//! A receiver of webhooks on this machine.
//!
//! Decided here: it keeps what it is sent, byte for byte, and says what it was told to say. It is
//! waited for by what it received, never by time.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use tokio::sync::watch;

/// What a receiver answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Says {
    Status(u16),
    Body(u16, String),
    Elsewhere(String),
    /// Nothing, ever.
    Nothing,
}

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The header's text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Debug, Clone)]
struct Shared {
    says: Arc<Mutex<Says>>,
    received: Arc<watch::Sender<Vec<Received>>>,
}

/// A receiver that listens until the test ends.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Shared,
}

impl Receiver {
    /// Listens on a free port.
    pub(crate) async fn start(says: Says) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (received, _) = watch::channel(Vec::new());
        let shared = Shared { says: Arc::new(Mutex::new(says)), received: Arc::new(received) };
        let router = Router::new().fallback(receive).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// Answers otherwise from now on.
    pub(crate) fn says(&self, says: Says) {
        *self.shared.says.lock().unwrap() = says;
    }

    /// Everything that came in so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.borrow().clone()
    }

    /// Waits until so many messages have come in.
    pub(crate) async fn wait_for(&self, count: usize) {
        let mut received = self.shared.received.subscribe();
        received.wait_for(|all| all.len() >= count).await.unwrap();
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let says = shared.says.lock().unwrap().clone();
    shared.received.send_modify(|all| all.push(Received { headers, body: body.to_vec() }));
    let status = |code: u16| StatusCode::from_u16(code).unwrap();
    match says {
        Says::Status(code) => status(code).into_response(),
        Says::Body(code, body) => (status(code), body).into_response(),
        Says::Elsewhere(to) => (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        Says::Nothing => std::future::pending().await,
    }
}
