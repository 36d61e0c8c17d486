//! What needs no server: forms, settings, and the meaning of refusals.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{ChargeStatus, DisputeStatus, Ours, ProcessorError, RefundStatus},
    fault::{Reply, Tried, without_secrets},
    form::Form,
    wire::id,
    *,
};

fn config() -> StripeConfig {
    StripeConfig::new(SecretKey::new("sk_test_abcdefgh1234"), "pk_test_abcdefgh")
}

#[test]
fn forms_have_brackets_and_leave_absent_values_out() {
    let form = Form::default()
        .with("amount", 1_099)
        .with_some("fee", None::<i64>)
        .with_list("types", &["card"])
        .with("description", "Invoice & more = \u{e9}")
        .ours(&Ours { partner_id: "ptr_1".to_owned(), object_id: String::new() });
    let expected = "amount=1099&types%5B%5D=card&description=Invoice%20%26%20more%20%3D%20%C3%A9\
                    &metadata%5Bpartner_id%5D=ptr_1";
    assert_eq!(form.encoded(), expected);
}

// STR-11 a key is sent over TLS, or to this machine, and shown by nothing
#[test]
fn settings_are_checked_and_show_no_key() {
    assert!(Stripe::new(config()).is_ok());
    let check = |change: fn(&mut StripeConfig), expected: &str| {
        let mut changed = config();
        change(&mut changed);
        let refused = Stripe::new(changed).expect_err(expected);
        assert!(refused.to_string().contains(expected), "{refused}");
    };
    check(|it| it.secret_key = SecretKey::new("pk_test_a"), "secret key");
    check(|it| it.secret_key = SecretKey::new("sk_test_a\r\nx: y"), "secret key");
    check(|it| it.publishable_key = "sk_test_a".to_owned(), "publishable");
    check(|it| it.secret_key = SecretKey::new("sk_live_a"), "both");
    check(|it| it.api_base = "http://api.stripe.com".to_owned(), "https");
    check(|it| it.api_base = "https://a:b@api.stripe.com".to_owned(), "https");
    check(|it| it.js_url = "stripe.js".to_owned(), "https");
    let mut local = config();
    local.api_base = "http://127.0.0.1:4050".to_owned();
    let local = Stripe::new(local).expect("a stand-in on this machine");
    assert!(!format!("{local:?} {:?}", config()).contains("abcdefgh1234"));
}

fn answered(status: u16, body: Value) -> Tried {
    Tried::Answered(Reply {
        status: StatusCode::from_u16(status).expect("a status"),
        should_retry: None,
        request_id: Some("req_1".to_owned()),
        body,
    })
}

fn error(kind: &str, code: &str) -> Value {
    json!({"error": {"type": kind, "code": code, "message": "no sk_test_abc for pi_1_secret_x"}})
}

// PAY-13 what nobody can know is unknown, never failed
#[test]
fn only_a_verdict_ends_doubt() {
    let check = |tried: Tried, in_doubt: bool, expected: &str| {
        let shown = format!("{tried:?}");
        let verdict = tried.verdict(in_doubt).expect_err("no success");
        assert!(format!("{verdict:?}").starts_with(expected), "{shown}: {verdict:?}");
    };
    let refusal = || error("invalid_request_error", "parameter_missing");
    let in_use = || error("idempotency_error", "idempotency_key_in_use");
    let nothing = || "no connection".to_owned();
    check(Tried::NotSent(nothing()), false, "NotBegun");
    check(Tried::NotSent(nothing()), true, "Unknown");
    check(Tried::Lost(nothing()), false, "Unknown");
    for (status, body, first, later) in [
        (400, refusal(), "Refused", "Refused"),
        (401, refusal(), "Unauthorised", "Unknown"),
        (402, error("card_error", "card_declined"), "Declined", "Declined"),
        (403, refusal(), "Unauthorised", "Unknown"),
        (404, error("invalid_request_error", "resource_missing"), "Refused", "Refused"),
        (409, in_use(), "Unknown", "Unknown"),
        (429, error("invalid_request_error", "rate_limit"), "NotBegun", "Unknown"),
        (500, error("api_error", ""), "Unknown", "Unknown"),
        (502, Value::Null, "Unknown", "Unknown"),
        (302, Value::Null, "Unknown", "Unknown"),
        (200, Value::Null, "Unknown", "Unknown"),
    ] {
        check(answered(status, body.clone()), false, first);
        check(answered(status, body), true, later);
    }
}

#[test]
fn repeated_is_what_can_help_unless_stripe_says_otherwise() {
    for (status, code, expected) in [
        (400, "parameter_missing", false),
        (402, "card_declined", false),
        (409, "idempotency_key_in_use", true),
        (409, "lock_timeout", false),
        (429, "rate_limit", true),
        (500, "", true),
        (503, "", true),
    ] {
        for (says, expected) in [(None, expected), (Some(true), true), (Some(false), false)] {
            let mut tried = answered(status, error("api_error", code));
            if let Tried::Answered(reply) = &mut tried {
                reply.should_retry = says;
            }
            assert_eq!(tried.is_worth_repeating(), expected, "{status} {code} {says:?}");
        }
    }
}

// STR-11 no text of an error holds a key or a client's secret
#[test]
fn refusals_hold_no_secret() {
    let refused = answered(400, error("invalid_request_error", "x")).verdict(false);
    let Err(ProcessorError::Refused { message, request_id, .. }) = refused else { panic!() };
    assert_eq!(message, "no … for …");
    assert_eq!(request_id.as_deref(), Some("req_1"));
    assert_eq!(without_secrets(&"a".repeat(900)).len(), 500);
}

// New names, and fields that are not what they were, break nothing
#[test]
fn objects_are_read_leniently() {
    let odd = json!({
        "id": "pi_1", "status": "requires_luck", "amount": "many", "currency": "usd",
        "metadata": null, "latest_charge": "ch_1", "new_field": {"a": [1]}, "created": null,
    });
    let charge = objects::charge(&odd).expect("a charge");
    assert_eq!(charge.status, ChargeStatus::Other("requires_luck".to_owned()));
    let dispute = objects::dispute(&json!({"id": "dp_1", "status": "on_the_moon"}));
    assert_eq!(dispute.expect("it").status, DisputeStatus::Open("on_the_moon".to_owned()));
    let refund = objects::refund(&json!({"id": "re_1", "status": "requires_action"}));
    assert_eq!(refund.expect("it").status, RefundStatus::Pending);
    assert!(matches!(objects::charge(&json!({})), Err(ProcessorError::Unknown(_))));
    for bad in ["", "..", "a/b", "pi_1?x", "pi 1"] {
        assert!(id(bad).is_err(), "{bad:?}");
    }
}

// REF-08 canceled refunds are failed ones; REF-15 inquiries that end took nothing
#[test]
fn names_mean_what_became_of_the_money() {
    for (status, failed) in [("failed", true), ("canceled", true), ("succeeded", false)] {
        let refund = objects::refund(&json!({"id": "re_1", "status": status})).expect("it");
        assert_eq!(matches!(refund.status, RefundStatus::Failed(_)), failed, "{status}");
    }
    for (status, expected) in [
        ("won", DisputeStatus::Won),
        ("warning_closed", DisputeStatus::Won),
        ("prevented", DisputeStatus::Won),
        ("lost", DisputeStatus::Lost),
    ] {
        let dispute = objects::dispute(&json!({"id": "dp_1", "status": status})).expect("it");
        assert_eq!(dispute.status, expected);
    }
}
