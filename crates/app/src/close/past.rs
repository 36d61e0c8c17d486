//! Closed periods as they were billed, for those who ask what if (BEY-04).
//!
//! Decided here: where each fact behind an issued invoice is found again. Counts and usage are
//! derived like they were when the period closed; charges and taxes are read from the invoice
//! itself, because what a charge or a rate says now is not what was billed. Nothing is written.

use std::collections::BTreeMap;

use domain::{
    account::Tenant,
    allocation::UsageGroup,
    invoice::{
        compute::{Charge, ChargeKind, PeakCounts, PriorPeriod},
        issued::{Invoice, InvoiceKind},
        line::{LineFacts, LineKind, LinePrice},
        status::InvoiceStatus,
    },
    money::{Micros, Minor},
    profile::{BaseFeeTiming, ProfileVersion},
    proration::Fraction,
    simulate::PeriodFacts,
    tax::{Jurisdiction, TaxTable},
    term::Term,
    time::{Span, Timestamp},
    usage::RetailCharge,
};
use store::{audit::KeptPeriod, db::Tx};

use super::{
    chunk::{just_after, prior_usage},
    facts::{Billing, PriorUsage},
};
use crate::error::{AppError, Result};

/// A closed period, with everything that its invoice followed from.
pub(crate) struct PastPeriod {
    /// Its tenant, with zone and currency as issued.
    pub(crate) tenant: Tenant,
    /// The terms in force in it.
    pub(crate) version: ProfileVersion,
    /// The period.
    pub(crate) term: Term,
    /// What it was billed; `None` where it came to nothing.
    pub(crate) issued: Option<Invoice>,
    /// Its usage, included minutes allocated.
    pub(crate) usage: Vec<UsageGroup>,
    /// What the partner paid for the calls on the invoice.
    pub(crate) wholesale: Micros,
    counts: PeakCounts,
    paid_in_advance: Option<Fraction>,
    opening: Option<(ProfileVersion, Term)>,
    prior: Vec<PriorUsage>,
    charges: Vec<Charge>,
    taxes: TaxTable,
}

impl PastPeriod {
    /// Does `work` with the facts of the period. They hold no calls: see [`Self::usage`].
    pub(crate) fn with_facts<T>(&self, work: impl FnOnce(&PeriodFacts<'_>) -> T) -> T {
        let zone = &self.tenant.zone;
        let prior: Vec<PriorPeriod<'_>> = self
            .prior
            .iter()
            .map(|prior| PriorPeriod {
                period: prior.term.period(zone),
                before: &prior.before,
                after: &prior.after,
            })
            .collect();
        work(&PeriodFacts {
            currency: self.tenant.currency,
            period: self.term.period(zone),
            counts: self.counts,
            calls: &[],
            paid_in_advance: self.paid_in_advance,
            opening: self.opening.as_ref().map(|(next, term)| (next, term.period(zone))),
            charges: &self.charges,
            prior: &prior,
            taxes: &self.taxes,
            credit_available: Minor::ZERO,
        })
    }

    /// Calls billed before this instant are on its invoice.
    pub(crate) fn billed_before(&self) -> Timestamp {
        just_after(self.term.span.start)
    }
}

/// The facts of a closed period; `None` where its invoice was taken back, so that nothing is left
/// to compare with. `next` is the tenant's period after it.
pub(crate) async fn past_period(
    tx: &mut Tx,
    billing: &Billing<'_>,
    tenant: &Tenant,
    (kept, next): (&KeptPeriod, Option<&KeptPeriod>),
) -> Result<Option<PastPeriod>> {
    let (term, partner_id) = (kept.term, billing.partner_id);
    let ids = [tenant.tenant_id];
    let issued = match kept.invoice_id {
        Some(invoice_id) => store::invoices::find(tx, partner_id, invoice_id).await?,
        None => None,
    };
    if issued.as_ref().is_some_and(|invoice| invoice.status == InvoiceStatus::Cancelled) {
        return Ok(None);
    }
    let mut tenant = tenant.clone();
    if let Some(invoice) = &issued {
        tenant.zone = invoice.zone.clone();
        tenant.currency = invoice.currency;
    }
    let version = billing.version(&term)?;
    let start = term.span.start;
    let rows = store::usage::billed_in(tx, partner_id, &ids, start).await?;
    let billable = rows.into_iter().filter(|(key, _)| key.charge == RetailCharge::Billable);
    let (own, late): (Vec<_>, Vec<_>) =
        billable.partition(|(key, _)| key.usage_period_start == start);
    let wholesale = Micros::sum(own.iter().chain(&late).map(|(_, sum)| sum.wholesale))?;
    let owner = (tenant.tenant_id, &term);
    let usage = billing.usage_groups(tx, owner, (&own, just_after(start))).await?;
    let prior = prior_usage(tx, billing, (&tenant, start), &late).await?;
    let spans = BTreeMap::from([(tenant.tenant_id, term.span)]);
    let counts = billing.counts(tx, &ids, (&spans, term.span)).await?;
    let (lines, taxes) = written(tx, billing, (&tenant, issued.as_ref())).await?;
    let charges = lines.iter().filter_map(|line| charge_of(line, &term)).collect();
    let opening = opened(billing, (issued.as_ref(), term.span), next)?;
    Ok(Some(PastPeriod {
        paid_in_advance: paid_in_advance(&version, &term, &lines),
        counts: counts.get(&tenant.tenant_id).copied().unwrap_or_default(),
        tenant,
        version,
        term,
        issued,
        usage,
        wholesale,
        opening,
        prior,
        charges,
        taxes,
    }))
}

/// The lines of the invoice, and the taxes it carries; without one, those that apply now.
async fn written(
    tx: &mut Tx,
    billing: &Billing<'_>,
    (tenant, issued): (&Tenant, Option<&Invoice>),
) -> Result<(Vec<LineFacts>, TaxTable)> {
    let partner_id = billing.partner_id;
    let Some(invoice) = issued else {
        let mut tables = billing.taxes(tx, &[tenant.tenant_id]).await?;
        return Ok((Vec::new(), tables.remove(&tenant.tenant_id).unwrap_or_default()));
    };
    let lines = store::invoices::lines(tx, partner_id, invoice.invoice_id).await?;
    let taxes = store::invoices::taxes(tx, partner_id, invoice.invoice_id).await?;
    let jurisdiction = |line: domain::tax::TaxLine| Jurisdiction {
        code: line.code,
        name: line.name,
        rate: line.rate,
        enabled: true,
    };
    let lines = lines.into_iter().map(|line| line.facts).collect();
    Ok((lines, TaxTable::of(taxes.into_iter().map(jurisdiction).collect())))
}

/// The charge that a line bills, if it bills one.
fn charge_of(line: &LineFacts, term: &Term) -> Option<Charge> {
    let kind = match line.kind {
        LineKind::OneTime => ChargeKind::OneTime,
        LineKind::Metered => ChargeKind::Metered,
        LineKind::Recurring => ChargeKind::Recurring,
        // A discount keeps its share of the period.
        LineKind::Discount if line.fraction == term.fraction => ChargeKind::Recurring,
        LineKind::Discount => ChargeKind::OneTime,
        _ => return None,
    };
    let LinePrice::PerUnit(unit_price) = line.price else { return None };
    Some(Charge {
        id: match line.basis {
            domain::invoice::line::LineBasis::Charge(charge_id) => Some(charge_id),
            _ => None,
        },
        kind,
        description: line.description.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price,
        taxable: line.taxable,
    })
}

/// The share of the base fee that was billed before: that of the period, and what a cancellation
/// gave back of it.
fn paid_in_advance(version: &ProfileVersion, term: &Term, lines: &[LineFacts]) -> Option<Fraction> {
    if version.terms.base_fee_timing != BaseFeeTiming::Advance {
        return None;
    }
    let unused = lines.iter().find(|line| line.kind == LineKind::UnusedAdvance);
    let given_back = unused.map_or(0, |line| i64::from(line.fraction.part()));
    let part = i64::from(term.fraction.part()) + given_back;
    Some(Fraction::try_new(part, i64::from(term.fraction.whole())).unwrap_or(term.fraction))
}

/// The period that the same invoice opened.
fn opened(
    billing: &Billing<'_>,
    (issued, closed): (Option<&Invoice>, Span),
    next: Option<&KeptPeriod>,
) -> Result<Option<(ProfileVersion, Term)>> {
    let Some(next) = next.filter(|next| next.term.span.start == closed.end) else {
        return Ok(None);
    };
    if issued.is_some_and(|invoice| invoice.kind == InvoiceKind::Final) {
        return Ok(None);
    }
    let version = billing.version(&next.term)?;
    Ok::<_, AppError>(Some((version, next.term)))
}
