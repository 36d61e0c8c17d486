//! Payments in any order, and amounts at their edges.

use proptest::prelude::*;

use super::*;

fn usd(wanted: Option<i64>, due: i64) -> Result<i64, String> {
    let amount = card_amount(wanted.map(Minor::new), Minor::new(due), Currency::USD);
    amount.map(Minor::get).map_err(|error| error.to_string())
}

// PAY-01 PAY-03
#[test]
fn a_card_is_charged_at_least_the_minimum_and_at_most_what_is_due() {
    assert_eq!(usd(None, 11_052), Ok(11_052));
    assert_eq!(usd(Some(4_000), 11_052), Ok(4_000));
    assert_eq!(usd(Some(99_999_999), 250_000_000), Ok(99_999_999));
    for amount in [None, Some(100_000_000)] {
        assert!(usd(amount, 250_000_000).is_err_and(|it| it.contains("at once")));
    }
    assert_eq!(usd(Some(50), 11_052), Ok(50));
    let refused = |wanted, due, why: &str| assert_eq!(usd(wanted, due), Err(why.to_owned()));
    refused(Some(0), 11_052, "$0.00 is below the least a card is charged, $0.50");
    refused(Some(-1), 11_052, "-$0.01 is below the least a card is charged, $0.50");
    refused(Some(49), 11_052, "$0.49 is below the least a card is charged, $0.50");
    refused(Some(20_000), 11_052, "$200.00 is more than the $110.52 due");
    refused(None, 0, "nothing is due");
    // A balance below the minimum is never charged by card (ruling 10).
    let small = "the balance of $0.30 is below the least a card is charged, $0.50";
    refused(None, 30, small);
    refused(Some(30), 30, small);
}

// BEY-18
#[test]
fn the_minimum_is_half_a_unit() {
    let minimum = |code| card_minimum(Currency::parse(code).expect("a currency")).get();
    assert_eq!((minimum("USD"), minimum("JPY"), minimum("KWD")), (50, 50, 500));
}

proptest! {
    // PAY-03
    #[test]
    fn no_amount_exceeds_what_is_due(wanted in any::<Option<i64>>(), due in any::<i64>()) {
        if let Ok(amount) = usd(wanted, due) {
            prop_assert!((50..=due).contains(&amount));
            prop_assert_eq!(amount, wanted.unwrap_or(due));
        }
    }
}

proptest! {
    // PAY-12 PAY-14 news in any order, any number of times, count at most one success
    #[test]
    fn news_in_any_order_end_the_same(news in prop::collection::vec(0..6_usize, 0..12)) {
        let mut status = PaymentStatus::Pending;
        let mut successes = 0;
        for index in &news {
            let next = PaymentStatus::ALL[*index];
            if status.may_become(next) {
                prop_assert!(!status.is_final() || next == PaymentStatus::Succeeded);
                successes += usize::from(next == PaymentStatus::Succeeded);
                status = next;
            }
        }
        let came = news.contains(&5);
        prop_assert_eq!((successes, status == PaymentStatus::Succeeded), (came.into(), came));
    }
}

#[test]
fn names_are_stable() {
    let names = PaymentStatus::ALL.map(PaymentStatus::as_str);
    let known = ["pending", "requires_action", "processing", "failed", "cancelled", "succeeded"];
    assert_eq!(names, known);
    for name in names {
        assert_eq!(PaymentStatus::parse(name).map(PaymentStatus::as_str), Some(name));
    }
    let names = AttemptState::ALL.map(AttemptState::as_str);
    assert_eq!(names, ["open", "unknown", "waiting", "succeeded", "declined", "cancelled"]);
    for name in names {
        assert_eq!(AttemptState::parse(name).map(AttemptState::as_str), Some(name));
    }
    for origin in PaymentOrigin::ALL {
        assert_eq!(PaymentOrigin::parse(origin.as_str()), Some(origin));
    }
}
