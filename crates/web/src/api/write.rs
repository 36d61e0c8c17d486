//! Requests that change something: done once, in one transaction, written down.
//!
//! Decided here: how a change is answered. The work runs to its end even when the asker hangs up,
//! on a thread that it does not leave. Editable objects carry their version as `ETag`.

use app::{
    App,
    error::{AppError, Result},
    requests::{Answer, Asking, Change, Done, Performed, Secret},
};
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;

use super::{caller::Caller, problem::Problem};

/// On answers to requests that were made before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What was done, before it is turned into bytes.
#[derive(Debug)]
pub(crate) struct Outcome {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    /// Stands for `body` where that would only be written out again.
    bytes: Option<Vec<u8>>,
    change: Option<Change>,
    secret: Option<Secret>,
}

impl Outcome {
    /// Something new, at `location`.
    pub(crate) fn created(location: String, body: &impl Serialize) -> Result<Self> {
        let headers = vec![(header::LOCATION.to_string(), location)];
        Ok(Self { headers, ..Self::with(StatusCode::CREATED, body)? })
    }

    /// Something changed or computed.
    pub(crate) fn ok(body: &impl Serialize) -> Result<Self> {
        Self::with(StatusCode::OK, body)
    }

    /// Something that is worked on.
    pub(crate) fn with(status: StatusCode, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_value(body)
            .map_err(|error| AppError::Broken(format!("an answer is no JSON: {error}")))?;
        Ok(Self { body: Some(body), ..Self::empty(status) })
    }

    /// A large answer, of which only `summary` is written down as `action` on `object_id`.
    pub(crate) fn large(
        body: &impl Serialize,
        (action, object_id): (&'static str, String),
        summary: &impl Serialize,
    ) -> Result<Self> {
        let no_json = |error| AppError::Broken(format!("an answer is no JSON: {error}"));
        let bytes = Some(serde_json::to_vec(body).map_err(no_json)?);
        let after = Some(serde_json::to_value(summary).map_err(no_json)?);
        let change = Some(Change { action, tenant_id: None, object_id, before: None, after });
        Ok(Self { bytes, change, ..Self::empty(StatusCode::OK) })
    }

    fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: None, bytes: None, change: None, secret: None }
    }

    /// Something is gone.
    pub(crate) fn gone() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// The version of what the body shows.
    pub(crate) fn version(mut self, version: i64) -> Self {
        self.headers.push((header::ETAG.to_string(), format!("\"{version}\"")));
        self
    }

    /// Writes the change down: `action` on what the body shows, which looked like `before`.
    pub(crate) fn audited(
        mut self,
        action: &'static str,
        object_id: impl ToString,
        before: Option<&impl Serialize>,
    ) -> Result<Self> {
        let before = before
            .map(serde_json::to_value)
            .transpose()
            .map_err(|error| AppError::Broken(format!("an object is no JSON: {error}")))?;
        let after = self.body.clone();
        let object_id = object_id.to_string();
        self.change = Some(Change { action, tenant_id: None, object_id, before, after });
        Ok(self)
    }

    /// Says which tenant the change is about.
    pub(crate) fn about(mut self, tenant_id: domain::ids::TenantId) -> Self {
        if let Some(change) = &mut self.change {
            change.tenant_id = Some(tenant_id);
        }
        self
    }

    /// Adds a secret under `field` to the answer, and to nothing that is kept.
    pub(crate) fn revealing(mut self, field: &str, secret: &str) -> Self {
        if let Some(Value::Object(fields)) = &mut self.body {
            fields.insert(field.to_owned(), secret.into());
        }
        let replacement = "[shown once, in the first answer]".to_owned();
        self.secret = Some(Secret { text: secret.to_owned(), replacement });
        self
    }

    /// As it is kept and sent.
    pub(crate) fn done(self) -> Result<Done> {
        let mut headers = self.headers;
        let body = match (self.bytes, &self.body) {
            (Some(bytes), _) => bytes,
            (None, None) => Vec::new(),
            (None, Some(body)) => serde_json::to_vec(body)
                .map_err(|error| AppError::Broken(format!("an answer is no JSON: {error}")))?,
        };
        if !body.is_empty() {
            let kind = (header::CONTENT_TYPE.to_string(), "application/json".to_owned());
            headers.push(kind);
        }
        let answer = Answer { status: self.status.as_u16(), headers, body };
        Ok(Done { answer, change: self.change, secret: self.secret })
    }
}

impl Caller {
    /// Does `work` once, as one transaction, and answers with its outcome.
    pub(crate) async fn write<F>(self, work: F) -> Result<Response, Problem>
    where
        F: AsyncFn(&App) -> Result<Outcome> + Send + 'static,
    {
        let performed = self.aside(async move |app, asking| {
            app.perform(asking, async |app| work(app).await?.done()).await
        });
        Ok(answer(performed.await?))
    }

    /// The same with something that `prepare` makes ready outside of the transaction, again where
    /// `work` finds it outdated (`None`).
    pub(crate) async fn write_prepared<P, F, G>(
        self,
        prepared: P,
        prepare: F,
        work: G,
    ) -> Result<Response, Problem>
    where
        P: Send + 'static,
        F: AsyncFn(&App, P) -> Result<P> + Send + 'static,
        G: AsyncFn(&App, &P) -> Result<Option<Outcome>> + Send + 'static,
    {
        let caller = self.clone();
        let performed = self.api.0.writers.spawn_pinned(move || async move {
            let app = caller.api.app();
            let work = async |app: &App, prepared: &P| {
                work(app, prepared).await?.map(Outcome::done).transpose()
            };
            app.perform_prepared(&caller.asking, (prepared, prepare), work).await
        });
        match performed.await {
            Ok(outcome) => Ok(answer(outcome.map_err(|error| self.problem(error))?)),
            Err(error) => Err(self.problem(AppError::Broken(format!("a worker ended: {error}")))),
        }
    }

    /// Does `work` to its end on a thread that it does not leave, whether the asker waits or not.
    /// What it does is made once and written down by itself.
    pub(crate) async fn aside<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: AsyncFn(&App, &Asking) -> Result<T> + Send + 'static,
    {
        let caller = self.clone();
        let done = self
            .api
            .0
            .writers
            .spawn_pinned(move || async move { work(caller.api.app(), &caller.asking).await });
        match done.await {
            Ok(outcome) => outcome.map_err(|error| self.problem(error)),
            Err(error) => Err(self.problem(AppError::Broken(format!("a worker ended: {error}")))),
        }
    }
}

/// What was performed, as the asker gets it.
pub(crate) fn answer(performed: Performed) -> Response {
    match performed {
        Performed::Now(answer) => response(answer),
        Performed::Before(answer) => {
            let mut response = response(answer);
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            response
        }
    }
}

fn response(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Body::from(answer.body)).into_response();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An editable object, with its version as `ETag`.
pub(crate) fn shown<T: Serialize>(object: &T, version: i64) -> Response {
    let tag = [(header::ETAG, format!("\"{version}\""))];
    (tag, axum::Json(object)).into_response()
}
