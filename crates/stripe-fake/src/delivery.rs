//! Events on their way to endpoints: signed as Stripe signs them, and sent when a test wants it.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{PLATFORM, World};

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) account: String,
    /// For the events of connected accounts, instead of the account's own.
    pub(crate) is_connect: bool,
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) kinds: Vec<String>,
}

/// One event for one endpoint, signed. A test delivers it, or does so twice, late or never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where to.
    pub url: String,
    /// `Stripe-Signature`.
    pub signature: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// The event's id.
    pub event: String,
    /// Such as `payment_intent.succeeded`.
    pub kind: String,
}

/// `t=…,v1=…` for a body, with one signature for each of these secrets.
pub fn sign(secrets: &[&str], now: i64, body: &[u8]) -> String {
    let mut header = format!("t={now}");
    for secret in secrets {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
        let mut mac = mac.expect("HMAC takes keys of any length");
        mac.update(format!("{now}.").as_bytes());
        mac.update(body);
        header.push_str(&format!(",v1={}", hex::encode(mac.finalize().into_bytes())));
    }
    header
}

impl World {
    /// What has happened since the last time, for every endpoint that wants it, in order.
    pub(crate) fn take_messages(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        for (account, id) in std::mem::take(&mut self.untold) {
            let event = self.get(&account, ("event", &id)).unwrap_or_default();
            for endpoint in &self.endpoints {
                let is_its = match endpoint.is_connect {
                    true => endpoint.account == PLATFORM && self.is_connected(&account),
                    false => endpoint.account == account,
                };
                if is_its && wants(endpoint, &event) {
                    messages.push(message(endpoint, &event, self.now));
                }
            }
        }
        messages
    }
}

fn wants(endpoint: &Endpoint, event: &Value) -> bool {
    endpoint.kinds.iter().any(|kind| kind == "*" || event["type"] == kind.as_str())
}

fn message(endpoint: &Endpoint, event: &Value, now: i64) -> Message {
    let body = event.to_string().into_bytes();
    Message {
        url: endpoint.url.clone(),
        signature: sign(&[&endpoint.secret], now, &body),
        event: event["id"].as_str().unwrap_or_default().to_owned(),
        kind: event["type"].as_str().unwrap_or_default().to_owned(),
        body,
    }
}

impl Message {
    /// Sends it over plain HTTP and answers the status; 0 where nobody answered.
    pub async fn deliver(&self) -> u16 {
        self.send().await.unwrap_or_default()
    }

    async fn send(&self) -> Option<u16> {
        let (host, path) = self.url.strip_prefix("http://")?.split_once('/')?;
        let mut stream = TcpStream::connect(host).await.ok()?;
        let head = format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Stripe-Signature: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.signature,
            self.body.len()
        );
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(&self.body).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
    }
}
