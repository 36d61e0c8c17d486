//! Saved payment methods of tenants, and the partners' own.
//!
//! Decided here: whoever asks names the owner, a tenant or the partner itself, so that no method is
//! seen or charged by another (PMT-12). One owner has at most one default, by a unique index.
//! Removed methods stay, for the payments that were made with them, and are never listed.

use domain::{
    ids::{MethodId, PartnerId, TenantId},
    paging::{Page, PageRequest},
    processor::{AccountContext, MethodKind, MethodStatus, SavedMethod},
    time::Timestamp,
};
use sqlx::AssertSqlSafe;

use crate::{
    columns::{guarded, id, named, optional_id},
    db::{Tx, on},
    error::StoreError,
    listing::List,
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

/// The same, locked until the transaction ends.
pub async fn find_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    method_id: MethodId,
) -> Result<Option<SavedMethod>, StoreError> {
    let sql = tx.locking(
        "select method_id, tenant_id, context, customer, reference, kind, brand, last_four,
           expires_month, expires_year, fingerprint, status, is_default, created_at, version
         from payment_method where partner_id = $1 and method_id = $2",
    );
    let row: Option<MethodRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(method_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(MethodRow::read).transpose()
}

/// Whose the method with this reference of the processor is, on this account.
pub async fn find_by_reference(
    tx: &mut Tx,
    context: &AccountContext,
    reference: &str,
) -> Result<Option<(PartnerId, MethodId)>, StoreError> {
    let row: Option<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select partner_id, method_id from payment_method where context = $1 and reference = $2",
    ).bind(context.to_string()).bind(reference).fetch_optional(conn).await)?;
    row.map(|(partner, method)| {
        let partner_id = id("payment_method.partner_id", &partner)?;
        Ok((partner_id, id("payment_method.method_id", &method)?))
    })
    .transpose()
}

/// Methods of one customer that are looked at: far more than anybody saves.
const MAX_OF_CUSTOMER: i64 = 1_000;

/// The processor's ids of the methods of its customer on this account that are not removed.
pub async fn of_customer(
    tx: &mut Tx,
    context: &AccountContext,
    customer: &str,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select reference from payment_method
         where context = $1 and customer = $2 and status <> 'removed'
         order by method_id
         limit $3",
    )
    .bind(context.to_string())
    .bind(customer)
    .bind(MAX_OF_CUSTOMER)
    .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(reference,)| reference).collect())
}

/// Whose methods are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodFilter {
    /// A tenant's; the partner's own where there is none.
    pub owner: Option<TenantId>,
    /// Only those that stand so.
    pub status: Option<MethodStatus>,
}

/// A page of an owner's methods, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: MethodFilter,
    page: &PageRequest,
) -> Result<Page<SavedMethod>, StoreError> {
    let list = List::of(
        "select method_id, tenant_id, context, customer, reference, kind, brand, last_four,
           expires_month, expires_year, fingerprint, status, is_default, created_at, version
         from payment_method",
    )
    .only("partner_id = $?", [partner_id.to_string().into()])
    .only("status <> 'removed'", [])
    .only_if("status = $?", filter.status.map(|it| it.as_str().to_owned()));
    let list = match filter.owner {
        Some(tenant_id) => list.only("tenant_id = $?", [tenant_id.to_string().into()]),
        None => list.only("tenant_id is null", []),
    };
    let page = list.page(tx, ("method_id", "method_id"), page).await?;
    page.try_map(MethodRow::read)
}

/// Saves what may change of a method, if it still has its version.
pub async fn save(
    tx: &mut Tx,
    partner_id: PartnerId,
    method: &SavedMethod,
) -> Result<(), StoreError> {
    let done = on!(tx, conn => sqlx::query(
        "update payment_method
         set brand = $4, last_four = $5, expires_month = $6, expires_year = $7, fingerprint = $8,
           status = $9, is_default = $10, version = $3 + 1
         where partner_id = $1 and method_id = $2 and version = $3",
    )
    .bind(partner_id.to_string())
    .bind(method.method_id.to_string())
    .bind(method.version)
    .bind(&method.brand)
    .bind(&method.last_four)
    .bind(method.expires.map(|(month, _)| i64::from(month)))
    .bind(method.expires.map(|(_, year)| i64::from(year)))
    .bind(method.fingerprint.as_deref())
    .bind(method.status.as_str())
    .bind(i64::from(method.is_default))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(done, "the payment method")
}

/// How many usable methods an owner has.
pub async fn count_usable(
    tx: &mut Tx,
    partner_id: PartnerId,
    owner: Option<TenantId>,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from payment_method
         where partner_id = $1 and coalesce(tenant_id, '') = $2 and status = 'active'",
    )
    .bind(partner_id.to_string())
    .bind(owner.map(|it| it.to_string()).unwrap_or_default())
    .fetch_one(conn).await)?;
    Ok(count)
}

/// The tenants whose methods that can be used, or will be, are not on `context`.
pub async fn tenants_elsewhere(
    tx: &mut Tx,
    partner_id: PartnerId,
    context: &AccountContext,
) -> Result<Vec<TenantId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select distinct tenant_id from payment_method
         where partner_id = $1 and tenant_id is not null and context <> $2
           and status in ('active', 'pending_verification')
         order by tenant_id",
    ).bind(partner_id.to_string()).bind(context.to_string()).fetch_all(conn).await)?;
    rows.into_iter().map(|(tenant,)| id("payment_method.tenant_id", &tenant)).collect()
}

/// Says of the tenants' methods that are not on `context` that they cannot be used (PMT-10).
pub async fn mark_needs_reentry(
    tx: &mut Tx,
    partner_id: PartnerId,
    context: &AccountContext,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "update payment_method
         set status = 'needs_reentry', is_default = 0, version = version + 1
         where partner_id = $1 and tenant_id is not null and context <> $2
           and status in ('active', 'pending_verification')",
    ).bind(partner_id.to_string()).bind(context.to_string()).execute(conn).await.map(drop))?;
    Ok(())
}
