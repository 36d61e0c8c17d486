//! What may be given back, for any sequence.

use proptest::prelude::*;

use super::*;

fn payment(number: u128) -> PaymentId {
    PaymentId::from_bits(number)
}

fn left(number: u128, by: PaidBy, amount: i64) -> Left {
    let payment_id = (by != PaidBy::Balance).then(|| payment(number));
    Left { payment_id, by, amount: Minor::new(amount) }
}

fn shown(plan: Result<Vec<Part>, RefundError>) -> String {
    match plan {
        Err(error) => error.to_string(),
        Ok(parts) => {
            let part = |part: &Part| format!("{} {}", part.amount.get(), part.destination.as_str());
            parts.iter().map(part).collect::<Vec<_>>().join(", ")
        }
    }
}

fn check(of: &[Left], (to, amount): (Destination, Option<i64>), expected: &str) {
    let room: i64 = of.iter().map(|part| part.amount.get()).sum();
    let refundable = Refundable::new(of.to_vec(), Minor::new(room));
    let plan = refundable.plan(to, amount.map(Minor::new), Currency::USD);
    assert_eq!(shown(plan), expected, "{of:?} {to:?} {amount:?}");
}

// REF-01 REF-03 REF-06 REF-12 C-38 F-17
#[test]
fn a_refund_goes_where_the_money_came_from() {
    use Destination::{Card, Credit, Manual};
    let card = [left(1, PaidBy::Processor, 11_052)];
    check(&card, (Card, None), "11052 card");
    check(&card, (Card, Some(1_000)), "1000 card");
    check(&card, (Credit, Some(1_000)), "1000 credit");
    let most = "must be more than 0 and at most the $110.52 that can be refunded this way";
    for amount in [0, -1, 11_053] {
        check(&card, (Card, Some(amount)), most);
    }
    check(&card, (Manual, None), "nothing is left of this invoice that could be refunded by hand");
    let mixed = [left(1, PaidBy::Processor, 7_000), left(0, PaidBy::Balance, 3_000)];
    check(&mixed, (Card, None), "7000 card, 3000 credit");
    check(&mixed, (Card, Some(5_000)), "5000 card");
    check(&mixed, (Card, Some(7_500)), "7000 card, 500 credit");
    check(&mixed, (Credit, Some(3_500)), "3000 credit, 500 credit");
    let cards = [left(1, PaidBy::Processor, 50), left(2, PaidBy::Processor, 60)];
    check(&cards, (Card, Some(80)), "50 card, 30 card");
    let by_hand = [left(1, PaidBy::Elsewhere, 500)];
    check(
        &by_hand,
        (Card, None),
        "nothing is left of this invoice that could be refunded to a card",
    );
    check(&by_hand, (Credit, None), "500 credit");
    check(&by_hand, (Manual, Some(200)), "200 manual");
    check(
        &[],
        (Credit, None),
        "nothing is left of this invoice that could be refunded to the balance",
    );
}

#[test]
fn states_only_move_forward_and_keep_their_names() {
    for state in RefundState::ALL {
        assert_eq!(RefundState::parse(state.as_str()), Some(state));
        assert!(!RefundState::Failed.may_become(state) && !state.may_become(state));
    }
    assert!(RefundState::Succeeded.may_become(RefundState::Failed));
    assert!(!RefundState::Succeeded.may_become(RefundState::Submitted));
    for destination in Destination::ALL {
        assert_eq!(Destination::parse(destination.as_str()), Some(destination));
    }
    for origin in [Origin::Platform, Origin::Processor] {
        assert_eq!(Origin::parse(origin.as_str()), Some(origin));
    }
}

/// An invoice of two card payments, one by hand, and credit; and what happens to it.
#[derive(Debug, Clone)]
struct Story {
    paid: [i64; 4],
    steps: Vec<(Destination, Option<i64>, bool)>,
}

fn story() -> impl Strategy<Value = Story> {
    let destination =
        prop_oneof![Just(Destination::Card), Just(Destination::Credit), Just(Destination::Manual)];
    let step = (destination, proptest::option::of(-2i64..90), any::<bool>());
    (prop::array::uniform4(0i64..100), prop::collection::vec(step, 0..30))
        .prop_map(|(paid, steps)| Story { paid, steps })
}

const BY: [PaidBy; 4] = [PaidBy::Processor, PaidBy::Processor, PaidBy::Elsewhere, PaidBy::Balance];

proptest! {
    // REF-03 REF-05 C-38 the same money is never given twice, whatever fails in between
    #[test]
    fn no_sequence_gives_more_than_was_paid(story in story()) {
        let total: i64 = story.paid.iter().sum();
        let mut given = [0i64; 4];
        for (destination, amount, succeeds) in story.steps {
            let of: Vec<Left> = (0..4)
                .map(|at| left(at as u128, BY[at], story.paid[at] - given[at]))
                .collect();
            let refundable = Refundable::new(of, Minor::new(total - given.iter().sum::<i64>()));
            let plan = refundable.plan(destination, amount.map(Minor::new), Currency::USD);
            let Ok(plan) = plan else { continue };
            let sum: i64 = plan.iter().map(|part| part.amount.get()).sum();
            prop_assert_eq!(sum, amount.unwrap_or(refundable.most(destination).get()));
            for part in plan.iter().filter(|_| succeeds) {
                let at = (0..4).find(|at| {
                    let payment = (BY[*at] != PaidBy::Balance).then(|| payment(*at as u128));
                    payment == part.payment_id
                });
                let at = at.expect("a part names what paid");
                prop_assert!(part.amount > Minor::ZERO);
                // Only what a card paid goes to a card, only what came by hand goes back by hand.
                prop_assert!(part.destination != Destination::Card || BY[at] == PaidBy::Processor);
                let is_by_hand = part.destination == Destination::Manual;
                prop_assert!(!is_by_hand || BY[at] == PaidBy::Elsewhere);
                given[at] += part.amount.get();
                prop_assert!(given[at] <= story.paid[at]);
            }
            prop_assert!(given.iter().sum::<i64>() <= total);
        }
    }

    // REF-05 what went elsewhere, such as a credit against the invoice, is not given again
    #[test]
    fn never_more_than_the_room(
        parts in prop::collection::vec(-5i64..100, 0..6),
        room in -9i64..300,
    ) {
        let of = parts.iter().map(|amount| left(1, PaidBy::Processor, *amount)).collect();
        let refundable = Refundable::new(of, Minor::new(room));
        prop_assert!(refundable.most(Destination::Credit).get() <= room.max(0));
    }

    // TAX-12 the parts of a full refund carry exactly the tax, and none more than itself
    #[test]
    fn partial_refunds_carry_all_of_the_tax(
        net in 1i64..100_000, rate in 0i64..300, cuts in prop::collection::vec(1i64..50_000, 0..8),
    ) {
        let tax = net * rate / 1_000;
        let (tax, total) = (Minor::new(tax), Minor::new(net + tax));
        let mut before = GivenBack::default();
        let mut refunds: Vec<i64> = Vec::new();
        let mut left = total.get();
        for cut in cuts {
            let amount = cut.min(left);
            if amount > 0 {
                refunds.push(amount);
                left -= amount;
            }
        }
        refunds.extend((left > 0).then_some(left));
        for refund in refunds {
            let refund = Minor::new(refund);
            let share = next_tax_share(refund, before, (tax, total)).expect("in range");
            let plain = tax_share(refund, tax, total);
            prop_assert!((share.get() - plain.get()).abs() <= 1);
            prop_assert!(share >= Minor::ZERO && share <= refund);
            before.amount = before.amount.plus(refund).expect("in range");
            before.tax = before.tax.plus(share).expect("in range");
        }
        prop_assert_eq!(before, GivenBack { amount: total, tax });
    }
}
