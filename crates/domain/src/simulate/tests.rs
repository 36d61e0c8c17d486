//! Claims about simulations: the current terms give the issued invoice, others their own.

use proptest::prelude::*;

use super::*;
use crate::{
    cdr::Direction,
    cycle::Every,
    ids::{CallId, ProfileId},
    invoice::line::LineKind,
    period::PeriodPlan,
    phone::CallClass,
    profile::{BaseFeeTiming, BillingCycle, automatic_profiles},
    tax::TaxTable,
    time::{Timestamp, Zone},
};

fn profiles() -> [ProfileVersion; 2] {
    let mut bits = 0;
    automatic_profiles(Currency::USD).map(|terms| {
        bits += 1;
        ProfileVersion { profile_id: ProfileId::from_bits(bits), version: 1, terms }
    })
}

fn plan() -> PeriodPlan {
    let start = Timestamp::parse("2026-05-01T00:00:00Z").expect("an instant");
    PeriodPlan::starting(start, BillingCycle::Anniversary, Every::Month, Zone::UTC)
}

fn call(id: u128, version: &ProfileVersion, seconds: i64) -> AllocCall {
    let (profile_id, profile_version) = (version.profile_id, version.version);
    AllocCall {
        id: CallId::from_bits(id),
        ended_at: plan().starts_at().plus_seconds(i64::try_from(id).expect("small")),
        basis: PriceBasis { profile_id, profile_version, deck: None },
        class: CallClass::Local,
        direction: Direction::Inbound,
        billed_seconds: seconds,
        retail: Nanos::ZERO,
        reverses: None,
    }
}

fn facts<'a>(calls: &'a [AllocCall], counts: PeakCounts, taxes: &'a TaxTable) -> PeriodFacts<'a> {
    PeriodFacts {
        currency: Currency::USD,
        period: plan().first(),
        counts,
        calls,
        paid_in_advance: None,
        opening: None,
        charges: &[],
        prior: &[],
        taxes,
        credit_available: Minor::ZERO,
    }
}

fn no_deck(_: &AllocCall, _: i64) -> Result<Nanos, Overflow> {
    Ok(Nanos::ZERO)
}

fn run(facts: &PeriodFacts<'_>, current: &ProfileVersion, other: &ProfileVersion) -> Simulation {
    let versions = profiles();
    let terms = PeriodTerms { version: current, versions: &versions, price_after: &no_deck };
    let reprice = |call: &AllocCall| reprice_plain(other, call);
    let proposal = Proposal { version: other, reprice: &reprice, price_after: &no_deck };
    simulate(facts, &terms, &proposal).expect("simulated")
}

fn counts() -> PeakCounts {
    PeakCounts { extensions: 7, local_dids: 3, toll_free_dids: 0 }
}

// BEY-04 F-03 F-04
#[test]
fn the_flat_tenant_would_have_paid_less_as_it_goes() {
    let [payg, flat] = profiles();
    let taxes = TaxTable::default();
    let calls = [call(1, &flat, 30_000), call(2, &flat, 6_738)];
    let simulation = run(&facts(&calls, counts(), &taxes), &flat, &payg);
    assert_eq!(simulation.issued.subtotal, Minor::new(14_581));
    // 7 x 15 + 3 x 3 + 612.3 x 0.03
    assert_eq!(simulation.simulated.subtotal, Minor::new(10_500 + 900 + 1_837));
    assert_eq!(simulation.difference, Minor::new(-1_344));
}

// BEY-04 a fee that merely moves is not a difference
#[test]
fn the_moment_of_the_base_fee_stays_as_it_was() {
    let [_, mut flat] = profiles();
    flat.terms.base_fee_timing = BaseFeeTiming::Advance;
    let mut dearer = flat.clone();
    dearer.version = 2;
    dearer.terms.base_fee = Minor::new(14_900);
    dearer.terms.base_fee_timing = BaseFeeTiming::Arrears;
    let taxes = TaxTable::default();
    let mut facts = facts(&[], PeakCounts::default(), &taxes);
    facts.paid_in_advance = Some(plan().first().fraction);
    facts.opening = Some((&flat, plan().after(&plan().first())));
    let simulation = run(&facts, &flat, &dearer);
    assert_eq!(simulation.difference, Minor::new(5_000));
    assert_eq!(simulation.simulated.lines.len(), 1);
    assert_eq!(simulation.simulated.lines[0].facts().kind, LineKind::BaseFee);
}

proptest! {
    // BEY-04
    #[test]
    fn the_current_terms_give_exactly_the_issued_invoice(
        lengths in prop::collection::vec(1i64..2_000, 0..30), extensions in 0u32..20,
    ) {
        let [payg, flat] = profiles();
        let taxes = TaxTable::default();
        // Every third call was answered before the profile changed.
        let calls: Vec<AllocCall> = (0_u128..).zip(lengths)
            .map(|(id, steps)| call(id, if id % 3 == 0 { &payg } else { &flat }, steps * 6))
            .collect();
        let counts = PeakCounts { extensions, ..PeakCounts::default() };
        let facts = facts(&calls, counts, &taxes);
        let simulation = run(&facts, &flat, &flat);
        prop_assert_eq!(simulation.difference, Minor::ZERO);
        prop_assert_eq!(simulation.simulated, simulation.issued);
    }
}
