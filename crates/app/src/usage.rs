//! What tenants use: in the current period, by day, all together.
//!
//! Decided here: which days belong to which figure. All sums come from the day roll-ups, which the
//! transaction that adds a call keeps, so they are never older than the last call.

use std::collections::BTreeMap;

use domain::{
    account::Tenant,
    ids::{PartnerId, TenantId},
    money::Minor,
    time::{Day, Span, Timestamp},
};
use store::db::Tx;
pub use store::usage_sums::Present;

use crate::{
    App,
    error::{AppError, Result},
    resource::{
        self, Decimal, TenantUsage, UsageDay, UsageDays, UsageSummary,
        usage::{Sums, minutes},
    },
};

/// Days in one answer at most.
const MAX_DAYS: i64 = 366;

/// A tenant's calls of its current period.
pub(crate) struct SoFar {
    pub(crate) period: Span,
    pub(crate) sums: Sums,
}

impl App {
    /// What the tenant used in its current period (TNT-33).
    pub async fn tenant_usage(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<TenantUsage> {
        let mut tx = self.db.begin_read().await?;
        let tenant = store::tenants::find(&mut tx, partner_id, tenant_id).await?;
        let tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        let SoFar { period, sums } = self.used_so_far(&mut tx, &tenant).await?;
        let present = store::usage_sums::present(&mut tx, partner_id, Some(&[tenant_id])).await?;
        let present = present.first().map(|(_, present)| *present).unwrap_or_default();
        let spend = self.spend_of(&mut tx, &tenant, &SoFar { period, sums }).await?;
        tx.commit().await?;
        let currency = tenant.currency;
        Ok(TenantUsage {
            period: period.into(),
            counts: present.into(),
            usage: sums.shown(currency),
            spend: Decimal(currency.decimal(spend)),
            currency: currency.code().to_owned(),
        })
    }

    /// The tenant's calls of its current period.
    pub(crate) async fn used_so_far(&self, tx: &mut Tx, tenant: &Tenant) -> Result<SoFar> {
        let period = current_period(tenant, tenant.zone.day_of(self.clock.now()));
        let first = tenant.zone.day_of(period.start);
        // A period begins at an instant, in the middle of a day of trial perhaps.
        let last = tenant.zone.day_of(period.end);
        let days = (first, last, tenant.open_start.or(Some(Timestamp::default())));
        let owner = (tenant.partner_id, tenant.tenant_id);
        let mut sums = Sums::default();
        for row in store::usage_sums::of_days(tx, owner, days).await? {
            sums.add(&row)?;
        }
        Ok(SoFar { period, sums })
    }

    /// What the tenant's current period comes to; in a trial what its calls would cost.
    pub(crate) async fn spend_of(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        so_far: &SoFar,
    ) -> Result<Minor> {
        let spend = self.spend_so_far(tx, tenant).await?;
        Ok(spend.unwrap_or_else(|| tenant.currency.round_nanos(so_far.sums.all.retail)))
    }

    /// What the tenant used on each day from `first` to `last`, both included (REP-20).
    pub async fn tenant_usage_days(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
        (first, last): (Day, Day),
    ) -> Result<UsageDays> {
        let days = last.days_since(first) + 1;
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(AppError::invalid("to", "must be from's day or up to 365 days later"));
        }
        let mut tx = self.db.begin_read().await?;
        let tenant = store::tenants::find(&mut tx, partner_id, tenant_id).await?;
        let tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        let owner = (partner_id, tenant_id);
        let rows = store::usage_sums::of_days(&mut tx, owner, (first, last, None)).await?;
        tx.commit().await?;
        let mut by_day: BTreeMap<i64, Sums> = BTreeMap::new();
        let mut total = Sums::default();
        for row in &rows {
            by_day.entry(row.day.number()).or_default().add(row)?;
            total.add(row)?;
        }
        let data = (0..days).map(|index| {
            let day = first.plus_days(index);
            let sums = by_day.get(&day.number()).copied().unwrap_or_default();
            UsageDay { day, usage: sums.shown(tenant.currency) }
        });
        Ok(UsageDays { data: data.collect(), total: total.shown(tenant.currency) })
    }

    /// What the partner's tenants, or these of them, used in a calendar month (INV-29); in this
    /// month where none is given.
    pub async fn usage_summary(
        &self,
        partner_id: PartnerId,
        tenants: Option<&[TenantId]>,
        month: Option<Day>,
    ) -> Result<UsageSummary> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let operator = store::operator::find(&mut tx).await?;
        let operator = operator.ok_or_else(|| AppError::not_found("operator", "the operator"))?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let first = month.unwrap_or_else(|| partner.zone.day_of(now)).first_of_month();
        let last = first.plus_days(i64::from(first.days_in_month()) - 1);
        let span = (tenants, first, last);
        let sum = store::usage_sums::of_partner(&mut tx, partner_id, span).await?;
        let present = store::usage_sums::present(&mut tx, partner_id, tenants).await?;
        tx.commit().await?;
        let all = present.iter().fold(Present::default(), |all, (_, own)| all.plus(*own));
        Ok(UsageSummary {
            month: format!("{:04}-{:02}", first.year(), first.month()),
            counts: all.into(),
            calls: sum.calls,
            minutes: minutes(sum.billed_seconds),
            amount: Decimal(sum.retail.to_string()),
            currency: partner.currency.code().to_owned(),
            cost: Decimal(sum.wholesale.to_string()),
            cost_currency: operator.currency.code().to_owned(),
        })
    }

    /// How many extensions and numbers these tenants have now (TNT-12).
    pub async fn present_of(
        &self,
        partner_id: PartnerId,
        tenants: &[TenantId],
    ) -> Result<BTreeMap<TenantId, resource::Counts>> {
        let mut tx = self.db.begin_read().await?;
        let present = store::usage_sums::present(&mut tx, partner_id, Some(tenants)).await?;
        tx.commit().await?;
        Ok(present.into_iter().map(|(tenant_id, present)| (tenant_id, present.into())).collect())
    }
}

/// The open period, or the calendar month where none is open.
fn current_period(tenant: &Tenant, today: Day) -> Span {
    if let Some((start, end)) = tenant.open_start.zip(tenant.open_end) {
        return Span { start, end };
    }
    let first = today.first_of_month();
    let next = first.plus_days(i64::from(first.days_in_month()));
    Span { start: tenant.zone.start_of(first), end: tenant.zone.start_of(next) }
}
