//! What is decided without a database: the waits between tries.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn tries_come_later_and_later_and_end(now in 0i64..4_000_000_000) {
        let now = Timestamp::from_seconds(now);
        let mut last = now;
        for tries in 1..MAX_TRIES {
            let next = next_try(tries, now).expect("not the last");
            prop_assert!(next > now && next >= last);
            prop_assert!(next <= now.plus_seconds(LONGEST_WAIT_SECONDS));
            last = next;
        }
        prop_assert_eq!(next_try(MAX_TRIES, now), None);
    }
}

#[test]
fn a_final_failure_is_not_tried_again() {
    let now = Timestamp::from_seconds(1_000);
    let give_up = Failure::GiveUp("550".to_owned());
    assert_eq!(later(&give_up, 1, now), (None, "550"));
    let retry = Failure::Retry("451".to_owned());
    assert_eq!(later(&retry, 1, now), (Some(now.plus_seconds(60)), "451"));
    let mut report = OutboxReport::default();
    count(&mut report, 1, Some(&retry));
    count(&mut report, MAX_TRIES, Some(&retry));
    count(&mut report, 1, Some(&give_up));
    assert_eq!((report.retried, report.given_up), (1, 2));
}
