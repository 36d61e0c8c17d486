//! One chunk of tenants of one partner: their periods close, their invoices are issued.
//!
//! The book is locked first: from then on no call can reach a period of this partner, so what is
//! read is what is billed. Everything is read for all tenants, computed in memory, and written for
//! all tenants.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    account::Tenant,
    ids::{PartnerId, ProfileId, TenantId},
    invoice::{compute::Outcome, issued::InvoiceKind, line::Line},
    profile::BaseFeeTiming,
    tax::TaxTable,
    tenant::{TenantEvent, TenantStatus},
    term::Term,
    time::{Span, Timestamp},
    usage::{RetailCharge, UsageKey, UsageSum},
};
use store::{db::Tx, due::PeriodState, events::Event};

use super::{
    CHUNK, DueReport,
    facts::{Billing, PeriodBill, PriorUsage, TenantFacts, advance_invoice, one_time},
    issue::{Issue, invoice_id, issue_all},
};
use crate::{
    App,
    collect::small_balances,
    dunning,
    error::{AppError, Result},
    events::of_tenant,
};

/// What is due for one tenant.
enum Work {
    /// Its trial ends and turns into a paid plan (PRO-11).
    Trial,
    /// Its first fee in advance (CYC-06).
    Advance(Term),
    /// Its open period ends, with the calendar or with the tenant.
    Close { whole: Term, closing: Term, opening: Option<Term> },
    /// Nothing after all.
    Nothing,
}

/// Everything a chunk writes.
#[derive(Default)]
pub(super) struct Writes {
    tenants: Vec<Tenant>,
    periods: Vec<PeriodState>,
    pub(super) issues: Vec<Issue>,
    pub(super) events: Vec<Event>,
    pub(super) report: DueReport,
    owners_changed: bool,
    /// Tenants that are on another profile from now on.
    moved: Vec<TenantId>,
}

impl App {
    /// Does what is due at `at` for up to [`CHUNK`] tenants of the partner.
    pub(super) async fn close_chunk(
        &self,
        partner_id: PartnerId,
        at: Timestamp,
    ) -> Result<DueReport> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let mut book = store::ledger::lock_book(tx, partner_id).await?;
                let tenants = store::due::tenants(tx, partner_id, at, CHUNK).await?;
                if tenants.is_empty() {
                    return Ok(DueReport::default());
                }
                let partner = store::partners::find(tx, partner_id).await?;
                let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
                let billing = Billing::load(tx, partner_id, &self.decks).await?;
                let mut writes = Writes::default();
                gather(tx, &billing, tenants, (at, now, &mut writes)).await?;
                let issued = issued(&writes);
                dunning::follow_close(tx, partner_id, (&writes.moved, &issued)).await?;
                issue_all(tx, (&partner, &mut book), &mut writes, now).await?;
                store::tenants::save_periods(tx, partner_id, &writes.tenants).await?;
                store::due::put_periods(tx, partner_id, &writes.periods).await?;
                store::events::append(tx, partner_id, &writes.events).await?;
                if writes.owners_changed {
                    store::operator::bump_directory_version(tx).await?;
                }
                Ok::<_, AppError>(writes.report)
            })
            .await
    }
}

/// Who gets an invoice, and on which profile it is from now on.
fn issued(writes: &Writes) -> Vec<(TenantId, ProfileId)> {
    let billed: BTreeSet<TenantId> =
        writes.issues.iter().map(|issue| issue.tenant.tenant_id).collect();
    let after = writes.tenants.iter().filter(|tenant| billed.contains(&tenant.tenant_id));
    after.map(|tenant| (tenant.tenant_id, tenant.profile_id)).collect()
}

/// Decides what is due for each tenant and computes it.
async fn gather(
    tx: &mut Tx,
    billing: &Billing<'_>,
    tenants: Vec<Tenant>,
    (at, now, writes): (Timestamp, Timestamp, &mut Writes),
) -> Result<()> {
    let ids: Vec<TenantId> = tenants.iter().map(|tenant| tenant.tenant_id).collect();
    let open = store::due::open_terms(tx, billing.partner_id, &ids).await?;
    let open: BTreeMap<TenantId, Term> = open.into_iter().collect();
    let mut work = Vec::with_capacity(tenants.len());
    for tenant in tenants {
        let due = work_of(billing, &tenant, open.get(&tenant.tenant_id), at)?;
        work.push((tenant, due));
    }
    let spans: BTreeMap<TenantId, Span> = work
        .iter()
        .filter_map(|(tenant, work)| match work {
            Work::Close { closing, .. } => Some((tenant.tenant_id, closing.span)),
            Work::Advance(term) => Some((tenant.tenant_id, term.span)),
            Work::Trial | Work::Nothing => None,
        })
        .collect();
    let all: Vec<Tenant> = work.iter().map(|(tenant, _)| tenant.clone()).collect();
    let mut facts = billing.facts(tx, &all, &spans).await?;
    let closing: Vec<TenantId> = work
        .iter()
        .filter(|(_, work)| matches!(work, Work::Close { .. }))
        .map(|(tenant, _)| tenant.tenant_id)
        .collect();
    for (tenant_id, small) in small_balances(tx, billing.partner_id, &closing).await? {
        if let Some(own) = facts.get_mut(&tenant_id) {
            own.small = small;
        }
    }
    let mut usage = usage_of(tx, billing.partner_id, &work).await?;
    for (tenant, work) in work {
        let own = facts.remove(&tenant.tenant_id);
        let own = own.ok_or_else(|| AppError::Broken(format!("{} is lost", tenant.tenant_id)))?;
        let rows = usage.remove(&tenant.tenant_id).unwrap_or_default();
        match work {
            Work::Trial => end_trial(billing, tenant, (at, now), writes)?,
            Work::Advance(term) => bill_advance(billing, (tenant, term), own, writes)?,
            Work::Close { whole, closing, opening } => {
                let terms = (whole, closing, opening);
                close_period(tx, billing, (tenant, terms, own, rows), (now, writes)).await?;
            }
            Work::Nothing => {
                writes.tenants.push(Tenant { next_action_at: tenant.open_end, ..tenant });
            }
        }
    }
    Ok(())
}

fn work_of(
    billing: &Billing<'_>,
    tenant: &Tenant,
    open: Option<&Term>,
    at: Timestamp,
) -> Result<Work> {
    let Some(open) = open else {
        let trial = tenant.life.status() == TenantStatus::Trial && tenant.open_start.is_none();
        return Ok(if trial { Work::Trial } else { Work::Nothing });
    };
    if let Some(cancelled) = tenant.life.cancelled_at {
        let closing = open.cut_short(cancelled, &tenant.zone);
        return Ok(Work::Close { whole: *open, closing, opening: None });
    }
    if at < open.span.end {
        let version = billing.version(open)?;
        let in_advance = version.terms.base_fee_timing == BaseFeeTiming::Advance;
        return Ok(if in_advance { Work::Advance(*open) } else { Work::Nothing });
    }
    let opening = open
        .following(tenant.pending_profile, &tenant.zone, &billing.versions)
        .map_err(|error| AppError::Broken(error.to_string()))?;
    Ok(Work::Close { whole: *open, closing: *open, opening: Some(opening) })
}

/// The roll-ups that each closing tenant's open period bills.
async fn usage_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    work: &[(Tenant, Work)],
) -> Result<BTreeMap<TenantId, Vec<(UsageKey, UsageSum)>>> {
    let mut by_start: BTreeMap<Timestamp, Vec<TenantId>> = BTreeMap::new();
    for (tenant, work) in work {
        if let Work::Close { closing, .. } = work {
            by_start.entry(closing.span.start).or_default().push(tenant.tenant_id);
        }
    }
    let mut usage: BTreeMap<TenantId, Vec<(UsageKey, UsageSum)>> = BTreeMap::new();
    for (start, ids) in by_start {
        for (key, sum) in store::usage::billed_in(tx, partner_id, &ids, start).await? {
            if key.charge == RetailCharge::Billable {
                usage.entry(key.tenant_id).or_default().push((key, sum));
            }
        }
    }
    Ok(usage)
}

fn end_trial(
    billing: &Billing<'_>,
    mut tenant: Tenant,
    (at, now): (Timestamp, Timestamp),
    writes: &mut Writes,
) -> Result<()> {
    let transition = tenant.apply(TenantEvent::TrialConverts, at, &billing.versions);
    match transition {
        Ok(transition) => {
            if let Some(term) = transition.first_term {
                let state = PeriodState { tenant_id: tenant.tenant_id, term, closed: None };
                writes.periods.push(state);
            }
            writes.report.trials_converted += 1;
            writes.owners_changed = true;
            let after = Tenant { version: tenant.version + 1, ..tenant.clone() };
            writes.events.push(of_tenant("tenant.updated", &after, now));
        }
        // A suspended trial waits until it is restored, which makes it due again.
        Err(domain::tenancy::TenancyError::Refused(_)) => tenant.next_action_at = None,
        Err(error) => return Err(AppError::Broken(error.to_string())),
    }
    writes.tenants.push(tenant);
    Ok(())
}

fn bill_advance(
    billing: &Billing<'_>,
    (tenant, term): (Tenant, Term),
    facts: TenantFacts,
    writes: &mut Writes,
) -> Result<()> {
    let computed = advance_invoice(billing, (&tenant, &term), &facts)?;
    let after = Tenant { next_action_at: Some(term.span.end), ..tenant.clone() };
    writes.tenants.push(after);
    if computed.outcome == Outcome::Issue {
        let version = billing.version(&term)?;
        writes.issues.push(Issue {
            tenant,
            kind: InvoiceKind::Advance,
            period: term,
            plan: version.terms.name,
            terms_days: version.terms.terms_days,
            computed,
            credits: facts.credits,
            one_time: Vec::new(),
            carried: Vec::new(),
        });
    }
    Ok(())
}

/// A tenant, its terms (whole, closing, opening), its facts and the roll-ups its period bills.
type Closing = (Tenant, (Term, Term, Option<Term>), TenantFacts, Vec<(UsageKey, UsageSum)>);

async fn close_period(
    tx: &mut Tx,
    billing: &Billing<'_>,
    (tenant, (whole, closing, opening), mut facts, rows): Closing,
    (now, writes): (Timestamp, &mut Writes),
) -> Result<()> {
    let start = closing.span.start;
    let (own, late): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(key, _)| key.usage_period_start == start);
    let usage =
        billing.usage_groups(tx, (tenant.tenant_id, &closing), (&own, just_after(start))).await?;
    let prior = prior_usage(tx, billing, (&tenant, start), &late).await?;
    let bill = PeriodBill { tenant: &tenant, closing, whole, opening, usage, prior };
    let mut computed = bill.compute(billing, &facts)?;
    let mut carried = std::mem::take(&mut facts.small);
    if computed.outcome == Outcome::Issue && !computed.total.is_zero() && !carried.is_empty() {
        for small in &carried {
            facts.charges.push(small.charge()?);
        }
        computed = bill.compute(billing, &facts)?;
    } else {
        carried.clear();
    }
    let version = billing.version(&closing)?;
    let issue = computed.outcome == Outcome::Issue;
    let kind = if opening.is_some() { InvoiceKind::Period } else { InvoiceKind::Final };
    let invoice_id = invoice_id(billing.partner_id, &tenant, (kind, start));
    let closed = Some((issue.then_some(invoice_id), now));
    writes.periods.push(PeriodState { tenant_id: tenant.tenant_id, term: closing, closed });
    if let Some(term) = opening {
        let tenant_id = tenant.tenant_id;
        writes.periods.push(PeriodState { tenant_id, term, closed: None });
    }
    let after = after_close(&tenant, opening.as_ref());
    if after.profile_id != tenant.profile_id {
        writes.moved.push(tenant.tenant_id);
    }
    writes.tenants.push(after);
    writes.report.periods += 1;
    if issue {
        let one_time = one_time(&facts.charges, invoice_id).into_iter().map(|(id, _)| id);
        writes.issues.push(Issue {
            kind,
            period: closing,
            plan: version.terms.name,
            terms_days: version.terms.terms_days,
            computed,
            credits: facts.credits,
            one_time: one_time.collect(),
            carried,
            tenant,
        });
    }
    Ok(())
}

fn after_close(tenant: &Tenant, opening: Option<&Term>) -> Tenant {
    let Some(term) = opening else {
        return Tenant { open_start: None, open_end: None, next_action_at: None, ..tenant.clone() };
    };
    let took_over = tenant.pending_profile.filter(|(_, chosen)| *chosen < term.span.start);
    Tenant {
        profile_id: term.profile_id,
        pending_profile: tenant.pending_profile.filter(|_| took_over.is_none()),
        anchor_day: Some(term.anchor_day),
        open_start: Some(term.span.start),
        open_end: Some(term.span.end),
        next_action_at: Some(term.span.end),
        ..tenant.clone()
    }
}

/// The first instant after `start`: bill periods up to and including that of `start` lie before it.
pub(super) fn just_after(start: Timestamp) -> Timestamp {
    Timestamp::from_micros(start.micros() + 1)
}

/// What late calls, billed by the period that starts at `bill_start`, change in closed periods:
/// each as it was billed so far and as it is now (ruling 5).
pub(super) async fn prior_usage(
    tx: &mut Tx,
    billing: &Billing<'_>,
    (tenant, bill_start): (&Tenant, Timestamp),
    late: &[(UsageKey, UsageSum)],
) -> Result<Vec<PriorUsage>> {
    let starts: BTreeSet<Timestamp> = late.iter().map(|(key, _)| key.usage_period_start).collect();
    let Some(first) = starts.first() else { return Ok(Vec::new()) };
    let ids = [tenant.tenant_id];
    let terms = store::directory::terms(tx, billing.partner_id, Some(&ids)).await?;
    let rows = store::usage::of_tenants(tx, billing.partner_id, &ids, *first).await?;
    let mut prior = Vec::with_capacity(starts.len());
    for start in &starts {
        let found = terms.iter().find(|(_, term)| term.span.start == *start);
        let (_, term) = found.ok_or_else(|| {
            AppError::Broken(format!("{} has no period that starts at {start}", tenant.tenant_id))
        })?;
        let of_period = |until: Timestamp| -> Vec<(UsageKey, UsageSum)> {
            rows.iter()
                .filter(|(key, _)| {
                    key.charge == RetailCharge::Billable
                        && key.usage_period_start == *start
                        && key.bill_period_start < until
                })
                .cloned()
                .collect()
        };
        let after_this = just_after(bill_start);
        let owner = (tenant.tenant_id, term);
        let before = of_period(bill_start);
        let before = billing.usage_groups(tx, owner, (&before, bill_start)).await?;
        let after = of_period(after_this);
        let after = billing.usage_groups(tx, owner, (&after, after_this)).await?;
        prior.push(PriorUsage { term: *term, before, after });
    }
    Ok(prior)
}

/// The lines that a closed period's invoice has by its terms, counts and calls alone: what `check`
/// compares the issued ones with. `periods` are the tenant's, oldest first.
pub(crate) async fn period_lines(
    tx: &mut Tx,
    billing: &Billing<'_>,
    (tenant, (closing, opening)): (&Tenant, (Term, Option<Term>)),
    periods: &[store::audit::KeptPeriod],
) -> Result<Vec<Line>> {
    let start = closing.span.start;
    let ids = [tenant.tenant_id];
    let rows = store::usage::billed_in(tx, billing.partner_id, &ids, start).await?;
    let billable = rows.into_iter().filter(|(key, _)| key.charge == RetailCharge::Billable);
    let (own, late): (Vec<_>, Vec<_>) =
        billable.partition(|(key, _)| key.usage_period_start == start);
    let usage =
        billing.usage_groups(tx, (tenant.tenant_id, &closing), (&own, just_after(start))).await?;
    let prior = prior_usage(tx, billing, (tenant, start), &late).await?;
    let spans = BTreeMap::from([(tenant.tenant_id, closing.span)]);
    let counts = billing.counts(tx, &ids, (&spans, closing.span)).await?;
    let facts = TenantFacts {
        counts: counts.get(&tenant.tenant_id).copied().unwrap_or_default(),
        charges: Vec::new(),
        taxes: TaxTable::default(),
        credits: Vec::new(),
        small: Vec::new(),
    };
    let is_last = periods.last().is_some_and(|last| last.term.span.start == start);
    let opening = opening.filter(|_| !is_last);
    let bill = PeriodBill { tenant, closing, whole: closing, opening, usage, prior };
    Ok(bill.compute(billing, &facts)?.lines)
}
