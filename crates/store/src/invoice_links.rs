//! The links to invoices' pages (BEY-11).
//!
//! Decided here: an invoice has at most one link that works. A token is found by its hash; whoever
//! reads the table can open no page with what stands there.

use domain::{
    ids::{InvoiceId, PartnerId},
    time::Timestamp,
};

use crate::{
    columns::id,
    db::{Tx, on},
    error::StoreError,
};

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLink {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// What it opens.
    pub invoice_id: InvoiceId,
    /// The token, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Keeps a link, and answers whether it is the one that works: not where there is one already.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    link: &InvoiceLink,
) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into invoice_link (token_hash, partner_id, invoice_id, sealed, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (partner_id, invoice_id) where revoked_at is null do nothing",
    )
    .bind(link.token_hash.clone())
    .bind(partner_id.to_string())
    .bind(link.invoice_id.to_string())
    .bind(link.sealed.clone())
    .bind(link.created_at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// The link of an invoice that works.
pub async fn of_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Option<InvoiceLink>, StoreError> {
    let row: Option<(Vec<u8>, Vec<u8>, i64)> = on!(tx, conn => sqlx::query_as(
        "select token_hash, sealed, created_at from invoice_link
         where partner_id = $1 and invoice_id = $2 and revoked_at is null",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_optional(conn).await)?;
    Ok(row.map(|(token_hash, sealed, at)| {
        let created_at = Timestamp::from_micros(at);
        InvoiceLink { token_hash, invoice_id, sealed, created_at }
    }))
}

/// Whether an invoice ever had a link.
pub async fn ever_had(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<bool, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from invoice_link where partner_id = $1 and invoice_id = $2",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_one(conn).await)?;
    Ok(count > 0)
}

/// Which invoice the token with this hash opens, and whose.
pub async fn opened_by(
    tx: &mut Tx,
    token_hash: &[u8],
) -> Result<Option<(PartnerId, InvoiceId)>, StoreError> {
    let row: Option<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, invoice_id from invoice_link
         where token_hash = $1 and revoked_at is null",
    ).bind(token_hash.to_vec()).fetch_optional(conn).await)?;
    let read = |(partner, invoice): (String, String)| {
        Ok((id("invoice_link.partner_id", &partner)?, id("invoice_link.invoice_id", &invoice)?))
    };
    row.map(read).transpose()
}

/// Ends the link of an invoice, and answers whether there was one.
pub async fn revoke(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "update invoice_link set revoked_at = $3
         where partner_id = $1 and invoice_id = $2 and revoked_at is null",
    )
    .bind(partner_id.to_string())
    .bind(invoice_id.to_string())
    .bind(now.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}
