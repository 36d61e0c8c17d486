//! The PDF of an invoice, shown in the browser.

use app::{App, documents::PdfFile};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use domain::ids::{InvoiceId, PartnerId};

use crate::problem::{Problem, not_found};

/// `GET /invoices/{partner}/{id}/pdf`
pub(crate) async fn show(
    State(app): State<App>,
    Path((partner, invoice)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (Ok(partner_id), Ok(invoice_id)) = (partner.parse::<PartnerId>(), invoice.parse()) else {
        return Ok(not_found());
    };
    let invoice_id: InvoiceId = invoice_id;
    let PdfFile { name, bytes } = app.invoice_pdf(partner_id, invoice_id).await?;
    // The name holds only letters, digits and dashes, so it needs no quoting.
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}
