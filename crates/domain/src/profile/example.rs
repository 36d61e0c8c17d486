//! What a tenant that nobody has would pay: the price example beside the form of a profile.
//!
//! Decided here: the example is a whole period without taxes, charges and credit, computed by the
//! same functions as invoices, so that it cannot promise what no invoice says. Local calls come
//! before toll-free ones where both draw from included minutes. Decks price calls one by one and
//! are left out: the minute rates stand for all calls.

use super::{ProfileTerms, ProfileVersion};
use crate::{
    allocation::{AllocCall, AllocationError, UsageTerms, allocate_calls},
    cdr::Direction,
    ids::{CallId, ProfileId},
    invoice::compute::{
        ClosedPeriod, ComputedInvoice, InvoiceError, InvoiceInput, PeakCounts, compute,
    },
    money::{Currency, Minor, Nanos},
    period::PeriodPlan,
    phone::CallClass,
    tax::TaxTable,
    time::{Day, Zone},
    usage::PriceBasis,
};

/// What the imagined tenant has and uses in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imagined {
    /// Extensions, standard and toll-free numbers.
    pub counts: PeakCounts,
    /// Minutes of local calls.
    pub local_minutes: u32,
    /// Minutes of toll-free calls.
    pub toll_free_minutes: u32,
}

/// Why there is no example.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExampleError {
    /// The calls cannot be allocated.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// The invoice cannot be computed.
    #[error(transparent)]
    Invoice(#[from] InvoiceError),
}

/// What a whole period of the year of `today` would be billed under `terms`.
pub fn example(
    terms: &ProfileTerms,
    currency: Currency,
    imagined: Imagined,
    today: Day,
) -> Result<ComputedInvoice, ExampleError> {
    let first = Day::new(today.year(), 1, 1).expect("every year has a first day");
    let start = Zone::UTC.start_of(first);
    let plan = PeriodPlan::starting(start, terms.cycle, terms.every, Zone::UTC);
    let period = plan.first();
    let profile_id = ProfileId::from_bits(0);
    let versions = [ProfileVersion {
        profile_id,
        version: 1,
        terms: ProfileTerms { deck: None, ..terms.clone() },
    }];
    let basis = PriceBasis { profile_id, profile_version: 1, deck: None };
    let call = |id, class, minutes: u32| AllocCall {
        id: CallId::from_bits(id),
        ended_at: start,
        basis,
        class,
        // In the scope of every profile.
        direction: Direction::Outbound,
        billed_seconds: i64::from(minutes) * 60,
        retail: Nanos::ZERO,
        reverses: None,
    };
    let calls = [
        call(1, CallClass::Local, imagined.local_minutes),
        call(2, CallClass::TollFree, imagined.toll_free_minutes),
    ];
    let included = versions[0].terms.included_minutes_in_force();
    let usage_terms = UsageTerms { included, versions: &versions };
    // Without a deck no call has a price of its own.
    let usage = allocate_calls(&calls, &usage_terms, &|_, _| Ok(Nanos::ZERO))?;
    let taxes = TaxTable::default();
    let closed = ClosedPeriod {
        version: &versions[0],
        period,
        counts: imagined.counts,
        usage: &usage,
        paid_in_advance: None,
    };
    Ok(compute(&InvoiceInput {
        currency,
        closed: Some(closed),
        opening: None,
        charges: &[],
        prior: &[],
        taxes: &taxes,
        credit_available: Minor::ZERO,
    })?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        cycle::Every,
        profile::{BillingCycle, Included, MinuteRates, automatic_profiles},
    };

    fn imagined(counts: (u32, u32, u32), minutes: (u32, u32)) -> Imagined {
        let (extensions, local_dids, toll_free_dids) = counts;
        let counts = PeakCounts { extensions, local_dids, toll_free_dids };
        Imagined { counts, local_minutes: minutes.0, toll_free_minutes: minutes.1 }
    }

    fn total(terms: &ProfileTerms, imagined: Imagined) -> i64 {
        let today = Day::new(2026, 5, 17).expect("a day");
        let computed = example(terms, Currency::USD, imagined, today).expect("computed");
        assert!(computed.taxes.is_empty());
        computed.total.get()
    }

    // F-03 F-04 PRO-05 the worked figures of the formulas
    #[test]
    fn the_example_is_what_the_formulas_say() {
        let [mut payg, flat] = automatic_profiles(Currency::USD);
        payg.minute_rates = MinuteRates::Single(Nanos::parse("0.025").expect("a rate"));
        assert_eq!(total(&payg, imagined((4, 2, 1), (1_000, 234))), 60_00 + 6_00 + 5_00 + 30_85);
        assert_eq!(total(&flat, imagined((7, 3, 0), (612, 0))), 99_00 + 40_00 + 4_00 + 2_80);
        assert_eq!(total(&flat, imagined((5, 2, 0), (250, 250))), 99_00);
        assert_eq!(total(&flat, imagined((0, 0, 0), (0, 0))), 99_00);
    }

    // PRO-06 BEY-02
    #[test]
    fn included_minutes_cover_local_calls_first() {
        let [_, mut flat] = automatic_profiles(Currency::USD);
        let rate = |text| Nanos::parse(text).expect("a rate");
        flat.minute_rates = MinuteRates::ByClass { local: rate("0.01"), toll_free: rate("0.10") };
        flat.included_minutes = Included::UpTo(100);
        assert_eq!(total(&flat, imagined((0, 0, 0), (150, 10))), 99_00 + 50 + 1_00);
        flat.included_minutes = Included::Unlimited;
        assert_eq!(total(&flat, imagined((0, 0, 0), (150, 10))), 99_00);
    }

    proptest! {
        /// Every cycle's example is of a whole period: nothing is prorated.
        #[test]
        fn no_cycle_prorates_the_example(
            year in 2000..2100_i16,
            month in 1..13_i8,
            day in 1..29_i8,
        ) {
            let [_, flat] = automatic_profiles(Currency::USD);
            let today = Day::new(year, month, day).expect("a day");
            for every in [Every::Day, Every::Week, Every::Month, Every::Quarter, Every::Year] {
                for cycle in [BillingCycle::Anniversary, BillingCycle::CalendarMonth] {
                    let terms = ProfileTerms { cycle, every, ..flat.clone() };
                    let none = Imagined::default();
                    let computed = example(&terms, Currency::USD, none, today).expect("computed");
                    prop_assert_eq!(computed.total, flat.base_fee);
                }
            }
        }

        /// More of anything never costs less.
        #[test]
        fn more_never_costs_less(
            few in (0..50_u32, 0..50_u32, 0..50_u32),
            minutes in (0..5_000_u32, 0..5_000_u32),
            more in (0..9_u32, 0..9_u32, 0..9_u32, 0..900_u32, 0..900_u32),
        ) {
            for terms in automatic_profiles(Currency::USD) {
                let before = total(&terms, imagined(few, minutes));
                let counts = (few.0 + more.0, few.1 + more.1, few.2 + more.2);
                let after = imagined(counts, (minutes.0 + more.3, minutes.1 + more.4));
                prop_assert!(before <= total(&terms, after));
            }
        }
    }
}
