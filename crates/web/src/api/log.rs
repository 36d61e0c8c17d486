//! The request log, written behind the answers.
//!
//! Decided here: what is kept of a request, and that keeping it never delays or fails an answer:
//! where the log falls behind by more than its buffer, requests are left out of it and counted.

use std::time::Duration;

use app::{App, logs::ApiRequest};
use domain::{
    ids::{ApiKeyId, PartnerId},
    processor::holds_card_number,
};
use serde_json::Value;
use tokio::sync::mpsc;

/// Requests that may wait to be written.
const BUFFER: usize = 20_000;
/// Requests written by one transaction.
const BATCH: usize = 1_000;
/// How long requests gather before they are written.
const PAUSE: Duration = Duration::from_secs(1);
/// Most characters of a body that are kept.
const MAX_BODY: usize = 4_000;

/// What may not be written down, as a part of a field's name.
const SECRET_NAMES: [&str; 8] =
    ["secret", "password", "token", "api_key", "authorization", "card", "pin", "cvc"];

/// Where finished requests go.
#[derive(Debug, Clone)]
pub(super) struct RequestLog(mpsc::Sender<ApiRequest>);

impl RequestLog {
    /// A log that is written as long as somebody holds it.
    pub(super) fn start(app: App) -> Self {
        let (sender, receiver) = mpsc::channel(BUFFER);
        tokio::spawn(write(app, receiver));
        Self(sender)
    }

    /// Takes a finished request, if there is room.
    pub(super) fn take(&self, request: ApiRequest) {
        if self.0.try_send(request).is_err() {
            tracing::warn!("the request log is full; a request is left out");
        }
    }
}

async fn write(app: App, mut receiver: mpsc::Receiver<ApiRequest>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        if let Err(error) = app.log_requests(&batch).await {
            tracing::error!(%error, "requests were not written down");
        }
        for (owner, keys) in used(&batch) {
            if let Err(error) = app.note_used(owner, &keys).await {
                tracing::error!(%error, "the use of keys was not written down");
            }
        }
        batch.clear();
        // Whoever stops the server closes the channel, and what is left is written at once.
        if !receiver.is_closed() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Which keys of which owners asked.
fn used(batch: &[ApiRequest]) -> Vec<(Option<PartnerId>, Vec<ApiKeyId>)> {
    let mut pairs: Vec<_> = batch.iter().map(|request| (request.owner, request.key_id)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut owners: Vec<(Option<PartnerId>, Vec<ApiKeyId>)> = Vec::new();
    for (owner, key) in pairs {
        match owners.last_mut() {
            Some((last, keys)) if *last == owner => keys.push(key),
            _ => owners.push((owner, vec![key])),
        }
    }
    owners
}

/// What is kept of a body: JSON without secrets, of everything else only its kind and size.
pub(super) fn redacted(bytes: &[u8], kind: &str) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let is_short = bytes.len() <= 16 * MAX_BODY;
    let value = if is_short { serde_json::from_slice::<Value>(bytes).ok() } else { None };
    match value {
        Some(value) => {
            let text = without_secrets(value).to_string();
            text.chars().take(MAX_BODY).collect()
        }
        None => format!("({} bytes of {})", bytes.len(), kind.escape_debug()),
    }
}

fn without_secrets(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let lower = name.to_lowercase();
                let is_secret = SECRET_NAMES.iter().any(|part| lower.contains(part));
                let value = if is_secret { "[redacted]".into() } else { without_secrets(value) };
                (name, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(without_secrets).collect(),
        Value::String(text) if holds_card_number(&text) => "[redacted]".into(),
        Value::Number(number) if holds_card_number(&number.to_string()) => "[redacted]".into(),
        // A key that somebody put into a field of another name.
        Value::String(text) if text.starts_with("sk_") || text.starts_with("whsec_") => {
            "[redacted]".into()
        }
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_at_any_depth() {
        let body = br#"{"name":"a","nested":[{"Secret_Key":"s3"}],"other":"sk_live_x"}"#;
        let kept = redacted(body, "application/json");
        assert!(kept.contains("\"name\":\"a\""), "{kept}");
        assert!(!kept.contains("s3") && !kept.contains("sk_live_x"), "{kept}");
        // PMT-02
        let card = br#"{"number": "4242 4242 4242 4242", "note": 4242424242424242}"#;
        assert!(!redacted(card, "application/json").contains("4242"));
        assert_eq!(redacted(b"prefix,rate", "text/csv"), "(11 bytes of text/csv)");
        assert!(redacted(&[b'"'; 100], "application/json").starts_with("(100 bytes"));
    }
}
