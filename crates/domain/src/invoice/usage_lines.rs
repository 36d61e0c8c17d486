//! Usage lines: from groups of calls to lines, and what late calls change in a closed period.
//!
//! Decided here: a group at a plain rate is chargeable seconds × rate, a deck-priced group the sum
//! of its calls' prices (ruling 2). Late calls are billed as the difference between the closed
//! period computed with and without them (ruling 5): over any number of late batches the
//! differences add up to what the period would have cost at once.

use super::{
    compute::{InvoiceError, PriorPeriod},
    line::{Line, LineBasis, LineFacts, LineKind, LinePrice, Quantity},
    wording,
};
use crate::{
    allocation::{UsageGroup, UsagePrice},
    money::{Currency, Minor, Overflow},
    profile::Included,
    proration::Fraction,
    time::Timestamp,
};

/// The line of a group; `None` where nothing of it is chargeable (PRO-06).
pub(super) fn usage_line(
    group: &UsageGroup,
    included: Included,
    usage_period_start: Timestamp,
    currency: Currency,
) -> Result<Option<Line>, Overflow> {
    let (price, description) = match group.price {
        UsagePrice::PerMinute(rate) if rate.is_zero() => return Ok(None),
        UsagePrice::PerMinute(rate) => {
            (LinePrice::PerUnit(rate), wording::usage(group.class, included))
        }
        UsagePrice::CallPrices(sum) if sum.is_zero() => return Ok(None),
        UsagePrice::CallPrices(sum) => (LinePrice::CallPrices(sum), wording::deck_usage(included)),
    };
    if group.chargeable_seconds == 0 && matches!(price, LinePrice::PerUnit(_)) {
        return Ok(None);
    }
    let facts = LineFacts {
        kind: LineKind::Usage,
        description,
        quantity: Quantity::minutes(group.chargeable_seconds),
        unit: "minute".to_owned(),
        price,
        fraction: Fraction::WHOLE,
        taxable: true,
        basis: LineBasis::Usage { usage_period_start, basis: group.basis, class: group.class },
    };
    Line::compute(facts, currency).map(Some)
}

/// What the usage of a period costs: the sum of its rounded lines.
fn usage_amount(groups: &[UsageGroup], currency: Currency) -> Result<(Minor, i64), Overflow> {
    let mut sums = (Minor::ZERO, 0_i64);
    for group in groups {
        let line = usage_line(group, Included::NONE, Timestamp::default(), currency)?;
        if let Some(line) = line {
            sums.0 = sums.0.plus(line.amount())?;
        }
        sums.1 = sums.1.checked_add(group.chargeable_seconds).ok_or(Overflow)?;
    }
    Ok(sums)
}

/// The line of a closed period's late calls; `None` where they change nothing.
pub(super) fn prior_line(
    prior: &PriorPeriod<'_>,
    currency: Currency,
) -> Result<Option<Line>, InvoiceError> {
    let (before, seconds_before) = usage_amount(prior.before, currency)?;
    let (after, seconds_after) = usage_amount(prior.after, currency)?;
    let difference = after.minus(before)?;
    if difference.is_zero() {
        return Ok(None);
    }
    let seconds = seconds_after.checked_sub(seconds_before).ok_or(Overflow)?;
    let facts = LineFacts {
        kind: LineKind::PriorPeriodUsage,
        description: wording::prior_usage(&prior.period),
        quantity: Quantity::minutes(seconds),
        unit: "minute".to_owned(),
        price: LinePrice::Difference(difference),
        fraction: Fraction::WHOLE,
        taxable: true,
        basis: LineBasis::PriorUsage { usage_period_start: prior.period.span.start },
    };
    Ok(Some(Line::compute(facts, currency)?))
}
