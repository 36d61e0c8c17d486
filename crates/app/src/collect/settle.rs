//! What an answer of the processor changes, in one transaction.
//!
//! Decided here: news move a payment only forward ([`PaymentStatus::may_become`]), so that an
//! answer counts once however often and in whatever order it arrives. Money that came is never
//! turned away: what the invoice no longer needs becomes the tenant's credit. The book is locked
//! before the invoice, as everywhere.

use adapters::processor::{Answer, Charge, ChargeStatus, Decline, ProcessorError};
use domain::{
    account::Credit,
    ids::{CreditId, PartnerId},
    invoice::{
        issued::Invoice,
        status::{InvoiceEvent, InvoiceStatus},
    },
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::Minor,
    payment::{AttemptState, Failure, NEVER_BEGUN, Payment, PaymentOrigin, PaymentStatus},
    processor::AccountContext,
    time::Timestamp,
};
use store::{
    attempts::{self, AttemptResult},
    credits,
    db::Tx,
    events::{self, Event},
    ledger, payments,
};

use super::{Asking, News, auto, letters, locked};
use crate::{
    App,
    error::{AppError, Result},
    events::{of_invoice, of_payment},
    outbox,
};

/// What an answer means.
struct Verdict {
    state: AttemptState,
    /// Nothing where nobody knows more than before.
    status: Option<PaymentStatus>,
    failure: Option<Failure>,
    /// Whether the method must never be tried again.
    is_hard: bool,
    /// The processor's id of the charge.
    reference: Option<String>,
    /// What is noted of the attempt; holds no secret.
    outcome: String,
}

impl Verdict {
    fn of(answer: &Answer<Charge>, (asking, before): (Asking, Option<AttemptState>)) -> Self {
        match answer {
            Ok(charge) => Self::of_charge(charge),
            Err(ProcessorError::Declined(decline)) => Self::declined(decline),
            Err(ProcessorError::Refused { code, message, .. }) => Self {
                state: AttemptState::Declined,
                status: Some(PaymentStatus::Failed),
                failure: Some(Failure::new(code.as_str(), message.as_str())),
                is_hard: false,
                reference: None,
                outcome: format!("{code}: {message}"),
            },
            // Only whoever wrote the attempt down just now knows that nobody asked before.
            Err(error @ (ProcessorError::NotBegun(_) | ProcessorError::Unauthorised { .. }))
                if asking == Asking::First =>
            {
                Self {
                    state: AttemptState::Cancelled,
                    status: Some(PaymentStatus::Cancelled),
                    failure: Some(Failure::new(NEVER_BEGUN, error.to_string())),
                    is_hard: false,
                    reference: None,
                    outcome: error.to_string(),
                }
            }
            Err(error) => Self {
                // What waits for its payer goes on waiting.
                state: before
                    .filter(|it| *it != AttemptState::Open)
                    .unwrap_or(AttemptState::Unknown),
                status: None,
                failure: None,
                is_hard: false,
                reference: None,
                outcome: error.to_string(),
            },
        }
    }

    fn of_charge(charge: &Charge) -> Self {
        let told = |state, status| Self {
            state,
            status: Some(status),
            failure: None,
            is_hard: false,
            reference: Some(charge.reference.clone()),
            outcome: charge.reference.clone(),
        };
        match &charge.status {
            ChargeStatus::RequiresAction { .. } => {
                told(AttemptState::Waiting, PaymentStatus::RequiresAction)
            }
            // A state that is not known here is one in which the money has not come yet.
            ChargeStatus::Processing | ChargeStatus::Other(_) => {
                told(AttemptState::Waiting, PaymentStatus::Processing)
            }
            ChargeStatus::Succeeded => told(AttemptState::Succeeded, PaymentStatus::Succeeded),
            ChargeStatus::Failed(decline) => {
                let reference = Some(charge.reference.clone());
                Self { reference, ..Self::declined(decline) }
            }
            ChargeStatus::Cancelled => Self {
                failure: Some(Failure::new("cancelled", "it was given up before it was confirmed")),
                ..told(AttemptState::Cancelled, PaymentStatus::Cancelled)
            },
        }
    }

    fn declined(decline: &Decline) -> Self {
        let code = decline.decline_code.as_ref().unwrap_or(&decline.code);
        Self {
            state: AttemptState::Declined,
            status: Some(PaymentStatus::Failed),
            failure: Some(Failure::new(code.as_str(), decline.message.as_str())),
            is_hard: decline.is_hard(),
            reference: decline.reference.clone(),
            outcome: decline.to_string(),
        }
    }
}

/// Writes down what is known of an attempt now.
pub(super) async fn news(
    app: &App,
    tx: &mut Tx,
    partner_id: PartnerId,
    news: &News<'_>,
) -> Result<()> {
    let now = app.clock.now();
    if matches!(news.answer, Ok(charge) if charge.status == ChargeStatus::Succeeded) {
        ledger::lock_book(tx, partner_id).await?;
    }
    // Before the attempt, as whoever begins a payment does; the other way round the two would
    // wait for each other.
    let invoice = locked(tx, partner_id, news.invoice_id).await?;
    let payment = payments::find(tx, partner_id, news.payment_id).await?;
    let payment = payment.ok_or_else(|| AppError::not_found("payment", news.payment_id))?;
    let tries = attempts::of_payment(tx, partner_id, news.payment_id).await?;
    let before = tries.iter().find(|it| it.attempt_id == news.attempt_id).map(|it| it.state);
    let verdict = Verdict::of(news.answer, (news.asking, before));
    let result = AttemptResult { state: verdict.state, outcome: &verdict.outcome, at: now };
    attempts::save(tx, partner_id, news.attempt_id, result).await?;
    let was = payment.status;
    let Some(status) = verdict.status.filter(|status| was.may_become(*status)) else {
        // Where it is over, only a dispute may still come.
        let look_at = news.look_at.filter(|_| !was.is_final() || was == PaymentStatus::Succeeded);
        return Ok(payments::look_later(tx, partner_id, (news.payment_id, look_at)).await?);
    };
    let payment = Payment {
        status,
        reference: verdict.reference.or(payment.reference),
        failure: verdict.failure,
        settled_at: status.is_final().then_some(now),
        look_at: news.look_at,
        ..payment
    };
    if !payments::save(tx, partner_id, (&payment, was)).await? {
        return Err(AppError::Broken(format!("{} changed under its lock", payment.payment_id)));
    }
    match status {
        PaymentStatus::Succeeded => succeeded(app, tx, partner_id, &payment).await,
        PaymentStatus::Failed => failed(app, tx, (&payment, invoice), (was, verdict.is_hard)).await,
        PaymentStatus::Cancelled if payment.origin == PaymentOrigin::AutoPay => {
            auto::not_tried(tx, (partner_id, &payment), &invoice, now).await
        }
        _ => Ok(()),
    }
}

async fn succeeded(app: &App, tx: &mut Tx, partner_id: PartnerId, payment: &Payment) -> Result<()> {
    let now = app.clock.now();
    let invoice = money_came(tx, partner_id, (payment, Account::Clearing), now).await?;
    letters::receipts(app, tx, (payment, &invoice)).await?;
    app.complete_checkout(tx, partner_id, (payment, &invoice)).await
}

/// Tells that no money comes.
async fn failed(
    app: &App,
    tx: &mut Tx,
    (payment, invoice): (&Payment, Invoice),
    (was, is_hard): (PaymentStatus, bool),
) -> Result<()> {
    let (now, partner_id) = (app.clock.now(), invoice.partner_id);
    let mut happened = vec![of_payment("payment.failed", payment, invoice.currency, now)];
    let is_auto = payment.origin == PaymentOrigin::AutoPay;
    if is_auto {
        auto::failed(tx, (payment, &invoice), (is_hard, now)).await?;
    }
    // Whoever waits for the answer gets it there; nobody waits for a bank or a standing order.
    if is_auto || was == PaymentStatus::Processing {
        letters::failed(app, tx, (payment, &invoice)).await?;
    }
    if is_auto && invoice.status.is_open() {
        happened.push(auto_pay_failed(tx, invoice, now).await?);
    }
    events::append(tx, partner_id, &happened).await?;
    Ok(())
}

/// Tells that an invoice was not paid by itself (INV-27, PAY-07). The invoice stays what it is in
/// a version of its own, so that each failure is told, and in its place among the invoice's events.
pub(super) async fn auto_pay_failed(
    tx: &mut Tx,
    invoice: Invoice,
    now: Timestamp,
) -> Result<Event> {
    let seen = invoice.version;
    store::invoices::save(tx, &invoice, seen).await?;
    let invoice = Invoice { version: seen + 1, ..invoice };
    Ok(of_invoice("invoice.failed", &invoice, invoice.version, now))
}

/// Books a succeeded payment into `account` and applies it to its invoice, as which it answers.
pub(super) async fn money_came(
    tx: &mut Tx,
    partner_id: PartnerId,
    (payment, account): (&Payment, Account),
    now: Timestamp,
) -> Result<Invoice> {
    let mut invoice = locked(tx, partner_id, payment.invoice_id).await?;
    let needed = if invoice.status.is_open() { invoice.due() } else { Minor::ZERO };
    let applied = payment.amount.min(needed);
    let surplus = payment.amount.minus(applied)?;
    let booking = booking(payment, &invoice, (account, applied, surplus), now)?;
    if !ledger::post_once(tx, partner_id, &booking).await? {
        // The unique source is the last word: money is applied once.
        return Ok(invoice);
    }
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
        invoice = invoice.in_state(state);
        store::invoices::save(tx, &invoice, seen).await?;
        invoice.version = seen + 1;
        if invoice.status == InvoiceStatus::Paid {
            happened.push(of_invoice("invoice.paid", &invoice, invoice.version, now));
            store::auto_pay::end(tx, partner_id, invoice.invoice_id).await?;
        }
        outbox::redraw(tx, &invoice, now).await?;
    }
    events::append(tx, partner_id, &happened).await?;
    Ok(invoice)
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
    // On a connected account the fee is kept back from the charge itself (STR-07).
    if matches!(payment.context, Some(AccountContext::Connected(_))) {
        let amount = invoice.currency.to_micros(payment.fee)?;
        let (kind, sides) = (TransferKind::ApplicationFee, (Account::ApplicationFees, account));
        transfers.extend(Transfer::new(kind, Some(tenant_id), sides, amount)?);
    }
    let source =
        TxSource { kind: "payment", id: payment.payment_id.to_string(), purpose: "settle" };
    let number = invoice.number.as_deref().unwrap_or("without a number");
    let text = (format!("Payment of invoice {number}"), transfers);
    LedgerTx::new(Flow::Retail, now, source, text)
        .map_err(|error| AppError::Broken(error.to_string()))
}
