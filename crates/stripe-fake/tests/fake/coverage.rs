//! The contract as a whole: every operation that the client can ask for was asked for, and both
//! sides of each agreed with Stripe's description.

use adapters::processor::{
    ChargeStatus, EventsFrom, Evidence, LinkTargets, NewCharge, NewSetup, PaymentGateway, Presence,
    SetupStatus,
};
use domain::{
    money::Minor,
    processor::{AccountContext, MethodKind},
};
use stripe_fake::Verification;

use crate::stand::{Stand, key, ours};

/// All that the client asks for.
const OPERATIONS: [&str; 28] = [
    "DeleteWebhookEndpointsWebhookEndpoint",
    "GetAccount",
    "GetAccountsAccount",
    "GetApplicationFeesId",
    "GetChargesCharge",
    "GetDisputes",
    "GetDisputesDispute",
    "GetEvents",
    "GetMandatesMandate",
    "GetPaymentIntents",
    "GetPaymentIntentsIntent",
    "GetPaymentMethodsPaymentMethod",
    "GetRefunds",
    "GetRefundsRefund",
    "GetSetupIntentsIntent",
    "PostAccountLinks",
    "PostAccounts",
    "PostAccountsAccount",
    "PostApplicationFeesIdRefunds",
    "PostCustomers",
    "PostDisputesDispute",
    "PostPaymentIntents",
    "PostPaymentIntentsIntentCancel",
    "PostPaymentMethodsPaymentMethodDetach",
    "PostRefunds",
    "PostSetupIntents",
    "PostSetupIntentsIntentVerifyMicrodeposits",
    "PostWebhookEndpoints",
];

// The pinned version is spoken on both sides (failure mode 24)
#[tokio::test]
async fn every_operation_agrees_with_stripes_description() {
    let stand = Stand::open().await;
    let (stripe, fake, now) = (&stand.stripe, &stand.fake, stand.now());
    let at = stand.connected().await;
    let AccountContext::Connected(account) = &at.context else { panic!() };

    // Methods.
    let customer = stand.customer(&at, "someone").await;
    let new = NewSetup { customer, kind: MethodKind::BankAccount, ours: ours("pm_1") };
    let setup = stripe.begin_setup(&at, &key("s"), &new).await.unwrap();
    let bank = ("pm_usBankAccount_success", Verification::Microdeposits);
    fake.fill_in(&setup.reference, bank).unwrap();
    let verified = stripe.verify_microdeposits(&at, &key("v"), (&setup.reference, (32, 45))).await;
    let SetupStatus::Succeeded { method } = verified.unwrap().status else { panic!() };
    stripe.setup(&at, &setup.reference).await.unwrap();
    stripe.method(&at, &method).await.unwrap();
    fake.end_mandate(&method);
    let mandate = fake.objects(account.as_str(), "mandate").remove(0);
    let mandate = stripe.mandate(&at, mandate["id"].as_str().unwrap()).await.unwrap();
    assert_eq!((mandate.method.as_str(), mandate.is_over), (method.as_str(), true));
    stripe.detach(&at, &key("d"), &method).await.unwrap();

    // Charges, refunds, fees.
    let charge = stand.charge(&at, "pm_card_visa").await.unwrap();
    let refund = stand.refund(&at, (&charge, 1_000)).await.unwrap();
    stripe.refund_state(&at, &refund.reference, now).await.unwrap();
    stripe.refunds_of(&at, &charge.reference, now).await.unwrap();
    let inside = fake.object(&charge.reference)["latest_charge"].clone();
    stripe.charge_state(&at, inside.as_str().unwrap(), now).await.unwrap();
    stripe.return_fee(&at, &key("f"), (&charge.reference, Minor::new(5))).await.unwrap();
    assert_eq!(stripe.fee_returned(&at, &charge.reference).await, Ok(Minor::new(5)));
    let new = stand.new_charge(&at, "pm_card_authenticationRequired").await;
    let new = NewCharge { presence: Presence::OnSession, ..new };
    let waiting = stripe.charge(&at, &key("w"), &new).await.unwrap();
    let given_up = stripe.cancel_charge(&at, &key("c"), &waiting.reference).await.unwrap();
    assert_eq!(given_up.status, ChargeStatus::Cancelled);
    let wanted = (&ours("pay_1"), now);
    assert!(stripe.find_charge(&at, &new.customer, wanted).await.unwrap().is_some());

    // Disputes.
    let disputed = stand.charge(&at, "pm_card_createDispute").await.unwrap();
    let dispute = stand.state(&at, &disputed).await.dispute.unwrap();
    stripe.dispute(&at, &dispute, now).await.unwrap();
    let evidence = Evidence { text: "winning_evidence".to_owned(), is_final: true };
    stripe.submit_evidence(&at, &key("e"), (&dispute, &evidence)).await.unwrap();

    // Accounts and events.
    let to = LinkTargets {
        return_url: "https://example.com/1".to_owned(),
        refresh_url: "https://example.com/2".to_owned(),
    };
    stripe.account(&at).await.unwrap();
    stripe.account(&stand.custom()).await.unwrap();
    stripe.onboarding_link(&at, &key("l"), (account, &to)).await.unwrap();
    stripe.set_descriptor(&at, &key("t"), (account, "OAK VOICE")).await.unwrap();
    let endpoint = stripe.create_endpoint(&at, &key("n"), "https://example.com/3").await.unwrap();
    let platform = adapters::processor::At::PLATFORM;
    stripe.delete_endpoint(&platform, &endpoint.reference).await.unwrap();
    assert!(!stripe.events(&at, &EventsFrom::default()).await.unwrap().is_empty());

    fake.check();
    let exercised = fake.exercised();
    assert_eq!(exercised.iter().map(String::as_str).collect::<Vec<_>>(), OPERATIONS);
}
