//! A partner's invoices in sums, for what stands above their list (INV-05).
//!
//! Decided here: counts come from an index alone; amounts are read of unpaid invoices only, which
//! are few whatever was paid in years before.

use domain::{ids::PartnerId, invoice::status::InvoiceStatus, money::Minor, time::Timestamp};

use crate::{
    columns::named,
    db::{Tx, on},
    error::StoreError,
};

/// How many invoices there are in each state, issued from `since` on and before `until` where
/// those are given.
pub async fn counts(
    tx: &mut Tx,
    partner_id: PartnerId,
    (since, until): (Option<Timestamp>, Option<Timestamp>),
) -> Result<Vec<(InvoiceStatus, i64)>, StoreError> {
    let rows: Vec<(String, i64)> = if since.is_none() && until.is_none() {
        on!(tx, conn => sqlx::query_as(
            "select status, count(*) from invoice
             where partner_id = $1
             group by status
             order by status",
        ).bind(partner_id.to_string()).fetch_all(conn).await)?
    } else {
        on!(tx, conn => sqlx::query_as(
            "select status, count(*) from invoice
             where partner_id = $1 and issued_at >= $2 and issued_at < $3
             group by status
             order by status",
        )
        .bind(partner_id.to_string())
        .bind(since.map_or(i64::MIN, Timestamp::micros))
        .bind(until.map_or(i64::MAX, Timestamp::micros))
        .fetch_all(conn).await)?
    };
    rows.into_iter()
        .map(|(status, count)| Ok((named("invoice.status", &status, InvoiceStatus::parse)?, count)))
        .collect()
}

/// What is left to pay of the same invoices.
pub async fn outstanding(
    tx: &mut Tx,
    partner_id: PartnerId,
    (since, until): (Option<Timestamp>, Option<Timestamp>),
) -> Result<Minor, StoreError> {
    let (due,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(total_minor - credit_minor - paid_minor), 0) as bigint)
         from invoice
         where partner_id = $1 and status in ('sent', 'partially_paid', 'overdue')
           and issued_at >= $2 and issued_at < $3",
    )
    .bind(partner_id.to_string())
    .bind(since.map_or(i64::MIN, Timestamp::micros))
    .bind(until.map_or(i64::MAX, Timestamp::micros))
    .fetch_one(conn).await)?;
    Ok(Minor::new(due))
}
