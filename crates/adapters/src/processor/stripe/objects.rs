//! Stripe's objects, as far as they are read.
//!
//! Decided here: an object is read field by field from what came, so that a missing, a new or an
//! odd field changes that field only. Without an id an answer is none; what became of the request
//! is unknown then. A charge is a payment intent and its last charge, which knows what was given
//! back; the intent's old list of charges is never looked at.

use domain::{
    money::{Currency, Minor},
    processor::{MethodKind, ProcessorAccount},
    time::Timestamp,
};
use serde_json::Value;

use super::{
    super::{
        Account, Answer, Charge, ChargeStatus, Decline, Dispute, DisputeStatus, EventEndpoint,
        Method, Ours, ProcessorError, ProcessorEvent, Refund, RefundStatus, SecretKey, Setup,
        SetupStatus,
    },
    fault::decline,
};

/// What is there under a name; null where nothing is.
pub(super) fn sub<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// A text; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    sub(value, name).as_str().unwrap_or_default()
}

/// A text, where there is one.
fn optional(value: &Value, name: &str) -> Option<String> {
    Some(text(value, name)).filter(|it| !it.is_empty()).map(str::to_owned)
}

fn amount(value: &Value, name: &str) -> Minor {
    Minor::new(sub(value, name).as_i64().unwrap_or_default())
}

fn is_set(value: &Value, name: &str) -> bool {
    sub(value, name).as_bool().unwrap_or_default()
}

fn instant(value: &Value, name: &str) -> Option<Timestamp> {
    sub(value, name).as_i64().map(Timestamp::from_seconds).filter(|at| at.is_plausible())
}

fn created(value: &Value) -> Timestamp {
    instant(value, "created").unwrap_or_default()
}

/// An id, or that of the object that stands in its place.
pub(super) fn reference<'a>(value: &'a Value, name: &str) -> &'a str {
    match sub(value, name) {
        Value::Object(_) => text(sub(value, name), "id"),
        other => other.as_str().unwrap_or_default(),
    }
}

/// The object's own id; without it the answer is none.
pub(super) fn own_id(value: &Value) -> Answer<String> {
    let nothing = || ProcessorError::Unknown("its answer has no id".to_owned());
    optional(value, "id").ok_or_else(nothing)
}

/// The objects of a list.
pub(super) fn listed(value: &Value) -> &[Value] {
    sub(value, "data").as_array().map_or(&[], Vec::as_slice)
}

fn ours(value: &Value) -> Option<Ours> {
    let metadata = sub(value, "metadata");
    let object_id = optional(metadata, "object_id")?;
    Some(Ours { partner_id: text(metadata, "partner_id").to_owned(), object_id })
}

/// An amount without its currency is none.
fn currency(value: &Value) -> Answer<Currency> {
    let code = text(value, "currency").to_uppercase();
    let nothing = |_| ProcessorError::Unknown(format!("its answer has the currency {code:?}"));
    Currency::parse(&code).map_err(nothing)
}

fn charge_status(intent: &Value) -> ChargeStatus {
    let error = sub(intent, "last_payment_error");
    let failed =
        |why: Decline| ChargeStatus::Failed(Decline { reference: optional(intent, "id"), ..why });
    match text(intent, "status") {
        "succeeded" => ChargeStatus::Succeeded,
        "processing" => ChargeStatus::Processing,
        "canceled" => ChargeStatus::Cancelled,
        // Confirming again would be another try; every try is a charge of its own here.
        "requires_payment_method" if error.is_object() => failed(decline(error)),
        "requires_payment_method" => failed(Decline {
            code: "requires_payment_method".to_owned(),
            message: "the payment method was not charged".to_owned(),
            ..Decline::default()
        }),
        "requires_action" => {
            let next = sub(sub(intent, "next_action"), "redirect_to_url");
            ChargeStatus::RequiresAction {
                client_secret: text(intent, "client_secret").to_owned(),
                redirect: optional(next, "url"),
            }
        }
        other => ChargeStatus::Other(other.to_owned()),
    }
}

/// A payment intent whose last charge is expanded.
pub(super) fn charge(intent: &Value) -> Answer<Charge> {
    let last = sub(intent, "latest_charge");
    let fee = amount(intent, "application_fee_amount");
    Ok(Charge {
        reference: own_id(intent)?,
        status: charge_status(intent),
        amount: amount(intent, "amount"),
        currency: currency(intent)?,
        fee: Some(fee).filter(|fee| !fee.is_zero()),
        refunded: amount(last, "amount_refunded"),
        dispute: None,
        descriptor: optional(last, "calculated_statement_descriptor"),
        ours: ours(intent),
        created_at: created(intent),
    })
}

/// Whether the intent's last charge is disputed; by whom, its disputes say.
pub(super) fn is_disputed(intent: &Value) -> bool {
    is_set(sub(intent, "latest_charge"), "disputed")
}

/// A setup intent.
pub(super) fn setup(intent: &Value) -> Answer<Setup> {
    let method = reference(intent, "payment_method").to_owned();
    let error = sub(intent, "last_setup_error");
    let failed =
        |why: Decline| SetupStatus::Failed(Decline { reference: optional(intent, "id"), ..why });
    let status = match text(intent, "status") {
        "succeeded" => SetupStatus::Succeeded { method },
        "canceled" => failed(Decline {
            code: "canceled".to_owned(),
            message: "nobody wants to save this method any more".to_owned(),
            ..Decline::default()
        }),
        "requires_action"
            if text(sub(intent, "next_action"), "type") == "verify_with_microdeposits" =>
        {
            SetupStatus::VerifyMicrodeposits { method }
        }
        // A declined card can be replaced in the same form; a bank account that no money reaches
        // is noticed days later, when nobody is there any more.
        "requires_payment_method" if text(error, "code").contains("microdeposit") => {
            failed(decline(error))
        }
        _ => SetupStatus::Waiting,
    };
    Ok(Setup {
        reference: own_id(intent)?,
        client_secret: optional(intent, "client_secret").map(SecretKey::new),
        status,
        ours: ours(intent),
    })
}

/// A payment method.
pub(super) fn method(method: &Value) -> Answer<Method> {
    let reference_of = own_id(method)?;
    let Some(kind) = MethodKind::parse(text(method, "type")) else {
        return Err(ProcessorError::Refused {
            code: "unknown_method_type".to_owned(),
            message: format!("{reference_of} is neither a card nor a bank account"),
            request_id: None,
        });
    };
    let shown = sub(method, kind.as_str());
    let brand = match kind {
        MethodKind::Card => text(shown, "brand"),
        MethodKind::BankAccount => text(shown, "bank_name"),
    };
    let month = sub(shown, "exp_month").as_u64().and_then(|it| u8::try_from(it).ok());
    let year = sub(shown, "exp_year").as_u64().and_then(|it| u16::try_from(it).ok());
    Ok(Method {
        reference: reference_of,
        customer: Some(reference(method, "customer").to_owned()).filter(|it| !it.is_empty()),
        kind,
        brand: brand.to_owned(),
        last_four: text(shown, "last4").to_owned(),
        expires: month.zip(year),
        fingerprint: optional(shown, "fingerprint"),
    })
}

/// A refund.
pub(super) fn refund(refund: &Value) -> Answer<Refund> {
    let status = match text(refund, "status") {
        "succeeded" => RefundStatus::Succeeded,
        // Either way the money did not reach the payer.
        told @ ("failed" | "canceled") => {
            let reason = optional(refund, "failure_reason");
            RefundStatus::Failed(reason.unwrap_or_else(|| told.to_owned()))
        }
        _ => RefundStatus::Pending,
    };
    let intent = reference(refund, "payment_intent");
    let charge = if intent.is_empty() { reference(refund, "charge") } else { intent };
    Ok(Refund {
        reference: own_id(refund)?,
        charge: charge.to_owned(),
        amount: amount(refund, "amount"),
        status,
        ours: ours(refund),
        created_at: created(refund),
    })
}

/// A dispute.
pub(super) fn dispute(dispute: &Value) -> Answer<Dispute> {
    let status = match text(dispute, "status") {
        "lost" => DisputeStatus::Lost,
        // An inquiry that was closed, or a dispute that was headed off, took no money.
        "won" | "warning_closed" | "prevented" => DisputeStatus::Won,
        other => DisputeStatus::Open(other.to_owned()),
    };
    let intent = reference(dispute, "payment_intent");
    let charge = if intent.is_empty() { reference(dispute, "charge") } else { intent };
    Ok(Dispute {
        reference: own_id(dispute)?,
        charge: charge.to_owned(),
        amount: amount(dispute, "amount"),
        status,
        reason: text(dispute, "reason").to_owned(),
        evidence_due: instant(sub(dispute, "evidence_details"), "due_by"),
    })
}

/// An account.
pub(super) fn account(account: &Value) -> Answer<Account> {
    let requirements = sub(account, "requirements");
    let due = sub(requirements, "currently_due").as_array();
    let due = due.into_iter().flatten().filter_map(Value::as_str);
    let nothing = |_| ProcessorError::Unknown("its answer has no account's id".to_owned());
    Ok(Account {
        account: ProcessorAccount::parse(text(account, "id")).map_err(nothing)?,
        charges_enabled: is_set(account, "charges_enabled"),
        payouts_enabled: is_set(account, "payouts_enabled"),
        details_submitted: is_set(account, "details_submitted"),
        cards_active: text(sub(account, "capabilities"), "card_payments") == "active",
        disabled_reason: optional(requirements, "disabled_reason"),
        currently_due: due.map(str::to_owned).collect(),
        country: text(account, "country").to_owned(),
        descriptor: optional(sub(sub(account, "settings"), "payments"), "statement_descriptor"),
        ours: ours(account),
    })
}

/// An endpoint for events.
pub(super) fn endpoint(endpoint: &Value) -> Answer<EventEndpoint> {
    Ok(EventEndpoint {
        reference: own_id(endpoint)?,
        secret: SecretKey::new(text(endpoint, "secret")),
    })
}

/// An event; only what it is about is read.
pub(super) fn event(event: &Value) -> Option<ProcessorEvent> {
    let about = sub(sub(event, "data"), "object");
    Some(ProcessorEvent {
        reference: optional(event, "id")?,
        kind: text(event, "type").to_owned(),
        object: text(about, "id").to_owned(),
        object_kind: text(about, "object").to_owned(),
        created_at: created(event),
    })
}
