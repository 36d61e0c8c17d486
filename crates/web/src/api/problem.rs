//! Refusals and failures, as RFC 9457 problems.
//!
//! Decided here: which error has which status and code. Causes go to the log; the asker learns
//! what is wrong with the request and the id under which the log is found, never what the database
//! said.

use app::error::{AppError, FieldError};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong with one part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProblemDetail {
    /// JSON pointer (RFC 6901) into the body, where the body is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/billing_email")]
    pub pointer: Option<String>,
    /// The parameter of the query, path or header, where that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// For programs.
    #[schema(example = "invalid")]
    pub code: &'static str,
    /// For people.
    #[schema(example = "must be one mail address such as name@example.com")]
    pub message: String,
}

/// A refusal or failure. Small, so that it costs nothing where all goes well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Problem(Box<Content>);

/// A refusal or failure (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Content {
    /// Names the kind of problem; a fragment of the documentation.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "/v1/docs#problem-validation_failed")]
    kind: String,
    /// The kind in words.
    #[schema(value_type = String, example = "The request is not valid")]
    title: &'static str,
    /// HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// The kind, for programs.
    #[schema(value_type = String, example = "validation_failed")]
    code: &'static str,
    /// This occurrence in words.
    detail: String,
    /// The path that was asked for.
    instance: String,
    /// The answer's `X-Request-Id`.
    #[schema(example = "req_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    request_id: String,
    /// Each part that is wrong.
    errors: Vec<ProblemDetail>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem of this kind.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Content {
            kind: format!("/v1/docs#problem-{code}"),
            title: title(code),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            instance: String::new(),
            request_id: String::new(),
            errors: Vec::new(),
            retry_after: None,
        }))
    }

    /// A body that cannot be read at all.
    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// One wrong part of the body.
    pub(crate) fn pointed(pointer: String, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let detail = ProblemDetail { pointer: Some(pointer), parameter: None, code, message };
        Self::invalid(vec![detail])
    }

    /// One wrong parameter.
    pub(crate) fn parameter(name: impl Into<String>, message: impl Into<String>) -> Self {
        let (name, message) = (name.into(), message.into());
        let parameter = Some(name);
        Self::invalid(vec![ProblemDetail { pointer: None, parameter, code: "invalid", message }])
    }

    /// Wrong parts.
    pub(crate) fn invalid(errors: Vec<ProblemDetail>) -> Self {
        let parts: Vec<String> = errors
            .iter()
            .map(|error| {
                let place = error.pointer.as_deref().or(error.parameter.as_deref());
                format!("{}: {}", place.unwrap_or_default(), error.message)
            })
            .collect();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mut problem = Self::new(status, "validation_failed", parts.join("; "));
        problem.0.errors = errors;
        problem
    }

    /// Nothing here, or nothing of the asker's.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// Asked too often.
    pub(crate) fn too_many(whose: &str, retry_after: u32) -> Self {
        let detail = format!("the limit of {whose} is reached; try again in {retry_after} s");
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail);
        problem.0.retry_after = Some(retry_after);
        problem
    }

    /// For programs.
    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }

    /// The error of a use case, for a request to `path` with `body`.
    pub(crate) fn of(error: AppError, path: &str, body: Option<&serde_json::Value>) -> Self {
        let conflict = |code, detail: String| Self::new(StatusCode::CONFLICT, code, detail);
        match error {
            AppError::NotFound { kind, id } => match body.and_then(|body| pointer_to(body, &id)) {
                Some(pointer) if !path.contains(&id) => {
                    Self::pointed(pointer, "not_found", format!("there is no {kind} {id}"))
                }
                _ => Self::not_found(format!("there is no {kind} {id}")),
            },
            AppError::Invalid(errors) => Self::invalid(errors.into_iter().map(pointed).collect()),
            AppError::Refused(why) => conflict("state_conflict", why),
            AppError::Conflict(code, why) => conflict(code, why),
            AppError::LimitReached(limit) => conflict("limit_reached", limit.to_string()),
            AppError::PaymentInProgress => conflict("payment_in_progress", error.to_string()),
            AppError::NoPaymentMethod => conflict("payment_method_missing", error.to_string()),
            AppError::UpgradeRequired(why) => conflict("upgrade_required", why),
            AppError::PaymentDeclined(_) => {
                Self::new(StatusCode::PAYMENT_REQUIRED, "payment_declined", error.to_string())
            }
            AppError::WalletEmpty(why) => {
                Self::new(StatusCode::PAYMENT_REQUIRED, "wallet_empty", why)
            }
            AppError::ProcessorUnavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "processor_unavailable",
                error.to_string(),
            ),
            AppError::RepeatInProgress => conflict("idempotency_in_progress", error.to_string()),
            AppError::Stale(what) => {
                let detail = format!("{what} was changed by somebody else in the meantime");
                Self::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", detail)
            }
            AppError::RepeatDiffers => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                error.to_string(),
            ),
            AppError::Forbidden(why) => Self::new(StatusCode::FORBIDDEN, "forbidden", why),
            AppError::Store(_)
            | AppError::Overflow(_)
            | AppError::Outside(_)
            | AppError::Broken(_) => {
                tracing::error!(%error, path, "request failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal_error",
                    "something failed here; nothing was changed, and the log knows why",
                )
            }
        }
    }

    /// The problem as an answer to this request.
    pub(crate) fn answer(mut self, request_id: &str, path: &str) -> Response {
        request_id.clone_into(&mut self.0.request_id);
        path.clone_into(&mut self.0.instance);
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(seconds) = self.0.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.status == 401 {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

/// Handlers answer with a problem; [`caller::admit`](super::caller::admit) fills in which request
/// it was.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A kind of problem: its code, its title, and what to do about it.
pub type ProblemCode = (&'static str, &'static str, &'static str);

/// Every kind of problem.
pub const CODES: &[ProblemCode] = &[
    ("unauthorized", "A valid key is needed", "Send a key that works; it may be revoked or over."),
    ("forbidden", "This key may not do that", "Use a key of the right owner or for this tenant."),
    ("scope_missing", "This key lacks a scope", "Add the scope that the detail names to the key."),
    ("not_found", "There is no such thing", "It may be somebody else's. Check the id and the key."),
    ("method_not_allowed", "This method is not for this route", "The Allow header lists others."),
    ("validation_failed", "The request is not valid", "Each part that is wrong is in errors."),
    ("invalid_json", "The body is no JSON", "Mend the syntax at the place that the detail names."),
    ("invalid_utf8", "The body is not UTF-8", "Encode the body as UTF-8."),
    ("nesting_too_deep", "The body is nested too deeply", "Send it flatter."),
    ("unreadable", "The body cannot be read", "Send it again, whole."),
    ("body_too_large", "The body is too large", "Send less at once; most bodies may have 1 MiB."),
    ("unsupported_media_type", "The body is of another kind", "Send the kind it asks for."),
    ("idempotency_key_reused", "The idempotency key was used before", "Use a new key."),
    ("idempotency_in_progress", "The first request is still worked on", "Ask again in a moment."),
    ("precondition_failed", "It was changed in the meantime", "Read it again, then decide."),
    ("conflict", "Somebody else changed it at the same time", "Send the same request again."),
    ("state_conflict", "The state does not allow this", "The detail says which state it is in."),
    ("limit_reached", "A limit is reached", "Raise the tenant's limit, or remove something."),
    ("another_default_needed", "It is the default", "Make another method the default first."),
    ("confirmation_needed", "It is the only method", "Add another, or confirm with confirm=true."),
    ("no_payment_method", "There is no payment method", "Save one first."),
    ("payment_method_unusable", "The method cannot be used", "The detail says why; use another."),
    ("processor_unreachable", "The processor gave no answer", "Nothing was changed. Ask again."),
    ("payment_in_progress", "A payment is in progress", "Wait for the payment to end."),
    ("payment_declined", "The payment was declined", "Nothing was charged. Try another method."),
    ("payment_method_missing", "There is nothing to charge", "Add a payment method that works."),
    ("processor_unavailable", "Payments cannot be made now", "Nothing was charged. Try later."),
    ("upgrade_required", "The plan does not allow so much", "Choose the plan the detail names."),
    ("wallet_empty", "The wallet is empty", "Top up the wallet, then ask again."),
    ("rate_limited", "Too many requests", "Retry-After says when to come again."),
    ("busy", "The server is busy", "Ask again; with an Idempotency-Key nothing is done twice."),
    ("internal_error", "Something failed here", "Nothing was changed. Quote the request_id."),
];

/// The title of the problems with this code.
pub(super) fn title(code: &str) -> &'static str {
    let known = CODES.iter().find(|(known, ..)| *known == code);
    known.map_or("The request cannot be understood", |(_, title, _)| title)
}

/// `lines.0.description` as `/lines/0/description`.
fn pointed(error: FieldError) -> ProblemDetail {
    let pointer = format!("/{}", error.field.replace('~', "~0").replace('/', "~1"));
    let pointer = pointer.replace('.', "/");
    let message = error.message;
    ProblemDetail { pointer: Some(pointer), parameter: None, code: "invalid", message }
}

/// Where in `body` the text `id` stands.
fn pointer_to(body: &serde_json::Value, id: &str) -> Option<String> {
    match body {
        serde_json::Value::String(text) => (text == id).then(String::new),
        serde_json::Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| pointer_to(item, id).map(|rest| format!("/{index}{rest}"))),
        serde_json::Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            pointer_to(value, id).map(|rest| format!("/{name}{rest}"))
        }),
        _ => None,
    }
}

/// For addresses that lead nowhere.
pub(crate) async fn no_such_route() -> Problem {
    Problem::not_found("there is no such route; /v1/openapi.json lists them")
}

/// For methods that a route does not have.
pub(crate) async fn no_such_method() -> Problem {
    let detail = "this route has no such method; /v1/openapi.json lists them";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
