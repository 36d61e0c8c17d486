//! What an answer that is no success means.
//!
//! Decided here: a decline is final; a refused key is the key's fault; what nobody can know is
//! unknown and never a failure. Once one of several tries may have been carried out, only Stripe's
//! own verdict on the request ends that doubt: neither a refused connection nor "too busy" does.

use reqwest::StatusCode;
use serde_json::Value;

use super::{
    super::{Decline, ProcessorError},
    objects::{sub, text},
};

/// What came of one try.
#[derive(Debug)]
pub(super) enum Tried {
    /// No byte of the request was sent.
    NotSent(String),
    /// The request was sent, and no whole answer came.
    Lost(String),
    /// An answer.
    Answered(Reply),
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    /// What Stripe says about trying again.
    pub(super) should_retry: Option<bool>,
    pub(super) request_id: Option<String>,
    pub(super) body: Value,
}

impl Tried {
    /// Whether to ask again with the same key.
    pub(super) fn is_worth_repeating(&self) -> bool {
        let Self::Answered(reply) = self else { return true };
        reply.should_retry.unwrap_or_else(|| {
            let status = reply.status;
            reply.is_key_in_use()
                || status == StatusCode::TOO_MANY_REQUESTS
                || status.is_server_error()
        })
    }

    /// Whether the account is asked too much.
    pub(super) fn is_too_many(&self) -> bool {
        matches!(self, Self::Answered(reply) if reply.status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the request may have been carried out, or may be at this moment.
    pub(super) fn may_have_begun(&self) -> bool {
        match self {
            Self::NotSent(_) => false,
            Self::Lost(_) => true,
            Self::Answered(reply) => reply.is_unclear(),
        }
    }

    /// The answer's body, or what its absence means. `in_doubt`: an earlier try of the same
    /// request may have been carried out.
    pub(super) fn verdict(self, in_doubt: bool) -> Result<Value, ProcessorError> {
        match self {
            Self::NotSent(why) if in_doubt => Err(ProcessorError::Unknown(why)),
            Self::NotSent(why) => Err(ProcessorError::NotBegun(why)),
            Self::Lost(why) => Err(ProcessorError::Unknown(why)),
            Self::Answered(reply) => reply.verdict(in_doubt),
        }
    }
}

impl Reply {
    fn is_key_in_use(&self) -> bool {
        self.status == StatusCode::CONFLICT && self.code() == "idempotency_key_in_use"
    }

    /// Neither done nor refused: an error of the server, a redirection, no JSON where some should
    /// be, or the same request still being carried out.
    fn is_unclear(&self) -> bool {
        let is_read = self.body.is_object();
        self.status.is_server_error()
            || self.is_key_in_use()
            || (self.status.is_success() && !is_read)
            || !(self.status.is_success() || self.status.is_client_error())
    }

    fn code(&self) -> &str {
        text(sub(&self.body, "error"), "code")
    }

    fn verdict(self, in_doubt: bool) -> Result<Value, ProcessorError> {
        let status = self.status;
        let said = || match &self.request_id {
            Some(id) => format!("it answered {status} to {id}"),
            None => format!("it answered {status}"),
        };
        if self.is_unclear() {
            return Err(ProcessorError::Unknown(said()));
        }
        if status.is_success() {
            return Ok(self.body);
        }
        let says_nothing_of_the_request = matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        );
        if in_doubt && says_nothing_of_the_request {
            return Err(ProcessorError::Unknown(said()));
        }
        let error = sub(&self.body, "error");
        match status {
            StatusCode::TOO_MANY_REQUESTS => Err(ProcessorError::NotBegun(said())),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(ProcessorError::Unauthorised { request_id: self.request_id })
            }
            StatusCode::PAYMENT_REQUIRED => Err(ProcessorError::Declined(decline(error))),
            _ => Err(ProcessorError::Refused {
                code: match text(error, "code") {
                    "" => match text(error, "type") {
                        "" => format!("http_{}", status.as_u16()),
                        kind => kind.to_owned(),
                    },
                    code => code.to_owned(),
                },
                message: without_secrets(text(error, "message")),
                request_id: self.request_id,
            }),
        }
    }
}

/// A decline as an error or an object's `last_payment_error` tells it.
pub(super) fn decline(error: &Value) -> Decline {
    let optional = |name| Some(text(error, name)).filter(|it| !it.is_empty()).map(str::to_owned);
    // Advice never to try the card again is told like the banks' own reasons for that.
    let advice = optional("advice_code").filter(|it| it == "do_not_try_again");
    let decline_code = optional("decline_code");
    let intent = ["payment_intent", "setup_intent"].into_iter();
    let reference = intent.map(|name| text(sub(error, name), "id")).find(|id| !id.is_empty());
    Decline {
        code: optional("code").unwrap_or_else(|| "card_declined".to_owned()),
        decline_code: decline_code.or(advice),
        message: without_secrets(text(error, "message")),
        reference: reference.map(str::to_owned),
    }
}

/// The text with everything that looks like a key or a client's secret taken out, and no longer
/// than what is kept of it.
pub(super) fn without_secrets(message: &str) -> String {
    const KEYS: [&str; 7] = ["sk_", "rk_", "pk_", "whsec_", "_secret_", "ek_", "https://"];
    let short: String = message.chars().take(500).collect();
    let words = short.split(' ').map(|word| {
        let hides = KEYS.iter().any(|mark| word.contains(mark));
        if hides { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}
