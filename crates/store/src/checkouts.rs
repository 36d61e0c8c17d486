//! Checkout sessions.
//!
//! Decided here: a session leaves `open` once; whoever comes second changes nothing.

use domain::{
    checkout::{Checkout, CheckoutStatus},
    ids::{CheckoutId, InvoiceId, PartnerId},
    money::Minor,
    time::Timestamp,
};

use crate::{
    columns::{id, named, optional_id, optional_instant},
    db::{Tx, on},
    error::StoreError,
};

#[derive(sqlx::FromRow)]
struct CheckoutRow {
    checkout_id: String,
    tenant_id: String,
    invoice_id: String,
    amount_minor: Option<i64>,
    status: String,
    payment_id: Option<String>,
    success_url: Option<String>,
    created_at: i64,
    expires_at: i64,
    completed_at: Option<i64>,
    version: i64,
}

impl CheckoutRow {
    fn read(self) -> Result<Checkout, StoreError> {
        Ok(Checkout {
            checkout_id: id("checkout_session.checkout_id", &self.checkout_id)?,
            tenant_id: id("checkout_session.tenant_id", &self.tenant_id)?,
            invoice_id: id("checkout_session.invoice_id", &self.invoice_id)?,
            amount: self.amount_minor.map(Minor::new),
            status: named("checkout_session.status", &self.status, CheckoutStatus::parse)?,
            payment_id: optional_id("checkout_session.payment_id", self.payment_id.as_deref())?,
            success_url: self.success_url,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            completed_at: optional_instant(self.completed_at),
            version: self.version,
        })
    }
}

/// Keeps a new session.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    checkout: &Checkout,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into checkout_session
           (partner_id, checkout_id, tenant_id, invoice_id, amount_minor, status, payment_id,
            success_url, created_at, expires_at, completed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(partner_id.to_string())
    .bind(checkout.checkout_id.to_string())
    .bind(checkout.tenant_id.to_string())
    .bind(checkout.invoice_id.to_string())
    .bind(checkout.amount.map(Minor::get))
    .bind(checkout.status.as_str())
    .bind(checkout.payment_id.map(|it| it.to_string()))
    .bind(checkout.success_url.as_deref())
    .bind(checkout.created_at.micros())
    .bind(checkout.expires_at.micros())
    .bind(checkout.completed_at.map(Timestamp::micros))
    .bind(checkout.version)
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// One session of a partner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    checkout_id: CheckoutId,
) -> Result<Option<Checkout>, StoreError> {
    let row: Option<CheckoutRow> = on!(tx, conn => sqlx::query_as(
        "select checkout_id, tenant_id, invoice_id, amount_minor, status, payment_id, success_url,
           created_at, expires_at, completed_at, version
         from checkout_session
         where partner_id = $1 and checkout_id = $2",
    ).bind(partner_id.to_string()).bind(checkout_id.to_string()).fetch_optional(conn).await)?;
    row.map(CheckoutRow::read).transpose()
}

/// Completes a session by a payment, and answers whether it was not complete before. One that
/// expired while its payment was under way is complete, too: it was paid.
pub async fn complete(
    tx: &mut Tx,
    partner_id: PartnerId,
    checkout: &Checkout,
) -> Result<bool, StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "update checkout_session
         set status = 'complete', payment_id = $3, completed_at = $4, version = version + 1
         where partner_id = $1 and checkout_id = $2 and status <> 'complete'",
    )
    .bind(partner_id.to_string())
    .bind(checkout.checkout_id.to_string())
    .bind(checkout.payment_id.map(|it| it.to_string()))
    .bind(checkout.completed_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Ends an open session, and answers whether it was open.
pub async fn expire(
    tx: &mut Tx,
    partner_id: PartnerId,
    checkout_id: CheckoutId,
) -> Result<bool, StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "update checkout_session set status = 'expired', version = version + 1
         where partner_id = $1 and checkout_id = $2 and status = 'open'",
    )
    .bind(partner_id.to_string())
    .bind(checkout_id.to_string())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Ends all open sessions of an invoice.
pub async fn expire_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "update checkout_session set status = 'expired', version = version + 1
         where partner_id = $1 and invoice_id = $2 and status = 'open'",
    )
    .bind(partner_id.to_string())
    .bind(invoice_id.to_string())
    .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// The open session of any partner that ends first, up to `until`.
pub async fn next_ending(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Option<(PartnerId, CheckoutId, Timestamp)>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, checkout_id, expires_at from checkout_session
         where status = 'open' and expires_at <= $1
         order by expires_at, checkout_id
         limit 1",
    ).bind(until.micros()).fetch_optional(conn).await)?;
    let read = |(partner, checkout, at): (String, String, i64)| {
        let partner_id = id("checkout_session.partner_id", &partner)?;
        let checkout_id = id("checkout_session.checkout_id", &checkout)?;
        Ok((partner_id, checkout_id, Timestamp::from_micros(at)))
    };
    row.map(read).transpose()
}
