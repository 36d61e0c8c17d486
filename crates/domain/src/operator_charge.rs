//! Charges of the operator on a partner's own payment method.
//!
//! Decided here: what such a charge may be for, which states it has and which are final, and what
//! a part of a month's fee costs (F-05). A final state is never left: what the processor says later
//! is news only where nothing final is known yet.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{MethodId, OperatorChargeId, PartnerId},
    money::{Currency, Minor, Overflow, round_to_i64},
    processor::MethodKind,
    proration::Fraction,
    tier::Tier,
    time::Timestamp,
};

/// What a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargePurpose {
    /// The partner fills its wallet (WAL-03).
    TopUp,
    /// The wallet fills itself (WAL-11).
    AutoRecharge,
    /// A purchase that the wallet could not pay (C-65).
    Purchase,
    /// The first part of a month, and the initial credit (PLT-07).
    Activation,
    /// The rest of a month on a larger tier (PLT-26).
    Upgrade,
    /// A month's fee (PLT-13), also when it is asked for again (PLT-32).
    Renewal,
}

impl ChargePurpose {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::TopUp,
        Self::AutoRecharge,
        Self::Purchase,
        Self::Activation,
        Self::Upgrade,
        Self::Renewal,
    ];

    /// The stable name, such as `auto_recharge`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::AutoRecharge => "auto_recharge",
            Self::Purchase => "purchase",
            Self::Activation => "activation",
            Self::Upgrade => "upgrade",
            Self::Renewal => "renewal",
        }
    }
    /// The purpose with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
    /// Whether somebody waits for the answer. Then a processor that was never reached ends the
    /// charge; the others are asked again later, under the same key.
    pub const fn is_awaited(self) -> bool {
        !matches!(self, Self::AutoRecharge | Self::Renewal)
    }
    /// Whether it pays the subscription; there is one such charge at a time.
    pub const fn is_fee(self) -> bool {
        matches!(self, Self::Activation | Self::Upgrade | Self::Renewal)
    }
}

/// Where a charge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeState {
    /// Written down; perhaps asked, perhaps not.
    Open,
    /// Asked, and nobody knows what came of it.
    Unknown,
    /// On its way, for days where it is a bank account.
    Waiting,
    /// The money came.
    Succeeded,
    /// It did not, and will not.
    Declined,
    /// It was never begun, or nobody wanted it any more.
    Cancelled,
}

impl ChargeState {
    const ALL: [Self; 6] = [
        Self::Open,
        Self::Unknown,
        Self::Waiting,
        Self::Succeeded,
        Self::Declined,
        Self::Cancelled,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }
    /// The state with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
    /// Whether nothing changes it any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Declined | Self::Cancelled)
    }
}

/// A line of the subscription's part of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// For people.
    pub description: String,
    /// Which part of the month it pays.
    pub fraction: Fraction,
    /// How much.
    pub amount: Minor,
}

/// The subscription's part of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FeeFacts {
    /// The tier that is paid.
    pub tier: Option<Tier>,
    /// The calendar month (202605) that is paid.
    pub month: Option<i64>,
    /// What is paid.
    pub lines: Vec<FeeLine>,
}

/// A charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorCharge {
    /// Who is charged.
    pub partner_id: PartnerId,
    /// Its id.
    pub charge_id: OperatorChargeId,
    /// What it is for.
    pub purpose: ChargePurpose,
    /// How much.
    pub amount: Minor,
    /// What of it goes to the wallet.
    pub wallet: Minor,
    /// In what.
    pub currency: Currency,
    /// On which method.
    pub method_id: MethodId,
    /// The processor's ids of customer and method, and what the method is.
    pub method: (String, String, MethodKind),
    /// The subscription's part.
    pub facts: FeeFacts,
    /// Where it stands.
    pub state: ChargeState,
    /// The processor's id, once it is known.
    pub reference: Option<String>,
    /// Why it failed, or what is not known.
    pub outcome: String,
    /// When it is looked at again.
    pub look_at: Option<Timestamp>,
    /// How often it was looked at.
    pub looks: i64,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it reached its final state.
    pub settled_at: Option<Timestamp>,
}

impl OperatorCharge {
    /// What pays the subscription.
    pub fn fee(&self) -> Result<Minor, Overflow> {
        self.amount.minus(self.wallet)
    }
}

/// What `fraction` of a month's fee costs, rounded once to the minor unit (F-05).
pub fn part_of_month(fee: Minor, fraction: Fraction) -> Result<Minor, Overflow> {
    let exact = i128::from(fee.get()) * i128::from(fraction.part());
    Ok(Minor::new(round_to_i64(exact, i128::from(fraction.whole()))?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Day;

    fn part(fee: i64, day: &str) -> i64 {
        let fraction = Fraction::rest_of_month(Day::parse(day).expect("a day"));
        part_of_month(Minor::new(fee), fraction).expect("in range").get()
    }

    // F-05 PLT-07 PLT-26 C-05 the worked figures: whole days, the day of change included, half up
    #[test]
    fn a_part_of_a_month_counts_its_days() {
        assert_eq!(part(54_900, "2026-05-10"), 38_961);
        assert_eq!(part(54_900 - 24_900, "2026-05-16"), 15_484);
        assert_eq!(part(24_900, "2026-05-01"), 24_900);
        assert_eq!(part(24_900, "2026-05-31"), 803);
        assert_eq!(part(99_900, "2028-02-29"), 3_445);
    }

    proptest! {
        #[test]
        fn a_part_is_never_more_than_the_whole(fee in 0i64..10_000_000, day in 1i8..=28) {
            let day = Day::new(2026, 2, day).expect("a day");
            let amount = part_of_month(Minor::new(fee), Fraction::rest_of_month(day));
            let amount = amount.expect("in range").get();
            prop_assert!((0..=fee).contains(&amount));
        }
    }

    #[test]
    fn names_are_stable() {
        for purpose in ChargePurpose::ALL {
            assert_eq!(ChargePurpose::parse(purpose.as_str()), Some(purpose));
        }
        for state in ChargeState::ALL {
            assert_eq!(ChargeState::parse(state.as_str()), Some(state));
        }
    }
}
