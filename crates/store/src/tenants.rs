//! Tenants, and the tax codes that apply to them.
//!
//! Decided here: the SIP prefix, the owner and the time of creation are never updated (TEN-15).
//! A save is refused where the row changed since it was read.

use std::collections::BTreeSet;

use domain::{
    account::{AutoPay, Tenant},
    ids::{PartnerId, ProfileId, TenantId},
    paging::{Page, PageRequest},
    tenant::{Stage, SuspensionReason, TenantLife, TenantStatus},
    time::{Day, Timestamp},
};

use crate::{
    bulk::Bulk,
    columns::{
        after, currency, flag, guarded, id, named, optional_day, optional_id, optional_instant,
        zone,
    },
    db::{Tx, json_list, on},
    error::StoreError,
    listing::{List, anywhere},
};

#[derive(sqlx::FromRow)]
pub(crate) struct TenantRow {
    partner_id: String,
    tenant_id: String,
    name: String,
    sip_prefix: String,
    account_code: Option<String>,
    billing_email: String,
    address: String,
    default_cnam: String,
    zone: String,
    currency: String,
    home_npa: Option<String>,
    auto_pay: i64,
    status: String,
    suspension_reasons: String,
    stage: String,
    profile_id: String,
    pending_profile_id: Option<String>,
    pending_requested_at: Option<i64>,
    created_at: i64,
    activated_at: Option<i64>,
    cancelled_at: Option<i64>,
    anchor_day: Option<i64>,
    open_start: Option<i64>,
    open_end: Option<i64>,
    next_action_at: Option<i64>,
    flagged_at: Option<i64>,
    version: i64,
}

impl TenantRow {
    pub(crate) fn read(self) -> Result<Tenant, StoreError> {
        let pending = optional_id("tenant.pending_profile_id", self.pending_profile_id.as_deref())?;
        let life = TenantLife {
            stage: named("tenant.stage", &self.stage, Stage::parse)?,
            reasons: reasons(&self.suspension_reasons)?,
            cancelled_at: optional_instant(self.cancelled_at),
            billed_since: optional_instant(self.activated_at),
        };
        if life.status().as_str() != self.status {
            return Err(StoreError::corrupt("tenant.status", &self.status));
        }
        Ok(Tenant {
            partner_id: id("tenant.partner_id", &self.partner_id)?,
            tenant_id: id("tenant.tenant_id", &self.tenant_id)?,
            name: self.name,
            sip_prefix: self.sip_prefix,
            account_code: self.account_code,
            billing_email: self.billing_email,
            address: self.address,
            default_cnam: self.default_cnam,
            zone: zone("tenant.zone", &self.zone)?,
            currency: currency("tenant.currency", &self.currency)?,
            home_npa: self.home_npa,
            auto_pay: if flag("tenant.auto_pay", self.auto_pay)? {
                AutoPay::On
            } else {
                AutoPay::Off
            },
            life,
            profile_id: id("tenant.profile_id", &self.profile_id)?,
            pending_profile: pending.zip(optional_instant(self.pending_requested_at)),
            created_at: Timestamp::from_micros(self.created_at),
            anchor_day: optional_day("tenant.anchor_day", self.anchor_day)?,
            open_start: optional_instant(self.open_start),
            open_end: optional_instant(self.open_end),
            next_action_at: optional_instant(self.next_action_at),
            flagged_at: optional_instant(self.flagged_at),
            version: self.version,
        })
    }
}

/// A JSON array of reasons, in their order.
fn reasons(text: &str) -> Result<BTreeSet<SuspensionReason>, StoreError> {
    let wrong = || StoreError::corrupt("tenant.suspension_reasons", text);
    let texts: Vec<String> = serde_json::from_str(text).map_err(|_| wrong())?;
    texts.iter().map(|text| SuspensionReason::parse(text).ok_or_else(wrong)).collect()
}

const fn auto_pay_flag(auto_pay: AutoPay) -> i64 {
    match auto_pay {
        AutoPay::On => 1,
        AutoPay::Off => 0,
    }
}

macro_rules! select_tenant {
    ($tail:literal) => {
        concat!(
            "select partner_id, tenant_id, name, sip_prefix, account_code, billing_email, address,
               default_cnam, zone, currency, home_npa, auto_pay, status, suspension_reasons,
               stage, profile_id, pending_profile_id, pending_requested_at, created_at,
               activated_at, cancelled_at, anchor_day, open_start, open_end, next_action_at,
               flagged_at, version
             from tenant ",
            $tail
        )
    };
}

pub(crate) use select_tenant;

/// Creates tenants of one partner. A SIP prefix or account code that is taken is a unique
/// violation.
pub async fn insert_all(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[Tenant],
) -> Result<(), StoreError> {
    rows(partner_id, tenants, "").insert(tx).await.map(drop)
}

/// Saves the periods and profiles of many tenants at once, each if it still has the version it was
/// read with. What only people change stays as it is.
pub async fn save_periods(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[Tenant],
) -> Result<(), StoreError> {
    let saved = rows(
        partner_id,
        tenants,
        "on conflict (partner_id, tenant_id) do update set
           status = excluded.status, stage = excluded.stage, profile_id = excluded.profile_id,
           pending_profile_id = excluded.pending_profile_id,
           pending_requested_at = excluded.pending_requested_at,
           activated_at = excluded.activated_at, anchor_day = excluded.anchor_day,
           open_start = excluded.open_start, open_end = excluded.open_end,
           next_action_at = excluded.next_action_at, version = tenant.version + 1
         where tenant.version = excluded.version",
    );
    let saved = saved.insert(tx).await?;
    if saved == tenants.len() as u64 { Ok(()) } else { Err(StoreError::Stale("the tenant")) }
}

fn rows(partner_id: PartnerId, tenants: &[Tenant], tail: &'static str) -> Bulk {
    let mut rows = Bulk::new(
        "tenant",
        &[
            "partner_id",
            "tenant_id",
            "name",
            "sip_prefix",
            "account_code",
            "billing_email",
            "address",
            "default_cnam",
            "zone",
            "currency",
            "home_npa",
            "auto_pay",
            "status",
            "suspension_reasons",
            "stage",
            "profile_id",
            "pending_profile_id",
            "pending_requested_at",
            "created_at",
            "activated_at",
            "cancelled_at",
            "anchor_day",
            "open_start",
            "open_end",
            "next_action_at",
            "version",
        ],
        tail,
    );
    for tenant in tenants {
        rows.push([
            partner_id.to_string().into(),
            tenant.tenant_id.to_string().into(),
            tenant.name.as_str().into(),
            tenant.sip_prefix.as_str().into(),
            tenant.account_code.clone().into(),
            tenant.billing_email.as_str().into(),
            tenant.address.as_str().into(),
            tenant.default_cnam.as_str().into(),
            tenant.zone.name().into(),
            tenant.currency.code().into(),
            tenant.home_npa.clone().into(),
            auto_pay_flag(tenant.auto_pay).into(),
            tenant.life.status().as_str().into(),
            json_list(&tenant.life.reasons).into(),
            tenant.life.stage.as_str().into(),
            tenant.profile_id.to_string().into(),
            tenant.pending_profile.map(|(profile, _)| profile.to_string()).into(),
            tenant.pending_profile.map(|(_, at)| at.micros()).into(),
            tenant.created_at.micros().into(),
            tenant.life.billed_since.map(Timestamp::micros).into(),
            tenant.life.cancelled_at.map(Timestamp::micros).into(),
            tenant.anchor_day.map(Day::number).into(),
            tenant.open_start.map(Timestamp::micros).into(),
            tenant.open_end.map(Timestamp::micros).into(),
            tenant.next_action_at.map(Timestamp::micros).into(),
            tenant.version.into(),
        ]);
    }
    rows
}

/// The partner's tenant with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
) -> Result<Option<Tenant>, StoreError> {
    let row: Option<TenantRow> = on!(tx, conn => sqlx::query_as(
        select_tenant!("where partner_id = $1 and tenant_id = $2"),
    ).bind(partner_id.to_string()).bind(tenant_id.to_string()).fetch_optional(conn).await)?;
    row.map(TenantRow::read).transpose()
}

/// The partner's tenant with this SIP prefix.
pub async fn find_by_sip_prefix(
    tx: &mut Tx,
    partner_id: PartnerId,
    sip_prefix: &str,
) -> Result<Option<Tenant>, StoreError> {
    let row: Option<TenantRow> = on!(tx, conn => sqlx::query_as(
        select_tenant!("where sip_prefix = $2 and partner_id = $1"),
    ).bind(partner_id.to_string()).bind(sip_prefix).fetch_optional(conn).await)?;
    row.map(TenantRow::read).transpose()
}

/// Up to `limit` of the partner's tenants after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    last: Option<TenantId>,
    limit: i64,
) -> Result<Vec<Tenant>, StoreError> {
    let rows: Vec<TenantRow> = on!(tx, conn => sqlx::query_as(
        select_tenant!("where partner_id = $1 and tenant_id > $2 order by tenant_id limit $3"),
    ).bind(partner_id.to_string()).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(TenantRow::read).collect()
}

/// Which tenants are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct TenantFilter {
    /// Only these.
    pub tenants: Option<Vec<TenantId>>,
    /// With this status.
    pub status: Option<TenantStatus>,
    /// With this text somewhere in the name or the billing e-mail (TNT-13).
    pub text: Option<String>,
    /// On this profile now.
    pub profile_id: Option<ProfileId>,
}

/// By what tenants are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantSort {
    /// When they were created.
    Created,
    /// Their name, as the database compares texts.
    Name,
    /// Their SIP prefix.
    SipPrefix,
    /// Their status.
    Status,
}

/// A page of the partner's tenants.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: TenantFilter,
    (sort, page): (TenantSort, &PageRequest),
) -> Result<Page<Tenant>, StoreError> {
    let list = List::of(select_tenant!(""))
        .only("partner_id = $?", [partner_id.to_string().into()])
        .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
        .only_if("status = $?", filter.status.map(TenantStatus::as_str))
        .only_if("profile_id = $?", filter.profile_id.map(|it| it.to_string()));
    let list = match filter.text.as_deref().map(anywhere) {
        Some(pattern) => list.only(
            "lower(name) like $? escape '\\' or lower(billing_email) like $? escape '\\'",
            [pattern.as_str().into(), pattern.as_str().into()],
        ),
        None => list,
    };
    let key = match sort {
        TenantSort::Created => "tenant_id",
        TenantSort::Name => "name",
        TenantSort::SipPrefix => "sip_prefix",
        TenantSort::Status => "status",
    };
    list.page(tx, (key, "tenant_id"), page).await?.try_map(TenantRow::read)
}

/// Saves what may change of a tenant, if it still has the version it was read with.
pub async fn save(tx: &mut Tx, partner_id: PartnerId, tenant: &Tenant) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update tenant
         set name = $4, account_code = $5, billing_email = $6, address = $7, zone = $8,
           home_npa = $9, auto_pay = $10, status = $11, suspension_reasons = $12,
           stage = $13, profile_id = $14, pending_profile_id = $15,
           pending_requested_at = $16, activated_at = $17, cancelled_at = $18, anchor_day = $19,
           open_start = $20, open_end = $21, next_action_at = $22, default_cnam = $23,
           flagged_at = $24, version = version + 1
         where partner_id = $1 and tenant_id = $2 and version = $3",
    )
    .bind(partner_id.to_string())
    .bind(tenant.tenant_id.to_string())
    .bind(tenant.version)
    .bind(&tenant.name)
    .bind(tenant.account_code.as_deref())
    .bind(&tenant.billing_email)
    .bind(&tenant.address)
    .bind(tenant.zone.name())
    .bind(tenant.home_npa.as_deref())
    .bind(auto_pay_flag(tenant.auto_pay))
    .bind(tenant.life.status().as_str())
    .bind(json_list(&tenant.life.reasons))
    .bind(tenant.life.stage.as_str())
    .bind(tenant.profile_id.to_string())
    .bind(tenant.pending_profile.map(|(profile, _)| profile.to_string()))
    .bind(tenant.pending_profile.map(|(_, at)| at.micros()))
    .bind(tenant.life.billed_since.map(Timestamp::micros))
    .bind(tenant.life.cancelled_at.map(Timestamp::micros))
    .bind(tenant.anchor_day.map(Day::number))
    .bind(tenant.open_start.map(Timestamp::micros))
    .bind(tenant.open_end.map(Timestamp::micros))
    .bind(tenant.next_action_at.map(Timestamp::micros))
    .bind(&tenant.default_cnam)
    .bind(tenant.flagged_at.map(Timestamp::micros))
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the tenant")
}

/// Whether anybody on the platform has this SIP prefix or account code (TEN-06). Both share one
/// space: a record's account may name either (ruling 18).
pub async fn is_name_taken(
    tx: &mut Tx,
    sip_prefix: &str,
    account_code: Option<&str>,
) -> Result<bool, StoreError> {
    let names = json_list([Some(sip_prefix), account_code].into_iter().flatten());
    let (taken,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from tenant
         where sip_prefix in (select value from json_each($1))
           or account_code in (select value from json_each($1))",
    ).bind(names).fetch_one(conn).await)?;
    Ok(taken > 0)
}

/// How many tenants use `profile_id` or will (PRO-16).
pub async fn count_using_profile(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from tenant
         where partner_id = $1 and (profile_id = $2 or pending_profile_id = $2)",
    ).bind(partner_id.to_string()).bind(profile_id.to_string()).fetch_one(conn).await)?;
    Ok(count)
}

/// Replaces the tax codes that apply to a tenant.
pub async fn set_tax_codes(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenant_id: TenantId,
    codes: &[String],
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "delete from tenant_tax where partner_id = $1 and tenant_id = $2",
    ).bind(partner_id.to_string()).bind(tenant_id.to_string()).execute(conn).await.map(drop))?;
    let tail = "on conflict (partner_id, tenant_id, code) do nothing";
    let mut rows = Bulk::new("tenant_tax", &["partner_id", "tenant_id", "code"], tail);
    for code in codes {
        let (partner, tenant) = (partner_id.to_string(), tenant_id.to_string());
        rows.push([partner.into(), tenant.into(), code.as_str().into()]);
    }
    rows.insert(tx).await.map(drop)
}

/// The tax codes of many tenants, in the order of tenant and code.
pub async fn tax_codes_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, String)>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, conn => sqlx::query_as(
        "select tenant_id, code from tenant_tax
         where partner_id = $1 and tenant_id in (select value from json_each($2))
         order by tenant_id, code",
    ).bind(partner_id.to_string()).bind(json_list(tenants)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(tenant, code)| Ok((id("tenant_tax.tenant_id", &tenant)?, code)))
        .collect()
}
