//! Claims about included minutes: order, splitting, reversals, and that sums suffice.

use proptest::prelude::*;

use super::*;
use crate::{
    ids::DeckId,
    money::Currency,
    profile::{ProfileTerms, automatic_profiles},
    usage::DeckRef,
};

fn version(number: i64, change: impl FnOnce(&mut ProfileTerms)) -> ProfileVersion {
    let [_, mut terms] = automatic_profiles(Currency::USD);
    change(&mut terms);
    ProfileVersion { profile_id: ProfileId::from_bits(1), version: number, terms }
}

fn basis(version: i64) -> PriceBasis {
    PriceBasis { profile_id: ProfileId::from_bits(1), profile_version: version, deck: None }
}

fn on_deck(version: i64) -> PriceBasis {
    let deck = Some(DeckRef { deck_id: DeckId::from_bits(9), version: 1 });
    PriceBasis { deck, ..basis(version) }
}

fn call(id: u128, ended_at: i64, billed_seconds: i64) -> AllocCall {
    AllocCall {
        id: CallId::from_bits(id),
        ended_at: Timestamp::from_seconds(ended_at),
        basis: basis(1),
        class: CallClass::Local,
        direction: Direction::Outbound,
        billed_seconds,
        retail: Nanos::new(billed_seconds * 1_000),
        reverses: None,
    }
}

fn reversal(id: u128, of: &AllocCall) -> AllocCall {
    AllocCall {
        id: CallId::from_bits(id),
        billed_seconds: -of.billed_seconds,
        retail: of.retail.negated().expect("in range"),
        reverses: Some(of.id),
        ..of.clone()
    }
}

/// A deck at a thousand nanos a second: what is left of a call after its covered seconds.
fn per_second(call: &AllocCall, covered: i64) -> Result<Nanos, Overflow> {
    Ok(Nanos::new((call.billed_seconds - covered) * 1_000))
}

fn groups(calls: &[AllocCall], minutes: u32, versions: &[ProfileVersion]) -> Vec<UsageGroup> {
    let terms = UsageTerms { included: Included::UpTo(minutes), versions };
    allocate_calls(calls, &terms, &per_second).expect("allocated")
}

fn rows(calls: &[AllocCall]) -> Vec<UsageRow> {
    let row = |call: &AllocCall| UsageRow {
        basis: call.basis,
        class: call.class,
        direction: call.direction,
        billed_seconds: call.billed_seconds,
        retail: call.retail,
    };
    calls.iter().map(row).collect()
}

fn covered(calls: &[AllocCall], minutes: u32) -> Vec<(u128, i64)> {
    let versions = [version(1, |_| {})];
    let terms = UsageTerms { included: Included::UpTo(minutes), versions: &versions };
    let shares = trace(calls, &terms).expect("allocated");
    shares.iter().map(|share| (share.id.bits(), share.covered_seconds)).collect()
}

// F-04
#[test]
fn minutes_are_drawn_by_end_and_id_and_split_at_the_second() {
    let calls = [call(3, 20, 60), call(2, 10, 30), call(1, 20, 90)];
    assert_eq!(covered(&calls, 2), [(2, 30), (1, 90), (3, 0)]);
    assert_eq!(covered(&calls, 1), [(2, 30), (1, 30), (3, 0)]);
    assert_eq!(covered(&calls, 0), [(2, 0), (1, 0), (3, 0)]);
}

#[test]
fn a_reversed_call_draws_nothing_and_frees_its_minutes() {
    let (first, second) = (call(1, 10, 60), call(2, 20, 60));
    let calls = [first.clone(), second, reversal(3, &first)];
    assert_eq!(covered(&calls, 1), [(2, 60)]);
}

#[test]
fn reversals_that_do_not_pair_are_named() {
    let versions = [version(1, |_| {})];
    let terms = UsageTerms { included: Included::NONE, versions: &versions };
    let refused = |calls: &[AllocCall]| {
        let error = allocate_calls(calls, &terms, &per_second).expect_err("refused");
        error.to_string().split(' ').next().expect("a word").to_owned()
    };
    let original = call(1, 10, 60);
    let id = |bits| CallId::from_bits(bits).to_string();
    assert_eq!(refused(&[reversal(2, &original)]), id(2));
    let twice = [original.clone(), reversal(2, &original), reversal(3, &original)];
    assert_eq!(refused(&twice), id(3));
    let mut other = reversal(2, &original);
    other.billed_seconds -= 6;
    assert_eq!(refused(&[original, other]), id(2));
    assert_eq!(refused(&[call(4, 10, -6)]), id(4));
}

// MET-09 PRO-07
#[test]
fn one_rate_is_one_group_and_rates_per_class_are_two() {
    let calls = [call(1, 10, 600), AllocCall { class: CallClass::TollFree, ..call(2, 20, 600) }];
    let single = groups(&calls, 0, &[version(1, |_| {})]);
    assert_eq!((single.len(), single[0].chargeable_seconds), (1, 1_200));
    let rates = MinuteRates::ByClass { local: Nanos::new(1_000), toll_free: Nanos::new(2_000) };
    let split = groups(&calls, 12, &[version(1, |terms| terms.minute_rates = rates)]);
    let shown: Vec<_> =
        split.iter().map(|group| (group.class, group.price, group.chargeable_seconds)).collect();
    let expected = [
        (Some(CallClass::Local), UsagePrice::PerMinute(Nanos::new(1_000)), 0),
        (Some(CallClass::TollFree), UsagePrice::PerMinute(Nanos::new(2_000)), 480),
    ];
    assert_eq!(shown, expected);
}

// C-26 PRO-06
#[test]
fn calls_outside_the_scope_are_neither_charged_nor_drawn() {
    let inbound = AllocCall { direction: Direction::Inbound, ..call(1, 10, 60) };
    let internal = AllocCall { direction: Direction::Internal, ..call(2, 11, 60) };
    let calls = [inbound, internal, call(3, 20, 90)];
    let outbound_only = version(1, |terms| terms.usage_scope = UsageScope::OutboundOnly);
    let found = groups(&calls, 1, &[outbound_only]);
    assert_eq!((found[0].total_seconds, found[0].chargeable_seconds), (90, 30));
    let versions = [version(1, |_| {})];
    let unlimited = UsageTerms { included: Included::Unlimited, versions: &versions };
    let free = allocate_calls(&calls, &unlimited, &per_second).expect("allocated");
    assert_eq!((free[0].total_seconds, free[0].chargeable_seconds), (150, 0));
}

// BEY-02 PRO-13 a deck-priced call in part covered is priced again; versions keep their rates
#[test]
fn decks_and_versions_keep_their_own_prices() {
    let rate = |price| {
        move |terms: &mut ProfileTerms| {
            terms.minute_rates = MinuteRates::Single(Nanos::new(price));
        }
    };
    let versions = [version(1, rate(10)), version(2, rate(20))];
    let calls = [
        call(1, 10, 30),
        AllocCall { basis: on_deck(1), ..call(2, 20, 60) },
        AllocCall { basis: on_deck(1), ..call(3, 30, 60) },
        AllocCall { basis: basis(2), ..call(4, 40, 60) },
    ];
    let found = groups(&calls, 1, &versions);
    let shown: Vec<_> = found.iter().map(|one| (one.price, one.chargeable_seconds)).collect();
    let expected = [
        (UsagePrice::PerMinute(Nanos::new(10)), 0),
        (UsagePrice::CallPrices(Nanos::new(90_000)), 90),
        (UsagePrice::PerMinute(Nanos::new(20)), 60),
    ];
    assert_eq!(shown, expected);
    let unknown = AllocCall { basis: basis(7), ..call(1, 10, 6) };
    let terms = UsageTerms { included: Included::NONE, versions: &versions };
    let error = allocate_calls(&[unknown], &terms, &per_second).expect_err("refused");
    assert!(error.to_string().starts_with("version 7 of prf_"));
}

#[test]
fn sums_leave_the_order_to_the_calls_where_it_decides() {
    let versions = [version(1, |_| {}), version(2, |_| {})];
    let two = [call(1, 10, 60), AllocCall { basis: basis(2), ..call(2, 20, 60) }];
    let found = |included| {
        allocate_sums(&rows(&two), &UsageTerms { included, versions: &versions })
            .expect("allocated")
            .map(|groups| groups.iter().map(|group| group.chargeable_seconds).sum::<i64>())
    };
    assert_eq!(found(Included::UpTo(1)), None);
    assert_eq!(found(Included::UpTo(2)), Some(0));
    assert_eq!(found(Included::NONE), Some(120));
    assert_eq!(found(Included::Unlimited), Some(0));
}

/// Calls with some reversals; `kinds` chooses version, deck and class of each.
fn any_calls(kinds: u8) -> impl Strategy<Value = Vec<AllocCall>> {
    let one = (0i64..1_000, 1i64..200, 0..kinds, any::<bool>(), prop::bool::weighted(0.1));
    prop::collection::vec(one, 0..60).prop_map(|list| {
        let mut calls = Vec::new();
        for (index, (ended_at, steps, kind, inbound, reversed)) in list.into_iter().enumerate() {
            let mut made = call(index as u128 * 2, ended_at, steps * 6);
            made.basis = [basis(1), on_deck(1), basis(2)][usize::from(kind % 3)];
            if inbound {
                (made.direction, made.class) = (Direction::Inbound, CallClass::TollFree);
            }
            if reversed {
                calls.push(reversal(index as u128 * 2 + 1, &made));
            }
            calls.push(made);
        }
        calls
    })
}

proptest! {
    // MET-21
    #[test]
    fn sums_and_calls_give_the_same_groups(
        calls in any_calls(1), minutes in 0u32..60, outbound_only in any::<bool>(),
    ) {
        let scope =
            if outbound_only { UsageScope::OutboundOnly } else { UsageScope::BothDirections };
        let versions = [version(1, |terms| terms.usage_scope = scope)];
        let terms = UsageTerms { included: Included::UpTo(minutes), versions: &versions };
        let slow = allocate_calls(&calls, &terms, &per_second).expect("allocated");
        let fast = allocate_sums(&rows(&calls), &terms).expect("allocated").expect("one rate");
        let total = |groups: &[UsageGroup]| {
            groups.iter().map(|group| (group.total_seconds, group.chargeable_seconds))
                .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        };
        prop_assert_eq!(total(&slow), total(&fast));
        // A group whose calls are all reversed is empty in the one and absent in the other.
        let busy = |groups: &[UsageGroup]| -> Vec<UsageGroup> {
            groups.iter().filter(|group| group.total_seconds != 0).cloned().collect()
        };
        prop_assert_eq!(busy(&slow), busy(&fast));
    }

    #[test]
    fn where_sums_answer_for_several_rates_they_agree_with_the_calls(
        calls in any_calls(3), minutes in 0u32..2_000,
    ) {
        let versions = [version(1, |_| {}), version(2, |_| {})];
        let terms = UsageTerms { included: Included::UpTo(minutes), versions: &versions };
        if let Some(fast) = allocate_sums(&rows(&calls), &terms).expect("allocated") {
            let slow = allocate_calls(&calls, &terms, &per_second).expect("allocated");
            let busy = |groups: Vec<UsageGroup>| -> Vec<UsageGroup> {
                groups.into_iter().filter(|group| group.total_seconds != 0).collect()
            };
            prop_assert_eq!(busy(slow), busy(fast));
        }
    }

    /// However the calls were batched, their sums give the same groups.
    // MET-10
    #[test]
    fn batches_of_any_size_sum_to_the_same_groups(
        calls in any_calls(1), minutes in 0u32..60, size in 1usize..20,
    ) {
        let versions = [version(1, |_| {})];
        let terms = UsageTerms { included: Included::UpTo(minutes), versions: &versions };
        let batched: Vec<UsageRow> = rows(&calls).chunks(size).flat_map(|batch| {
            let (mut billed_seconds, mut retail) = (0, Nanos::ZERO);
            for row in batch.iter().filter(|row| row.class == CallClass::Local) {
                billed_seconds += row.billed_seconds;
                retail = retail.plus(row.retail).expect("in range");
            }
            let (class, direction) = (CallClass::Local, Direction::Outbound);
            let sum = UsageRow { basis: basis(1), class, direction, billed_seconds, retail };
            let others = batch.iter().filter(|row| row.class != CallClass::Local).cloned();
            others.chain([sum]).collect::<Vec<_>>()
        }).collect();
        let busy = |rows: &[UsageRow]| -> Vec<UsageGroup> {
            let groups = allocate_sums(rows, &terms).expect("allocated").expect("one rate");
            groups.into_iter().filter(|group| group.total_seconds != 0).collect()
        };
        prop_assert_eq!(busy(&rows(&calls)), busy(&batched));
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(calls in any_calls(3), minutes in 0u32..200) {
        let versions = [version(1, |_| {}), version(2, |_| {})];
        let mut backwards = calls.clone();
        backwards.reverse();
        prop_assert_eq!(
            groups(&calls, minutes, &versions), groups(&backwards, minutes, &versions)
        );
    }

    #[test]
    fn covered_seconds_never_exceed_what_is_included(
        calls in any_calls(1), minutes in 0u32..200,
    ) {
        let shares = covered(&calls, minutes);
        let sum: i64 = shares.iter().map(|(_, seconds)| seconds).sum();
        prop_assert!(sum <= i64::from(minutes) * 60);
        prop_assert!(shares.iter().all(|(_, seconds)| *seconds >= 0));
    }
}
