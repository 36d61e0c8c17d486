//! Disputes: tenants take payments back through their banks (REF-15, REF-16, REF-17).
//!
//! Decided here: the processor tells how a dispute stands, in any order and any number of times;
//! once it is won or lost it stays so. What is lost is booked as money that will never come; the
//! invoice stays what it is, says that it was lost, and nothing is charged for it by itself any
//! more. Of a dispute on the operator's own account the partner is told by one mail; of the others
//! it is told by the processor (REF-15).

mod bundle;
mod evidence;
mod mail;

use adapters::processor::{Charge, Dispute as Told, DisputeStatus, PaymentGateway, ProcessorError};
use domain::{
    dispute::{Dispute, DisputeState},
    ids::{DisputeId, InvoiceId, PartnerId, PaymentId},
    invoice::issued::Invoice,
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::Currency,
    paging::{Page, PageRequest},
    payment::Payment,
    processor::AccountContext,
    time::Timestamp,
};
pub use store::disputes::{DisputeFilter, ListedDispute};
use store::{db::Tx, disputes};

pub use self::evidence::NewEvidence;
use crate::{
    App,
    error::{AppError, Result},
    events, outbox,
    refunds::{locked, payment_of},
};

/// Seconds until an open dispute is asked about whose evidence is due, or has no such day.
const LOOK_SECONDS: i64 = 86_400;
/// The same where the processor did not answer.
const RETRY_SECONDS: i64 = 3_600;

impl App {
    /// Takes over how a dispute stands. Answers whether its payment is known here; if not, it may
    /// become so.
    pub async fn dispute_told(&self, context: &AccountContext, told: &Told) -> Result<bool> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let known = disputes::by_reference(tx, context, &told.reference).await?;
                let (partner_id, invoice_id) = match &known {
                    Some((partner_id, dispute)) => (*partner_id, dispute.invoice_id),
                    None => {
                        let Some((partner_id, payment)) =
                            payment_of(tx, context, &told.charge).await?
                        else {
                            return Ok::<_, AppError>(false);
                        };
                        (partner_id, payment.invoice_id)
                    }
                };
                store::ledger::lock_book(tx, partner_id).await?;
                let invoice = locked(tx, partner_id, invoice_id).await?;
                // Read again: the lock was not held yet.
                let dispute = match disputes::by_reference(tx, context, &told.reference).await? {
                    Some((_, dispute)) => dispute,
                    None => opened(tx, &invoice, (context, told), now).await?,
                };
                moved(tx, &invoice, (dispute, told), now).await?;
                Ok(true)
            })
            .await
    }

    /// Takes over the dispute of a charge that was looked at, where it has one.
    pub async fn dispute_seen(&self, context: &AccountContext, charge: &Charge) -> Result<bool> {
        let Some(reference) = &charge.dispute else { return Ok(false) };
        let mut tx = self.db.begin_single().await?;
        let found = payment_of(&mut tx, context, &charge.reference).await?;
        tx.commit().await?;
        let Some((partner_id, _)) = found else { return Ok(false) };
        let at = self.at(partner_id, context).await?;
        let told = self.outside.processor.dispute(&at, reference, self.clock.now()).await;
        let told = told.map_err(|error| AppError::Outside(error.to_string()))?;
        self.dispute_told(context, &told).await
    }

    /// Asks the processor how a dispute stands; asked later again while it is open.
    pub async fn look_at_dispute(
        &self,
        partner_id: PartnerId,
        dispute_id: DisputeId,
    ) -> Result<()> {
        let mut tx = self.db.begin_single().await?;
        let found = disputes::find(&mut tx, Some(partner_id), dispute_id).await?;
        tx.commit().await?;
        let (_, dispute) = found.ok_or_else(|| AppError::not_found("dispute", dispute_id))?;
        let now = self.clock.now();
        let told = match self.at(partner_id, &dispute.context).await {
            Ok(at) => {
                let told = self.outside.processor.dispute(&at, &dispute.reference, now).await;
                if let Err(ProcessorError::Unauthorised { .. }) = &told {
                    self.key_refused(partner_id, &dispute.context).await?;
                }
                told.map_err(|error| error.to_string())
            }
            Err(AppError::Refused(why)) => Err(why),
            Err(error) => return Err(error),
        };
        let seconds = match told {
            Ok(told) => {
                self.dispute_told(&dispute.context, &told).await?;
                LOOK_SECONDS
            }
            Err(why) => {
                tracing::warn!(dispute = %dispute_id, why, "a dispute cannot be looked at");
                RETRY_SECONDS
            }
        };
        self.db
            .write(async |tx: &mut Tx| {
                let Some((_, dispute)) = disputes::find(tx, Some(partner_id), dispute_id).await?
                else {
                    return Ok::<_, AppError>(());
                };
                if dispute.state.is_open() && dispute.look_at.is_some_and(|at| at <= now) {
                    let look_at = Some(now.plus_seconds(seconds));
                    disputes::save(tx, partner_id, &Dispute { look_at, ..dispute }).await?;
                }
                Ok(())
            })
            .await
    }

    /// One dispute, of this partner or of anybody, with its owner and currency.
    pub async fn find_dispute(
        &self,
        partner_id: Option<PartnerId>,
        dispute_id: DisputeId,
    ) -> Result<ListedDispute> {
        let mut tx = self.db.begin_read().await?;
        let found = disputes::find(&mut tx, partner_id, dispute_id).await?;
        let (owner, dispute) = found.ok_or_else(|| AppError::not_found("dispute", dispute_id))?;
        let invoice = store::invoices::find(&mut tx, owner, dispute.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", dispute.invoice_id))?;
        tx.commit().await?;
        Ok((owner, dispute, invoice.currency))
    }

    /// A page of disputes.
    pub async fn dispute_page(
        &self,
        filter: DisputeFilter,
        page: &PageRequest,
    ) -> Result<Page<ListedDispute>> {
        let mut tx = self.db.begin_single().await?;
        let page = disputes::list(&mut tx, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// How these payments stand that were ever disputed.
    pub async fn disputes_of(
        &self,
        partner_id: PartnerId,
        payments: &[PaymentId],
    ) -> Result<std::collections::BTreeMap<PaymentId, DisputeState>> {
        let mut tx = self.db.begin_single().await?;
        let found = disputes::of_payments(&mut tx, partner_id, payments).await?;
        tx.commit().await?;
        Ok(found.into_iter().collect())
    }

    /// How the payments of an invoice stand that were ever disputed: lost where one was lost.
    pub async fn dispute_of_invoice(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<Option<DisputeState>> {
        let mut tx = self.db.begin_single().await?;
        let all = disputes::of_invoice(&mut tx, partner_id, invoice_id).await?;
        tx.commit().await?;
        let weight = |state: &DisputeState| match state {
            DisputeState::Lost => 2,
            DisputeState::Open => 1,
            DisputeState::Won => 0,
        };
        Ok(all.into_iter().map(|dispute| dispute.state).max_by_key(weight))
    }
}

/// Writes a new dispute down, tells of it, and has the partner mailed where the operator answers.
async fn opened(
    tx: &mut Tx,
    invoice: &Invoice,
    (context, told): (&AccountContext, &Told),
    now: Timestamp,
) -> Result<Dispute> {
    let partner_id = invoice.partner_id;
    let found = payment_of(tx, context, &told.charge).await?;
    let (_, payment): (_, Payment) =
        found.ok_or_else(|| AppError::not_found("charge", &told.charge))?;
    let parts = [&*context.to_string(), &told.reference];
    let detail = match &told.status {
        DisputeStatus::Open(detail) => detail.clone(),
        DisputeStatus::Won | DisputeStatus::Lost => String::new(),
    };
    let dispute = Dispute {
        dispute_id: DisputeId::derived(now, &parts),
        tenant_id: invoice.tenant_id,
        invoice_id: invoice.invoice_id,
        payment_id: payment.payment_id,
        context: context.clone(),
        reference: told.reference.clone(),
        amount: told.amount,
        reason: told.reason.clone(),
        state: DisputeState::Open,
        detail,
        evidence_due: told.evidence_due,
        evidence: String::new(),
        submitted_at: None,
        opened_at: now,
        closed_at: None,
        look_at: next_look(told.evidence_due, now),
        version: 1,
    };
    disputes::insert(tx, partner_id, &dispute).await?;
    let event = events::of_dispute("dispute.created", &dispute, invoice.currency, now);
    store::events::append(tx, partner_id, &[event]).await?;
    outbox::redraw(tx, invoice, now).await?;
    if dispute.is_answered_here() {
        let partner = store::partners::find(tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        match mail::text(&partner, (&dispute, invoice)) {
            Ok(text) => {
                let key = format!("dispute:{}", dispute.dispute_id);
                store::mails::enqueue(tx, partner_id, (&key, &text), now).await?;
            }
            Err(error) => {
                tracing::warn!(dispute = %dispute.dispute_id, %error, "nobody to be mailed");
            }
        }
    }
    Ok(dispute)
}

fn next_look(evidence_due: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let tomorrow = now.plus_seconds(LOOK_SECONDS);
    Some(evidence_due.filter(|due| *due > now).unwrap_or(tomorrow))
}

/// Moves a dispute on to what the processor says, if that is news.
async fn moved(
    tx: &mut Tx,
    invoice: &Invoice,
    (dispute, told): (Dispute, &Told),
    now: Timestamp,
) -> Result<Dispute> {
    if !dispute.state.is_open() {
        return Ok(dispute);
    }
    match &told.status {
        DisputeStatus::Open(detail) => {
            if *detail == dispute.detail && told.evidence_due == dispute.evidence_due {
                return Ok(dispute);
            }
            let dispute = Dispute {
                detail: detail.clone(),
                evidence_due: told.evidence_due,
                look_at: next_look(told.evidence_due, now),
                ..dispute
            };
            keep(tx, (invoice, "dispute.updated"), dispute, now).await
        }
        DisputeStatus::Won => close(tx, invoice, (dispute, DisputeState::Won), now).await,
        DisputeStatus::Lost => close(tx, invoice, (dispute, DisputeState::Lost), now).await,
    }
}

/// Closes an open dispute; one that is lost takes its money out of the books.
async fn close(
    tx: &mut Tx,
    invoice: &Invoice,
    (dispute, state): (Dispute, DisputeState),
    now: Timestamp,
) -> Result<Dispute> {
    if state == DisputeState::Lost {
        let booking = lost(&dispute, invoice.currency, now)?;
        store::ledger::post_once(tx, invoice.partner_id, &booking).await?;
    }
    let (closed_at, detail) = (Some(now), String::new());
    let dispute = Dispute { state, closed_at, detail, look_at: None, ..dispute };
    outbox::redraw(tx, invoice, now).await?;
    keep(tx, (invoice, "dispute.closed"), dispute, now).await
}

/// Saves a dispute in its next version and tells of it.
async fn keep(
    tx: &mut Tx,
    (invoice, event): (&Invoice, &str),
    dispute: Dispute,
    now: Timestamp,
) -> Result<Dispute> {
    disputes::save(tx, invoice.partner_id, &dispute).await?;
    let dispute = Dispute { version: dispute.version + 1, ..dispute };
    let event = events::of_dispute(event, &dispute, invoice.currency, now);
    store::events::append(tx, invoice.partner_id, &[event]).await?;
    Ok(dispute)
}

/// The ledger's view of a lost dispute: money that came will never stay.
fn lost(dispute: &Dispute, currency: Currency, now: Timestamp) -> Result<LedgerTx> {
    let tenant = Some(dispute.tenant_id);
    let amount = currency.to_micros(dispute.amount)?;
    let sides = (Account::WriteOffs, Account::Clearing);
    let transfer = Transfer::new(TransferKind::DisputeLost, tenant, sides, amount)?;
    let id = dispute.dispute_id.to_string();
    let source = TxSource { kind: "dispute", id, purpose: "lost" };
    let text = ("Payment lost to a dispute".to_owned(), transfer.into_iter().collect());
    LedgerTx::new(Flow::Retail, now, source, text)
        .map_err(|error| AppError::Broken(error.to_string()))
}
