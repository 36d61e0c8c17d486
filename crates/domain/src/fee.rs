//! The platform's fee on a tenant's payment (F-09).
//!
//! Decided here: the fee is a share of the whole amount charged, tax included, rounded once to the
//! minor unit (STR-08). It exists only for charges through the platform or a connected account;
//! manual payments and credits have none, and neither have partners with their own keys (STR-10).

use serde::{Deserialize, Serialize};

use crate::money::{DecimalError, Minor, format_decimal, parse_decimal, round_to_i64};

/// A share of an amount, in millionths, from nothing to all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FeeRate(u32);

/// The text is not a share between 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeeRateError {
    /// Not a decimal with up to six places.
    #[error(transparent)]
    NotDecimal(#[from] DecimalError),
    /// Negative, or more than everything.
    #[error("{0} is not between 0 and 1: write 3.99 % as 0.0399")]
    OutOfRange(String),
}

impl FeeRate {
    /// 3.99 %, of the platform and connect modes.
    pub const STANDARD: Self = Self(39_900);
    /// No fee: custom keys, and the calendar-arrears preset.
    pub const NONE: Self = Self(0);

    /// Parses a decimal share such as `0.0399`.
    pub fn parse(text: &str) -> Result<Self, FeeRateError> {
        let millionths = parse_decimal(text, 6)?;
        let in_range = u32::try_from(millionths).ok().filter(|share| *share <= 1_000_000);
        in_range.map(Self).ok_or_else(|| FeeRateError::OutOfRange(text.to_owned()))
    }
    /// The share as a decimal such as `0.0399`.
    pub fn decimal(self) -> String {
        format_decimal(self.0.into(), 6, 1)
    }
    /// The fee on a charge, rounded half up to the minor unit; never more than the charge.
    pub fn of(self, charge: Minor) -> Minor {
        let exact = i128::from(charge.get()) * i128::from(self.0);
        Minor::new(round_to_i64(exact, 1_000_000).expect("a share is not more than the whole"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // F-09 STR-07 STR-08 STR-10
    #[test]
    fn the_fee_is_rounded_half_up() {
        for (charge, fee) in [(11_052, 441), (9_900, 395), (100, 4), (50, 2), (0, 0), (12, 0)] {
            assert_eq!(FeeRate::STANDARD.of(Minor::new(charge)), Minor::new(fee));
        }
        assert_eq!(FeeRate::NONE.of(Minor::new(11_052)), Minor::ZERO);
        // 0.0399 x 1250 = 49.875, 0.5 x 5 = 2.5
        assert_eq!(FeeRate::parse("0.5").expect("a share").of(Minor::new(5)), Minor::new(3));
    }

    #[test]
    fn a_share_lies_between_nothing_and_everything() {
        assert_eq!(FeeRate::parse("0.0399"), Ok(FeeRate::STANDARD));
        assert_eq!(FeeRate::STANDARD.decimal(), "0.0399");
        for bad in ["3.99", "-0.01", "", "0.00000001"] {
            assert!(FeeRate::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn the_fee_never_exceeds_the_charge(charge in 0i64..=i64::MAX, rate in 0u32..=1_000_000) {
            let fee = FeeRate(rate).of(Minor::new(charge)).get();
            prop_assert!((0..=charge).contains(&fee));
        }
    }
}
