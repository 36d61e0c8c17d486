//! Tax jurisdictions of a partner (TAX-01).
//!
//! Decided here: a jurisdiction is known to tenants by its code, which therefore never changes.
//! Issued invoices keep their own copy.

use domain::{
    account::TaxJurisdiction,
    ids::{PartnerId, TaxId, TenantId},
    paging::{Page, PageRequest},
};

use crate::{
    columns::{after, flag, guarded, id, number},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

#[derive(sqlx::FromRow)]
struct TaxRow {
    tax_id: String,
    code: String,
    name: String,
    rate_millionths: i64,
    enabled: i64,
    version: i64,
}

/// A jurisdiction and the version it was read with.
pub type Versioned = (TaxJurisdiction, i64);

impl TaxRow {
    fn read(self) -> Result<Versioned, StoreError> {
        let jurisdiction = TaxJurisdiction {
            tax_id: id("tax_jurisdiction.tax_id", &self.tax_id)?,
            code: self.code,
            name: self.name,
            rate_millionths: number("tax_jurisdiction.rate_millionths", self.rate_millionths)?,
            enabled: flag("tax_jurisdiction.enabled", self.enabled)?,
        };
        Ok((jurisdiction, self.version))
    }
}

/// Creates a jurisdiction. A code that the partner has already is a unique violation.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    jurisdiction: &TaxJurisdiction,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into tax_jurisdiction
           (partner_id, tax_id, code, name, rate_millionths, enabled, version)
         values ($1, $2, $3, $4, $5, $6, 1)",
    )
    .bind(partner_id.to_string())
    .bind(jurisdiction.tax_id.to_string())
    .bind(&jurisdiction.code)
    .bind(&jurisdiction.name)
    .bind(i64::from(jurisdiction.rate_millionths))
    .bind(i64::from(jurisdiction.enabled))
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The partner's jurisdiction with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    tax_id: TaxId,
) -> Result<Option<Versioned>, StoreError> {
    let row: Option<TaxRow> = on!(tx, conn => sqlx::query_as(
        "select tax_id, code, name, rate_millionths, enabled, version from tax_jurisdiction
         where partner_id = $1 and tax_id = $2",
    ).bind(partner_id.to_string()).bind(tax_id.to_string()).fetch_optional(conn).await)?;
    row.map(TaxRow::read).transpose()
}

/// Saves name, rate and switch, if the row still has version `seen`. The code stays: tenants and
/// invoices name it.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    (jurisdiction, seen): (&TaxJurisdiction, i64),
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update tax_jurisdiction
         set name = $4, rate_millionths = $5, enabled = $6, version = version + 1
         where partner_id = $1 and tax_id = $2 and version = $3",
    )
    .bind(partner_id.to_string())
    .bind(jurisdiction.tax_id.to_string())
    .bind(seen)
    .bind(&jurisdiction.name)
    .bind(i64::from(jurisdiction.rate_millionths))
    .bind(i64::from(jurisdiction.enabled))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the tax jurisdiction")
}

/// Up to `limit` of the partner's jurisdictions after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    last: Option<TaxId>,
    limit: i64,
) -> Result<Vec<Versioned>, StoreError> {
    let rows: Vec<TaxRow> = on!(tx, conn => sqlx::query_as(
        "select tax_id, code, name, rate_millionths, enabled, version from tax_jurisdiction
         where partner_id = $1 and tax_id > $2
         order by tax_id
         limit $3",
    ).bind(partner_id.to_string()).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(TaxRow::read).collect()
}

/// A page of the partner's jurisdictions, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    (enabled, page): (Option<bool>, &PageRequest),
) -> Result<Page<Versioned>, StoreError> {
    let list = List::of(
        "select tax_id, code, name, rate_millionths, enabled, version from tax_jurisdiction",
    )
    .only("partner_id = $?", [partner_id.to_string().into()])
    .only_if("enabled = $?", enabled.map(i64::from));
    list.page(tx, ("tax_id", "tax_id"), page).await?.try_map(TaxRow::read)
}

/// How many tenants list the jurisdiction with this code.
pub async fn count_listing(
    tx: &mut Tx,
    partner_id: PartnerId,
    code: &str,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from tenant_tax where partner_id = $1 and code = $2",
    ).bind(partner_id.to_string()).bind(code).fetch_one(conn).await)?;
    Ok(count)
}

/// Deletes a jurisdiction that no tenant lists, if the row still has version `seen`.
pub async fn delete(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tax_id, seen): (TaxId, i64),
) -> Result<(), StoreError> {
    let deleted = on!(tx, conn => sqlx::query(
        "delete from tax_jurisdiction where partner_id = $1 and tax_id = $2 and version = $3",
    )
    .bind(partner_id.to_string())
    .bind(tax_id.to_string())
    .bind(seen)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(deleted, "the tax jurisdiction")
}

/// Which of `codes` the partner has, in their order.
pub async fn known_codes(
    tx: &mut Tx,
    partner_id: PartnerId,
    codes: &[String],
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select code from tax_jurisdiction
         where partner_id = $1 and code in (select value from json_each($2))
         order by code",
    ).bind(partner_id.to_string()).bind(json_list(codes)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

#[derive(sqlx::FromRow)]
struct TenantTaxRow {
    tenant_id: String,
    #[sqlx(flatten)]
    tax: TaxRow,
}

/// The jurisdictions that apply to each of `tenants` now: listed by the tenant and switched on
/// (TAX-03, TAX-04), in the order of tenant and code.
pub async fn in_force(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, TaxJurisdiction)>, StoreError> {
    let rows: Vec<TenantTaxRow> = on!(tx, conn => sqlx::query_as(
        "select listed.tenant_id, tax.tax_id, tax.code, tax.name, tax.rate_millionths,
           tax.enabled, tax.version
         from tenant_tax listed
         join tax_jurisdiction tax
           on tax.partner_id = listed.partner_id and tax.code = listed.code
         where listed.partner_id = $1 and tax.enabled = 1
           and listed.tenant_id in (select value from json_each($2))
         order by listed.tenant_id, tax.code",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| Ok((id("tenant_tax.tenant_id", &row.tenant_id)?, row.tax.read()?.0)))
        .collect()
}
