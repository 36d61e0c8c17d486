//! Refunds that the processor tells of: ours, and those made in its dashboard (REF-14, STR-18).
//!
//! Decided here: a refund is ours if its id, or the row that it was made for, is known; otherwise
//! it was made in the dashboard, and its payment is found by the charge. What was given back there
//! is given back, whether or not that much was left: the invoice counts what it can, the books all.

use adapters::processor::Refund as Answered;
use domain::{
    ids::{PartnerId, RefundId},
    invoice::issued::Invoice,
    money::Minor,
    payment::Payment,
    processor::AccountContext,
    refund::{Destination, Origin, Refund, RefundState},
};
use store::{db::Tx, refunds};

use super::{charged, locked, payment_of, request::tax_of, run::Known};
use crate::{
    App,
    error::{AppError, Result},
    events,
};

impl App {
    /// Takes over what the processor says of a refund, in any order and any number of times.
    /// Answers whether its payment is known here; if not, it may become so.
    pub async fn refund_told(&self, context: &AccountContext, told: &Answered) -> Result<bool> {
        let known = match self.refund_of(context, told).await? {
            Some(known) => Some(known),
            None => self.take_over(context, told).await?,
        };
        let Some((partner_id, refund)) = known else { return Ok(false) };
        let mut fee = Minor::ZERO;
        if let Some(payment_id) = refund.payment_id {
            let (payment, _) = self.find_payment(partner_id, payment_id).await?;
            if let Some(charge) = charged(&payment) {
                fee = self.fee_returned(partner_id, (&refund, &told.status), &charge).await?;
            }
        }
        let known = Known::Answer(told.clone(), fee);
        self.refund_known(partner_id, refund.refund_id, &known).await?;
        Ok(true)
    }

    /// The row of a refund that is known.
    async fn refund_of(
        &self,
        context: &AccountContext,
        told: &Answered,
    ) -> Result<Option<(PartnerId, Refund)>> {
        let mut tx = self.db.begin_read().await?;
        let mut found = refunds::by_reference(&mut tx, context, &told.reference).await?;
        if let (None, Some(ours)) = (&found, &told.ours) {
            let ids = (ours.partner_id.parse::<PartnerId>(), ours.object_id.parse::<RefundId>());
            if let (Ok(partner_id), Ok(refund_id)) = ids {
                let own = refunds::find(&mut tx, partner_id, refund_id).await?;
                // Metadata can be written by whoever has the account: the charge must be the same.
                let own = own.filter(|own| {
                    own.context.as_ref() == Some(context)
                        && own.charge.as_deref() == Some(&*told.charge)
                });
                found = own.map(|own| (partner_id, own));
            }
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Writes down a refund that was made in the processor's dashboard.
    async fn take_over(
        &self,
        context: &AccountContext,
        told: &Answered,
    ) -> Result<Option<(PartnerId, Refund)>> {
        let now = self.clock.now();
        let taken = self
            .db
            .write(async |tx: &mut Tx| {
                let found = payment_of(tx, context, &told.charge).await?;
                let Some((partner_id, payment)) = found else {
                    return Ok::<_, AppError>(None);
                };
                store::ledger::lock_book(tx, partner_id).await?;
                let invoice = locked(tx, partner_id, payment.invoice_id).await?;
                let refund = foreign(tx, (&invoice, &payment), (context, told)).await?;
                if refunds::insert(tx, partner_id, &refund).await? {
                    let created =
                        events::of_refund("refund.created", &refund, invoice.currency, now);
                    store::events::append(tx, partner_id, &[created]).await?;
                }
                Ok(Some((partner_id, refund)))
            })
            .await?;
        Ok(taken)
    }
}

/// The row of a refund that nobody here asked for. Its id follows from the processor's.
async fn foreign(
    tx: &mut Tx,
    (invoice, payment): (&Invoice, &Payment),
    (context, told): (&AccountContext, &Answered),
) -> Result<Refund> {
    let (refunded, noted) = refunds::given_back(tx, invoice.partner_id, invoice.invoice_id).await?;
    let given = refunded.amount.plus(noted.amount)?;
    let left = invoice.paid.plus(invoice.credited)?.minus(given)?.max(Minor::ZERO);
    let applied = told.amount.min(left);
    let tax = tax_of(tx, invoice, applied).await?;
    let parts = ["told", &context.to_string(), &told.reference];
    Ok(Refund {
        refund_id: RefundId::derived(told.created_at, &parts),
        tenant_id: invoice.tenant_id,
        invoice_id: invoice.invoice_id,
        payment_id: Some(payment.payment_id),
        destination: Destination::Card,
        amount: told.amount,
        applied,
        tax,
        state: RefundState::Requested,
        origin: Origin::Processor,
        reason: "Refunded at the payment processor".to_owned(),
        failure: String::new(),
        context: Some(context.clone()),
        charge: Some(told.charge.clone()),
        reference: Some(told.reference.clone()),
        retry_of: None,
        credit_id: None,
        created_at: told.created_at,
        settled_at: None,
        // Should this process end before it goes on, somebody asks.
        look_at: Some(told.created_at),
        version: 1,
    })
}
