//! `calc hold`: for how long a call may run on the money that is left.

use serde_json::json;

use super::fields::{CalcError, Fields};
use crate::{
    hold::{HoldRequest, MAX_HOLD_SECONDS, PlainPrice},
    money::{Micros, Nanos},
    rating::Increments,
};

/// What is available, the longest permitted whole seconds (0 refuses the call), and what to hold.
///
/// Fields: `balance`, `holds` (a list, for other calls), `rate_per_minute`, `connection_fee`
/// (0 unless given), `minimum_seconds` and `increment_seconds` (6 unless given), `max_seconds`
/// (four hours unless given).
pub fn hold(input: &str) -> Result<String, CalcError> {
    let mut fields = Fields::parse(input)?;
    let balance = fields.required("balance", Micros::parse)?;
    let holds = fields.texts("holds", not_negative(Micros::parse, Micros::is_negative))?;
    let price = not_negative(Nanos::parse, Nanos::is_negative);
    let rate = fields.required("rate_per_minute", &price)?;
    let connection_fee = fields.parsed("connection_fee", &price)?.unwrap_or(Nanos::ZERO);
    let minimum = fields.whole("minimum_seconds", 1..=MAX_INCREMENT)?.unwrap_or(6);
    let increment = fields.whole("increment_seconds", 1..=MAX_INCREMENT)?.unwrap_or(6);
    let cap_seconds =
        fields.whole("max_seconds", 0..=MAX_HOLD_SECONDS)?.unwrap_or(DEFAULT_CAP_SECONDS);
    fields.done()?;
    let increments = Increments::try_new(minimum, increment).map_err(CalcError::impossible)?;
    let other_holds = Micros::sum(holds).map_err(CalcError::impossible)?;
    let price = PlainPrice { rate, connection_fee, increments };
    let request = HoldRequest { balance, other_holds, price, cap_seconds };
    let hold = request.decide().map_err(CalcError::impossible)?;
    let answer = json!({
        "available": hold.available.to_string(),
        "seconds": hold.seconds,
        "hold": hold.amount.to_string(),
    });
    Ok(format!("{answer}\n"))
}

/// Four hours: the longest call that is reserved at once.
const DEFAULT_CAP_SECONDS: u32 = 4 * 3_600;
/// As [`Increments`] allows: a day.
const MAX_INCREMENT: u32 = 86_400;

/// `parse`, and refuses what is below zero.
pub(super) fn not_negative<T: Copy, E: std::fmt::Display>(
    parse: impl Fn(&str) -> Result<T, E>,
    is_negative: impl Fn(T) -> bool,
) -> impl Fn(&str) -> Result<T, String> {
    move |text| match parse(text) {
        Ok(value) if is_negative(value) => Err(format!("{text} is negative")),
        Ok(value) => Ok(value),
        Err(error) => Err(error.to_string()),
    }
}
