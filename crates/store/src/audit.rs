//! Reads that only `check` needs: what must agree with what.

use domain::{
    ids::{InvoiceId, PartnerId, TenantId},
    term::Term,
    time::{Day, Span, Timestamp},
};

use crate::{
    columns::{id, optional_id, optional_instant},
    db::{Tx, on},
    directory::fraction,
    error::StoreError,
};

/// The end of a partner's chain as its book has it: the next place and the last hash.
pub async fn book(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select next_seq, last_hash from book where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?)
}

/// All balances of a partner: one row per account, so about two per tenant.
pub async fn balances(
    tx: &mut Tx,
    partner_id: PartnerId,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select account, net_debit_micros from account_balance
         where partner_id = $1
         order by account",
    ).bind(partner_id.to_string()).fetch_all(conn).await)?)
}

/// A period as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPeriod {
    /// From when to when, and under which terms.
    pub term: Term,
    /// `open` or `closed`.
    pub state: String,
    /// The invoice that billed it.
    pub invoice_id: Option<InvoiceId>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct PeriodRow {
    start_at: i64,
    end_at: i64,
    profile_id: String,
    profile_version: i64,
    fraction_num: i64,
    fraction_den: i64,
    state: String,
    invoice_id: Option<String>,
    closed_at: Option<i64>,
}

/// A tenant's periods, oldest first.
pub async fn periods(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
) -> Result<Vec<KeptPeriod>, StoreError> {
    let rows: Vec<PeriodRow> = on!(tx, conn => sqlx::query_as(
        "select start_at, end_at, profile_id, profile_version, fraction_num, fraction_den, state,
           invoice_id, closed_at
         from period
         where partner_id = $1 and tenant_id = $2
         order by start_at",
    ).bind(partner_id.to_string()).bind(tenant_id.to_string()).fetch_all(conn).await)?;
    let no_day = Day::from_number(20_000_101).expect("a day");
    rows.into_iter()
        .map(|row| {
            Ok(KeptPeriod {
                term: Term {
                    span: Span {
                        start: Timestamp::from_micros(row.start_at),
                        end: Timestamp::from_micros(row.end_at),
                    },
                    fraction: fraction(row.fraction_num, row.fraction_den)?,
                    profile_id: id("period.profile_id", &row.profile_id)?,
                    profile_version: row.profile_version,
                    // Kept periods are not continued, so where their grid is anchored is idle.
                    anchor_day: no_day,
                },
                state: row.state,
                invoice_id: optional_id("period.invoice_id", row.invoice_id.as_deref())?,
                closed_at: optional_instant(row.closed_at),
            })
        })
        .collect()
}

/// Sums per tenant that its accounts must equal, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct TenantSums {
    /// Totals of issued invoices, less credit and payments.
    pub receivable_minor: i64,
    /// What is left of its credits.
    pub credit_minor: i64,
}

/// What the operator's charges put into a wallet and its refunds took out, in minor units.
pub async fn operator_sums(tx: &mut Tx, partner_id: PartnerId) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select
           (select cast(coalesce(sum(wallet_minor), 0) as bigint) from operator_charge
            where partner_id = $1 and state = 'succeeded'),
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from operator_refund
            where partner_id = $1 and state <> 'failed')",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?)
}

/// What a tenant owes and has, by its invoices and credits.
pub async fn tenant_sums(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
) -> Result<TenantSums, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select
           (select cast(coalesce(sum(total_minor - credit_minor - paid_minor), 0) as bigint)
            from invoice
            where partner_id = $1 and tenant_id = $2 and status not in ('draft', 'cancelled'))
             as receivable_minor,
           (select cast(coalesce(sum(remaining_minor), 0) as bigint) from credit
            where partner_id = $1 and tenant_id = $2) as credit_minor",
    ).bind(partner_id.to_string()).bind(tenant_id.to_string()).fetch_one(conn).await)?)
}

/// What an invoice's credit uses and succeeded payments add up to, in minor units.
pub async fn covered(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<(i64, i64, i64), StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from credit_use
            where partner_id = $1 and invoice_id = $2),
           (select cast(coalesce(sum(amount_minor), 0) as bigint) from payment
            where partner_id = $1 and invoice_id = $2 and status = 'succeeded'),
           (select cast(coalesce(sum(part.amount_micros), 0) as bigint)
            from payment
            join ledger_tx booked on booked.partner_id = payment.partner_id
              and booked.source_type = 'payment' and booked.source_id = payment.payment_id
              and booked.purpose = 'settle'
            join ledger_transfer part on part.partner_id = booked.partner_id
              and part.seq = booked.seq
            where payment.partner_id = $1 and payment.invoice_id = $2
              and payment.status = 'succeeded' and part.kind = 'payment'
              and part.credit_account like 'tenant_balance:%')",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_one(conn).await)?)
}

/// How many invoices have a number, and the next one by the counter.
pub async fn numbers(tx: &mut Tx, partner_id: PartnerId) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select
           (select count(*) from invoice where partner_id = $1 and number is not null),
           coalesce((select next_number from invoice_number where partner_id = $1), 1)",
    ).bind(partner_id.to_string()).fetch_one(conn).await)?)
}

/// Calls whose record has no key, up to `limit`: such a record could be counted twice.
pub async fn calls_without_key(
    tx: &mut Tx,
    partner_id: PartnerId,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select call.call_id from call
         left join cdr_key on cdr_key.source_id = call.source_id
           and cdr_key.record_id = call.record_id and cdr_key.leg = call.leg
         where call.partner_id = $1 and call.reverses_call_id is null
           and (cdr_key.call_id is null or cdr_key.call_id <> call.call_id)
         order by call.call_id
         limit $2",
    ).bind(partner_id.to_string()).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(call_id,)| call_id).collect())
}
