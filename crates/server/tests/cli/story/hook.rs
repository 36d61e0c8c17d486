//! Where the webhooks arrive: both signatures are checked before anything is believed.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::sync::watch;

/// A receiver on this machine.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) url: String,
    inbox: Inbox,
}

/// What came in, by the event's id; and the secret, once it is known.
#[derive(Debug, Clone)]
struct Inbox {
    heard: Arc<watch::Sender<BTreeMap<String, Value>>>,
    secret: Arc<watch::Sender<String>>,
}

impl Hook {
    pub(super) async fn listen() -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let inbox = Inbox {
            heard: Arc::new(watch::channel(BTreeMap::new()).0),
            secret: Arc::new(watch::channel(String::new()).0),
        };
        let router = Router::new().fallback(receive).with_state(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inbox }
    }

    /// Messages are signed with this. Until it is known none is answered.
    pub(super) fn trust(&self, secret: &str) {
        self.inbox.secret.send_replace(secret.to_owned());
    }

    /// Waits until each of these events was heard, and answers everything that was.
    pub(super) async fn hears(&self, events: &[String]) -> BTreeMap<String, Value> {
        let mut heard = self.inbox.heard.subscribe();
        let all = heard.wait_for(|heard| events.iter().all(|id| heard.contains_key(id))).await;
        all.unwrap().clone()
    }
}

async fn receive(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut secret = inbox.secret.subscribe();
    let secret = secret.wait_for(|secret| !secret.is_empty()).await.unwrap().clone();
    if !is_signed(&secret, &headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let event: Value = serde_json::from_slice(&body).unwrap();
    let id = event["id"].as_str().unwrap().to_owned();
    inbox.heard.send_modify(|heard| {
        let first = heard.entry(id).or_insert_with(|| event.clone());
        assert_eq!(*first, event, "what arrives again is the same");
    });
    StatusCode::OK
}

/// By the documented signature and by that of Standard Webhooks.
fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers[name].to_str().unwrap();
    let plain = mac(secret.as_bytes(), &[body]);
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    let standard = mac(&key, &[format!("{id}.{at}.").as_bytes(), body]);
    let standard = format!("v1,{}", BASE64_STANDARD.encode(standard));
    header("X-Trunkline-Signature") == hex::encode(plain)
        && header("webhook-signature").split(' ').any(|signature| signature == standard)
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}
