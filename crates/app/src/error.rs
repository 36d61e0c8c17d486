//! The one error of all use cases. It knows no HTTP; `web` and `server` map it once.

use domain::money::Overflow;
use store::{db::Repeatable, error::StoreError};

use crate::setup::LimitReached;

/// Why a use case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No such thing, or not the asker's.
    #[error("no {kind} {id:?}")]
    NotFound {
        /// What was looked for.
        kind: &'static str,
        /// By which id or name.
        id: String,
    },
    /// One or more fields are wrong.
    #[error("{}", list(.0))]
    Invalid(Vec<FieldError>),
    /// The thing is in a state that does not allow this.
    #[error("{0}")]
    Refused(String),
    /// The same, with a code of its own for programs.
    #[error("{1}")]
    Conflict(&'static str, String),
    /// A tenant has as much as its limits allow (LIM-04, LIM-05).
    #[error("{0}")]
    LimitReached(LimitReached),
    /// Another payment of the invoice is not finished (ruling 10).
    #[error("another payment of this invoice is in progress")]
    PaymentInProgress,
    /// There is no payment method that can be charged (PLT-06, WAL-14).
    #[error("there is no payment method that can be charged; add one and make it the default")]
    NoPaymentMethod,
    /// The processor, or the bank behind it, said no.
    #[error("the payment was declined: {0}")]
    PaymentDeclined(String),
    /// The processor was never reached; nothing was charged.
    #[error("nothing was charged, because the payment processor cannot be reached: {0}")]
    ProcessorUnavailable(String),
    /// The wallet cannot pay for something new (WAL-08, PLT-19).
    #[error("{0}")]
    WalletEmpty(String),
    /// The plan does not allow so much; a larger one does (PLT-30).
    #[error("{0}")]
    UpgradeRequired(String),
    /// An idempotency key was used before, for something else.
    #[error("this idempotency key was used before for another request")]
    RepeatDiffers,
    /// The first request with this idempotency key is not answered yet.
    #[error("the first request with this idempotency key is still being worked on")]
    RepeatInProgress,
    /// What was asked for is beyond what the asker may do.
    #[error("{0}")]
    Forbidden(String),
    /// Somebody else changed it in the meantime.
    #[error("{0} was changed by somebody else in the meantime")]
    Stale(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// An amount left its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A file, a mail server, a gateway failed.
    #[error("{0}")]
    Outside(String),
    /// Something that cannot be, was.
    #[error("broken invariant: {0}")]
    Broken(String),
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, with dots for nesting.
    pub field: String,
    /// What is wrong, for people.
    pub message: String,
}

fn list(errors: &[FieldError]) -> String {
    let lines: Vec<String> =
        errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
    lines.join("; ")
}

impl AppError {
    /// One wrong field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }
    /// No `kind` with this id.
    pub fn not_found(kind: &'static str, id: impl ToString) -> Self {
        Self::NotFound { kind, id: id.to_string() }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale(what) => Self::Stale(what),
            error => Self::Store(error),
        }
    }
}

impl Repeatable for AppError {
    fn is_repeatable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_repeatable())
    }
}

/// What use cases answer.
pub type Result<T, E = AppError> = std::result::Result<T, E>;
