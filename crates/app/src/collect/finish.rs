//! A payment that waits for its payer is confirmed or given up.

use adapters::processor::{IdempotencyKey, PaymentGateway, sandbox::Authentication};
use domain::{
    ids::{PartnerId, PaymentId},
    payment::{Attempt, Payment, PaymentStatus},
};
use store::attempts;

use super::{Asking, Collected};
use crate::{
    App,
    error::{AppError, Result},
};

/// What the payer does in the sandbox, where there is no bank to do it at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authenticated {
    /// It is the payer.
    Passed,
    /// It is not.
    Failed,
}

impl App {
    /// Asks the processor how a payment stands; in the sandbox after the payer did so.
    pub async fn confirm_payment(
        &self,
        partner_id: PartnerId,
        payment_id: PaymentId,
        done: Option<Authenticated>,
    ) -> Result<Collected> {
        let (payment, attempt) = self.waiting(partner_id, payment_id).await?;
        if let Some(done) = done {
            let sandbox = self.outside.processor.sandbox();
            let sandbox = sandbox.ok_or_else(|| {
                let why = "only payments of the sandbox are authenticated here";
                AppError::invalid("authentication", why)
            })?;
            if payment.status != PaymentStatus::RequiresAction {
                return Err(not_waiting(&payment));
            }
            let done = match done {
                Authenticated::Passed => Authentication::Passed,
                Authenticated::Failed => Authentication::Failed,
            };
            if let (Some(attempt), Some(reference)) = (&attempt, &payment.reference) {
                let answer = sandbox.authenticate(reference, (done, self.clock.now()));
                self.settle(partner_id, attempt, (&answer, Asking::Again)).await?;
            }
        }
        self.ask_about(partner_id, payment_id, Asking::Again).await
    }

    /// Gives up a payment that waits for its payer.
    pub async fn cancel_payment(
        &self,
        partner_id: PartnerId,
        payment_id: PaymentId,
    ) -> Result<Collected> {
        let (payment, attempt) = self.waiting(partner_id, payment_id).await?;
        if payment.status == PaymentStatus::Cancelled {
            return self.collected(partner_id, (payment_id, None)).await;
        }
        let (PaymentStatus::RequiresAction, Some(attempt), Some(reference), Some(context)) =
            (payment.status, &attempt, &payment.reference, &payment.context)
        else {
            return Err(not_waiting(&payment));
        };
        let at = self.at(partner_id, context).await?;
        let key = IdempotencyKey::new(format!("cancel:{payment_id}:{}", attempt.number));
        let answer = self.outside.processor.cancel_charge(&at, &key, reference).await;
        // It may have been paid in this moment: whatever is told counts.
        let answer = answer.map_err(|error| AppError::Outside(error.to_string()))?;
        self.settle(partner_id, attempt, (&Ok(answer), Asking::Again)).await?;
        self.collected(partner_id, (payment_id, None)).await
    }

    /// A payment and its last attempt, where that is not finished.
    async fn waiting(
        &self,
        partner_id: PartnerId,
        payment_id: PaymentId,
    ) -> Result<(Payment, Option<Attempt>)> {
        let (payment, _) = self.find_payment(partner_id, payment_id).await?;
        let mut tx = self.db.begin_single().await?;
        let attempts = attempts::of_payment(&mut tx, partner_id, payment_id).await?;
        tx.commit().await?;
        let open = attempts.into_iter().rfind(|attempt| attempt.state.is_open());
        Ok((payment, open))
    }
}

fn not_waiting(payment: &Payment) -> AppError {
    let status = payment.status.as_str();
    AppError::Refused(format!("a payment that is {status} does not wait for its payer"))
}
