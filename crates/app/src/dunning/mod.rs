//! Dunning, done: whoever does not pay is reminded, flagged, suspended, and restored once it paid.
//!
//! Decided here: one look at a tenant is one transaction that does everything that is due by the
//! timeline of [`domain::dunning`], notes it, writes the mails and says when to look next. Whoever
//! dies in between leaves nothing; whoever looks twice finds nothing to do. The partner's book is
//! held meanwhile, as by everybody who moves a tenant through its states. What is shown and
//! promised is in `view` and `promise`, what partners choose in `policy`, mails in
//! `letters`.

mod letters;
mod policy;
mod promise;
mod view;

use std::collections::{BTreeMap, BTreeSet};

pub use self::{policy::ChosenPolicy, view::LateTenant};
use domain::{
    account::{Partner, Tenant},
    dunning::{
        Case, DoneStep, DunningPolicy, OpenInvoice, PaymentState, Plan, Recipient, Step, StepKind,
    },
    ids::{AuditEntryId, PartnerId, ProfileId, TenantId},
    invoice::issued::Invoice,
    tenant::{SuspensionReason, TenantEvent},
    time::Timestamp,
};
use serde_json::json;
pub use store::dunning::LateFilter;
use store::{db::Tx, dunning::Standing};

use self::letters::{About, Letter};
pub(crate) use self::policy::{Policies, next_retry};
use crate::{
    App,
    close::DueReport,
    error::{AppError, Result},
    events::of_tenant,
    requests::{Asking, Change},
    setup::change_in,
};

/// Unpaid invoices that are read at once: far more than the tenants of a page have.
const MAX_OPEN: i64 = 20_000;

/// Everything that is known about a tenant that does not pay.
pub(crate) struct Facts {
    pub(crate) tenant: Tenant,
    /// What it owes and can be dunned for, the oldest first.
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) open: Vec<OpenInvoice>,
    pub(crate) policy: DunningPolicy,
    pub(crate) standing: Standing,
    /// Whether the tenant has a row of its own.
    pub(crate) is_known: bool,
    pub(crate) done: Vec<DoneStep>,
}

impl Facts {
    /// What is known about these tenants, in their order.
    pub(crate) async fn load_all(
        tx: &mut Tx,
        partner_id: PartnerId,
        tenants: &[Tenant],
    ) -> Result<Vec<Self>> {
        let ids: Vec<TenantId> = tenants.iter().map(|tenant| tenant.tenant_id).collect();
        let policies = Policies::load(tx, partner_id).await?;
        let standings = store::dunning::of_tenants(tx, partner_id, &ids).await?;
        let mut standings: BTreeMap<TenantId, Standing> =
            standings.into_iter().map(|standing| (standing.tenant_id, standing)).collect();
        let pending = store::payments::pending_of(tx, partner_id, &ids).await?;
        let unpaid = store::invoices::open_of(tx, partner_id, &ids, MAX_OPEN).await?;
        let mut owed: BTreeMap<TenantId, Vec<(Invoice, OpenInvoice)>> = BTreeMap::new();
        for invoice in unpaid {
            let is_pending = pending.contains(&invoice.invoice_id);
            let state = if is_pending { PaymentState::Pending } else { PaymentState::Idle };
            if let Some(open) = OpenInvoice::of(&invoice, state) {
                owed.entry(invoice.tenant_id).or_default().push((invoice, open));
            }
        }
        let invoices: Vec<_> =
            owed.values().flatten().map(|(invoice, _)| invoice.invoice_id).collect();
        let mut done: BTreeMap<TenantId, Vec<DoneStep>> = BTreeMap::new();
        for (tenant_id, step) in store::dunning::steps_of(tx, partner_id, (&ids, &invoices)).await?
        {
            done.entry(tenant_id).or_default().push(step);
        }
        let facts = tenants.iter().map(|tenant| {
            let id = tenant.tenant_id;
            let (invoices, open) = owed.remove(&id).unwrap_or_default().into_iter().unzip();
            let standing = standings.remove(&id);
            Self {
                tenant: tenant.clone(),
                invoices,
                open,
                policy: policies.of(tenant.profile_id),
                is_known: standing.is_some(),
                standing: standing.unwrap_or(Standing::of(id)),
                done: done.remove(&id).unwrap_or_default(),
            }
        });
        Ok(facts.collect())
    }

    /// What is known about one tenant.
    pub(crate) async fn load(
        tx: &mut Tx,
        (partner_id, tenant_id): (PartnerId, TenantId),
    ) -> Result<Self> {
        let tenant = store::tenants::find(tx, partner_id, tenant_id).await?;
        let tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        let facts = Self::load_all(tx, partner_id, &[tenant]).await?;
        facts.into_iter().next().ok_or_else(|| AppError::not_found("tenant", tenant_id))
    }

    pub(crate) fn case(&self) -> Case<'_> {
        Case {
            policy: &self.policy,
            invoices: &self.open,
            promise: self.standing.promise.as_ref().map(|(promise, _)| *promise),
            reactivated_on: self.standing.reactivated_on,
            auto_pay: self.tenant.auto_pay,
            life: &self.tenant.life,
            done: &self.done,
        }
    }

    /// What is due at `now`.
    pub(crate) fn plan(&self, now: Timestamp) -> Plan {
        self.case().plan(now, self.standing.looked_at)
    }

    /// The tenant's row after a look at `now` that found `plan`.
    pub(crate) fn standing_after(&self, plan: &Plan, now: Timestamp) -> Standing {
        let oldest = self.case().oldest().filter(|oldest| oldest.days_overdue(now) > 0);
        let promise = self.standing.promise.clone();
        Standing {
            tenant_id: self.tenant.tenant_id,
            due_at: plan.next,
            looked_at: Some(now),
            overdue_since: oldest.map(|oldest| oldest.due_day),
            review: plan.flagged
                && self.case().is_dunned()
                && self.policy.suspends_after().is_none(),
            promise: promise.filter(|_| !plan.promise_is_over),
            reactivated_on: self.standing.reactivated_on,
        }
    }

    /// What is due by now, or everything where nothing is.
    fn about<'a>(&'a self, partner: &'a Partner, now: Timestamp) -> About<'a> {
        let suspends = |step: &&Step| step.kind == StepKind::Suspend;
        let is_due = |open: &OpenInvoice| open.days_overdue(now) >= 0;
        let any_due = self.open.iter().any(is_due);
        let both = self.invoices.iter().zip(&self.open);
        let listed = both.filter(|(_, open)| !any_due || is_due(open)).map(|(invoice, _)| invoice);
        About {
            partner,
            tenant: &self.tenant,
            policy: &self.policy,
            invoices: listed.collect(),
            days: self.case().oldest().map_or(0, |oldest| oldest.days_overdue(now).max(0)),
            suspends_on: self.case().steps().iter().find(suspends).map(|step| step.day),
        }
    }
}

impl App {
    /// Looks at a tenant, if that is due, and does what its timeline says.
    pub(crate) async fn dun(
        &self,
        partner_id: PartnerId,
        tenant_id: TenantId,
    ) -> Result<DueReport> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let standing = store::dunning::lock(tx, (partner_id, tenant_id)).await?;
                let due_at = standing.and_then(|standing| standing.due_at);
                if due_at.is_none_or(|at| at > now) {
                    return Ok(DueReport::default());
                }
                let facts = Facts::load(tx, (partner_id, tenant_id)).await?;
                let look = Look { app: self, facts: &facts, now };
                look.done(tx, &facts.plan(now)).await
            })
            .await
    }
}

/// One look at one tenant.
struct Look<'a> {
    app: &'a App,
    facts: &'a Facts,
    now: Timestamp,
}

impl Look<'_> {
    fn owner(&self) -> (PartnerId, TenantId) {
        (self.facts.tenant.partner_id, self.facts.tenant.tenant_id)
    }

    async fn done(&self, tx: &mut Tx, plan: &Plan) -> Result<DueReport> {
        let (partner_id, _) = self.owner();
        let mut report = DueReport::default();
        if plan.restores {
            self.moved(tx, TenantEvent::Lift(SuspensionReason::Overdue)).await?;
            report.restored += 1;
        }
        self.flag(tx, plan).await?;
        let partner = store::partners::find(tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let mut noted = Vec::new();
        for step in &plan.missed {
            noted.push(self.noted(step, Vec::new()));
        }
        for step in &plan.act {
            let told = match step.kind {
                StepKind::Retry(_) => Vec::new(),
                StepKind::Reminder(_) => {
                    report.reminders += 1;
                    let key = format!("dunning:{}:{}", step.kind.text(), step.invoice_id);
                    self.tell(tx, (&partner, Letter::Reminder), key).await?
                }
                StepKind::Flag => {
                    report.flagged += 1;
                    let (kind, invoice_id) = (step.kind.text(), step.invoice_id);
                    let key = format!("dunning:{kind}:{invoice_id}");
                    self.tell(tx, (&partner, Letter::Flagged), key).await?
                }
                StepKind::Suspend => {
                    report.suspended += 1;
                    self.suspend(tx, &partner, step).await?
                }
            };
            noted.push(self.noted(step, told));
        }
        store::dunning::note(tx, self.owner(), &noted).await?;
        let standing = self.facts.standing_after(plan, self.now);
        store::dunning::save(tx, partner_id, &standing).await?;
        Ok(report)
    }

    fn noted(&self, step: &Step, told: Vec<Recipient>) -> DoneStep {
        DoneStep { kind: step.kind, invoice_id: step.invoice_id, at: self.now, told }
    }

    /// Sets the flag of the tenant and of what it is overdue with, or takes the tenant's away.
    async fn flag(&self, tx: &mut Tx, plan: &Plan) -> Result<()> {
        let (partner_id, tenant_id) = self.owner();
        if plan.flagged {
            let late = self.facts.open.iter().filter(|open| open.days_overdue(self.now) >= 0);
            let late: Vec<_> = late.map(|open| open.invoice_id).collect();
            store::dunning::flag_invoices(tx, partner_id, (&late, self.now)).await?;
        }
        if plan.flagged == self.facts.tenant.flagged_at.is_some() {
            return Ok(());
        }
        // Read again: it may have been restored just now.
        let tenant = store::tenants::find(tx, partner_id, tenant_id).await?;
        let mut tenant = tenant.ok_or_else(|| AppError::not_found("tenant", tenant_id))?;
        tenant.flagged_at = plan.flagged.then_some(self.now);
        store::tenants::save(tx, partner_id, &tenant).await?;
        tenant.version += 1;
        let event = of_tenant("tenant.updated", &tenant, self.now);
        store::events::append(tx, partner_id, &[event]).await?;
        let action = if plan.flagged { "tenant.flag" } else { "tenant.unflag" };
        let after = json!({ "flagged": plan.flagged });
        let before = json!({ "flagged": !plan.flagged });
        self.write_down(tx, (action, tenant.version), (before, after)).await
    }

    /// Suspends the tenant and tells the partner, and the tenant where that is wanted.
    async fn suspend(&self, tx: &mut Tx, partner: &Partner, step: &Step) -> Result<Vec<Recipient>> {
        let event = TenantEvent::Suspend(SuspensionReason::Overdue);
        let version = self.moved(tx, event).await?;
        let mut told = Vec::new();
        for recipient in &step.told {
            let letter = match recipient {
                Recipient::Partner => Letter::Suspended,
                Recipient::Tenant => Letter::Interrupted,
            };
            let (_, tenant_id) = self.owner();
            let key = format!("dunning:{}:{tenant_id}:{version}", letter.name());
            told.extend(self.tell(tx, (partner, letter), key).await?);
        }
        Ok(told)
    }

    /// Moves the tenant and writes down why. Answers its version afterwards.
    async fn moved(&self, tx: &mut Tx, event: TenantEvent) -> Result<i64> {
        let before = &self.facts.tenant;
        let Some(after) = change_in(tx, self.owner(), (event, self.now)).await? else {
            return Ok(before.version);
        };
        let action = match event {
            TenantEvent::Suspend(_) => "tenant.suspend",
            _ => "tenant.unsuspend",
        };
        let state = |tenant: &Tenant| {
            let reasons: Vec<String> =
                tenant.life.reasons.iter().map(ToString::to_string).collect();
            json!({ "status": tenant.life.status().as_str(), "suspension_reasons": reasons })
        };
        self.write_down(tx, (action, after.version), (state(before), state(&after))).await?;
        Ok(after.version)
    }

    async fn write_down(
        &self,
        tx: &mut Tx,
        (action, version): (&'static str, i64),
        (before, after): (serde_json::Value, serde_json::Value),
    ) -> Result<()> {
        let (partner_id, tenant_id) = self.owner();
        let change = Change {
            action,
            tenant_id: Some(tenant_id),
            object_id: tenant_id.to_string(),
            before: Some(before),
            after: Some(after),
        };
        let parts = [&*tenant_id.to_string(), action, &version.to_string()];
        let entry_id = AuditEntryId::derived(self.now, &parts);
        let asking = Asking::by_dunning(partner_id);
        self.app.note_as(tx, entry_id, (&asking, &change)).await
    }

    /// Puts a letter into the outbox and answers who is told. Somebody without an address that
    /// works is not; what the letter is about happens all the same.
    async fn tell(
        &self,
        tx: &mut Tx,
        (partner, letter): (&Partner, Letter),
        key: String,
    ) -> Result<Vec<Recipient>> {
        match letter.text(&self.facts.about(partner, self.now)) {
            Ok(text) => {
                store::mails::enqueue(tx, partner.partner_id, (&key, &text), self.now).await?;
                Ok(vec![letter.recipient()])
            }
            Err(error) => {
                tracing::warn!(partner = %partner.partner_id, %error, "not mailed");
                Ok(Vec::new())
            }
        }
    }
}

/// Follows a change of a tenant's state: somebody who ends a suspension for overdue invoices gives
/// the tenant a grace (DUN-10).
pub(crate) async fn follow_change(
    tx: &mut Tx,
    (before, after): (&Tenant, &Tenant),
    (event, now): (TenantEvent, Timestamp),
) -> Result<()> {
    let owner = (after.partner_id, after.tenant_id);
    let by_hand =
        matches!(event, TenantEvent::Activate | TenantEvent::Restore | TenantEvent::ReturnToTrial);
    if by_hand && before.life.reasons.contains(&SuspensionReason::Overdue) {
        store::dunning::reactivated(tx, owner, after.zone.day_of(now)).await?;
    } else {
        store::dunning::wake(tx, owner).await?;
    }
    Ok(())
}

/// Follows the close of periods: has those tenants looked at that are on another profile now, those
/// with a new invoice about which something happens on its due day, and of the others with a new
/// invoice those that were ever late.
pub(crate) async fn follow_close(
    tx: &mut Tx,
    partner_id: PartnerId,
    (moved, issued): (&[TenantId], &[(TenantId, ProfileId)]),
) -> Result<()> {
    if moved.is_empty() && issued.is_empty() {
        return Ok(());
    }
    let policies = Policies::load(tx, partner_id).await?;
    let early = issued.iter().filter(|(_, profile)| policies.of(*profile).begins_on_due_day());
    let watched: BTreeSet<TenantId> =
        early.map(|(tenant_id, _)| *tenant_id).chain(moved.iter().copied()).collect();
    let watched: Vec<TenantId> = watched.into_iter().collect();
    store::dunning::watch(tx, partner_id, &watched).await?;
    let issued: Vec<TenantId> = issued.iter().map(|(tenant_id, _)| *tenant_id).collect();
    Ok(store::dunning::wake_all(tx, partner_id, &issued).await?)
}
