//! Saving, showing and removing payment methods.

use adapters::processor::{At, NewSetup, PaymentGateway, ProcessorError, SetupStatus};
use domain::processor::MethodKind;
use serde_json::json;
use stripe_fake::Verification;

use crate::stand::{Stand, key, ours};

// PMT-02, PMT-08 only what may be shown is read, and the browser's secret is no text of ours
#[tokio::test]
async fn saved_methods_show_what_may_be_shown() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        for (test, kind, brand, last_four, expires) in [
            ("pm_card_visa", MethodKind::Card, "visa", "4242", Some((12, 2034))),
            ("pm_card_amex", MethodKind::Card, "amex", "0005", Some((12, 2034))),
            ("pm_usBankAccount_success", MethodKind::BankAccount, "STRIPE TEST BANK", "6789", None),
        ] {
            let (customer, method) = stand.saved(&at, test).await;
            let shown = stand.stripe.method(&at, &method).await.unwrap();
            assert_eq!((shown.kind, shown.brand.as_str()), (kind, brand));
            assert_eq!((shown.last_four.as_str(), shown.expires), (last_four, expires));
            assert_eq!(shown.customer, Some(customer));
            assert!(shown.fingerprint.is_some());
        }
    }
    let setup = stand.fake.calls_of("PostSetupIntents").pop().unwrap();
    assert_eq!(setup.form["usage"], "off_session");
    assert_eq!(setup.form["metadata"], json!({"partner_id": "ptr_1", "object_id": "pm_1"}));
    stand.fake.check();
}

// PMT-05 a bank account is verified by what arrived there, or never becomes usable
// (failure mode 16)
#[tokio::test]
async fn bank_accounts_are_verified_by_small_amounts() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        let customer = stand.customer(&at, "someone").await;
        let kind = MethodKind::BankAccount;
        let new = NewSetup { customer, kind, ours: ours("pm_2") };
        let setup = stand.stripe.begin_setup(&at, &key("bank"), &new).await.unwrap();
        let bank = ("pm_usBankAccount_success", Verification::Microdeposits);
        stand.fake.fill_in(&setup.reference, bank).unwrap();
        let waiting = stand.stripe.setup(&at, &setup.reference).await.unwrap().status;
        let SetupStatus::VerifyMicrodeposits { method } = waiting else { panic!("{waiting:?}") };
        let wrong = (setup.reference.as_str(), (1, 2));
        let refused = stand.stripe.verify_microdeposits(&at, &key("verify:1"), wrong).await;
        assert!(matches!(refused, Err(ProcessorError::Refused { .. })), "{refused:?}");
        let right = (setup.reference.as_str(), (32, 45));
        let done = stand.stripe.verify_microdeposits(&at, &key("verify:2"), right).await.unwrap();
        assert_eq!(done.status, SetupStatus::Succeeded { method });

        let setup = stand.stripe.begin_setup(&at, &key("lost"), &new).await.unwrap();
        let lost = ("pm_usBankAccount_failMicrodeposits", Verification::Instant);
        stand.fake.fill_in(&setup.reference, lost).unwrap();
        stand.fake.fail_microdeposits(&setup.reference);
        let failed = stand.stripe.setup(&at, &setup.reference).await.unwrap().status;
        assert!(matches!(failed, SetupStatus::Failed(_)), "{failed:?}");
    }
    stand.fake.check();
}

// A card that cannot be saved can be replaced in the same form
#[tokio::test]
async fn a_card_that_is_refused_leaves_the_form_open() {
    let stand = Stand::open().await;
    let at = At::PLATFORM;
    let customer = stand.customer(&at, "someone").await;
    let new = NewSetup { customer, kind: MethodKind::Card, ours: ours("pm_3") };
    let setup = stand.stripe.begin_setup(&at, &key("card"), &new).await.unwrap();
    let declined = ("4000 0000 0000 0002", Verification::Instant);
    let told = stand.fake.fill_in(&setup.reference, declined).unwrap_err();
    assert_eq!(told["error"]["code"], "card_declined");
    let status = stand.stripe.setup(&at, &setup.reference).await.unwrap().status;
    assert_eq!(status, SetupStatus::Waiting);
    stand.fake.fill_in(&setup.reference, ("4242424242424242", Verification::Instant)).unwrap();
    let status = stand.stripe.setup(&at, &setup.reference).await.unwrap().status;
    assert!(matches!(status, SetupStatus::Succeeded { .. }));
    stand.fake.check();
}

// PMT-09 what is removed is removed, however often and by whomever (failure mode 20)
#[tokio::test]
async fn removing_twice_is_removing_once() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        let (_, method) = stand.saved(&at, "pm_card_visa").await;
        for attempt in ["1", "2", "3"] {
            let key = key(&format!("detach:{attempt}"));
            stand.stripe.detach(&at, &key, &method).await.unwrap();
        }
        assert_eq!(stand.stripe.method(&at, &method).await.unwrap().customer, None);
        stand.stripe.detach(&at, &key("nobody's"), "pm_nobodys").await.unwrap();
    }
    stand.fake.check();
}
