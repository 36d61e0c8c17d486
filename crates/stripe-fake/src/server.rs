//! One request: who asks, on which account, with which key, and what the description says.
//!
//! Decided here: what Stripe remembers of a key. The answer to a key is stored for a day once its
//! request was begun, a server error included; the same key with other parameters is refused; what
//! was refused before it was begun is not stored.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response, StatusCode, header::AUTHORIZATION},
    routing::get,
};
use serde_json::{Value, json};

use crate::{
    Fault,
    contract::{Operation, contract},
    failure::{Failure, Outcome},
    form, ops,
    world::{Call, Done, PLATFORM, Recorded, World},
};

const VERSION: &str = "2026-08-26.dahlia";
/// A key is known for a day; the same request later is another one.
const KEY_SECONDS: i64 = 86_400;
/// Longest request.
const MAX_BODY_BYTES: usize = 1_024 * 1_024;

/// The world, shared with whoever holds the fake.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn router(shared: Shared) -> Router {
    Router::new().route("/stripe.js", get(script)).fallback(answer).with_state(shared)
}

async fn script() -> ([(&'static str, &'static str); 2], &'static str) {
    let headers =
        [("content-type", "text/javascript"), ("cross-origin-resource-policy", "cross-origin")];
    (headers, include_str!("stripe.js"))
}

/// What is answered, and whether it is.
struct Said {
    status: u16,
    body: Value,
    should_retry: Option<bool>,
    is_replayed: bool,
    is_lost: bool,
}

impl Said {
    fn new(status: u16, body: Value) -> Self {
        Self { status, body, should_retry: None, is_replayed: false, is_lost: false }
    }
}

impl From<Outcome> for Said {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Ok(body) => Self::new(200, body),
            Err(failure) => Self::new(failure.status, failure.body),
        }
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_BODY_BYTES).await.unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    if parts.method == "OPTIONS" {
        return respond(Said::new(200, json!({})), "");
    }
    let asked = Asked {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        encoded: if parts.method == "POST" { &body } else { parts.uri.query().unwrap_or("") },
        headers: &parts.headers,
    };
    let (said, request_id) = {
        let mut world = shared.lock();
        world.catch_up();
        let request_id = world.id("req");
        let said = handle(&mut world, &asked);
        if said.is_none() {
            world.stalls.send_modify(|stalls| *stalls += 1);
        }
        (said, request_id)
    };
    match said {
        Some(said) => respond(said, &request_id),
        // Stalled: nothing is ever said.
        None => std::future::pending().await,
    }
}

fn respond(said: Said, request_id: &str) -> Response<Body> {
    let status = StatusCode::from_u16(said.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("access-control-allow-origin", "*")
        // A star does not stand for `Authorization`.
        .header("access-control-allow-headers", "authorization, content-type, stripe-account")
        .header("request-id", request_id);
    if let Some(should_retry) = said.should_retry {
        response = response.header("stripe-should-retry", should_retry.to_string());
    }
    if said.is_replayed {
        response = response.header("idempotent-replayed", "true");
    }
    let body = if said.is_lost {
        let broken = std::io::Error::other("the answer is lost");
        Body::from_stream(futures::stream::iter([Err::<Vec<u8>, _>(broken)]))
    } else {
        Body::from(said.body.to_string())
    };
    response.body(body).expect("the headers are valid")
}

struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    encoded: &'a str,
    headers: &'a HeaderMap,
}

impl Asked<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
    fn key(&self) -> &str {
        let header = self.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        header.and_then(|it| it.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

fn handle(world: &mut World, asked: &Asked<'_>) -> Option<Said> {
    let Some((operation, path)) = contract().find(asked.method, asked.path) else {
        world.violations.push(format!("{} {} is no operation", asked.method, asked.path));
        return Some(Err(Failure::missing("URL", asked.path)).into());
    };
    let fault = take_fault(world, &operation.id);
    let (call, said) = match understood(world, (operation, asked), path) {
        Ok(call) => {
            let said = carried_out(world, (operation, asked, &call), fault);
            (Some(call), said)
        }
        Err(failure) => (None, Some(Err(failure).into())),
    };
    if let Some(said) = &said {
        check_answer(world, operation, said);
    }
    let key = asked.key();
    world.calls.push(Recorded {
        operation: operation.id.clone(),
        account: call.as_ref().map_or_else(String::new, |call| call.account.clone()),
        key: key[key.len().saturating_sub(4)..].to_owned(),
        idempotency_key: asked.header("idempotency-key").map(str::to_owned),
        form: call.map_or(Value::Null, |call| call.form),
        status: said.as_ref().filter(|said| !said.is_lost).map_or(0, |said| said.status),
    });
    said
}

fn take_fault(world: &mut World, operation: &str) -> Option<Fault> {
    match world.outage {
        Some((0, fault)) => return Some(fault),
        Some((others, fault)) => world.outage = Some((others - 1, fault)),
        None => {}
    }
    match world.fault_after {
        Some((0, fault)) => {
            world.fault_after = None;
            return Some(fault);
        }
        Some((others, fault)) => world.fault_after = Some((others - 1, fault)),
        None => {}
    }
    let at = world.faults.iter().position(|(name, _)| name == operation)?;
    Some(world.faults.remove(at).1)
}

/// Whose request it is, on which account, and whether the description allows it.
fn understood(
    world: &mut World,
    (operation, asked): (&Operation, &Asked<'_>),
    path: Vec<String>,
) -> Result<Call, Failure> {
    let Some(owner) = world.keys.get(asked.key()).cloned() else {
        let kind = ("invalid_request_error", "");
        return Err(Failure::new(401, kind, "Invalid API Key provided: sk_test_****"));
    };
    let is_browser = asked.key().starts_with("pk_");
    let mut account = owner.clone();
    if let Some(named) = asked.header("stripe-account") {
        if owner != PLATFORM || !world.is_connected(named) {
            let why = "The provided key does not have access to this account.";
            return Err(Failure::new(403, ("invalid_request_error", "account_invalid"), why));
        }
        account = named.to_owned();
    }
    let form =
        form::parse(asked.encoded).map_err(|why| Failure::invalid("parameter_unknown", &why))?;
    world.exercised.insert(operation.id.clone());
    if !is_browser {
        // What Stripe's script sends is between it and Stripe.
        let mut found = contract().check_request(operation, &form);
        if asked.header("stripe-version") != Some(VERSION) {
            found.push(format!("Stripe-Version: {:?}", asked.header("stripe-version")));
        }
        let key = asked.header("idempotency-key");
        if asked.method == "POST" && key.is_none_or(|key| key.is_empty() || key.len() > 255) {
            found.push("no Idempotency-Key".to_owned());
        }
        if let Some(first) = found.first() {
            let failure = Failure::invalid("parameter_unknown", first);
            world.found(&operation.id, found);
            return Err(failure);
        }
    }
    Ok(Call { account, path, form, is_browser })
}

fn carried_out(
    world: &mut World,
    (operation, asked, call): (&Operation, &Asked<'_>, &Call),
    fault: Option<Fault>,
) -> Option<Said> {
    let rate = ("invalid_request_error", "rate_limit");
    let in_use = ("idempotency_error", "idempotency_key_in_use");
    match fault {
        Some(Fault::Stall) => return None,
        Some(Fault::Busy) => return Some(Err(Failure::new(429, rate, "Too many requests")).into()),
        Some(Fault::KeyInUse) => {
            let why = "Another request with this key is in progress";
            return Some(Err(Failure::new(409, in_use, why)).into());
        }
        Some(Fault::BrokenBefore(should_retry)) => {
            let broken = Err(Failure::new(500, ("api_error", ""), "An error occurred"));
            return Some(Said { should_retry, ..broken.into() });
        }
        Some(Fault::LostAnswer | Fault::BrokenAfter(_) | Fault::StallAfter) | None => {}
    }
    let key = asked.header("idempotency-key").filter(|_| asked.method == "POST");
    let stored = key.map(|key| (call.account.clone(), key.to_owned()));
    let content = format!("{} {}", asked.path, asked.encoded);
    let known = stored.as_ref().and_then(|key| world.done.get(key));
    if let Some(done) = known.filter(|done| done.at > world.now - KEY_SECONDS) {
        if done.asked != content {
            let why = "Keys for idempotent requests can only be used with the same parameters";
            return Some(Err(Failure::new(400, ("idempotency_error", ""), why)).into());
        }
        if fault == Some(Fault::StallAfter) {
            return None;
        }
        let said = Said { is_replayed: true, ..Said::new(done.status, done.body.clone()) };
        return Some(Said { is_lost: fault == Some(Fault::LostAnswer), ..said });
    }
    let mut said: Said = ops::perform(world, (&operation.id, call)).into();
    if let Some(Fault::BrokenAfter(should_retry)) = fault {
        let broken = Failure::new(500, ("api_error", ""), "An error occurred");
        said = Said { should_retry, ..Said::new(500, broken.body) };
    }
    if let Some(key) = stored {
        let done =
            Done { at: world.now, asked: content, status: said.status, body: said.body.clone() };
        world.done.insert(key, done);
    }
    said.is_lost = fault == Some(Fault::LostAnswer);
    (fault != Some(Fault::StallAfter)).then_some(said)
}

/// The fake itself must answer as Stripe would.
fn check_answer(world: &mut World, operation: &Operation, said: &Said) {
    let found = match said.status {
        200 => contract().check_answer(operation, &said.body),
        _ => contract().check_object("error", &said.body),
    };
    world.found(&format!("{} answered", operation.id), found);
}
