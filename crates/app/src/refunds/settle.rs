//! What a refund that succeeded, or came back, changes, in one transaction.
//!
//! Decided here: the invoice keeps its status and gains a refunded amount (REF-08); the books take
//! the net part from what was earned and the tax from what is owed to others (TAX-12); each refund
//! that succeeds has one credit note. A refund that comes back after that takes all of it back
//! (REF-11). The book is locked before the invoice, as everywhere.

use domain::{
    account::Credit,
    ids::{CreditId, PartnerId},
    invoice::{issued::Invoice, status::InvoiceEvent},
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::Minor,
    refund::{Destination, Refund, RefundState},
    time::Timestamp,
};
use store::{
    credits,
    db::Tx,
    events::{self as stored_events, Event},
    ledger, payments, refunds,
};

use super::{locked, notes};
use crate::{
    error::{AppError, Result},
    events, outbox,
};

/// A refund that succeeded: counts, books and tells it, and keeps it.
pub(super) async fn succeeded(
    tx: &mut Tx,
    partner_id: PartnerId,
    refund: Refund,
    now: Timestamp,
) -> Result<Refund> {
    let invoice = locked(tx, partner_id, refund.invoice_id).await?;
    let invoice = count(tx, invoice, (&refund, Counting::There), now).await?;
    let booking = booking(&refund, &invoice, "settle", now)?;
    ledger::post_once(tx, partner_id, &booking).await?;
    let credit = credit_of(&refund, &invoice, now);
    let mut refund = Refund { state: RefundState::Succeeded, settled_at: Some(now), ..refund };
    if let Some(credit) = &credit {
        credits::insert(tx, partner_id, credit).await?;
        refund.credit_id = Some(credit.credit_id);
    }
    if refund.applied > Minor::ZERO {
        notes::for_refund(tx, &invoice, &refund, now).await?;
    }
    let refund = keep(tx, partner_id, refund).await?;
    let mut happened = vec![events::of_refund("refund.updated", &refund, invoice.currency, now)];
    happened.extend(of_payment(tx, &invoice, &refund, now).await?);
    stored_events::append(tx, partner_id, &happened).await?;
    Ok(refund)
}

/// A refund that failed, whether it had succeeded before or not.
pub(super) async fn failed(
    tx: &mut Tx,
    partner_id: PartnerId,
    (refund, why): (Refund, &str),
    now: Timestamp,
) -> Result<Refund> {
    let mut invoice = locked(tx, partner_id, refund.invoice_id).await?;
    if refund.state == RefundState::Succeeded {
        invoice = count(tx, invoice, (&refund, Counting::Back), now).await?;
        let booking = booking(&refund, &invoice, "failed", now)?;
        ledger::post_once(tx, partner_id, &booking).await?;
        notes::cancel_of(tx, partner_id, (refund.refund_id, now)).await?;
    }
    let refund = Refund {
        state: RefundState::Failed,
        failure: why.to_owned(),
        settled_at: Some(now),
        look_at: None,
        ..refund
    };
    let refund = keep(tx, partner_id, refund).await?;
    let happened = events::of_refund("refund.failed", &refund, invoice.currency, now);
    stored_events::append(tx, partner_id, &[happened]).await?;
    Ok(refund)
}

/// Saves a refund and answers it in its next version.
pub(super) async fn keep(tx: &mut Tx, partner_id: PartnerId, refund: Refund) -> Result<Refund> {
    refunds::save(tx, partner_id, &refund).await?;
    Ok(Refund { version: refund.version + 1, ..refund })
}

/// Which way a refund's money goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    There,
    Back,
}

/// Counts a refund on its invoice and its payment.
async fn count(
    tx: &mut Tx,
    invoice: Invoice,
    (refund, way): (&Refund, Counting),
    now: Timestamp,
) -> Result<Invoice> {
    let partner_id = invoice.partner_id;
    if let Some(payment_id) = refund.payment_id {
        let amount = match way {
            Counting::There => refund.amount,
            Counting::Back => refund.amount.negated()?,
        };
        refunds::count_on_payment(tx, partner_id, (payment_id, amount)).await?;
    }
    if refund.applied.is_zero() {
        return Ok(invoice);
    }
    let event = match way {
        Counting::There => InvoiceEvent::Refund(refund.applied),
        Counting::Back => InvoiceEvent::RefundFailed(refund.applied),
    };
    let state = invoice.state().apply(event);
    let state = state.map_err(|error| AppError::Broken(error.to_string()))?;
    let seen = invoice.version;
    let invoice = invoice.in_state(state);
    store::invoices::save(tx, &invoice, seen).await?;
    let invoice = Invoice { version: seen + 1, ..invoice };
    outbox::redraw(tx, &invoice, now).await?;
    Ok(invoice)
}

/// The credit that a refund to the balance becomes (REF-04).
fn credit_of(refund: &Refund, invoice: &Invoice, now: Timestamp) -> Option<Credit> {
    if refund.destination != Destination::Credit {
        return None;
    }
    let number = invoice.number.as_deref().unwrap_or("");
    Some(Credit {
        credit_id: CreditId::derived(now, &["refund", &refund.refund_id.to_string()]),
        tenant_id: refund.tenant_id,
        amount: refund.amount,
        remaining: refund.amount,
        reason: format!("Refund of invoice {number}"),
        created_at: now,
    })
}

/// The ledger's view: less earned, less tax owed, less money or more owed to the tenant. What was
/// given back beyond the invoice is no part of its tax.
fn booking(
    refund: &Refund,
    invoice: &Invoice,
    purpose: &'static str,
    now: Timestamp,
) -> Result<LedgerTx> {
    let tenant_id = refund.tenant_id;
    let from = match refund.destination {
        Destination::Card => Account::Clearing,
        Destination::Credit => Account::TenantBalance(tenant_id),
        Destination::Manual => Account::OfflineReceipts,
    };
    let net = refund.amount.minus(refund.tax)?;
    let rows = [
        (TransferKind::Refund, Account::Refunds, net),
        (TransferKind::Tax, Account::TaxPayable, refund.tax),
    ];
    let mut transfers = Vec::with_capacity(2);
    for (kind, account, amount) in rows {
        let sides = if purpose == "failed" { (from, account) } else { (account, from) };
        let amount = invoice.currency.to_micros(amount)?;
        transfers.extend(Transfer::new(kind, Some(tenant_id), sides, amount)?);
    }
    let source = TxSource { kind: "refund", id: refund.refund_id.to_string(), purpose };
    let number = invoice.number.as_deref().unwrap_or("without a number");
    let what = if purpose == "failed" { "Failed refund" } else { "Refund" };
    let text = (format!("{what} of invoice {number}"), transfers);
    LedgerTx::new(Flow::Retail, now, source, text)
        .map_err(|error| AppError::Broken(error.to_string()))
}

/// Tells that something of a payment was given back; told once for each refund, whose place among
/// the finished ones of the payment is the event's version.
async fn of_payment(
    tx: &mut Tx,
    invoice: &Invoice,
    refund: &Refund,
    now: Timestamp,
) -> Result<Option<Event>> {
    let Some(payment_id) = refund.payment_id else { return Ok(None) };
    let payment = payments::find(tx, invoice.partner_id, payment_id).await?;
    let payment = payment.ok_or_else(|| AppError::not_found("payment", payment_id))?;
    let all = refunds::of_invoice(tx, invoice.partner_id, invoice.invoice_id).await?;
    let finished = all.iter().filter(|it| it.payment_id == Some(payment_id) && !it.state.is_open());
    let place = i64::try_from(finished.count()).unwrap_or(i64::MAX);
    let event = events::of_payment("payment.refunded", &payment, invoice.currency, now);
    Ok(Some(Event { object_version: place, ..event }))
}
