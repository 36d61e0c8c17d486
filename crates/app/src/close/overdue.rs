//! Invoices past their due day (INV-22).

use domain::{
    ids::{InvoiceId, PartnerId},
    invoice::status::InvoiceEvent,
};

use super::DueReport;
use crate::{
    App,
    error::{AppError, Result},
    events,
};

impl App {
    /// Marks an invoice overdue, if it still is due and its due day is over.
    pub(super) async fn become_overdue(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<DueReport> {
        let now = self.clock.now();
        let marked = self
            .db
            .write(async |tx| {
                let invoice = store::invoices::find(tx, partner_id, invoice_id).await?;
                let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", invoice_id))?;
                if invoice.overdue_at().is_none_or(|at| at > now) {
                    return Ok(0);
                }
                let seen = invoice.version;
                let today = invoice.zone.day_of(now);
                let state = invoice
                    .state()
                    .apply(InvoiceEvent::DayBegins(today))
                    .map_err(|error| AppError::Refused(error.to_string()))?;
                let invoice = invoice.in_state(state);
                store::invoices::save(tx, &invoice, seen).await?;
                let event = events::of_invoice("invoice.overdue", &invoice, seen + 1, now);
                store::events::append(tx, partner_id, &[event]).await?;
                Ok::<_, AppError>(1)
            })
            .await;
        let overdue = match marked {
            // Somebody else marked it, or paid it: whatever is left to do is found again.
            Err(AppError::Stale(_)) => 0,
            marked => marked?,
        };
        Ok(DueReport { overdue, ..Default::default() })
    }
}
