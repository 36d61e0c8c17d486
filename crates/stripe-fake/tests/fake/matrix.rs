//! Every kind of account against everything that can become of a payment.

use adapters::processor::{
    At, Charge, ChargeStatus, Dispute, DisputeStatus, Evidence, FeeOnRefund, NewCharge, NewRefund,
    PaymentGateway, Presence, Processor, ProcessorError, RefundStatus,
};
use domain::{money::Minor, processor::AccountContext};
use serde_json::json;
use stripe_fake::Authentication;

use crate::stand::{Stand, key, ours};

// STR-02, STR-07, STR-08, STR-09, STR-10 where a charge goes, with whose key and with which fee
// STR-17 the descriptor reaches the card as far as the mode lets it
#[tokio::test]
async fn a_charge_goes_to_its_account_with_its_fee() {
    let stand = Stand::open().await;
    let [platform, connected, custom] = stand.everywhere().await;
    for (at, last_four, fee, shown) in [
        (&platform, "form", None, "TRUNKLINE* OAK VOICE"),
        (&connected, "form", Some(Minor::new(441)), "OAK VOICE"),
        (&custom, "1234", None, "OWN ACCOUNT* OAK VOICE"),
    ] {
        let charge = stand.charge(at, "pm_card_visa").await.unwrap();
        assert_eq!(charge.status, ChargeStatus::Succeeded);
        assert_eq!((charge.amount, charge.fee), (Minor::new(11_052), fee));
        assert_eq!(charge.descriptor.as_deref(), Some(shown));
        assert_eq!(charge.ours, Some(ours("pay_1")));
        let call = stand.fake.calls_of("PostPaymentIntents").pop().unwrap();
        assert_eq!((call.account.as_str(), call.key.as_str()), (Stand::account(at), last_four));
        let sent = call.form.get("application_fee_amount").cloned();
        assert_eq!(sent, fee.map(|fee| json!(fee.get().to_string())));
        let totals = stand.fake.totals(Stand::account(at));
        assert_eq!(totals.charged, 11_052);
        assert_eq!(totals.fees, fee.map_or(0, Minor::get));
    }
    stand.fake.check();
}

// PAY-07, PMT-13 a decline says why, and nothing is charged
#[tokio::test]
async fn declined_cards_say_why() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        for (test, code, decline, hard) in [
            ("pm_card_chargeCustomerFail", "card_declined", Some("generic_decline"), false),
            ("pm_card_visa_chargeDeclinedLostCard", "card_declined", Some("lost_card"), true),
            ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", Some("stolen_card"), true),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", None, false),
            ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None, false),
            ("pm_card_chargeDeclinedProcessingError", "processing_error", None, false),
        ] {
            let declined = stand.charge(&at, test).await;
            let Err(ProcessorError::Declined(told)) = declined else { panic!("{declined:?}") };
            assert_eq!((told.code.as_str(), told.decline_code.as_deref()), (code, decline));
            assert_eq!((told.is_hard(), told.wants_customer()), (hard, false), "{test}");
        }
        assert_eq!(stand.fake.totals(Stand::account(&at)).charges, 0);
    }
    stand.fake.check();
}

// PAY-07 off session authentication is neither a success nor a decline of the card, and leaves
// nothing half done (failure mode 17); on session the payer is asked
#[tokio::test]
async fn authentication_needs_the_payer() {
    let stand = Stand::open().await;
    let test = "pm_card_authenticationRequired";
    for at in stand.everywhere().await {
        let alone = stand.charge(&at, test).await;
        let Err(ProcessorError::Declined(decline)) = alone else { panic!("{alone:?}") };
        assert!(decline.wants_customer() && !decline.is_hard());
        for (attempt, done) in [("1", Authentication::Passed), ("2", Authentication::Failed)] {
            let new = stand.new_charge(&at, test).await;
            let new = NewCharge { presence: Presence::OnSession, ..new };
            let charge = stand.stripe.charge(&at, &key(attempt), &new).await.unwrap();
            let ChargeStatus::RequiresAction { client_secret, .. } = &charge.status else {
                panic!("{charge:?}")
            };
            assert!(client_secret.starts_with(&charge.reference));
            stand.fake.authenticate(&charge.reference, done);
            let state = stand.state(&at, &charge).await.status;
            match done {
                Authentication::Passed => assert_eq!(state, ChargeStatus::Succeeded),
                Authentication::Failed => assert!(matches!(state, ChargeStatus::Failed(_))),
            }
        }
        assert_eq!(stand.fake.totals(Stand::account(&at)).charges, 1);
    }
    let call = stand.fake.calls_of("PostPaymentIntents").remove(0);
    assert_eq!(
        (&call.form["off_session"], &call.form["confirm"]),
        (&json!("true"), &json!("true"))
    );
    stand.fake.check();
}

// PAY-18 a debit is under way for days, then comes or does not (failure mode 15)
#[tokio::test]
async fn debits_are_under_way_until_they_settle() {
    let stand = Stand::open().await;
    let processor = Processor::Stripe(stand.stripe.clone());
    for at in stand.everywhere().await {
        for (test, failure) in [
            ("pm_usBankAccount_success", None),
            ("pm_usBankAccount_accountClosed", Some("account_closed")),
            ("pm_usBankAccount_noAccount", Some("no_account")),
            ("pm_usBankAccount_insufficientFunds", Some("insufficient_funds")),
            ("pm_usBankAccount_debitNotAuthorized", Some("debit_not_authorized")),
        ] {
            let charge = stand.charge(&at, test).await.unwrap();
            assert_eq!(charge.status, ChargeStatus::Processing, "{test}");
            let look = processor.look_at_charge(&charge, stand.now());
            assert_eq!(look, Some(stand.now().plus_seconds(3_600)), "events may be lost");
            stand.fake.settle(&charge.reference);
            let state = stand.state(&at, &charge).await;
            match (state.status.clone(), failure) {
                (ChargeStatus::Succeeded, None) => {}
                (ChargeStatus::Failed(why), Some(code)) => assert_eq!(why.code, code),
                other => panic!("{test}: {other:?}"),
            }
            assert_eq!(processor.look_at_charge(&state, stand.now()), None);
        }
        let call = stand.fake.calls_of("PostPaymentIntents").pop().unwrap();
        assert!(call.form.get("statement_descriptor_suffix").is_none());
        assert_eq!(call.form["mandate_data"]["customer_acceptance"]["type"], "offline");
        assert_eq!(stand.fake.totals(Stand::account(&at)).charges, 1);
    }
    stand.fake.check();
}

// REF-01, REF-02, REF-03 refunds go back to the charge, in parts, and never more than it
#[tokio::test]
async fn refunds_go_back_in_parts() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        let charge = stand.charge(&at, "pm_card_visa").await.unwrap();
        for amount in [5_000, 6_052] {
            let refund = stand.refund(&at, (&charge, amount)).await.unwrap();
            assert_eq!(refund.status, RefundStatus::Succeeded);
            assert_eq!(
                (refund.charge, refund.ours),
                (charge.reference.clone(), Some(ours("ref_1")))
            );
        }
        let more = stand.refund(&at, (&charge, 1)).await;
        let Err(ProcessorError::Refused { code, .. }) = more else { panic!("{more:?}") };
        assert_eq!(code, "charge_already_refunded");
        assert_eq!(stand.state(&at, &charge).await.refunded, Minor::new(11_052));
        let all = stand.stripe.refunds_of(&at, &charge.reference, stand.now()).await.unwrap();
        assert_eq!(all.iter().map(|it| it.amount.get()).collect::<Vec<_>>(), [6_052, 5_000]);
        let totals = stand.fake.totals(Stand::account(&at));
        assert_eq!((totals.charged, totals.refunded), (11_052, 11_052));
        assert_eq!(totals.fees_returned, 0, "the platform keeps its fee");
    }
    stand.fake.check();
}

// REF-11 refunds that are slow or fail (failure mode 13)
#[tokio::test]
async fn refunds_have_states() {
    let stand = Stand::open().await;
    let processor = Processor::Stripe(stand.stripe.clone());
    for at in stand.everywhere().await {
        for (test, first, last, back) in [
            ("pm_card_pendingRefund", RefundStatus::Pending, RefundStatus::Succeeded, 11_052),
            (
                "pm_card_refundFail",
                RefundStatus::Succeeded,
                RefundStatus::Failed("lost_or_stolen_card".to_owned()),
                0,
            ),
        ] {
            let charge = stand.charge(&at, test).await.unwrap();
            let refund = stand.refund(&at, (&charge, 11_052)).await.unwrap();
            assert_eq!(refund.status, first, "{test}");
            let looks = processor.look_at_refund(&refund, stand.now()).is_some();
            assert_eq!(looks, first == RefundStatus::Pending);
            stand.fake.advance();
            let later = stand.stripe.refund_state(&at, &refund.reference, stand.now()).await;
            assert_eq!(later.unwrap().status, last, "{test}");
            assert_eq!(stand.state(&at, &charge).await.refunded, Minor::new(back));
        }
    }
    stand.fake.check();
}

// REF-09 the fee is kept, or given back where that is wanted; without a fee nothing is asked for
// (failure mode 14)
#[tokio::test]
async fn the_fee_is_kept_or_returned() {
    let stand = Stand::open().await;
    let at = stand.connected().await;
    let charge = stand.charge(&at, "pm_card_visa").await.unwrap();
    let refund = async |amount: i64, fee: FeeOnRefund| {
        let new = NewRefund {
            charge: charge.reference.clone(),
            amount: Minor::new(amount),
            fee,
            ours: ours("ref_1"),
            asked_at: stand.now(),
        };
        stand.stripe.refund(&at, &key(&format!("refund:{amount}")), &new).await.unwrap()
    };
    let returned = async || stand.stripe.fee_returned(&at, &charge.reference).await.unwrap();
    refund(1_000, FeeOnRefund::Kept).await;
    let call = stand.fake.calls_of("PostRefunds").pop().unwrap();
    assert!(call.form.get("refund_application_fee").is_none());
    assert_eq!(returned().await, Minor::ZERO);
    refund(5_000, FeeOnRefund::Returned).await;
    assert_eq!(returned().await, Minor::new(200), "as Stripe reckons");
    // A refund that was made elsewhere gives back no fee; that is asked for apart.
    let wanted = (charge.reference.as_str(), Minor::new(40));
    let given = stand.stripe.return_fee(&at, &key("fee:1"), wanted).await.unwrap();
    assert_eq!(given, Minor::new(40));
    stand.stripe.return_fee(&at, &key("fee:1"), wanted).await.unwrap();
    assert_eq!(returned().await, Minor::new(240));
    let fee = stand.fake.calls_of("PostApplicationFeesIdRefunds").pop().unwrap();
    assert_eq!(fee.account, stripe_fake::PLATFORM, "fees live on the platform");
    let bare = stand.charge(&At::PLATFORM, "pm_card_visa").await.unwrap();
    let nothing = stand.stripe.fee_returned(&At::PLATFORM, &bare.reference).await;
    assert_eq!(nothing, Ok(Minor::ZERO));
    let wanted = (bare.reference.as_str(), given);
    let nothing = stand.stripe.return_fee(&At::PLATFORM, &key("fee:2"), wanted).await;
    assert_eq!(nothing, Ok(Minor::ZERO));
    stand.fake.check();
}

async fn disputed(stand: &Stand, at: &At, test: &str) -> (Charge, Dispute) {
    let charge = stand.charge(at, test).await.unwrap();
    let state = stand.state(at, &charge).await;
    let reference = state.dispute.unwrap_or_else(|| panic!("{test} is not disputed"));
    let dispute = stand.stripe.dispute(at, &reference, stand.now()).await.unwrap();
    assert_eq!((&dispute.charge, dispute.amount), (&charge.reference, charge.amount));
    (charge, dispute)
}

// REF-15, REF-16 disputes: won, lost, inquiries, and final ones of debits (failure mode 28)
#[tokio::test]
async fn disputes_are_won_or_lost() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        for (test, text, status) in [
            ("pm_card_createDispute", "winning_evidence", DisputeStatus::Won),
            ("pm_card_createDisputeProductNotReceived", "losing_evidence", DisputeStatus::Lost),
        ] {
            let (charge, dispute) = disputed(&stand, &at, test).await;
            assert_eq!(dispute.status, DisputeStatus::Open("needs_response".to_owned()));
            assert!(dispute.evidence_due.is_some_and(|at| at > stand.now()));
            let refused = stand.refund(&at, (&charge, 100)).await;
            assert!(matches!(refused, Err(ProcessorError::Refused { .. })), "{refused:?}");
            let evidence = |is_final| Evidence { text: text.to_owned(), is_final };
            let given = (dispute.reference.as_str(), &evidence(false));
            let draft = stand.stripe.submit_evidence(&at, &key(&format!("{test}1")), given).await;
            assert!(matches!(draft.unwrap().status, DisputeStatus::Open(_)));
            let given = (dispute.reference.as_str(), &evidence(true));
            let told = stand.stripe.submit_evidence(&at, &key(&format!("{test}2")), given).await;
            assert_eq!(told.unwrap().status, status, "{test}");
        }
        let (_, inquiry) = disputed(&stand, &at, "pm_card_createDisputeInquiry").await;
        assert_eq!(inquiry.status, DisputeStatus::Open("warning_needs_response".to_owned()));
        stand.fake.close_dispute(&inquiry.reference, "warning_closed");
        let closed = stand.stripe.dispute(&at, &inquiry.reference, stand.now()).await;
        assert_eq!(closed.unwrap().status, DisputeStatus::Won);
        let debit = stand.charge(&at, "pm_usBankAccount_dispute").await.unwrap();
        stand.fake.settle(&debit.reference);
        let dispute = stand.state(&at, &debit).await.dispute.unwrap();
        let dispute = stand.stripe.dispute(&at, &dispute, stand.now()).await.unwrap();
        assert_eq!(dispute.status, DisputeStatus::Lost);
    }
    stand.fake.check();
}

// A charge that waits for its payer can be given up; what ended before says how it ended
#[tokio::test]
async fn a_waiting_charge_is_given_up() {
    let stand = Stand::open().await;
    for at in stand.everywhere().await {
        let new = stand.new_charge(&at, "pm_card_threeDSecure2Required").await;
        let new = NewCharge { presence: Presence::OnSession, ..new };
        let charge = stand.stripe.charge(&at, &key("waits"), &new).await.unwrap();
        let given_up = stand.stripe.cancel_charge(&at, &key("gives up"), &charge.reference).await;
        assert_eq!(given_up.unwrap().status, ChargeStatus::Cancelled);
        let paid = stand.charge(&at, "pm_card_visa").await.unwrap();
        let too_late = stand.stripe.cancel_charge(&at, &key("too late"), &paid.reference).await;
        assert_eq!(too_late.unwrap().status, ChargeStatus::Succeeded);
    }
    stand.fake.check();
}

// STR-22 an object is unknown on every other account (failure mode 21)
#[tokio::test]
async fn objects_live_on_one_account() {
    let stand = Stand::open().await;
    let all = stand.everywhere().await;
    let mut new = Vec::new();
    for at in &all {
        new.push(stand.new_charge(at, "pm_card_visa").await);
    }
    for (at, own) in all.iter().zip(&new) {
        let charge = stand.stripe.charge(at, &key("own"), own).await.unwrap();
        for other in all.iter().filter(|other| *other != at) {
            let fee = match other.context {
                AccountContext::Connected(_) => Some(Minor::new(1)),
                _ => None,
            };
            let strange = NewCharge { fee, ..own.clone() };
            let missing = stand.stripe.charge(other, &key(&charge.reference), &strange).await;
            let Err(ProcessorError::Refused { code, .. }) = missing else { panic!("{missing:?}") };
            assert_eq!(code, "resource_missing");
            let missing = stand.refund(other, (&charge, 100)).await;
            assert!(matches!(missing, Err(ProcessorError::Refused { .. })));
        }
    }
    stand.fake.check();
}

// PAY-03 amounts are whole minor units (failure mode 26); what is too small is no decline (27)
#[tokio::test]
async fn amounts_that_stripe_refuses_are_no_declines() {
    let stand = Stand::open().await;
    let new = stand.new_charge(&At::PLATFORM, "pm_card_visa").await;
    for (amount, expected) in [(49, "amount_too_small"), (100_000_000, "amount_too_large")] {
        let new = NewCharge { amount: Minor::new(amount), ..new.clone() };
        let refused = stand.stripe.charge(&At::PLATFORM, &key(expected), &new).await;
        let Err(ProcessorError::Refused { code, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(code, expected);
    }
    stand.fake.check();
}
