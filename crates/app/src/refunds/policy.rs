//! What becomes of the platform's fee when a charge is refunded (REF-09, ruling 11).
//!
//! Decided here: it is kept, unless the operator decided otherwise for a partner. What is booked is
//! what the processor says it gave back in all, never a share of our own reckoning: the roundings
//! of several partial refunds would drift.

use adapters::processor::{FeeOnRefund, IdempotencyKey, PaymentGateway, RefundStatus};
use domain::{
    ids::PartnerId,
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Minor, round_to_i64},
    refund::{Origin, Refund},
    time::Timestamp,
};
use store::db::Tx;

use super::Charged;
use crate::{
    App,
    error::{AppError, Result},
};

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeePolicy {
    /// The platform keeps it.
    #[default]
    Kept,
    /// It is given back in proportion.
    Returned,
}

impl FeePolicy {
    /// `kept` or `returned`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Returned => "returned",
        }
    }
    /// The policy with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Kept, Self::Returned].into_iter().find(|policy| policy.as_str() == text)
    }
    /// What the processor is asked for a charge: nothing where the charge has no fee, because that
    /// is refused (Stripe facts, 5 row 14).
    pub(super) fn on(self, charge: &Charged) -> FeeOnRefund {
        match self {
            Self::Returned if !charge.fee.is_zero() => FeeOnRefund::Returned,
            _ => FeeOnRefund::Kept,
        }
    }
}

impl App {
    /// What becomes of the platform's fee when a partner's charge is refunded.
    pub async fn fee_policy(&self, partner_id: PartnerId) -> Result<FeePolicy> {
        let mut tx = self.db.begin_single().await?;
        let returned = store::refunds::returns_fees(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(if returned { FeePolicy::Returned } else { FeePolicy::Kept })
    }

    /// Says what becomes of it, for refunds that are asked for from now on.
    pub async fn set_fee_policy(&self, partner_id: PartnerId, policy: FeePolicy) -> Result<()> {
        self.partner(partner_id).await?;
        self.db
            .write(async |tx: &mut Tx| {
                store::refunds::set_policy(tx, partner_id, policy.as_str()).await
            })
            .await
            .map_err(AppError::from)
    }

    /// How much of a charge's fee was given back so far, in all, whatever became of the refunds.
    /// For one that was made in the processor's dashboard, and succeeded, the share is given back
    /// first: nobody asked for it there.
    pub(super) async fn fee_returned(
        &self,
        partner_id: PartnerId,
        (refund, status): (&Refund, &RefundStatus),
        charge: &Charged,
    ) -> Result<Minor> {
        let policy = self.fee_policy(partner_id).await?;
        if charge.fee.is_zero() || policy == FeePolicy::Kept {
            return Ok(Minor::ZERO);
        }
        let at = self.at(partner_id, &charge.context).await?;
        let outside =
            |error: adapters::processor::ProcessorError| AppError::Outside(error.to_string());
        let processor = &self.outside.processor;
        if refund.origin == Origin::Processor && *status == RefundStatus::Succeeded {
            let share = self.share_of_fee(partner_id, (refund, charge)).await?;
            let key = IdempotencyKey::new(format!("refund_fee:{}", refund.refund_id));
            if share > Minor::ZERO {
                let given = processor.return_fee(&at, &key, (&charge.reference, share)).await;
                given.map_err(outside)?;
            }
        }
        processor.fee_returned(&at, &charge.reference).await.map_err(outside)
    }

    /// The share of the fee that belongs to a refund, rounded down so that all shares together are
    /// never more than the fee.
    async fn share_of_fee(
        &self,
        partner_id: PartnerId,
        (refund, charge): (&Refund, &Charged),
    ) -> Result<Minor> {
        let Some(payment_id) = refund.payment_id else { return Ok(Minor::ZERO) };
        let (payment, _) = self.find_payment(partner_id, payment_id).await?;
        let exact = i128::from(charge.fee.get()) * i128::from(refund.amount.get());
        let whole = i128::from(payment.amount.get());
        let rest = exact % whole;
        Ok(Minor::new(round_to_i64(exact - rest, whole)?))
    }
}

/// Books what the processor gave back of a fee beyond what is booked already.
pub(super) async fn book_fee(
    tx: &mut Tx,
    partner_id: PartnerId,
    (refund, returned): (&Refund, Minor),
    now: Timestamp,
) -> Result<()> {
    let Some(payment_id) = refund.payment_id else { return Ok(()) };
    let booked = store::refunds::fee_booked(tx, partner_id, payment_id).await?;
    let more = returned.minus(booked)?;
    if more <= Minor::ZERO {
        return Ok(());
    }
    let invoice = super::locked(tx, partner_id, refund.invoice_id).await?;
    let amount = invoice.currency.to_micros(more)?;
    let sides = (Account::Clearing, Account::ApplicationFees);
    let kind = TransferKind::FeeReturned;
    let transfer = Transfer::new(kind, Some(refund.tenant_id), sides, amount)?;
    let source = TxSource { kind: "refund", id: refund.refund_id.to_string(), purpose: "fee" };
    let text = ("Platform fee given back".to_owned(), transfer.into_iter().collect());
    let booking = LedgerTx::new(Flow::Retail, now, source, text)
        .map_err(|error| AppError::Broken(error.to_string()))?;
    if store::ledger::post_once(tx, partner_id, &booking).await? {
        store::refunds::count_fee(tx, partner_id, (payment_id, more)).await?;
    }
    Ok(())
}
