//! One request to Stripe: sent, repeated with the same key where that can help, and read.
//!
//! Decided here: which account a request is made on, and with whose key. A request that names a
//! partner's own account never falls back to the platform's key.

use std::time::Duration;

use domain::processor::AccountContext;
use reqwest::{
    Method, Response,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    super::{Answer, At, IdempotencyKey, ProcessorError, SecretKey},
    API_VERSION, Stripe,
    fault::{Reply, Tried},
    form::Form,
    is_word,
};
use crate::entropy::secret_bytes;

/// Bytes read of an answer: a hundred events of 64 KiB, and none without an end.
const MAX_ANSWER_BYTES: usize = 8 * 1_024 * 1_024;
/// No wait between repetitions is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    at: &'a At,
    method: Method,
    path: String,
    form: Form,
    key: Option<&'a IdempotencyKey>,
}

impl<'a> Call<'a> {
    /// Asks for something that there is.
    pub(super) fn get(at: &'a At, path: impl Into<String>, form: Form) -> Self {
        Self { at, method: Method::GET, path: path.into(), form, key: None }
    }

    /// Changes something, once per key.
    pub(super) fn post(
        (at, key): (&'a At, &'a IdempotencyKey),
        path: impl Into<String>,
        form: Form,
    ) -> Self {
        Self { at, method: Method::POST, path: path.into(), form, key: Some(key) }
    }

    /// Takes something away; doing so twice is doing it once.
    pub(super) fn delete(at: &'a At, path: impl Into<String>) -> Self {
        Self { at, method: Method::DELETE, path: path.into(), form: Form::default(), key: None }
    }
}

/// An id that can be part of a path. Ids come from events and from the database, and an id such as
/// `..` would ask for something else.
pub(super) fn id(reference: &str) -> Answer<&str> {
    if is_word(reference) {
        return Ok(reference);
    }
    Err(ProcessorError::Refused {
        code: "resource_missing".to_owned(),
        message: format!("{reference:?} is no id"),
        request_id: None,
    })
}

impl Stripe {
    /// Sends a request until there is an answer or no use in repeating it.
    pub(super) async fn send(&self, call: Call<'_>) -> Answer<Value> {
        let (secret, account) = self.identity(call.at)?;
        let (patience, pace) = (self.0.config.patience, &self.0.pace);
        let whom = call.at.context.to_string();
        let mut in_doubt = false;
        let mut repeated = 0;
        loop {
            pace.wait(&whom, |hold| wait(hold, 0) / 2).await;
            let tried = self.try_once(&call, (secret, account)).await;
            match tried.is_too_many() {
                true => pace.refused(&whom, (patience.first_wait, Instant::now())),
                false => pace.answered(&whom),
            }
            if repeated >= patience.repetitions || !tried.is_worth_repeating() {
                return tried.verdict(in_doubt);
            }
            in_doubt |= tried.may_have_begun();
            tokio::time::sleep(wait(patience.first_wait, repeated)).await;
            repeated += 1;
        }
    }

    /// Whose key, and the account where that does not follow from the key.
    fn identity<'a>(&'a self, at: &'a At) -> Answer<(&'a SecretKey, Option<&'a str>)> {
        match (&at.context, &at.key) {
            (AccountContext::Platform, _) => Ok((&self.0.config.secret_key, None)),
            (AccountContext::Connected(account), _) => {
                Ok((&self.0.config.secret_key, Some(account.as_str())))
            }
            (AccountContext::Custom(_), Some(key)) if is_word(key.reveal()) => Ok((key, None)),
            // Without a key of its own, or with what cannot be one: never on another account.
            (AccountContext::Custom(_), _) => {
                Err(ProcessorError::Unauthorised { request_id: None })
            }
        }
    }

    async fn try_once(
        &self,
        call: &Call<'_>,
        (secret, account): (&SecretKey, Option<&str>),
    ) -> Tried {
        let base = self.0.config.api_base.trim_end_matches('/');
        let mut url = format!("{base}{}", call.path);
        let form = call.form.encoded();
        if call.method != Method::POST && !form.is_empty() {
            url = format!("{url}?{form}");
        }
        let mut request = self
            .0
            .client
            .request(call.method.clone(), url)
            .bearer_auth(secret.reveal())
            .header("Stripe-Version", API_VERSION);
        if let Some(account) = account {
            request = request.header("Stripe-Account", account);
        }
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key.as_str());
        }
        if call.method == Method::POST {
            let kind = "application/x-www-form-urlencoded";
            request = request.header(CONTENT_TYPE, kind).body(form);
        }
        match request.send().await {
            Ok(response) => read(response).await,
            Err(error) if error.is_connect() || error.is_builder() => {
                Tried::NotSent(reason(&error))
            }
            Err(error) => Tried::Lost(reason(&error)),
        }
    }
}

/// What failed, in few words and without the address, which may have ids in it.
fn reason(error: &reqwest::Error) -> String {
    let what = match (error.is_connect(), error.is_timeout()) {
        (true, true) => "no connection in time",
        (true, false) => "no connection",
        (false, true) => "no answer in time",
        (false, false) if error.is_builder() => "the request cannot be sent",
        (false, false) => "the answer broke off",
    };
    what.to_owned()
}

async fn read(mut response: Response) -> Tried {
    let status = response.status();
    let header = |headers: &HeaderMap, name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let request_id = header(response.headers(), "request-id").filter(|id| is_word(id));
    let should_retry = match header(response.headers(), "stripe-should-retry").as_deref() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    };
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER_BYTES => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => return Tried::Lost("the answer is too long".to_owned()),
            Ok(None) => break,
            Err(error) => return Tried::Lost(reason(&error)),
        }
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    tracing::debug!(%status, request_id, "stripe answered");
    Tried::Answered(Reply { status, should_retry, request_id, body })
}

/// Twice as long each time, less a random part of up to a half, so that those who failed together
/// do not come back together.
fn wait(first: Duration, repeated: u32) -> Duration {
    let whole = first.saturating_mul(1 << repeated.min(10)).min(LONGEST_WAIT);
    let [drawn] = secret_bytes::<1>();
    whole - whole * u32::from(drawn) / 512
}
