//! Attempts to make payments at a processor.
//!
//! Decided here: an attempt is written before the processor is asked, and one invoice has at most
//! one that is not finished, by a unique index (PAY-13). An attempt is finished once: whoever comes
//! second is told so and changes nothing, except that money which came always counts.

use domain::{
    ids::{AttemptId, InvoiceId, PartnerId, PaymentId},
    money::Minor,
    payment::{Attempt, AttemptState, ChargeTerms},
    processor::AccountContext,
    time::Timestamp,
};

use crate::{
    columns::{after, id, named, optional_instant},
    db::{Tx, on},
    error::StoreError,
};

/// Writes an attempt down and answers whether it may go on: not where the invoice already has one
/// that is not finished.
pub async fn open(
    tx: &mut Tx,
    partner_id: PartnerId,
    attempt: &Attempt,
) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into payment_attempt
           (partner_id, attempt_id, payment_id, invoice_id, number, idempotency_key, amount_minor,
            state, outcome, created_at, finished_at, terms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (partner_id, invoice_id) where state in ('open', 'unknown', 'waiting')
         do nothing",
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
    .bind(serde_json::to_string(&attempt.terms).expect("plain values are JSON"))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptResult<'a> {
    /// Where it stands now.
    pub state: AttemptState,
    /// What the processor said.
    pub outcome: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Notes what became of an attempt, and answers whether it was not finished before. That the
/// processor charged is noted in any case.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    attempt_id: AttemptId,
    result: AttemptResult<'_>,
) -> Result<bool, StoreError> {
    let finished_at = (!result.state.is_open()).then_some(result.at.micros());
    let saved = on!(tx, conn => sqlx::query(
        "update payment_attempt set state = $3, outcome = $4, finished_at = $5
         where partner_id = $1 and attempt_id = $2
           and (state in ('open', 'unknown', 'waiting') or ($3 = 'succeeded' and state <> $3))",
    )
    .bind(partner_id.to_string())
    .bind(attempt_id.to_string())
    .bind(result.state.as_str())
    .bind(result.outcome)
    .bind(finished_at)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(saved > 0)
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
    terms: String,
}

impl AttemptRow {
    fn read(self) -> Result<Attempt, StoreError> {
        let corrupt = |_| StoreError::corrupt("payment_attempt.terms", &self.terms);
        let terms: ChargeTerms = serde_json::from_str(&self.terms).map_err(corrupt)?;
        Ok(Attempt {
            attempt_id: id("payment_attempt.attempt_id", &self.attempt_id)?,
            payment_id: id("payment_attempt.payment_id", &self.payment_id)?,
            invoice_id: id("payment_attempt.invoice_id", &self.invoice_id)?,
            number: self.number,
            idempotency_key: self.idempotency_key,
            amount: Minor::new(self.amount_minor),
            terms,
            state: named("payment_attempt.state", &self.state, AttemptState::parse)?,
            outcome: self.outcome,
            created_at: Timestamp::from_micros(self.created_at),
            finished_at: optional_instant(self.finished_at),
        })
    }
}

/// The attempts to make a payment, in order.
pub async fn of_payment(
    tx: &mut Tx,
    partner_id: PartnerId,
    payment_id: PaymentId,
) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<AttemptRow> = on!(tx, conn => sqlx::query_as(
        "select attempt_id, payment_id, invoice_id, number, idempotency_key, amount_minor, state,
           outcome, created_at, finished_at, terms
         from payment_attempt
         where partner_id = $1 and payment_id = $2 and terms <> ''
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
         where partner_id = $1 and invoice_id = $2 and state in ('open', 'unknown', 'waiting')",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Whether any charge or refund of a partner on this account is not finished.
pub async fn is_busy_on(
    tx: &mut Tx,
    partner_id: PartnerId,
    context: &AccountContext,
) -> Result<bool, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select
           (select count(*) from payment_attempt attempt
            join payment on payment.partner_id = attempt.partner_id
              and payment.payment_id = attempt.payment_id
            where attempt.partner_id = $1 and payment.context = $2
              and attempt.state in ('open', 'unknown', 'waiting'))
           + (select count(*) from refund
              where partner_id = $1 and context = $2
                and state in ('requested', 'unknown', 'submitted'))",
    ).bind(partner_id.to_string()).bind(context.to_string()).fetch_one(conn).await)?;
    Ok(count > 0)
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
           outcome, created_at, finished_at, terms
         from payment_attempt
         where partner_id = $1 and state in ('open', 'unknown', 'waiting') and created_at <= $2
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
