//! Credits of tenants, and which invoices used them (INV-30).
//!
//! Decided here: what is left of a credit never falls below zero, and an invoice uses a credit at
//! most once.

use domain::{
    account::Credit,
    ids::{CreditId, InvoiceId, PartnerId, TenantId},
    money::{Currency, Minor},
    paging::{Page, PageRequest},
    time::Timestamp,
};

use crate::{
    columns::{after, currency, guarded, id},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

#[derive(sqlx::FromRow)]
struct CreditRow {
    credit_id: String,
    tenant_id: String,
    amount_minor: i64,
    remaining_minor: i64,
    reason: String,
    created_at: i64,
}

impl CreditRow {
    fn read(self) -> Result<Credit, StoreError> {
        Ok(Credit {
            credit_id: id("credit.credit_id", &self.credit_id)?,
            tenant_id: id("credit.tenant_id", &self.tenant_id)?,
            amount: Minor::new(self.amount_minor),
            remaining: Minor::new(self.remaining_minor),
            reason: self.reason,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// Gives a credit.
pub async fn insert(tx: &mut Tx, partner_id: PartnerId, credit: &Credit) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into credit
           (partner_id, credit_id, tenant_id, amount_minor, remaining_minor, reason, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(partner_id.to_string())
    .bind(credit.credit_id.to_string())
    .bind(credit.tenant_id.to_string())
    .bind(credit.amount.get())
    .bind(credit.remaining.get())
    .bind(&credit.reason)
    .bind(credit.created_at.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The partner's credit with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    credit_id: CreditId,
) -> Result<Option<Credit>, StoreError> {
    let row: Option<CreditRow> = on!(tx, conn => sqlx::query_as(
        "select credit_id, tenant_id, amount_minor, remaining_minor, reason, created_at
         from credit
         where partner_id = $1 and credit_id = $2",
    ).bind(partner_id.to_string()).bind(credit_id.to_string()).fetch_optional(conn).await)?;
    row.map(CreditRow::read).transpose()
}

/// Whose credits are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreditFilter {
    /// Only of these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// Only of this tenant.
    pub tenant_id: Option<TenantId>,
}

#[derive(sqlx::FromRow)]
struct PricedRow {
    #[sqlx(flatten)]
    credit: CreditRow,
    currency: String,
}

/// A page of credits with their tenants' currencies, in the order of their ids; used ones too.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: CreditFilter,
    page: &PageRequest,
) -> Result<Page<(Credit, Currency)>, StoreError> {
    let list = List::of(
        "select credit.credit_id, credit.tenant_id, credit.amount_minor, credit.remaining_minor,
           credit.reason, credit.created_at, tenant.currency
         from credit
         join tenant on tenant.partner_id = credit.partner_id
           and tenant.tenant_id = credit.tenant_id",
    )
    .only("credit.partner_id = $?", [partner_id.to_string().into()])
    .one_of("credit.tenant_id in (select value from json_each($?))", filter.tenants)
    .only_if("credit.tenant_id = $?", filter.tenant_id.map(|it| it.to_string()));
    let page = list.page(tx, ("credit.credit_id", "credit.credit_id"), page).await?;
    page.try_map(|row: PricedRow| {
        Ok((row.credit.read()?, currency("tenant.currency", &row.currency)?))
    })
}

/// Up to `limit` credits of a tenant after `last`, in the order of their ids, used ones too.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tenant_id, last): (TenantId, Option<CreditId>),
    limit: i64,
) -> Result<Vec<Credit>, StoreError> {
    let rows: Vec<CreditRow> = on!(tx, conn => sqlx::query_as(
        "select credit_id, tenant_id, amount_minor, remaining_minor, reason, created_at
         from credit
         where partner_id = $1 and tenant_id = $2 and credit_id > $3
         order by credit_id
         limit $4",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(CreditRow::read).collect()
}

/// The credits of these tenants of which something is left, oldest first within a tenant.
pub async fn open_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<Credit>, StoreError> {
    let rows: Vec<CreditRow> = on!(tx, conn => sqlx::query_as(
        "select credit_id, tenant_id, amount_minor, remaining_minor, reason, created_at
         from credit
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and remaining_minor > 0
         order by tenant_id, credit_id",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter().map(CreditRow::read).collect()
}

/// Takes back what is left of a credit; `Stale` where somebody used of it meanwhile.
pub async fn void(
    tx: &mut Tx,
    partner_id: PartnerId,
    (credit_id, left): (CreditId, Minor),
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update credit set remaining_minor = 0, voided_minor = voided_minor + $3
         where partner_id = $1 and credit_id = $2 and remaining_minor = $3",
    )
    .bind(partner_id.to_string())
    .bind(credit_id.to_string())
    .bind(left.get())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the credit")
}

/// Whether a refund or a credit note became this credit.
pub async fn is_owed(
    tx: &mut Tx,
    partner_id: PartnerId,
    credit_id: CreditId,
) -> Result<bool, StoreError> {
    let (found,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select (select count(*) from refund where partner_id = $1 and credit_id = $2)
           + (select count(*) from credit_note where partner_id = $1 and credit_id = $2)",
    ).bind(partner_id.to_string()).bind(credit_id.to_string()).fetch_one(conn).await)?;
    Ok(found > 0)
}

/// What an invoice takes of a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditUse {
    /// The credit.
    pub credit_id: CreditId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// How much; more than zero.
    pub amount: Minor,
}

/// Takes from a credit for an invoice; `Stale` where less is left.
pub async fn take(tx: &mut Tx, partner_id: PartnerId, taken: &CreditUse) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update credit set remaining_minor = remaining_minor - $3
         where partner_id = $1 and credit_id = $2 and remaining_minor >= $3",
    )
    .bind(partner_id.to_string())
    .bind(taken.credit_id.to_string())
    .bind(taken.amount.get())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the credit")?;
    on!(tx, conn => sqlx::query(
        "insert into credit_use (partner_id, credit_id, invoice_id, amount_minor)
         values ($1, $2, $3, $4)",
    )
    .bind(partner_id.to_string())
    .bind(taken.credit_id.to_string())
    .bind(taken.invoice_id.to_string())
    .bind(taken.amount.get())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// What an invoice took, in the order of the credits.
pub async fn taken_by(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Vec<CreditUse>, StoreError> {
    let rows: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(
        "select credit_id, amount_minor from credit_use
         where partner_id = $1 and invoice_id = $2
         order by credit_id",
    ).bind(partner_id.to_string()).bind(invoice_id.to_string()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(credit, amount)| {
            let credit_id = id("credit_use.credit_id", &credit)?;
            Ok(CreditUse { credit_id, invoice_id, amount: Minor::new(amount) })
        })
        .collect()
}
