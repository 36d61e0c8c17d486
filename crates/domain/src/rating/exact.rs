//! Exact amounts: fractions of a nano, so that nothing is rounded before the end.

use crate::{
    catalog::Rounding,
    money::{Nanos, Overflow, round_to_i64},
};

/// `numerator / denominator` nanos, never negative.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    numerator: i128,
    denominator: i128,
}

impl Exact {
    pub(super) const ZERO: Self = Self { numerator: 0, denominator: 1 };

    pub(super) fn whole(nanos: i64) -> Self {
        Self { numerator: i128::from(nanos), denominator: 1 }
    }
    /// `nanos` for each `per` of `count`.
    pub(super) fn share(nanos: i64, count: u32, per: u32) -> Self {
        let numerator = i128::from(nanos) * i128::from(count);
        Self { numerator, denominator: i128::from(per) }
    }
    /// `numerator / denominator` nanos.
    pub(super) fn fraction(numerator: i128, denominator: u32) -> Self {
        Self { numerator, denominator: i128::from(denominator) }
    }
    pub(super) fn plus(self, other: Self) -> Result<Self, Overflow> {
        if self.numerator == 0 {
            return Ok(other);
        }
        if self.denominator == other.denominator {
            let numerator = self.numerator.checked_add(other.numerator).ok_or(Overflow)?;
            return Ok(Self { numerator, ..self });
        }
        let common = {
            let divisor = greatest_common_divisor(self.denominator, other.denominator);
            (self.denominator / divisor).checked_mul(other.denominator).ok_or(Overflow)?
        };
        let scaled = |it: Self| it.numerator.checked_mul(common / it.denominator).ok_or(Overflow);
        let numerator = scaled(self)?.checked_add(scaled(other)?).ok_or(Overflow)?;
        Ok(Self { numerator, denominator: common })
    }
    /// Whether this is more than `nanos`.
    pub(super) fn exceeds(self, nanos: i64) -> bool {
        // A product that leaves the range is larger than any numerator.
        let limit = i128::from(nanos).checked_mul(self.denominator);
        limit.is_some_and(|limit| self.numerator > limit)
    }
    pub(super) fn at_most(self, limit: Option<i64>) -> Self {
        match limit {
            Some(limit) if self.exceeds(limit) => Self::whole(limit),
            _ => self,
        }
    }
    /// To nine decimals, half away from zero.
    pub(super) fn to_nanos(self) -> Result<Nanos, Overflow> {
        round_to_i64(self.numerator, self.denominator).map(Nanos::new)
    }
    pub(super) fn rounded(self, rounding: Rounding) -> Result<Nanos, Overflow> {
        rounding.apply(self.numerator, self.denominator)
    }
}

fn greatest_common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
