//! What if: a past period under other terms (BEY-04).
//!
//! Decided here: a simulation runs the very functions that issue invoices on the same facts, so
//! that the current profile gives exactly the issued invoice. Only terms and prices differ: counts,
//! charges, taxes, credit and the moment when the base fee is due stay as they were, because a
//! fee that merely moves to another invoice is not a difference. Nothing is stored.

use crate::{
    allocation::{
        AllocCall, AllocationError, PriceAfter, UsageGroup, UsageTerms, allocate_calls, standing,
    },
    invoice::compute::{
        Charge, ClosedPeriod, ComputedInvoice, InvoiceError, InvoiceInput, OpeningPeriod,
        PeakCounts, PriorPeriod, compute,
    },
    money::{Currency, Minor, Nanos, Overflow},
    period::Period,
    profile::{MinuteRates, ProfileVersion},
    proration::Fraction,
    tax::TaxProvider,
    usage::PriceBasis,
};

/// Everything that happened in a period, whatever the terms.
#[derive(Clone, Copy)]
pub struct PeriodFacts<'a> {
    /// The tenant's currency.
    pub currency: Currency,
    /// The closed period.
    pub period: Period,
    /// What was provisioned and assigned.
    pub counts: PeakCounts,
    /// Its calls and their reversals, in any order.
    pub calls: &'a [AllocCall],
    /// The share of the base fee that was billed in advance.
    pub paid_in_advance: Option<Fraction>,
    /// The period opened by the same invoice, if any.
    pub opening: Option<(&'a ProfileVersion, Period)>,
    /// Charges that fell on the invoice.
    pub charges: &'a [Charge],
    /// Closed periods with late calls.
    pub prior: &'a [PriorPeriod<'a>],
    /// Where tax figures come from.
    pub taxes: &'a dyn TaxProvider,
    /// The tenant's credit before the invoice.
    pub credit_available: Minor,
}

/// The terms under which the period was or would be billed.
#[derive(Clone, Copy)]
pub struct PeriodTerms<'a> {
    /// In force for the period.
    pub version: &'a ProfileVersion,
    /// Every version that priced one of its calls, the one above included.
    pub versions: &'a [ProfileVersion],
    /// Prices what is left of a deck-priced call.
    pub price_after: &'a PriceAfter<'a>,
}

/// A call's seconds and price under proposed terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repriced {
    /// What would have priced it.
    pub basis: PriceBasis,
    /// Billed seconds after the increments that would apply.
    pub billed_seconds: i64,
    /// Its price.
    pub retail: Nanos,
}

/// Prices a whole call under proposed terms.
pub type Reprice<'a> = dyn Fn(&AllocCall) -> Result<Repriced, Overflow> + 'a;

/// Terms to try.
#[derive(Clone, Copy)]
pub struct Proposal<'a> {
    /// The proposed terms.
    pub version: &'a ProfileVersion,
    /// Prices a call under them.
    pub reprice: &'a Reprice<'a>,
    /// Prices what is left of a deck-priced call under them.
    pub price_after: &'a PriceAfter<'a>,
}

/// What a proposal would have meant for one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// The invoice under the terms in force.
    pub issued: ComputedInvoice,
    /// The invoice under the proposal.
    pub simulated: ComputedInvoice,
    /// How much more the tenant would have paid before tax; negative is less.
    pub difference: Minor,
}

/// Why a period cannot be simulated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// Its usage cannot be allocated.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// Its invoice cannot be computed.
    #[error(transparent)]
    Invoice(#[from] InvoiceError),
    /// An amount left its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// The invoice of a period under its own terms: what closing it issues.
pub fn invoice_of(
    facts: &PeriodFacts<'_>,
    terms: &PeriodTerms<'_>,
) -> Result<ComputedInvoice, SimulationError> {
    let included = terms.version.terms.included_minutes_in_force();
    let usage_terms = UsageTerms { included, versions: terms.versions };
    let usage = allocate_calls(facts.calls, &usage_terms, terms.price_after)?;
    Ok(invoice_from(facts, terms.version, &usage)?)
}

/// The invoice of a period under these terms, its usage allocated already.
pub fn invoice_from(
    facts: &PeriodFacts<'_>,
    version: &ProfileVersion,
    usage: &[UsageGroup],
) -> Result<ComputedInvoice, InvoiceError> {
    compute(&InvoiceInput {
        currency: facts.currency,
        closed: Some(ClosedPeriod {
            version,
            period: facts.period,
            counts: facts.counts,
            usage,
            paid_in_advance: facts.paid_in_advance,
        }),
        opening: facts.opening.map(|(version, period)| OpeningPeriod { version, period }),
        charges: facts.charges,
        prior: facts.prior,
        taxes: facts.taxes,
        credit_available: facts.credit_available,
    })
}

/// The invoice of a period that was billed under `current`, had it been `proposed`, whose usage is
/// allocated already.
pub fn proposed_from(
    facts: &PeriodFacts<'_>,
    (current, proposed): (&ProfileVersion, &ProfileVersion),
    usage: &[UsageGroup],
) -> Result<ComputedInvoice, InvoiceError> {
    let mut version = proposed.clone();
    version.terms.base_fee_timing = current.terms.base_fee_timing;
    // A change of profile that was already decided stays; the same profile going on is replaced.
    let opening = facts.opening.map(|(next, period)| {
        let goes_on = next.profile_id == current.profile_id;
        (if goes_on { &version } else { next }, period)
    });
    invoice_from(&PeriodFacts { opening, ..*facts }, &version, usage)
}

/// The period under a proposal, beside what it was.
pub fn simulate(
    facts: &PeriodFacts<'_>,
    current: &PeriodTerms<'_>,
    proposal: &Proposal<'_>,
) -> Result<Simulation, SimulationError> {
    let issued = invoice_of(facts, current)?;
    // The same terms are the same invoice, calls of an older version included.
    let simulated = if proposal.version == current.version {
        issued.clone()
    } else {
        proposed(facts, current, proposal)?
    };
    let difference = simulated.subtotal.minus(issued.subtotal)?;
    Ok(Simulation { issued, simulated, difference })
}

fn proposed(
    facts: &PeriodFacts<'_>,
    current: &PeriodTerms<'_>,
    proposal: &Proposal<'_>,
) -> Result<ComputedInvoice, SimulationError> {
    let mut calls = Vec::with_capacity(facts.calls.len());
    for call in standing(facts.calls)? {
        let Repriced { basis, billed_seconds, retail } = (proposal.reprice)(call)?;
        calls.push(AllocCall { basis, billed_seconds, retail, ..call.clone() });
    }
    let included = proposal.version.terms.included_minutes_in_force();
    let usage_terms = UsageTerms { included, versions: std::slice::from_ref(proposal.version) };
    let usage = allocate_calls(&calls, &usage_terms, proposal.price_after)?;
    Ok(proposed_from(facts, (current.version, proposal.version), &usage)?)
}

/// Prices calls at a version's plain minute rates, their billed seconds unchanged.
pub fn reprice_plain(version: &ProfileVersion, call: &AllocCall) -> Result<Repriced, Overflow> {
    let rate = match version.terms.minute_rates {
        MinuteRates::Single(rate) => rate,
        MinuteRates::ByClass { local, toll_free } => match call.class {
            crate::phone::CallClass::Local => local,
            crate::phone::CallClass::TollFree => toll_free,
        },
    };
    let (profile_id, profile_version) = (version.profile_id, version.version);
    Ok(Repriced {
        basis: PriceBasis { profile_id, profile_version, deck: None },
        billed_seconds: call.billed_seconds,
        retail: rate.per_minute_for(call.billed_seconds)?,
    })
}

#[cfg(test)]
mod tests;
