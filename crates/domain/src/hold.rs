//! Holds: for how long a call may run on the money that is left.
//!
//! Decided here: the longest permitted time is found with the same price function that will bill
//! the call, so that no call is allowed which its balance cannot pay (lessons 6 and 21). Money held
//! for other calls is not available. An answer of zero seconds means: refuse the call.

use crate::{
    money::{Micros, Nanos, Overflow},
    rating::Increments,
};

/// Longest hold in seconds: a call is at most a week, as in call records.
pub const MAX_HOLD_SECONDS: u32 = 7 * 86_400;

/// The largest number of whole seconds, up to `cap`, whose price is not above `available`.
///
/// `price` must not fall as seconds grow ("a longer call is never cheaper"); a price that cannot be
/// computed counts as unaffordable.
pub fn longest_affordable(
    available: Nanos,
    cap: u32,
    price: impl Fn(u32) -> Result<Nanos, Overflow>,
) -> u32 {
    let affordable = |seconds: u32| price(seconds).is_ok_and(|price| price <= available);
    let (mut yes, mut no) = (0, cap.min(MAX_HOLD_SECONDS));
    if affordable(no) {
        return no;
    }
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if affordable(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    yes
}

/// A call at a plain per-minute rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainPrice {
    /// Per minute.
    pub rate: Nanos,
    /// Once per answered call.
    pub connection_fee: Nanos,
    /// How time is rounded up.
    pub increments: Increments,
}

impl PlainPrice {
    /// What a call of `seconds` costs; an unanswered call costs nothing.
    pub fn of(&self, seconds: u32) -> Result<Nanos, Overflow> {
        if seconds == 0 {
            return Ok(Nanos::ZERO);
        }
        let billed = self.increments.billed_seconds(seconds);
        self.rate.per_minute_for(billed.into())?.plus(self.connection_fee)
    }
}

/// What decides the length of a call at a plain rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRequest {
    /// The wallet's balance.
    pub balance: Micros,
    /// The sum of what is held for other calls.
    pub other_holds: Micros,
    /// How the call is priced.
    pub price: PlainPrice,
    /// Longest time that is ever permitted.
    pub cap_seconds: u32,
}

/// A permitted call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Longest permitted whole seconds; zero refuses the call.
    pub seconds: u32,
    /// What to hold for it, rounded up to a micro, never above what is available.
    pub amount: Micros,
    /// What was available before.
    pub available: Micros,
}

impl HoldRequest {
    /// The longest permitted time and the money to hold for it.
    pub fn decide(&self) -> Result<Hold, Overflow> {
        let available = self.balance.minus(self.other_holds)?;
        if available.get() <= 0 {
            return Ok(Hold { seconds: 0, amount: Micros::ZERO, available });
        }
        // A balance beyond the range of nanos pays for any call there is.
        let nanos = Nanos::new(available.get().saturating_mul(1_000));
        let seconds = longest_affordable(nanos, self.cap_seconds, |time| self.price.of(time));
        let price = self.price.of(seconds)?;
        let amount = Micros::new(price.get().max(0).unsigned_abs().div_ceil(1_000).cast_signed());
        Ok(Hold { seconds, amount, available })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(balance: &str, holds: &str, rate: &str) -> HoldRequest {
        HoldRequest {
            balance: Micros::parse(balance).expect("an amount"),
            other_holds: Micros::parse(holds).expect("an amount"),
            price: PlainPrice {
                rate: Nanos::parse(rate).expect("a rate"),
                connection_fee: Nanos::ZERO,
                increments: Increments::default(),
            },
            cap_seconds: 3_600,
        }
    }

    fn seconds(request: HoldRequest) -> u32 {
        request.decide().expect("in range").seconds
    }

    #[test]
    fn other_holds_and_increments_limit_a_call() {
        assert_eq!(seconds(request("10.00", "9.80", "0.02")), 600);
        assert_eq!(seconds(request("0.0139", "0", "0.02")), 36);
        assert_eq!(seconds(request("100.00", "0", "0.02")), 3_600);
        assert_eq!(seconds(request("1.00", "1.00", "0.02")), 0);
        assert_eq!(seconds(request("1.00", "2.00", "0.00")), 0);
        assert_eq!(seconds(request("0.001", "0", "0.02")), 0);
        let mut fee = request("0.05", "0", "0.02");
        fee.price.connection_fee = Nanos::parse("0.04").expect("a fee");
        assert_eq!(seconds(fee), 30);
    }

    proptest! {
        #[test]
        fn the_longest_time_is_affordable_and_one_second_more_is_not(
            balance in 1i64..100_000_000, held in 0i64..50_000_000, rate in 0i64..5_000_000_000,
            fee in 0i64..1_000_000_000, first in 1u32..61, following in 1u32..61,
            cap in 0u32..20_000,
        ) {
            let increments = Increments::try_new(first, following).expect("increments");
            let price = PlainPrice {
                rate: Nanos::new(rate), connection_fee: Nanos::new(fee), increments,
            };
            let (balance, other_holds) = (Micros::new(balance), Micros::new(held));
            let request = HoldRequest { balance, other_holds, price, cap_seconds: cap };
            let hold = request.decide().expect("in range");
            let nanos = hold.available.get() * 1_000;
            prop_assert!(hold.seconds <= cap);
            if hold.seconds > 0 {
                prop_assert!(price.of(hold.seconds).expect("in range").get() <= nanos);
                prop_assert!(hold.amount <= hold.available);
            }
            if hold.seconds < cap && nanos > 0 {
                prop_assert!(price.of(hold.seconds + 1).expect("in range").get() > nanos);
            }
        }
    }
}
