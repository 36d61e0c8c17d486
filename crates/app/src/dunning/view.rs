//! Dunning as people see it: each tenant's timeline, the list of those that are late, previews.
//!
//! Decided here: nothing. What is shown is what the rules say at this instant, from one snapshot.

use domain::{
    ids::{PartnerId, TenantId},
    money::Minor,
    paging::{Page, PageRequest},
    time::{Day, Timestamp},
};

use super::{Facts, LateFilter, letters::Letter};
use crate::{
    App,
    error::{AppError, Result},
    resource::{self, Decimal, Instant},
};

impl Facts {
    /// The tenant's timeline at `now`.
    pub(super) fn timeline(&self, now: Timestamp) -> Result<resource::DunningTimeline> {
        let (case, tenant) = (self.case(), &self.tenant);
        let zone = &tenant.zone;
        let done = self.done.iter().map(|step| resource::DunningStep::done(step, zone));
        let planned = case.timeline(now).into_iter().map(resource::DunningStep::planned);
        let grace = self.standing.reactivated_on;
        let grace = grace.map(|day| day.plus_days(self.policy.grace_days.into()));
        Ok(resource::DunningTimeline {
            tenant_id: tenant.tenant_id,
            status: tenant.life.status().as_str(),
            flagged_at: tenant.flagged_at.map(Instant),
            days_overdue: self.days(now),
            amount_overdue: self.overdue(now)?,
            currency: tenant.currency,
            unpaid_invoices: self.unpaid(now),
            promise: self.promise(),
            grace_until: grace.filter(|until| *until > zone.day_of(now)),
            policy: (&self.policy).into(),
            steps: done.chain(planned).collect(),
        })
    }

    fn days(&self, now: Timestamp) -> i64 {
        self.case().oldest().map_or(0, |oldest| oldest.days_overdue(now).max(0))
    }

    fn overdue(&self, now: Timestamp) -> Result<Decimal> {
        let late = self.invoices.iter().zip(&self.open);
        let late = late.filter(|(_, open)| open.days_overdue(now) > 0);
        let sum = Minor::sum(late.map(|(invoice, _)| invoice.due()))?;
        Ok(Decimal(self.tenant.currency.decimal(sum)))
    }

    fn unpaid(&self, now: Timestamp) -> Vec<resource::UnpaidInvoice> {
        let both = self.invoices.iter().zip(&self.open);
        both.map(|(invoice, open)| resource::UnpaidInvoice::of(invoice, (open, now))).collect()
    }

    fn promise(&self) -> Option<resource::PromiseToPay> {
        let (promise, note) = self.standing.promise.as_ref()?;
        let (until, made_on) = (promise.until, promise.since);
        Some(resource::PromiseToPay { until, made_on, note: note.clone() })
    }

    fn late(&self, now: Timestamp) -> Result<resource::OverdueTenant> {
        let next = self.case().timeline(now).into_iter().next();
        Ok(resource::OverdueTenant {
            tenant_id: self.tenant.tenant_id,
            name: self.tenant.name.clone(),
            status: self.tenant.life.status().as_str(),
            flagged_at: self.tenant.flagged_at.map(Instant),
            needs_review: self.standing.review,
            days_overdue: self.days(now),
            amount_overdue: self.overdue(now)?,
            currency: self.tenant.currency,
            unpaid_invoices: self.unpaid(now),
            promise: self.promise(),
            next_step: next.map(resource::DunningStep::planned),
        })
    }
}

/// A tenant that is late, and the day by which the list is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateTenant {
    /// The due day of its oldest unpaid invoice, when somebody last looked.
    pub since: Day,
    /// As it is shown.
    pub shown: resource::OverdueTenant,
}

impl App {
    /// A tenant's timeline: what was done about what it owes, and what is to come.
    pub async fn dunning_timeline(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<resource::DunningTimeline> {
        let mut tx = self.db.begin_read().await?;
        let facts = Facts::load(&mut tx, (partner_id, tenant_id)).await?;
        tx.commit().await?;
        facts.timeline(self.clock.now())
    }

    /// A page of the partner's tenants that are late.
    pub async fn late_tenants(
        &self,
        partner_id: PartnerId,
        filter: LateFilter,
        page: &PageRequest,
    ) -> Result<Page<LateTenant>> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let found = store::dunning::late(&mut tx, partner_id, filter, page).await?;
        let ids: Vec<TenantId> = found.rows.iter().map(|standing| standing.tenant_id).collect();
        let tenants = store::dunning::tenants(&mut tx, partner_id, &ids).await?;
        let facts = Facts::load_all(&mut tx, partner_id, &tenants).await?;
        tx.commit().await?;
        let mut rows = Vec::with_capacity(found.rows.len());
        for standing in &found.rows {
            let of = facts.iter().find(|facts| facts.tenant.tenant_id == standing.tenant_id);
            let (Some(facts), Some(since)) = (of, standing.overdue_since) else { continue };
            rows.push(LateTenant { since, shown: facts.late(now)? });
        }
        Ok(Page { rows, has_more: found.has_more })
    }

    /// The mails of dunning as a tenant and its partner would get them now.
    pub async fn dunning_mails(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<Vec<resource::DunningMail>> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let facts = Facts::load(&mut tx, (partner_id, tenant_id)).await?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        tx.commit().await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        if facts.open.is_empty() {
            let why = "the tenant owes nothing, so there is nothing to write about";
            return Err(AppError::Refused(why.to_owned()));
        }
        let about = facts.about(&partner, now);
        let mails = Letter::ALL.into_iter().map(|letter| {
            let text = letter.text(&about).map_err(|error| AppError::Refused(error.to_string()))?;
            Ok(resource::DunningMail {
                letter: letter.name(),
                to: letter.recipient().as_str(),
                is_sent: letter.is_sent(about.policy),
                sender: text.sender,
                recipient: text.recipient,
                subject: text.subject,
                body: text.body,
            })
        });
        mails.collect()
    }
}
