//! The payloads of events that several use cases tell of.

use domain::{invoice::issued::Invoice, time::Timestamp};
use store::events::Event;

/// An event of an invoice (INV-33): number, tenant, period, totals and status.
pub(crate) fn of_invoice(kind: &str, invoice: &Invoice, version: i64, at: Timestamp) -> Event {
    let money = |amount| invoice.currency.decimal(amount);
    let payload = serde_json::json!({
        "invoice_id": invoice.invoice_id,
        "number": invoice.number,
        "tenant_id": invoice.tenant_id,
        "kind": invoice.kind,
        "status": invoice.status,
        "period_start": invoice.period.map(|span| span.start.to_string()),
        "period_end": invoice.period.map(|span| span.end.to_string()),
        "due_day": invoice.due_day,
        "currency": invoice.currency,
        "subtotal": money(invoice.subtotal),
        "tax": money(invoice.tax),
        "total": money(invoice.total),
        "amount_paid": money(invoice.paid),
        "amount_due": money(invoice.due()),
    });
    Event {
        kind: kind.to_owned(),
        object_id: invoice.invoice_id.to_string(),
        object_version: version,
        payload: payload.to_string(),
        at,
    }
}
