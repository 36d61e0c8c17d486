//! Claims about computed invoices: worked figures, partial periods, credits, and totals.

use proptest::prelude::*;

use super::*;
use crate::{
    allocation::UsagePrice,
    cycle::Every,
    ids::ProfileId,
    period::PeriodPlan,
    phone::CallClass,
    profile::{BillingCycle, MinuteRates, PricingModel, ProfileTerms, automatic_profiles},
    tax::{Jurisdiction, TaxRate, TaxTable},
    time::{Timestamp, Zone},
    usage::PriceBasis,
};

fn nanos(text: &str) -> Nanos {
    Nanos::parse(text).expect("an amount")
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("an instant")
}

fn version(terms: ProfileTerms) -> ProfileVersion {
    ProfileVersion { profile_id: ProfileId::from_bits(1), version: 1, terms }
}

/// 15 per extension, 3 and 5 per number, 0.025 per minute.
fn payg() -> ProfileTerms {
    let [mut terms, _] = automatic_profiles(Currency::USD);
    terms.minute_rates = MinuteRates::Single(nanos("0.025"));
    terms
}

fn flat() -> ProfileTerms {
    let [_, terms] = automatic_profiles(Currency::USD);
    terms
}

fn plan(start: &str, cycle: BillingCycle) -> PeriodPlan {
    PeriodPlan::starting(at(start), cycle, Every::Month, Zone::UTC)
}

fn may() -> Period {
    plan("2026-05-01T00:00:00Z", BillingCycle::CalendarMonth).first()
}

fn counts(extensions: u32, local_dids: u32, toll_free_dids: u32) -> PeakCounts {
    PeakCounts { extensions, local_dids, toll_free_dids }
}

fn usage(rate: &str, total: i64, chargeable: i64) -> UsageGroup {
    UsageGroup {
        basis: PriceBasis { profile_id: ProfileId::from_bits(1), profile_version: 1, deck: None },
        class: None,
        price: UsagePrice::PerMinute(nanos(rate)),
        total_seconds: total,
        chargeable_seconds: chargeable,
    }
}

fn tax(rate: &str) -> TaxTable {
    TaxTable::of(vec![Jurisdiction {
        code: "US-AR-Pulaski".to_owned(),
        name: "Pulaski County".to_owned(),
        rate: TaxRate::parse(rate).expect("a rate"),
        enabled: true,
    }])
}

fn charge(kind: ChargeKind, quantity: &str, price: &str) -> Charge {
    Charge {
        id: None,
        kind,
        description: "Porting".to_owned(),
        quantity: Quantity::parse(quantity).expect("a number"),
        unit: "number".to_owned(),
        unit_price: nanos(price),
        taxable: true,
    }
}

fn closed<'a>(
    version: &'a ProfileVersion,
    period: Period,
    counts: PeakCounts,
    usage: &'a [UsageGroup],
) -> ClosedPeriod<'a> {
    ClosedPeriod { version, period, counts, usage, paid_in_advance: None }
}

fn input<'a>(closed: Option<ClosedPeriod<'a>>, taxes: &'a TaxTable) -> InvoiceInput<'a> {
    InvoiceInput {
        currency: Currency::USD,
        closed,
        opening: None,
        charges: &[],
        prior: &[],
        taxes,
        credit_available: Minor::ZERO,
    }
}

fn amounts(invoice: &ComputedInvoice) -> Vec<(LineKind, i64)> {
    invoice.lines.iter().map(|line| (line.facts().kind, line.amount().get())).collect()
}

fn totals(invoice: &ComputedInvoice) -> [i64; 5] {
    let ComputedInvoice { subtotal, tax, total, credit_applied, due, .. } = invoice;
    [*subtotal, *tax, *total, *credit_applied, *due].map(Minor::get)
}

// F-03 F-08 MET-09 TAX-06 INV-08 INV-09
#[test]
fn the_worked_pay_as_you_go_invoice() {
    let (version, taxes) = (version(payg()), tax("0.085"));
    let usage = [usage("0.025", 74_070, 74_070)];
    let closed = closed(&version, may(), counts(4, 2, 1), &usage);
    let invoice = compute(&input(Some(closed), &taxes)).expect("computed");
    let expected = [
        (LineKind::Extensions, 6_000),
        (LineKind::Dids, 600),
        (LineKind::TollFreeDids, 500),
        (LineKind::Usage, 3_086),
    ];
    assert_eq!(amounts(&invoice), expected);
    assert_eq!(totals(&invoice), [10_186, 866, 11_052, 0, 11_052]);
    assert_eq!(crate::fee::FeeRate::STANDARD.of(invoice.total), Minor::new(441));
    let line = &invoice.lines[3];
    assert_eq!(line.facts().quantity.to_string(), "1234.5");
    assert_eq!(line.unit_price(), Some(nanos("0.025")));
}

// F-04 CYC-05 MET-21
#[test]
fn the_worked_flat_rate_invoice() {
    let (version, taxes) = (version(flat()), TaxTable::default());
    let usage = [usage("0.025", 36_738, 6_738)];
    let closed = closed(&version, may(), counts(7, 3, 0), &usage);
    let invoice = compute(&input(Some(closed), &taxes)).expect("computed");
    let expected = [
        (LineKind::BaseFee, 9_900),
        (LineKind::Extensions, 4_000),
        (LineKind::Dids, 400),
        (LineKind::Usage, 281),
    ];
    assert_eq!(amounts(&invoice), expected);
    assert_eq!(totals(&invoice), [14_581, 0, 14_581, 0, 14_581]);
    let UsageTotals { total_seconds, chargeable_seconds } = invoice.usage;
    assert_eq!((total_seconds, chargeable_seconds), (36_738, 6_738));
    let descriptions: Vec<_> =
        invoice.lines.iter().map(|line| line.facts().description.as_str()).collect();
    let expected = [
        "Flat Rate Starter, 1 May 2026 – 31 May 2026",
        "Extensions above the 5 included",
        "Phone numbers above the 2 included",
        "Calls above the 500 included minutes",
    ];
    assert_eq!(descriptions, expected);
}

// F-04 C-21 included numbers cover standard ones first
#[test]
fn included_numbers_cover_standard_ones_first() {
    let (version, taxes) = (version(flat()), TaxTable::default());
    let numbers = |local, toll_free| {
        let closed = closed(&version, may(), counts(0, local, toll_free), &[]);
        let invoice = compute(&input(Some(closed), &taxes)).expect("computed");
        amounts(&invoice)[1..].to_vec()
    };
    assert_eq!(numbers(1, 3), [(LineKind::TollFreeDids, 1_200)]);
    assert_eq!(numbers(3, 1), [(LineKind::Dids, 400), (LineKind::TollFreeDids, 600)]);
    assert_eq!(numbers(2, 0), []);
}

// PRO-05 PRO-06
#[test]
fn unlimited_means_no_overage_and_payg_prices_every_unit() {
    let mut terms = flat();
    (terms.included_extensions, terms.included_dids) = (Included::Unlimited, Included::Unlimited);
    let (unlimited, taxes) = (version(terms.clone()), TaxTable::default());
    let none = [usage("0.025", 3_000_000, 0)];
    let closed_period = closed(&unlimited, may(), counts(900, 50, 50), &none);
    let invoice = compute(&input(Some(closed_period), &taxes)).expect("computed");
    assert_eq!(amounts(&invoice), [(LineKind::BaseFee, 9_900)]);
    terms.model = PricingModel::Payg;
    let payg = version(terms);
    let closed_period = closed(&payg, may(), counts(1, 0, 0), &[]);
    let invoice = compute(&input(Some(closed_period), &taxes)).expect("computed");
    assert_eq!(amounts(&invoice)[1], (LineKind::Extensions, 2_000));
}

// CYC-07 F-07
#[test]
fn a_first_partial_period_prorates_recurring_lines_only() {
    let (version, taxes) = (version(payg()), TaxTable::default());
    let first = plan("2026-05-20T15:00:00Z", BillingCycle::CalendarMonth).first();
    let usage = [usage("0.025", 6_000, 6_000)];
    let charges = [
        charge(ChargeKind::OneTime, "2", "25"),
        charge(ChargeKind::Recurring, "1", "31"),
        charge(ChargeKind::Metered, "10", "0.1"),
    ];
    let closed = closed(&version, first, counts(3, 0, 0), &usage);
    let input = InvoiceInput { charges: &charges, ..input(Some(closed), &taxes) };
    let invoice = compute(&input).expect("computed");
    let expected = [
        (LineKind::Extensions, 1_742),
        (LineKind::Usage, 250),
        (LineKind::OneTime, 5_000),
        (LineKind::Recurring, 1_200),
        (LineKind::Metered, 100),
    ];
    assert_eq!(amounts(&invoice), expected);
    assert_eq!(invoice.lines[0].facts().fraction.to_string(), "12/31");
}

// CYC-06
#[test]
fn a_fee_in_advance_is_billed_at_activation_and_with_each_closed_period() {
    let mut terms = flat();
    terms.base_fee_timing = BaseFeeTiming::Advance;
    let (version, taxes) = (version(terms), TaxTable::default());
    let plan = plan("2026-05-10T15:00:00Z", BillingCycle::Anniversary);
    let (first, second) = (plan.first(), plan.after(&plan.first()));
    let opening = |period| Some(OpeningPeriod { version: &version, period });
    let activation = InvoiceInput { opening: opening(first), ..input(None, &taxes) };
    let invoice = compute(&activation).expect("computed");
    assert_eq!(amounts(&invoice), [(LineKind::BaseFee, 9_900)]);
    let usage = [usage("0.025", 36_738, 6_738)];
    let mut closed = closed(&version, first, counts(5, 2, 0), &usage);
    closed.paid_in_advance = Some(first.fraction);
    let next = InvoiceInput { opening: opening(second), ..input(Some(closed), &taxes) };
    let invoice = compute(&next).expect("computed");
    assert_eq!(amounts(&invoice), [(LineKind::Usage, 281), (LineKind::BaseFee, 9_900)]);
    let described = &invoice.lines[1].facts().description;
    assert_eq!(described, "Flat Rate Starter, 10 Jun 2026 – 9 Jul 2026");
}

// CYC-14 F-07 in arrears the used days are billed
#[test]
fn a_final_invoice_in_arrears_bills_the_days_used() {
    let (version, taxes) = (version(flat()), TaxTable::default());
    let plan = plan("2026-05-01T00:00:00Z", BillingCycle::Anniversary);
    let last = plan.cut_short(&plan.first(), at("2026-05-15T12:00:00Z"));
    let closed = closed(&version, last, counts(6, 0, 0), &[]);
    let invoice = compute(&input(Some(closed), &taxes)).expect("computed");
    let expected = [(LineKind::BaseFee, 4_790), (LineKind::Extensions, 968)];
    assert_eq!(amounts(&invoice), expected);
}

// CYC-14 the unused days of a fee in advance come back, with their tax, as credit
#[test]
fn a_final_invoice_gives_back_unused_days_of_an_advance_fee() {
    let (version, taxes) = (version(flat()), tax("0.10"));
    let plan = plan("2026-05-01T00:00:00Z", BillingCycle::Anniversary);
    let last = plan.cut_short(&plan.first(), at("2026-05-15T12:00:00Z"));
    let usage = [usage("0.025", 24_000, 24_000)];
    let mut closed = closed(&version, last, counts(0, 0, 0), &usage);
    closed.paid_in_advance = Some(plan.first().fraction);
    let invoice = compute(&input(Some(closed), &taxes)).expect("computed");
    let expected = [
        (LineKind::Usage, 1_000),
        (LineKind::UnusedAdvance, -5_110),
        (LineKind::CarriedToCredit, 4_110),
    ];
    assert_eq!(amounts(&invoice), expected);
    assert_eq!(totals(&invoice), [0, 0, 0, 0, 0]);
    let grant = invoice.credit_granted.expect("a credit");
    assert_eq!((grant.net.get(), grant.total.get()), (4_110, 4_521));
    assert_eq!(invoice.outcome, Outcome::Issue);
}

// CYC-14 F-08 what was taxed gives its tax back, so untaxed lines do not absorb it
#[test]
fn untaxed_charges_do_not_swallow_a_taxed_credit() {
    let (version, taxes) = (version(flat()), tax("0.10"));
    let plan = plan("2026-05-01T00:00:00Z", BillingCycle::Anniversary);
    let last = plan.cut_short(&plan.first(), at("2026-05-15T12:00:00Z"));
    let mut closed = closed(&version, last, PeakCounts::default(), &[]);
    closed.paid_in_advance = Some(plan.first().fraction);
    let charges = [Charge { taxable: false, ..charge(ChargeKind::OneTime, "1", "10") }];
    let input = InvoiceInput { charges: &charges, ..input(Some(closed), &taxes) };
    let invoice = compute(&input).expect("computed");
    assert_eq!(totals(&invoice), [1_000, 0, 1_000, 1_000, 0]);
    let grant = invoice.credit_granted.expect("a credit");
    assert_eq!((grant.net.get(), grant.total.get()), (5_110, 5_621));
}

// INV-30 INV-31 REF-04 credit stands below the total and is never a line
#[test]
fn credit_reduces_what_is_due_and_the_rest_stays() {
    let (version, taxes) = (version(flat()), tax("0.10"));
    let with_credit = |credit| {
        let closed = closed(&version, may(), counts(0, 0, 0), &[]);
        let credit_available = Minor::new(credit);
        let input = InvoiceInput { credit_available, ..input(Some(closed), &taxes) };
        compute(&input).expect("computed")
    };
    assert_eq!(totals(&with_credit(1_000)), [9_900, 990, 10_890, 1_000, 9_890]);
    assert_eq!(totals(&with_credit(15_000)), [9_900, 990, 10_890, 10_890, 0]);
    assert_eq!(amounts(&with_credit(15_000)), [(LineKind::BaseFee, 9_900)]);
    let mut negative = input(None, &taxes);
    negative.credit_available = Minor::new(-1);
    assert_eq!(compute(&negative), Err(InvoiceError::NegativeCredit(-1)));
}

// INV-32 INV-23 PRO-22
#[test]
fn discounts_reduce_an_invoice_and_never_below_zero() {
    let taxes = tax("0.10");
    let with = |charges: &[Charge]| compute(&InvoiceInput { charges, ..input(None, &taxes) });
    let base = charge(ChargeKind::OneTime, "1", "99");
    let off = |price| charge(ChargeKind::OneTime, "1", price);
    let invoice = with(&[base.clone(), off("-20")]).expect("computed");
    assert_eq!(amounts(&invoice), [(LineKind::OneTime, 9_900), (LineKind::Discount, -2_000)]);
    assert_eq!(totals(&invoice), [7_900, 790, 8_690, 0, 8_690]);
    let error = with(&[base.clone(), off("-120")]).expect_err("refused");
    assert_eq!(error.to_string(), "discounts of 12000 exceed the charges of 9900 (minor units)");
    let untaxed = Charge { taxable: false, ..base };
    let invoice = with(&[untaxed, off("-20")]).expect("computed");
    assert_eq!(totals(&invoice), [7_900, 0, 7_900, 0, 7_900]);
    let one = with(&[off("1")]).expect("computed");
    assert_eq!(totals(&one), [100, 10, 110, 0, 110]);
}

// CYC-13 C-22
#[test]
fn a_period_that_comes_to_nothing_is_not_invoiced_unless_asked() {
    let taxes = TaxTable::default();
    let mut terms = payg();
    let empty = version(terms.clone());
    let nothing = |version| {
        let closed = closed(version, may(), PeakCounts::default(), &[]);
        compute(&input(Some(closed), &taxes)).expect("computed").outcome
    };
    assert_eq!(nothing(&empty), Outcome::Nothing);
    terms.invoice_zero_totals = true;
    assert_eq!(nothing(&version(terms)), Outcome::Issue);
}

// MET-11 ruling 5: only the difference is billed, whatever was rounded before
#[test]
fn late_calls_are_billed_as_a_difference() {
    let (version, taxes) = (version(flat()), TaxTable::default());
    let before = [usage("0.025", 30_000, 0)];
    let after = [usage("0.025", 30_600, 600)];
    let later = [usage("0.025", 30_606, 606)];
    let june = plan("2026-06-01T00:00:00Z", BillingCycle::Anniversary).first();
    let bill = |before: &[UsageGroup], after: &[UsageGroup]| {
        let prior = [PriorPeriod { period: may(), before, after }];
        let closed = closed(&version, june, PeakCounts::default(), &[]);
        let input = InvoiceInput { prior: &prior, ..input(Some(closed), &taxes) };
        compute(&input).expect("computed")
    };
    let invoice = bill(&before, &after);
    assert_eq!(amounts(&invoice)[1], (LineKind::PriorPeriodUsage, 25));
    let facts = invoice.lines[1].facts();
    assert_eq!(facts.description, "Calls recorded late, 1 May 2026 – 31 May 2026");
    assert_eq!(facts.quantity.to_string(), "10");
    assert_eq!(amounts(&bill(&after, &later)).len(), 1, "25 and 25.25 cents are both 25");
    assert_eq!(amounts(&bill(&after, &before))[1], (LineKind::PriorPeriodUsage, -25));
}

// TAX-11
#[test]
fn another_provider_can_give_the_figures() {
    struct Flat;
    impl TaxProvider for Flat {
        fn taxes(&self, base: Minor) -> Result<Vec<TaxLine>, Overflow> {
            let (code, name) = ("X".to_owned(), "Outside".to_owned());
            let rate = TaxRate::parse("0").expect("a rate");
            Ok(vec![TaxLine { code, name, rate, base, amount: Minor::new(77) }])
        }
    }
    let (version, table) = (version(flat()), TaxTable::default());
    let closed = closed(&version, may(), PeakCounts::default(), &[]);
    let input = InvoiceInput { taxes: &Flat, ..input(Some(closed), &table) };
    assert_eq!(totals(&compute(&input).expect("computed")), [9_900, 77, 9_977, 0, 9_977]);
}

// ruling 2
#[test]
fn deck_priced_calls_are_a_sum_that_is_rounded_once() {
    let (version, taxes) = (version(payg()), TaxTable::default());
    let mut group = usage("0", 72, 72);
    group.price = UsagePrice::CallPrices(nanos("0.064999999"));
    group.class = Some(CallClass::Local);
    let groups = [group];
    let closed = closed(&version, may(), PeakCounts::default(), &groups);
    let invoice = compute(&input(Some(closed), &taxes)).expect("computed");
    assert_eq!(amounts(&invoice), [(LineKind::Usage, 6)]);
    assert_eq!(invoice.lines[0].unit_price(), None);
}

// BEY-18
#[test]
fn a_yen_invoice_has_no_decimals() {
    let yen = Currency::parse("JPY").expect("a currency");
    let [_, terms] = automatic_profiles(yen);
    let (version, taxes) = (version(terms), tax("0.10"));
    let usage = [usage("0.025", 36_738, 6_738)];
    let closed = closed(&version, may(), counts(7, 3, 0), &usage);
    let input = InvoiceInput { currency: yen, ..input(Some(closed), &taxes) };
    assert_eq!(totals(&compute(&input).expect("computed")), [146, 15, 161, 0, 161]);
}

fn any_charge() -> impl Strategy<Value = Charge> {
    let kind = prop_oneof![
        Just(ChargeKind::OneTime),
        Just(ChargeKind::Recurring),
        Just(ChargeKind::Metered),
    ];
    (kind, -3i64..10, -1_000i64..100_000, any::<bool>()).prop_map(
        |(kind, count, price, taxable)| Charge {
            quantity: Quantity::whole(count),
            unit_price: Nanos::new(price * 1_000_000),
            taxable,
            ..charge(kind, "1", "1")
        },
    )
}

proptest! {
    // INV-09 INV-31 INV-32
    #[test]
    fn totals_add_up_and_credit_never_exceeds_them(
        charges in prop::collection::vec(any_charge(), 0..12),
        seconds in (0i64..500_000, -100_000i64..100_000),
        numbers in (0u32..20, 0u32..6, 0u32..6),
        credit in 0i64..50_000, cancelled in 0i64..40, advance in any::<bool>(),
    ) {
        let (version, taxes) = (version(flat()), tax("0.0875"));
        let plan = plan("2026-05-20T15:00:00Z", BillingCycle::CalendarMonth);
        let cut = at("2026-05-20T16:00:00Z").plus_seconds(cancelled * 43_200);
        let period = plan.cut_short(&plan.first(), cut);
        let usage_groups = [usage("0.025", seconds.0, seconds.0)];
        let prior_before = [usage("0.031", 100_000, 100_000)];
        let prior_after = [usage("0.031", 0, 100_000 + seconds.1)];
        let prior =
            [PriorPeriod { period: may(), before: &prior_before, after: &prior_after }];
        let mut closed =
            closed(&version, period, counts(numbers.0, numbers.1, numbers.2), &usage_groups);
        closed.paid_in_advance = advance.then_some(plan.first().fraction);
        let input = InvoiceInput {
            charges: &charges,
            prior: &prior,
            credit_available: Minor::new(credit),
            ..input(Some(closed), &taxes)
        };
        let Ok(invoice) = compute(&input) else { return Ok(()) };
        let lines: i64 = invoice.lines.iter().map(|line| line.amount().get()).sum();
        let tax: i64 = invoice.taxes.iter().map(|line| line.amount.get()).sum();
        prop_assert_eq!(invoice.subtotal.get(), lines);
        prop_assert_eq!(invoice.total.get(), lines + tax);
        prop_assert!(lines >= 0 && tax >= 0);
        let granted = invoice.credit_granted.as_ref().map_or(0, |grant| grant.total.get());
        prop_assert!(invoice.credit_applied.get() <= credit + granted);
        prop_assert!(invoice.credit_applied <= invoice.total);
        prop_assert_eq!(invoice.due.get(), invoice.total.get() - invoice.credit_applied.get());
        prop_assert_eq!(compute(&input).expect("again"), invoice);
    }

    /// Late calls in any number of batches cost what the period would have cost at once.
    // MET-11
    #[test]
    fn differences_of_late_batches_add_up(steps in prop::collection::vec(0i64..5_000, 1..8)) {
        let (version, taxes) = (version(payg()), TaxTable::default());
        let mut billed = 0;
        let mut sum = 0;
        for step in &steps {
            let (before, after) =
                ([usage("0.0137", sum, sum)], [usage("0.0137", sum + step, sum + step)]);
            let prior = [PriorPeriod { period: may(), before: &before, after: &after }];
            let closed = closed(&version, may(), PeakCounts::default(), &[]);
            let input = InvoiceInput { prior: &prior, ..input(Some(closed), &taxes) };
            billed += compute(&input).expect("computed").subtotal.get();
            sum += step;
        }
        let at_once = [usage("0.0137", sum, sum)];
        let closed = closed(&version, may(), PeakCounts::default(), &at_once);
        let whole = compute(&input(Some(closed), &taxes)).expect("computed").subtotal.get();
        prop_assert_eq!(billed, whole);
    }
}
