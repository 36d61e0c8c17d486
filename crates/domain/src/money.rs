//! Money: three integer types and the one rounding function.
//!
//! Decided here: `Nanos` (1e-9 of the currency unit) hold rates and the price of one call,
//! `Micros` (1e-6) hold ledger amounts, `Minor` (cents, or whatever the currency's smallest unit
//! is) hold what is invoiced and paid. Products go through `i128`; overflow is an error, never a
//! wrap. Floats do not occur. Every conversion that loses digits goes through
//! [`round_half_away`], so that there is exactly one rounding rule: half away from zero.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount left the range of its integer type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("amount out of range")]
pub struct Overflow;

/// `numerator / denominator`, rounded half away from zero. The only rounding in the product.
///
/// `denominator` must be positive; the callers in this crate pass constants or checked values.
pub const fn round_half_away(numerator: i128, denominator: i128) -> i128 {
    debug_assert!(denominator > 0);
    // Dividing 128 bits costs ten times as much as 64, and amounts rarely need them.
    if numerator as i64 as i128 == numerator && denominator as i64 as i128 == denominator {
        let (numerator, denominator) = (numerator as i64, denominator as i64);
        let quotient = (numerator / denominator) as i128;
        let rest = (numerator % denominator).unsigned_abs();
        let is_half = rest >= denominator as u64 - rest;
        return if is_half { quotient + numerator.signum() as i128 } else { quotient };
    }
    let quotient = numerator / denominator;
    let rest = (numerator % denominator).abs();
    if rest >= denominator - rest { quotient + numerator.signum() } else { quotient }
}

/// [`round_half_away`] into an `i64`.
pub fn round_to_i64(numerator: i128, denominator: i128) -> Result<i64, Overflow> {
    i64::try_from(round_half_away(numerator, denominator)).map_err(|_| Overflow)
}

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident, $digits:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// No money.
            pub const ZERO: Self = Self(0);
            /// Decimal places of one unit of currency that this type keeps.
            pub const DIGITS: u32 = $digits;
            /// This many of the type's own unit.
            pub const fn new(units: i64) -> Self {
                Self(units)
            }
            /// The raw count of the type's own unit.
            pub const fn get(self) -> i64 {
                self.0
            }
            /// The sum, or [`Overflow`].
            pub fn plus(self, other: Self) -> Result<Self, Overflow> {
                self.0.checked_add(other.0).map(Self).ok_or(Overflow)
            }
            /// The difference, or [`Overflow`].
            pub fn minus(self, other: Self) -> Result<Self, Overflow> {
                self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
            }
            /// The opposite amount.
            pub fn negated(self) -> Result<Self, Overflow> {
                self.0.checked_neg().map(Self).ok_or(Overflow)
            }
            /// Adds all of `amounts`, or [`Overflow`].
            pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
                amounts.into_iter().try_fold(Self::ZERO, Self::plus)
            }
            /// Whether this is below zero.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }
            /// Whether this is exactly zero.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

amount!(
    /// Ledger amounts and wholesale call costs: millionths of the currency unit.
    Micros,
    6
);
amount!(
    /// Rates and the price of one call: thousand-millionths of the currency unit.
    Nanos,
    9
);
amount!(
    /// Invoiced and paid amounts: the currency's minor unit (cents for USD).
    Minor,
    2
);

impl Nanos {
    /// Parses a decimal with up to nine places, such as `0.014`.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        parse_decimal(text, Self::DIGITS).map(Self)
    }
    /// Rounded to a whole micro, half away from zero.
    pub fn to_micros(self) -> Micros {
        Micros(round_to_i64(i128::from(self.0), 1_000).expect("a thousandth fits"))
    }
    /// `self` per minute, for `seconds`, rounded half away from zero to a whole nano.
    pub fn per_minute_for(self, seconds: i64) -> Result<Self, Overflow> {
        round_to_i64(i128::from(self.0) * i128::from(seconds), 60).map(Self)
    }
}

impl Micros {
    /// Parses a decimal with up to six places.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        parse_decimal(text, Self::DIGITS).map(Self)
    }
}

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(self.0, Self::DIGITS, 2))
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(self.0, Self::DIGITS, 2))
    }
}

/// An ISO 4217 currency. It travels with the account, not with each amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// US dollar, the default of a new operator.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Parses an ISO code such as `USD`.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        iso_currency::Currency::from_code(code)
            .map(Self)
            .ok_or_else(|| UnknownCurrency(code.to_owned()))
    }
    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }
    /// Decimal places of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn digits(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }
    /// Nanos in one minor unit: 10,000,000 for USD.
    pub fn nanos_per_minor(self) -> i64 {
        10_i64.pow(Nanos::DIGITS - self.digits())
    }
    /// Micros in one minor unit: 10,000 for USD.
    pub fn micros_per_minor(self) -> i64 {
        10_i64.pow(Micros::DIGITS - self.digits())
    }
    /// A plain decimal string such as `110.52`.
    pub fn decimal(self, amount: Minor) -> String {
        format_decimal(amount.get(), self.digits(), self.digits() as usize)
    }
    /// For people: symbol, thousands separators, sign in front, such as `-$1,234.50`.
    pub fn display(self, amount: Minor) -> String {
        self.with_symbol(&self.decimal(amount))
    }
    /// A rate for people, with as many decimals as it has and no fewer than the currency's:
    /// `$0.025`, `$15.00`.
    pub fn display_rate(self, rate: Nanos) -> String {
        self.with_symbol(&format_decimal(rate.get(), Nanos::DIGITS, self.digits() as usize))
    }
    /// A plain decimal with sign, symbol and thousands separators.
    fn with_symbol(self, decimal: &str) -> String {
        let (sign, plain) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("-", rest));
        format!("{sign}{}{}", self.0.symbol(), grouped(plain))
    }
    /// Parses a decimal such as `99.00` into the minor unit.
    pub fn parse_minor(self, text: &str) -> Result<Minor, DecimalError> {
        parse_decimal(text, self.digits()).map(Minor::new)
    }
    /// Minor units as ledger micros.
    pub fn to_micros(self, amount: Minor) -> Result<Micros, Overflow> {
        amount.get().checked_mul(self.micros_per_minor()).map(Micros::new).ok_or(Overflow)
    }
    /// Ledger micros as minor units, rounded half away from zero (display only).
    pub fn round_micros(self, amount: Micros) -> Minor {
        let per = i128::from(self.micros_per_minor());
        Minor::new(round_to_i64(i128::from(amount.get()), per).expect("a quotient fits"))
    }
    /// Nanos as minor units, rounded half away from zero.
    pub fn round_nanos(self, amount: Nanos) -> Minor {
        let per = i128::from(self.nanos_per_minor());
        Minor::new(round_to_i64(i128::from(amount.get()), per).expect("a quotient fits"))
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}

/// The code is not an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an ISO 4217 currency code")]
pub struct UnknownCurrency(pub String);

/// A plain decimal with thousands separators before its point: `-1234.5` as `-1,234.5`.
pub fn grouped(decimal: &str) -> String {
    let (sign, plain) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("-", rest));
    let whole = plain.split('.').next().unwrap_or(plain);
    format!("{sign}{}{}", group_thousands(whole), &plain[whole.len()..])
}

fn group_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Why a text is not a decimal amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not an optional minus, digits and at most one point.
    #[error("{0:?} is not a decimal number")]
    Malformed(String),
    /// More digits behind the point than the type keeps.
    #[error("{text:?} has more than {digits} decimal places")]
    TooPrecise {
        /// What was given.
        text: String,
        /// How many places are allowed.
        digits: u32,
    },
    /// Too large for the type.
    #[error("{0:?} is out of range")]
    OutOfRange(String),
}

/// Parses `-?digits[.digits]` into units of 10^-`digits`. Trailing zeros beyond are accepted.
pub fn parse_decimal(text: &str, digits: u32) -> Result<i64, DecimalError> {
    let malformed = || DecimalError::Malformed(text.to_owned());
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || body.ends_with('.') {
        return Err(malformed());
    }
    let fraction = fraction.trim_end_matches('0');
    let places = u32::try_from(fraction.len()).map_err(|_| malformed())?;
    if places > digits {
        return Err(DecimalError::TooPrecise { text: text.to_owned(), digits });
    }
    let out_of_range = || DecimalError::OutOfRange(text.to_owned());
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        value = value * 10 + i128::from(digit - b'0');
        if value > i128::from(i64::MAX) * 2 {
            return Err(out_of_range());
        }
    }
    value *= 10_i128.pow(digits - places);
    i64::try_from(if negative { -value } else { value }).map_err(|_| out_of_range())
}

/// `value` units of 10^-`digits` as a decimal, at least `min_places` behind the point.
pub fn format_decimal(value: i64, digits: u32, min_places: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let scale = 10_u64.pow(digits);
    let (whole, fraction) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    let mut places = format!("{fraction:0width$}", width = digits as usize);
    while places.len() > min_places && places.ends_with('0') {
        places.pop();
    }
    if places.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{places}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_round_away_from_zero() {
        for (numerator, denominator, expected) in
            [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (15, 10, 2), (-15, 10, -2), (7, 3, 2), (0, 9, 0)]
        {
            assert_eq!(round_half_away(numerator, denominator), expected);
        }
    }

    // INV-09 money is shown with separators and exact cents
    #[test]
    fn people_see_symbols_and_separators() {
        assert_eq!(Currency::USD.display(Minor::new(-123_450)), "-$1,234.50");
        assert_eq!(Currency::USD.display(Minor::new(5)), "$0.05");
        let yen = Currency::parse("JPY").expect("a currency");
        assert_eq!((yen.digits(), yen.decimal(Minor::new(1234))), (0, "1234".to_owned()));
    }

    // PRO-19 six-place rates stay exact; too many places are refused, never truncated
    #[test]
    fn decimals_are_exact_or_refused() {
        assert_eq!(parse_decimal("0.018", 6), Ok(18_000));
        assert!(matches!(parse_decimal("0.0000001", 6), Err(DecimalError::TooPrecise { .. })));
        assert_eq!(parse_decimal("1.50000000000", 2), Ok(150));
        for bad in ["", "-", ".5", "1.", "1e3", "+1", "1,5", "--1", " 1", "1.2.3", "0x1"] {
            assert!(matches!(parse_decimal(bad, 6), Err(DecimalError::Malformed(_))), "{bad:?}");
        }
        assert!(matches!(parse_decimal("99999999999999", 6), Err(DecimalError::OutOfRange(_))));
    }

    proptest! {
        #[test]
        fn amounts_round_trip_through_text(value in any::<i64>(), digits in 0u32..=9) {
            prop_assume!(value != i64::MIN);
            let text = format_decimal(value, digits, 0);
            prop_assert_eq!(parse_decimal(&text, digits), Ok(value));
        }

        /// Scaling both sides of a fraction, beyond 64 bits, changes nothing.
        #[test]
        fn wide_fractions_round_like_narrow_ones(numerator in any::<i64>(), denominator in 1i64..) {
            let (n, d) = (i128::from(numerator), i128::from(denominator));
            prop_assert_eq!(round_half_away(n << 60, d << 60), round_half_away(n, d));
        }

        #[test]
        fn rounding_is_within_half_a_unit(
            numerator in any::<i64>(),
            denominator in 1i64..1_000_000,
        ) {
            let rounded = round_half_away(numerator.into(), denominator.into());
            let error = rounded * i128::from(denominator) - i128::from(numerator);
            prop_assert!(error.abs() * 2 <= i128::from(denominator));
        }
    }
}
