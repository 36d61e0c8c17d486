//! The API as a program sees it: requests in, answers out, through the whole router.

use app::keys::NewKey;
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{
    account::Partner,
    api_key::Scope,
    ids::{PartnerId, TenantId},
};
use serde_json::Value;
use tower::ServiceExt;

use super::{World, db::Engine};

/// A world with a partner, the API over it, and a key of that partner that may do everything.
pub(crate) struct Api {
    pub(crate) router: axum::Router,
    pub(crate) world: World,
    pub(crate) partner: Partner,
    pub(crate) key: String,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null where there is none.
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// A header's text; empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{body}");
        self
    }

    /// Status and code of a problem, which is one that the documentation explains.
    pub(crate) fn problem(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        let is_explained = web::api::PROBLEM_CODES.iter().any(|(known, ..)| *known == code);
        assert!(is_explained || self.status.is_success(), "{code:?} is not explained");
        (self.status.as_u16(), code)
    }
}

/// A request to be sent.
pub(crate) struct Call<'a> {
    api: &'a Api,
    key: Option<String>,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Api {
    /// A world with one partner whose key may do everything, 10,000 times a minute.
    pub(crate) async fn fresh(engine: Engine) -> Option<Self> {
        let (world, partner) = World::with_partner(engine).await?;
        Some(Self::over(world, partner).await)
    }

    /// The API over a world that there is.
    pub(crate) async fn over(world: World, partner: Partner) -> Self {
        let router = web::router(world.app.clone());
        let mut api = Self { router, world, partner, key: String::new() };
        api.key = api.key_of(Some(api.partner.partner_id), &[], None).await;
        let sql = "update partner set rate_per_minute = 1000000";
        api.world.execute(sql).await;
        api
    }

    /// A new key's text. Without scopes it may do everything.
    pub(crate) async fn key_of(
        &self,
        owner: Option<PartnerId>,
        scopes: &[&str],
        tenants: Option<&[TenantId]>,
    ) -> String {
        let scopes = if scopes.is_empty() {
            Scope::all_of(owner)
        } else {
            scopes.iter().map(|scope| scope.parse().unwrap()).collect()
        };
        let new = NewKey {
            name: "a test's".to_owned(),
            scopes,
            tenants: tenants.map(|tenants| tenants.iter().copied().collect()),
            rate_per_minute: 10_000,
            expires_at: None,
        };
        let (_, secret) = self.world.app.create_key(owner, None, &new).await.unwrap();
        secret.reveal().to_owned()
    }

    /// A request with the partner's key.
    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call {
            api: self,
            key: Some(self.key.clone()),
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// How many tenants events say were created.
    pub(crate) async fn created_tenants(&self) -> usize {
        let kinds = self.world.event_kinds(&self.partner).await;
        kinds.iter().filter(|kind| *kind == "tenant.created").count()
    }

    /// Gets `path` with the partner's key.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    /// Posts `body` to `path` with the partner's key.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path).json(body).send().await
    }

    /// Sends an edit of what is at `path` with the partner's key.
    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path).json(body).send().await
    }
}

impl Call<'_> {
    /// With another key.
    pub(crate) fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// Without a key.
    pub(crate) fn without_key(mut self) -> Self {
        self.key = None;
        self
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With an idempotency key.
    pub(crate) fn once(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: Value) -> Self {
        self.bytes("application/json", body.to_string().into_bytes())
    }

    /// With any body.
    pub(crate) fn bytes(mut self, kind: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header(header::CONTENT_TYPE.as_str(), kind)
    }

    /// Sends it and reads the answer.
    pub(crate) async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let length = self.body.len();
        let request = request.header(header::CONTENT_LENGTH, length);
        let request = request.body(Body::from(self.body)).unwrap();
        let response = self.api.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 100_000_000).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
