//! Extensions of tenants.
//!
//! Decided here: an extension is inserted and removed once; a unique index keeps a tenant from
//! having two of one name at a time. It is there in the half-open interval from creation to
//! removal.

use domain::{
    account::Extension,
    ids::{ExtensionId, PartnerId, TenantId},
    paging::{Page, PageRequest},
    time::{Span, Timestamp},
};

use crate::{
    bulk::Bulk,
    columns::{after, guarded, id, optional_instant},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

#[derive(sqlx::FromRow)]
struct ExtensionRow {
    extension_id: String,
    tenant_id: String,
    name: String,
    created_at: i64,
    removed_at: Option<i64>,
}

impl ExtensionRow {
    fn read(self) -> Result<Extension, StoreError> {
        Ok(Extension {
            extension_id: id("extension.extension_id", &self.extension_id)?,
            tenant_id: id("extension.tenant_id", &self.tenant_id)?,
            name: self.name,
            created_at: Timestamp::from_micros(self.created_at),
            removed_at: optional_instant(self.removed_at),
        })
    }
}

/// Adds extensions to tenants of one partner. A name that the tenant has is a unique violation.
pub async fn insert_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    extensions: &[Extension],
) -> Result<(), StoreError> {
    let mut rows = Bulk::new(
        "extension",
        &["partner_id", "extension_id", "tenant_id", "name", "created_at", "removed_at"],
        "",
    );
    for extension in extensions {
        rows.push([
            partner_id.to_string().into(),
            extension.extension_id.to_string().into(),
            extension.tenant_id.to_string().into(),
            extension.name.as_str().into(),
            extension.created_at.micros().into(),
            extension.removed_at.map(Timestamp::micros).into(),
        ]);
    }
    rows.insert(tx).await.map(drop)
}

/// The partner's extension with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    extension_id: ExtensionId,
) -> Result<Option<Extension>, StoreError> {
    let row: Option<ExtensionRow> = on!(tx, conn => sqlx::query_as(
        "select extension_id, tenant_id, name, created_at, removed_at from extension
         where partner_id = $1 and extension_id = $2",
    ).bind(partner_id.to_string()).bind(extension_id.to_string()).fetch_optional(conn).await)?;
    row.map(ExtensionRow::read).transpose()
}

/// Which of `names` the tenant has now, in order.
pub async fn present_names(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    names: &[String],
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select name from extension
         where partner_id = $1 and tenant_id = $2 and removed_at is null
           and name in (select value from json_each($3))
         order by name",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(json_list(names))
    .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Removes an extension at `at`; `Stale` where it was removed before.
pub async fn remove(
    tx: &mut Tx,
    partner_id: PartnerId,
    extension_id: ExtensionId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let removed = on!(tx, conn => sqlx::query(
        "update extension set removed_at = $3
         where partner_id = $1 and extension_id = $2 and removed_at is null",
    )
    .bind(partner_id.to_string())
    .bind(extension_id.to_string())
    .bind(at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(removed, "the extension")
}

/// Removes all extensions of a tenant at `at` and answers how many.
pub async fn remove_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    at: Timestamp,
) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(
        "update extension set removed_at = $3
         where partner_id = $1 and tenant_id = $2 and removed_at is null",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(at.micros())
    .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// Up to `limit` extensions of a tenant after `last`, in the order of their ids, removed ones too.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    (tenant_id, last): (TenantId, Option<ExtensionId>),
    limit: i64,
) -> Result<Vec<Extension>, StoreError> {
    let rows: Vec<ExtensionRow> = on!(tx, conn => sqlx::query_as(
        "select extension_id, tenant_id, name, created_at, removed_at from extension
         where partner_id = $1 and tenant_id = $2 and extension_id > $3
         order by extension_id
         limit $4",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(after(last))
    .bind(limit)
    .fetch_all(conn).await)?;
    rows.into_iter().map(ExtensionRow::read).collect()
}

/// Which extensions are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct ExtensionFilter {
    /// Only of these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// Of this tenant.
    pub tenant_id: Option<TenantId>,
    /// With this name.
    pub name: Option<String>,
}

/// A page of the partner's extensions that are there now, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: ExtensionFilter,
    page: &PageRequest,
) -> Result<Page<Extension>, StoreError> {
    let list =
        List::of("select extension_id, tenant_id, name, created_at, removed_at from extension")
            .only("partner_id = $?", [partner_id.to_string().into()])
            .only("removed_at is null", [])
            .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
            .only_if("tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
            .only_if("name = $?", filter.name);
    list.page(tx, ("extension_id", "extension_id"), page).await?.try_map(ExtensionRow::read)
}

/// How many extensions are provisioned at `instant`, used or not (MET-16).
pub async fn count_at(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    instant: Timestamp,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from extension
         where partner_id = $1 and tenant_id = $2 and created_at <= $3
           and (removed_at is null or removed_at > $3)",
    )
    .bind(partner_id.to_string())
    .bind(tenant_id.to_string())
    .bind(instant.micros())
    .fetch_one(conn).await)?;
    Ok(count)
}

/// All extensions of these tenants that are there at some instant of `span`, by tenant, for
/// [`domain::peak`].
pub async fn extensions_overlapping(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
    span: Span,
) -> Result<Vec<Extension>, StoreError> {
    let rows: Vec<ExtensionRow> = on!(tx, conn => sqlx::query_as(
        "select extension_id, tenant_id, name, created_at, removed_at from extension
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and created_at < $4
           and (removed_at is null or (removed_at > $3 and removed_at > created_at))
         order by tenant_id, created_at, extension_id",
    )
    .bind(partner_id.to_string())
    .bind(json_list(tenants))
    .bind(span.start.micros())
    .bind(span.end.micros())
    .fetch_all(conn).await)?;
    rows.into_iter().map(ExtensionRow::read).collect()
}
