//! Refusals, as Stripe words them.

use serde_json::{Value, json};

/// What an operation comes to.
pub(crate) type Outcome = Result<Value, Failure>;

/// An answer that is no success.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Failure {
    pub(crate) fn new(status: u16, (kind, code): (&str, &str), message: &str) -> Self {
        let mut error = json!({"type": kind, "message": message});
        if !code.is_empty() {
            error["code"] = json!(code);
        }
        Self { status, body: json!({ "error": error }) }
    }

    /// A request that makes no sense.
    pub(crate) fn invalid(code: &str, message: &str) -> Self {
        Self::new(400, ("invalid_request_error", code), message)
    }

    pub(crate) fn missing(kind: &str, id: &str) -> Self {
        let message = format!("No such {kind}: '{id}'");
        Self::new(404, ("invalid_request_error", "resource_missing"), &message)
    }

    /// A decline of a card or an account; the intent that it left.
    pub(crate) fn declined(error: &Value, (name, intent): (&str, &Value)) -> Self {
        let mut error = error.clone();
        error[name] = intent.clone();
        Self { status: 402, body: json!({ "error": error }) }
    }
}

/// The error that a decline is told by.
pub(crate) fn card_error(code: &str, decline_code: Option<&str>) -> Value {
    let mut error =
        json!({"type": "card_error", "code": code, "message": "Your card was declined."});
    if let Some(decline_code) = decline_code {
        error["decline_code"] = json!(decline_code);
    }
    error
}
