//! Payments of invoices and the attempts to make them.
//!
//! Decided here: an attempt is written before the gateway is asked, and one invoice has at most
//! one that is not finished, by a unique index (PAY-13). Attempts and payments are finished once:
//! whoever comes second is told so and changes nothing.

use std::collections::BTreeSet;

use domain::{
    ids::{AttemptId, InvoiceId, PartnerId, PaymentId, TenantId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    payment::{Attempt, AttemptState, Payment, PaymentStatus},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{after, currency, id, named, optional_instant},
    db::{Tx, json_list, on},
    dunning,
    error::StoreError,
    invoices::FEW_TENANTS,
    listing::List,
};

/// Locks an invoice until the transaction ends, and answers whether there is one. Read it after
/// this: what was read before may be old. Whoever also needs the partner's book locks that first.
pub async fn lock_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<bool, StoreError> {
    let sql = tx.locking("select version from invoice where partner_id = $1 and invoice_id = $2");
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(invoice_id.to_string())
        .fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Writes a payment down and answers whether its id is new.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment: &Payment,
) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into payment
           (partner_id, payment_id, tenant_id, invoice_id, method, amount_minor, status, note,
            created_at, settled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (partner_id, payment_id) do nothing",
    )
    .bind(partner_id.to_string())
    .bind(payment.payment_id.to_string())
    .bind(payment.tenant_id.to_string())
    .bind(payment.invoice_id.to_string())
    .bind(&payment.method)
    .bind(payment.amount.get())
    .bind(payment.status.as_str())
    .bind(&payment.note)
    .bind(payment.created_at.micros())
    .bind(payment.settled_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    if added > 0 {
        dunning::wake(tx, (partner_id, payment.tenant_id)).await?;
    }
    Ok(added > 0)
}

/// Writes an attempt down and answers whether it may go on: not where the invoice already has one
/// that is not finished.
pub async fn open_attempt(
    tx: &mut Tx,
    partner_id: PartnerId,
    attempt: &Attempt,
) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into payment_attempt
           (partner_id, attempt_id, payment_id, invoice_id, number, idempotency_key, amount_minor,
            state, outcome, created_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (partner_id, invoice_id) where state in ('open', 'unknown') do nothing",
    )
    .bind(partner_id.to_string())
    .bind(attempt.attempt_id.to_string())
    .bind(attempt.payment_id.to_string())
    .bind(attempt.invoice_id.to_string())
    .bind(attempt.number)
    .bind(&attempt.idempotency_key)
    .bind(attempt.amount.get())
    .bind(attempt.state.as_str())
    .bind(&attempt.outcome)
    .bind(attempt.created_at.micros())
    .bind(attempt.finished_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptResult<'a> {
    /// Where it stands now.
    pub state: AttemptState,
    /// What the gateway said.
    pub outcome: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Notes what became of an attempt, and answers whether it was not finished before.
pub async fn finish_attempt(
    tx: &mut Tx,
    partner_id: PartnerId,
    attempt_id: AttemptId,
    result: AttemptResult<'_>,
) -> Result<bool, StoreError> {
    let finished_at = (!result.state.is_open()).then_some(result.at.micros());
    let saved = on!(tx, conn => sqlx::query(
        "update payment_attempt set state = $3, outcome = $4, finished_at = $5
         where partner_id = $1 and attempt_id = $2 and state in ('open', 'unknown')",
    )
    .bind(partner_id.to_string())
    .bind(attempt_id.to_string())
    .bind(result.state.as_str())
    .bind(result.outcome)
    .bind(finished_at)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(saved > 0)
}

/// Notes what became of a payment: its status, note and time of settling. Answers whether it was
/// pending before.
pub async fn settle(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment: &Payment,
) -> Result<bool, StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update payment set status = $3, note = $4, settled_at = $5
         where partner_id = $1 and payment_id = $2 and status = 'pending'",
    )
    .bind(partner_id.to_string())
    .bind(payment.payment_id.to_string())
    .bind(payment.status.as_str())
    .bind(&payment.note)
    .bind(payment.settled_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    if saved > 0 {
        dunning::wake(tx, (partner_id, payment.tenant_id)).await?;
    }
    Ok(saved > 0)
}

#[derive(sqlx::FromRow)]
struct PaymentRow {
    payment_id: String,
    tenant_id: String,
    invoice_id: String,
    method: String,
    amount_minor: i64,
    status: String,
    note: String,
    created_at: i64,
    settled_at: Option<i64>,
}

impl PaymentRow {
    fn read(self) -> Result<Payment, StoreError> {
        Ok(Payment {
            payment_id: id("payment.payment_id", &self.payment_id)?,
            tenant_id: id("payment.tenant_id", &self.tenant_id)?,
            invoice_id: id("payment.invoice_id", &self.invoice_id)?,
            method: self.method,
            amount: Minor::new(self.amount_minor),
            status: named("payment.status", &self.status, PaymentStatus::parse)?,
            note: self.note,
            created_at: Timestamp::from_micros(self.created_at),
            settled_at: optional_instant(self.settled_at),
        })
    }
}

/// One payment of a partner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment_id: PaymentId,
) -> Result<Option<Payment>, StoreError> {
    let row: Option<PaymentRow> = on!(tx, conn => sqlx::query_as(
        "select payment_id, tenant_id, invoice_id, method, amount_minor, status, note, created_at,
           settled_at
         from payment
         where partner_id = $1 and payment_id = $2",
    ).bind(partner_id.to_string()).bind(payment_id.to_string()).fetch_optional(conn).await)?;
    row.map(PaymentRow::read).transpose()
}

/// Up to `limit` payments of an invoice after `last`, in the order of their ids.
pub async fn of_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    (invoice_id, last): (InvoiceId, Option<PaymentId>),
    limit: i64,
) -> Result<Vec<Payment>, StoreError> {
    let rows: Vec<PaymentRow> = on!(tx, conn => sqlx::query_as(
        "select payment_id, tenant_id, invoice_id, method, amount_minor, status, note, created_at,
           settled_at
         from payment
         where partner_id = $1 and invoice_id = $2 and payment_id > $3
         order by payment_id
         limit $4",
    )
    .bind(partner_id.to_string())
    .bind(invoice_id.to_string())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(PaymentRow::read).collect()
}

/// Which payments are listed: those that meet all of what is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentFilter {
    /// Only of these tenants; `None` for all.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only of this invoice.
    pub invoice_id: Option<InvoiceId>,
    /// Only in this state.
    pub status: Option<PaymentStatus>,
    /// Only begun from then on.
    pub created_since: Option<Timestamp>,
    /// Only begun before then.
    pub created_until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    payment: PaymentRow,
    currency: String,
}

/// A page of the partner's payments by when they were begun, each with its invoice's currency.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: PaymentFilter,
    page: &PageRequest,
) -> Result<Page<(Payment, Currency)>, StoreError> {
    let few = filter.tenants.as_ref().is_some_and(|it| it.len() <= FEW_TENANTS);
    let is_narrow = few || filter.invoice_id.is_some();
    let key = if is_narrow { "p.created_at + 0" } else { "p.created_at" };
    List::of(
        "select p.payment_id, p.tenant_id, p.invoice_id, p.method, p.amount_minor, p.status,
           p.note, p.created_at, p.settled_at, i.currency
         from payment p
         join invoice i on i.partner_id = p.partner_id and i.invoice_id = p.invoice_id",
    )
    .only("p.partner_id = $?", [partner_id.to_string().into()])
    .one_of("p.tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("p.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
    .only_if("p.invoice_id = $?", filter.invoice_id.map(|it| it.to_string()))
    .only_if("p.status = $?", filter.status.map(PaymentStatus::as_str))
    .only_if("p.created_at >= $?", filter.created_since.map(Timestamp::micros))
    .only_if("p.created_at < $?", filter.created_until.map(Timestamp::micros))
    .page::<ListedRow>(tx, (key, "p.payment_id"), page)
    .await?
    .try_map(|row| Ok((row.payment.read()?, currency("invoice.currency", &row.currency)?)))
}

/// What succeeded payments of an invoice add up to.
pub async fn paid_on(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Minor, StoreError> {
    let (sum,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from payment
         where partner_id = $1 and invoice_id = $2 and status = 'succeeded'",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_one(conn).await)?;
    Ok(Minor::new(sum))
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    attempt_id: String,
    payment_id: String,
    invoice_id: String,
    number: i64,
    idempotency_key: String,
    amount_minor: i64,
    state: String,
    outcome: String,
    created_at: i64,
    finished_at: Option<i64>,
}

impl AttemptRow {
    fn read(self) -> Result<Attempt, StoreError> {
        Ok(Attempt {
            attempt_id: id("payment_attempt.attempt_id", &self.attempt_id)?,
            payment_id: id("payment_attempt.payment_id", &self.payment_id)?,
            invoice_id: id("payment_attempt.invoice_id", &self.invoice_id)?,
            number: self.number,
            idempotency_key: self.idempotency_key,
            amount: Minor::new(self.amount_minor),
            state: named("payment_attempt.state", &self.state, AttemptState::parse)?,
            outcome: self.outcome,
            created_at: Timestamp::from_micros(self.created_at),
            finished_at: optional_instant(self.finished_at),
        })
    }
}

/// The attempts to make a payment, in order.
pub async fn attempts(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment_id: PaymentId,
) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<AttemptRow> = on!(tx, conn => sqlx::query_as(
        "select attempt_id, payment_id, invoice_id, number, idempotency_key, amount_minor, state,
           outcome, created_at, finished_at
         from payment_attempt
         where partner_id = $1 and payment_id = $2
         order by number",
    ).bind(partner_id.to_string()).bind(payment_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter().map(AttemptRow::read).collect()
}

/// Whether an attempt to pay this invoice is not finished.
pub async fn is_in_progress(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select number from payment_attempt
         where partner_id = $1 and invoice_id = $2 and state in ('open', 'unknown')",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// The invoices of these tenants of which a payment is pending.
pub async fn pending_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<BTreeSet<InvoiceId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select distinct invoice_id from payment
         where partner_id = $1 and status = 'pending'
           and tenant_id in (select value from json_each($2))",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter().map(|(invoice,)| id("payment.invoice_id", &invoice)).collect()
}

/// Up to `limit` attempts of a partner that were written down up to `until` and are not finished,
/// after `last`, in the order of their ids.
pub async fn unfinished(
    tx: &mut Tx,
    partner_id: PartnerId,
    (until, last): (Timestamp, Option<AttemptId>),
    limit: i64,
) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<AttemptRow> = on!(tx, conn => sqlx::query_as(
        "select attempt_id, payment_id, invoice_id, number, idempotency_key, amount_minor, state,
           outcome, created_at, finished_at
         from payment_attempt
         where partner_id = $1 and state in ('open', 'unknown') and created_at <= $2
           and attempt_id > $3
         order by attempt_id
         limit $4",
    )
    .bind(partner_id.to_string())
    .bind(until.micros())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(AttemptRow::read).collect()
}
