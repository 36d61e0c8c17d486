//! What follows an issued invoice: its PDF, its mail, its automatic payment.

use domain::{invoice::issued::Invoice, time::Timestamp};
use store::jobs::NewJob;

fn job(kind: &'static str, invoice: &Invoice, now: Timestamp) -> NewJob {
    NewJob {
        kind,
        key: format!("{kind}:{}", invoice.invoice_id),
        payload: serde_json::json!({ "invoice_id": invoice.invoice_id }).to_string(),
        run_at: now,
    }
}

/// The PDF and the mail of an invoice, each once.
pub(super) fn of_issued(invoice: &Invoice, now: Timestamp) -> [NewJob; 2] {
    [job("invoice.pdf", invoice, now), job("invoice.mail", invoice, now)]
}

/// The automatic payment of an invoice, once (PAY-06).
pub(super) fn collect(invoice: &Invoice, now: Timestamp) -> NewJob {
    job("invoice.collect", invoice, now)
}
