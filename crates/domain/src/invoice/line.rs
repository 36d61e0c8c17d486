//! Invoice lines: what was billed, and the one place where a line is rounded.
//!
//! Decided here: a line's amount is quantity × unit price × fraction, exact until it is rounded
//! once to the currency's minor unit, half away from zero (ruling 2). A line of deck-priced calls
//! has no unit price: its amount is the sum of the calls' stored prices. Each line names its basis,
//! so that it can be traced to its calls (BEY-03) and computed again by `check`.

use std::{fmt, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ChargeId, ProfileId},
    money::{
        Currency, DecimalError, Minor, Nanos, Overflow, format_decimal, parse_decimal, round_to_i64,
    },
    phone::CallClass,
    proration::Fraction,
    time::Timestamp,
    usage::PriceBasis,
};

/// An exact number of units: minutes are seconds over 60.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quantity {
    numerator: i64,
    denominator: NonZeroU32,
}

const SIXTY: NonZeroU32 = NonZeroU32::new(60).expect("60 is not zero");
/// Decimal places that a quantity from outside may have.
const QUANTITY_PLACES: u32 = 6;
const MILLION: NonZeroU32 = NonZeroU32::new(1_000_000).expect("a million is not zero");

impl Quantity {
    /// One.
    pub const ONE: Self = Self::whole(1);

    /// This many units.
    pub const fn whole(units: i64) -> Self {
        Self { numerator: units, denominator: NonZeroU32::MIN }
    }
    /// The minutes of this many seconds.
    pub const fn minutes(seconds: i64) -> Self {
        Self { numerator: seconds, denominator: SIXTY }
    }
    /// Parses a decimal with up to six places.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let millionths = parse_decimal(text, QUANTITY_PLACES)?;
        Ok(if millionths % 1_000_000 == 0 {
            Self::whole(millionths / 1_000_000)
        } else {
            Self { numerator: millionths, denominator: MILLION }
        })
    }
    /// A quantity from its stored parts.
    pub const fn of(numerator: i64, denominator: NonZeroU32) -> Self {
        Self { numerator, denominator }
    }
    /// The number above the line.
    pub const fn numerator(self) -> i64 {
        self.numerator
    }
    /// The number below the line.
    pub const fn denominator(self) -> NonZeroU32 {
        self.denominator
    }
    /// Whether it is exactly none.
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }
    /// Whether it is below none.
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }
}

impl fmt::Display for Quantity {
    /// A decimal with at most six places; six-second steps are exact.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scaled = i128::from(self.numerator) * i128::from(MILLION.get());
        let Ok(millionths) = round_to_i64(scaled, self.denominator.get().into()) else {
            return write!(f, "{}/{}", self.numerator, self.denominator);
        };
        f.write_str(&format_decimal(millionths, QUANTITY_PLACES, 0))
    }
}

macro_rules! line_kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal;)*) => {
        /// What a line bills.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum LineKind {
            $($(#[$doc])* $kind,)*
        }
        impl LineKind {
            const ALL: &[Self] = &[$(Self::$kind,)*];
            /// The stable name, as stored and in the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

line_kinds! {
    /// The profile's fee.
    BaseFee "base_fee";
    /// Extensions, or those above the included ones.
    Extensions "extensions";
    /// Standard numbers, or those above the included ones.
    Dids "dids";
    /// Toll-free numbers, or those above the included ones.
    TollFreeDids "toll_free_dids";
    /// Calls of the period.
    Usage "usage";
    /// What late calls change in a closed period (MET-11).
    PriorPeriodUsage "prior_period_usage";
    /// An add-on with a price per period.
    Recurring "recurring";
    /// An add-on with a price per unit used.
    Metered "metered";
    /// A charge that falls once (PRO-22).
    OneTime "one_time";
    /// A negative line of a person (INV-32).
    Discount "discount";
    /// Days of an advance fee that were not used (CYC-14).
    UnusedAdvance "unused_advance";
    /// What the system's own negative lines exceed the rest by; it becomes credit.
    CarriedToCredit "carried_to_credit";
}

impl LineKind {
    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// How a line's amount comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinePrice {
    /// Quantity × this × fraction.
    PerUnit(Nanos),
    /// The sum of the calls' own prices (ruling 2).
    CallPrices(Nanos),
    /// Between two amounts that were each rounded before.
    Difference(Minor),
}

/// What a line can be traced to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineBasis {
    /// A fee or a unit of this profile version.
    Profile {
        /// The profile.
        profile_id: ProfileId,
        /// Its version.
        version: i64,
    },
    /// Calls of one period, by what priced them.
    Usage {
        /// Start of the period in which they ended.
        usage_period_start: Timestamp,
        /// What priced them.
        basis: PriceBasis,
        /// Set where the line is of one class only.
        class: Option<CallClass>,
    },
    /// Late calls of a closed period.
    PriorUsage {
        /// Start of the closed period.
        usage_period_start: Timestamp,
    },
    /// A one-time or add-on charge.
    Charge(ChargeId),
    /// Nothing stored: written by a person, or following from the other lines.
    None,
}

/// Everything about a line but its amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFacts {
    /// What it bills.
    pub kind: LineKind,
    /// For people.
    pub description: String,
    /// How many units.
    pub quantity: Quantity,
    /// The unit's name in the singular.
    pub unit: String,
    /// How the amount comes about.
    pub price: LinePrice,
    /// The share of a period; all of it for what is not prorated.
    pub fraction: Fraction,
    /// Whether taxes are computed on it.
    pub taxable: bool,
    /// What it can be traced to.
    pub basis: LineBasis,
}

/// A line with its rounded amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    facts: LineFacts,
    amount: Minor,
}

impl Line {
    /// The line of these facts: the only place where a line is rounded.
    pub fn compute(facts: LineFacts, currency: Currency) -> Result<Self, Overflow> {
        let amount = match facts.price {
            LinePrice::Difference(amount) => amount,
            LinePrice::CallPrices(sum) => currency.round_nanos(sum),
            LinePrice::PerUnit(price) => {
                let exact = i128::from(facts.quantity.numerator)
                    .checked_mul(i128::from(price.get()))
                    .and_then(|product| product.checked_mul(facts.fraction.part().into()))
                    .ok_or(Overflow)?;
                let unit = i128::from(facts.quantity.denominator.get())
                    * i128::from(facts.fraction.whole())
                    * i128::from(currency.nanos_per_minor());
                Minor::new(round_to_i64(exact, unit)?)
            }
        };
        Ok(Self { facts, amount })
    }
    /// A line as it was issued, from the store; nothing is computed again.
    pub const fn restore(facts: LineFacts, amount: Minor) -> Self {
        Self { facts, amount }
    }
    /// What it was computed from.
    pub const fn facts(&self) -> &LineFacts {
        &self.facts
    }
    /// The rounded amount.
    pub const fn amount(&self) -> Minor {
        self.amount
    }
    /// The price per unit, where there is one.
    pub const fn unit_price(&self) -> Option<Nanos> {
        match self.facts.price {
            LinePrice::PerUnit(price) => Some(price),
            LinePrice::CallPrices(_) | LinePrice::Difference(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(quantity: Quantity, price: &str, fraction: &str, currency: Currency) -> Minor {
        let facts = LineFacts {
            kind: LineKind::Usage,
            description: String::new(),
            quantity,
            unit: "minute".to_owned(),
            price: LinePrice::PerUnit(Nanos::parse(price).expect("a price")),
            fraction: Fraction::parse(fraction).expect("a fraction"),
            taxable: true,
            basis: LineBasis::None,
        };
        Line::compute(facts, currency).expect("in range").amount()
    }

    // MET-09 INV-08 F-03
    #[test]
    fn a_line_is_rounded_once() {
        let usd = Currency::USD;
        assert_eq!(line(Quantity::minutes(74_070), "0.025", "1/1", usd), Minor::new(3_086));
        assert_eq!(line(Quantity::whole(3), "15", "12/31", usd), Minor::new(1_742));
        assert_eq!(line(Quantity::whole(-1), "0.005", "1/1", usd), Minor::new(-1));
        // PRO-07 10 local and 10 toll-free minutes are one charge
        assert_eq!(line(Quantity::minutes(1_200), "0.025", "1/1", usd), Minor::new(50));
    }

    // BEY-18
    #[test]
    fn currencies_without_and_with_three_decimals_round_to_their_own_unit() {
        let code = |code| Currency::parse(code).expect("a currency");
        assert_eq!(line(Quantity::whole(3), "0.5", "1/1", code("JPY")), Minor::new(2));
        assert_eq!(line(Quantity::whole(3), "0.5", "1/1", code("KWD")), Minor::new(1_500));
    }

    #[test]
    fn quantities_read_as_decimals() {
        let shown = |quantity: Quantity| quantity.to_string();
        assert_eq!(shown(Quantity::minutes(74_070)), "1234.5");
        assert_eq!(shown(Quantity::minutes(1)), "0.016667");
        assert_eq!(shown(Quantity::whole(-3)), "-3");
        assert_eq!(shown(Quantity::parse("612.30").expect("a number")), "612.3");
        assert_eq!(shown(Quantity::minutes(i64::MAX)), format!("{}/60", i64::MAX));
    }

    #[test]
    fn kinds_have_stable_names() {
        for kind in LineKind::ALL {
            assert_eq!(LineKind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(LineKind::parse("bonus"), None);
    }

    proptest! {
        #[test]
        fn rounding_moves_a_line_by_at_most_half_a_minor_unit(
            seconds in 0i64..100_000_000, price in 0i64..10_000_000_000, part in 0i64..=31,
        ) {
            let fraction = Fraction::try_new(part, 31).expect("a fraction");
            let facts = LineFacts {
                kind: LineKind::Usage,
                description: String::new(),
                quantity: Quantity::minutes(seconds),
                unit: String::new(),
                price: LinePrice::PerUnit(Nanos::new(price)),
                fraction,
                taxable: true,
                basis: LineBasis::None,
            };
            let amount = Line::compute(facts, Currency::USD).expect("in range").amount();
            let exact = i128::from(seconds) * i128::from(price) * i128::from(part);
            let unit = 60 * 31 * 10_000_000_i128;
            prop_assert!((i128::from(amount.get()) * unit - exact).abs() * 2 <= unit);
        }

        #[test]
        fn absurd_lines_are_errors_and_never_wrap(
            numerator in any::<i64>(), price in any::<i64>(),
        ) {
            let facts = LineFacts {
                kind: LineKind::OneTime,
                description: String::new(),
                quantity: Quantity::whole(numerator),
                unit: String::new(),
                price: LinePrice::PerUnit(Nanos::new(price)),
                fraction: Fraction::WHOLE,
                taxable: true,
                basis: LineBasis::None,
            };
            if let Ok(line) = Line::compute(facts, Currency::USD) {
                let exact = i128::from(numerator) * i128::from(price);
                let unit = 10_000_000_i128;
                prop_assert!((i128::from(line.amount().get()) * unit - exact).abs() * 2 <= unit);
            }
        }
    }
}
