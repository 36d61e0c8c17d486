//! A program that knows nothing of the API but its document.
//!
//! Decided here: a request that was lost is sent again under the same key until it is answered,
//! and an answer that the document does not know is a failure.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Client, Method, header};
use serde_json::{Value, json};

use super::deployment::Deployment;

/// Requests until one is answered: several servers die in a story, and hundreds never do.
const TRIES: usize = 200;

/// What is sent to an operation beside its key.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    parameters: Vec<(&'static str, String)>,
    body: Option<(&'static str, Vec<u8>)>,
}

/// Asks for nothing in particular.
pub(super) fn nothing() -> Wanted {
    Wanted::default()
}

/// Sends a JSON body.
pub(super) fn body(body: &Value) -> Wanted {
    nothing().sending("application/json", body.to_string().into_bytes())
}

/// Names a parameter of the path or the query.
pub(super) fn with(name: &'static str, value: impl ToString) -> Wanted {
    nothing().with(name, value)
}

impl Wanted {
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    pub(super) fn sending(mut self, kind: &'static str, body: Vec<u8>) -> Self {
        self.body = Some((kind, body));
        self
    }
}

/// The program, with one key.
pub(super) struct Program<'a> {
    deployment: &'a Deployment,
    http: Client,
    document: &'a Value,
    key: String,
    /// Names this program's requests, so that each is done once however often it is sent.
    next: AtomicU64,
    lost: AtomicU64,
}

/// The API's document, as the server shows it to anybody.
pub(super) async fn document(deployment: &Deployment) -> Value {
    let url = format!("{}/v1/openapi.json", deployment.url());
    let answer = client().get(url).send().await.unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

fn client() -> Client {
    // Whoever is second finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// Where an operation is: method, path, and what the document says about it.
fn find<'a>(document: &'a Value, operation: &str) -> (Method, &'a str, &'a Value) {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, about)| (method, path, about))
    });
    let mut found = all.filter(|(_, _, about)| about["operationId"] == operation);
    let (method, path, about) = found.next().unwrap_or_else(|| panic!("no {operation}"));
    (method.to_uppercase().parse().unwrap(), path, about)
}

impl<'a> Program<'a> {
    pub(super) fn new(deployment: &'a Deployment, document: &'a Value, key: &str) -> Self {
        let (http, key) = (client(), key.to_owned());
        let (next, lost) = (AtomicU64::new(1), AtomicU64::new(0));
        Self { deployment, http, document, key, next, lost }
    }

    /// How many requests were lost so far and sent again.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::SeqCst)
    }

    /// The answer to an operation, which must succeed.
    pub(super) async fn ask(&self, operation: &str, wanted: Wanted) -> Value {
        let bytes = self.ask_bytes(operation, wanted).await;
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    }

    /// The same, whatever it is.
    pub(super) async fn ask_bytes(&self, operation: &str, wanted: Wanted) -> Vec<u8> {
        let name = format!("{operation} {}", self.next.fetch_add(1, Ordering::SeqCst));
        for _ in 0..TRIES {
            let Ok((status, answer)) = self.send(operation, &wanted, &name).await else {
                self.lost.fetch_add(1, Ordering::SeqCst);
                continue;
            };
            let documented = &find(self.document, operation).2["responses"][status.to_string()];
            let text = String::from_utf8_lossy(&answer);
            assert!(documented.is_object(), "{operation} answers {status}: {text}");
            if status == 409 && text.contains("idempotency_in_progress") {
                continue;
            }
            assert!((200..300).contains(&status), "{operation} answers {status}: {text}");
            return answer;
        }
        panic!("{operation} was never answered");
    }

    /// Sends a request once; an error where it was lost.
    async fn send(
        &self,
        operation: &str,
        wanted: &Wanted,
        name: &str,
    ) -> reqwest::Result<(u16, Vec<u8>)> {
        let (method, path, about) = find(self.document, operation);
        let (mut path, mut query) = (path.to_owned(), Vec::new());
        for (name, value) in &wanted.parameters {
            let place = format!("{{{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, value);
            } else {
                query.push((*name, value.clone()));
            }
        }
        let mut url = reqwest::Url::parse(&format!("{}{path}", self.deployment.url())).unwrap();
        url.query_pairs_mut().extend_pairs(&query);
        let mut request = self.http.request(method, url).bearer_auth(&self.key);
        let parameters = about["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        if parameters.iter().any(|known| known["name"] == "Idempotency-Key") {
            request = request.header("Idempotency-Key", name);
        }
        if let Some((kind, body)) = &wanted.body {
            request = request.header(header::CONTENT_TYPE, *kind).body(body.clone());
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.bytes().await?.to_vec()))
    }

    /// Everything in a list, page by page.
    pub(super) async fn all(&self, operation: &str, wanted: Wanted) -> Vec<Value> {
        let mut rows: Vec<Value> = Vec::new();
        let mut page = wanted.with("limit", 200);
        loop {
            let answer = self.ask(operation, page.clone()).await;
            rows.extend(answer["data"].as_array().unwrap().iter().cloned());
            let Some(cursor) = answer["next_cursor"].as_str() else { return rows };
            page.parameters.retain(|(name, _)| *name != "starting_after");
            page = page.with("starting_after", cursor);
        }
    }

    /// Moves the clock and waits until it stands there.
    pub(super) async fn advance_to(&self, now: &str) {
        self.ask("advance_clock", body(&json!({ "now": now }))).await;
        while self.ask("get_clock", nothing()).await["moving"] == true {}
    }
}
