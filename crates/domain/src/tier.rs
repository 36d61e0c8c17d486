//! Wholesale tiers: what the operator charges a partner, and which rate is in force when.
//!
//! Decided here: the figures of the four tiers (PLT-11), the price of a call and of a month at
//! wholesale, and the billing increments. The rate in force is chosen by the instant a call was
//! answered (ruling 6); a change is prospective and never touches what was billed (PLT-23).

use serde::{Deserialize, Serialize};

use crate::{
    money::{Currency, Micros, Minor, Nanos, Overflow, round_to_i64},
    phone::CallClass,
    proration::Fraction,
    rating::wholesale_cost,
    time::Timestamp,
};

/// A partner's plan with the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The entry tier.
    Starter,
    /// The middle tier.
    Professional,
    /// The largest tier one can choose oneself.
    Business,
    /// Figures agreed per partner, set by the operator (PLT-12).
    Enterprise,
}

/// What a tier costs and allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierPlan {
    /// Fee per calendar month, in the operator's currency.
    pub monthly_fee: Minor,
    /// Most extensions over all tenants; `None` has no cap (PLT-30).
    pub max_extensions: Option<u32>,
    /// Unit prices.
    pub rates: TierRates,
}

/// The five wholesale unit prices of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierRates {
    /// Per extension and month.
    pub extension_month: Nanos,
    /// Per local number and month.
    pub local_did_month: Nanos,
    /// Per toll-free number and month.
    pub toll_free_did_month: Nanos,
    /// Per minute of local calls.
    pub local_minute: Nanos,
    /// Per minute of toll-free calls.
    pub toll_free_minute: Nanos,
}

const fn cents(cents: i64) -> Nanos {
    Nanos::new(cents * 10_000_000)
}
const fn mills(mills: i64) -> Nanos {
    Nanos::new(mills * 1_000_000)
}

/// The table of PLT-11, for Starter, Professional and Business.
const PLANS: [TierPlan; 3] = [
    TierPlan {
        monthly_fee: Minor::new(24_900),
        max_extensions: Some(300),
        rates: TierRates {
            extension_month: cents(300),
            local_did_month: cents(175),
            toll_free_did_month: cents(250),
            local_minute: mills(20),
            toll_free_minute: mills(22),
        },
    },
    TierPlan {
        monthly_fee: Minor::new(54_900),
        max_extensions: Some(1_000),
        rates: TierRates {
            extension_month: cents(200),
            local_did_month: cents(150),
            toll_free_did_month: cents(225),
            local_minute: mills(16),
            toll_free_minute: mills(19),
        },
    },
    TierPlan {
        monthly_fee: Minor::new(99_900),
        max_extensions: None,
        rates: TierRates {
            extension_month: cents(125),
            local_did_month: cents(125),
            toll_free_did_month: cents(200),
            local_minute: mills(14),
            toll_free_minute: mills(17),
        },
    },
];

/// One-time fee for a new number, local or toll-free (Numeric defaults): one unit of currency.
pub const DID_SETUP_FEE: Nanos = cents(100);

impl Tier {
    /// `starter`, `professional`, `business` or `enterprise`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Professional => "professional",
            Self::Business => "business",
            Self::Enterprise => "enterprise",
        }
    }
    /// The tier with this name.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Starter, Self::Professional, Self::Business, Self::Enterprise];
        all.into_iter().find(|tier| tier.as_str() == text)
    }
    /// The standard figures in US dollars; Enterprise has none, they are agreed per partner.
    pub const fn plan(self) -> Option<TierPlan> {
        match self {
            Self::Starter => Some(PLANS[0]),
            Self::Professional => Some(PLANS[1]),
            Self::Business => Some(PLANS[2]),
            Self::Enterprise => None,
        }
    }
}

impl TierRates {
    /// The price of a minute of `class`.
    pub const fn minute(&self, class: CallClass) -> Nanos {
        match class {
            CallClass::Local => self.local_minute,
            CallClass::TollFree => self.toll_free_minute,
        }
    }

    /// What a call costs the partner (F-02): rounded once, to a micro.
    pub fn call_cost(&self, class: CallClass, billed_seconds: u32) -> Result<Micros, Overflow> {
        wholesale_cost(self.minute(class), billed_seconds)
    }
}

/// A wholesale unit price for `count` units over `fraction` of a month, rounded once to the minor
/// unit, so that the statement shows what was debited (MET-19).
pub fn recurring_cost(
    unit_price: Nanos,
    count: u32,
    fraction: Fraction,
    currency: Currency,
) -> Result<Micros, Overflow> {
    let exact = i128::from(unit_price.get())
        .checked_mul(i128::from(count))
        .and_then(|product| product.checked_mul(i128::from(fraction.part())))
        .ok_or(Overflow)?;
    let unit = i128::from(fraction.whole()) * i128::from(currency.nanos_per_minor());
    currency.to_micros(Minor::new(round_to_i64(exact, unit)?))
}

/// A value of `T` and the changes to it, each in force from its instant on, oldest first.
///
/// Used for a partner's rates: the version in force when a call was answered prices it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective<T> {
    first: T,
    changes: Vec<(Timestamp, T)>,
}

/// A change is not later than what is already posted, or comes without enough notice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Another change starts at the same time or later.
    #[error("{from} is not after {last}, from when the latest change is in force")]
    NotLater {
        /// When the refused change should start.
        from: Timestamp,
        /// When the latest one starts.
        last: Timestamp,
    },
    /// Partners are told 30 days ahead (PLT-22).
    #[error("{from} is less than {NOTICE_DAYS} days after {posted_at}")]
    ShortNotice {
        /// When the refused change should start.
        from: Timestamp,
        /// When it was posted.
        posted_at: Timestamp,
    },
}

/// Days between posting a rate change and its effect (PLT-22).
pub const NOTICE_DAYS: i64 = 30;

impl<T> Effective<T> {
    /// `first`, in force since ever.
    pub const fn always(first: T) -> Self {
        Self { first, changes: Vec::new() }
    }
    /// With `value` in force from `from` on, which must be later than all changes before.
    pub fn then(mut self, from: Timestamp, value: T) -> Result<Self, ChangeError> {
        if let Some((last, _)) = self.changes.last()
            && from <= *last
        {
            return Err(ChangeError::NotLater { from, last: *last });
        }
        self.changes.push((from, value));
        Ok(self)
    }
    /// [`then`](Self::then), for a change that partners must be told 30 days ahead.
    pub fn announce(
        self,
        posted_at: Timestamp,
        from: Timestamp,
        value: T,
    ) -> Result<Self, ChangeError> {
        if from < posted_at.plus_seconds(NOTICE_DAYS * 86_400) {
            return Err(ChangeError::ShortNotice { from, posted_at });
        }
        self.then(from, value)
    }
    /// The value in force at `instant`.
    pub fn at(&self, instant: Timestamp) -> &T {
        let after = self.changes.partition_point(|(from, _)| *from <= instant);
        after.checked_sub(1).map_or(&self.first, |index| &self.changes[index].1)
    }
    /// All changes, oldest first.
    pub fn changes(&self) -> &[(Timestamp, T)] {
        &self.changes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rating::Increments;
    use crate::time::Day;

    fn rates(tier: Tier) -> TierRates {
        tier.plan().expect("a standard tier").rates
    }

    // PLT-11
    #[test]
    fn the_tiers_have_the_published_figures() {
        let table: Vec<String> = [Tier::Starter, Tier::Professional, Tier::Business]
            .into_iter()
            .map(|tier| {
                let plan = tier.plan().expect("a standard tier");
                let TierRates { extension_month, local_did_month, toll_free_did_month, .. } =
                    plan.rates;
                format!(
                    "{} {} {:?} {extension_month} {local_did_month} {toll_free_did_month} {} {}",
                    tier.as_str(),
                    Currency::USD.decimal(plan.monthly_fee),
                    plan.max_extensions,
                    plan.rates.local_minute,
                    plan.rates.toll_free_minute,
                )
            })
            .collect();
        let expected = [
            "starter 249.00 Some(300) 3.00 1.75 2.50 0.02 0.022",
            "professional 549.00 Some(1000) 2.00 1.50 2.25 0.016 0.019",
            "business 999.00 None 1.25 1.25 2.00 0.014 0.017",
        ];
        assert_eq!(table, expected);
        assert_eq!(Tier::Enterprise.plan(), None);
    }

    // F-02 PLT-16 WAL-23
    #[test]
    fn wholesale_calls_are_exact_to_the_micro() {
        let cost =
            |tier, class, seconds| rates(tier).call_cost(class, seconds).expect("in range").get();
        assert_eq!(cost(Tier::Professional, CallClass::Local, 60), 16_000);
        assert_eq!(cost(Tier::Professional, CallClass::TollFree, 60), 19_000);
        assert_eq!(cost(Tier::Business, CallClass::Local, 6) * 1_000, 1_400_000);
        assert_eq!(cost(Tier::Professional, CallClass::Local, u32::MAX) / 1_000_000, 1_145_324);
    }

    // MET-19 PLT-14 PLT-15
    #[test]
    fn monthly_units_are_debited_in_whole_cents() {
        let starter = rates(Tier::Starter);
        let rest = Fraction::rest_of_month(Day::parse("2026-05-16").expect("a day"));
        let cost = |price, count, fraction| {
            recurring_cost(price, count, fraction, Currency::USD).expect("in range").get()
        };
        assert_eq!(cost(starter.extension_month, 1, rest), 1_550_000);
        assert_eq!(cost(starter.extension_month, 4, Fraction::WHOLE), 12_000_000);
        let business = rates(Tier::Business);
        let local = cost(business.local_did_month, 2, Fraction::WHOLE);
        let toll_free = cost(business.toll_free_did_month, 1, Fraction::WHOLE);
        assert_eq!((local, toll_free), (2_500_000, 2_000_000));
    }

    // MET-03 F-01
    #[test]
    fn billed_time_grows_in_increments() {
        let six = |talk| Increments::default().billed_seconds(talk);
        let table = [(0, 0), (1, 6), (6, 6), (7, 12), (51, 54), (59, 60), (60, 60), (61, 66)];
        for (talk, billed) in table {
            assert_eq!(six(talk), billed);
        }
        let thirty_six = Increments::try_new(30, 6).expect("increments");
        assert_eq!(thirty_six.billed_seconds(31), 36);
        assert!(Increments::try_new(6, 0).is_err());
    }

    // PLT-22
    #[test]
    fn a_rate_change_needs_thirty_days() {
        let posted = Timestamp::parse("2026-05-01T00:00:00Z").expect("an instant");
        let change = |days: i64| {
            let from = posted.plus_seconds(days * 86_400);
            Effective::always(1).announce(posted, from, 2).is_ok()
        };
        assert_eq!((change(29), change(30)), (false, true));
    }

    // PLT-23
    #[test]
    fn the_answer_instant_chooses_the_rate() {
        let from = Timestamp::parse("2026-06-01T00:00:00Z").expect("an instant");
        let change = Effective::always("old").then(from, "new").expect("later");
        assert_eq!(change.at(from.plus_seconds(-1)), &"old");
        assert_eq!(change.at(from), &"new");
        assert!(change.then(from, "again").is_err());
    }

    proptest! {
        #[test]
        fn a_longer_call_is_never_cheaper(
            talk in 0u32..100_000, first in 1u32..120, following in 1u32..120,
        ) {
            let increments = Increments::try_new(first, following).expect("increments");
            let cost = |talk| {
                let billed = increments.billed_seconds(talk);
                rates(Tier::Starter).call_cost(CallClass::Local, billed).expect("in range")
            };
            prop_assert!(cost(talk) <= cost(talk + 1));
            prop_assert!(increments.billed_seconds(talk) >= talk);
        }
    }
}
