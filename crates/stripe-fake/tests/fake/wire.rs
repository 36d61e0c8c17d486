//! What the network does to a request: nothing is ever done twice, and nothing unknown is called
//! failed.

use std::time::Duration;

use adapters::processor::{
    At, ChargeStatus, PaymentGateway, ProcessorError, SecretKey, Stripe, stripe::StripeConfig,
};
use domain::{
    money::Minor,
    processor::{AccountContext, ProcessorAccount},
};
use stripe_fake::{FakeStripe, Fault, PLATFORM, PUBLISHABLE_KEY};

use crate::stand::{OWN_KEYS, Stand, client, key, ours};

const CHARGE: &str = "PostPaymentIntents";

// PAY-12, PAY-13 an answer that is lost after the charge was made: the same key again, one charge
#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        let new = stand.new_charge(&at, "pm_card_visa").await;
        stand.fake.fail_next(CHARGE, Fault::LostAnswer);
        let charge = stand.stripe.charge(&at, &key("pay:1:1"), &new).await.unwrap();
        assert_eq!(charge.status, ChargeStatus::Succeeded);
        let again = stand.stripe.charge(&at, &key("pay:1:1"), &new).await.unwrap();
        assert_eq!(again, charge, "the stored answer");
        assert_eq!(stand.fake.totals(Stand::account(&at)).charges, 1);
    }
    stand.fake.check();
}

// PAY-12 a slow charge that is asked for by many at once is one charge (failure modes 1, 2, 4)
#[tokio::test]
async fn the_same_key_at_once_is_one_charge() {
    let stand = Stand::open().await;
    let new = stand.new_charge(&At::PLATFORM, "pm_card_visa").await;
    let (at, key) = (At::PLATFORM, key("pay:1:1"));
    let asked = (0..10).map(|_| stand.stripe.charge(&at, &key, &new));
    let charges = futures::future::join_all(asked).await;
    assert!(charges.iter().all(|it| it == &charges[0] && it.is_ok()), "{charges:?}");
    assert_eq!(stand.fake.totals(PLATFORM).charges, 1);
    stand.fake.check();
}

// PAY-13 an error that Stripe keeps for ever: unknown, and found by our own id (failure mode 5)
#[tokio::test]
async fn an_outcome_that_nobody_tells_is_unknown_and_can_be_looked_up() {
    let stand = Stand::open().await;
    let at = At::PLATFORM;
    let new = stand.new_charge(&at, "pm_card_visa").await;
    stand.fake.fail_next(CHARGE, Fault::BrokenAfter(None));
    let unknown = stand.stripe.charge(&at, &key("pay:1:1"), &new).await;
    assert!(matches!(unknown, Err(ProcessorError::Unknown(_))), "{unknown:?}");
    assert_eq!(stand.fake.calls_of(CHARGE).len(), 3, "asked again with the same key");
    let since = stand.now();
    let found = stand.stripe.find_charge(&at, &new.customer, (&ours("pay_1"), since)).await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.status, found.amount), (ChargeStatus::Succeeded, Minor::new(11_052)));
    // Our clock may be ahead of Stripe's; what holds money is found all the same.
    let ahead = since.plus_seconds(300);
    let found = stand.stripe.find_charge(&at, &new.customer, (&ours("pay_1"), ahead)).await;
    assert!(found.unwrap().is_some());
    let other = stand.stripe.find_charge(&at, &new.customer, (&ours("pay_2"), since)).await;
    assert_eq!(other, Ok(None));
    stand.fake.check();
}

// PAY-13 an earlier attempt that was declined is not taken for this one
#[tokio::test]
async fn an_older_failure_is_not_found() {
    let stand = Stand::open().await;
    let at = At::PLATFORM;
    let new = stand.new_charge(&at, "pm_card_chargeCustomerFail").await;
    assert!(stand.stripe.charge(&at, &key("pay:1:1"), &new).await.is_err());
    let later = stand.now().plus_seconds(60);
    let wanted = ours("pay_1");
    let found = stand.stripe.find_charge(&at, &new.customer, (&wanted, later)).await;
    assert_eq!(found, Ok(None));
    let found = stand.stripe.find_charge(&at, &new.customer, (&wanted, stand.now())).await;
    assert!(matches!(found.unwrap().unwrap().status, ChargeStatus::Failed(_)));
    stand.fake.check();
}

// PAY-09 a decline is stored with its key: another try is another attempt (failure mode 3)
#[tokio::test]
async fn a_decline_is_final_for_its_key() {
    let stand = Stand::open().await;
    let at = At::PLATFORM;
    let new = stand.new_charge(&at, "pm_card_visa_chargeDeclinedInsufficientFunds").await;
    for _ in 0..2 {
        let declined = stand.stripe.charge(&at, &key("pay:1:1"), &new).await;
        let Err(ProcessorError::Declined(decline)) = declined else { panic!("{declined:?}") };
        assert_eq!(decline.decline_code.as_deref(), Some("insufficient_funds"));
        let state = stand.stripe.charge_state(&at, &decline.reference.unwrap(), stand.now()).await;
        assert!(matches!(state.unwrap().status, ChargeStatus::Failed(_)));
    }
    let (customer, method) = stand.saved(&at, "pm_card_mastercard").await;
    let other = adapters::processor::NewCharge { customer, method, ..new };
    let refused = stand.stripe.charge(&at, &key("pay:1:1"), &other).await;
    let Err(ProcessorError::Refused { code, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(code, "idempotency_error");
    assert!(stand.stripe.charge(&at, &key("pay:1:2"), &other).await.is_ok());
    assert_eq!(stand.fake.totals(PLATFORM).charges, 1);
    stand.fake.check();
}

// PAY-12 what is repeated, how often, and what it comes to; always with the same key
#[tokio::test]
async fn faults_are_repeated_where_that_can_help() {
    use Fault::{BrokenBefore, Busy, KeyInUse};
    for (faults, calls, expected) in [
        (vec![Busy], 2, "Ok"),
        (vec![KeyInUse, Busy], 3, "Ok"),
        (vec![BrokenBefore(None)], 2, "Ok"),
        (vec![BrokenBefore(Some(true))], 2, "Ok"),
        (vec![BrokenBefore(Some(false))], 1, "Err(Unknown"),
        (vec![Busy, Busy, Busy], 3, "Err(NotBegun"),
        (vec![KeyInUse, KeyInUse, KeyInUse], 3, "Err(Unknown"),
        (vec![BrokenBefore(None), BrokenBefore(None), BrokenBefore(None)], 3, "Err(Unknown"),
        (vec![BrokenBefore(None), Busy, Busy], 3, "Err(Unknown"),
    ] {
        let stand = Stand::open().await;
        let new = stand.new_charge(&At::PLATFORM, "pm_card_visa").await;
        for fault in &faults {
            stand.fake.fail_next(CHARGE, *fault);
        }
        let answer = stand.stripe.charge(&At::PLATFORM, &key("pay:1:1"), &new).await;
        assert!(format!("{answer:?}").starts_with(expected), "{faults:?}: {answer:?}");
        let made = stand.fake.calls_of(CHARGE);
        assert_eq!(made.len(), calls, "{faults:?}");
        let same =
            |call: &stripe_fake::Recorded| call.idempotency_key.as_deref() == Some("pay:1:1");
        assert!(made.iter().all(same));
        stand.fake.check();
    }
}

// PAY-13 nobody there: nothing was begun. No answer in time: unknown
#[tokio::test]
async fn silence_is_unknown_and_refusal_is_not() {
    let stand = Stand::open().await;
    let new = stand.new_charge(&At::PLATFORM, "pm_card_visa").await;
    let nobody = client(FakeStripe::nobody().unwrap(), Duration::from_secs(5));
    let refused = nobody.charge(&At::PLATFORM, &key("pay:1:1"), &new).await;
    assert!(matches!(refused, Err(ProcessorError::NotBegun(_))), "{refused:?}");
    for _ in 0..3 {
        stand.fake.fail_next(CHARGE, Fault::Stall);
    }
    let hasty = client(stand.fake.api_base(), Duration::from_millis(200));
    let stalled = hasty.charge(&At::PLATFORM, &key("pay:1:1"), &new).await;
    assert!(matches!(stalled, Err(ProcessorError::Unknown(_))), "{stalled:?}");
    assert_eq!(stand.fake.totals(PLATFORM).charges, 0);
    stand.fake.check();
}

// STR-11 a refused key is told as that, without the key; STR-09 and never another key instead
#[tokio::test]
async fn a_refused_key_is_the_keys_fault() {
    let stand = Stand::open().await;
    let own = stand.custom();
    let mut answers = Vec::new();
    stand.fake.revoke(OWN_KEYS.0);
    answers.push(stand.stripe.account(&own).await);
    let keyless = At { key: None, ..own };
    answers.push(stand.stripe.account(&keyless).await);
    let stranger = ProcessorAccount::parse("acct_stranger").unwrap();
    let stranger = At { context: AccountContext::Connected(stranger), key: None };
    answers.push(stand.stripe.account(&stranger).await);
    let config = StripeConfig::new(SecretKey::new("sk_test_nobodys1234"), PUBLISHABLE_KEY);
    let config = StripeConfig { api_base: stand.fake.api_base(), ..config };
    let wrong = Stripe::new(config).unwrap();
    answers.push(wrong.account(&At::PLATFORM).await);
    for answer in answers {
        let Err(error @ ProcessorError::Unauthorised { .. }) = answer else { panic!("{answer:?}") };
        let shown = format!("{error:?} {error} {wrong:?}");
        assert!(!shown.contains("sk_test_"), "{shown}");
    }
    assert_eq!(stand.fake.calls().len(), 3, "nothing was sent without a key");
    stand.fake.check();
}
