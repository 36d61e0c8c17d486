//! Refunds: money that tenants paid goes back to them (REF-01 to REF-14).
//!
//! Decided here: the order of things, as for payments. Refunds are written down and committed
//! before the processor is asked; it is asked outside of any transaction, under a key that follows
//! from the refund; what it answers is settled in a second transaction, once. Whoever dies in
//! between leaves a refund that is due to be asked about. A refund goes to the account on which its
//! charge was made, whatever the mode is by then (STR-22). What goes to the balance or by hand
//! needs nobody and is settled where it is written. The partner's wallet is never touched (REF-13).

mod history;
mod notes;
mod policy;
mod request;
mod run;
mod settle;
mod told;

use adapters::processor::IdempotencyKey;
use domain::{
    ids::{InvoiceId, PartnerId, RefundId},
    invoice::issued::Invoice,
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    payment::Payment,
    processor::AccountContext,
    refund::{Refund, Refundable},
    time::Span,
};
use store::db::Tx;
pub use store::payment_history::HistoryEntry;
pub use store::{credit_notes::NoteFilter, payment_history::HistoryFilter, refunds::RefundFilter};

pub use self::{
    notes::NewCreditNote,
    policy::FeePolicy,
    request::{Refunded, WantedRefund},
};
use crate::{
    App,
    error::{AppError, Result},
};

/// The charge behind a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charged {
    /// On whose account it is.
    pub(crate) context: AccountContext,
    /// The processor's id of it.
    pub(crate) reference: String,
    /// The platform's share of it that the processor keeps back.
    pub(crate) fee: Minor,
}

/// The charge behind a payment, where a processor made it.
pub(crate) fn charged(payment: &Payment) -> Option<Charged> {
    let (context, reference) = (payment.context.clone()?, payment.reference.clone()?);
    // Only a charge on a connected account carries the fee; in platform mode the settlement
    // keeps it back, and the processor knows of none.
    let has_fee = matches!(context, AccountContext::Connected(_));
    let fee = if has_fee { payment.fee } else { Minor::ZERO };
    Some(Charged { context, reference, fee })
}

/// The payment behind a charge, and whose it is.
pub(crate) async fn payment_of(
    tx: &mut Tx,
    context: &AccountContext,
    reference: &str,
) -> Result<Option<(PartnerId, Payment)>> {
    let found = store::payments::of_reference(tx, context, reference).await?;
    let Some((partner_id, payment_id)) = found else { return Ok(None) };
    let payment = store::payments::find(tx, partner_id, payment_id).await?;
    Ok(payment.map(|payment| (partner_id, payment)))
}

/// The invoice, locked until the transaction ends and read after that. The book was locked before.
pub(crate) async fn locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Invoice> {
    let not_found = || AppError::not_found("invoice", invoice_id);
    if !store::payments::lock_invoice(tx, partner_id, invoice_id).await? {
        return Err(not_found());
    }
    store::invoices::find(tx, partner_id, invoice_id).await?.ok_or_else(not_found)
}

/// Names a refund at the processor for ever.
fn key_of(refund: &Refund) -> IdempotencyKey {
    IdempotencyKey::new(format!("refund:{}", refund.refund_id))
}

/// What was collected in a span of time (REP-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collections {
    /// What tenants paid.
    pub paid: Minor,
    /// What went back to them, by refunds on the day they succeeded and by lost disputes (REF-10).
    pub given_back: Minor,
    /// The rest: revenue of the span.
    pub revenue: Minor,
}

impl App {
    /// One refund of the partner, with its invoice's currency.
    pub async fn find_refund(
        &self,
        partner_id: PartnerId,
        refund_id: RefundId,
    ) -> Result<(Refund, Currency)> {
        let mut tx = self.db.begin_read().await?;
        let found = store::refunds::find(&mut tx, partner_id, refund_id).await?;
        let refund = found.ok_or_else(|| AppError::not_found("refund", refund_id))?;
        let invoice = store::invoices::find(&mut tx, partner_id, refund.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", refund.invoice_id))?;
        tx.commit().await?;
        Ok((refund, invoice.currency))
    }

    /// A page of the partner's refunds, each with its invoice's currency.
    pub async fn refund_page(
        &self,
        partner_id: PartnerId,
        filter: RefundFilter,
        page: &PageRequest,
    ) -> Result<Page<(Refund, Currency)>> {
        let mut tx = self.db.begin_single().await?;
        let page = store::refunds::list(&mut tx, partner_id, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// What can be given back of an invoice now (F-17).
    pub async fn refundable(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<Refundable> {
        let mut tx = self.db.begin_read().await?;
        let invoice = store::invoices::find(&mut tx, partner_id, invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", invoice_id))?;
        let refundable = request::refundable(&mut tx, &invoice).await?;
        tx.commit().await?;
        Ok(refundable)
    }

    /// What a partner collected in a span of time.
    pub async fn collections(&self, partner_id: PartnerId, span: Span) -> Result<Collections> {
        let mut tx = self.db.begin_single().await?;
        let (paid, given_back) = store::refunds::collected(&mut tx, partner_id, span).await?;
        tx.commit().await?;
        Ok(Collections { paid, given_back, revenue: paid.minus(given_back)? })
    }
}
