//! Saved payment methods of tenants, and the partners' own.
//!
//! Decided here: whoever asks names the owner, a tenant or the partner itself, so that no method is
//! seen or charged by another (PMT-12). One owner has at most one default, by a unique index.

use domain::{
    ids::{MethodId, PartnerId, TenantId},
    processor::{AccountContext, MethodKind, MethodStatus, SavedMethod},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{id, named, optional_id},
    db::{Tx, on},
    error::StoreError,
};

const COLUMNS: &str = "method_id, tenant_id, context, customer, reference, kind, brand, last_four,
  expires_month, expires_year, fingerprint, status, is_default, created_at, version";

#[derive(sqlx::FromRow)]
struct MethodRow {
    method_id: String,
    tenant_id: Option<String>,
    context: String,
    customer: String,
    reference: String,
    kind: String,
    brand: String,
    last_four: String,
    expires_month: Option<i64>,
    expires_year: Option<i64>,
    fingerprint: Option<String>,
    status: String,
    is_default: i64,
    created_at: i64,
    version: i64,
}

impl MethodRow {
    fn read(self) -> Result<SavedMethod, StoreError> {
        let corrupt = |_| StoreError::corrupt("payment_method.context", &self.context);
        let context: AccountContext = self.context.parse().map_err(corrupt)?;
        let month = self.expires_month.and_then(|month| u8::try_from(month).ok());
        let year = self.expires_year.and_then(|year| u16::try_from(year).ok());
        Ok(SavedMethod {
            method_id: id("payment_method.method_id", &self.method_id)?,
            tenant_id: optional_id("payment_method.tenant_id", self.tenant_id.as_deref())?,
            context,
            customer: self.customer,
            reference: self.reference,
            kind: named("payment_method.kind", &self.kind, MethodKind::parse)?,
            brand: self.brand,
            last_four: self.last_four,
            expires: month.zip(year),
            fingerprint: self.fingerprint,
            status: named("payment_method.status", &self.status, MethodStatus::parse)?,
            is_default: self.is_default == 1,
            created_at: Timestamp::from_micros(self.created_at),
            version: self.version,
        })
    }
}

/// Keeps a method, and answers whether it is new: a method of this context and reference is kept
/// once, however often it is told of.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    method: &SavedMethod,
) -> Result<bool, StoreError> {
    let added = on!(tx, conn => sqlx::query(
        "insert into payment_method
           (partner_id, method_id, tenant_id, context, customer, reference, kind, brand, last_four,
            expires_month, expires_year, fingerprint, status, is_default, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         on conflict (context, reference) do nothing",
    )
    .bind(partner_id.to_string())
    .bind(method.method_id.to_string())
    .bind(method.tenant_id.map(|it| it.to_string()))
    .bind(method.context.to_string())
    .bind(&method.customer)
    .bind(&method.reference)
    .bind(method.kind.as_str())
    .bind(&method.brand)
    .bind(&method.last_four)
    .bind(method.expires.map(|(month, _)| i64::from(month)))
    .bind(method.expires.map(|(_, year)| i64::from(year)))
    .bind(method.fingerprint.as_deref())
    .bind(method.status.as_str())
    .bind(i64::from(method.is_default))
    .bind(method.created_at.micros())
    .bind(method.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// The method with this id, whoever of the partner's it belongs to: compare its owner.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    method_id: MethodId,
) -> Result<Option<SavedMethod>, StoreError> {
    let sql =
        format!("select {COLUMNS} from payment_method where partner_id = $1 and method_id = $2");
    let row: Option<MethodRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(method_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(MethodRow::read).transpose()
}

/// What is charged of an owner where no method is named: a tenant's, or the partner's own.
pub async fn default_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    owner: Option<TenantId>,
) -> Result<Option<SavedMethod>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from payment_method
         where partner_id = $1 and coalesce(tenant_id, '') = $2 and is_default = 1"
    );
    let row: Option<MethodRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(owner.map(|it| it.to_string()).unwrap_or_default())
        .fetch_optional(conn).await)?;
    row.map(MethodRow::read).transpose()
}
