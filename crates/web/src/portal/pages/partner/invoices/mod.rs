//! The invoices of a partner's tenants: listed, looked at, written, issued, paid, given back.
//!
//! Decided here: which pages there are, and how an act is written down. What an invoice's state
//! allows is decided by the use cases; pages only hide what would be refused.

mod acts;
mod detail;
mod draft;
mod form;
mod list;
mod refund;

use app::{App, error::AppError, resource};
use axum::{
    Router,
    routing::{get, post},
};
use domain::{
    ids::{InvoiceId, PartnerId},
    invoice::issued::Invoice,
};

#[cfg(test)]
pub(in crate::portal) use self::{
    acts::{CreditNoteForm, PaidForm, Void},
    detail::Detail,
    form::DraftForm,
    list::Invoices,
    refund::RefundForm,
};
use crate::{
    api::write::Outcome,
    portal::{
        Portal,
        guest::{Fault, Guest},
    },
};

/// The pages.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/tenant-invoices", get(list::show).post(draft::create))
        .route("/tenant-invoices/new", get(draft::blank))
        .route("/tenant-invoices/{id}", get(detail::show))
        .route("/tenant-invoices/{id}/pdf", get(detail::pdf))
        .route("/tenant-invoices/{id}/edit", get(draft::show).post(draft::save))
        .route("/tenant-invoices/{id}/issue", post(acts::issue))
        .route("/tenant-invoices/{id}/void", get(acts::ask_void).post(acts::void))
        .route("/tenant-invoices/{id}/send", post(acts::send))
        .route("/tenant-invoices/{id}/remind", post(acts::remind))
        .route("/tenant-invoices/{id}/paid", get(acts::ask_paid).post(acts::paid))
        .route("/tenant-invoices/{id}/charge", post(acts::charge))
        .route("/tenant-invoices/{id}/link", post(acts::link))
        .route("/tenant-invoices/{id}/credit-note", get(acts::ask_note).post(acts::note))
        .route("/tenant-invoices/{id}/refund", get(refund::ask).post(refund::refund))
        .route("/tenant-invoices/{id}/refunds/{refund}/retry", post(refund::retry))
        .route("/credit-notes/{id}/pdf", get(detail::note_pdf))
}

/// The invoice whose id is in a path.
async fn reached(guest: &Guest, id: &str) -> Result<(PartnerId, Invoice), Fault> {
    let invoice_id: InvoiceId = id.parse().map_err(|_| Fault::Nowhere)?;
    let partner_id = guest.partner_id()?;
    Ok((partner_id, guest.portal.app().find_invoice(partner_id, invoice_id).await?))
}

/// What an invoice is called.
fn called(invoice: &Invoice) -> String {
    invoice.number.clone().unwrap_or_else(|| "Draft".to_owned())
}

/// Does `work` on an invoice as one transaction with its audit entry, as the API does.
async fn changed<F>(
    guest: &Guest,
    (invoice, action): (&Invoice, &'static str),
    work: F,
) -> Result<Result<(), AppError>, Fault>
where
    F: AsyncFn(&App, PartnerId) -> Result<(), AppError> + Send + 'static,
{
    let partner_id = guest.partner_id()?;
    let (invoice_id, tenant_id) = (invoice.invoice_id, invoice.tenant_id);
    guest
        .write(async move |app: &App| {
            let before = resource::Invoice::from(&app.find_invoice(partner_id, invoice_id).await?);
            work(app, partner_id).await?;
            let after = app.full_invoice(partner_id, invoice_id).await?;
            let outcome = Outcome::ok(&after.shown())?;
            Ok(outcome.audited(action, invoice_id, Some(&before))?.about(tenant_id))
        })
        .await
}
