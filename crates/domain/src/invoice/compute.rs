//! The computation of an invoice: from terms, counts and usage to lines, taxes and what is due.
//!
//! Decided here: which lines an invoice has and in which order (F-03 to F-05, F-07), what taxes are
//! computed on (F-08), how credit is applied, and when a period comes to nothing (CYC-13). An
//! invoice closes a period, opens one (a fee in advance, CYC-06), or bills charges alone (INV-23);
//! one function does all three, so that drafts, previews and simulations cannot differ from what
//! is issued. The total is always the sum of lines and taxes, and never below zero.

use serde::{Deserialize, Serialize};

use super::{
    line::{Line, LineBasis, LineFacts, LineKind, LinePrice, Quantity},
    usage_lines::{prior_line, usage_line},
    wording,
};
use crate::{
    allocation::UsageGroup,
    ids::ChargeId,
    money::{Currency, Minor, Nanos, Overflow},
    period::Period,
    profile::{BaseFeeTiming, Included, ProfileVersion},
    proration::Fraction,
    tax::{TaxLine, TaxProvider},
};

/// Highest simultaneous counts of a period (MET-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeakCounts {
    /// Provisioned extensions.
    pub extensions: u32,
    /// Assigned standard numbers.
    pub local_dids: u32,
    /// Assigned toll-free numbers.
    pub toll_free_dids: u32,
}

/// The period that the invoice closes.
#[derive(Debug, Clone)]
pub struct ClosedPeriod<'a> {
    /// The terms in force in it.
    pub version: &'a ProfileVersion,
    /// The period, cut short where the tenant was cancelled.
    pub period: Period,
    /// What was provisioned and assigned.
    pub counts: PeakCounts,
    /// Usage after included minutes were allocated.
    pub usage: &'a [UsageGroup],
    /// The share of the base fee that was billed in advance; `None` bills it now.
    pub paid_in_advance: Option<Fraction>,
}

/// The period that begins where the invoice is issued.
#[derive(Debug, Clone)]
pub struct OpeningPeriod<'a> {
    /// The terms that will be in force.
    pub version: &'a ProfileVersion,
    /// The period.
    pub period: Period,
}

/// A closed and invoiced period for which calls arrived late (ruling 5).
#[derive(Debug, Clone)]
pub struct PriorPeriod<'a> {
    /// The closed period.
    pub period: Period,
    /// Its usage as billed so far, earlier late calls included.
    pub before: &'a [UsageGroup],
    /// Its usage with the calls that arrived since.
    pub after: &'a [UsageGroup],
}

/// How often a charge falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// Once, in full (PRO-22).
    OneTime,
    /// Each period, prorated with it (ruling 15).
    Recurring,
    /// Each period by the units used, in full.
    Metered,
}

/// A charge beside the profile: one-time, or an add-on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Its row; none on a draft that is only being tried.
    pub id: Option<ChargeId>,
    /// How often it falls.
    pub kind: ChargeKind,
    /// For people.
    pub description: String,
    /// How many.
    pub quantity: Quantity,
    /// The unit's name in the singular.
    pub unit: String,
    /// The price of one; a negative one makes the line a discount.
    pub unit_price: Nanos,
    /// Whether taxes are computed on it; discounts always are (ruling 3).
    pub taxable: bool,
}

/// Everything an invoice is computed from.
pub struct InvoiceInput<'a> {
    /// The tenant's currency.
    pub currency: Currency,
    /// The period it closes, if any.
    pub closed: Option<ClosedPeriod<'a>>,
    /// The period it opens, if any.
    pub opening: Option<OpeningPeriod<'a>>,
    /// Charges that fall on it.
    pub charges: &'a [Charge],
    /// Closed periods with late calls.
    pub prior: &'a [PriorPeriod<'a>],
    /// Where tax figures come from.
    pub taxes: &'a dyn TaxProvider,
    /// The tenant's credit before this invoice.
    pub credit_available: Minor,
}

/// Credit that the invoice itself gives: its system credits exceed what they can reduce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditGrant {
    /// Before tax.
    pub net: Minor,
    /// The taxes that go back with it.
    pub taxes: Vec<TaxLine>,
    /// What the tenant's credit grows by.
    pub total: Minor,
}

/// Whether the result becomes an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is issued.
    Issue,
    /// Every line is zero and the profile issues no such invoices (CYC-13).
    Nothing,
}

/// What the calls of the closed period add up to, in billed seconds: the figures that a call
/// history must show (MET-21). Late calls of closed periods are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UsageTotals {
    /// All calls in scope.
    pub total_seconds: i64,
    /// Those that the lines charge; the rest was included.
    pub chargeable_seconds: i64,
}

/// A computed invoice; also what is stored of it when it is issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputedInvoice {
    /// In the order they are shown.
    pub lines: Vec<Line>,
    /// In the order they are shown; credits are never among lines or taxes (ruling 3).
    pub taxes: Vec<TaxLine>,
    /// The sum of the lines.
    pub subtotal: Minor,
    /// The sum of the taxes.
    pub tax: Minor,
    /// Subtotal and tax.
    pub total: Minor,
    /// Credit that this invoice gives.
    pub credit_granted: Option<CreditGrant>,
    /// Credit taken from the tenant's, the granted one included; never above the total.
    pub credit_applied: Minor,
    /// What is left to pay.
    pub due: Minor,
    /// Whether it is issued.
    pub outcome: Outcome,
    /// What the calls of the closed period add up to.
    pub usage: UsageTotals,
}

/// Why an invoice cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    /// An amount left its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// The negative lines of people exceed the charges (INV-32).
    #[error("discounts of {discounts} exceed the charges of {charges} (minor units)")]
    DiscountsExceedCharges {
        /// The sum of the discounts, as a positive number of minor units.
        discounts: i64,
        /// The sum of all other charges in minor units.
        charges: i64,
    },
    /// Less than nothing was said to be available.
    #[error("available credit of {0} is negative (minor units)")]
    NegativeCredit(i64),
}

/// Computes an invoice. The same input always gives the same invoice.
pub fn compute(input: &InvoiceInput<'_>) -> Result<ComputedInvoice, InvoiceError> {
    if input.credit_available.is_negative() {
        return Err(InvoiceError::NegativeCredit(input.credit_available.get()));
    }
    let mut lines = Lines { currency: input.currency, lines: Vec::new() };
    if let Some(closed) = &input.closed {
        lines.closed(closed)?;
    }
    for prior in input.prior {
        lines.lines.extend(prior_line(prior, input.currency)?);
    }
    for charge in input.charges {
        lines.charge(charge, input.closed.as_ref().map(|closed| closed.period.fraction))?;
    }
    if let Some(closed) = &input.closed {
        lines.unused_advance(closed)?;
    }
    if let Some(opening) = &input.opening {
        lines.opening(opening)?;
    }
    finish(lines.lines, input)
}

/// Collects lines in order, leaving out those that are exactly nothing.
struct Lines {
    currency: Currency,
    lines: Vec<Line>,
}

impl Lines {
    fn push(&mut self, facts: LineFacts) -> Result<(), Overflow> {
        let nothing = match facts.price {
            LinePrice::PerUnit(price) => price.is_zero() || facts.quantity.is_zero(),
            LinePrice::CallPrices(_) | LinePrice::Difference(_) => false,
        };
        if !nothing {
            self.lines.push(Line::compute(facts, self.currency)?);
        }
        Ok(())
    }

    fn closed(&mut self, closed: &ClosedPeriod<'_>) -> Result<(), Overflow> {
        if closed.paid_in_advance.is_none() {
            self.base_fee(closed.version, &closed.period)?;
        }
        self.units(closed)?;
        let included = closed.version.terms.included_minutes_in_force();
        let start = closed.period.span.start;
        for group in closed.usage {
            self.lines.extend(usage_line(group, included, start, self.currency)?);
        }
        Ok(())
    }

    fn base_fee(&mut self, version: &ProfileVersion, period: &Period) -> Result<(), Overflow> {
        let description = wording::base_fee(&version.terms.name, period);
        let facts = self.fee_facts(version, LineKind::BaseFee, description)?;
        self.push(LineFacts { fraction: period.fraction, ..facts })
    }

    fn fee_facts(
        &self,
        version: &ProfileVersion,
        kind: LineKind,
        description: String,
    ) -> Result<LineFacts, Overflow> {
        let fee = version.terms.base_fee.get();
        let price = fee.checked_mul(self.currency.nanos_per_minor()).ok_or(Overflow)?;
        Ok(LineFacts {
            kind,
            description,
            quantity: Quantity::ONE,
            unit: version.terms.every.as_str().to_owned(),
            price: LinePrice::PerUnit(Nanos::new(price)),
            fraction: Fraction::WHOLE,
            taxable: true,
            basis: profile_basis(version),
        })
    }

    /// Extensions and numbers: all of them, or what exceeds the included ones, standard numbers
    /// first (F-04). Included quantities are not reduced in a partial period (F-07).
    fn units(&mut self, closed: &ClosedPeriod<'_>) -> Result<(), Overflow> {
        let terms = &closed.version.terms;
        let (included_extensions, included_dids) =
            (terms.included_extensions_in_force(), terms.included_dids_in_force());
        let (local, toll_free) =
            (i64::from(closed.counts.local_dids), i64::from(closed.counts.toll_free_dids));
        let left_for_toll_free = match included_dids {
            Included::Unlimited => Included::Unlimited,
            Included::UpTo(count) => Included::UpTo(count.saturating_sub(closed.counts.local_dids)),
        };
        let rows = [
            (
                LineKind::Extensions,
                "Extensions",
                "extension",
                included_extensions,
                included_extensions.excess(closed.counts.extensions.into()),
                terms.extension_rate,
            ),
            (
                LineKind::Dids,
                "Phone numbers",
                "number",
                included_dids,
                included_dids.excess(local),
                terms.did_rate,
            ),
            (
                LineKind::TollFreeDids,
                "Toll-free numbers",
                "number",
                left_for_toll_free,
                left_for_toll_free.excess(toll_free),
                terms.toll_free_did_rate,
            ),
        ];
        for (kind, name, unit, included, excess, rate) in rows {
            self.push(LineFacts {
                kind,
                description: wording::units(name, included),
                quantity: Quantity::whole(excess),
                unit: unit.to_owned(),
                price: LinePrice::PerUnit(rate),
                fraction: closed.period.fraction,
                taxable: true,
                basis: profile_basis(closed.version),
            })?;
        }
        Ok(())
    }

    fn charge(&mut self, charge: &Charge, period: Option<Fraction>) -> Result<(), Overflow> {
        let negative = charge.unit_price.is_negative() != charge.quantity.is_negative();
        let (kind, fraction) = match charge.kind {
            ChargeKind::OneTime => (LineKind::OneTime, Fraction::WHOLE),
            ChargeKind::Metered => (LineKind::Metered, Fraction::WHOLE),
            ChargeKind::Recurring => (LineKind::Recurring, period.unwrap_or(Fraction::WHOLE)),
        };
        self.push(LineFacts {
            kind: if negative { LineKind::Discount } else { kind },
            description: charge.description.clone(),
            quantity: charge.quantity,
            unit: charge.unit.clone(),
            price: LinePrice::PerUnit(charge.unit_price),
            fraction,
            taxable: charge.taxable || negative,
            basis: charge.id.map_or(LineBasis::None, LineBasis::Charge),
        })
    }

    /// Gives back the days of an advance fee that a cancellation leaves unused (ruling 7).
    fn unused_advance(&mut self, closed: &ClosedPeriod<'_>) -> Result<(), Overflow> {
        let paid = closed.paid_in_advance;
        let unused = paid.and_then(|paid| paid.minus(closed.period.fraction));
        let Some(fraction) = unused.filter(|unused| unused.part() > 0) else { return Ok(()) };
        let description = wording::unused_advance(&closed.version.terms.name, &closed.period);
        let facts = self.fee_facts(closed.version, LineKind::UnusedAdvance, description)?;
        self.push(LineFacts { quantity: Quantity::whole(-1), fraction, ..facts })
    }

    fn opening(&mut self, opening: &OpeningPeriod<'_>) -> Result<(), Overflow> {
        match opening.version.terms.base_fee_timing {
            BaseFeeTiming::Advance => self.base_fee(opening.version, &opening.period),
            BaseFeeTiming::Arrears => Ok(()),
        }
    }
}

fn profile_basis(version: &ProfileVersion) -> LineBasis {
    LineBasis::Profile { profile_id: version.profile_id, version: version.version }
}

fn finish(mut lines: Vec<Line>, input: &InvoiceInput<'_>) -> Result<ComputedInvoice, InvoiceError> {
    let carried = carried(&lines)?;
    if !carried.is_zero() {
        lines.push(Line::compute(carried_facts(carried), input.currency)?);
    }
    let subtotal = Minor::sum(lines.iter().map(Line::amount))?;
    let taxable = lines.iter().filter(|line| line.facts().taxable).map(Line::amount);
    // Discounts beyond the taxable lines reduce the others, whose tax is nothing anyway.
    let base = Minor::sum(taxable)?.max(Minor::ZERO);
    let taxes = input.taxes.taxes(base)?;
    let tax = Minor::sum(taxes.iter().map(|line| line.amount))?;
    let total = subtotal.plus(tax)?;
    let credit_granted = grant(carried, input.taxes)?;
    let granted = credit_granted.as_ref().map_or(Minor::ZERO, |grant| grant.total);
    let credit_applied = input.credit_available.plus(granted)?.min(total);
    let due = total.minus(credit_applied)?;
    let all_zero = lines.iter().all(|line| line.amount().is_zero());
    let issues_zero =
        input.closed.as_ref().is_some_and(|closed| closed.version.terms.invoice_zero_totals);
    let outcome = if all_zero && !issues_zero { Outcome::Nothing } else { Outcome::Issue };
    Ok(ComputedInvoice {
        lines,
        taxes,
        subtotal,
        tax,
        total,
        credit_granted,
        credit_applied,
        due,
        outcome,
        usage: usage_totals(input)?,
    })
}

fn usage_totals(input: &InvoiceInput<'_>) -> Result<UsageTotals, Overflow> {
    let groups = input.closed.as_ref().map_or(&[][..], |closed| closed.usage);
    let add = |a: i64, b: i64| a.checked_add(b).ok_or(Overflow);
    groups.iter().try_fold(UsageTotals::default(), |sum, group| {
        Ok(UsageTotals {
            total_seconds: add(sum.total_seconds, group.total_seconds)?,
            chargeable_seconds: add(sum.chargeable_seconds, group.chargeable_seconds)?,
        })
    })
}

/// What the system's own negative lines (unused fees, corrections of closed periods) exceed the
/// taxable lines by, after discounts. It becomes credit instead of a negative invoice; only the
/// taxable lines absorb it, because its tax must go back with it.
fn carried(lines: &[Line]) -> Result<Minor, InvoiceError> {
    let (mut taxable, mut others, mut discounts, mut credits) =
        (Minor::ZERO, Minor::ZERO, Minor::ZERO, Minor::ZERO);
    for line in lines {
        let kind = match line.facts().kind {
            LineKind::Discount => &mut discounts,
            _ if line.amount().is_negative() => &mut credits,
            _ if line.facts().taxable => &mut taxable,
            _ => &mut others,
        };
        *kind = kind.plus(line.amount())?;
    }
    let charges = taxable.plus(others)?;
    if charges.plus(discounts)?.is_negative() {
        let discounts = discounts.get().saturating_neg();
        return Err(InvoiceError::DiscountsExceedCharges { discounts, charges: charges.get() });
    }
    let absorbs = taxable.plus(discounts)?.max(Minor::ZERO);
    Ok(credits.plus(absorbs)?.min(Minor::ZERO).negated()?)
}

fn carried_facts(carried: Minor) -> LineFacts {
    LineFacts {
        kind: LineKind::CarriedToCredit,
        description: wording::CARRIED.to_owned(),
        quantity: Quantity::ONE,
        unit: "credit".to_owned(),
        price: LinePrice::Difference(carried),
        fraction: Fraction::WHOLE,
        taxable: true,
        basis: LineBasis::None,
    }
}

fn grant(net: Minor, taxes: &dyn TaxProvider) -> Result<Option<CreditGrant>, Overflow> {
    if net.is_zero() {
        return Ok(None);
    }
    let taxes = taxes.taxes(net)?;
    let tax = Minor::sum(taxes.iter().map(|line| line.amount))?;
    Ok(Some(CreditGrant { net, taxes, total: net.plus(tax)? }))
}

#[cfg(test)]
mod tests;
