//! The sandbox: the same question gets the same answer, and time alone changes it.

use super::{
    super::{
        Evidence, NewCharge, NewRefund, NewSetup, Ours, PaymentGateway, Presence, Processor,
        SecretKey,
    },
    *,
};

const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

async fn charge(sandbox: &Sandbox, name: &str, presence: Presence) -> Answer<Charge> {
    let key = IdempotencyKey::new(format!("collect:{name}:1"));
    let method = test_method(name).expect("a test method");
    let new = NewCharge {
        amount: Minor::new(11_052),
        currency: Currency::USD,
        customer: "sbx_cus.1".to_owned(),
        method: format!("sbx_pm.{name}.0"),
        kind: method.kind,
        presence,
        description: "Invoice INV-000001".to_owned(),
        descriptor: None,
        fee: Some(Minor::new(441)),
        ours: Ours::default(),
        asked_at: NOW,
    };
    let first = sandbox.charge(&At::PLATFORM, &key, &new).await;
    let again = sandbox.charge(&At::PLATFORM, &key, &new).await;
    if !matches!(first, Err(ProcessorError::Unknown(_))) {
        assert_eq!(first, again, "{name}: the same key gets the same answer");
    }
    again
}

async fn later(sandbox: &Sandbox, charge: &Charge, seconds: i64) -> ChargeStatus {
    let now = NOW.plus_seconds(seconds);
    sandbox.charge_state(&At::PLATFORM, &charge.reference, now).await.expect("a charge").status
}

// PAY-12 PAY-18 every test method does what it says, today and later
#[tokio::test]
async fn test_methods_do_what_they_say() {
    let sandbox = Sandbox::default();
    for name in ["visa", "mastercard", "lost_answer", "refund_slow", "disputed"] {
        let charge = charge(&sandbox, name, Presence::OffSession).await.expect(name);
        assert_eq!(charge.status, ChargeStatus::Succeeded, "{name}");
        assert_eq!(charge.fee, Some(Minor::new(441)));
    }
    for name in ["declined", "insufficient_funds", "expired", "authenticate", "lost_card"] {
        let declined = charge(&sandbox, name, Presence::OffSession).await;
        let Err(ProcessorError::Declined(decline)) = declined else { panic!("{name}") };
        assert_eq!(decline.wants_customer(), name == "authenticate");
        assert_eq!(decline.is_hard(), name == "lost_card");
    }
    for (name, succeeds) in [("bank", true), ("bank_closed", false)] {
        let charge = charge(&sandbox, name, Presence::OffSession).await.expect(name);
        assert_eq!(charge.status, ChargeStatus::Processing);
        let change = next_change(&charge.reference, NOW).expect("it settles");
        assert_eq!(change, NOW.plus_seconds(ACH_SECONDS));
        assert_eq!(later(&sandbox, &charge, ACH_SECONDS - 1).await, ChargeStatus::Processing);
        let status = later(&sandbox, &charge, ACH_SECONDS).await;
        assert_eq!(status == ChargeStatus::Succeeded, succeeds, "{name}");
        assert_eq!(next_change(&charge.reference, change), None);
    }
    let never = charge(&sandbox, "no_answer", Presence::OffSession).await;
    assert!(matches!(never, Err(ProcessorError::Unknown(_))));
}

#[tokio::test]
async fn a_payer_who_is_there_can_authenticate() {
    let sandbox = Sandbox::default();
    for (name, done, succeeds) in [
        ("authenticate", Authentication::Passed, true),
        ("authenticate", Authentication::Failed, false),
        ("authenticate_declined", Authentication::Passed, false),
    ] {
        let waiting = charge(&sandbox, name, Presence::OnSession).await.expect(name);
        assert!(matches!(waiting.status, ChargeStatus::RequiresAction { .. }));
        let done = sandbox.authenticate(&waiting.reference, (done, NOW)).expect("a charge");
        assert_eq!(done.status == ChargeStatus::Succeeded, succeeds, "{name}");
        assert_eq!(done.status, later(&sandbox, &done, 10 * DAY).await);
        assert_eq!(later(&sandbox, &waiting, ACTION_SECONDS).await, ChargeStatus::Cancelled);
    }
}

#[tokio::test]
async fn disputes_and_refunds_change_with_time() {
    let sandbox = Sandbox::default();
    let charged = charge(&sandbox, "disputed", Presence::OffSession).await.expect("a charge");
    assert_eq!(charged.dispute, None);
    let tomorrow = NOW.plus_seconds(DISPUTE_SECONDS);
    let disputed = sandbox.charge_state(&At::PLATFORM, &charged.reference, tomorrow).await;
    let reference = disputed.expect("a charge").dispute.expect("a dispute");
    let state = async |now| sandbox.dispute(&At::PLATFORM, &reference, now).await.expect("it");
    assert!(matches!(state(tomorrow).await.status, DisputeStatus::Open(_)));
    let late = tomorrow.plus_seconds(EVIDENCE_SECONDS);
    assert_eq!(state(late).await.status, DisputeStatus::Lost);
    let key = IdempotencyKey::new("evidence");
    let evidence = Evidence { text: "winning_evidence".to_owned(), is_final: true };
    let won = sandbox.submit_evidence(&At::PLATFORM, &key, (&reference, &evidence)).await;
    assert_eq!(won.expect("it").status, DisputeStatus::Won);

    for (name, now, then) in [
        ("visa", RefundStatus::Succeeded, RefundStatus::Succeeded),
        ("refund_slow", RefundStatus::Pending, RefundStatus::Succeeded),
        (
            "refund_fails",
            RefundStatus::Succeeded,
            RefundStatus::Failed("lost_or_stolen_card".to_owned()),
        ),
    ] {
        let charged = charge(&sandbox, name, Presence::OffSession).await.expect("a charge");
        let new = NewRefund {
            charge: charged.reference,
            amount: Minor::new(1_000),
            fee: Default::default(),
            ours: Ours::default(),
            asked_at: NOW,
        };
        let refund = sandbox.refund(&At::PLATFORM, &IdempotencyKey::new(name), &new).await;
        let refund = refund.expect("a refund");
        assert_eq!(refund.status, now, "{name}");
        let tomorrow = NOW.plus_seconds(REFUND_SECONDS);
        let later = sandbox.refund_state(&At::PLATFORM, &refund.reference, tomorrow).await;
        assert_eq!(later.expect("a refund").status, then, "{name}");
    }
}

// PMT-05 a bank account is usable once its owner names what arrived there
#[tokio::test]
async fn methods_are_saved_and_shown() {
    let sandbox = Sandbox::default();
    let new = NewSetup {
        customer: "sbx_cus.1".to_owned(),
        kind: MethodKind::Card,
        ours: Ours::default(),
    };
    let key = IdempotencyKey::new("setup:1");
    let setup = sandbox.begin_setup(&At::PLATFORM, &key, &new).await.expect("a setup");
    for method in TEST_METHODS {
        let done = sandbox.fill_in(&setup.reference, method);
        let saved = match (method.name, done.status) {
            ("declined_at_once", SetupStatus::Failed(_)) => continue,
            ("bank_microdeposits", SetupStatus::VerifyMicrodeposits { method }) => {
                let wrong = (1, 2);
                let setup = &setup.reference;
                let at = &At::PLATFORM;
                assert!(sandbox.verify_microdeposits(at, &key, (setup, wrong)).await.is_err());
                let right = sandbox.verify_microdeposits(at, &key, (setup, MICRODEPOSITS)).await;
                let SetupStatus::Succeeded { method: verified } = right.expect("it").status else {
                    panic!("not verified")
                };
                assert_eq!(verified, method);
                method
            }
            (_, SetupStatus::Succeeded { method }) => method,
            (name, status) => panic!("{name}: {status:?}"),
        };
        let shown = sandbox.method(&At::PLATFORM, &saved).await.expect("a method");
        assert_eq!((shown.kind, shown.last_four.as_str()), (method.kind, method.last_four));
    }
    assert!(sandbox.method(&At::PLATFORM, "sbx_pm.other.0").await.is_err());
    assert_eq!(Processor::default().key_prefix(), "sk_test_");
}

#[test]
fn keys_show_their_last_four() {
    let key = SecretKey::new("sk_live_abcdefghijkl");
    assert_eq!(format!("{key:?}"), "SecretKey(…ijkl)");
    assert!(key.is_live());
    assert_eq!(SecretKey::new("abc").last_four(), "abc");
}
