//! The payloads of events that several use cases tell of: the object as an answer shows it.

use domain::{
    account::{Credit, Tenant},
    checkout::Checkout,
    credit_note::CreditNote,
    dispute::Dispute,
    invoice::issued::Invoice,
    money::Currency,
    payment::Payment,
    refund::Refund,
    time::Timestamp,
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

#[derive(Serialize)]
struct AboutRefund {
    refund: resource::Refund,
}

#[derive(Serialize)]
struct AboutCreditNote {
    credit_note: resource::CreditNote,
}

#[derive(Serialize)]
struct AboutDispute {
    dispute: resource::Dispute,
}

#[derive(Serialize)]
struct AboutCredit {
    credit: resource::Credit,
}

#[derive(Serialize)]
struct AboutCheckout {
    checkout_session: resource::Checkout,
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

/// An event of a refund of an invoice in this currency.
pub(crate) fn of_refund(kind: &str, refund: &Refund, currency: Currency, at: Timestamp) -> Event {
    Event {
        kind: kind.to_owned(),
        object_id: refund.refund_id.to_string(),
        object_version: refund.version,
        payload: text(&AboutRefund { refund: resource::Refund::of(refund, currency) }),
        at,
    }
}

/// An event of a credit note; it is cancelled at most once.
pub(crate) fn of_credit_note(kind: &str, note: &CreditNote, at: Timestamp) -> Event {
    Event {
        kind: kind.to_owned(),
        object_id: note.credit_note_id.to_string(),
        object_version: 1,
        payload: text(&AboutCreditNote { credit_note: note.into() }),
        at,
    }
}

/// An event of a dispute of a payment in this currency.
pub(crate) fn of_dispute(
    kind: &str,
    dispute: &Dispute,
    currency: Currency,
    at: Timestamp,
) -> Event {
    Event {
        kind: kind.to_owned(),
        object_id: dispute.dispute_id.to_string(),
        object_version: dispute.version,
        payload: text(&AboutDispute { dispute: resource::Dispute::of(dispute, currency) }),
        at,
    }
}

/// An event of a credit in this currency, which happens to it once.
pub(crate) fn of_credit(kind: &str, credit: &Credit, currency: Currency, at: Timestamp) -> Event {
    Event {
        kind: kind.to_owned(),
        object_id: credit.credit_id.to_string(),
        object_version: 1,
        payload: text(&AboutCredit { credit: resource::Credit::of(credit, currency) }),
        at,
    }
}

/// The event of a checkout session that was completed.
pub(crate) fn of_checkout(session: &Checkout, currency: Currency, at: Timestamp) -> Event {
    let checkout_session = resource::Checkout::of(session, (currency, None));
    Event {
        kind: "checkout.session.completed".to_owned(),
        object_id: session.checkout_id.to_string(),
        object_version: session.version,
        payload: text(&AboutCheckout { checkout_session }),
        at,
    }
}

fn text(payload: &impl Serialize) -> String {
    serde_json::to_string(payload).expect("plain values are JSON")
}
