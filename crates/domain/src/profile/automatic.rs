//! The two profiles every new partner starts with (PRO-10).
//!
//! Decided here: their starting figures, in units of the partner's currency. They are ordinary
//! profiles afterwards: editable and deletable like any other.

use super::{
    BaseFeeTiming, BillingCycle, Included, MinuteRates, PricingModel, ProfileTerms, UsageScope,
};
use crate::{
    cycle::Every,
    money::{Currency, Minor, Nanos},
};

/// Pay-As-You-Go and Flat Rate Starter, with the figures of the numeric defaults.
pub fn automatic_profiles(currency: Currency) -> [ProfileTerms; 2] {
    let payg = ProfileTerms {
        name: "Pay-As-You-Go".to_owned(),
        model: PricingModel::Payg,
        cycle: BillingCycle::CalendarMonth,
        every: Every::Month,
        base_fee: Minor::ZERO,
        base_fee_timing: BaseFeeTiming::Arrears,
        included_extensions: Included::NONE,
        included_dids: Included::NONE,
        included_minutes: Included::NONE,
        extension_rate: thousandths(15_000),
        did_rate: thousandths(3_000),
        toll_free_did_rate: thousandths(5_000),
        minute_rates: MinuteRates::Single(thousandths(30)),
        deck: None,
        usage_scope: UsageScope::BothDirections,
        terms_days: None,
        invoice_zero_totals: false,
        trial: None,
    };
    let flat = ProfileTerms {
        name: "Flat Rate Starter".to_owned(),
        model: PricingModel::FlatRate,
        cycle: BillingCycle::Anniversary,
        base_fee: Minor::new(99 * 10_i64.pow(currency.digits())),
        included_extensions: Included::UpTo(5),
        included_dids: Included::UpTo(2),
        included_minutes: Included::UpTo(500),
        extension_rate: thousandths(20_000),
        did_rate: thousandths(4_000),
        toll_free_did_rate: thousandths(6_000),
        minute_rates: MinuteRates::Single(thousandths(25)),
        ..payg.clone()
    };
    [payg, flat]
}

/// Thousandths of the currency unit.
const fn thousandths(count: i64) -> Nanos {
    Nanos::new(count * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::validate;

    // PRO-10
    #[test]
    fn a_new_partner_has_two_profiles_with_the_starting_figures() {
        let [payg, flat] = automatic_profiles(Currency::USD);
        assert_eq!((validate(&payg), validate(&flat)), (Ok(()), Ok(())));
        assert_eq!((payg.base_fee.get(), flat.base_fee.get()), (0, 9_900));
        let rates = |terms: &ProfileTerms| {
            [terms.extension_rate, terms.did_rate, terms.toll_free_did_rate]
                .map(|rate| rate.to_string())
        };
        assert_eq!(rates(&payg), ["15.00", "3.00", "5.00"]);
        assert_eq!(rates(&flat), ["20.00", "4.00", "6.00"]);
        let minute = |text| MinuteRates::Single(Nanos::parse(text).expect("a rate"));
        assert_eq!((payg.minute_rates, flat.minute_rates), (minute("0.03"), minute("0.025")));
    }

    // BEY-18
    #[test]
    fn the_figures_are_units_of_the_partners_currency() {
        let yen = Currency::parse("JPY").expect("a currency");
        assert_eq!(automatic_profiles(yen)[1].base_fee, Minor::new(99));
    }
}
