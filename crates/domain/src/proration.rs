//! Proration: what a part of a period costs.
//!
//! Decided here: a part is counted in local calendar days, never in seconds, so that a day of 23
//! or 25 hours counts as one (CYC-16); the fraction stays exact and unreduced (`21/30`, as people
//! check it) until the one rounding. A fraction lies between nothing and the whole.

use std::{fmt, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{
    money::{Currency, Minor, Nanos, Overflow, round_half_away, round_to_i64},
    time::Day,
};

/// `part` of `whole` days, exact and unreduced. Equality compares both numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fraction {
    part: u32,
    whole: NonZeroU32,
}

/// The two numbers are not a part and its whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FractionError {
    /// Not two numbers with a slash between them.
    #[error("{0:?} is not a fraction like 12/31")]
    Malformed(String),
    /// The whole is empty, or a number is negative or absurdly large.
    #[error("{part}/{whole} is not a part of a period: the whole must be 1 to {MAX_DAYS} days")]
    BadWhole {
        /// Days of the part.
        part: i64,
        /// Days of the whole.
        whole: i64,
    },
    /// The part is negative or exceeds the whole.
    #[error("{part}/{whole} is not a part of a period: the part must be 0 to {whole} days")]
    BadPart {
        /// Days of the part.
        part: i64,
        /// Days of the whole.
        whole: i64,
    },
}

/// Longest period in days. It covers the whole calendar; more is a mistake.
const MAX_DAYS: i64 = 4_000_000;

impl Fraction {
    /// All of it.
    pub const WHOLE: Self = Self { part: 1, whole: NonZeroU32::MIN };

    /// `part` of `whole` days.
    pub fn try_new(part: i64, whole: i64) -> Result<Self, FractionError> {
        if !(1..=MAX_DAYS).contains(&whole) {
            return Err(FractionError::BadWhole { part, whole });
        }
        let checked = u32::try_from(whole).ok().and_then(NonZeroU32::new);
        match (u32::try_from(part), checked) {
            (Ok(days), Some(checked)) if days <= checked.get() => {
                Ok(Self { part: days, whole: checked })
            }
            _ => Err(FractionError::BadPart { part, whole }),
        }
    }

    /// Parses `12/31`.
    pub fn parse(text: &str) -> Result<Self, FractionError> {
        let malformed = || FractionError::Malformed(text.to_owned());
        let (part, whole) = text.split_once('/').ok_or_else(malformed)?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let (part, whole) = number(part).zip(number(whole)).ok_or_else(malformed)?;
        Self::try_new(part, whole)
    }

    /// What is left of the calendar month of `day`, that day included (F-05).
    pub fn rest_of_month(day: Day) -> Self {
        let whole = i64::from(day.days_in_month());
        Self::try_new(whole - i64::from(day.day()) + 1, whole).expect("a day lies in its month")
    }

    /// Days of the part.
    pub const fn part(self) -> u32 {
        self.part
    }
    /// Days of the whole; never zero.
    pub const fn whole(self) -> u32 {
        self.whole.get()
    }
    /// Whether the part is all of it.
    pub const fn is_whole(self) -> bool {
        self.part == self.whole.get()
    }
    /// What `self` has more than `other`; `None` where it has less or the result is unwieldy.
    pub fn minus(self, other: Self) -> Option<Self> {
        let (part, whole) = if self.whole == other.whole {
            (i64::from(self.part) - i64::from(other.part), i64::from(self.whole()))
        } else {
            let cross = |a: Self, b: Self| i64::from(a.part) * i64::from(b.whole());
            (
                cross(self, other) - cross(other, self),
                i64::from(self.whole()) * i64::from(other.whole()),
            )
        };
        Self::try_new(part, whole).ok()
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.whole)
    }
}

impl Serialize for Fraction {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A prorated amount, before and after its one rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prorated {
    amount: Nanos,
    fraction: Fraction,
    rounded: Minor,
}

/// Decimal places that [`Prorated::unrounded`] shows.
const UNROUNDED_PLACES: u32 = 12;

impl Prorated {
    /// The exact fraction.
    pub const fn fraction(self) -> Fraction {
        self.fraction
    }
    /// The amount to charge.
    pub const fn rounded(self) -> Minor {
        self.rounded
    }
    /// The exact amount as a decimal; endless ones are shown to twelve places.
    pub fn unrounded(self) -> String {
        let scale = 10_i128.pow(UNROUNDED_PLACES - Nanos::DIGITS);
        let product = i128::from(self.amount.get()) * i128::from(self.fraction.part) * scale;
        let shown = round_half_away(product, self.fraction.whole().into());
        let unit = 10_u128.pow(UNROUNDED_PLACES);
        let sign = if shown < 0 { "-" } else { "" };
        let (whole, rest) = (shown.unsigned_abs() / unit, shown.unsigned_abs() % unit);
        let mut places = format!("{rest:0width$}", width = UNROUNDED_PLACES as usize);
        while places.len() > 2 && places.ends_with('0') {
            places.pop();
        }
        format!("{sign}{whole}.{places}")
    }
}

/// `fraction` of `amount`, rounded once to the currency's minor unit.
pub fn prorate(
    amount: Nanos,
    fraction: Fraction,
    currency: Currency,
) -> Result<Prorated, Overflow> {
    let product = i128::from(amount.get()) * i128::from(fraction.part);
    let unit = i128::from(fraction.whole()) * i128::from(currency.nanos_per_minor());
    let rounded = round_to_i64(product, unit).map(Minor::new)?;
    Ok(Prorated { amount, fraction, rounded })
}

/// `fraction` of an amount in minor units, rounded once. It never exceeds the amount.
pub fn prorate_minor(amount: Minor, fraction: Fraction) -> Minor {
    let product = i128::from(amount.get()) * i128::from(fraction.part);
    let rounded = round_to_i64(product, fraction.whole().into());
    Minor::new(rounded.expect("a part is not more than the whole"))
}

/// The platform fee of a partner's first calendar month (F-05).
pub fn activation_fee(monthly: Minor, activated_on: Day) -> Minor {
    prorate_minor(monthly, Fraction::rest_of_month(activated_on))
}

/// What an upgrade on `day` costs at once: the prorated difference, nothing if there is none.
pub fn upgrade_charge(old: Minor, new: Minor, day: Day) -> Result<Minor, Overflow> {
    let difference = new.minus(old)?;
    if difference.is_negative() {
        return Ok(Minor::ZERO);
    }
    Ok(prorate_minor(difference, Fraction::rest_of_month(day)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn prorated(amount: &str, fraction: &str) -> (String, i64) {
        let fraction = Fraction::parse(fraction).expect("a fraction");
        let amount = Nanos::parse(amount).expect("an amount");
        let prorated = prorate(amount, fraction, Currency::USD).expect("in range");
        (prorated.unrounded(), prorated.rounded().get())
    }

    // F-05 PLT-07 PLT-26 PLT-28
    #[test]
    fn activation_and_upgrade_cost_the_rest_of_the_month() {
        assert_eq!(activation_fee(Minor::new(54_900), day("2026-05-10")), Minor::new(38_961));
        let charge = |old, new, on| upgrade_charge(Minor::new(old), Minor::new(new), day(on));
        assert_eq!(charge(24_900, 54_900, "2026-05-16"), Ok(Minor::new(15_484)));
        assert_eq!(charge(99_900, 24_900, "2026-05-16"), Ok(Minor::ZERO));
    }

    // CYC-07 MET-19 F-07
    #[test]
    fn worked_figures_are_exact_until_the_one_rounding() {
        assert_eq!(prorated("45", "12/31"), ("17.41935483871".to_owned(), 1_742));
        assert_eq!(prorated("3.00", "16/31"), ("1.548387096774".to_owned(), 155));
        assert_eq!(prorated("99", "10/30"), ("33.00".to_owned(), 3_300));
        assert_eq!(prorated("-0.03", "1/2"), ("-0.015".to_owned(), -2));
    }

    #[test]
    fn fractions_keep_their_numbers_and_refuse_nonsense() {
        assert_eq!(Fraction::parse("21/30").expect("a fraction").to_string(), "21/30");
        for bad in ["", "1", "/", "1/0", "2/1", "-1/2", "1/-2", "+1/2", "1/2/3", "1/99999999999"] {
            assert!(Fraction::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_left_of_a_fraction_is_exact() {
        let parse = |text| Fraction::parse(text).expect("a fraction");
        assert_eq!(parse("31/31").minus(parse("15/31")), Some(parse("16/31")));
        assert_eq!(Fraction::WHOLE.minus(parse("15/31")), Some(parse("16/31")));
        assert_eq!(parse("1/31").minus(parse("2/31")), None);
    }

    proptest! {
        #[test]
        fn a_part_is_within_half_a_minor_unit(
            amount in -1_000_000_000i64..1_000_000_000, part in 0i64..=366, more in 0i64..=366,
        ) {
            prop_assume!(part + more > 0);
            let fraction = Fraction::try_new(part, part + more).expect("a fraction");
            let rounded = i128::from(prorate_minor(Minor::new(amount), fraction).get());
            let (part, whole) = (i128::from(part), i128::from(part + more));
            let error = rounded * whole - i128::from(amount) * part;
            prop_assert!(error.abs() * 2 <= whole);
            prop_assert!(rounded.abs() <= i128::from(amount).abs());
        }
    }
}
