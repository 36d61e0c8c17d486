//! Money that reached the partner without the platform, and invoices that nobody paid in time.

use domain::{
    ids::{InvoiceId, PartnerId, PaymentId},
    invoice::{issued::Invoice, status::InvoiceEvent},
    ledger::Account,
    money::Minor,
    payment::{MANUAL, Payment, PaymentOrigin, PaymentStatus},
};
use store::{db::Tx, payments};

use super::{Collected, check_open, idle_invoice, locked, settle};
use crate::{
    App,
    error::{AppError, Result},
    events::of_invoice,
    outbox,
};

/// Bytes of a note on a manual payment.
const MAX_NOTE_BYTES: usize = 1_000;

/// A payment that reached the partner without the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidElsewhere {
    /// What was paid.
    pub invoice_id: InvoiceId,
    /// How much; all that is due where it is left out.
    pub amount: Option<Minor>,
    /// How, for the books.
    pub note: String,
}

impl PaidElsewhere {
    /// How much of the invoice it pays: any part of what is due, and no more.
    fn amount_of(&self, invoice: &Invoice) -> Result<Minor> {
        let due = invoice.due();
        let amount = self.amount.unwrap_or(due);
        if amount > Minor::ZERO && amount <= due {
            return Ok(amount);
        }
        let most = invoice.currency.display(due);
        Err(AppError::invalid("amount", format!("must be more than 0 and at most the {most} due")))
    }
}

impl App {
    /// Notes that an invoice, or a part of it, was paid outside the platform (INV-12).
    pub async fn mark_paid(
        &self,
        partner_id: PartnerId,
        paid: &PaidElsewhere,
    ) -> Result<Collected> {
        if paid.note.len() > MAX_NOTE_BYTES {
            return Err(AppError::invalid("note", "give at most 1,000 bytes"));
        }
        let now = self.clock.now();
        let payment_id: PaymentId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let invoice = idle_invoice(tx, partner_id, paid.invoice_id).await?;
                check_open(&invoice)?;
                let payment = Payment {
                    payment_id,
                    tenant_id: invoice.tenant_id,
                    invoice_id: invoice.invoice_id,
                    method: MANUAL.to_owned(),
                    method_id: None,
                    context: None,
                    reference: None,
                    amount: paid.amount_of(&invoice)?,
                    fee: Minor::ZERO,
                    status: PaymentStatus::Succeeded,
                    origin: PaymentOrigin::Manual,
                    checkout_id: None,
                    refunded: Minor::ZERO,
                    dispute: None,
                    receipt_to: None,
                    note: paid.note.trim().to_owned(),
                    failure: None,
                    created_at: now,
                    settled_at: Some(now),
                    look_at: None,
                };
                payments::insert(tx, partner_id, &payment).await?;
                let came_in = (&payment, Account::OfflineReceipts);
                settle::money_came(tx, partner_id, came_in, now).await.map(drop)
            })
            .await?;
        self.collected(partner_id, (payment_id, None)).await
    }

    /// Marks an invoice as overdue, if it is by now (INV-22), and answers whether it became so.
    pub async fn mark_overdue(&self, partner_id: PartnerId, invoice_id: InvoiceId) -> Result<bool> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let invoice = locked(tx, partner_id, invoice_id).await?;
                if invoice.overdue_at().is_none_or(|at| at > now) {
                    return Ok(false);
                }
                let begins = InvoiceEvent::DayBegins(invoice.zone.day_of(now));
                let state = invoice.state().apply(begins);
                let state = state.map_err(|error| AppError::Refused(error.to_string()))?;
                let seen = invoice.version;
                let invoice = invoice.in_state(state);
                store::invoices::save(tx, &invoice, seen).await?;
                let invoice = Invoice { version: seen + 1, ..invoice };
                let event = of_invoice("invoice.overdue", &invoice, invoice.version, now);
                store::events::append(tx, partner_id, &[event]).await?;
                outbox::redraw(tx, &invoice, now).await?;
                Ok(true)
            })
            .await
    }
}
