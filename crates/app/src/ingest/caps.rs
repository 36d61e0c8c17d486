//! Caps on minutes and spend, looked at in the transaction that adds what counts: calls, charges,
//! reported units, numbers, extensions.
//!
//! Decided here: only tenants of that transaction that have such caps are looked at, so that caps
//! cost nothing where nobody has any. What a cap calls for follows from the sums as they stand
//! then: reaching it suspends the tenant where its limits say so (LIM-09), and the partner is
//! told once per cap and cycle of each, the threshold and the cap (LIM-07); a batch that jumps over
//! both tells of the cap only. A tenant that is suspended already stays as it is, and lowering a
//! cap changes nothing until usage arrives (LIM-12). A new cycle restores nobody (LIM-20).

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    account::Tenant,
    call::Call,
    ids::{PartnerId, TenantId},
    limits::{CapState, OnLimit, TenantLimits},
    tenant::{LimitName, SuspensionReason, TenantEvent, TenantStatus},
};
use serde_json::json;
use store::db::Tx;

use super::{
    batch::{BatchSource, Committed, Prepared, commit},
    cap_mail::{self, Told},
};
use crate::{
    App,
    error::{AppError, Result},
    requests::{Asking, Change},
    setup::change_in,
    usage::SoFar,
};

const SECONDS_PER_MINUTE: i64 = 60;

/// What took a tenant to its cap: the kind of its id, and the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cause(pub(crate) &'static str, pub(crate) String);

/// One cap beside what was used of it.
struct Counted {
    name: LimitName,
    state: CapState,
    /// For people and the audit log, as [`Self::used`].
    cap: String,
    used: String,
}

impl App {
    /// Adds a prepared batch, and does what the caps of its tenants call for.
    pub(super) async fn commit_watched(
        &self,
        tx: &mut Tx,
        (from, prepared): (&BatchSource, &Prepared),
        mark: Option<&store::imports::FileMark>,
    ) -> Result<Committed> {
        let done = commit(tx, from, prepared, (mark, self.clock.now())).await?;
        if let Committed::Done(added) = &done {
            let cause = Cause("batch_id", added.batch.batch_id.to_string());
            self.watch_caps(tx, added.calls.iter(), &cause).await?;
        }
        Ok(done)
    }

    /// Looks at the caps of everybody whose calls were just added. The books are held.
    pub(super) async fn watch_caps(
        &self,
        tx: &mut Tx,
        calls: impl Iterator<Item = &Call>,
        cause: &Cause,
    ) -> Result<()> {
        let mut tenants: BTreeMap<PartnerId, BTreeSet<TenantId>> = BTreeMap::new();
        for call in calls {
            tenants.entry(call.partner_id).or_default().insert(call.tenant_id);
        }
        for (partner_id, tenants) in tenants {
            self.watch_tenants(tx, (partner_id, &tenants), cause).await?;
        }
        Ok(())
    }

    /// Looks at the caps of these tenants, which `cause` may have taken beyond them. The book is
    /// held.
    pub(crate) async fn watch_tenants(
        &self,
        tx: &mut Tx,
        (partner_id, tenants): (PartnerId, &BTreeSet<TenantId>),
        cause: &Cause,
    ) -> Result<()> {
        for (tenant_id, limits) in store::limits::on_usage(tx, partner_id, tenants).await? {
            let tenant = store::tenants::find(tx, partner_id, tenant_id).await?;
            let tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
            if tenant.life.status() != TenantStatus::Cancelled {
                self.watch(tx, &tenant, (&limits, cause)).await?;
            }
        }
        Ok(())
    }

    async fn watch(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        (limits, cause): (&TenantLimits, &Cause),
    ) -> Result<()> {
        let so_far = self.used_so_far(tx, tenant).await?;
        for counted in self.counted(tx, tenant, (limits, &so_far)).await? {
            let told = match counted.state {
                CapState::Below => continue,
                CapState::Alert => Told::Threshold(limits.alert_percent),
                CapState::Reached if limits.on_limit == OnLimit::Alert => Told::Reached,
                CapState::Reached => {
                    let Some(version) = self.suspend(tx, tenant, (&counted, cause)).await? else {
                        continue;
                    };
                    Told::Suspended { version }
                }
            };
            let text = (told, counted.name, (counted.used.as_str(), counted.cap.as_str()));
            let (owner, now) = (tenant.partner_id, self.clock.now());
            cap_mail::tell(tx, (owner, tenant), (so_far.period.start, text), now).await?;
        }
        Ok(())
    }

    /// The caps that there are, and how far each is used up.
    async fn counted(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        (limits, so_far): (&TenantLimits, &SoFar),
    ) -> Result<Vec<Counted>> {
        let mut all = Vec::new();
        if let Some(cap) = limits.max_minutes {
            let used = so_far.sums.all.billed_seconds;
            all.push(Counted {
                name: LimitName::MaxMinutes,
                state: limits.state_of(i64::from(cap) * SECONDS_PER_MINUTE, used),
                cap: cap.to_string(),
                used: (used / SECONDS_PER_MINUTE).to_string(),
            });
        }
        if let Some(cap) = limits.monthly_spend {
            let used = self.spend_of(tx, tenant, so_far).await?;
            all.push(Counted {
                name: LimitName::MonthlySpend,
                state: limits.state_of(cap.get(), used.get()),
                cap: tenant.currency.decimal(cap),
                used: tenant.currency.decimal(used),
            });
        }
        Ok(all)
    }

    /// Suspends the tenant and writes down why. Answers its new version; nothing where it was
    /// suspended for this before.
    async fn suspend(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        (counted, Cause(name, object_id)): (&Counted, &Cause),
    ) -> Result<Option<i64>> {
        let (partner_id, tenant_id) = (tenant.partner_id, tenant.tenant_id);
        let reason = SuspensionReason::Limit(counted.name);
        let event = TenantEvent::Suspend(reason);
        let changed = change_in(tx, (partner_id, tenant_id), (event, self.clock.now())).await?;
        let Some(changed) = changed else { return Ok(None) };
        let change = Change {
            action: "tenant.suspend",
            tenant_id: Some(tenant_id),
            object_id: tenant_id.to_string(),
            before: Some(json!({ "status": tenant.life.status().as_str() })),
            after: Some(json!({
                "status": changed.life.status().as_str(),
                "reason": reason.to_string(),
                "cap": counted.cap,
                "value": counted.used,
                *name: object_id,
            })),
        };
        self.note_in(tx, &Asking::by_limit(partner_id, reason), &change).await?;
        Ok(Some(changed.version))
    }
}
