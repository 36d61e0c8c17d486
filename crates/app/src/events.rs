//! The payloads of events that several use cases tell of: the object as an answer shows it.

use domain::{
    account::Tenant, invoice::issued::Invoice, money::Currency, payment::Payment, time::Timestamp,
};
use serde::Serialize;
use store::events::Event;

use crate::resource;

#[derive(Serialize)]
struct AboutTenant {
    tenant: resource::Tenant,
}

#[derive(Serialize)]
struct AboutInvoice {
    invoice: resource::Invoice,
}

#[derive(Serialize)]
struct AboutPayment {
    payment: resource::Payment,
}

/// An event of a tenant, as it is afterwards.
pub(crate) fn of_tenant(kind: &str, tenant: &Tenant, at: Timestamp) -> Event {
    Event {
        kind: kind.to_owned(),
        object_id: tenant.tenant_id.to_string(),
        object_version: tenant.version,
        payload: text(&AboutTenant { tenant: tenant.into() }),
        at,
    }
}

/// An event of an invoice (INV-33): number, tenant, period, totals and status, without its lines.
pub(crate) fn of_invoice(kind: &str, invoice: &Invoice, version: i64, at: Timestamp) -> Event {
    Event {
        kind: kind.to_owned(),
        object_id: invoice.invoice_id.to_string(),
        object_version: version,
        payload: text(&AboutInvoice { invoice: invoice.into() }),
        at,
    }
}

/// An event of a payment of an invoice in this currency.
pub(crate) fn of_payment(
    kind: &str,
    payment: &Payment,
    currency: Currency,
    at: Timestamp,
) -> Event {
    Event {
        kind: kind.to_owned(),
        object_id: payment.payment_id.to_string(),
        object_version: 1,
        payload: text(&AboutPayment { payment: resource::Payment::of(payment, currency) }),
        at,
    }
}

fn text(payload: &impl Serialize) -> String {
    serde_json::to_string(payload).expect("plain values are JSON")
}
