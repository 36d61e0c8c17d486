//! The PDF of an invoice, shown in the browser to whom it concerns.

use app::documents::PdfFile;
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    ids::{InvoiceId, PartnerId},
    user::Account,
};

use crate::portal::{Fault, Guest};

/// `GET /invoices/{partner}/{id}/pdf`
pub(crate) async fn show(
    guest: Guest,
    Path((partner, invoice)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (Ok(partner_id), Ok(invoice_id)) = (partner.parse::<PartnerId>(), invoice.parse()) else {
        return Err(Fault::Nowhere);
    };
    let invoice_id: InvoiceId = invoice_id;
    let app = guest.portal.app();
    let is_reached = match guest.standing()?.account() {
        Account::Operator => true,
        Account::Partner(own) => own == partner_id,
        Account::Tenant(own, tenant_id) => {
            own == partner_id && app.find_invoice(own, invoice_id).await?.tenant_id == tenant_id
        }
    };
    if !is_reached {
        return Err(Fault::Nowhere);
    }
    let PdfFile { name, bytes } = app.invoice_pdf(partner_id, invoice_id).await?;
    // The name holds only letters, digits and dashes, so it needs no quoting.
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}
