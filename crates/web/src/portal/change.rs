//! What forms change: once, and written down.
//!
//! Decided here: a change and its entry in the audit log are one transaction, as they are for the
//! API. A form that must not act twice carries a key drawn with the page; sent again it gets the
//! first answer. What a use case refuses is said on the page of the form; only what no form can
//! mend is a page of its own.

use app::{
    App,
    error::{AppError, FieldError},
    logs::AuditFilter,
    requests::{Asking, Performed, Repeat},
};
use axum::http::StatusCode;
use domain::{ids::RequestKind, paging::PageRequest};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::guest::{Fault, Guest};
use crate::api::write::Outcome;

/// The field with the key of a form that acts once.
pub(crate) const ONCE_FIELD: &str = "once";
/// Longest such key: ours are shorter.
const MAX_ONCE: usize = 64;

/// Why a form was not done, for the page that shows it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// How the page is answered.
    pub(crate) status: StatusCode,
    /// What is wrong; errors that belong to no field have no name.
    pub(crate) errors: Vec<FieldError>,
    /// Whether somebody else changed what was edited.
    pub(crate) is_stale: Option<()>,
}

impl Refusal {
    /// The refusal in an error; other errors are pages of their own.
    pub(crate) fn of(error: AppError) -> Result<Self, Fault> {
        let said = |status, message: String| Self {
            status,
            errors: vec![FieldError { field: String::new(), message }],
            is_stale: None,
        };
        let refusal = match error {
            AppError::Invalid(errors) => {
                Self { status: StatusCode::UNPROCESSABLE_ENTITY, errors, is_stale: None }
            }
            AppError::Stale(_) => {
                Self { status: StatusCode::CONFLICT, errors: Vec::new(), is_stale: Some(()) }
            }
            AppError::PaymentDeclined(_) | AppError::WalletEmpty(_) => {
                said(StatusCode::PAYMENT_REQUIRED, sentence(&error))
            }
            AppError::ProcessorUnavailable(_) => said(StatusCode::BAD_GATEWAY, sentence(&error)),
            AppError::Refused(_)
            | AppError::Conflict(..)
            | AppError::LimitReached(_)
            | AppError::PaymentInProgress
            | AppError::NoPaymentMethod
            | AppError::UpgradeRequired(_)
            | AppError::RepeatDiffers
            | AppError::RepeatInProgress => said(StatusCode::CONFLICT, sentence(&error)),
            error => return Err(error.into()),
        };
        Ok(refusal)
    }

    /// One wrong field.
    pub(crate) fn field(field: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors: vec![FieldError { field: field.to_owned(), message: message.into() }],
            is_stale: None,
        }
    }
}

/// A text that an answer says under a name; empty where it says nothing.
pub(crate) fn said(performed: &Performed, name: &str) -> String {
    let (Performed::Now(answer) | Performed::Before(answer)) = performed;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    body[name].as_str().unwrap_or_default().to_owned()
}

/// An error's message as a sentence.
fn sentence(error: &AppError) -> String {
    let message = error.to_string();
    let mut letters = message.chars();
    let first = letters.next().map(|it| it.to_uppercase().collect::<String>());
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), letters.as_str())
}

impl Guest {
    /// A key for a form that acts once.
    pub(crate) fn once(&self) -> String {
        let app = self.portal.app();
        app.ids.draw::<RequestKind>(app.clock.now()).to_string()
    }

    /// A request that is made once for the key in the form: the same one, with the same `facts`,
    /// gets the first answer.
    pub(crate) fn asking_once(&self, facts: &[&str]) -> Result<Asking, Fault> {
        let asking = self.asking()?;
        let once = self.fields.get(ONCE_FIELD);
        if once.is_empty() || once.len() > MAX_ONCE {
            let text = "The form is too old, or not ours. Nothing was done: go back, reload the \
                        page and try again.";
            return Err(Fault::Page(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This form is not ours",
                text.to_owned(),
            ));
        }
        let mut hash = Sha256::new();
        for fact in facts {
            hash.update(fact.len().to_be_bytes());
            hash.update(fact.as_bytes());
        }
        let repeat = Repeat {
            asker: asking.actor.id.clone(),
            idempotency_key: once.to_owned(),
            fingerprint: hash.finalize().into(),
        };
        Ok(Asking { repeat: Some(repeat), ..asking })
    }

    /// Who changed this object last, and when, as texts; empty where nothing is written down.
    pub(crate) async fn last_to_change(&self, object_id: &str) -> Result<(String, String), Fault> {
        let standing = self.standing()?;
        let filter =
            AuditFilter { object_id: Some(object_id.to_owned()), ..AuditFilter::default() };
        let owner = standing.account().partner();
        let page = PageRequest::newest(1);
        let found = self.portal.app().audit_entries(owner, filter, &page).await?;
        let zone = self.zone()?;
        let last = found.rows.into_iter().next();
        Ok(last.map(|it| (it.actor_name, zone.display_minute(it.at))).unwrap_or_default())
    }

    /// Does `work` as one transaction with its audit entry.
    pub(crate) async fn write<F>(&self, work: F) -> Result<Result<(), AppError>, Fault>
    where
        F: AsyncFn(&App) -> Result<Outcome, AppError> + Send + 'static,
    {
        let asking = self.asking()?;
        Ok(self.write_as(asking, work).await.map(drop))
    }

    /// The same for a request that may have been made before.
    pub(crate) async fn write_as<F>(&self, asking: Asking, work: F) -> Result<Performed, AppError>
    where
        F: AsyncFn(&App) -> Result<Outcome, AppError> + Send + 'static,
    {
        let run =
            async move |app: App| app.perform(&asking, async |app| work(app).await?.done()).await;
        self.portal.run(run).await
    }
}

/// What is told after a change, by the code in the address (`shell::notice`).
pub(crate) const NOTICES: &[(&str, &str)] = &[
    ("profile-created", "The billing profile was created."),
    ("gone", "Deleted for good."),
    ("deck-renamed", "The rate deck has another name."),
    ("deck-active", "The rates are in force from their date on."),
    ("deck-discarded", "The file was thrown away. Nothing was changed."),
    ("tax-created", "The tax jurisdiction was created."),
    ("active", "Your account is active."),
    ("topped-up", "The money is in your wallet."),
    ("on-its-way", "The payment is on its way. It acts as soon as it arrives."),
    ("plan", "Your plan was changed."),
    ("method-added", "The payment method was added."),
    ("method-removed", "The payment method was deleted."),
    ("key-revoked", "The key is revoked. It stops working within a minute."),
    ("queued", "It is sent within seconds. Reload to see what came of it."),
    ("mode", "New payments of your tenants go there from now on."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_can_mend_is_said_on_its_page() {
        let refused = |error| Refusal::of(error).unwrap();
        let invalid = refused(AppError::invalid("name", "is taken"));
        assert_eq!((invalid.status.as_u16(), invalid.errors[0].field.as_str()), (422, "name"));
        let busy = refused(AppError::PaymentInProgress);
        assert_eq!(busy.status.as_u16(), 409);
        assert_eq!(busy.errors[0].message, "Another payment of this invoice is in progress.");
        assert_eq!(refused(AppError::Stale("it")).is_stale, Some(()));
        assert_eq!(refused(AppError::PaymentDeclined("no".to_owned())).status.as_u16(), 402);
        assert!(Refusal::of(AppError::Broken("x".to_owned())).is_err());
        assert!(Refusal::of(AppError::Forbidden("x".to_owned())).is_err());
    }
}
