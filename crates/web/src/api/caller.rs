//! Who asks: every request is recognised, counted, limited and written down here.
//!
//! Decided here: a request without a working key gets 401 before anything else is looked at;
//! limits are checked before any work is done, so that a refused request has no effect (RTL-04);
//! a revoked key works for at most [`KNOWN_FOR`] more (KEY-08). Every answer carries
//! `X-Request-Id` (API-06) and, once a key is known, what is left of its limits.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::{
    error::AppError,
    keys::{Recognised, Stopwatch},
    logs::ApiRequest,
    requests::{Actor, ActorKind, Asking, Repeat},
};
use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    api_key::{ApiKey, ApiKeyStatus, Scope},
    ids::{PartnerId, RequestId, TenantId},
    time::Timestamp,
};
use sha2::{Digest, Sha256};

use super::{Api, log::redacted, problem::Problem};

/// How long a key is known without asking the database.
const KNOWN_FOR: Duration = Duration::from_secs(30);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Beyond so many known keys all are forgotten.
const MANY_KEYS: usize = 10_000;
/// Largest body of most routes.
const MAX_BODY: usize = 1 << 20;
/// Largest body of routes that take files: decks, call records.
const MAX_FILE: usize = 32 << 20;
/// Longest idempotency key.
const MAX_IDEMPOTENCY_KEY: usize = 255;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Keys that were looked up lately, by the hash of their text.
#[derive(Debug, Default)]
pub(super) struct KnownKeys(Mutex<std::collections::BTreeMap<[u8; 32], (Stopwatch, Recognised)>>);

impl KnownKeys {
    fn get(&self, hash: &[u8; 32]) -> Option<Recognised> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, recognised) = known.get(hash)?;
        (since.elapsed() < KNOWN_FOR).then(|| recognised.clone())
    }

    fn put(&self, hash: [u8; 32], recognised: Recognised) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY_KEYS {
            known.clear();
        }
        known.insert(hash, (Stopwatch::start(), recognised));
    }

    /// Looks every key up again from now on: one was changed here.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Who asks, and what.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(super) api: Api,
    pub(super) key: Arc<ApiKey>,
    pub(super) asking: Arc<Asking>,
    /// The path, for problems.
    pub(super) path: Arc<str>,
    /// The body as JSON, for problems, where it is.
    pub(super) body: Bytes,
    if_match: Option<Arc<str>>,
}

/// Whose data is reached: a partner's, of these tenants only where a key is restricted.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    /// The partner.
    pub(crate) partner_id: PartnerId,
    /// The only tenants; `None` for all.
    pub(crate) tenants: Option<Vec<TenantId>>,
}

impl Reach {
    /// Refuses a tenant that the key does not reach: 403, for the tenant may be the partner's own.
    pub(crate) fn tenant(&self, tenant_id: TenantId) -> Result<(), Problem> {
        match &self.tenants {
            Some(tenants) if !tenants.contains(&tenant_id) => {
                Err(forbidden("this key is restricted to other tenants"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses keys that are restricted to some tenants: this concerns the whole partner.
    pub(crate) fn whole_partner(&self) -> Result<PartnerId, Problem> {
        match self.tenants {
            Some(_) => Err(forbidden("a key that is restricted to some tenants may not do this")),
            None => Ok(self.partner_id),
        }
    }
}

impl Caller {
    /// The partner's data, if the key may do this.
    pub(crate) fn partner(&self, scope: Scope) -> Result<Reach, Problem> {
        let Some(partner_id) = self.key.owner else {
            return Err(forbidden("this route is for partners' keys, not for the operator's"));
        };
        self.require(scope)?;
        let tenants = self.key.grant.tenants.as_ref();
        Ok(Reach { partner_id, tenants: tenants.map(|it| it.iter().copied().collect()) })
    }

    /// Refuses a tenant that the key does not reach. One that the partner does not have is unknown
    /// to a restricted key, too.
    pub(crate) async fn reaches(&self, reach: &Reach, tenant_id: TenantId) -> Result<(), Problem> {
        if reach.tenant(tenant_id).is_err() {
            let known = self.api.app().tenant(reach.partner_id, tenant_id).await;
            known.map_err(|error| self.problem(error))?;
        }
        reach.tenant(tenant_id)
    }

    /// Refuses all but the operator's keys with this scope.
    pub(crate) fn operator(&self, scope: Scope) -> Result<(), Problem> {
        if self.key.owner.is_some() {
            return Err(forbidden("this route is for the operator's keys"));
        }
        self.require(scope)
    }

    /// Refuses keys without this scope.
    pub(crate) fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.key.grant.allows(scope) {
            return Ok(());
        }
        let detail = format!("this key lacks the scope {scope}");
        Err(Problem::new(StatusCode::FORBIDDEN, "scope_missing", detail))
    }

    /// Now, by the deployment's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.api.app().clock.now()
    }

    /// The version that the asker saw: that of `If-Match`, or `current` where it did not say.
    pub(crate) fn seen(&self, current: i64) -> i64 {
        match self.if_match.as_deref() {
            None | Some("*") => current,
            Some(tag) => tag.trim_matches('"').parse().unwrap_or(-1),
        }
    }

    /// Whether the asker says which version it saw.
    fn names_version(&self) -> bool {
        self.if_match.as_deref().is_some_and(|tag| tag != "*")
    }

    /// The error of a use case as a problem of this request.
    pub(crate) fn problem(&self, error: AppError) -> Problem {
        if let (AppError::Stale(what), false) = (&error, self.names_version()) {
            let detail = format!("{what} was changed by somebody else at the same time");
            return Problem::new(StatusCode::CONFLICT, "conflict", detail);
        }
        let body = serde_json::from_slice(&self.body).ok();
        Problem::of(error, &self.path, body.as_ref())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(unauthorized)
    }
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
}

fn unauthorized() -> Problem {
    let detail = "send a working key as \"Authorization: Bearer sk_…\"";
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
}

fn busy() -> Problem {
    let detail = "this takes too long; what was begun may still be done: ask again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail)
}

/// What is left of limits, for the headers.
struct Limits {
    policy: String,
    state: String,
}

/// Everything that a request passes before and after its route.
pub(super) async fn admit(State(api): State<Api>, request: Request, next: Next) -> Response {
    let at = api.app().clock.now();
    let began = Stopwatch::start();
    let request_id = api.app().ids.draw::<domain::ids::RequestKind>(at);
    let path: Arc<str> = request.uri().path().into();
    let target = request.uri().path_and_query().map_or(String::new(), ToString::to_string);
    let method = request.method().clone();
    let mut limits = None;
    let mut noted = None;
    let outcome = admitted(&api, request, (request_id, &mut limits, &mut noted)).await;
    let response = match outcome {
        Ok(request) => match tokio::time::timeout(PATIENCE, next.run(request)).await {
            Ok(response) => response,
            Err(_) => busy().into_response(),
        },
        Err(problem) => problem.into_response(),
    };
    let request_id = request_id.to_string();
    let (mut response, code) = finished(response, &request_id, &path);
    let status = response.status().as_u16();
    add_headers(response.headers_mut(), &request_id, limits);
    if let Some((key, ip, request_body)) = noted {
        let key: Arc<ApiKey> = key;
        api.0.log.take(ApiRequest {
            owner: key.owner,
            request_id,
            key_id: key.key_id,
            at,
            method: method.to_string(),
            path: target.chars().take(2_000).collect(),
            status,
            duration_micros: i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX),
            ip,
            request_body,
            code: code.to_owned(),
        });
    }
    response
}

/// The key that asked, from where, and what is kept of the body.
type Noted = Option<(Arc<ApiKey>, String, String)>;

/// The request with its [`Caller`], or why it goes no further.
async fn admitted(
    api: &Api,
    request: Request,
    (request_id, limits, noted): (RequestId, &mut Option<Limits>, &mut Noted),
) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    let ip = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let ip = ip.map_or(String::new(), |ConnectInfo(address)| address.ip().to_string());
    let recognised = recognise(api, &parts.headers).await?;
    let key = Arc::new(recognised.key.clone());
    *noted = Some((key.clone(), ip.clone(), String::new()));
    *limits = Some(take(api, &recognised)?);
    let bytes = read(body, &parts).await?;
    let kind = header_text(&parts.headers, header::CONTENT_TYPE)?.unwrap_or_default();
    *noted = Some((key.clone(), ip.clone(), redacted(&bytes, kind)));
    let repeat = repeat(&parts, &key, &bytes)?;
    let asking = Asking {
        owner: key.owner,
        actor: Actor {
            kind: ActorKind::ApiKey,
            id: key.key_id.to_string(),
            name: key.name.clone(),
        },
        request_id: request_id.to_string(),
        ip,
        repeat,
    };
    let if_match = header_text(&parts.headers, header::IF_MATCH)?.map(Into::into);
    let caller = Caller {
        api: api.clone(),
        key,
        asking: Arc::new(asking),
        path: parts.uri.path().into(),
        body: bytes.clone(),
        if_match,
    };
    parts.extensions.insert(caller);
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn recognise(api: &Api, headers: &HeaderMap) -> Result<Recognised, Problem> {
    let text = header_text(headers, header::AUTHORIZATION).map_err(|_| unauthorized())?;
    let text = text.and_then(|text| text.strip_prefix("Bearer ")).map(str::trim);
    let text = text.filter(|text| text.starts_with("sk_")).ok_or_else(unauthorized)?;
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let recognised = match api.0.known.get(&hash) {
        Some(recognised) => recognised,
        None => {
            let found = api.app().recognise_key(text).await;
            let found = found.map_err(|error| Problem::of(error, "", None))?;
            let recognised = found.ok_or_else(unauthorized)?;
            api.0.known.put(hash, recognised.clone());
            recognised
        }
    };
    match recognised.key.status(api.app().clock.now()) {
        ApiKeyStatus::Active => Ok(recognised),
        ApiKeyStatus::Revoked | ApiKeyStatus::Expired => Err(unauthorized()),
    }
}

/// Counts the request against its key and its partner.
fn take(api: &Api, recognised: &Recognised) -> Result<Limits, Problem> {
    use app::keys::Allowance;
    let key = &recognised.key;
    let limiter = &api.app().limits;
    let key_rate = key.rate_per_minute;
    let left = match limiter.take(&key.key_id.to_string(), key_rate) {
        Allowance::Granted { remaining } => remaining,
        Allowance::Refused { retry_after } => {
            return Err(Problem::too_many("this key", retry_after));
        }
    };
    let mut limits = Limits {
        policy: format!("\"key\";q={key_rate};w=60"),
        state: format!("\"key\";r={left};t=60"),
    };
    if let (Some(partner_id), Some(rate)) = (key.owner, recognised.partner_rate) {
        let left = match limiter.take(&partner_id.to_string(), rate) {
            Allowance::Granted { remaining } => remaining,
            Allowance::Refused { retry_after } => {
                return Err(Problem::too_many("all keys of this partner", retry_after));
            }
        };
        limits.policy.push_str(&format!(", \"partner\";q={rate};w=60"));
        limits.state.push_str(&format!(", \"partner\";r={left};t=60"));
    }
    Ok(limits)
}

async fn read(body: Body, parts: &Parts) -> Result<Bytes, Problem> {
    let path = parts.uri.path();
    let takes_files = ["/cdr-batches", "/rate-decks", "/simulations"];
    let takes_files = takes_files.iter().any(|part| path.contains(part));
    let limit = if takes_files { MAX_FILE } else { MAX_BODY };
    let bytes = axum::body::to_bytes(body, limit).await;
    bytes.map_err(|_| {
        let detail = format!("the body is larger than {limit} bytes, or was not sent to its end");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    })
}

/// What makes this request the same as another one, where it may be sent again.
fn repeat(parts: &Parts, key: &ApiKey, body: &[u8]) -> Result<Option<Repeat>, Problem> {
    let Some(text) = header_text(&parts.headers, IDEMPOTENCY_KEY)? else { return Ok(None) };
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(None);
    }
    if text.is_empty() || text.len() > MAX_IDEMPOTENCY_KEY {
        let message = format!("must have 1 to {MAX_IDEMPOTENCY_KEY} characters");
        return Err(Problem::parameter("Idempotency-Key", message));
    }
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), target.as_bytes(), body] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    Ok(Some(Repeat {
        asker: key.key_id.to_string(),
        idempotency_key: text.to_owned(),
        fingerprint: hash.finalize().into(),
    }))
}

fn header_text(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(&name) else { return Ok(None) };
    let text = value.to_str();
    let text = text.map_err(|_| Problem::parameter(name.as_str(), "must be plain ASCII"))?;
    Ok(Some(text))
}

/// The response, with its problem written out where it is one, and the problem's code.
fn finished(mut response: Response, request_id: &str, path: &str) -> (Response, &'static str) {
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => {
            let code = problem.code();
            (problem.answer(request_id, path), code)
        }
        None => (response, ""),
    }
}

fn add_headers(headers: &mut HeaderMap, request_id: &str, limits: Option<Limits>) {
    let mut add = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    };
    add(REQUEST_ID, request_id);
    if let Some(limits) = limits {
        add(RATE_LIMIT_POLICY, &limits.policy);
        add(RATE_LIMIT, &limits.state);
    }
}
