//! A program asks for a payment.
//!
//! Decided here: the payment, its attempt, the audit entry and what is kept for repetition are one
//! transaction, committed before the processor is asked. The same request again, also after a crash
//! in between, finds its payment and asks for what came of it (PAY-12).

use domain::ids::{PartnerId, PaymentId};
use serde::{Deserialize, Serialize};

use super::{Asking as Asked, Begun, Collect, Collected};
use crate::{
    App,
    error::{AppError, Result},
    requests::{Answer, Asking, Change, Done, Performed},
    resource,
};

/// What is kept of a request to pay: enough to go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    payment_id: PaymentId,
}

/// What came of a request to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The payment and its invoice.
    pub collected: Collected,
    /// Whether the same request had been made before.
    pub is_repeated: bool,
}

impl App {
    /// Charges an invoice, or a part of it, once for `asking`.
    pub async fn pay(
        &self,
        asking: &Asking,
        partner_id: PartnerId,
        wanted: &Collect,
    ) -> Result<Paid> {
        let begun = self.perform(asking, async |app| app.begun(partner_id, wanted).await).await?;
        let (kept, is_repeated) = match &begun {
            Performed::Now(answer) => (&answer.body, false),
            Performed::Before(answer) => (&answer.body, true),
        };
        let Kept { payment_id } = serde_json::from_slice(kept)
            .map_err(|error| AppError::Broken(format!("a kept payment cannot be read: {error}")))?;
        let how = if is_repeated { Asked::Again } else { Asked::First };
        let collected = self.ask_about(partner_id, payment_id, how).await?;
        Ok(Paid { collected, is_repeated })
    }

    async fn begun(&self, partner_id: PartnerId, wanted: &Collect) -> Result<Done> {
        let (payment_id, is_new) = match self.begin_payment(partner_id, wanted).await? {
            Begun::New(attempt) => (attempt.payment_id, true),
            Begun::Known(payment_id) => (payment_id, false),
        };
        let broken = |error| AppError::Broken(format!("a payment is no JSON: {error}"));
        let body = serde_json::to_vec(&Kept { payment_id }).map_err(broken)?;
        let (payment, currency) = self.find_payment(partner_id, payment_id).await?;
        let shown = resource::Payment::of(&payment, currency);
        let change = Change {
            action: "invoice.pay",
            tenant_id: Some(payment.tenant_id),
            object_id: wanted.invoice_id.to_string(),
            before: None,
            after: Some(serde_json::to_value(&shown).map_err(broken)?),
        };
        let answer = Answer { status: 201, headers: Vec::new(), body };
        // A form that is sent twice is written down once.
        Ok(Done { answer, change: is_new.then_some(change), secret: None })
    }
}
