//! Limits of tenants, and what new tenants begin with.
//!
//! Decided here: a tenant without a row of its own has no limits. A partner's defaults are kept
//! like the limits of a tenant without a name.

use std::collections::BTreeSet;

use domain::{
    ids::{PartnerId, TenantId},
    limits::{OnLimit, TenantDefaults, TenantLimits},
    money::Minor,
};

use crate::{
    columns::{guarded, id, named, number, zone},
    db::{Tx, json_list, on},
    error::StoreError,
};

#[derive(sqlx::FromRow)]
struct LimitRow {
    monthly_spend_minor: Option<i64>,
    max_extensions: Option<i64>,
    max_phone_numbers: Option<i64>,
    max_minutes: Option<i64>,
    alert_percent: i64,
    on_limit: String,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct TenantLimitRow {
    tenant_id: String,
    #[sqlx(flatten)]
    limits: LimitRow,
}

impl LimitRow {
    fn read(self) -> Result<(TenantLimits, i64), StoreError> {
        let cap = |column, value: Option<i64>| value.map(|it| number(column, it)).transpose();
        let limits = TenantLimits {
            monthly_spend: self.monthly_spend_minor.map(Minor::new),
            max_extensions: cap("tenant_limit.max_extensions", self.max_extensions)?,
            max_phone_numbers: cap("tenant_limit.max_phone_numbers", self.max_phone_numbers)?,
            max_minutes: cap("tenant_limit.max_minutes", self.max_minutes)?,
            alert_percent: number("tenant_limit.alert_percent", self.alert_percent)?,
            on_limit: named("tenant_limit.on_limit", &self.on_limit, OnLimit::parse)?,
        };
        Ok((limits, self.version))
    }
}

/// The tenant's limits and their version; no limits in version 1 where none were ever set.
pub async fn of_tenant(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
) -> Result<(TenantLimits, i64), StoreError> {
    Ok(row(tx, partner_id, &tenant_id.to_string()).await?.unwrap_or((TenantLimits::default(), 1)))
}

async fn row(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant: &str,
) -> Result<Option<(TenantLimits, i64)>, StoreError> {
    let row: Option<LimitRow> = on!(tx, conn => sqlx::query_as(
        "select monthly_spend_minor, max_extensions, max_phone_numbers, max_minutes,
           alert_percent, on_limit, version
         from tenant_limit
         where partner_id = $1 and tenant_id = $2",
    ).bind(partner_id.to_string()).bind(tenant).fetch_optional(conn).await)?;
    row.map(LimitRow::read).transpose()
}

/// The limits of those of these tenants that have a cap on usage, in order of their ids.
pub async fn on_usage(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &BTreeSet<TenantId>,
) -> Result<Vec<(TenantId, TenantLimits)>, StoreError> {
    let rows: Vec<TenantLimitRow> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, monthly_spend_minor, max_extensions, max_phone_numbers, max_minutes,
           alert_percent, on_limit, version
         from tenant_limit
         where partner_id = $1 and tenant_id in (select value from json_each($2))
           and (monthly_spend_minor is not null or max_minutes is not null)
         order by tenant_id",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| Ok((id("tenant_limit.tenant_id", &row.tenant_id)?, row.limits.read()?.0)))
        .collect()
}

/// The limits of those of these tenants that have any, and their versions.
pub async fn of_tenants(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, (TenantLimits, i64))>, StoreError> {
    let rows: Vec<TenantLimitRow> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, monthly_spend_minor, max_extensions, max_phone_numbers, max_minutes,
           alert_percent, on_limit, version
         from tenant_limit
         where partner_id = $1 and tenant_id in (select value from json_each($2))",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|row| Ok((id("tenant_limit.tenant_id", &row.tenant_id)?, row.limits.read()?)))
        .collect()
}

/// Saves the tenant's limits, if they still have the version they were read with.
pub async fn save(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    (limits, seen): (&TenantLimits, i64),
) -> Result<(), StoreError> {
    put(tx, (partner_id, &tenant_id.to_string()), (limits, seen)).await
}

async fn put(
    tx: &mut Tx,
    (partner_id, tenant): (PartnerId, &str),
    (limits, seen): (&TenantLimits, i64),
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "insert into tenant_limit (partner_id, tenant_id, monthly_spend_minor, max_extensions,
           max_phone_numbers, max_minutes, alert_percent, on_limit, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9 + 1)
         on conflict (partner_id, tenant_id) do update set
           monthly_spend_minor = excluded.monthly_spend_minor,
           max_extensions = excluded.max_extensions,
           max_phone_numbers = excluded.max_phone_numbers,
           max_minutes = excluded.max_minutes, alert_percent = excluded.alert_percent,
           on_limit = excluded.on_limit, version = excluded.version
         where tenant_limit.version = $9",
    )
    .bind(partner_id.to_string())
    .bind(tenant)
    .bind(limits.monthly_spend.map(Minor::get))
    .bind(limits.max_extensions.map(i64::from))
    .bind(limits.max_phone_numbers.map(i64::from))
    .bind(limits.max_minutes.map(i64::from))
    .bind(i64::from(limits.alert_percent))
    .bind(limits.on_limit.as_str())
    .bind(seen)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the limits")
}

/// What the partner's new tenants begin with.
pub async fn defaults(tx: &mut Tx, partner_id: PartnerId) -> Result<TenantDefaults, StoreError> {
    let limits = row(tx, partner_id, "").await?;
    let row: Option<(Option<String>, String, i64)> = on!(tx, conn => sqlx::query_as(
        "select zone, default_cnam, version from tenant_default where partner_id = $1",
    ).bind(partner_id.to_string()).fetch_optional(conn).await)?;
    let (name, default_cnam, version) = row.unwrap_or((None, String::new(), 1));
    let zone = name.map(|name| zone("tenant_default.zone", &name)).transpose()?;
    let limits = limits.map_or_else(TenantLimits::default, |(limits, _)| limits);
    Ok(TenantDefaults { zone, default_cnam, limits, version })
}

/// Saves what the partner's new tenants begin with, if it still has the version it was read with.
pub async fn save_defaults(
    tx: &mut Tx,
    partner_id: PartnerId,
    defaults: &TenantDefaults,
) -> Result<(), StoreError> {
    let seen = defaults.version;
    let saved = on!(tx, conn => sqlx::query(
        "insert into tenant_default (partner_id, zone, default_cnam, version)
         values ($1, $2, $3, $4 + 1)
         on conflict (partner_id) do update set
           zone = excluded.zone, default_cnam = excluded.default_cnam,
           version = excluded.version
         where tenant_default.version = $4",
    )
    .bind(partner_id.to_string())
    .bind(defaults.zone.as_ref().map(|zone| zone.name().to_owned()))
    .bind(&defaults.default_cnam)
    .bind(seen)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the defaults")?;
    put(tx, (partner_id, ""), (&defaults.limits, seen)).await
}
