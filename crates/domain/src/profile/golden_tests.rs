//! Golden invoices for the patterns that partners use (PRO-23).

use super::*;
use crate::{
    allocation::{UsageRow, UsageTerms, allocate_sums},
    cdr::Direction,
    invoice::{
        compute::{ClosedPeriod, InvoiceInput, PeakCounts, compute},
        line::Line,
    },
    money::Currency,
    period::PeriodPlan,
    phone::CallClass,
    tax::TaxTable,
    time::{Timestamp, Zone},
    usage::PriceBasis,
};

/// A flat-rate profile: fee in units, included (extensions, numbers, minutes), rates.
fn flat(fee: i64, included: (u32, u32, Included), rates: (&str, &str, &str)) -> ProfileTerms {
    let [_, terms] = automatic_profiles(Currency::USD);
    let rate = |text| Nanos::parse(text).expect("a rate");
    ProfileTerms {
        base_fee: Minor::new(fee * 100),
        included_extensions: Included::UpTo(included.0),
        included_dids: Included::UpTo(included.1),
        included_minutes: included.2,
        extension_rate: rate(rates.0),
        did_rate: rate(rates.1),
        minute_rates: MinuteRates::Single(rate(rates.2)),
        ..terms
    }
}

/// The lines' amounts and the total for these peak counts and minutes of calls.
fn invoice(terms: ProfileTerms, counts: (u32, u32, u32), seconds: i64) -> (Vec<i64>, i64) {
    let profile_id = ProfileId::from_bits(1);
    let versions = [ProfileVersion { profile_id, version: 1, terms }];
    validate(&versions[0].terms).expect("valid terms");
    let row = UsageRow {
        basis: PriceBasis { profile_id, profile_version: 1, deck: None },
        class: CallClass::Local,
        direction: Direction::Inbound,
        billed_seconds: seconds,
        retail: Nanos::ZERO,
    };
    let included = versions[0].terms.included_minutes_in_force();
    let usage_terms = UsageTerms { included, versions: &versions };
    let usage = allocate_sums(&[row], &usage_terms).expect("in range").expect("one rate");
    let start = Timestamp::parse("2026-05-01T00:00:00Z").expect("an instant");
    let plan = PeriodPlan::starting(start, BillingCycle::Anniversary, Every::Month, Zone::UTC);
    let (extensions, local_dids, toll_free_dids) = counts;
    let computed = compute(&InvoiceInput {
        currency: Currency::USD,
        closed: Some(ClosedPeriod {
            version: &versions[0],
            period: plan.first(),
            counts: PeakCounts { extensions, local_dids, toll_free_dids },
            usage: &usage,
            paid_in_advance: None,
        }),
        opening: None,
        charges: &[],
        prior: &[],
        taxes: &TaxTable::default(),
        credit_available: Minor::ZERO,
    })
    .expect("computed");
    (computed.lines.iter().map(Line::amount).map(Minor::get).collect(), computed.total.get())
}

const SMALL: Included = Included::UpTo(500);

// PRO-23 PRO-05 F-04
#[test]
fn small_office_and_growing_business() {
    let rates = ("20", "4", "0.025");
    let small = || flat(99, (5, 1, SMALL), rates);
    assert_eq!(invoice(small(), (5, 1, 0), 30_000), (vec![9_900], 9_900));
    assert_eq!(invoice(small(), (6, 2, 0), 30_060), (vec![9_900, 2_000, 400, 3], 12_303));
    let growing = flat(249, (25, 5, Included::UpTo(2_500)), rates);
    assert_eq!(invoice(growing, (26, 5, 1), 180_000), (vec![24_900, 2_000, 600, 1_250], 28_750));
}

// PRO-23 F-03
#[test]
fn enterprise_pays_five_an_extension_and_no_minimum() {
    let [mut terms, _] = automatic_profiles(Currency::USD);
    let rate = |text| Nanos::parse(text).expect("a rate");
    terms.extension_rate = rate("5");
    (terms.did_rate, terms.toll_free_did_rate) = (Nanos::ZERO, Nanos::ZERO);
    terms.minute_rates = MinuteRates::Single(rate("0.018"));
    let expected = (vec![60_000, 21_600], 81_600);
    assert_eq!(invoice(terms.clone(), (120, 40, 10), 720_000), expected);
    assert_eq!(invoice(terms, (0, 0, 0), 0), (Vec::new(), 0));
}

// PRO-23 C-71
#[test]
fn starter_growth_and_business_of_the_appendix() {
    let starter = flat(99, (5, 2, SMALL), ("20", "4", "0.025"));
    // The worked figure of the formulas: 7 extensions, 3 numbers, 612.3 minutes.
    assert_eq!(invoice(starter, (7, 3, 0), 36_738), (vec![9_900, 4_000, 400, 281], 14_581));
    let growth = flat(299, (25, 5, Included::UpTo(2_500)), ("15", "3", "0.020"));
    assert_eq!(invoice(growth, (30, 6, 0), 152_004), (vec![29_900, 7_500, 300, 67], 37_767));
    let business = flat(799, (75, 15, Included::UpTo(8_000)), ("12", "2.50", "0.015"));
    assert_eq!(invoice(business, (80, 16, 0), 540_000), (vec![79_900, 6_000, 250, 1_500], 87_650));
}

// PRO-23 PRO-06
#[test]
fn flat_examples_up_to_unlimited_minutes() {
    let rates = ("15", "3", "0.02");
    let middle = flat(599, (50, 10, Included::UpTo(5_000)), rates);
    assert_eq!(invoice(middle, (51, 11, 0), 300_006), (vec![59_900, 1_500, 300, 0], 61_700));
    let large = flat(999, (100, 20, Included::Unlimited), rates);
    assert_eq!(invoice(large, (100, 20, 0), 3_000_000), (vec![99_900], 99_900));
}

// PRO-11 PRO-23 a trial costs nothing, with and without included quantities
#[test]
fn trial_profiles_cost_nothing() {
    let mut trial = flat(0, (2, 1, Included::UpTo(200)), ("0", "0", "0"));
    trial.trial = Some(TrialTerms { days: 30, convert_to: ProfileId::from_bits(2) });
    assert_eq!(invoice(trial.clone(), (2, 1, 0), 60_000), (Vec::new(), 0));
    trial.included_minutes = Included::NONE;
    assert_eq!(invoice(trial, (2, 0, 0), 60_000), (Vec::new(), 0));
}

// PRO-09 PRO-22 equal usage on two profiles gives different charges
#[test]
fn two_profiles_charge_equal_usage_differently() {
    let local_only = flat(0, (9, 9, Included::NONE), ("0", "0", "0.02"));
    let mixed = flat(0, (9, 9, Included::NONE), ("0", "0", "0.03"));
    assert_eq!(invoice(local_only, (1, 1, 0), 60_000).1, 2_000);
    assert_eq!(invoice(mixed, (1, 1, 0), 60_000).1, 3_000);
}
