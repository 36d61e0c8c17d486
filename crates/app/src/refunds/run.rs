//! Asking the processor about refunds, and what it answers.
//!
//! Decided here: an answer that never came is no failure. A refund whose answer was lost, or that
//! was written down a while ago, is looked up among its charge's refunds before it is asked for
//! again, under the same key: nothing is given back twice, however long ago that was.

use adapters::processor::{
    At, NewRefund, Ours, PaymentGateway, ProcessorError, Refund as Answered, RefundStatus,
};
use domain::{
    ids::{PartnerId, RefundId},
    money::Minor,
    refund::{Destination, Refund, RefundState},
    time::Timestamp,
};
use store::{db::Tx, payments, refunds};

use super::{Charged, charged, key_of, locked, policy, settle};
use crate::{
    App,
    error::{AppError, Result},
    events,
};

/// Keys are safe to use again for a day at the least; looking first costs little.
const LOOK_FIRST_SECONDS: i64 = 3_600;
/// Seconds until somebody asks again where nobody answered.
const SHORTEST_WAIT_SECONDS: i64 = 60;
/// No wait is longer than twelve hours.
const LONGEST_WAIT_SECONDS: i64 = 43_200;

/// What is known of a refund after the processor was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// This, and how much of the charge's fee was given back in all.
    Answer(Answered, Minor),
    /// It was refused for good.
    Refused(String),
    /// Nobody knows.
    Unknown(String),
    /// Nothing was begun.
    NotBegun(String),
}

impl App {
    /// Asks the processor how a refund stands, or for it where it was not asked for yet, and
    /// settles its answer. Harmless at any time and any number of times.
    pub async fn look_at_refund(&self, partner_id: PartnerId, refund_id: RefundId) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let found = refunds::find(&mut tx, partner_id, refund_id).await?;
        let refund = found.ok_or_else(|| AppError::not_found("refund", refund_id))?;
        let payment = match refund.payment_id {
            Some(payment_id) => payments::find(&mut tx, partner_id, payment_id).await?,
            None => None,
        };
        tx.commit().await?;
        let charge = payment.as_ref().and_then(charged);
        let waits = refund.state.is_open() || refund.look_at.is_some();
        if refund.destination != Destination::Card || !waits {
            return Ok(());
        }
        let Some(charge) = charge else {
            let why = Known::Unknown("the charge of this refund is not known".to_owned());
            return self.refund_known(partner_id, refund_id, &why).await.map(drop);
        };
        let known = match self.at(partner_id, &charge.context).await {
            Ok(at) => self.refund_asked(partner_id, (&refund, &charge), &at).await?,
            // Keys that were taken away: nothing can be asked, so nothing will be given back.
            Err(AppError::Refused(why)) if refund.state == RefundState::Requested => {
                Known::Refused(why)
            }
            Err(AppError::Refused(why)) => Known::Unknown(why),
            Err(error) => return Err(error),
        };
        self.refund_known(partner_id, refund_id, &known).await.map(drop)
    }

    async fn refund_asked(
        &self,
        partner_id: PartnerId,
        (refund, charge): (&Refund, &Charged),
        at: &At,
    ) -> Result<Known> {
        let answer = self.ask_for_refund(partner_id, (refund, charge), at).await?;
        if let Err(ProcessorError::Unauthorised { .. }) = &answer {
            self.key_refused(partner_id, &charge.context).await?;
        }
        Ok(match answer {
            Ok(answer) => {
                let told = (refund, &answer.status);
                let fee = match self.fee_returned(partner_id, told, charge).await {
                    Ok(fee) => fee,
                    Err(AppError::Outside(why)) => return Ok(Known::Unknown(why)),
                    Err(error) => return Err(error),
                };
                Known::Answer(answer, fee)
            }
            Err(ProcessorError::NotBegun(why)) => Known::NotBegun(why),
            Err(ProcessorError::Unknown(why)) => Known::Unknown(why),
            // A key that stopped working says nothing about what was done with it before.
            Err(error @ ProcessorError::Unauthorised { .. })
                if refund.state != RefundState::Requested =>
            {
                Known::Unknown(error.to_string())
            }
            Err(error) if refund.reference.is_some() => Known::Unknown(error.to_string()),
            // It was asked for before, and something is asked otherwise since, such as what
            // becomes of the fee.
            Err(error @ ProcessorError::Refused { .. }) if is_other_request(&error) => {
                Known::Unknown(error.to_string())
            }
            Err(error) => Known::Refused(error.to_string()),
        })
    }

    async fn ask_for_refund(
        &self,
        partner_id: PartnerId,
        (refund, charge): (&Refund, &Charged),
        at: &At,
    ) -> Result<Result<Answered, ProcessorError>> {
        let (processor, now) = (&self.outside.processor, self.clock.now());
        if let Some(reference) = &refund.reference {
            return Ok(processor.refund_state(at, reference, now).await);
        }
        let is_old = now > refund.created_at.plus_seconds(LOOK_FIRST_SECONDS);
        let ours =
            Ours { partner_id: partner_id.to_string(), object_id: refund.refund_id.to_string() };
        if is_old || refund.state == RefundState::Unknown {
            match processor.refunds_of(at, &charge.reference, now).await {
                Ok(all) => {
                    let own = all.into_iter().find(|it| it.ours.as_ref() == Some(&ours));
                    if let Some(own) = own {
                        return Ok(Ok(own));
                    }
                }
                Err(ProcessorError::NotBegun(why)) => {
                    // The state before this question is still the best that is known.
                    return Ok(Err(ProcessorError::Unknown(why)));
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        let new = NewRefund {
            charge: charge.reference.clone(),
            amount: refund.amount,
            fee: self.fee_policy(partner_id).await?.on(charge),
            ours,
            asked_at: refund.created_at,
        };
        Ok(processor.refund(at, &key_of(refund), &new).await)
    }

    /// Writes down what is known of a refund. The same again changes nothing.
    pub(super) async fn refund_known(
        &self,
        partner_id: PartnerId,
        refund_id: RefundId,
        known: &Known,
    ) -> Result<Refund> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let found = refunds::find(tx, partner_id, refund_id).await?;
                let found = found.ok_or_else(|| AppError::not_found("refund", refund_id))?;
                locked(tx, partner_id, found.invoice_id).await?;
                // Read again: the lock was not held yet.
                let refund = refunds::find(tx, partner_id, refund_id).await?.unwrap_or(found);
                match known {
                    Known::Answer(answer, fee) => {
                        let look_at = self.outside.processor.look_at_refund(answer, now);
                        answered(tx, partner_id, (refund, answer, *fee), (look_at, now)).await
                    }
                    Known::Refused(why) if refund.state.is_open() => {
                        settle::failed(tx, partner_id, (refund, why), now).await
                    }
                    Known::Unknown(why) => {
                        wait(tx, partner_id, (refund, RefundState::Unknown, why), now).await
                    }
                    Known::NotBegun(why) => {
                        wait(tx, partner_id, (refund, RefundState::Requested, why), now).await
                    }
                    Known::Refused(_) => Ok(refund),
                }
            })
            .await
    }
}

/// Whether the processor says that the key named another request.
fn is_other_request(error: &ProcessorError) -> bool {
    matches!(error, ProcessorError::Refused { code, .. } if code == "idempotency_error")
}

/// Moves a refund on to what the processor says, if that is news.
async fn answered(
    tx: &mut Tx,
    partner_id: PartnerId,
    (refund, answer, fee): (Refund, &Answered, Minor),
    (look_at, now): (Option<Timestamp>, Timestamp),
) -> Result<Refund> {
    let next = match &answer.status {
        RefundStatus::Pending => RefundState::Submitted,
        RefundStatus::Succeeded => RefundState::Succeeded,
        RefundStatus::Failed(_) => RefundState::Failed,
    };
    let is_news = refund.state.may_become(next);
    let is_known = refund.reference.as_deref() == Some(&*answer.reference);
    if !is_news && is_known && refund.look_at == look_at {
        return Ok(refund);
    }
    let look_at = look_at.filter(|_| refund.state.holds());
    let reference = Some(answer.reference.clone());
    let refund = Refund { reference, look_at, ..refund };
    if !is_news {
        return settle::keep(tx, partner_id, refund).await;
    }
    // The fee goes back when the refund is made, and stays there where it fails.
    policy::book_fee(tx, partner_id, (&refund, fee), now).await?;
    match &answer.status {
        RefundStatus::Succeeded => settle::succeeded(tx, partner_id, refund, now).await,
        RefundStatus::Failed(why) => settle::failed(tx, partner_id, (refund, why), now).await,
        RefundStatus::Pending => {
            let refund = Refund { state: next, failure: String::new(), ..refund };
            let refund = settle::keep(tx, partner_id, refund).await?;
            let invoice = locked(tx, partner_id, refund.invoice_id).await?;
            let event = events::of_refund("refund.updated", &refund, invoice.currency, now);
            store::events::append(tx, partner_id, &[event]).await?;
            Ok(refund)
        }
    }
}

/// Asks again later; the longer it takes, the less often.
async fn wait(
    tx: &mut Tx,
    partner_id: PartnerId,
    (refund, state, why): (Refund, RefundState, &str),
    now: Timestamp,
) -> Result<Refund> {
    if !refund.state.holds() {
        return Ok(refund);
    }
    let age = now.micros().saturating_sub(refund.created_at.micros()) / 1_000_000;
    let seconds = age.clamp(SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS);
    let state = if refund.state.may_become(state) { state } else { refund.state };
    let failure = if state.is_open() { why.to_owned() } else { refund.failure.clone() };
    let look_at = Some(now.plus_seconds(seconds));
    settle::keep(tx, partner_id, Refund { state, failure, look_at, ..refund }).await
}
