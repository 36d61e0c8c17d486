//! Limits of tenants, and what new tenants begin with.
//!
//! Decided here: how limits are edited (LIM-02) and that count caps are checked while the book is
//! held, so that they hold under concurrency too (LIM-19). A refused attempt suspends the tenant
//! where its limits say so (LIM-09): that cannot be part of the refused transaction, so it is one
//! of its own, right after it.

use std::collections::BTreeMap;

use domain::{
    account::{Partner, Tenant},
    ids::{PartnerId, TenantId},
    limits::{OnLimit, TenantDefaults, TenantLimits},
    money::Currency,
    paging::{Page, PageRequest},
    tenant::{LimitName, SuspensionReason, TenantEvent, TenantStatus},
    time::Zone,
};
use serde_json::json;
use store::db::Tx;

use super::{TenantFilter, TenantSort, fields::Checks, the_partner, the_tenant};
use crate::{
    App,
    error::{AppError, Result},
    requests::{Asking, Change},
};

/// A cap was reached by an attempt to have more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitReached {
    /// Whose tenant.
    pub partner_id: PartnerId,
    /// Whose cap.
    pub tenant_id: TenantId,
    /// Which cap.
    pub name: LimitName,
    /// Its value.
    pub cap: u32,
    /// How many the tenant has.
    pub present: i64,
}

impl std::fmt::Display for LimitReached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, things) = match self.name {
            LimitName::MaxExtensions => ("max_extensions", "extensions"),
            LimitName::MaxDids => ("max_phone_numbers", "phone numbers"),
            LimitName::MaxMinutes => ("max_monthly_minutes", "minutes"),
            LimitName::MonthlySpend => ("monthly_spend", "charges"),
        };
        write!(f, "{name} is {}, and there are {} {things}", self.cap, self.present)
    }
}

/// What changes of limits. What is absent stays; `Some(None)` makes a cap unlimited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitsEdit {
    /// A decimal of the tenant's currency.
    pub monthly_spend: Option<Option<String>>,
    /// Extensions at a time.
    pub max_extensions: Option<Option<i64>>,
    /// Phone numbers at a time.
    pub max_phone_numbers: Option<Option<i64>>,
    /// Minutes of a period.
    pub max_minutes: Option<Option<i64>>,
    /// Percent of a cap at which the partner is told.
    pub alert_percent: Option<i64>,
    /// `suspend` or `alert`.
    pub on_limit: Option<String>,
}

impl LimitsEdit {
    fn apply(
        &self,
        checks: &mut Checks,
        limits: &mut TenantLimits,
        (prefix, currency): (&str, Currency),
    ) {
        let name = |field: &str| format!("{prefix}{field}");
        if let Some(spend) = &self.monthly_spend {
            limits.monthly_spend = spend.as_ref().and_then(|text| {
                let field = name("monthly_spend");
                let spend = checks.parse(&field, currency.parse_minor(text))?;
                checks.require(&field, !spend.is_negative(), "must not be negative");
                Some(spend)
            });
        }
        let caps = [
            ("max_extensions", self.max_extensions, &mut limits.max_extensions),
            ("max_phone_numbers", self.max_phone_numbers, &mut limits.max_phone_numbers),
            ("max_monthly_minutes", self.max_minutes, &mut limits.max_minutes),
        ];
        for (field, given, cap) in caps {
            let Some(given) = given else { continue };
            *cap = given.and_then(|value| {
                let cap = u32::try_from(value).ok();
                checks.require(&name(field), cap.is_some(), "must be 0 or more, or null");
                cap
            });
        }
        if let Some(percent) = self.alert_percent {
            let percent = u8::try_from(percent).ok().filter(|it| (1..=100).contains(it));
            checks.require(&name("alert_threshold"), percent.is_some(), "must be 1 to 100");
            limits.alert_percent = percent.unwrap_or(limits.alert_percent);
        }
        if let Some(text) = &self.on_limit {
            let choice = OnLimit::parse(text);
            checks.require(&name("on_limit"), choice.is_some(), "must be suspend or alert");
            limits.on_limit = choice.unwrap_or(limits.on_limit);
        }
    }
}

/// What changes of a partner's defaults. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefaultsEdit {
    /// An IANA zone.
    pub zone: Option<String>,
    /// The caller name that calls show.
    pub default_cnam: Option<String>,
    /// The limits.
    pub limits: LimitsEdit,
}

/// A tenant's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsOf {
    /// The tenant.
    pub tenant: Tenant,
    /// Its limits.
    pub limits: TenantLimits,
    /// Their version.
    pub version: i64,
}

impl App {
    /// The tenant's limits.
    pub async fn tenant_limits(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<LimitsOf> {
        let mut tx = self.db.begin_read().await?;
        let tenant = the_tenant(&mut tx, partner_id, tenant_id).await?;
        let (limits, version) = store::limits::of_tenant(&mut tx, (partner_id, tenant_id)).await?;
        tx.commit().await?;
        Ok(LimitsOf { tenant, limits, version })
    }

    /// A page of the partner's tenants with the limits of each, newest first or as asked (LIM-01).
    pub async fn limits_of_tenants(
        &self,
        partner_id: PartnerId,
        filter: TenantFilter,
        page: &PageRequest,
    ) -> Result<Page<LimitsOf>> {
        let mut tx = self.db.begin_read().await?;
        let by = (TenantSort::Created, page);
        let page = store::tenants::list(&mut tx, partner_id, filter, by).await?;
        let ids: Vec<TenantId> = page.rows.iter().map(|tenant| tenant.tenant_id).collect();
        let limits = store::limits::of_tenants(&mut tx, partner_id, &ids).await?;
        tx.commit().await?;
        let mut limits: BTreeMap<_, _> = limits.into_iter().collect();
        page.try_map(|tenant| {
            let none = || (TenantLimits::default(), 1);
            let (limits, version) = limits.remove(&tenant.tenant_id).unwrap_or_else(none);
            Ok(LimitsOf { tenant, limits, version })
        })
    }

    /// Edits the tenant's limits, if they still have version `seen`. A cap below what the tenant
    /// has changes nothing at once (LIM-12).
    pub async fn edit_limits(
        &self,
        partner_id: PartnerId,
        (tenant_id, seen): (TenantId, i64),
        edit: &LimitsEdit,
    ) -> Result<LimitsOf> {
        self.db
            .write(async |tx| {
                let tenant = the_tenant(tx, partner_id, tenant_id).await?;
                let owner = (partner_id, tenant_id);
                let (mut limits, _) = store::limits::of_tenant(tx, owner).await?;
                let mut checks = Checks::default();
                edit.apply(&mut checks, &mut limits, ("", tenant.currency));
                checks.finish()?;
                save(tx, tenant, (limits, seen)).await
            })
            .await
    }

    /// Gives the tenant the limits that new ones begin with (LIM-14).
    pub async fn reset_limits(
        &self,
        partner_id: PartnerId,
        (tenant_id, seen): (TenantId, i64),
    ) -> Result<LimitsOf> {
        self.db
            .write(async |tx| {
                let tenant = the_tenant(tx, partner_id, tenant_id).await?;
                let defaults = store::limits::defaults(tx, partner_id).await?;
                save(tx, tenant, (defaults.limits, seen)).await
            })
            .await
    }

    /// What the partner's new tenants begin with.
    pub async fn tenant_defaults(
        &self,
        partner_id: PartnerId,
    ) -> Result<(TenantDefaults, Partner)> {
        let mut tx = self.db.begin_read().await?;
        let partner = the_partner(&mut tx, partner_id).await?;
        let defaults = store::limits::defaults(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok((defaults, partner))
    }

    /// Edits what new tenants begin with, if it still has version `seen`. Tenants that exist keep
    /// what they have (TNT-26).
    pub async fn edit_tenant_defaults(
        &self,
        partner_id: PartnerId,
        seen: i64,
        edit: &DefaultsEdit,
    ) -> Result<()> {
        self.db
            .write(async |tx| {
                let partner = the_partner(tx, partner_id).await?;
                let mut defaults = store::limits::defaults(tx, partner_id).await?;
                // Defaults that nobody set have no row whose version would be compared.
                if defaults.version != seen {
                    return Err(AppError::Stale("the defaults"));
                }
                let mut checks = Checks::default();
                if let Some(name) = &edit.zone {
                    defaults.zone = checks.parse("timezone", Zone::parse(name));
                }
                if let Some(cnam) = &edit.default_cnam {
                    checks.cnam("default_cnam", cnam);
                    defaults.default_cnam.clone_from(cnam);
                }
                let limits = &mut defaults.limits;
                edit.limits.apply(&mut checks, limits, ("limits.", partner.currency));
                checks.finish()?;
                Ok(store::limits::save_defaults(tx, partner_id, &defaults).await?)
            })
            .await
    }

    /// What follows from an attempt beyond a cap: the tenant is suspended where its limits say so,
    /// and the audit log says what happened (LIM-09, LIM-17).
    pub(crate) async fn limit_was_reached(
        &self,
        asking: &Asking,
        reached: &LimitReached,
    ) -> Result<()> {
        let (partner_id, tenant_id) = (reached.partner_id, reached.tenant_id);
        let limits = self.tenant_limits(partner_id, tenant_id).await?;
        let reason = SuspensionReason::Limit(reached.name);
        let is_gone = limits.tenant.life.status() == TenantStatus::Cancelled;
        if limits.limits.on_limit == OnLimit::Alert || is_gone {
            return Ok(());
        }
        let before = limits.tenant.life.status();
        let change = Change {
            action: "tenant.suspend",
            tenant_id: Some(tenant_id),
            object_id: tenant_id.to_string(),
            before: Some(json!({ "status": before.as_str() })),
            after: Some(json!({
                "status": TenantStatus::Suspended.as_str(),
                "reason": reason.to_string(),
                "cap": reached.cap,
                "value": reached.present,
                "cause": reached.to_string(),
            })),
        };
        let system = Asking::by_limit(partner_id, reason).actor;
        let asking = Asking { actor: system, repeat: None, ..asking.clone() };
        self.db
            .unit(async |db| {
                let app = Self { db: db.clone(), ..self.clone() };
                let event = TenantEvent::Suspend(reason);
                app.change_tenant(partner_id, tenant_id, event).await?;
                app.note_change(&asking, &change).await
            })
            .await
    }
}

async fn save(
    tx: &mut Tx,
    tenant: Tenant,
    (limits, seen): (TenantLimits, i64),
) -> Result<LimitsOf> {
    if tenant.life.status() == TenantStatus::Cancelled {
        return Err(AppError::Refused("a cancelled tenant is read only".to_owned()));
    }
    let owner = (tenant.partner_id, tenant.tenant_id);
    store::limits::save(tx, owner, (&limits, seen)).await?;
    Ok(LimitsOf { tenant, limits, version: seen + 1 })
}

/// Refuses `more` things where the tenant would have more of them than its cap allows. The book is
/// held, so nobody else adds any meanwhile.
pub(super) async fn check_cap(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    (name, more): (LimitName, usize),
) -> Result<()> {
    let owner = (partner_id, tenant_id);
    let (limits, _) = store::limits::of_tenant(tx, owner).await?;
    let Some(cap) = limits.count_cap(name) else { return Ok(()) };
    let present = store::usage_sums::present(tx, partner_id, Some(&[tenant_id])).await?;
    let present = present.first().map(|(_, present)| *present).unwrap_or_default();
    let present = match name {
        LimitName::MaxExtensions => present.extensions,
        _ => present.local_numbers + present.toll_free_numbers,
    };
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    if present.saturating_add(more) <= i64::from(cap) {
        return Ok(());
    }
    Err(AppError::LimitReached(LimitReached { partner_id, tenant_id, name, cap, present }))
}
