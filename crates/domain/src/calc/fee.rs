//! `calc fee`: the platform's fee on a charge.

use serde_json::json;

use super::fields::{CalcError, Fields};
use crate::{fee::FeeRate, money::Currency};

/// The fee on a charge and what is left of it.
///
/// Fields: `charge` (the whole amount charged, tax included), `rate` (0.0399 unless given),
/// `currency` (USD unless given).
pub fn fee(input: &str) -> Result<String, CalcError> {
    let mut fields = Fields::parse(input)?;
    let currency = fields.parsed("currency", Currency::parse)?.unwrap_or(Currency::USD);
    let charge = fields.required("charge", |text| currency.parse_minor(text))?;
    if charge.is_negative() {
        return Err(fields.refuse("charge", "is negative"));
    }
    let rate = fields.parsed("rate", FeeRate::parse)?.unwrap_or(FeeRate::STANDARD);
    fields.done()?;
    let fee = rate.of(charge);
    let net = charge.minus(fee).map_err(CalcError::impossible)?;
    let answer = json!({
        "charge": currency.decimal(charge),
        "rate": rate.decimal(),
        "fee": currency.decimal(fee),
        "net": currency.decimal(net),
    });
    Ok(format!("{answer}\n"))
}
