//! The billing profiles that both partners offer: one of every kind.

use domain::{
    ids::{DeckId, ProfileId},
    money::{Currency, Minor, Nanos},
    profile::{
        BaseFeeTiming, BillingCycle, Included, MinuteRates, PricingModel, ProfileTerms, TrialTerms,
        UsageScope, automatic_profiles,
    },
};
use serde::Deserialize;

/// A kind of profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanKey {
    /// Pay-As-You-Go, made for every partner at its start.
    Payg,
    /// Flat Rate Starter, made likewise.
    Starter,
    /// A fee in advance.
    Advance,
    /// Local and toll-free minutes at two prices.
    Split,
    /// A rate deck with international and premium destinations.
    World,
    /// Unlimited minutes.
    Unlimited,
    /// Outbound calls only.
    Outbound,
    /// Free for some days, then Flat Rate Starter.
    Trial,
}

impl PlanKey {
    /// All kinds.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 8] = [
        Self::Payg,
        Self::Starter,
        Self::Advance,
        Self::Split,
        Self::World,
        Self::Unlimited,
        Self::Outbound,
        Self::Trial,
    ];
}

/// What the other profiles refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refers {
    /// The deck of the world profile.
    pub(crate) deck: DeckId,
    /// What a trial turns into.
    pub(crate) starter: ProfileId,
    /// How long a trial is.
    pub(crate) trial_days: u16,
}

/// The profiles that a partner makes itself.
pub(crate) fn plans(refers: Refers) -> Vec<(PlanKey, ProfileTerms)> {
    let [payg, starter] = automatic_profiles(Currency::USD);
    let named =
        |name: &str, terms: &ProfileTerms| ProfileTerms { name: name.to_owned(), ..terms.clone() };
    let advance = ProfileTerms {
        cycle: BillingCycle::CalendarMonth,
        base_fee: Minor::new(24_900),
        base_fee_timing: BaseFeeTiming::Advance,
        included_extensions: Included::UpTo(25),
        included_dids: Included::UpTo(5),
        included_minutes: Included::UpTo(2_500),
        ..named("Growing Business", &starter)
    };
    let split = ProfileTerms {
        minute_rates: MinuteRates::ByClass { local: mills(24), toll_free: mills(39) },
        ..named("Local & Toll-Free", &payg)
    };
    let world = ProfileTerms { deck: Some(refers.deck), ..named("World Traveler", &payg) };
    let unlimited = ProfileTerms {
        base_fee: Minor::new(99_900),
        included_extensions: Included::UpTo(100),
        included_dids: Included::UpTo(20),
        included_minutes: Included::Unlimited,
        ..named("Enterprise Unlimited", &starter)
    };
    let outbound = ProfileTerms {
        usage_scope: UsageScope::OutboundOnly,
        minute_rates: MinuteRates::Single(mills(28)),
        ..named("Outbound Only", &payg)
    };
    let trial = ProfileTerms {
        model: PricingModel::Payg,
        extension_rate: Nanos::ZERO,
        did_rate: Nanos::ZERO,
        toll_free_did_rate: Nanos::ZERO,
        minute_rates: MinuteRates::Single(Nanos::ZERO),
        trial: Some(TrialTerms { days: refers.trial_days, convert_to: refers.starter }),
        ..named("Free Trial", &payg)
    };
    vec![
        (PlanKey::Advance, advance),
        (PlanKey::Split, split),
        (PlanKey::World, world),
        (PlanKey::Unlimited, unlimited),
        (PlanKey::Outbound, outbound),
        (PlanKey::Trial, trial),
    ]
}

/// Thousandths of the currency unit.
const fn mills(count: i64) -> Nanos {
    Nanos::new(count * 1_000_000)
}

#[cfg(test)]
mod tests {
    use domain::profile::validate;

    use super::*;

    #[test]
    fn every_plan_is_valid() {
        let (deck, starter) = (DeckId::from_bits(1), ProfileId::from_bits(1));
        for (key, terms) in plans(Refers { deck, starter, trial_days: 30 }) {
            assert_eq!(validate(&terms), Ok(()), "{key:?}");
        }
    }
}
