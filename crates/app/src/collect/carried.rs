//! Balances that are too small to be charged: they move to the tenant's next invoice (ruling 10).
//!
//! Decided here: what is left of an older invoice becomes a line of the next one of a period, never
//! taxed again, and the older one is settled by a credit of the same amount that is used up at
//! once. The line's revenue is what the credit takes back, so that the books say what they said.
//! A balance moves only to an invoice that has something of its own to bill.

use std::collections::BTreeMap;

use domain::{
    account::Credit,
    ids::{CreditId, PartnerId, TenantId},
    invoice::{
        compute::{Charge, ChargeKind},
        issued::Invoice,
        line::Quantity,
        status::InvoiceEvent,
    },
    ledger::{Account, Flow, LedgerTx, Transfer, TransferKind, TxSource},
    money::{Minor, Nanos, Overflow},
    payment::card_minimum,
    time::Timestamp,
};
use store::{attempts, credits::CreditUse, db::Tx, events::Event, ledger::Book};

use super::locked;
use crate::{
    error::{AppError, Result},
    events::of_invoice,
    outbox,
};

/// An invoice whose balance is too small to be charged.
#[derive(Debug, Clone)]
pub(crate) struct Small(Invoice);

impl Small {
    /// The line that bills its balance again.
    pub(crate) fn charge(&self) -> Result<Charge, Overflow> {
        let nanos = self.0.currency.nanos_per_minor();
        let price = self.0.due().get().checked_mul(nanos).ok_or(Overflow)?;
        Ok(Charge {
            id: None,
            kind: ChargeKind::OneTime,
            description: format!("Balance of {}", self.0.number.as_deref().unwrap_or_default()),
            quantity: Quantity::ONE,
            unit: String::new(),
            unit_price: Nanos::new(price),
            taxable: false,
        })
    }
}

/// The balances of these tenants that are too small to be charged, their invoices locked. Whoever
/// asks holds the partner's book.
pub(crate) async fn small_balances(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<BTreeMap<TenantId, Vec<Small>>> {
    let mut small: BTreeMap<TenantId, Vec<Small>> = BTreeMap::new();
    for invoice_id in store::invoices::small_of(tx, partner_id, tenants).await? {
        let invoice = locked(tx, partner_id, invoice_id).await?;
        let due = invoice.due();
        let is_small = due > Minor::ZERO && due < card_minimum(invoice.currency);
        if !is_small
            || !invoice.status.is_open()
            || attempts::is_in_progress(tx, partner_id, invoice_id).await?
        {
            continue;
        }
        small.entry(invoice.tenant_id).or_default().push(Small(invoice));
    }
    Ok(small)
}

/// Settles what moved to the invoice with this number, and tells of it.
pub(crate) async fn carry(
    tx: &mut Tx,
    (book, small): (&mut Book, Small),
    number: &str,
    now: Timestamp,
) -> Result<Event> {
    let invoice = small.0;
    let (partner_id, due) = (invoice.partner_id, invoice.due());
    let credit_id = CreditId::derived(now, &["carried_forward", &invoice.invoice_id.to_string()]);
    let credit = Credit {
        credit_id,
        tenant_id: invoice.tenant_id,
        amount: due,
        remaining: due,
        reason: format!("Balance moved to {number}"),
        created_at: now,
    };
    store::credits::insert(tx, partner_id, &credit).await?;
    let invoice_id = invoice.invoice_id;
    let used = CreditUse { credit_id, invoice_id, amount: due };
    store::credits::take(tx, partner_id, &used).await?;
    let entry = moved(&invoice, (due, number), now)?;
    store::ledger::post(tx, book, std::slice::from_ref(&entry)).await?;
    let state = invoice.state().apply(InvoiceEvent::ApplyCredit(due));
    let state = state.map_err(|error| AppError::Broken(error.to_string()))?;
    let seen = invoice.version;
    let invoice = invoice.in_state(state);
    store::invoices::save(tx, &invoice, seen).await?;
    store::auto_pay::end(tx, partner_id, invoice_id).await?;
    let invoice = Invoice { version: seen + 1, ..invoice };
    outbox::redraw(tx, &invoice, now).await?;
    Ok(of_invoice("invoice.paid", &invoice, invoice.version, now))
}

/// The credit and its use.
fn moved(invoice: &Invoice, (due, number): (Minor, &str), now: Timestamp) -> Result<LedgerTx> {
    let tenant_id = invoice.tenant_id;
    let (balance, receivable) = (Account::TenantBalance(tenant_id), Account::Receivable(tenant_id));
    let amount = invoice.currency.to_micros(due)?;
    let mut transfers = Vec::with_capacity(2);
    for (kind, sides) in [
        (TransferKind::CreditGiven, (Account::PartnerRevenue, balance)),
        (TransferKind::CreditApplied, (balance, receivable)),
    ] {
        transfers.extend(Transfer::new(kind, Some(tenant_id), sides, amount)?);
    }
    let source = TxSource { kind: "invoice", id: invoice.invoice_id.to_string(), purpose: "carry" };
    let own = invoice.number.as_deref().unwrap_or_default();
    let text = (format!("Balance of {own} moved to {number}"), transfers);
    LedgerTx::new(Flow::Retail, now, source, text)
        .map_err(|error| AppError::Broken(error.to_string()))
}
