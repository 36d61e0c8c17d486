//! `calc prorate`: what a part of a period costs.

use serde_json::json;

use super::fields::{CalcError, Fields};
use crate::{
    money::{Currency, Nanos},
    proration::{Fraction, prorate as prorated},
    time::Day,
};

/// The exact fraction, the unrounded amount (twelve places) and the rounded one.
///
/// Fields: `amount` (a decimal with up to nine places), `period` and `part` (`START/END`, dates,
/// ends exclusive, the part inside the period), `currency` (USD unless given).
pub fn prorate(input: &str) -> Result<String, CalcError> {
    let mut fields = Fields::parse(input)?;
    let amount = fields.required("amount", Nanos::parse)?;
    let currency = fields.parsed("currency", Currency::parse)?.unwrap_or(Currency::USD);
    let period = fields.required("period", days)?;
    let part = fields.required("part", days)?;
    let fraction = part_of(&fields, part, period)?;
    fields.done()?;
    let prorated = prorated(amount, fraction, currency).map_err(CalcError::impossible)?;
    let answer = json!({
        "fraction": fraction.to_string(),
        "unrounded": prorated.unrounded(),
        "rounded": currency.decimal(prorated.rounded()),
    });
    Ok(format!("{answer}\n"))
}

/// The share of `period` that `part` is; refused where it reaches outside.
pub(super) fn part_of(
    fields: &Fields,
    part: (Day, Day),
    period: (Day, Day),
) -> Result<Fraction, CalcError> {
    if part.0 < period.0 || part.1 > period.1 {
        let why = format!("{}/{} is not inside {}/{}", part.0, part.1, period.0, period.1);
        return Err(fields.refuse("part", why));
    }
    let length = |span: (Day, Day)| span.1.days_since(span.0);
    Fraction::try_new(length(part), length(period)).map_err(|error| fields.refuse("part", error))
}

/// Parses `START/END`, two dates of which the second is later.
pub(super) fn days(text: &str) -> Result<(Day, Day), String> {
    let (start, end) = text
        .split_once('/')
        .ok_or_else(|| format!("{text:?} is not START/END like 2026-05-01/2026-06-01"))?;
    let parse = |text| Day::parse(text).map_err(|error| error.to_string());
    let (start, end) = (parse(start)?, parse(end)?);
    if start >= end {
        return Err(format!("{start} is not before {end}; ends are exclusive"));
    }
    Ok((start, end))
}
