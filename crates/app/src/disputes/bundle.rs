//! What shows that an invoice is right: the invoice and the calls that it bills, in one archive
//! (REF-17).
//!
//! Decided here: the calls are those of the invoice's own period, each with what included minutes
//! covered of it; what they charge together is what the invoice's lines of usage say.

use adapters::zip;
use domain::{
    accounting::csv,
    ids::{InvoiceId, PartnerId},
};

use crate::{
    App,
    documents::{PdfFile, outside_failed},
    error::{AppError, Result},
    explain::BilledCall,
};

/// Calls of one archive: as many as fit a file of 50 MB or so.
const MAX_CALLS: usize = 500_000;

const HEADER: [&str; 11] = [
    "call_id",
    "ended_at",
    "direction",
    "class",
    "from",
    "to",
    "talk_seconds",
    "billed_seconds",
    "included_seconds",
    "charged_seconds",
    "price",
];

impl App {
    /// The archive of an issued invoice: its PDF, and its calls as CSV.
    pub async fn evidence_bundle(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<PdfFile> {
        let invoice = self.find_invoice(partner_id, invoice_id).await?;
        let Some(number) = &invoice.number else {
            return Err(AppError::Refused("a draft is no evidence".to_owned()));
        };
        let paper = self.invoice_pdf(partner_id, invoice_id).await?;
        let calls = self.billed_calls(&invoice).await?;
        if calls.len() > MAX_CALLS {
            let why = format!("an invoice of more than {MAX_CALLS} calls has no archive");
            return Err(AppError::Refused(why));
        }
        let stem: String = number
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
            .collect();
        let name = format!("evidence-{stem}.zip");
        let made = tokio::task::spawn_blocking(move || {
            let calls = text(&calls);
            zip::archive(&[(&*paper.name, &*paper.bytes), ("calls.csv", calls.as_bytes())])
        });
        let bytes = made.await.map_err(outside_failed)?.map_err(outside_failed)?;
        Ok(PdfFile { name, bytes })
    }
}

fn text(calls: &[BilledCall]) -> String {
    let mut out = String::new();
    csv::row(&mut out, &HEADER);
    for BilledCall { call, billed_seconds, covered_seconds, charged_seconds } in calls {
        csv::row(
            &mut out,
            &[
                &call.call_id.to_string(),
                &call.ended_at.to_string(),
                call.direction.as_str(),
                call.class.as_str(),
                &call.from,
                &call.to,
                &call.talk_seconds.to_string(),
                &billed_seconds.to_string(),
                &covered_seconds.to_string(),
                &charged_seconds.to_string(),
                &call.retail.price.to_string(),
            ],
        );
    }
    out
}
