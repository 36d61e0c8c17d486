//! Plain per-minute rating: the tier's and the profile's rates, without a deck.
//!
//! Decided here: how talk time becomes billed seconds (MET-03) and what those cost (F-01, F-02).

use serde::{Deserialize, Serialize};

use crate::money::{Micros, Nanos, Overflow, round_to_i64};

/// How talk time is rounded up: at least a minimum, then whole increments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "IncrementsFields", into = "IncrementsFields")]
pub struct Increments {
    minimum_seconds: u32,
    increment_seconds: u32,
}

#[derive(Serialize, Deserialize)]
struct IncrementsFields {
    minimum_seconds: u32,
    increment_seconds: u32,
}

/// An increment of no time at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an increment of 0 seconds does not exist; charge per call with a connection fee")]
pub struct ZeroIncrement;

impl Increments {
    /// A minimum (0 for none) and an increment of at least a second.
    pub const fn try_new(minimum: u32, increment: u32) -> Result<Self, ZeroIncrement> {
        if increment == 0 {
            return Err(ZeroIncrement);
        }
        Ok(Self { minimum_seconds: minimum, increment_seconds: increment })
    }
    /// What every answered call is charged for at least, in seconds.
    pub const fn minimum_seconds(self) -> u32 {
        self.minimum_seconds
    }
    /// The pieces in which the rest is sold, in seconds.
    pub const fn increment_seconds(self) -> u32 {
        self.increment_seconds
    }
    /// The seconds charged for a call that talked for `talk_seconds`: 0 for 0 (MET-04). Stops at
    /// the largest `u32`, 136 years; records hold a week at most.
    pub fn billed_seconds(self, talk_seconds: u32) -> u32 {
        match talk_seconds.checked_sub(1) {
            None => 0,
            Some(last) => u32::try_from(self.unit_end(u64::from(last))).unwrap_or(u32::MAX),
        }
    }
    /// The end of the piece that `second` (from 0 on) lies in: having begun, it is charged whole.
    pub(crate) const fn unit_end(self, second: u64) -> u64 {
        let (minimum, increment) = (self.minimum_seconds as u64, self.increment_seconds as u64);
        match second.checked_sub(minimum) {
            None => minimum,
            Some(beyond) => minimum + (beyond / increment + 1) * increment,
        }
    }
}

impl Default for Increments {
    /// Six seconds, then six by six (MET-03).
    fn default() -> Self {
        Self { minimum_seconds: 6, increment_seconds: 6 }
    }
}

impl TryFrom<IncrementsFields> for Increments {
    type Error = ZeroIncrement;

    fn try_from(fields: IncrementsFields) -> Result<Self, Self::Error> {
        Self::try_new(fields.minimum_seconds, fields.increment_seconds)
    }
}

impl From<Increments> for IncrementsFields {
    fn from(it: Increments) -> Self {
        Self { minimum_seconds: it.minimum_seconds, increment_seconds: it.increment_seconds }
    }
}

/// What billed seconds cost at a wholesale rate per minute, to the micro (F-02). Rounded once:
/// going through nanos first could round twice.
pub fn wholesale_cost(rate: Nanos, billed_seconds: u32) -> Result<Micros, Overflow> {
    let exact = i128::from(rate.get()) * i128::from(billed_seconds);
    round_to_i64(exact, 60 * 1_000).map(Micros::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn billed(increments: (u32, u32), talk: u32) -> u32 {
        Increments::try_new(increments.0, increments.1).expect("increments").billed_seconds(talk)
    }

    // MET-03, MET-04 and F-01
    #[test]
    fn talk_time_is_rounded_up_by_sixes() {
        for (talk, expected) in [(0, 0), (1, 6), (6, 6), (7, 12), (59, 60), (60, 60), (61, 66)] {
            assert_eq!(Increments::default().billed_seconds(talk), expected, "{talk}");
        }
    }

    // MET-02 51 s of talk without holds are billed as 54
    #[test]
    fn increments_are_configurable() {
        assert_eq!(billed((6, 6), 51), 54);
        for (increments, talk, expected) in [
            ((60, 60), 61, 120),
            ((30, 6), 31, 36),
            ((30, 6), 12, 30),
            ((60, 1), 61, 61),
            ((1, 1), 61, 61),
            ((0, 1), 1, 1),
            ((6, 60), 7, 66),
        ] {
            assert_eq!(billed(increments, talk), expected, "{increments:?} {talk}");
        }
        assert_eq!(billed((60, 60), u32::MAX), u32::MAX);
        assert_eq!(Increments::try_new(6, 0), Err(ZeroIncrement));
    }

    // F-02 and WAL-23: 6 s at 0.014 a minute are exactly 0.0014; a thousand of them 1.40
    #[test]
    fn wholesale_costs_are_kept_to_the_micro() {
        let rate = Nanos::parse("0.014").expect("a rate");
        let cost = wholesale_cost(rate, 6).expect("in range");
        assert_eq!(cost, Micros::parse("0.0014").expect("an amount"));
        assert_eq!(cost.get() * 1_000, 1_400_000);
        assert_eq!(rate.per_minute_for(6), Ok(Nanos::new(1_400_000)));
        // 1.4996 nanos-thousandths: to the nano it is 1.500, and rounding again would give 2.
        let awkward = Nanos::new(14_996);
        assert_eq!(awkward.per_minute_for(6).map(Nanos::to_micros), Ok(Micros::new(2)));
        assert_eq!(wholesale_cost(awkward, 6), Ok(Micros::new(1)));
        assert_eq!(wholesale_cost(Nanos::new(i64::MAX), u32::MAX), Err(Overflow));
    }

    proptest! {
        #[test]
        fn billed_time_covers_talk_and_never_shrinks(
            minimum in 0u32..100, increment in 1u32..100, talk in 0u32..10_000)
        {
            let now = billed((minimum, increment), talk);
            prop_assert!(now >= talk);
            prop_assert!(now <= billed((minimum, increment), talk + 1));
            prop_assert!(now < talk.max(minimum) + increment);
        }
    }
}
