//! What an answer of the gateway changes, in one transaction.
//!
//! Decided here: an attempt that is finished is not finished again, so that an answer counts once
//! however often it arrives. Money that came is never turned away: what the invoice no longer
//! needs becomes the tenant's credit. The book is locked before the invoice, as everywhere.

use adapters::gateway::GatewayAnswer;
use domain::{
    account::Credit,
    ids::{CreditId, PartnerId},
    invoice::{
        issued::Invoice,
        status::{InvoiceEvent, InvoiceStatus},
    },
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::Minor,
    payment::{Attempt, AttemptState, Payment, PaymentStatus},
    time::Timestamp,
};
use store::{
    credits,
    db::Tx,
    events::{self, Event},
    ledger,
    payments::{self, AttemptResult},
};

use super::locked;
use crate::{
    error::{AppError, Result},
    events::{of_invoice, of_payment},
    outbox,
};

/// Writes down what came of an attempt.
pub(super) async fn answer(
    tx: &mut Tx,
    partner_id: PartnerId,
    (attempt, answer): (&Attempt, &GatewayAnswer),
    now: Timestamp,
) -> Result<()> {
    let (state, outcome) = match answer {
        GatewayAnswer::Succeeded { reference } => (AttemptState::Succeeded, reference.clone()),
        GatewayAnswer::Declined { code, message } => {
            (AttemptState::Declined, format!("{code}: {message}"))
        }
        GatewayAnswer::Unknown { why } => (AttemptState::Unknown, why.clone()),
    };
    if state == AttemptState::Succeeded {
        ledger::lock_book(tx, partner_id).await?;
    }
    // Before the attempt, as whoever begins a payment does; the other way round the two would
    // wait for each other.
    let invoice = locked(tx, partner_id, attempt.invoice_id).await?;
    let result = AttemptResult { state, outcome: &outcome, at: now };
    let is_news = payments::finish_attempt(tx, partner_id, attempt.attempt_id, result).await?;
    if !is_news || state.is_open() {
        return Ok(());
    }
    let payment = payments::find(tx, partner_id, attempt.payment_id).await?;
    let payment = payment.ok_or_else(|| AppError::not_found("payment", attempt.payment_id))?;
    let succeeded = state == AttemptState::Succeeded;
    let payment = Payment {
        status: if succeeded { PaymentStatus::Succeeded } else { PaymentStatus::Failed },
        note: if succeeded { payment.note.clone() } else { outcome },
        settled_at: Some(now),
        ..payment
    };
    if !payments::settle(tx, partner_id, &payment).await? {
        return Err(AppError::Broken(format!(
            "{} was settled while its attempt was open",
            payment.payment_id
        )));
    }
    if succeeded {
        return money_came(tx, partner_id, (&payment, Account::Clearing), now).await;
    }
    let mut happened = vec![of_payment("payment.failed", &payment, invoice.currency, now)];
    if outbox::is_auto_pay(&payment, &invoice) && invoice.status.is_open() {
        happened.push(auto_pay_failed(tx, invoice, now).await?);
    }
    events::append(tx, partner_id, &happened).await?;
    Ok(())
}

/// Tells that an invoice was not paid by itself (INV-27, PAY-07). The invoice stays what it is in
/// a version of its own, so that each failure is told, and in its place among the invoice's events.
async fn auto_pay_failed(tx: &mut Tx, invoice: Invoice, now: Timestamp) -> Result<Event> {
    let seen = invoice.version;
    store::invoices::save(tx, &invoice, seen).await?;
    let invoice = Invoice { version: seen + 1, ..invoice };
    Ok(of_invoice("invoice.failed", &invoice, invoice.version, now))
}

/// Books a succeeded payment into `account` and applies it to its invoice.
pub(super) async fn money_came(
    tx: &mut Tx,
    partner_id: PartnerId,
    (payment, account): (&Payment, Account),
    now: Timestamp,
) -> Result<()> {
    let invoice = locked(tx, partner_id, payment.invoice_id).await?;
    let needed = if invoice.status.is_open() { invoice.due() } else { Minor::ZERO };
    let applied = payment.amount.min(needed);
    let surplus = payment.amount.minus(applied)?;
    let booking = booking(payment, &invoice, (account, applied, surplus), now)?;
    ledger::post_once(tx, partner_id, &booking).await?;
    let mut happened = vec![of_payment("payment.succeeded", payment, invoice.currency, now)];
    if !surplus.is_zero() {
        let credit = Credit {
            credit_id: CreditId::derived(now, &["surplus", &payment.payment_id.to_string()]),
            tenant_id: payment.tenant_id,
            amount: surplus,
            remaining: surplus,
            reason: "Payment of more than was due".to_owned(),
            created_at: now,
        };
        credits::insert(tx, partner_id, &credit).await?;
    }
    if !applied.is_zero() {
        let state = invoice.state().apply(InvoiceEvent::Pay(applied));
        let state = state.map_err(|error| AppError::Refused(error.to_string()))?;
        let seen = invoice.version;
        let invoice = invoice.in_state(state);
        store::invoices::save(tx, &invoice, seen).await?;
        let invoice = Invoice { version: seen + 1, ..invoice };
        if invoice.status == InvoiceStatus::Paid {
            happened.push(of_invoice("invoice.paid", &invoice, invoice.version, now));
        }
        outbox::redraw(tx, &invoice, now).await?;
    }
    events::append(tx, partner_id, &happened).await?;
    Ok(())
}

/// The ledger's view: money in `account`, less owed by the tenant, any surplus owed to it.
fn booking(
    payment: &Payment,
    invoice: &Invoice,
    (account, applied, surplus): (Account, Minor, Minor),
    now: Timestamp,
) -> Result<LedgerTx> {
    let tenant_id = payment.tenant_id;
    let mut transfers = Vec::with_capacity(2);
    for (from, amount) in
        [(Account::Receivable(tenant_id), applied), (Account::TenantBalance(tenant_id), surplus)]
    {
        let amount = invoice.currency.to_micros(amount)?;
        let sides = (account, from);
        transfers.extend(Transfer::new(TransferKind::Payment, Some(tenant_id), sides, amount)?);
    }
    let source =
        TxSource { kind: "payment", id: payment.payment_id.to_string(), purpose: "settle" };
    let number = invoice.number.as_deref().unwrap_or("without a number");
    let text = (format!("Payment of invoice {number}"), transfers);
    LedgerTx::new(Flow::Retail, now, source, text)
        .map_err(|error| AppError::Broken(error.to_string()))
}
